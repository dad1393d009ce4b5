"""The inbox: what waits stands there with what can be done, leaves when it is decided, and rings at the rail."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from posapp.domain.errors import Problem
from posapp.domain.inbox import Decision, InboxAction, InboxKind
from posapp.domain.money import Money
from posapp.domain.refund import RefundState
from posapp.domain.staff import Right
from posapp.domain.status import AlarmKind, AttemptState
from posapp.ui.inbox_watch import COUNT_AFTER_MS
from posapp.ui.inbox_words import detail_words
from posapp.ui.presenters.inbox import key_of
from posapp.ui.shortcuts import KEYS, Action
from posapp.ui.views import inbox_view
from posapp.ui.views.till_pages import PageName
from posapp.ui.widgets.refund_sheet import RefundSheet
from tests.ui.fake_till import FakeTill, facts
from tests.ui.inbox_scenes import fill, with_refund

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.domain.order import OrderSnapshot
    from posapp.domain.till import TillFacts
    from posapp.ui.main_window import MainWindow
    from posapp.ui.views.inbox_view import InboxView
    from posapp.ui.widgets.inbox_card import InboxCard

S = AttemptState
A = InboxAction


def late(till: FakeTill, minor: int = 4550) -> OrderSnapshot:
    now = datetime.now(UTC)
    return till.add(Money(minor, "HKD"), state=S.SUCCEEDED, shown_at=now, paid_at=now, alarm=AlarmKind.PAID_LATE)


def opened(window: MainWindow) -> InboxView:
    window.navigator.show_inbox()
    QTest.qWait(30)
    return window.pages.inbox


def card_of(inbox: InboxView, snapshot: OrderSnapshot) -> InboxCard:
    return inbox.cards[snapshot.attempts[-1].merchant_order_id, None]


def shown_words(inbox: InboxView) -> list[InboxKind]:
    return [item.kind for item in inbox.state.items]


def test_one_of_everything_stands_there_the_most_pressing_first(till: FakeTill, window: MainWindow) -> None:
    fill(till)
    inbox = opened(window)
    assert shown_words(inbox) == sorted(shown_words(inbox), key=list(InboxKind).index)
    assert set(shown_words(inbox)) == {*InboxKind} - {InboxKind.CONTRADICTED, InboxKind.ORPHAN}
    tops = [card_of(inbox, item.snapshot).mapTo(inbox, card_of(inbox, item.snapshot).rect().topLeft()).y()
            for item in inbox.state.items if item.merchant_refund_id is None]  # fmt: skip
    assert tops == sorted(tops)


def test_keeping_needs_a_reason_and_takes_it_away(till: FakeTill, window: MainWindow) -> None:
    snapshot = late(till)
    inbox = opened(window)
    card = card_of(inbox, snapshot)
    assert list(card.buttons) == [A.REFUND, A.KEEP]
    card.buttons[A.KEEP].click()
    assert card.reason.isVisible()
    assert not card.confirm.isEnabled()
    assert card.confirm.text() == "Keep HKD 45.50"
    assert QApplication.focusWidget() is card.reason.edit
    QTest.keyClick(card.reason.edit, Qt.Key.Key_Return)
    assert till.called("decide") == []
    QTest.keyClicks(card.reason.edit, " served ")
    card.confirm.click()
    QTest.qWait(30)
    ((item, decision, words, approval),) = till.called("decide")
    assert (item.merchant_order_id, decision, words, approval) == (
        snapshot.attempts[0].merchant_order_id, Decision.KEPT, "served", None,
    )  # fmt: skip
    assert inbox.cards == {}
    assert inbox.message.title == "Nothing needs a look"
    assert inbox.message.isVisible()
    assert inbox.told.text().endswith("the money is kept.")


def test_esc_puts_the_reason_away_before_the_page(till: FakeTill, window: MainWindow) -> None:
    snapshot = late(till)
    inbox = opened(window)
    card = card_of(inbox, snapshot)
    card.buttons[A.KEEP].click()
    QTest.keyClick(card.reason.edit, Qt.Key.Key_Escape)
    assert card.asks is None
    assert window.pages.stack.current() is inbox
    assert QApplication.focusWidget() is card.buttons[A.KEEP]
    QTest.keyClick(card.buttons[A.KEEP], Qt.Key.Key_Escape)
    assert window.pages.stack.current() is window.charge_view


def test_what_is_not_allowed_is_said_at_the_card(till: FakeTill, window: MainWindow) -> None:
    snapshot = late(till)
    till.failures["decide"] = Problem("decision_not_honest", "no")
    inbox = opened(window)
    card = card_of(inbox, snapshot)
    card.acted.emit(card.item, A.KEEP, "served")
    QTest.qWait(30)
    ((_, words),) = inbox.state.said
    assert words.startswith("That cannot be decided about it now.")
    assert card.buttons[A.KEEP].isEnabled()


def test_while_an_answer_is_awaited_nothing_can_be_pressed_twice(till: FakeTill, window: MainWindow) -> None:
    snapshot = till.add(Money(100, "HKD"), state=S.UNKNOWN)
    till.held.add("ask_now")
    inbox = opened(window)
    card = card_of(inbox, snapshot)
    card.buttons[A.ASK].click()
    assert not any(button.isEnabled() for button in card.buttons.values())
    QTest.qWait(10)
    till.release("ask_now")
    QTest.qWait(10)
    assert card.buttons[A.ASK].isEnabled()
    assert dict(inbox.state.said)[key_of(card.item)] == "Not known yet. Do not charge again."


def test_the_rights_are_asked_for(till: FakeTill, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Right, str]] = []

    def ask(right: Right, what: str, then: Callable[[str | None], None], *, of_another: bool = False) -> None:
        asked.append((right, what))
        assert not of_another
        then("token")

    monkeypatch.setattr(window.approvals, "ask", ask)
    kept = late(till)
    unknown = till.add(Money(100, "HKD"), state=S.UNKNOWN, shown_at=datetime.now(UTC))
    inbox = opened(window)
    card_of(inbox, kept).acted.emit(card_of(inbox, kept).item, A.KEEP, "served")
    card = card_of(inbox, unknown)
    card.buttons[A.NEW_CODE].click()
    assert card.confirm.text() == "New code for HKD 1.00", "its code was on screen: that needs a reason and a right"
    card.acted.emit(card.item, A.NEW_CODE, "scanned by nobody")
    QTest.qWait(30)
    assert asked == [(Right.SETTLE, "Keep HKD 45.50"), (Right.OVERRIDE, "New code for HKD 1.00")]
    assert till.called("decide")[0][3] == "token"


def test_a_code_that_nobody_saw_needs_neither_reason_nor_right(till: FakeTill, window: MainWindow) -> None:
    unknown = till.add(Money(100, "HKD"), state=S.UNKNOWN)
    inbox = opened(window)
    card_of(inbox, unknown).buttons[A.NEW_CODE].click()
    assert till.called("new_code") == [(unknown.order.order_id,)]


def test_the_news_bring_items_and_take_them_away(till: FakeTill, window: MainWindow) -> None:
    inbox = opened(window)
    assert inbox.message.isVisible()
    snapshot = till.keep(till.add(Money(100, "HKD"), state=S.UNKNOWN))
    assert shown_words(inbox) == [InboxKind.UNKNOWN]
    till.change(snapshot.order.order_id, state=S.SUCCEEDED)
    QTest.qWait(10)
    assert inbox.cards == {}


def test_older_news_change_nothing(till: FakeTill, window: MainWindow) -> None:
    snapshot = late(till)
    inbox = opened(window)
    till.signals.order_changed.emit(replace(snapshot, attempts=(replace(snapshot.attempts[0], alarm=None),), version=0))
    assert shown_words(inbox) == [InboxKind.PAID_LATE]


def test_a_press_on_the_card_opens_the_order(till: FakeTill, window: MainWindow) -> None:
    snapshot = late(till)
    inbox = opened(window)
    QTest.mouseClick(card_of(inbox, snapshot), Qt.MouseButton.LeftButton, pos=card_of(inbox, snapshot).rect().center())
    QTest.qWait(30)
    assert window.pages.stack.current() is window.orders_view
    assert till.called("details")[-1] == (snapshot.order.order_id,)


def test_giving_back_opens_the_sheet_for_this_payment(till: FakeTill, window: MainWindow) -> None:
    snapshot = late(till)
    inbox = opened(window)
    card_of(inbox, snapshot).buttons[A.REFUND].click()
    QTest.qWait(10)
    sheet = window.findChild(QWidget, "refundSheet")
    assert sheet is not None
    assert sheet.isVisible()


def test_money_given_back_takes_the_item_away_under_the_sheet(till: FakeTill, window: MainWindow) -> None:
    snapshot = late(till)
    inbox = opened(window)
    button = card_of(inbox, snapshot).buttons[A.REFUND]
    button.setFocus()
    button.click()
    QTest.qWait(10)
    sheet = window.findChild(RefundSheet)
    assert sheet is not None
    till.change(snapshot.order.order_id, settled=Decision.REFUNDED)
    QTest.qWait(30)
    assert inbox.cards == {}
    sheet.put_away()  # the button that had the keyboard is gone
    assert QApplication.focusWidget() is inbox.message.action


@pytest.mark.parametrize("other", [replace(facts(), can_refund=False), replace(facts(), provider="airwallex")])
def test_where_nothing_can_be_given_back_it_is_not_offered_and_said(
    open_window: Callable[..., MainWindow], other: TillFacts
) -> None:
    till = FakeTill(other)
    snapshot = late(till)
    snapshot = till.keep(replace(snapshot, attempts=(replace(snapshot.attempts[0], provider="cbtis"),)))
    inbox = opened(open_window(till))
    card = card_of(inbox, snapshot)
    assert list(card.buttons) == [A.KEEP]
    assert "do that at the gateway itself" in detail_words(card.item, other)


def test_a_refund_nobody_knows_of_is_asked_about_and_nothing_else(till: FakeTill, window: MainWindow) -> None:
    snapshot = till.add(Money(9900, "HKD"), state=S.SUCCEEDED)
    with_refund(till, snapshot, 2000, RefundState.UNKNOWN)
    inbox = opened(window)
    ((key, card),) = inbox.cards.items()
    assert list(card.buttons) == [A.ASK]
    card.buttons[A.ASK].click()
    assert till.called("ask_refund") == [(key[1],)]


# --- how many, and where ---------------------------------------------------------------------------------


def test_the_rail_counts_and_the_till_says_it_once_when_it_opens(till: FakeTill, window: MainWindow) -> None:
    late(till)
    till.add(Money(100, "HKD"), state=S.UNKNOWN)
    till.add(Money(100, "HKD"), state=S.PENDING, shown_at=datetime.now(UTC))
    entry = window.rail.entries[PageName.INBOX]
    assert entry.badge() == ""
    till.signals.ready.emit()
    QTest.qWait(30)
    assert entry.badge() == "2", "who only waits needs no look"
    assert entry.accessibleName() == "Needs a look, to look at: 2"
    assert window.news.look_banner.is_wanted
    window.news.look_banner.notice.first_pressed.emit()
    QTest.qWait(30)
    assert window.pages.stack.current() is window.pages.inbox
    assert not window.news.look_banner.is_wanted
    till.keep(late(till))
    QTest.qWait(COUNT_AFTER_MS + 100)
    assert entry.badge() == "3"
    assert not window.news.look_banner.is_wanted, "it is said at the start, then the badge is enough"


def test_a_till_with_nothing_odd_says_nothing(till: FakeTill, window: MainWindow) -> None:
    till.signals.ready.emit()
    QTest.qWait(30)
    assert window.rail.entries[PageName.INBOX].badge() == ""
    assert "look_banner" not in vars(window.news)


def test_a_storm_of_changes_is_one_look(till: FakeTill, window: MainWindow) -> None:
    till.signals.ready.emit()
    QTest.qWait(30)
    before = len(till.called("count"))
    for _ in range(50):
        till.keep(till.add(Money(100, "HKD"), state=S.CREATED))
    QTest.qWait(COUNT_AFTER_MS + 100)
    assert len(till.called("count")) == before + 1


def test_what_rings_leads_to_its_item_and_all_of_it_is_looked_at_there(till: FakeTill, window: MainWindow) -> None:
    first, second = late(till), late(till, 12850)
    for snapshot in (first, second):
        till.signals.alarm_raised.emit(snapshot)
    window.news.alarm_banner.notice.first_pressed.emit()
    QTest.qWait(30)
    inbox = window.pages.inbox
    assert window.pages.stack.current() is inbox
    assert QApplication.focusWidget() is card_of(inbox, first).buttons[A.REFUND]
    assert not window.news.alarm_banner.is_wanted


def test_what_was_decided_elsewhere_rings_no_longer(till: FakeTill, window: MainWindow) -> None:
    snapshot = late(till)
    till.signals.alarm_raised.emit(snapshot)
    till.change(snapshot.order.order_id, support_id="rid")
    assert window.news.alarm_banner.is_wanted
    till.change(snapshot.order.order_id, settled=Decision.KEPT)
    assert not window.news.alarm_banner.is_wanted


def test_an_order_that_waits_for_nothing_opens_its_details(till: FakeTill, window: MainWindow) -> None:
    paid = till.add(Money(100, "HKD"), state=S.SUCCEEDED)
    window.navigator.show_item(paid.order.order_id)
    QTest.qWait(30)
    assert window.pages.stack.current() is window.orders_view


def test_many_are_shown_a_few_at_a_time(till: FakeTill, window: MainWindow) -> None:
    for _ in range(inbox_view.AT_ONCE + 3):
        till.add(Money(100, "HKD"), state=S.UNKNOWN)
    inbox = opened(window)
    assert len(inbox.cards) == inbox_view.AT_ONCE
    assert inbox.more_button.isVisible()
    inbox.more_button.click()
    assert len(inbox.cards) == inbox_view.AT_ONCE + 3
    assert not inbox.more_button.isVisible()


def test_an_inbox_that_cannot_be_read_says_so_and_may_be_tried_again(till: FakeTill, window: MainWindow) -> None:
    till.failures["inbox"] = Problem("ledger_busy", "busy")
    inbox = opened(window)
    assert inbox.message.isVisible()
    assert inbox.message.action.text() == "Try again"
    late(till)
    inbox.message.action.click()
    QTest.qWait(30)
    assert shown_words(inbox) == [InboxKind.PAID_LATE]


def test_where_nothing_can_be_written_nothing_can_be_pressed(till: FakeTill, window: MainWindow) -> None:
    snapshot = late(till)
    till.signals.view_only.emit(Problem("ledger_read_only", ""))
    till.signals.ready.emit()
    inbox = opened(window)
    card = card_of(inbox, snapshot)
    assert not any(button.isEnabled() for button in card.buttons.values())
    assert card.open_button.isEnabled()


def test_the_key_opens_it_and_the_keyboard_is_on_the_first_thing_to_do(till: FakeTill, window: MainWindow) -> None:
    snapshot = late(till)
    QTest.keySequence(window, KEYS[Action.INBOX])
    QTest.qWait(30)
    inbox = window.pages.inbox
    assert window.pages.stack.current() is inbox
    assert QApplication.focusWidget() is card_of(inbox, snapshot).buttons[A.REFUND]
