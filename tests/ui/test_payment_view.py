"""The payment page: from the press of Charge to green, and everything that can stand in between."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Unpack

import pytest

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from posapp.domain.errors import Problem
from posapp.domain.money import Money
from posapp.domain.order import CodeKind, OrderSnapshot, PaymentCode
from posapp.domain.status import AlarmKind, AttemptState, ReviewReason
from posapp.ui.presenters.payment_state import PaymentPhase
from posapp.ui.views.payment_view import PaymentView
from tests.ui.fake_till import CODE_URL, FakeTill, facts
from tests.ui.hands import click, press, type_keys
from tests.ui.test_qr_card import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from posapp.ui.main_window import MainWindow
    from tests.ui.fake_till import Changes

HKD = Money(12850, "HKD")
S = AttemptState


class Sale:
    """A window with a till, and the steps of a sale."""

    def __init__(self, window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
        self.window, self.till, self.qtbot = window, till, qtbot

    @property
    def page(self) -> PaymentView:
        return self.window.payment_view

    @property
    def word(self) -> str:
        return self.page.side.state_word.text()

    def charge(self, digits: str = "12850") -> str:
        """Press Charge and return the order's id once the page shows it."""
        type_keys(self.window.charge_view.display, digits)
        press(self.window.charge_view.display, Qt.Key.Key_Return)
        self.qtbot.waitUntil(lambda: self.page.isVisible() and self.page.state is not None, timeout=1000)
        assert self.page.order_id is not None
        return self.page.order_id

    def wait_for_code(self) -> str:
        order_id = self.charge()
        self.qtbot.waitUntil(lambda: self.till.on_screen == order_id, timeout=2000)
        return order_id

    def open(self, **changes: Unpack[Changes]) -> OrderSnapshot:
        snapshot = self.till.add(HKD, **changes)
        self.window.open_order(snapshot)
        return snapshot

    def codes(self) -> list[str]:
        return read(self.window.grab().toImage())


@pytest.fixture
def sale(window: MainWindow, till: FakeTill, qtbot: QtBot) -> Sale:
    return Sale(window, till, qtbot)


def test_from_the_press_to_the_code_to_green(sale: Sale) -> None:
    order_id = sale.wait_for_code()
    assert sale.codes() == [CODE_URL]
    assert sale.word == "Waiting for payment"
    assert sale.page.amount.text() == "HKD 128.50"
    sale.till.pay(order_id, paid_at=datetime(2025, 11, 22, 6, 3, 22, tzinfo=UTC))
    assert sale.page.paid_pane.isVisible()
    assert sale.page.paid_pane.accessibleName() == f"Paid, HKD 128.50, Order {order_id[-6:]} · paid at 14:03:22"
    assert sale.codes() == []
    assert sale.till.on_screen is None


def test_the_commit_comes_before_the_paint(sale: Sale) -> None:
    sale.till.held.add("show_code")
    sale.charge()
    sale.qtbot.waitUntil(lambda: bool(sale.till.waiting["show_code"]), timeout=1000)
    assert sale.codes() == []
    assert sale.till.on_screen is None
    sale.till.release("show_code")
    sale.qtbot.waitUntil(lambda: sale.codes() == [CODE_URL], timeout=1000)


def test_while_the_gateway_is_asked(sale: Sale) -> None:
    sale.till.code = None
    sale.charge()
    assert sale.word == "Asking the gateway…"
    assert sale.page.stage.isVisible()
    assert not sale.page.side.ask_button.isVisible()
    assert not sale.page.side.give_up_button.isVisible()
    assert sale.page.side.next_button.isVisible()


def test_a_second_enter_after_the_press_does_nothing(sale: Sale) -> None:
    sale.till.code = None
    sale.charge()
    press(sale.page, Qt.Key.Key_Return)
    sale.qtbot.wait(20)
    assert sale.page.isVisible()
    assert len(sale.till.called("charge")) == 1
    assert sale.till.called("give_up") == []


