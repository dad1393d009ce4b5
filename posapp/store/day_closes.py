"""Closed days in the ledger: each Z is written in one transaction with what it adds up, and never changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

from posapp.domain.day_close import GENESIS, CloseRow, DayClose, Reprint, close_hash
from posapp.domain.day_sums import day_report
from posapp.domain.day_text import report_text
from posapp.domain.errors import DomainError
from posapp.store import audit
from posapp.store.day_reading import read_day
from posapp.store.instants import from_us, to_us
from posapp.store.vouching import TILL, tell, vouch

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from datetime import datetime

    from posapp.domain.day_sums import DayFrame
    from posapp.domain.staff import Authority
    from posapp.store.ledger import Ledger
    from posapp.store.rows import Row

_COLUMNS: Final = "number, business_day, closed_us, closed_by, report, prev_hash, hash"
_BRIEF: Final = "number, business_day, closed_us, closed_by, hash"
_REPRINTS: Final = (
    "SELECT count(*) FROM audit WHERE order_id = ? AND event = 'reprint' AND json_extract(facts, '$.number') = ?"
)


@dataclass(frozen=True, slots=True)
class StoredClose:
    """A Z with its text."""

    close: DayClose
    text: str


class DayCloses:
    """The till's closed days. Lives on the thread of its ledger; every method raises `LedgerError` where it must."""

    def __init__(self, ledger: Ledger) -> None:
        """Write into an open ledger."""
        self._ledger = ledger

    def add(self, frame: DayFrame, day: date, authority: Authority, at: datetime) -> DayClose:
        """Add a day up and write its Z, both in one transaction.

        Raises:
            DomainError: `day_closed` where it is already.
        """
        with self._ledger.writing() as connection:
            if _is_closed(connection, day):
                raise DomainError("day_closed", "This day is closed already; its Z never changes.")
            last = connection.execute("SELECT number, hash FROM day_closes ORDER BY number DESC LIMIT 1").fetchone()
            number, prev_hash = (last[0] + 1, last[1]) if last else (1, GENESIS)
            rows = read_day(connection, day, frame.rule.bounds(day))
            report = day_report(frame, day, rows, at)
            text = report_text(replace(report, close_number=number, closed_by=authority.name))
            close = DayClose(number, day, at, authority.name, close_hash(prev_hash, number, day.isoformat(), text))
            connection.execute(
                f"INSERT INTO day_closes ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - a constant
                (number, day.isoformat(), to_us(at), authority.name, text, prev_hash, close.hash),
            )
            facts = {"day": day.isoformat(), "hash": close.hash, **_names(authority)}
            vouch(connection, audit.AuditEvent(to_us(at), TILL, None, "day_close", facts), number)
            return close

    def next_open(self, day: date) -> date:
        """Return the first day from this one on that has no Z."""
        with self._ledger.reading() as connection:
            found = connection.execute(
                "SELECT business_day FROM day_closes WHERE business_day >= ? ORDER BY business_day",
                (day.isoformat(),),
            )
            for (closed,) in found:
                if closed != day.isoformat():
                    break
                day = date.fromordinal(day.toordinal() + 1)
        return day

    def of_day(self, day: date) -> StoredClose | None:
        """Read a day's Z; None while it is open."""
        return self._stored("business_day = ?", day.isoformat())

    def newest(self, most: int) -> tuple[DayClose, ...]:
        """Read the newest Zs, newest first."""
        with self._ledger.reading() as connection:
            found = connection.execute(
                f"SELECT {_BRIEF} FROM day_closes ORDER BY number DESC LIMIT ?",  # noqa: S608 - a constant
                (most,),
            )
            return tuple(_brief(row) for row in found)

    def reprint(self, number: int, authority: Authority, at: datetime) -> Reprint:
        """Read a Z as it was written, and write down that it was copied once more.

        Raises:
            DomainError: `close_unknown`.
        """
        with self._ledger.writing() as connection:
            found = connection.execute(
                f"SELECT {_COLUMNS} FROM day_closes WHERE number = ?",  # noqa: S608 - a constant
                (number,),
            ).fetchone()
            if found is None:
                raise DomainError("close_unknown", "There is no Z of that number.")
            (before,) = connection.execute(_REPRINTS, (TILL, str(number))).fetchone()
            copy = int(before) + 1
            facts = {"number": str(number), "copy": str(copy), **_names(authority)}
            tell(connection, to_us(at), "reprint", facts)
            return Reprint(_stored(found).close, copy, _stored(found).text)

    def _stored(self, where: str, value: str) -> StoredClose | None:
        with self._ledger.reading() as connection:
            query = f"SELECT {_COLUMNS} FROM day_closes WHERE {where}"  # noqa: S608 - a constant
            found = connection.execute(query, (value,)).fetchone()
            return None if found is None else _stored(found)


def close_rows(connection: sqlite3.Connection) -> Iterator[CloseRow]:
    """Read every Z as it lies in the ledger, by number."""
    query = f"SELECT {_COLUMNS} FROM day_closes ORDER BY number"  # noqa: S608 - a constant
    for row in connection.execute(query):
        yield CloseRow(*row)


def _names(authority: Authority) -> dict[str, str]:
    """Name who asked and who allowed it, where there is anybody to name."""
    told = {"by": authority.asked_by, "approved_by": authority.approved_by}
    return {name: value for name, value in told.items() if value}


def _is_closed(connection: sqlite3.Connection, day: date) -> bool:
    found = connection.execute("SELECT 1 FROM day_closes WHERE business_day = ?", (day.isoformat(),))
    return found.fetchone() is not None


def _brief(row: Row) -> DayClose:
    number, day, closed_us, closed_by, hash_ = row
    return DayClose(number, date.fromisoformat(day), from_us(int(closed_us)), closed_by, hash_)


def _stored(row: Row) -> StoredClose:
    number, day, closed_us, closed_by, text, _, hash_ = row
    return StoredClose(_brief((number, day, closed_us, closed_by, hash_)), text)
