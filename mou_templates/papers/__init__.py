"""The kinds of paper, a file each: facts, words, and a complete example."""
