"""What would be: additions to an event's plan, and its year month by month. Nothing here is kept but the months."""
