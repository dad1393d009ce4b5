"""Putting another ledger in the place of the one that is there, which is set aside and never deleted.

The files of a ledger cannot be exchanged in one step, so the step that decides is one rename: the new ledger gets the
name `ledger.restored-<instant>.db`. From then on every start first finishes the exchange, whoever was killed in it.
The old ledger goes before its write-ahead log, so that no moment has a ledger beside another one's log.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

from posapp.store.durable import SIDE_FILES, file_error, give_name, sync_folder
from posapp.store.presence import alone, note_made

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

STAMP: Final = "%Y%m%dT%H%M%SZ"
_MOST_IN_A_SECOND: Final = 100


def commit_exchange(whole: Path, ledger: Path, now: datetime) -> Path | None:
    """Make a whole, closed database file the ledger. Called while the ledger is held `alone`.

    Args:
        whole: The new ledger under a working name in the ledger's folder.
        ledger: The ledger.
        now: Names the file that is set aside, UTC.

    Returns:
        Where the old ledger is now; None where there was none.

    Raises:
        OSError: Nothing was exchanged, or the next start finishes it.
    """
    stamp = _free_stamp(ledger, now)
    give_name(whole, _restored(ledger, stamp))
    return _finish(ledger, stamp)


def finish_exchange(ledger: Path) -> None:
    """Finish an exchange that somebody was killed in; costs a look at the folder where there is none.

    Raises:
        LedgerError: `ledger_in_use` where somebody else does so right now, or it could not be done.
    """
    if not _pending(ledger):
        return
    try:
        with alone(ledger):
            finish_held(ledger)
    except OSError as error:
        raise file_error(error) from error


def finish_held(ledger: Path) -> None:
    """As `finish_exchange`, where the ledger is held `alone` already."""
    for stamp in _pending(ledger):
        _finish(ledger, stamp)


def move_aside(ledger: Path, now: datetime) -> Path | None:
    """Move a ledger that is held `alone` away; returns where it is now, None where there was none.

    Raises:
        OSError: A part of it, or nothing, was moved; the next call moves the rest.
    """
    return _move_aside(ledger, _free_stamp(ledger, now))


def _finish(ledger: Path, stamp: str) -> Path | None:
    aside = _move_aside(ledger, stamp)
    _restored(ledger, stamp).replace(ledger)
    sync_folder(ledger.parent)
    note_made(ledger)
    return aside


def _move_aside(ledger: Path, stamp: str) -> Path | None:
    aside = _aside(ledger, stamp)
    for suffix in ("", *SIDE_FILES):
        file = ledger.with_name(f"{ledger.name}{suffix}")
        if file.exists():
            file.replace(aside.with_name(f"{aside.name}{suffix}"))
            sync_folder(ledger.parent)
    return aside if aside.exists() else None


def _pending(ledger: Path) -> list[str]:
    """Name the exchanges that were decided and not finished."""
    before, after = f"{ledger.stem}.restored-", ledger.suffix
    found = (path.name for path in ledger.parent.glob(f"{before}*{after}"))
    return sorted(name[len(before) : -len(after)] for name in found)


def _free_stamp(ledger: Path, now: datetime) -> str:
    """Name the moment so that nothing that was set aside before is overwritten, whatever the clock does."""
    moment = now.astimezone(UTC).strftime(STAMP)
    for stamp in (moment, *(f"{moment}-{number}" for number in range(2, _MOST_IN_A_SECOND))):
        names = (f"{_aside(ledger, stamp).name}{suffix}" for suffix in ("", *SIDE_FILES))
        if not any(ledger.with_name(name).exists() for name in names):
            return stamp
    raise FileExistsError(17, "too many ledgers were set aside in one second")


def _aside(ledger: Path, stamp: str) -> Path:
    return ledger.with_name(f"{ledger.stem}.set-aside-{stamp}{ledger.suffix}")


def _restored(ledger: Path, stamp: str) -> Path:
    return ledger.with_name(f"{ledger.stem}.restored-{stamp}{ledger.suffix}")
