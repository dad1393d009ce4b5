"""Who may be made what by whom, and that every change is vouched for."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from posapp.domain.errors import DomainError
from posapp.domain.money import Money
from posapp.domain.staff import Person, Right, Role
from posapp.store.verify import verify
from tests.unit.services.quick_pins import (
    CASHIER_PIN,
    MANAGER_PIN,
    OWNER_PIN,
    a_person,
    quick_pins,
    set_up,
)

if TYPE_CHECKING:
    from tests.unit.services.bench import Bench

__all__ = ["quick_pins"]


@pytest.fixture
def people(quick_pins: object, bench: Bench) -> dict[str, Person]:
    """Three people, and a locked till."""
    del quick_pins
    bench.till.stop()
    bench.till = bench.new_process()
    return set_up(bench)


def as_(bench: Bench, person: Person, pin: str) -> None:
    assert bench.run(bench.services.staff.sign_in(person.person_id, pin)).accepted


def refused(bench: Bench, person: Person, *, approval: str | None = None) -> str:
    with pytest.raises(DomainError) as error:
        bench.services.roster.change(person, approval)
    return error.value.code


def test_the_first_one_must_be_an_owner(quick_pins: object, folder: object, bench: Bench) -> None:
    del quick_pins, folder
    with pytest.raises(DomainError) as error:
        bench.run(bench.services.roster.add(a_person("Mei", Role.MANAGER), MANAGER_PIN))
    assert error.value.code == "owner_missing"
    assert bench.services.roster.everybody() == ()


def test_a_cashier_adds_nobody(bench: Bench, people: dict[str, Person]) -> None:
    as_(bench, people["chris"], CASHIER_PIN)
    with pytest.raises(DomainError) as error:
        bench.run(bench.services.roster.add(a_person("Kim", Role.CASHIER), "8520"))
    assert error.value.code == "right_missing"
    assert len(bench.services.roster.everybody()) == 3


def test_a_manager_adds_cashiers_and_nobody_else(bench: Bench, people: dict[str, Person]) -> None:
    as_(bench, people["mei"], MANAGER_PIN)
    assert bench.run(bench.services.roster.add(a_person("Kim", Role.CASHIER), "8520")).name == "Kim"
    for role in (Role.MANAGER, Role.OWNER):
        with pytest.raises(DomainError) as error:
            bench.run(bench.services.roster.add(a_person("Lee", role), "8520"))
        assert error.value.code == "owner_needed"
    assert refused(bench, replace(people["chris"], role=Role.MANAGER)) == "owner_needed"
    assert refused(bench, replace(people["mei"], refund_ceiling=Money(1, "HKD"))) == "owner_needed"
    with pytest.raises(DomainError) as error:
        bench.run(bench.services.roster.set_pin(people["olivia"].person_id, "8520"))
    assert error.value.code == "owner_needed"


def test_a_manager_gives_himself_and_cashiers_another_pin(bench: Bench, people: dict[str, Person]) -> None:
    as_(bench, people["mei"], MANAGER_PIN)
    bench.run(bench.services.roster.set_pin(people["mei"].person_id, "8520"))
    bench.run(bench.services.roster.set_pin(people["chris"].person_id, "9631"))
    as_(bench, people["mei"], "8520")
    as_(bench, people["chris"], "9631")


def test_a_cashier_does_it_with_an_owners_word(bench: Bench, people: dict[str, Person]) -> None:
    as_(bench, people["chris"], CASHIER_PIN)
    given = bench.run(bench.services.staff.approve(Right.PEOPLE, people["olivia"].person_id, OWNER_PIN))
    manager = replace(people["chris"], role=Role.MANAGER)
    assert bench.services.roster.change(manager, given.token).role is Role.MANAGER
    assert bench.services.staff.crew.signed_in == manager


def test_the_last_owner_stays(bench: Bench, people: dict[str, Person]) -> None:
    as_(bench, people["olivia"], OWNER_PIN)
    assert refused(bench, replace(people["olivia"], active=False)) == "owner_missing"
    assert refused(bench, replace(people["olivia"], role=Role.MANAGER)) == "owner_missing"
    bench.services.roster.change(replace(people["mei"], role=Role.OWNER))
    bench.services.roster.change(replace(people["olivia"], active=False))
    assert bench.services.staff.crew.locked  # she stood there


def test_two_processes_cannot_both_remove_the_last_but_one(bench: Bench, people: dict[str, Person]) -> None:
    as_(bench, people["olivia"], OWNER_PIN)
    bench.services.roster.change(replace(people["mei"], role=Role.OWNER))
    other = bench.new_process()
    other.services.roster.change(replace(people["mei"], role=Role.OWNER, active=False))
    assert refused(bench, replace(people["olivia"], active=False)) == "owner_missing"
    other.stop()


def test_names_are_told_apart_and_stay(bench: Bench, people: dict[str, Person]) -> None:
    as_(bench, people["olivia"], OWNER_PIN)
    with pytest.raises(DomainError) as error:
        bench.run(bench.services.roster.add(a_person("chris cashier", Role.CASHIER), "8520"))
    assert error.value.code == "name_taken"
    assert bench.services.roster.change(replace(people["chris"], name="Somebody")).name == "Chris Cashier"


def test_every_change_is_vouched_for_and_tells_who_made_it(bench: Bench, people: dict[str, Person]) -> None:
    as_(bench, people["olivia"], OWNER_PIN)
    ceiling = replace(people["mei"], refund_ceiling=Money(50000, "HKD"))
    assert bench.services.roster.change(ceiling).refund_ceiling == Money(50000, "HKD")
    assert ceiling in bench.services.roster.everybody()
    rows = bench.till.ledger.connection.execute("SELECT facts FROM audit WHERE event = 'person' ORDER BY seq")
    last = json.loads(rows.fetchall()[-1][0])
    assert last == {
        "change": "ceiling",
        "name": "Mei Manager",
        "role": "MANAGER",
        "ceiling": str(Money(50000, "HKD")),
        "by": "Olivia Owner",
        "approved_by": "",
        "ref": people["mei"].person_id,
    }
    assert verify(bench.till.ledger).is_whole


def test_no_pin_stands_anywhere_in_the_ledger(bench: Bench, people: dict[str, Person]) -> None:
    as_(bench, people["olivia"], OWNER_PIN)
    facts = [row for (row,) in bench.till.ledger.connection.execute("SELECT facts FROM audit")]
    assert any("Olivia Owner" in row for row in facts)
    assert not any(pin in row for row in facts for pin in (OWNER_PIN, MANAGER_PIN, CASHIER_PIN))
