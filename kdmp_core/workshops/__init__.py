"""Workshops: the sheet people fill in, what is read from it, and the event that comes of it."""
