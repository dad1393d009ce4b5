"""The payment presenter: when a code may be seen, when it must go, and what the cashier may do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from posapp.domain.errors import Problem
from posapp.domain.order import CodeKind, PaymentCode
from posapp.domain.status import AttemptState, ReviewReason
from posapp.domain.till import AskedAnswer
from posapp.ui.presenters.payment import PaymentPresenter
from posapp.ui.presenters.payment_state import Doing, PaymentPhase, PaymentState, phase_of
from posapp.ui.qr_code import QrMatrix
from tests.unit.ui.scripted_facade import CODE, FACTS, NOON, ScriptedFacade, attempt, order

if TYPE_CHECKING:
    from tests.unit.ui.scripted_facade import Changes

MATRIX = QrMatrix(((True,),))
S = AttemptState


class Page:
    def __init__(self, *, can_cancel: bool = False) -> None:
        self.facade = ScriptedFacade(replace(FACTS, can_cancel=can_cancel))
        self.states: list[PaymentState] = []
        self.presenter = PaymentPresenter(self.facade.as_facade(), self.states.append)

    @property
    def state(self) -> PaymentState:
        assert self.presenter.state is not None
        return self.presenter.state

    def bring_code(self) -> None:
        """Open a fresh order and answer everything until its code is painted."""
        self.presenter.open(order(attempt(S.CREATING), version=1))
        self.presenter.on_order_changed(order(attempt(S.CREATED), version=2))
        self.facade.take("compute").done(MATRIX)
        self.facade.take("show_code").done(order(attempt(S.PENDING), version=3))
        self.presenter.painted()


@pytest.fixture
def page() -> Page:
    return Page()


def test_the_code_waits_for_matrix_and_commit(page: Page) -> None:
    page.presenter.open(order(attempt(S.CREATING)))
    assert page.state.phase is PaymentPhase.CREATING
    assert page.facade.calls == []
    page.presenter.on_order_changed(order(attempt(S.CREATED), version=2))
    assert page.facade.names() == ["compute"]
    page.facade.take("compute").done(MATRIX)
    assert page.state.matrix is None
    page.facade.take("show_code").done(order(attempt(S.PENDING), version=3))
    assert page.state.matrix == MATRIX
    assert page.state.phase is PaymentPhase.WAITING


def test_pending_by_news_alone_shows_nothing(page: Page) -> None:
    page.presenter.open(order(attempt(S.CREATED)))
    page.facade.take("compute").done(MATRIX)
    page.presenter.on_order_changed(order(attempt(S.PENDING), version=2))
    assert page.state.matrix is None


def test_it_is_asked_for_once(page: Page) -> None:
    page.presenter.open(order(attempt(S.CREATED)))
    for version in range(2, 6):
        page.presenter.on_order_changed(order(attempt(S.CREATED), version=version))
    assert page.facade.names() == ["compute"]
    page.facade.take("compute").done(MATRIX)
    page.presenter.on_order_changed(order(attempt(S.CREATED), version=6))
    assert page.facade.names() == ["show_code"]


def test_on_screen_is_told_when_painted_and_when_left(page: Page) -> None:
    page.bring_code()
    assert page.facade.on_screen == ["T1-1"]
    page.presenter.leave()
    assert page.facade.on_screen == ["T1-1", None]
    page.presenter.leave()
    assert page.facade.on_screen == ["T1-1", None]


def test_painted_without_a_code_says_nothing(page: Page) -> None:
    page.presenter.open(order(attempt(S.CREATING)))
    page.presenter.painted()
    assert page.facade.on_screen == []


@pytest.mark.parametrize("state", [S.SUCCEEDED, S.CANCELLED])
def test_the_code_goes_the_instant_the_state_changes(page: Page, state: AttemptState) -> None:
    page.bring_code()
    page.presenter.on_order_changed(order(attempt(state, shown_at=NOON), version=4))
    assert page.state.matrix is None
    assert page.facade.on_screen[-1] is None


def test_a_dead_code_goes(page: Page) -> None:
    page.bring_code()
    page.presenter.on_order_changed(order(attempt(S.PENDING, code_dead=True), version=4))
    assert page.state.matrix is None
    assert page.state.phase is PaymentPhase.CODE_DEAD


def test_a_review_takes_the_code_away(page: Page) -> None:
    page.bring_code()
    doubtful = attempt(S.PENDING, review=ReviewReason.AMOUNT_DIFFERS)
    page.presenter.on_order_changed(order(doubtful, version=4))
    assert page.state.matrix is None
    assert page.state.phase is PaymentPhase.REVIEW


def test_older_news_are_ignored(page: Page) -> None:
    page.bring_code()
    page.presenter.on_order_changed(order(attempt(S.SUCCEEDED), version=9))
    page.presenter.on_order_changed(order(attempt(S.PENDING), version=8))
    assert page.state.phase is PaymentPhase.PAID


def test_an_older_answer_to_asking_is_ignored(page: Page) -> None:
    page.bring_code()
    page.presenter.ask_now()
    page.presenter.on_order_changed(order(attempt(S.SUCCEEDED), version=9))
    page.facade.take("ask_now").done(order(attempt(S.PENDING), version=8))
    assert page.state.phase is PaymentPhase.PAID
    assert page.state.matrix is None


def test_news_of_another_order_are_ignored(page: Page) -> None:
    page.bring_code()
    page.presenter.on_order_changed(order(attempt(S.SUCCEEDED), version=99, order_id="T1-other"))
    assert page.state.phase is PaymentPhase.WAITING


def test_late_answers_for_an_order_that_left_the_page_paint_nothing(page: Page) -> None:
    page.presenter.open(order(attempt(S.CREATED)))
    page.facade.take("compute").done(MATRIX)
    show = page.facade.take("show_code")
    page.presenter.open(order(attempt(S.CREATED, 2), version=1, order_id="T1-2"))
    show.done(order(attempt(S.PENDING), version=5))
    assert page.state.snapshot.order.order_id == "T1-2"
    assert page.state.matrix is None
    compute = page.facade.take("compute")
    page.presenter.leave()
    compute.done(MATRIX)
    assert page.facade.names() == []


def test_reopening_asks_for_the_commit_again(page: Page) -> None:
    page.bring_code()
    page.presenter.leave()
    page.presenter.open(order(attempt(S.PENDING), version=3))
    assert page.state.matrix is None
    page.facade.take("compute").done(MATRIX)
    page.facade.take("show_code").done(order(attempt(S.PENDING), version=3))
    assert page.state.matrix == MATRIX


def test_a_new_attempt_brings_its_own_code(page: Page) -> None:
    page.presenter.open(order(attempt(S.CANCELLED), version=1))
    page.presenter.new_code()
    both = (attempt(S.CANCELLED), attempt(S.CREATING, 2))
    page.facade.take("new_code").done(order(*both, version=2))
    assert page.state.phase is PaymentPhase.CREATING
    page.presenter.on_order_changed(order(both[0], attempt(S.CREATED, 2), version=3))
    page.facade.take("compute").done(MATRIX)
    assert page.facade.take("show_code").arguments == ("T1-2",)


def test_a_code_that_cannot_be_drawn_says_so(page: Page) -> None:
    page.presenter.open(order(attempt(S.CREATED)))
    failed = page.facade.take("compute").failed
    assert failed is not None
    failed(Problem("code_too_long", "too long"))
    assert page.facade.names() == []
    assert page.state.matrix is None
    assert page.state.problem == Problem("code_too_long", "too long")


def test_a_window_too_small_takes_the_order_off_screen_until_it_fits(page: Page) -> None:
    page.bring_code()
    page.presenter.not_painted()
    assert page.state.problem is not None
    assert page.facade.on_screen[-1] is None
    page.presenter.painted()
    assert page.state.problem is None
    assert page.facade.on_screen[-1] == "T1-1"


def test_a_hand_off_draws_nothing(page: Page) -> None:
    page.presenter.open(order(attempt(S.CREATED, code=PaymentCode(CodeKind.HANDOFF, "{}"))))
    assert page.facade.calls == []
    assert page.state.phase is PaymentPhase.HANDED_OFF


def test_a_given_up_code_stays_away_until_it_is_wanted_back(page: Page) -> None:
    given_up = attempt(S.PENDING, given_up_at=NOON)
    page.presenter.open(order(given_up, version=4))
    assert page.state.phase is PaymentPhase.GIVEN_UP
    assert page.facade.calls == []
    assert page.state.may_show_again
    page.presenter.show_again()
    page.facade.take("compute").done(MATRIX)
    page.facade.take("show_code").done(order(attempt(S.PENDING), version=5))
    assert page.state.matrix == MATRIX


def test_opening_with_the_wish_to_show_brings_a_given_up_code_back(page: Page) -> None:
    page.presenter.open(order(attempt(S.PENDING, given_up_at=NOON), version=4), show_code=True)
    page.facade.take("compute").done(MATRIX)
    page.facade.take("show_code").done(order(attempt(S.PENDING), version=5))
    assert page.state.matrix == MATRIX


def fail(page: Page, name: str, code: str = "disk_full") -> None:
    failed = page.facade.take(name).failed
    assert failed is not None
    failed(Problem(code, "the reason"))


def test_a_code_whose_showing_fails_is_not_said_to_be_got_ready_for_ever(page: Page) -> None:
    page.presenter.open(order(attempt(S.CREATED)))
    page.facade.take("compute").done(MATRIX)
    fail(page, "show_code")
    assert page.state.phase is PaymentPhase.NOT_SHOWN
    assert page.state.problem == Problem("disk_full", "the reason")
    assert page.state.may_show_again


def test_what_could_not_be_shown_is_tried_again_when_asked_for_and_not_before(page: Page) -> None:
    page.presenter.open(order(attempt(S.CREATED)))
    page.facade.take("compute").done(MATRIX)
    fail(page, "show_code")
    page.presenter.on_order_changed(order(attempt(S.CREATED), version=2))
    assert page.facade.calls == []
    assert page.state.phase is PaymentPhase.NOT_SHOWN
    page.presenter.show_again()
    assert page.state.phase is PaymentPhase.DRAWING
    assert page.state.problem is None
    page.facade.take("show_code").done(order(attempt(S.PENDING), version=3))
    assert page.state.matrix == MATRIX
    assert page.state.phase is PaymentPhase.WAITING


def test_asking_for_the_code_from_the_list_tries_again_too(page: Page) -> None:
    page.presenter.open(order(attempt(S.CREATED)))
    page.facade.take("compute").done(MATRIX)
    fail(page, "show_code")
    page.presenter.open(order(attempt(S.CREATED), version=2), show_code=True)
    page.facade.take("show_code").done(order(attempt(S.PENDING), version=3))
    assert page.state.matrix == MATRIX


def test_a_code_that_cannot_be_drawn_can_be_drawn_again(page: Page) -> None:
    page.presenter.open(order(attempt(S.CREATED)))
    fail(page, "compute", "code_too_long")
    assert page.state.phase is PaymentPhase.NOT_SHOWN
    page.presenter.show_again()
    assert page.facade.names() == ["compute"]


def test_a_given_up_code_that_does_not_come_back_is_given_up_again(page: Page) -> None:
    page.presenter.open(order(attempt(S.PENDING, given_up_at=NOON), version=4))
    page.presenter.show_again()
    page.facade.take("compute").done(MATRIX)
    fail(page, "show_code")
    assert page.state.phase is PaymentPhase.GIVEN_UP
    assert page.state.may_show_again


def test_a_payment_that_arrives_while_its_code_cannot_be_shown_is_seen(page: Page) -> None:
    page.presenter.open(order(attempt(S.CREATED)))
    page.facade.take("compute").done(MATRIX)
    fail(page, "show_code")
    page.presenter.on_order_changed(order(attempt(S.SUCCEEDED), version=5))
    assert page.state.phase is PaymentPhase.PAID
    assert page.state.problem is None


def test_asking_is_single_and_reports_its_answer(page: Page) -> None:
    page.bring_code()
    page.presenter.ask_now()
    page.presenter.ask_now()
    page.presenter.give_up()
    assert page.facade.names() == ["ask_now"]
    assert page.state.doing is Doing.ASKING
    page.facade.take("ask_now").done(order(attempt(S.PENDING), version=3))
    assert page.state.doing is Doing.NOTHING
    assert page.state.answer


def test_asking_without_an_answer_keeps_everything(page: Page) -> None:
    page.bring_code()
    page.presenter.ask_now()
    failed = page.facade.take("ask_now").failed
    assert failed is not None
    failed(Problem("timeout", "late"))
    assert page.state.problem == Problem("timeout", "late")
    assert page.state.after_asking
    assert page.state.matrix == MATRIX


def test_giving_up_can_find_the_order_paid(page: Page) -> None:
    page.bring_code()
    page.presenter.give_up()
    page.facade.take("give_up").done(order(attempt(S.SUCCEEDED), version=4))
    assert page.state.phase is PaymentPhase.PAID


def test_giving_up_takes_the_code_away(page: Page) -> None:
    page.bring_code()
    page.presenter.give_up()
    page.facade.take("give_up").done(order(attempt(S.PENDING, given_up_at=NOON), version=4))
    assert page.state.phase is PaymentPhase.GIVEN_UP
    assert page.state.matrix is None
    assert page.state.answer


def test_the_age_of_the_last_answer_is_kept_through_silence(page: Page) -> None:
    page.bring_code()
    page.presenter.on_asked(AskedAnswer("T1-1", answered=True, asked_at=NOON))
    page.presenter.on_asked(AskedAnswer("T1-1", False, NOON + timedelta(seconds=9), "timeout"))
    assert page.state.asked_at == NOON
    assert page.state.unanswered == "timeout"
    page.presenter.on_asked(AskedAnswer("T1-other", answered=True, asked_at=NOON + timedelta(seconds=10)))
    assert page.state.asked_at == NOON


@pytest.mark.parametrize(
    "state, changes, can_cancel, allowed",
    [
        (S.CREATING, {}, False, False),
        (S.PENDING, {}, False, False),
        (S.PENDING, {}, True, True),
        (S.UNKNOWN, {}, False, True),
        (S.UNKNOWN, {"shown_at": NOON}, False, False),
        (S.CANCELLED, {"shown_at": NOON}, False, True),
        (S.REFUSED, {}, False, True),
        (S.NOT_SENT, {}, False, True),
        (S.SUCCEEDED, {}, False, False),
        (S.SUCCEEDED, {}, True, False),
    ],
)
def test_a_new_code_is_offered_only_where_the_rules_allow(
    state: AttemptState, changes: Changes, can_cancel: bool, allowed: bool
) -> None:
    page = Page(can_cancel=can_cancel)
    page.presenter.open(order(attempt(state, **changes)))
    assert page.state.may_new_code is allowed


@pytest.mark.parametrize("state", list(S))
def test_every_state_has_a_phase(state: AttemptState) -> None:
    assert phase_of(order(attempt(state))) in PaymentPhase


def test_green_needs_succeeded() -> None:
    green = [state for state in S if phase_of(order(attempt(state))) is PaymentPhase.PAID]
    assert green == [S.SUCCEEDED]


def test_a_second_payment_needs_a_look() -> None:
    twice = order(attempt(S.SUCCEEDED), attempt(S.SUCCEEDED, 2))
    assert phase_of(twice) is PaymentPhase.REVIEW


def test_an_unknown_attempt_beside_a_waiting_code_keeps_the_code(page: Page) -> None:
    both = order(attempt(S.UNKNOWN), attempt(S.PENDING, 2, code=CODE))
    assert phase_of(both) is PaymentPhase.WAITING
