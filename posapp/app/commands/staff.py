"""`posapp staff`: the people of the till, for whoever looks after the computer; a PIN is never an argument."""

from __future__ import annotations

import asyncio
import getpass
import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from posapp.app import exit_codes
from posapp.app.config import read_config
from posapp.app.logs import start_logging
from posapp.app.options import config_file, data_folder
from posapp.app.system_clock import SystemClock
from posapp.app.usage import UsageError
from posapp.domain.errors import DomainError
from posapp.domain.money import Money
from posapp.domain.staff import Person, Role
from posapp.services.pins import KeyringPins
from posapp.services.roster import Roster
from posapp.services.staff import Staff
from posapp.store.ledger import open_ledger, open_ledger_to_read
from posapp.store.people import PeopleStore

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from posapp.services.events import Event
    from posapp.store.ledger import Ledger

_ROLES: Final = {role.value.lower(): role for role in Role}
_NO_LIMIT: Final = "none"
_ACTIONS: Final = {
    "list": "who there is",
    "add": "somebody new, with --role; asks for a PIN, or reads it from stdin",
    "role": "make somebody something else",
    "ceiling": f"the most somebody may give back on one day, like 500.00, or `{_NO_LIMIT}`",
    "deactivate": "may no longer sign in",
    "activate": "may sign in again",
    "set-pin": "another PIN, asked for or from stdin",
    "reset-pin": "the same, where the keyring has lost the PINs' key or nobody can wait any longer",
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "action", choices=tuple(_ACTIONS), help="; ".join(f"{one}: {_ACTIONS[one]}" for one in _ACTIONS)
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="whose; every action but `list` needs it")
    parser.add_argument("value", nargs="?", metavar="VALUE", help="the role, or the ceiling")
    parser.add_argument("--role", choices=tuple(_ROLES), help="with `add`: what they are")
    parser.add_argument("--json", action="store_true", help="with `list`: print JSON")


def run(options: argparse.Namespace) -> int:
    """List people, or change one; every change is in the audit with the name of the computer's user."""
    folder = data_folder(options)
    start_logging(folder.logs)
    if options.action == "list":
        return _list(open_ledger_to_read(folder.ledger), as_json=options.json)
    act = _acts(options)
    ledger = open_ledger(folder.ledger)
    try:
        store, clock, pins = PeopleStore(ledger), SystemClock(), KeyringPins()
        roster = Roster(store, clock, Staff(store, clock, _hear, pins), pins)
        person = act(roster)
    finally:
        ledger.close()
    sys.stdout.write(f"{_line(person)}\n")
    return exit_codes.OK


def _acts(options: argparse.Namespace) -> Callable[[Roster], Person]:
    """Return what is to be done; what is missing is said, and a PIN asked for, before anything is opened."""
    name, value = options.name, options.value
    if not name:
        raise UsageError(f"Say whose: posapp staff {options.action} NAME.")
    if options.action in ("role", "ceiling") and not value:
        raise UsageError(f"Say what it shall be: posapp staff {options.action} NAME VALUE.")
    match options.action:
        case "add":
            new = Person("", name, _role(options.role))
            pin = _read_pin()
            return lambda roster: asyncio.run(roster.add(new, pin))
        case "set-pin" | "reset-pin":
            pin = _read_pin()
            return lambda roster: asyncio.run(roster.set_pin(_named(roster, name).person_id, pin))
        case "ceiling":
            most = None if value == _NO_LIMIT else _money(options)
            return lambda roster: roster.change(replace(_named(roster, name), refund_ceiling=most))
        case "role":
            role = _role(value)
            return lambda roster: roster.change(replace(_named(roster, name), role=role))
        case _:
            active = options.action == "activate"
            return lambda roster: roster.change(replace(_named(roster, name), active=active))


def _role(word: str | None) -> Role:
    if word not in _ROLES:
        raise UsageError(f"Say which role: {', '.join(_ROLES)}.")
    return _ROLES[word]


def _money(options: argparse.Namespace) -> Money:
    try:
        return Money.parse(options.value, read_config(config_file(options)).currency)
    except DomainError as error:
        raise UsageError(f"{error}") from error


def _read_pin() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.buffer.readline().decode(errors="replace").strip()  # what is no text is no PIN
    pin = getpass.getpass("PIN: ")
    if pin != getpass.getpass("The same PIN once more: "):
        raise UsageError("The two PINs are not the same; nothing was done.")
    return pin


def _named(roster: Roster, name: str) -> Person:
    for person in roster.everybody():
        if person.name == name:
            return person
    raise UsageError(f"Nobody at this till is called {name!r}; see `posapp staff list`.")


def _list(ledger: Ledger, *, as_json: bool) -> int:
    try:
        people = [kept.person for kept in PeopleStore(ledger).everybody()]
    finally:
        ledger.close()
    if as_json:
        sys.stdout.write(json.dumps([_facts(person) for person in people]) + "\n")
        return exit_codes.OK
    for person in people:
        sys.stdout.write(f"{_line(person)}\n")
    if not people:
        sys.stdout.write("Nobody is set up, so anybody may do everything at this till.\n")
    return exit_codes.OK


def _line(person: Person) -> str:
    ceiling = "" if person.refund_ceiling is None else f", refunds up to {person.refund_ceiling} a day"
    asleep = "" if person.active else ", may not sign in"
    return f"{person.name}: {person.role.value.lower()}{ceiling}{asleep}"


def _facts(person: Person) -> dict[str, str | bool | None]:
    ceiling = person.refund_ceiling
    return {
        "name": person.name,
        "role": person.role.value.lower(),
        "active": person.active,
        "ceiling": None if ceiling is None else f"{ceiling.to_decimal()}",
        "currency": None if ceiling is None else ceiling.currency,
    }


def _hear(event: Event) -> None:
    """Let nobody hear of it: a window on the same ledger finds it there."""
    del event