@pytest.mark.parametrize(
    "changes, word, part",
    [
        ({"state": S.UNKNOWN, "problem_code": "timeout"}, "Not known yet", "Do not charge again"),
        ({"state": S.UNKNOWN, "shown_at": datetime.now(UTC)}, "Not known yet", "Do not charge again"),
        ({"state": S.NOT_SENT, "problem_code": "dns"}, "Not sent", "It is safe to try again"),
        ({"state": S.REFUSED, "problem_code": "amount_above_limit"}, "Refused", "nothing can be paid"),
        ({"state": S.CANCELLED}, "Closed, not paid", "A new code is safe"),
        ({"state": S.PENDING, "review": ReviewReason.AMOUNT_DIFFERS}, "Needs a look", "not taken as paid"),
        ({"state": S.LAPSED}, "Not known yet", "Do not charge again"),
    ],
)
def test_every_end_says_what_is_safe(sale: Sale, changes: Changes, word: str, part: str) -> None:
    sale.open(**changes)
    assert sale.word == word
    title, advice, _, _ = sale.page.stage.words()
    assert (title == word) is (word not in ("Not sent", "Refused", "Needs a look"))
    assert part in advice
    assert title not in advice
    assert sale.codes() == []


def test_both_values_of_a_mismatch_are_shown(sale: Sale) -> None:
    sale.open(
        state=S.PENDING,
        review=ReviewReason.AMOUNT_DIFFERS,
        review_detail="HKD 128.50 / <b>HKD 12.85</b>",
        support_id="rid-7",
    )
    _, _, values, small = sale.page.stage.words()
    assert values == "Asked: HKD 128.50\nGateway says: <b>HKD 12.85</b>"
    assert "rid-7" in small


def test_a_refusal_carries_the_gateways_words_and_support_id(sale: Sale) -> None:
    sale.open(state=S.REFUSED, problem_code="strange", problem_text="no\x00 luck", support_id="trace-1")
    _, _, values, small = sale.page.stage.words()
    assert values == "The gateway says: “no luck”"
    assert small == "Code for support: strange, trace-1"


@pytest.mark.parametrize(
    "state, code, title",
    [
        (S.NOT_SENT, "refused", "The gateway's server does not accept connections"),
        (S.REFUSED, "credentials_rejected", "The gateway does not accept this till's credentials"),
        (S.UNKNOWN, "timeout", "Not known yet"),
    ],
)
def test_the_adapters_english_is_never_shown(sale: Sale, state: S, code: str, title: str) -> None:
    sale.open(state=state, problem_code=code, problem_text="adapter speaking")
    words = sale.page.stage.words()
    assert words[0] == title
    assert not any("adapter speaking" in one for one in words)
    sale.window.show_orders()
    order_id = next(iter(sale.till.orders_by_id))
    sale.window.orders_view.open_order(order_id)
    sale.qtbot.waitUntil(sale.window.orders_view.drawer.isVisible, timeout=1000)
    assert not any("adapter speaking" in label.text() for label in sale.window.findChildren(QLabel))


def test_a_double_click_on_charge_does_not_go_on(sale: Sale) -> None:
    type_keys(sale.window.charge_view.display, "12850")
    click(sale.window.charge_view.charge_button)
    sale.qtbot.waitUntil(sale.page.isVisible, timeout=1000)
    click(sale.page.side.next_button)
    assert sale.page.isVisible()
    sale.qtbot.waitUntil(lambda: sale.till.on_screen is not None, timeout=2000)
    click(sale.page.side.next_button)  # the code has come up this very moment
    assert sale.page.isVisible()
    sale.qtbot.waitUntil(lambda: not sale.page.side.is_held, timeout=2000)
    click(sale.page.side.next_button)
    assert sale.window.charge_view.isVisible()


def test_an_order_that_was_opened_can_be_left_at_once(sale: Sale) -> None:
    sale.open(state=S.PENDING, shown_at=datetime.now(UTC), code=sale.till.code)
    click(sale.page.side.next_button)
    assert sale.window.charge_view.isVisible()


def test_a_held_enter_does_not_dismiss_green(sale: Sale) -> None:
    sale.till.pay(sale.wait_for_code())
    button = sale.page.paid_pane.next_button
    assert button.hasFocus()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        held = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "", autorep=True)
        QApplication.sendEvent(button, held)
    assert sale.page.paid_pane.isVisible()


