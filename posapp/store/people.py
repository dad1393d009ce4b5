"""The till's people in the ledger: every change of one is vouched for in the same transaction."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from posapp.domain.money import Money
from posapp.domain.staff import Person, Role
from posapp.store.audit import AuditEvent
from posapp.store.instants import to_us
from posapp.store.vouching import TILL, tell, vouch

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Generator, Mapping
    from datetime import datetime

    from posapp.store.ledger import Ledger
    from posapp.store.rows import Row

_COLUMNS: Final = "person_id, name, role, active, ceiling_minor, ceiling_currency, pin_hash, failures"
_INSERT: Final = (
    "INSERT INTO people (person_id, name, role, active, ceiling_minor, ceiling_currency, pin_hash, failures, "
    "created_us) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)"
)
_CHANGE: Final = "UPDATE people SET role = ?, active = ?, ceiling_minor = ?, ceiling_currency = ? WHERE person_id = ?"


@dataclass(frozen=True, slots=True)
class Kept:
    """A person with what the ledger keeps beside.

    Attributes:
        person: Who.
        pin_hash: What a PIN is compared with.
        failures: Wrong PINs since the last right one.
    """

    person: Person
    pin_hash: str
    failures: int


class PeopleWriting:
    """One transaction about people; nothing of it stays where it ends with an error."""

    def __init__(self, connection: sqlite3.Connection, at: datetime) -> None:
        """Write over a connection that is inside a write transaction."""
        self._connection = connection
        self._at_us = to_us(at)

    def everybody(self) -> tuple[Kept, ...]:
        """Read everybody as they stand in this transaction, by name."""
        return read_people(self._connection)

    def add(self, person: Person, pin_hash: str, facts: Mapping[str, str]) -> None:
        """Add somebody."""
        values = (person.person_id, person.name, *_standing(person), pin_hash, self._at_us)
        self._connection.execute(_INSERT, values)
        self._vouch(person.person_id, facts)

    def change(self, person: Person, facts: Mapping[str, str]) -> None:
        """Write what somebody is and may do from now on."""
        self._connection.execute(_CHANGE, (*_standing(person), person.person_id))
        self._vouch(person.person_id, facts)

    def set_pin(self, person_id: str, pin_hash: str, facts: Mapping[str, str]) -> None:
        """Write another PIN's hash; the wrong ones before it count no longer."""
        changed = "UPDATE people SET pin_hash = ?, failures = 0 WHERE person_id = ?"
        self._connection.execute(changed, (pin_hash, person_id))
        self._vouch(person_id, facts)

    def count_failures(self, person_id: str, failures: int, was: int, facts: Mapping[str, str]) -> bool:
        """Write how many wrong PINs there were in a row; False where somebody else has written it meanwhile."""
        changed = "UPDATE people SET failures = ? WHERE person_id = ? AND failures = ?"
        if self._connection.execute(changed, (failures, person_id, was)).rowcount != 1:
            return False
        self._vouch(person_id, facts)
        return True

    def tell(self, event: str, facts: Mapping[str, str]) -> None:
        """Write down what somebody did that changed no row."""
        tell(self._connection, self._at_us, event, facts)

    def _vouch(self, person_id: str, facts: Mapping[str, str]) -> None:
        vouch(self._connection, AuditEvent(self._at_us, TILL, None, "person", facts), person_id)


class PeopleStore:
    """The till's people. Lives on the thread of its ledger.

    Every method raises `LedgerError` where the environment prevents it; nothing is half written.
    """

    def __init__(self, ledger: Ledger) -> None:
        """Read and write in an open ledger."""
        self._ledger = ledger

    def everybody(self) -> tuple[Kept, ...]:
        """Read everybody, by name."""
        with self._ledger.reading() as connection:
            return read_people(connection)

    @contextmanager
    def writing(self, at: datetime) -> Generator[PeopleWriting]:
        """Write in one transaction, as of a moment, UTC."""
        with self._ledger.writing() as connection:
            yield PeopleWriting(connection, at)


def read_people(connection: sqlite3.Connection) -> tuple[Kept, ...]:
    """Read everybody over an open connection, by name."""
    found = connection.execute(f"SELECT {_COLUMNS} FROM people ORDER BY name, person_id")  # noqa: S608 - a constant
    return tuple(_kept(row) for row in found)


def _kept(row: Row) -> Kept:
    person_id, name, role, active, ceiling_minor, ceiling_currency, pin_hash, failures = row
    ceiling = None if ceiling_minor is None else Money(ceiling_minor, ceiling_currency)
    return Kept(Person(person_id, name, Role(role), bool(active), ceiling), pin_hash, failures)


def _standing(person: Person) -> tuple[str | int | None, ...]:
    ceiling = person.refund_ceiling
    return (
        person.role,
        int(person.active),
        None if ceiling is None else ceiling.minor,
        None if ceiling is None else ceiling.currency,
    )
