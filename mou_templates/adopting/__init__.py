"""A text that a partner brought, taken as the words of an agreement."""