def test_enter_tries_again_what_was_not_sent(sale: Sale) -> None:
    order = sale.open(state=S.NOT_SENT, problem_code="dns")
    button = sale.page.side.new_code_button
    assert button.text() == "Try again"
    assert "(Enter)" in button.toolTip()
    press(sale.page, Qt.Key.Key_Return)
    assert sale.till.called("new_code") == [(order.order.order_id,)]


def test_the_second_half_of_a_double_enter_tries_nothing_again(sale: Sale) -> None:
    sale.till.code = None
    order_id = sale.charge()
    sale.till.change(order_id, state=S.NOT_SENT, problem_code="dns")
    press(sale.page, Qt.Key.Key_Return)
    assert sale.till.called("new_code") == []
    sale.qtbot.waitUntil(lambda: not sale.page.side.is_held, timeout=2000)
    press(sale.page, Qt.Key.Key_Return)
    assert sale.till.called("new_code") == [(order_id,)]


def test_enter_presses_the_button_that_tab_has_led_to(sale: Sale) -> None:
    sale.open(state=S.NOT_SENT, problem_code="dns")
    sale.page.side.next_button.setFocus()
    press(sale.page.side.next_button, Qt.Key.Key_Return)
    assert sale.till.called("new_code") == []
    assert sale.window.charge_view.isVisible()


def test_a_button_that_goes_leaves_the_keyboard_to_no_other(sale: Sale) -> None:
    order_id = sale.wait_for_code()
    sale.till.held.add("ask_now")
    sale.page.side.ask_button.setFocus()
    press(sale.page.side.ask_button, Qt.Key.Key_Space)
    assert sale.till.called("ask_now") == [(order_id,)]
    sale.qtbot.waitUntil(lambda: not sale.page.side.is_held, timeout=2000)
    press(sale.window, Qt.Key.Key_Return)
    assert sale.till.called("give_up") == []
    assert sale.page.isVisible()


def test_a_refusal_is_tried_again_by_its_own_key_only(sale: Sale) -> None:
    order = sale.open(state=S.REFUSED, problem_code="strange")
    press(sale.page, Qt.Key.Key_Return)
    assert sale.till.called("new_code") == []
    press(sale.window, Qt.Key.Key_F6)
    assert sale.till.called("new_code") == [(order.order.order_id,)]


def test_giving_up_has_a_key(sale: Sale) -> None:
    order_id = sale.wait_for_code()
    press(sale.window, Qt.Key.Key_F7)
    assert sale.till.called("give_up") == [(order_id,)]


