"""Somebody's word on the spot: asked for where it is needed, given with a PIN, never by accident."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from PySide6.QtCore import Qt

from posapp.domain.errors import Problem
from posapp.domain.money import Money
from posapp.domain.order import CodeKind, PaymentCode
from posapp.domain.staff import Right
from posapp.domain.status import AttemptState
from posapp.ui.widgets.override_offer import may_override
from tests.fakes import NOON
from tests.ui.fake_staff_desk import CASHIER, MANAGER, OWNER, PIN
from tests.ui.fake_till import CODE_URL
from tests.ui.hands import press, type_keys

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from posapp.domain.order import OrderSnapshot
    from posapp.ui.main_window import MainWindow
    from posapp.ui.widgets.approval_sheet import ApprovalSheet
    from tests.ui.fake_till import FakeTill

WHAT = "Refund HKD 20.00"


@pytest.fixture
def given() -> list[str | None]:
    """What `then` was called with."""
    return []


def ask(window: MainWindow, given: list[str | None], right: Right = Right.REFUND, *, another: bool = False) -> None:
    window.approvals.ask(right, WHAT, given.append, of_another=another)


def sheet_of(window: MainWindow) -> ApprovalSheet:
    sheet = window.approvals.sheet
    assert sheet is not None
    return sheet


def test_without_people_nobody_is_asked(window: MainWindow, given: list[str | None]) -> None:
    ask(window, given)
    assert given == [None]
    assert window.approvals.sheet is None


def test_who_may_is_not_asked(window: MainWindow, till: FakeTill, given: list[str | None]) -> None:
    till.staff.set_up(CASHIER, MANAGER, OWNER, signed_in=MANAGER)
    ask(window, given)
    assert given == [None]


def test_a_cashier_needs_a_pin_of_somebody_who_may(
    qtbot: QtBot, window: MainWindow, till: FakeTill, given: list[str | None]
) -> None:
    till.staff.set_up(CASHIER, MANAGER, OWNER, signed_in=CASHIER)
    window.charge_view.display.setFocus()
    ask(window, given)
    sheet = sheet_of(window)
    assert sheet.what.text() == WHAT
    assert [one.person for one in sheet.panel.names.buttons] == [MANAGER, OWNER]
    type_keys(sheet, PIN)
    press(sheet, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(given))
    assert given == [f"token-of-{MANAGER.person_id}"]
    assert till.staff.called("approve") == [(Right.REFUND, MANAGER.person_id, PIN)]
    assert not sheet.isVisible()
    assert window.focusWidget() is window.charge_view.display
    assert window.charge_view.display.text() == "HKD 0.00"


def test_settings_are_the_owners(window: MainWindow, till: FakeTill, given: list[str | None]) -> None:
    till.staff.set_up(CASHIER, MANAGER, OWNER, signed_in=MANAGER)
    ask(window, given, Right.SETTINGS)
    assert [one.person for one in sheet_of(window).panel.names.buttons] == [OWNER]


def test_above_a_ceiling_somebody_else_is_asked(window: MainWindow, till: FakeTill, given: list[str | None]) -> None:
    till.staff.set_up(CASHIER, MANAGER, OWNER, signed_in=MANAGER)
    ask(window, given, another=True)
    assert given == []
    assert [one.person for one in sheet_of(window).panel.names.buttons] == [OWNER]


def test_esc_allows_nothing(qtbot: QtBot, window: MainWindow, till: FakeTill, given: list[str | None]) -> None:
    till.staff.set_up(CASHIER, MANAGER, OWNER, signed_in=CASHIER)
    ask(window, given)
    sheet = sheet_of(window)
    till.staff.held = True
    type_keys(sheet, PIN)
    press(sheet, Qt.Key.Key_Return)
    press(sheet, Qt.Key.Key_Escape)
    till.staff.release()
    qtbot.wait(5)
    assert not sheet.isVisible()
    assert given == []


def test_keys_do_not_reach_the_page_behind(window: MainWindow, till: FakeTill, given: list[str | None]) -> None:
    till.staff.set_up(CASHIER, MANAGER, OWNER, signed_in=CASHIER)
    ask(window, given)
    press(sheet_of(window), Qt.Key.Key_F3)
    type_keys(sheet_of(window), "7")
    assert window.pages.stack.current() is window.charge_view
    assert window.charge_view.display.text() == "HKD 0.00"
    press(sheet_of(window), Qt.Key.Key_Escape)
    press(window, Qt.Key.Key_F3)
    assert window.pages.stack.current() is window.orders_view


def test_locking_takes_the_sheet_away(window: MainWindow, till: FakeTill, given: list[str | None]) -> None:
    till.staff.set_up(CASHIER, MANAGER, OWNER, signed_in=CASHIER)
    ask(window, given)
    till.staff.set_up(CASHIER, MANAGER, OWNER)
    assert not sheet_of(window).isVisible()
    assert window.door.cover is not None
    press(window.door.cover, Qt.Key.Key_F3)
    assert window.pages.stack.current() is window.charge_view
    assert given == []


def test_an_override_needs_a_reason_and_leads_to_the_further_code(
    qtbot: QtBot, window: MainWindow, till: FakeTill
) -> None:
    till.staff.set_up(CASHIER, MANAGER, OWNER, signed_in=MANAGER)
    order = till.add(Money(12850, "HKD"), state=AttemptState.PENDING, shown_at=NOON)
    order_id = order.order.order_id
    till.staff.overridden = lambda _: till.orders_by_id[order_id]
    window.navigator.show_order(order_id)
    offer = window.orders_view.drawer.override
    qtbot.waitUntil(offer.isVisible)
    offer.open_button.click()
    assert not offer.go_button.isEnabled()
    offer.reason.edit.setText("   ")
    assert not offer.go_button.isEnabled()
    offer.reason.edit.setText("His phone broke")
    offer.go_button.click()
    qtbot.waitUntil(lambda: window.pages.stack.current() is window.payment_view)
    assert till.staff.called("new_code_anyway") == [(order_id, "His phone broke", None)]


def further(till: FakeTill, order_id: str) -> OrderSnapshot:
    """Have a further attempt of an order, without a code yet."""
    snapshot = till.orders_by_id[order_id]
    last = snapshot.attempts[-1]
    new = replace(
        last,
        merchant_order_id=f"{order_id}-2",
        number=2,
        state=AttemptState.CREATING,
        code=None,
        shown_at=None,
        given_up_at=None,
    )
    return till.keep(replace(snapshot, attempts=(*snapshot.attempts, new)))


def test_the_payment_page_offers_it_once_the_code_is_given_up(qtbot: QtBot, window: MainWindow, till: FakeTill) -> None:
    till.staff.set_up(CASHIER, MANAGER, OWNER, signed_in=MANAGER)
    offer = window.payment_view.override
    type_keys(window.charge_view.display, "12850")
    window.charge_view.charge()
    qtbot.waitUntil(lambda: till.on_screen is not None)
    assert not offer.isVisible()
    (order_id,) = till.orders_by_id
    till.change(order_id, given_up_at=NOON)
    qtbot.waitUntil(offer.isVisible)
    offer.open_button.click()
    assert offer.reason.edit.hasFocus()
    type_keys(offer.reason.edit, "His phone broke")
    till.staff.overridden = lambda _: further(till, order_id)
    press(offer.reason.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not offer.isVisible())
    assert till.staff.called("new_code_anyway") == [(order_id, "His phone broke", None)]
    assert window.pages.stack.current() is window.payment_view
    qtbot.waitUntil(window.payment_view.hasFocus)


def test_enter_in_the_reason_presses_no_other_button(qtbot: QtBot, window: MainWindow, till: FakeTill) -> None:
    till.failures["show_code"] = Problem("disk_full", "full")
    order = till.add(
        Money(12850, "HKD"), state=AttemptState.PENDING, shown_at=NOON, code=PaymentCode(CodeKind.SCAN, CODE_URL)
    )
    window.open_order(order)
    offer = window.payment_view.override
    qtbot.waitUntil(offer.isVisible)
    offer.open_button.click()
    before = till.called("show_code")
    press(offer.reason.edit, Qt.Key.Key_Return)
    qtbot.wait(20)
    assert till.called("show_code") == before
    assert offer.isVisible()


def test_an_override_is_offered_only_where_a_code_could_still_be_paid(till: FakeTill) -> None:
    states = {
        AttemptState.PENDING: True,
        AttemptState.UNKNOWN: True,
        AttemptState.SUCCEEDED: False,
        AttemptState.REFUSED: False,
        AttemptState.CREATING: False,
    }
    for state, offered in states.items():
        assert may_override(till.add(Money(1, "HKD"), state=state, shown_at=NOON)) is offered
    assert not may_override(till.add(Money(1, "HKD"), state=AttemptState.UNKNOWN))
