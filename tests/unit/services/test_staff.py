"""Signing in, locking, and in whose name things are done."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from posapp.domain.errors import DomainError
from posapp.domain.staff import Authority, Person, Right, Role
from posapp.services.events import CrewChanged
from posapp.services.staff import APPROVAL_S
from posapp.store.errors import LedgerError, SecretError
from posapp.store.vouching import TILL
from tests.unit.services.bench import AMOUNT
from tests.unit.services.quick_pins import (
    CASHIER_PIN,
    MANAGER_PIN,
    OWNER_PIN,
    QuickPins,
    a_person,
    quick_pins,
    set_up,
)

if TYPE_CHECKING:
    from posapp.services.staff import Staff
    from tests.unit.services.bench import Bench

__all__ = ["quick_pins"]
pytestmark = pytest.mark.usefixtures("quick_pins")


@pytest.fixture
def people(quick_pins: type[QuickPins], bench: Bench) -> dict[str, Person]:
    """Three people, and a locked till."""
    bench.till.stop()
    bench.till = bench.new_process()
    return set_up(bench)


def staff_of(bench: Bench) -> Staff:
    return bench.services.staff


def sign_in(bench: Bench, person: Person, pin: str) -> bool:
    return bench.run(staff_of(bench).sign_in(person.person_id, pin)).accepted


def told(bench: Bench, event: str) -> list[dict[str, str]]:
    """Return the facts of every audit row of that name about the till, oldest first."""
    query = "SELECT facts FROM audit WHERE event = ? AND order_id = ? ORDER BY seq"
    found = bench.till.ledger.connection.execute(query, (event, TILL))
    return [json.loads(facts) for (facts,) in found]


def code_of(refused: pytest.ExceptionInfo[DomainError]) -> str:
    return refused.value.code


def test_without_people_nobody_is_kept_from_anything(bench: Bench) -> None:
    staff_of(bench).attend()
    assert staff_of(bench).authorise(Right.REFUND) == Authority()
    assert bench.charge().order.cashier == ""
    assert told(bench, "right_used") == []


def test_every_start_begins_locked_and_says_so_once(bench: Bench, people: dict[str, Person]) -> None:
    sign_in(bench, people["chris"], CASHIER_PIN)
    bench.kill()
    staff_of(bench).attend()
    heard = [event.crew for event in bench.till.events if isinstance(event, CrewChanged)]
    assert [(crew.locked, crew.signed_in) for crew in heard] == [(True, None)]
    assert {person.name for person in heard[0].people} == {person.name for person in people.values()}


def test_a_locked_till_charges_nothing(bench: Bench, people: dict[str, Person]) -> None:
    with pytest.raises(DomainError) as refused:
        bench.charge()
    assert code_of(refused) == "signed_out"
    assert bench.every_order() == []
    assert sign_in(bench, people["chris"], CASHIER_PIN)
    assert bench.charge().order.cashier == "Chris Cashier"
    staff_of(bench).lock()
    with pytest.raises(DomainError):
        bench.charge()
    assert [row["name"] for row in told(bench, "lock")] == ["Chris Cashier"]


def test_the_command_line_charges_without_anybody(bench: Bench, people: dict[str, Person]) -> None:
    del people
    other = bench.new_process()
    assert other.services.checkout.begin(AMOUNT).order.cashier == ""
    other.stop()


def test_a_wrong_pin_lets_nobody_in_and_is_written_down(bench: Bench, people: dict[str, Person]) -> None:
    assert not sign_in(bench, people["chris"], "9999")
    assert staff_of(bench).crew.locked
    assert [row["name"] for row in told(bench, "pin_wrong")] == ["Chris Cashier"]
    assert told(bench, "sign_in") == []


def test_somebody_else_signs_in_over_who_stands_there(bench: Bench, people: dict[str, Person]) -> None:
    sign_in(bench, people["chris"], CASHIER_PIN)
    assert sign_in(bench, people["mei"], MANAGER_PIN)
    assert staff_of(bench).cashier == "Mei Manager"
    assert told(bench, "sign_in")[-1] == {"name": "Mei Manager", "instead_of": "Chris Cashier"}
    assert not sign_in(bench, people["chris"], "9999")
    assert staff_of(bench).cashier == "Mei Manager"


def test_who_may_do_it_does_it_in_his_own_name(bench: Bench, people: dict[str, Person]) -> None:
    sign_in(bench, people["mei"], MANAGER_PIN)
    assert staff_of(bench).authorise(Right.REFUND) == Authority("Mei Manager")
    assert told(bench, "right_used")[-1] == {"right": "REFUND", "asked_by": "Mei Manager", "approved_by": ""}


def test_who_may_not_needs_somebodys_word(bench: Bench, people: dict[str, Person]) -> None:
    with pytest.raises(DomainError) as refused:
        staff_of(bench).authorise(Right.REFUND)
    assert code_of(refused) == "signed_out"
    sign_in(bench, people["chris"], CASHIER_PIN)
    with pytest.raises(DomainError) as refused:
        staff_of(bench).authorise(Right.REFUND)
    assert code_of(refused) == "right_missing"
    given = bench.run(staff_of(bench).approve(Right.REFUND, people["mei"].person_id, MANAGER_PIN))
    assert staff_of(bench).authorise(Right.REFUND, given.token) == Authority("Chris Cashier", "Mei Manager")
    assert told(bench, "approval") == [{"right": "REFUND", "asked_by": "Chris Cashier", "name": "Mei Manager"}]
    assert told(bench, "right_used")[-1]["approved_by"] == "Mei Manager"


@pytest.mark.parametrize("why", ["twice", "another right", "too late", "after a switch", "invented", "dismissed"])
def test_a_word_is_good_for_one_thing_once_and_soon(bench: Bench, people: dict[str, Person], why: str) -> None:
    sign_in(bench, people["chris"], CASHIER_PIN)
    staff = staff_of(bench)
    token = bench.run(staff.approve(Right.REFUND, people["mei"].person_id, MANAGER_PIN)).token
    right = Right.REFUND
    match why:
        case "twice":
            staff.authorise(Right.REFUND, token)
        case "another right":
            right = Right.EXPORT
        case "too late":
            bench.let_pass(APPROVAL_S + 1)
        case "after a switch":
            sign_in(bench, people["olivia"], OWNER_PIN)
        case "dismissed":
            _dismiss(bench, people["mei"])
        case _:
            token = "invented"
    with pytest.raises(DomainError) as refused:
        staff.authorise(right, token)
    assert code_of(refused) == ("right_missing" if why == "dismissed" else "approval_used")


def _dismiss(bench: Bench, person: Person) -> None:
    """Let another process take somebody off the list."""
    other = bench.new_process()
    changed = Person(person.person_id, person.name, person.role, active=False)
    other.services.roster.change(changed)
    other.stop()


def test_nobody_allows_what_he_may_not_do_himself(bench: Bench, people: dict[str, Person]) -> None:
    sign_in(bench, people["mei"], MANAGER_PIN)
    with pytest.raises(DomainError) as refused:
        bench.run(staff_of(bench).approve(Right.SETTINGS, people["chris"].person_id, CASHIER_PIN))
    assert code_of(refused) == "right_missing"
    assert told(bench, "approval") == []


def test_a_wrong_pin_gives_no_word_and_counts(bench: Bench, people: dict[str, Person]) -> None:
    sign_in(bench, people["chris"], CASHIER_PIN)
    for _ in range(3):
        answer = bench.run(staff_of(bench).approve(Right.REFUND, people["mei"].person_id, "9999"))
        assert (answer.accepted, answer.token) == (False, "")
    answer = bench.run(staff_of(bench).approve(Right.REFUND, people["mei"].person_id, MANAGER_PIN))
    assert not answer.accepted
    assert answer.wait_s == 30


def test_a_try_is_counted_before_it_is_compared(
    bench: Bench, people: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    async def look(self: QuickPins, kept: str, pin: str) -> bool:
        del self, kept, pin
        (failures,) = bench.till.ledger.connection.execute(
            "SELECT failures FROM people WHERE name = 'Chris Cashier'"
        ).fetchone()
        seen.append(failures)
        return True

    monkeypatch.setattr(QuickPins, "matches", look)
    assert sign_in(bench, people["chris"], CASHIER_PIN)
    assert seen == [1]


def test_a_ledger_that_cannot_be_written_compares_nothing(bench: Bench, people: dict[str, Person]) -> None:
    bench.till.break_ledger(broken=True)
    with pytest.raises(LedgerError):
        sign_in(bench, people["chris"], CASHIER_PIN)
    assert staff_of(bench).crew.locked
    bench.till.break_ledger(broken=False)
    assert sign_in(bench, people["chris"], CASHIER_PIN)
    bench.till.break_ledger(broken=True)
    with pytest.raises(LedgerError):
        staff_of(bench).lock()
    assert staff_of(bench).crew.locked  # that it could not be written down keeps nobody from locking
    bench.till.break_ledger(broken=False)


def test_a_lost_key_counts_no_tries(bench: Bench, people: dict[str, Person], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuickPins, "lost", True)
    for _ in range(5):
        with pytest.raises(SecretError):
            sign_in(bench, people["chris"], CASHIER_PIN)
    monkeypatch.setattr(QuickPins, "lost", False)
    assert sign_in(bench, people["chris"], CASHIER_PIN)


def test_what_another_process_did_with_the_people_is_heard(bench: Bench, people: dict[str, Person]) -> None:
    sign_in(bench, people["chris"], CASHIER_PIN)
    bench.watch()
    bench.let_pass(1)
    _dismiss(bench, people["chris"])
    bench.let_pass(5)
    assert staff_of(bench).crew.locked
    assert "Chris Cashier" not in {person.name for person in staff_of(bench).crew.people}


def test_the_command_line_is_whoever_runs_it(
    bench: Bench, people: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    del people
    monkeypatch.setattr("getpass.getuser", lambda: "shopadmin")
    other = bench.new_process()
    assert other.services.staff.authorise(Right.REFUND) == Authority("shopadmin")
    other.stop()
    assert told(bench, "right_used")[-1]["asked_by"] == "shopadmin"


def test_the_first_to_be_set_up_stands_at_the_till(bench: Bench) -> None:
    staff_of(bench).attend()
    owner = bench.run(bench.services.roster.add(a_person("Olivia", Role.OWNER), OWNER_PIN))
    assert staff_of(bench).crew.signed_in == owner
    assert not staff_of(bench).crew.locked