def test_without_room_for_the_code_the_window_has_to_grow(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    till = FakeTill(code=PaymentCode(CodeKind.SCAN, "x" * 1100))
    sale = Sale(open_window(till, size=(683, 472)), till, qtbot)
    sale.charge()
    qtbot.waitUntil(sale.page.side.notice.isVisible, timeout=2000)
    assert sale.page.help.text().startswith("Make this window larger")
    sale.window.resize(1600, 1000)
    qtbot.waitUntil(lambda: sale.page.help.text().startswith("Open WeChat"), timeout=2000)


def test_asking_now_says_what_came_of_it(sale: Sale) -> None:
    order_id = sale.wait_for_code()
    press(sale.window, Qt.Key.Key_F5)
    assert sale.page.side.ask_button.text() == "Asking…"
    sale.qtbot.waitUntil(sale.page.side.notice.isVisible, timeout=1000)
    assert sale.till.called("ask_now") == [(order_id,)]
    assert sale.page.side.notice.title() == "The gateway says: not paid yet."
    assert sale.codes() == [CODE_URL]


def test_asking_now_without_an_answer(sale: Sale) -> None:
    sale.wait_for_code()
    sale.till.failures["ask_now"] = Problem("timeout", "late", support_id="rid-9")
    sale.page.side.ask_button.click()
    sale.qtbot.waitUntil(sale.page.side.notice.isVisible, timeout=1000)
    assert sale.page.side.notice.title() == "The gateway did not answer in time"
    assert "Do not charge again" in sale.page.side.notice.body()


def test_the_age_of_the_last_answer(sale: Sale) -> None:
    order_id = sale.wait_for_code()
    sale.till.answered(order_id, seconds_ago=7)
    assert sale.page.side.age.text() == "The gateway answered 7 s ago"
    sale.till.answered(order_id, problem="reset")
    assert sale.page.side.age.text() == "The connection broke before an answer came; it last answered 7 s ago"


def test_giving_up_asks_first_and_can_find_the_order_paid(sale: Sale) -> None:
    order_id = sale.wait_for_code()
    sale.till.held.add("give_up")
    sale.page.side.give_up_button.click()
    assert sale.page.side.give_up_button.text() == "Asking once more…"
    sale.till.pay(order_id)
    sale.till.release("give_up")
    assert sale.page.paid_pane.isVisible()


def test_giving_up_takes_the_code_away_and_it_can_come_back(sale: Sale) -> None:
    order_id = sale.wait_for_code()
    sale.page.side.give_up_button.click()
    sale.qtbot.waitUntil(lambda: sale.word == "Given up", timeout=1000)
    assert sale.codes() == []
    assert sale.till.on_screen is None
    sale.page.side.show_again_button.click()
    sale.qtbot.waitUntil(lambda: sale.codes() == [CODE_URL], timeout=1000)
    sale.qtbot.waitUntil(lambda: sale.till.on_screen == order_id, timeout=1000)


def test_a_new_code_is_offered_when_the_old_one_is_closed(sale: Sale) -> None:
    order_id = sale.wait_for_code()
    assert not sale.page.side.new_code_button.isVisible()
    sale.till.change(order_id, state=S.CANCELLED)
    assert sale.page.side.new_code_button.isVisible()
    sale.page.side.new_code_button.click()
    sale.qtbot.waitUntil(lambda: len(sale.till.orders_by_id[order_id].attempts) == 2, timeout=1000)
    assert sale.word == "Asking the gateway…"
    sale.till.give_code(order_id, PaymentCode(CodeKind.SCAN, "https://second.example.test/"))
    sale.qtbot.waitUntil(lambda: sale.codes() == ["https://second.example.test/"], timeout=1000)


def test_a_new_code_that_is_not_allowed_says_why(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    till = FakeTill(facts(can_cancel=True))
    sale = Sale(open_window(till), till, qtbot)
    sale.wait_for_code()
    till.failures["new_code"] = Problem("new_code_not_allowed", "no")
    sale.page.side.new_code_button.click()
    qtbot.waitUntil(sale.page.side.notice.isVisible, timeout=1000)
    assert sale.page.side.notice.title().startswith("There may be no new code yet")


def test_the_next_customer_leaves_a_chip_and_no_code(sale: Sale) -> None:
    order_id = sale.wait_for_code()
    press(sale.window, Qt.Key.Key_F2)
    assert sale.window.charge_view.isVisible()
    assert sale.codes() == []
    assert sale.till.on_screen is None
    chips = sale.window.news.chips.chips()
    assert [chip.snapshot.order.order_id for chip in chips] == [order_id]
    click(chips[0])
    sale.qtbot.waitUntil(lambda: sale.codes() == [CODE_URL], timeout=1000)
    assert sale.window.news.chips.chips() == ()


def test_a_late_code_of_an_order_that_left_the_page_is_not_shown(sale: Sale) -> None:
    sale.till.code = None
    order_id = sale.charge()
    sale.window.next_customer()
    sale.till.give_code(order_id, PaymentCode(CodeKind.SCAN, CODE_URL))
    sale.qtbot.wait(30)
    assert sale.till.called("show_code") == []
    assert sale.codes() == []


def test_older_news_do_not_undo_green(sale: Sale) -> None:
    order_id = sale.wait_for_code()
    waiting = sale.till.orders_by_id[order_id]
    sale.till.pay(order_id)
    sale.till.signals.order_changed.emit(waiting)
    assert sale.page.paid_pane.isVisible()


def test_green_returns_by_itself(open_window: Callable[..., MainWindow], till: FakeTill, qtbot: QtBot) -> None:
    sale = Sale(open_window(till, return_after_s=1), till, qtbot)
    till.pay(sale.wait_for_code())
    assert sale.page.paid_pane.isVisible()
    qtbot.waitUntil(sale.window.charge_view.isVisible, timeout=3000)


def test_green_stays_where_it_is_told_to(open_window: Callable[..., MainWindow], till: FakeTill, qtbot: QtBot) -> None:
    sale = Sale(open_window(till, return_after_s=0), till, qtbot)
    till.pay(sale.wait_for_code())
    qtbot.wait(1200)
    assert sale.page.paid_pane.isVisible()
    press(sale.page.paid_pane.next_button, Qt.Key.Key_Return)
    assert sale.window.charge_view.isVisible()


def test_late_money_stays_and_says_what_to_do(
    open_window: Callable[..., MainWindow], till: FakeTill, qtbot: QtBot
) -> None:
    sale = Sale(open_window(till, return_after_s=1), till, qtbot)
    sale.open(state=S.SUCCEEDED, paid_at=datetime.now(UTC), alarm=AlarmKind.PAID_LATE)
    qtbot.wait(1200)
    assert sale.page.paid_pane.isVisible()
    assert sale.page.paid_pane.warning.title() == "Money arrived late"


def test_a_link_says_that_it_may_not_be_payable(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    url = "https://open.example.test/connect"
    till = FakeTill(code=PaymentCode(CodeKind.LINK, url))
    sale = Sale(open_window(till), till, qtbot)
    sale.wait_for_code()
    assert sale.codes() == [url]
    assert "may be unable to pay" in sale.page.side.notice.title()


def test_a_hand_off_has_nothing_to_draw(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    till = FakeTill(code=PaymentCode(CodeKind.HANDOFF, '{"package":"prepay_id=1"}'))
    sale = Sale(open_window(till), till, qtbot)
    sale.charge()
    qtbot.waitUntil(
        lambda: sale.page.state is not None and sale.page.state.phase is PaymentPhase.HANDED_OFF, timeout=1000
    )
    assert "nothing to scan" in sale.page.stage.words()[1]
    assert sale.codes() == []
    assert till.called("show_code") == []


def test_a_code_too_long_to_draw_says_so(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    till = FakeTill(code=PaymentCode(CodeKind.SCAN, "x" * 3000))
    sale = Sale(open_window(till), till, qtbot)
    sale.charge()
    qtbot.waitUntil(sale.page.side.notice.isVisible, timeout=1000)
    assert sale.page.side.notice.title().startswith("The gateway's code is too long")
    assert till.called("show_code") == []


def test_the_code_survives_a_change_of_look_and_size(sale: Sale, qtbot: QtBot) -> None:
    from posapp.ui.theme import apply_theme

    sale.wait_for_code()
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    apply_theme(app, "dark")
    sale.window.resize(1024, 768)
    qtbot.wait(10)
    assert sale.codes() == [CODE_URL]
    apply_theme(app, "light")


def test_every_control_has_a_name_for_screen_readers(sale: Sale) -> None:
    sale.wait_for_code()
    buttons = [one for one in sale.page.findChildren(QPushButton) if one.isVisible()]
    assert {"askNowButton", "giveUpButton", "nextButton"} <= {one.objectName() for one in buttons}
    assert all(one.accessibleName() for one in buttons)
    assert sale.page.qr_card.accessibleName() == "Payment code"


def test_no_timer_runs_for_a_page_that_nobody_sees(sale: Sale) -> None:
    order_id = sale.wait_for_code()
    sale.window.next_customer()
    sale.till.pay(order_id)
    running = [timer.parent() for timer in sale.page.findChildren(QTimer) if timer.isActive()]
    assert running == []


def test_green_sounds_once(sale: Sale, monkeypatch: pytest.MonkeyPatch) -> None:
    beeps: list[int] = []
    monkeypatch.setattr(QApplication, "beep", lambda: beeps.append(1))
    order_id = sale.wait_for_code()
    assert beeps == []
    sale.till.pay(order_id)
    sale.till.signals.order_changed.emit(sale.till.orders_by_id[order_id])
    assert beeps == [1]
