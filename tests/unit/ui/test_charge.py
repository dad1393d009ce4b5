"""The charge presenter: exactly one order for one press, whatever comes in between."""

from __future__ import annotations

import pytest

from posapp.domain.errors import Problem
from posapp.domain.money import Money
from posapp.domain.order import OrderSnapshot
from posapp.domain.status import AttemptState
from posapp.ui.presenters.charge import ChargePhase, ChargePresenter, ChargeState
from tests.unit.ui.scripted_facade import ScriptedFacade, attempt, order


class Page:
    def __init__(self) -> None:
        self.facade = ScriptedFacade()
        self.states: list[ChargeState] = []
        self.charged: list[OrderSnapshot] = []
        self.presenter = ChargePresenter(self.facade.as_facade(), self.states.append, self.charged.append)

    def type(self, digits: str = "12850") -> None:
        for digit in digits:
            self.presenter.digit(int(digit))


@pytest.fixture
def page() -> Page:
    return Page()


def test_nothing_is_charged_at_zero(page: Page) -> None:
    page.presenter.charge("")
    assert page.facade.calls == []


def test_the_amount_and_note_reach_the_facade_once(page: Page) -> None:
    page.type()
    for _ in range(3):
        page.presenter.charge("Table 4")
    page.facade.take("recent_unpaid").done(None)
    page.presenter.charge("Table 4")
    page.presenter.charge_again()
    charges = [call for call in page.facade.calls if call.name == "charge"]
    assert [call.arguments for call in charges] == [(Money(12850, "HKD"), "Table 4")]
    assert page.presenter.state.phase is ChargePhase.CHARGING


def test_keys_do_nothing_while_an_order_is_being_committed(page: Page) -> None:
    page.type()
    page.presenter.charge("")
    page.type("9")
    page.presenter.clear()
    page.presenter.paste("1.00")
    assert page.presenter.state.entry.money == Money(12850, "HKD")


WHY = Problem("ledger_read_only", "read-only")


def test_a_locked_page_takes_no_amount_and_charges_nothing(page: Page) -> None:
    page.type()
    page.presenter.lock(WHY)
    page.type()
    page.presenter.paste("1.00")
    page.presenter.refuse_letter()
    page.presenter.charge("")
    assert page.presenter.state.entry.is_zero
    assert page.presenter.state.entry.problem is None
    assert page.presenter.state.locked == WHY
    assert page.facade.calls == []
    page.presenter.lock(None)
    page.type()
    assert page.presenter.state.may_charge


def test_a_page_that_is_locked_between_the_press_and_the_charge_charges_nothing(page: Page) -> None:
    page.type()
    page.presenter.charge("")
    page.presenter.lock(WHY)
    page.facade.take("recent_unpaid").done(None)
    assert page.facade.calls == []
    assert page.presenter.state.phase is ChargePhase.TYPING


def test_what_fails_on_a_locked_page_cannot_be_pressed_again(page: Page) -> None:
    page.type()
    page.presenter.charge("")
    page.facade.take("recent_unpaid").done(None)
    page.presenter.lock(WHY)
    failed = page.facade.take("charge").failed
    assert failed is not None
    failed(Problem("ledger_view_only", "read-only"))
    assert not page.presenter.state.entry.is_zero
    assert not page.presenter.state.may_charge


def test_a_committed_order_clears_the_amount_and_is_announced(page: Page) -> None:
    page.type()
    page.presenter.charge("")
    page.facade.take("recent_unpaid").done(None)
    started = order(attempt(AttemptState.CREATING))
    page.facade.take("charge").done(started)
    assert page.charged == [started]
    assert page.presenter.state.entry.is_zero
    assert page.presenter.state.phase is ChargePhase.TYPING


def test_an_open_order_of_the_same_amount_is_shown_first(page: Page) -> None:
    page.type()
    page.presenter.charge("")
    earlier = order(attempt(AttemptState.PENDING))
    page.facade.take("recent_unpaid").done(earlier)
    assert page.presenter.state.phase is ChargePhase.GUARD
    assert page.presenter.state.earlier == earlier
    assert not page.presenter.state.may_charge
    assert page.facade.calls == []


def test_charging_again_after_the_guard_starts_one_order(page: Page) -> None:
    page.type()
    page.presenter.charge("")
    page.facade.take("recent_unpaid").done(order(attempt(AttemptState.PENDING)))
    page.presenter.charge_again()
    page.presenter.charge_again()
    assert page.facade.names() == ["charge"]


def test_typing_on_puts_the_guard_away(page: Page) -> None:
    page.type()
    page.presenter.charge("")
    page.facade.take("recent_unpaid").done(order(attempt(AttemptState.PENDING)))
    page.presenter.digit(5)
    assert page.presenter.state.phase is ChargePhase.TYPING
    assert page.presenter.state.earlier is None


def test_the_guarded_order_stays_live_and_old_news_are_ignored(page: Page) -> None:
    page.type()
    page.presenter.charge("")
    page.facade.take("recent_unpaid").done(order(attempt(AttemptState.PENDING), version=5))
    page.presenter.on_order_changed(order(attempt(AttemptState.CREATED), version=4))
    assert page.presenter.state.earlier is not None
    assert page.presenter.state.earlier.version == 5
    page.presenter.on_order_changed(order(attempt(AttemptState.SUCCEEDED), version=6))
    assert page.presenter.state.earlier.leading.state is AttemptState.SUCCEEDED


@pytest.mark.parametrize("name", ["recent_unpaid", "charge"])
def test_a_failure_keeps_the_amount_and_says_why(page: Page, name: str) -> None:
    page.type()
    page.presenter.charge("")
    if name == "charge":
        page.facade.take("recent_unpaid").done(None)
    failed = page.facade.take(name).failed
    assert failed is not None
    failed(Problem("disk_full", "full"))
    state = page.presenter.state
    assert state.phase is ChargePhase.TYPING
    assert state.problem == Problem("disk_full", "full")
    assert state.may_charge
    assert state.entry.money == Money(12850, "HKD")


@pytest.mark.parametrize("text", ["1,280.50", "12.345", " 5", "-1", "abc", ""])
def test_a_pasted_text_that_is_no_amount_changes_nothing_and_says_why(page: Page, text: str) -> None:
    page.type("77")
    page.presenter.paste(text)
    assert page.presenter.state.entry.money == Money(77, "HKD")
    assert page.presenter.state.entry.problem is not None


def test_a_pasted_amount_is_taken_exactly(page: Page) -> None:
    page.presenter.paste("128.5")
    assert page.presenter.state.entry.money == Money(12850, "HKD")


def test_a_point_never_multiplies(page: Page) -> None:
    page.type("128")
    page.presenter.point()
    page.type("50")
    assert page.presenter.state.entry.money == Money(12850, "HKD")


def test_plus_adds_up(page: Page) -> None:
    page.type("4500")
    page.presenter.plus()
    page.presenter.double_zero()
    page.type("2800")
    assert page.presenter.state.entry.money == Money(7300, "HKD")
    page.presenter.backspace()
    page.presenter.clear()
    assert page.presenter.state.entry.is_zero
