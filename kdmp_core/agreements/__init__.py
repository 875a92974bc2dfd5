"""Agreements: the one writer of their state, proposals, letter numbers, facts, documents of a round."""
