"""Shifts on a real ledger: what came in between two rows of the audit, against the count."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from posapp.domain.errors import DomainError
from posapp.domain.money import Money
from posapp.domain.staff import Crew, Person, Role
from posapp.services.shifts import ShiftKeeper
from posapp.store.verify import verify
from tests.unit.services.bench import AMOUNT, facts

if TYPE_CHECKING:
    from posapp.services.staff import Staff
    from tests.unit.services.bench import Bench

ADA = Person("1", "Ada", Role.MANAGER)
BO = Person("2", "Bo", Role.CASHIER)


class StaffOf:
    """Stands in for the staff: everything is allowed, and there is a crew."""

    def __init__(self, crew: Crew) -> None:
        self.crew = crew


def code_of(error: pytest.ExceptionInfo[DomainError]) -> str:
    """Return why something was refused."""
    return error.value.code


def test_a_shift_is_expected_to_hold_what_came_in_within_it(bench: Bench) -> None:
    bench.paid(Money(1, "HKD"))
    before = bench.charge_and_show(Money(20, "HKD"))  # charged before, paid within
    shift = bench.services.shifts.open()
    assert (shift.number, shift.is_open) == (1, True)
    bench.paid()
    bench.truth.pay(before.merchant_order_id)
    bench.run(bench.services.checkout.ask(before.order_id))
    after = bench.charge_and_show(Money(300, "HKD"))
    board = bench.services.shifts.board()
    assert board.running == shift
    assert board.expected == (Money(12870, "HKD"),)
    ended = bench.services.shifts.close((Money(12800, "HKD"),), "drawer")
    assert ended.expected == (Money(12870, "HKD"),)
    assert ended.difference == (Money(-70, "HKD"),)
    bench.truth.pay(after.merchant_order_id)
    bench.run(bench.services.checkout.ask(after.order_id))
    second = bench.services.shifts.open()
    bench.paid(Money(5, "HKD"))
    assert bench.services.shifts.board().expected == (Money(5, "HKD"),)
    assert bench.services.shifts.board().past == (ended,)
    assert second.number == 2
    assert verify(bench.till.ledger).is_whole


def test_one_shift_at_a_time(bench: Bench) -> None:
    with pytest.raises(DomainError) as refused:
        bench.services.shifts.close(())
    assert code_of(refused) == "shift_not_open"
    bench.services.shifts.open()
    with pytest.raises(DomainError) as refused:
        bench.services.shifts.open()
    assert code_of(refused) == "shift_open"


@pytest.mark.parametrize(
    "counted, note, code",
    [
        ((Money(-1, "HKD"),), "", "count_unusable"),
        ((Money(1, "HKD"), Money(2, "HKD")), "", "count_unusable"),
        ((), "x" * 121, "note_unusable"),
        ((), "a\nb", "note_unusable"),
    ],
)
def test_a_count_that_is_none_is_refused(bench: Bench, counted: tuple[Money, ...], note: str, code: str) -> None:
    bench.services.shifts.open()
    with pytest.raises(DomainError) as refused:
        bench.services.shifts.close(counted, note)
    assert code_of(refused) == code
    assert bench.services.shifts.board().running is not None


def test_a_closed_shift_never_changes(bench: Bench) -> None:
    bench.services.shifts.open()
    bench.services.shifts.close((AMOUNT,))
    with pytest.raises(sqlite3.IntegrityError, match="never changes"):
        bench.till.ledger.connection.execute("UPDATE shifts SET counted = '{}'")


@pytest.mark.parametrize(
    "crew, told",
    [
        (Crew(), False),
        (Crew((ADA, BO), BO), False),
        (Crew((ADA, BO), None, locked=True), False),
        (Crew((ADA, BO), ADA), True),
    ],
)
def test_a_blind_count_is_told_nothing_but_a_manager_is(bench: Bench, crew: Crew, *, told: bool) -> None:
    bench.services.shifts.open()
    bench.paid()
    blind = replace(facts(bench.capabilities), blind_close=True)
    keeper = ShiftKeeper(bench.till.ledger, blind, bench.clock, cast("Staff", StaffOf(crew)))
    assert keeper.board().expected == ((AMOUNT,) if told else None)
