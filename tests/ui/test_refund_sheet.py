"""The refund sheet in the window: keys, clicks, the second check, one refund a press, and its life told live."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from posapp.domain.errors import Problem
from posapp.domain.money import Money
from posapp.domain.refund import RefundState
from posapp.domain.status import AlarmKind, AttemptState
from posapp.ui.presenters.refund import RefundPhase, refundable_payment
from posapp.ui.widgets.notice import Notice
from tests.ui.fake_staff_desk import CASHIER, MANAGER, OWNER, PIN
from tests.ui.fake_till import FakeTill, facts

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from posapp.domain.order import OrderSnapshot
    from posapp.domain.refund import RefundWish
    from posapp.domain.staff import Person
    from posapp.ui.main_window import MainWindow
    from posapp.ui.widgets.approval_sheet import ApprovalSheet
    from posapp.ui.widgets.refund_sheet import RefundSheet

S = RefundState


def paid(till: FakeTill, minor: int = 12850, alarm: AlarmKind | None = None) -> OrderSnapshot:
    return till.add(Money(minor, "HKD"), state=AttemptState.SUCCEEDED, gateway_id="G1", alarm=alarm)


def open_sheet(window: MainWindow, snapshot: OrderSnapshot, qtbot: QtBot) -> RefundSheet:
    window.navigator.show_order(snapshot.order.order_id)
    drawer = window.orders_view.drawer
    qtbot.waitUntil(lambda: drawer.presenter.state is not None)
    click(drawer.buttons.refund)
    sheet = drawer.refund_sheet
    assert sheet is not None
    qtbot.waitUntil(sheet.isVisible)
    return sheet


def fill(sheet: RefundSheet, snapshot: OrderSnapshot, digits: str = "2000") -> None:
    QTest.keyClicks(sheet.form.display, digits)
    QTest.keyClicks(sheet.form.tail.edit, snapshot.order.order_id[-4:])


def click(button: QPushButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def only_wish(till: FakeTill) -> RefundWish:
    (wish,) = till.refunds.wishes()
    return wish


def test_a_part_goes_back_once_and_its_life_is_told(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    snapshot = paid(till)
    sheet = open_sheet(window, snapshot, qtbot)
    assert sheet.form.send.text() == "Refund"
    fill(sheet, snapshot)
    QTest.keyClicks(sheet.form.reason.edit, "cold")
    assert sheet.form.send.text() == "Refund HKD 20.00"
    click(sheet.form.send)
    assert not sheet.form.send.isEnabled()
    qtbot.waitUntil(sheet.result.isVisible)
    wish = only_wish(till)
    assert (wish.merchant_order_id, wish.money, wish.seen_minor) == (snapshot.order.order_id, Money(2000, "HKD"), 0)
    assert (wish.reason, wish.order_tail) == ("cold", snapshot.order.order_id[-4:])
    assert sheet.is_sending
    for state, words in (
        (S.PROCESSING, "HKD\u00a020.00 is on its way back"),
        (S.SUCCEEDED, "HKD\u00a020.00 went back"),
    ):
        till.refunds.change("T1-01KR7A2M900000000000001", state=state)
        assert sheet.result.title.text() == words
    assert not sheet.is_sending
    assert not sheet.result.ask.isVisible()


def test_clicks_and_enter_together_make_one_wish(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    till.held.add("refund")
    snapshot = paid(till)
    sheet = open_sheet(window, snapshot, qtbot)
    fill(sheet, snapshot)
    click(sheet.form.send)
    click(sheet.form.send)
    QTest.keyClick(sheet.form.tail.edit, Qt.Key.Key_Return)
    QTest.keyClick(sheet, Qt.Key.Key_Return)
    till.release("refund")
    qtbot.waitUntil(sheet.result.isVisible)
    assert len(till.refunds.wishes()) == 1


def test_the_button_waits_for_amount_and_second_check(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    snapshot = paid(till)
    sheet = open_sheet(window, snapshot, qtbot)
    QTest.keyClicks(sheet.form.display, "2000")
    assert not sheet.form.send.isEnabled()
    QTest.keyClicks(sheet.form.tail.edit, snapshot.order.order_id[-4:-1])
    assert not sheet.form.send.isEnabled()
    QTest.keyClicks(sheet.form.tail.edit, snapshot.order.order_id[-1])
    assert sheet.form.send.isEnabled()
    QTest.keyClick(sheet.form.display, Qt.Key.Key_Delete)
    assert not sheet.form.send.isEnabled()


def test_another_orders_characters_send_nothing(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    snapshot = paid(till)
    sheet = open_sheet(window, snapshot, qtbot)
    QTest.keyClicks(sheet.form.display, "2000")
    QTest.keyClicks(sheet.form.tail.edit, "XXXX")
    click(sheet.form.send)
    assert sheet.form.notice.isVisible()
    assert sheet.form.notice.title() == "Those are not the last characters of this order's id"
    assert till.refunds.wishes() == []


def test_more_than_is_left_cannot_be_asked_for(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    snapshot = paid(till)
    snapshot = till.refunds.add(snapshot.order.order_id, 2000, state=S.SUCCEEDED)
    sheet = open_sheet(window, snapshot, qtbot)
    fill(sheet, snapshot, "10851")
    assert not sheet.form.send.isEnabled()
    assert sheet.form.display.refusal() == "Only HKD 108.50 left"
    click(sheet.form.all)
    assert sheet.form.display.text() == "HKD 108.50"
    assert sheet.form.send.isEnabled()


def test_the_keypad_types_too(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    sheet = open_sheet(window, paid(till), qtbot)
    for name in ("1", "2", "00", "plus", "5", "back", "5", "0"):
        key = sheet.form.keypad.findChild(QPushButton, f"key_{name}")
        assert key is not None
        click(key)
    assert sheet.form.display.text() == "HKD 12.50"
    assert sheet.form.display.working() == "12.00  +  0.50"


def test_what_was_given_back_elsewhere_meanwhile_asks_for_a_new_look(
    window: MainWindow, till: FakeTill, qtbot: QtBot
) -> None:
    snapshot = paid(till)
    sheet = open_sheet(window, snapshot, qtbot)
    fill(sheet, snapshot)
    till.refunds.add(snapshot.order.order_id, 5000, state=S.REQUESTED)
    assert sheet.form.display.text() == "HKD 0.00"
    assert sheet.form.notice.isVisible()
    assert not sheet.form.send.isEnabled()


def test_a_failure_keeps_what_was_typed_and_the_id_of_the_press(
    window: MainWindow, till: FakeTill, qtbot: QtBot
) -> None:
    till.failures["refund"] = Problem("refund_over_ceiling", "more than Mei may")
    snapshot = paid(till)
    sheet = open_sheet(window, snapshot, qtbot)
    fill(sheet, snapshot)
    click(sheet.form.send)
    qtbot.waitUntil(sheet.form.notice.isVisible)
    assert sheet.form.send.isEnabled()
    click(sheet.form.send)
    qtbot.waitUntil(sheet.result.isVisible)
    first, second = till.refunds.wishes()
    assert first == second


def over_ceiling(window: MainWindow, till: FakeTill, qtbot: QtBot) -> tuple[RefundSheet, ApprovalSheet]:
    till.failures["refund"] = Problem("refund_over_ceiling", "more than Mei may")
    snapshot = paid(till)
    sheet = open_sheet(window, snapshot, qtbot)
    fill(sheet, snapshot)
    click(sheet.form.send)
    qtbot.waitUntil(lambda: window.approvals.sheet is not None and window.approvals.sheet.isVisible())
    asking = window.approvals.sheet
    assert asking is not None
    return sheet, asking


def test_over_a_ceiling_somebody_else_allows_it_on_the_spot(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    till.staff.set_up(CASHIER, MANAGER, OWNER, signed_in=MANAGER)
    sheet, asking = over_ceiling(window, till, qtbot)
    assert asking.what.text() == "Refund HKD 20.00, above the limit of Mei Ling Chan"
    assert [one.person for one in asking.panel.names.buttons] == [OWNER]
    QTest.keyClicks(asking, PIN)
    QTest.keyClick(asking, Qt.Key.Key_Return)
    qtbot.waitUntil(sheet.result.isVisible)
    alone, allowed = till.refunds.wishes()
    assert (alone.approval, allowed.approval) == (None, f"token-of-{OWNER.person_id}")
    assert allowed.wish_id == alone.wish_id


def test_whoever_is_asked_over_a_ceiling_may_say_no(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    till.staff.set_up(CASHIER, MANAGER, OWNER, signed_in=MANAGER)
    sheet, asking = over_ceiling(window, till, qtbot)
    QTest.keyClick(asking, Qt.Key.Key_Escape)
    assert not asking.isVisible()
    assert sheet.form.notice.title().startswith("That is more than may be given back")
    assert len(till.refunds.wishes()) == 1


@pytest.mark.parametrize("signed_in", [MANAGER, CASHIER])
def test_over_a_ceiling_nobody_is_asked_in_a_circle(
    window: MainWindow, till: FakeTill, qtbot: QtBot, signed_in: Person
) -> None:
    """A manager with nobody else to ask, and a cashier whose manager's word was not enough."""
    till.staff.set_up(CASHIER, MANAGER, signed_in=signed_in)
    till.failures["refund"] = Problem("refund_over_ceiling", "more than Mei may")
    snapshot = paid(till)
    sheet = open_sheet(window, snapshot, qtbot)
    fill(sheet, snapshot)
    click(sheet.form.send)
    asking = window.approvals.sheet
    if asking is not None:
        QTest.keyClicks(asking, PIN)
        QTest.keyClick(asking, Qt.Key.Key_Return)
    qtbot.waitUntil(sheet.form.notice.isVisible)
    assert asking is None or not asking.isVisible()
    assert (asking is None) is (signed_in is MANAGER)
    assert len(till.refunds.wishes()) == 1


