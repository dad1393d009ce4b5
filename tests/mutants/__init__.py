"""Bugs planted on purpose: each must be caught by a test that is named beside it."""
