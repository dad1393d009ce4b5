"""The till's ledger (one SQLite file) and its secrets (the operating system's keyring)."""