@pytest.mark.parametrize("state", [S.NOT_SENT, S.FAILED])
def test_after_one_of_which_nothing_went_back_another_press_is_another_refund(
    window: MainWindow, till: FakeTill, qtbot: QtBot, state: RefundState
) -> None:
    till.refunds.becomes = state
    snapshot = paid(till)
    sheet = open_sheet(window, snapshot, qtbot)
    fill(sheet, snapshot)
    click(sheet.form.send)
    qtbot.waitUntil(sheet.result.isVisible)
    click(sheet.result.again)
    assert sheet.form.isVisible()
    assert sheet.form.display.text() == "HKD 20.00"
    till.refunds.becomes = S.SUCCEEDED
    click(sheet.form.send)
    qtbot.waitUntil(sheet.result.isVisible)
    first, second = till.refunds.wishes()
    assert first.wish_id != second.wish_id


def test_what_nobody_knows_offers_asking_and_no_second_refund(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    till.refunds.becomes = S.UNKNOWN
    snapshot = paid(till)
    sheet = open_sheet(window, snapshot, qtbot)
    fill(sheet, snapshot)
    click(sheet.form.send)
    qtbot.waitUntil(sheet.result.isVisible)
    assert sheet.result.title.text().startswith("Not known yet: do not refund")
    assert not sheet.result.again.isVisible()
    till.failures["ask_refund"] = Problem("timeout", "no answer")
    click(sheet.result.ask)
    qtbot.waitUntil(sheet.result.notice.isVisible)
    click(sheet.result.ask)
    qtbot.waitUntil(lambda: not sheet.result.notice.isVisible())
    assert till.called("ask_refund") == [("T1-01KR7A2M900000000000001",)] * 2


def test_esc_puts_it_away_and_the_keys_go_back(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    till.refunds.becomes = S.SUCCEEDED
    snapshot = paid(till)
    sheet = open_sheet(window, snapshot, qtbot)
    QTest.keyClick(sheet.form.display, Qt.Key.Key_Escape)
    assert sheet.isHidden()
    assert window.orders_view.drawer.isVisible()
    sheet = open_sheet(window, snapshot, qtbot)
    assert sheet.form.display.text() == "HKD 0.00"
    fill(sheet, snapshot)
    click(sheet.form.send)
    qtbot.waitUntil(sheet.result.isVisible)
    focused = window.focusWidget()
    assert focused is sheet.result.done
    QTest.keyClick(focused, Qt.Key.Key_Escape)
    assert sheet.isHidden()


def test_it_keeps_the_keyboard_and_goes_away_with_its_page(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    sheet = open_sheet(window, paid(till), qtbot)
    for _ in range(40):
        QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Tab)
        focused = window.focusWidget()
        assert focused is not None
        assert sheet.isAncestorOf(focused)
    window.next_customer()
    assert sheet.isHidden()
    assert sheet.presenter.state is None


def test_a_whole_payment_only_where_the_gateway_gives_no_parts(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    till = FakeTill(facts(partial_refund=False))
    snapshot = paid(till)
    sheet = open_sheet(open_window(till), snapshot, qtbot)
    QTest.keyClicks(sheet.form.display, "1")
    assert sheet.form.display.text() == "HKD 128.50"
    QTest.keyClicks(sheet.form.tail.edit, snapshot.order.order_id[-4:])
    assert sheet.form.send.isEnabled()


def test_a_gateway_that_cannot_is_not_offered_and_the_drawer_says_what_to_do(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    till = FakeTill(facts(can_refund=False))
    window = open_window(till)
    snapshot = paid(till)
    window.navigator.show_order(snapshot.order.order_id)
    drawer = window.orders_view.drawer
    qtbot.waitUntil(lambda: drawer.presenter.state is not None)
    assert drawer.buttons.refund.isHidden()
    titles = [notice.title() for notice in drawer.findChildren(Notice)]
    assert "CBTIS gives no money back on a till's word" in titles


def test_the_payment_that_is_odd_is_given_back_first(till: FakeTill) -> None:
    snapshot = paid(till)
    assert refundable_payment(snapshot) == snapshot.order.order_id
    assert refundable_payment(till.add(Money(100, "HKD"))) is None
    all_back = till.refunds.add(snapshot.order.order_id, 12850, state=S.UNKNOWN)
    assert refundable_payment(all_back) is None


def test_a_late_answer_to_a_sheet_that_was_put_away_changes_nothing(
    window: MainWindow, till: FakeTill, qtbot: QtBot
) -> None:
    till.held.add("refund")
    snapshot = paid(till)
    sheet = open_sheet(window, snapshot, qtbot)
    fill(sheet, snapshot)
    click(sheet.form.send)
    state = sheet.presenter.state
    assert state is not None
    assert state.phase is RefundPhase.COMMITTING
    focused = window.focusWidget()
    assert focused is sheet
    QTest.keyClick(focused, Qt.Key.Key_Escape)
    till.release("refund")
    qtbot.wait(5)
    assert sheet.isHidden()
    assert len(till.orders_by_id[snapshot.order.order_id].refunds) == 1
