"""Where the pieces of a drawing go: plain geometry, no words of our own, no Flask; the pages draw what it says."""
