"""The drawer of one order: facts, cautions, answers, timeline."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QScrollArea

from posapp.domain.errors import Problem
from posapp.domain.money import Money
from posapp.domain.status import AlarmKind, AttemptState, ReviewReason
from posapp.ui.approvals import Approvals
from posapp.ui.presenters.orders_drawer import DrawerPresenter, DrawerState
from posapp.ui.presenters.payment_state import Doing
from posapp.ui.views.order_drawer import OrderDrawer
from posapp.ui.widgets.label import Label
from tests.ui.orders_till import OrdersTill

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from posapp.domain.order import OrderSnapshot

SILENT = Problem("timeout", "no answer", support_id="rid-1")


@pytest.fixture
def till() -> OrdersTill:
    return OrdersTill()


@pytest.fixture
def waiting(till: OrdersTill) -> OrderSnapshot:
    order = till.add(Money(12850, "HKD"), note="Table 12")
    till.give_code(order.order.order_id)
    return till.change(order.order.order_id, state=AttemptState.PENDING, shown_at=order.order.created_at)


class Watch:
    """A presenter and all it told."""

    def __init__(self, till: OrdersTill) -> None:
        self.told: list[DrawerState | None] = []
        self.new_codes: list[str] = []
        self.presenter = DrawerPresenter(till, self.told.append, self.new_codes.append)

    @property
    def state(self) -> DrawerState:
        assert self.presenter.state is not None
        return self.presenter.state


def test_an_opened_order_is_shown_at_once_and_its_timeline_follows(till: OrdersTill, waiting: OrderSnapshot) -> None:
    watch = Watch(till)
    till.held.add("details")
    watch.presenter.open(waiting)
    assert watch.state.timeline is None
    till.release("details")
    assert watch.state.timeline


def test_asking_gives_an_answer(till: OrdersTill, waiting: OrderSnapshot) -> None:
    watch = Watch(till)
    till.held.update({"details", "ask_now"})
    watch.presenter.open(waiting)
    watch.presenter.ask_now()
    assert watch.state.doing is Doing.ASKING
    watch.presenter.ask_now()
    assert len(till.called("ask_now")) == 1, "one question at a time"
    till.release("ask_now")
    assert watch.state.answered
    assert watch.state.doing is Doing.NOTHING


def test_an_answer_that_does_not_come_is_said(till: OrdersTill, waiting: OrderSnapshot) -> None:
    watch = Watch(till)
    till.held.update({"details", "ask_now"})
    till.failures["ask_now"] = SILENT
    watch.presenter.open(waiting)
    watch.presenter.ask_now()
    till.release("ask_now")
    assert watch.state.problem == SILENT
    assert not watch.state.answered


def test_an_answer_about_an_order_that_left_the_drawer_is_dropped(till: OrdersTill, waiting: OrderSnapshot) -> None:
    other = till.add(Money(500, "HKD"), state=AttemptState.SUCCEEDED)
    watch = Watch(till)
    till.held.update({"details", "ask_now"})
    watch.presenter.open(waiting)
    watch.presenter.ask_now()
    watch.presenter.open(other)
    till.release("ask_now")
    till.release("details")
    assert watch.state.snapshot == other
    assert not watch.state.answered
    assert watch.state.doing is Doing.NOTHING


def test_an_answer_from_an_earlier_stay_is_dropped(till: OrdersTill, waiting: OrderSnapshot) -> None:
    watch = Watch(till)
    till.held.update({"details", "ask_now"})
    watch.presenter.open(waiting)
    watch.presenter.ask_now()
    watch.presenter.close()
    watch.presenter.open(waiting)
    till.release("ask_now")
    assert not watch.state.answered


def test_news_are_taken_and_older_ones_are_not(till: OrdersTill, waiting: OrderSnapshot) -> None:
    watch = Watch(till)
    till.held.add("details")
    watch.presenter.open(waiting)
    paid = till.pay(waiting.order.order_id)
    watch.presenter.take(paid)
    watch.presenter.take(replace(waiting, version=0))
    assert watch.state.snapshot == paid


def test_the_timeline_is_read_again_after_news(till: OrdersTill, waiting: OrderSnapshot) -> None:
    watch = Watch(till)
    till.held.add("details")
    watch.presenter.open(waiting)
    till.release("details")
    watch.presenter.take(till.pay(waiting.order.order_id))
    till.release("details")
    timeline = watch.state.timeline
    assert timeline is not None
    assert timeline[-1].new_state == AttemptState.SUCCEEDED
    assert len(till.called("details")) == 2


def test_a_new_code_leads_to_the_payment_page(till: OrdersTill) -> None:
    order = till.add(Money(500, "HKD"), state=AttemptState.CANCELLED)
    watch = Watch(till)
    till.held.update({"details", "new_code"})
    watch.presenter.open(order)
    watch.presenter.new_code()
    assert watch.new_codes == []
    till.release("new_code")
    assert watch.new_codes == [order.order.order_id]


def test_what_may_be_done_follows_the_rules(till: OrdersTill, waiting: OrderSnapshot) -> None:
    paid = till.pay(till.add(Money(1, "HKD")).order.order_id)
    closed = till.add(Money(2, "HKD"), state=AttemptState.CANCELLED)
    doubted = till.add(Money(3, "HKD"), state=AttemptState.UNKNOWN, review=ReviewReason.AMOUNT_DIFFERS)
    unusable = till.add(Money(4, "HKD"), state=AttemptState.UNKNOWN, review=ReviewReason.CODE_UNUSABLE)
    given_up = till.change(till.add(Money(5, "HKD")).order.order_id, given_up_at=paid.order.created_at)
    assert _rights(waiting) == {"show", "ask", "give_up"}
    assert _rights(paid) == {"ask"}
    assert _rights(closed) == {"ask", "new_code"}
    assert "new_code" not in _rights(doubted)
    assert "new_code" in _rights(unusable)
    assert "give_up" not in _rights(given_up)


def test_a_given_up_code_can_come_back_and_a_dead_one_cannot(till: OrdersTill, waiting: OrderSnapshot) -> None:
    given_up = till.change(waiting.order.order_id, given_up_at=waiting.order.created_at)
    assert DrawerState(given_up).may_show_code
    assert not DrawerState(till.change(waiting.order.order_id, code_dead=True)).may_show_code


def test_a_gateway_that_can_close_a_payment_may_give_a_new_code_meanwhile(waiting: OrderSnapshot) -> None:
    assert not DrawerState(waiting).may_new_code
    assert DrawerState(waiting, can_cancel=True).may_new_code


def _rights(snapshot: OrderSnapshot) -> set[str]:
    state = DrawerState(snapshot)
    rights = {
        "show": state.may_show_code,
        "ask": state.may_ask,
        "give_up": state.may_give_up,
        "new_code": state.may_new_code,
    }
    return {name for name, allowed in rights.items() if allowed}


@pytest.fixture
def drawer(till: OrdersTill, qtbot: QtBot) -> OrderDrawer:
    drawer = OrderDrawer(till, Approvals(till))
    qtbot.addWidget(drawer)
    drawer.resize(400, 700)
    return drawer


def texts(drawer: OrderDrawer) -> str:
    return "\n".join(label.text() for label in drawer.findChildren(Label) if label.isVisibleTo(drawer))


def test_the_drawer_tells_the_facts(
    drawer: OrderDrawer, till: OrdersTill, waiting: OrderSnapshot, qtbot: QtBot
) -> None:
    drawer.open_order(waiting)
    qtbot.waitUntil(lambda: bool(drawer.timeline.rows))
    shown = texts(drawer)
    for part in ("128.50", "Table 12", waiting.order.order_id, "QR code to scan", "Code put on screen"):
        assert part in shown
    assert drawer.isVisibleTo(drawer.parentWidget() or drawer)


def test_an_alarm_says_what_to_do(drawer: OrderDrawer, till: OrdersTill, waiting: OrderSnapshot) -> None:
    late = till.pay(waiting.order.order_id, alarm=AlarmKind.PAID_LATE)
    drawer.open_order(late)
    assert "Money arrived late" in texts(drawer)
    assert "give the money back" in texts(drawer)


def test_a_mismatch_shows_both_values(drawer: OrderDrawer, till: OrdersTill, waiting: OrderSnapshot) -> None:
    doubted = till.change(
        waiting.order.order_id, review=ReviewReason.AMOUNT_DIFFERS, review_detail="HKD 128.50 / HKD 12.85"
    )
    drawer.open_order(doubted)
    assert "Asked: HKD 128.50\nGateway says: HKD 12.85" in texts(drawer)


def test_words_from_outside_stay_plain_text(drawer: OrderDrawer, till: OrdersTill) -> None:
    nasty = till.add(
        Money(1, "HKD"),
        note="<b>x</b>",
        state=AttemptState.REFUSED,
        problem_code="nobody_knows",
        problem_text="<img>\x07",
    )
    drawer.open_order(nasty)
    assert "<b>x</b>" in texts(drawer)
    assert "<img>" in texts(drawer)
    assert "\x07" not in texts(drawer)


def test_no_line_is_ever_shown_half(
    drawer: OrderDrawer, till: OrdersTill, waiting: OrderSnapshot, qtbot: QtBot
) -> None:
    late = till.pay(till.add(Money(7, "HKD"), note="word " * 30).order.order_id, alarm=AlarmKind.PAID_LATE)
    for snapshot in (waiting, late, waiting):
        drawer.open_order(snapshot)
        qtbot.waitUntil(lambda: bool(drawer.timeline.rows))
        for label in drawer.findChildren(Label):
            if label.isVisible():
                assert label.height() >= label.heightForWidth(label.width()) - 1, label.text()


def test_endless_words_from_outside_do_not_widen_it(drawer: OrderDrawer, till: OrdersTill) -> None:
    endless = till.add(Money(1, "HKD"), note="W" * 150, state=AttemptState.REFUSED, problem_text="W" * 190)
    endless = till.change(endless.order.order_id, gateway_id="g" * 120, support_id="s" * 100, problem_code="rejected")
    drawer.open_order(endless)
    scroll = drawer.findChild(QScrollArea)
    assert isinstance(scroll, QScrollArea)
    assert scroll.widget().width() <= scroll.viewport().width()
    drawer.buttons.copy.click()
    assert "g" * 120 in QGuiApplication.clipboard().text()


def test_it_follows_the_order_live(drawer: OrderDrawer, till: OrdersTill, waiting: OrderSnapshot, qtbot: QtBot) -> None:
    drawer.open_order(waiting)
    assert drawer.buttons.show_code.isVisibleTo(drawer)
    till.pay(waiting.order.order_id)
    assert not drawer.buttons.show_code.isVisibleTo(drawer)
    qtbot.waitUntil(lambda: "Paid (gateway's clock)" in texts(drawer))


def test_asking_answers_in_one_sentence(
    drawer: OrderDrawer, till: OrdersTill, waiting: OrderSnapshot, qtbot: QtBot
) -> None:
    drawer.open_order(waiting)
    till.held.add("ask_now")
    drawer.buttons.ask.click()
    assert not drawer.buttons.ask.isEnabled()
    assert not drawer.buttons.give_up.isEnabled()
    till.pay(waiting.order.order_id)
    till.release("ask_now")
    assert "Paid at " in texts(drawer)


def test_the_ids_go_to_the_clipboard(drawer: OrderDrawer, waiting: OrderSnapshot) -> None:
    drawer.open_order(waiting)
    drawer.buttons.copy.click()
    copied = QGuiApplication.clipboard().text()
    assert f"merchant_order_id: {waiting.order.order_id}" in copied
    assert f"gateway_id: {waiting.leading.gateway_id}" in copied
    assert drawer.buttons.copy.text() == "Copied"


def test_showing_the_code_is_left_to_the_window(drawer: OrderDrawer, till: OrdersTill, waiting: OrderSnapshot) -> None:
    drawer.open_order(waiting)
    wanted: list[str] = []
    drawer.show_code_requested.connect(wanted.append)
    drawer.buttons.show_code.click()
    assert wanted == [waiting.order.order_id]
    assert till.called("show_code") == []


def test_a_timeline_that_cannot_be_read_can_be_tried_again(
    drawer: OrderDrawer, till: OrdersTill, waiting: OrderSnapshot, qtbot: QtBot
) -> None:
    till.failures["details"] = Problem("ledger_busy", "held")
    drawer.open_order(waiting)
    qtbot.waitUntil(lambda: "Another program holds the till's ledger" in texts(drawer))
    drawer.presenter.read_again()
    qtbot.waitUntil(lambda: bool(drawer.timeline.rows))
    assert "Another program" not in texts(drawer)
