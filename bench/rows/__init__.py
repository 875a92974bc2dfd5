"""The rows, a module a subject."""
