"""What can go wrong with the ledger or the keyring, as a code and one plain sentence."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Generator


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
    """The ledger cannot be read or written; nothing was half done.

    At the start its code says what may be done:

    * `ledger_missing`: there was one, and now the file is gone or empty. A backup, or beginning anew.
    * `ledger_corrupt`: damaged, truncated, no database at all, or its write-ahead log was taken away. As above.
    * `ledger_foreign`: another program's file. As above; it is set aside, not deleted.
    * `ledger_newer`: written by a later posapp. Only updating helps; also for backups.
    * `ledger_older`: asked to be viewed, but it has to be migrated first, which means writing.
    * `ledger_read_only`: may only be read; `open_ledger_to_view` opens it.
    * `ledger_cannot_open`: no permission, no such folder.
    * `ledger_busy`: another program holds it for a moment; trying again helps.
    * `ledger_in_use`: to be exchanged or set aside while somebody has it open.

    While it is used: `disk_full`, `ledger_read_only`, `ledger_busy`, `ledger_failed` (the disk reports an error;
    nothing more is written until it was opened anew and checked), `ledger_corrupt`, `ledger_view_only`.

    Of backups: `backup_busy`, `backup_unsound`, `backup_missing`, `folder_read_only`, `file_failed`, `cancelled`.
    """


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


@contextmanager
def faults_named() -> Generator[None]:
    """Turn what SQLite reports of its surroundings into `LedgerError`; a bug of ours stays what it is."""
    try:
        yield
    except sqlite3.Error as error:
        known = ledger_error(error)
        if known is None:
            raise
        raise known from error
