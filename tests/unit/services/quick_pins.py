"""People for tests in virtual time: PINs that are kept without a keyring and without a slow hash."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from posapp.domain.staff import Person, Role
from posapp.store.errors import SecretError

if TYPE_CHECKING:
    from tests.unit.services.bench import Bench

OWNER_PIN, MANAGER_PIN, CASHIER_PIN = "2580", "7391", "4826"


class QuickPins:
    """Implements `PinKeeper`.

    Attributes:
        lost: Whether the keyring has lost the key.
    """

    lost = False

    async def make(self, pin: str, beside: str | None) -> str:
        del beside
        return hashlib.sha256(pin.encode()).hexdigest()

    async def ready(self, kept: str) -> None:
        del kept
        if self.lost:
            raise SecretError("pin_key_missing", "The keyring has lost the key of the PINs.")

    async def matches(self, kept: str, pin: str) -> bool:
        return kept == hashlib.sha256(pin.encode()).hexdigest()


@pytest.fixture
def quick_pins(monkeypatch: pytest.MonkeyPatch) -> type[QuickPins]:
    """Let every till that is made from now on keep its PINs so; asked for before the till is."""
    monkeypatch.setattr("posapp.services.till.KeyringPins", QuickPins)
    return QuickPins


def a_person(name: str, role: Role) -> Person:
    return Person("", name, role)


def set_up(bench: Bench) -> dict[str, Person]:
    """Set up an owner, a manager and a cashier at a till with a window, locked as at every start."""
    roster = bench.services.roster
    people = {
        name: bench.run(roster.add(a_person(name, role), pin))
        for name, role, pin in (
            ("Olivia Owner", Role.OWNER, OWNER_PIN),
            ("Mei Manager", Role.MANAGER, MANAGER_PIN),
            ("Chris Cashier", Role.CASHIER, CASHIER_PIN),
        )
    }
    bench.services.staff.attend()
    return {name.split()[0].lower(): person for name, person in people.items()}
