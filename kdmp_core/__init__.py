"""The record, the rules and the use cases: everything kdmp knows, with no door and no paper in it."""
