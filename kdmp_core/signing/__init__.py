"""Signing through our own door: links, codes, sessions, requests, consent, evidence, receipts."""
