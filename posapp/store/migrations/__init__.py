"""Numbered SQL files: each brings the ledger from one schema version to the next."""
