"""What kdmp does, shown from outside."""
