"""The door of the clock, the worker and the operator: Prefect flows and the command `kdmp`."""
