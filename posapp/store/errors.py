"""What can go wrong with the ledger or the keyring, as a code and one plain sentence."""

from __future__ import annotations

import sqlite3
from typing import Final


class StoreError(Exception):
    """The ledger or the keyring cannot do what was asked.

    Attributes:
        code: Stable word; `ui/text.py` holds its sentence.
        message: One plain English sentence, without paths or secrets.
    """

    def __init__(self, code: str, message: str) -> None:
        """Keep the code beside the message."""
        super().__init__(message)
        self.code = code
        self.message = message


class LedgerError(StoreError):
    """The ledger cannot be read or written; nothing was half done."""


class SecretError(StoreError):
    """The keyring holds no secret for this gateway, or does not let us have it."""


_BY_SQLITE_CODE: Final = {
    sqlite3.SQLITE_FULL: ("disk_full", "The disk is full, so the ledger cannot be written."),
    sqlite3.SQLITE_READONLY: ("ledger_read_only", "The ledger cannot be written: file or disk is read-only."),
    sqlite3.SQLITE_CANTOPEN: ("ledger_cannot_open", "The ledger's file cannot be opened."),
    sqlite3.SQLITE_PERM: ("ledger_cannot_open", "The ledger's file cannot be opened: no permission."),
    sqlite3.SQLITE_BUSY: ("ledger_busy", "Another program holds the ledger; nothing was written."),
    sqlite3.SQLITE_LOCKED: ("ledger_busy", "Another program holds the ledger; nothing was written."),
    sqlite3.SQLITE_IOERR: ("ledger_failed", "The disk reports an error, so the ledger cannot be trusted with more."),
    sqlite3.SQLITE_CORRUPT: ("ledger_corrupt", "The ledger's file is damaged."),
    sqlite3.SQLITE_NOTADB: ("ledger_corrupt", "The ledger's file is damaged or is not a ledger."),
    sqlite3.SQLITE_PROTOCOL: ("ledger_busy", "Another program holds the ledger; nothing was written."),
}


def ledger_error(error: sqlite3.Error) -> LedgerError | None:
    """Name what the environment did to the ledger; None for what can only be a bug of ours.

    SQLite's primary result codes are sorted into the environment's faults, which a person is told about, and the rest
    (constraint, misuse, syntax), which must reach the crash log.
    """
    code = getattr(error, "sqlite_errorcode", None)
    if code is None and isinstance(error, sqlite3.OperationalError):
        code = sqlite3.SQLITE_CORRUPT  # Python's own: text in the file that is not UTF-8, which we never write
    known = _BY_SQLITE_CODE.get(code & 0xFF) if isinstance(code, int) else None
    return LedgerError(*known) if known else None
