"""The people of a till, what each role may do, and how long a wrong PIN keeps one waiting. Rights are data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from posapp.domain.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posapp.domain.money import Money

MAX_NAME: Final = 40
PIN_DIGITS: Final = range(4, 9)
"""How many digits a PIN may have."""
_FREE_TRIES: Final = 3
_DELAYS_S: Final = (30, 60, 5 * 60, 15 * 60)
_LONGEST_DELAY_S: Final = 60 * 60


class Role(StrEnum):
    """What somebody is in the shop."""

    CASHIER = "CASHIER"
    MANAGER = "MANAGER"
    OWNER = "OWNER"


class Right(StrEnum):
    """What not everybody may do. Charging, asking the gateway and looking at orders need none."""

    REFUND = "REFUND"
    OVERRIDE = "OVERRIDE"  # a new code beside one that could still be paid
    SETTLE = "SETTLE"  # decide about an odd payment
    REPORTS = "REPORTS"  # see what the day adds up to, and compare it with the gateway
    CLOSE_DAY = "CLOSE_DAY"
    SHIFT = "SHIFT"  # open a shift, count and close it
    REPRINT = "REPRINT"
    EXPORT = "EXPORT"
    PEOPLE = "PEOPLE"
    SETTINGS = "SETTINGS"


RIGHTS: Final[Mapping[Role, frozenset[Right]]] = {
    Role.CASHIER: frozenset({Right.SHIFT}),
    Role.MANAGER: frozenset(Right) - {Right.SETTINGS},
    Role.OWNER: frozenset(Right),
}
"""What each role may do by itself; for anything else somebody who may approves on the spot."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works at this till.

    Attributes:
        person_id: Stable, never shown.
        name: As it stands on orders and reports; unique at the till.
        role: What decides the rights.
        active: Whether they may still sign in.
        refund_ceiling: The most they may give back on one business day, on their own or by approving; None for no
            limit. Refunds in another currency than the ceiling's need somebody without one.
    """

    person_id: str
    name: str
    role: Role
    active: bool = True
    refund_ceiling: Money | None = None

    def may(self, right: Right) -> bool:
        """Tell whether the role allows it."""
        return self.active and right in RIGHTS[self.role]


@dataclass(frozen=True, slots=True)
class Crew:
    """Who there is and who stands at the till.

    Attributes:
        people: Everybody who may sign in, by name.
        signed_in: Who stands there; None where nobody has signed in, or the till is locked.
        locked: Whether the till waits for a PIN; never where nobody was set up.
    """

    people: tuple[Person, ...] = ()
    signed_in: Person | None = None
    locked: bool = False

    def may(self, right: Right) -> bool:
        """Tell whether who stands there may do it alone; a till without people keeps nobody from anything."""
        if not self.people:
            return True
        return self.signed_in is not None and self.signed_in.may(right)


@dataclass(frozen=True, slots=True)
class Authority:
    """In whose name something is done.

    Attributes:
        asked_by: Name of who stands at the till; empty where nobody was set up.
        approved_by: Name of who allowed it on the spot; empty where nobody had to.
    """

    asked_by: str = ""
    approved_by: str = ""

    @property
    def name(self) -> str:
        """Who answers for it."""
        return self.approved_by or self.asked_by


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody's word for one action, given with a PIN on the spot; good for one use.

    Attributes:
        token: Names it when it is used.
        right: What it is for.
        by: Name of who gave it.
    """

    token: str
    right: Right
    by: str


@dataclass(frozen=True, slots=True)
class PinAnswer:
    """What came of a PIN that somebody typed.

    Attributes:
        accepted: Whether it was right.
        wait_s: Seconds until the next try is looked at; a try before that is not even counted.
        token: Names the approval that was given with it; empty where it was to sign in.
    """

    accepted: bool
    wait_s: int = 0
    token: str = ""


def pin_delay_s(failures: int) -> int:
    """Return how many seconds have to pass after so many wrong PINs in a row before another one is looked at."""
    if failures < _FREE_TRIES:
        return 0
    return (*_DELAYS_S, _LONGEST_DELAY_S)[min(failures - _FREE_TRIES, len(_DELAYS_S))]


def check_pin(pin: str) -> None:
    """Refuse a PIN that is none, or that is tried first by whoever guesses.

    Raises:
        DomainError: `pin_unusable` or `pin_lazy`.
    """
    if len(pin) not in PIN_DIGITS or not (pin.isascii() and pin.isdigit()):
        raise DomainError("pin_unusable", f"A PIN has {PIN_DIGITS[0]} to {PIN_DIGITS[-1]} digits.")
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    half = len(pin) // 2
    if steps in ({0}, {1}, {9}) or pin == pin[:half] * 2:
        raise DomainError("pin_lazy", "That PIN is among the first that anybody would guess.")


def check_name(name: str) -> None:
    """Refuse a name that could not stand on a report.

    Raises:
        DomainError: `name_unusable`.
    """
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable() or name != name.strip():
        raise DomainError("name_unusable", f"A name is one line of 1 to {MAX_NAME} characters.")


def check_crew(people: tuple[Person, ...]) -> None:
    """Refuse people among whom nobody could ever set anything up again, or whom reports could not tell apart.

    Raises:
        DomainError: `owner_missing` or `name_taken`.
    """
    if people and not any(person.active and person.role is Role.OWNER for person in people):
        raise DomainError("owner_missing", "There has to be an owner who may sign in.")
    if len({person.name.casefold() for person in people}) < len(people):
        raise DomainError("name_taken", "Somebody at this till has that name already.")


def initials(name: str) -> str:
    """Return the one or two letters that stand for a name where there is no room for it."""
    words = name.split()
    letters = words[0][:1] + (words[-1][:1] if len(words) > 1 else "")
    return letters.upper()
