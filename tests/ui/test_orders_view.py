"""The page of the order list as a person uses it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from posapp.domain.errors import Problem
from posapp.domain.money import Money
from posapp.domain.order_query import PAGE_SIZE, StateFilter
from posapp.domain.status import AlarmKind, AttemptState
from posapp.ui.models.order_table_model import ListRole
from posapp.ui.models.orders_model import ListState
from posapp.ui.presenters.orders_filter import DaySpan
from posapp.ui.presenters.orders_row_text import OrderColumn, RowText, RowWriter
from posapp.ui.presenters.orders_rows import AROUND
from posapp.ui.shortcuts import Action
from posapp.ui.theme import ThemeMode, apply_theme
from posapp.ui.tokens import DARK, LIGHT, ToneName
from posapp.ui.views.orders_view import OrdersView
from posapp.ui.widgets.order_row_delegate import ROW_HEIGHT
from tests.ui.orders_till import OrdersTill

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from posapp.domain.business_day import BusinessDay
    from posapp.domain.order import OrderSnapshot

KEY = Qt.Key
POPUP = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
"""The offscreen platform can neither raise a popup nor give it the keyboard, and says so."""


@pytest.fixture
def till() -> OrdersTill:
    return OrdersTill()


@pytest.fixture
def opened(till: OrdersTill, qtbot: QtBot) -> Callable[[], OrdersView]:
    def make() -> OrdersView:
        view = OrdersView(till)
        qtbot.addWidget(view)
        view.resize(1192, 700)
        view.show()
        view.activateWindow()
        settle(view, qtbot)
        view.setFocus()
        return view

    return make


def settle(view: OrdersView, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: view.model.wanted is not None and view.model.state is not ListState.LOADING)


def shown(view: OrdersView) -> list[str]:
    rows = (view.model.snapshot_at(row) for row in range(view.model.rowCount()))
    return [one.order.order_id for one in rows if one is not None]


def press(view: OrdersView, key: Qt.Key) -> None:
    QTest.keyClick(view.focusWidget() or view, key)


def test_nothing_is_read_before_the_first_visit(till: OrdersTill, qtbot: QtBot) -> None:
    view = OrdersView(till)
    qtbot.addWidget(view)
    assert till.called("orders") == []
    view.show()
    settle(view, qtbot)
    assert len(till.called("orders")) == 1
    view.hide()
    view.show()
    assert len(till.called("orders")) == 1


def test_today_is_what_the_shop_calls_today(till: OrdersTill, opened: Callable[[], OrdersView]) -> None:
    old = till.add(Money(1, "HKD"), at=datetime.now(UTC) - timedelta(days=2))
    new = till.add(Money(1, "HKD"))
    view = opened()
    assert shown(view) == [new.order.order_id]
    today = till.facts.day.of(datetime.now(UTC))
    wanted = till.called("orders")[0][0]
    assert (wanted.first_day, wanted.last_day) == (today, None)
    view.bar.day_stepped.emit(-2)
    QApplication.processEvents()
    assert view.scope.day == old.order.business_day


def test_a_new_day_turns_the_page(
    till: OrdersTill, opened: Callable[[], OrdersView], monkeypatch: pytest.MonkeyPatch
) -> None:
    view = opened()
    tomorrow = till.facts.day.of(datetime.now(UTC)) + timedelta(days=1)

    def turned(rule: BusinessDay) -> date:
        del rule
        return tomorrow

    monkeypatch.setattr("posapp.ui.views.orders_view.shop_today", turned)
    view.hide()
    view.show()
    assert till.called("orders")[-1][0].first_day == tomorrow


def test_a_chip_filters(till: OrdersTill, opened: Callable[[], OrdersView], qtbot: QtBot) -> None:
    made = till.fill(8)
    view = opened()
    QTest.mouseClick(view.bar.chips[StateFilter.WAITING], Qt.MouseButton.LeftButton)
    settle(view, qtbot)
    assert shown(view) == [made[1].order.order_id, made[5].order.order_id]
    assert view.bar.chips[StateFilter.WAITING].isChecked()


def test_chips_are_reached_by_arrow_keys(till: OrdersTill, opened: Callable[[], OrdersView], qtbot: QtBot) -> None:
    till.fill(4)
    view = opened()
    view.bar.chips[StateFilter.ALL].setFocus()
    QTest.keyClick(view.bar.chips[StateFilter.ALL], KEY.Key_Right)
    assert view.scope.state is StateFilter.WAITING


def test_the_search_waits_for_a_pause(till: OrdersTill, opened: Callable[[], OrdersView], qtbot: QtBot) -> None:
    made = till.fill(30)
    view = opened()
    view.focus_search()
    asked = len(till.called("orders"))
    QTest.keyClicks(view.bar.search.edit, "note 1")
    assert len(till.called("orders")) == asked
    qtbot.waitUntil(lambda: len(till.called("orders")) == asked + 1)
    settle(view, qtbot)
    assert set(shown(view)) == {one.order.order_id for one in made if "note 1" in one.order.note}


def test_enter_searches_at_once(till: OrdersTill, opened: Callable[[], OrdersView]) -> None:
    view = opened()
    view.focus_search()
    QTest.keyClicks(view.bar.search.edit, "12.00")
    QTest.keyClick(view.bar.search.edit, KEY.Key_Return)
    assert till.called("orders")[-1][0].text == "12.00"
    asked = len(till.called("orders"))
    QTest.qWait(200)
    assert len(till.called("orders")) == asked, "the pause must not ask once more"


def test_showing_a_scope_searches_for_nothing(till: OrdersTill, opened: Callable[[], OrdersView]) -> None:
    view = opened()
    asked = len(till.called("orders"))
    heard: list[object] = []
    for signal in (view.bar.search_changed, view.bar.state_picked, view.bar.day_picked, view.bar.day_stepped):
        signal.connect(heard.append)
    scope = view.scope.with_text("tea").with_state(StateFilter.PAID)
    view.bar.show_scope(scope, datetime.now(UTC).date())
    QTest.qWait(200)
    assert heard == []
    assert len(till.called("orders")) == asked


def test_esc_steps_back_one_thing_at_a_time(till: OrdersTill, opened: Callable[[], OrdersView], qtbot: QtBot) -> None:
    till.fill(6)
    view = opened()
    QTest.mouseClick(view.bar.chips[StateFilter.PAID], Qt.MouseButton.LeftButton)
    settle(view, qtbot)
    view.table.setFocus()
    view.table.choose(0)
    press(view, KEY.Key_Return)
    assert view.drawer.isVisible()
    press(view, KEY.Key_Escape)
    assert not view.drawer.isVisible()
    assert view.table.hasFocus()
    press(view, KEY.Key_Escape)
    assert not view.scope.is_narrowed
    with qtbot.waitSignal(view.back_requested):
        press(view, KEY.Key_Escape)


def test_arrows_move_and_enter_opens(till: OrdersTill, opened: Callable[[], OrdersView]) -> None:
    made = till.fill(4)
    view = opened()
    press(view, KEY.Key_Down)
    press(view, KEY.Key_Down)
    press(view, KEY.Key_Return)
    assert view.drawer.presenter.order_id == made[1].order.order_id
    press(view, KEY.Key_Down)
    assert view.drawer.presenter.order_id == made[2].order.order_id, "the open drawer follows the arrows"


def test_a_click_opens_the_drawer(till: OrdersTill, opened: Callable[[], OrdersView], qtbot: QtBot) -> None:
    made = till.fill(4)
    view = opened()
    at = view.table.visualRect(view.model.index(2, 0)).center()
    QTest.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert view.drawer.presenter.order_id == made[2].order.order_id


def test_the_keys_go_to_what_can_be_seen(till: OrdersTill, opened: Callable[[], OrdersView], qtbot: QtBot) -> None:
    till.fill(3)
    view = opened()
    press(view, KEY.Key_Return)
    view.resize(view.minimumSizeHint().width(), 360)  # room for the drawer alone
    qtbot.waitUntil(lambda: not view.card.isVisible())
    view.setFocus()
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.isVisible()
    press(view, KEY.Key_Escape)
    assert view.drawer.isHidden()
    assert view.table.hasFocus()


def test_an_order_that_leaves_the_list_stays_in_the_drawer(
    till: OrdersTill, opened: Callable[[], OrdersView], qtbot: QtBot
) -> None:
    made = till.fill(9)
    view = opened()
    view.bar.state_picked.emit(StateFilter.WAITING)
    settle(view, qtbot)
    view.open_order(made[1].order.order_id)
    till.pay(made[1].order.order_id)
    assert made[1].order.order_id not in shown(view)
    assert view.drawer.presenter.order_id == made[1].order.order_id
    assert not view.table.selectionModel().hasSelection()


def test_ask_now_asks_about_the_chosen_order(till: OrdersTill, opened: Callable[[], OrdersView]) -> None:
    made = till.fill(4)
    view = opened()
    view.table.choose(1)
    view.press(Action.ASK)
    assert till.called("ask_now") == [(made[1].order.order_id,)]
    assert view.drawer.isVisible()


def test_an_order_of_another_day_is_found_with_its_day(
    till: OrdersTill, opened: Callable[[], OrdersView], qtbot: QtBot
) -> None:
    old = till.add(
        Money(1, "HKD"),
        at=datetime.now(UTC) - timedelta(days=3),
        state=AttemptState.SUCCEEDED,
        alarm=AlarmKind.PAID_LATE,
    )
    view = opened()
    view.open_order(old.order.order_id)
    qtbot.waitUntil(lambda: view.scope.day == old.order.business_day)
    settle(view, qtbot)
    assert view.drawer.presenter.order_id == old.order.order_id
    assert view.table.selectionModel().selectedRows()[0].row() == 0


def test_the_empty_day_offers_a_new_charge(opened: Callable[[], OrdersView], qtbot: QtBot) -> None:
    view = opened()
    assert view.card.pane is view.card.message
    assert view.card.message.title == "No orders today yet"
    with qtbot.waitSignal(view.back_requested):
        view.card.message.action.click()


def test_the_first_order_takes_the_message_away(till: OrdersTill, opened: Callable[[], OrdersView]) -> None:
    view = opened()
    till.add(Money(1, "HKD"), quiet=False)
    assert view.card.pane is view.table


def test_a_search_without_hits_has_a_way_out(till: OrdersTill, opened: Callable[[], OrdersView], qtbot: QtBot) -> None:
    till.fill(3)
    view = opened()
    view.bar.search_changed.emit("zzz")
    settle(view, qtbot)
    assert view.card.message.title == "Nothing matches"
    view.card.message.action.click()
    assert view.scope.span is DaySpan.ALL
    settle(view, qtbot)
    view.card.message.action.click()
    settle(view, qtbot)
    assert view.card.pane is view.table
    assert view.bar.search.edit.text() == ""


def test_grey_rows_come_only_when_reading_takes_long(
    till: OrdersTill, opened: Callable[[], OrdersView], qtbot: QtBot
) -> None:
    till.fill(3)
    view = opened()
    till.held.add("orders")
    view.bar.state_picked.emit(StateFilter.PAID)
    assert view.card.pane is view.table
    qtbot.waitUntil(lambda: view.card.pane is view.card.skeleton, timeout=1000)
    till.release("orders")
    assert view.card.pane is view.table


def test_a_failure_is_said_in_place_and_can_be_tried_again(
    till: OrdersTill, opened: Callable[[], OrdersView], qtbot: QtBot
) -> None:
    till.fill(3)
    till.failures["orders"] = Problem("disk_full", "no space")
    view = opened()
    assert view.card.message.title == "This PC's disk is full"
    view.card.message.action.click()
    settle(view, qtbot)
    assert view.card.pane is view.table


def test_a_till_that_becomes_ready_is_read_by_itself(
    till: OrdersTill, opened: Callable[[], OrdersView], qtbot: QtBot
) -> None:
    till.failures["orders"] = Problem("not_ready", "recovery has not begun")
    view = opened()
    assert view.card.pane is view.card.message
    till.fill(2)
    till.signals.ready.emit()
    settle(view, qtbot)
    assert len(shown(view)) == 2


def test_older_orders_that_cannot_be_read_are_asked_for_again(
    till: OrdersTill, opened: Callable[[], OrdersView], qtbot: QtBot
) -> None:
    till.fill(PAGE_SIZE + 20)
    view = opened()
    till.failures["orders"] = Problem("ledger_busy", "held")
    view.table.scrollToBottom()
    qtbot.waitUntil(view.card.more_problem.isVisible)
    view.card.more_problem.first.click()
    qtbot.waitUntil(lambda: view.model.rowCount() == PAGE_SIZE + 20)
    assert not view.card.more_problem.isVisible()


@POPUP
def test_a_picked_day_is_looked_at(till: OrdersTill, opened: Callable[[], OrdersView]) -> None:
    view = opened()
    picker = view.bar.pick_day()
    assert picker is not None
    QTest.keyClick(picker.grid, KEY.Key_Up)
    QTest.keyClick(picker.grid, KEY.Key_Return)
    assert not picker.isVisible()
    assert view.scope.day == till.facts.day.of(datetime.now(UTC)) - timedelta(days=7)


@POPUP
def test_the_days_to_come_cannot_be_picked(till: OrdersTill, opened: Callable[[], OrdersView]) -> None:
    view = opened()
    picker = view.bar.pick_day()
    assert picker is not None
    QTest.keyClick(picker.grid, KEY.Key_Right)
    QTest.keyClick(picker.grid, KEY.Key_PageDown)
    assert picker.grid.day == till.facts.day.of(datetime.now(UTC))
    picker.close()


@pytest.mark.parametrize("width,height", [(936, 690), (872, 440), (1832, 1000)])
def test_nothing_is_wider_than_the_page(
    till: OrdersTill, opened: Callable[[], OrdersView], qtbot: QtBot, width: int, height: int
) -> None:
    made = till.fill(12)
    view = opened()
    view.resize(width, height)
    view.open_order(made[0].order.order_id)
    QApplication.processEvents()
    assert view.minimumSizeHint().width() <= width
    assert view.drawer.geometry().right() <= view.rect().right()
    assert view.table.horizontalHeader().length() <= view.table.viewport().width() or not view.table.isVisible()
    for column in (OrderColumn.STATE, OrderColumn.TIME, OrderColumn.AMOUNT):
        assert not view.table.isColumnHidden(column)


def test_every_control_has_a_name_and_is_large_enough(till: OrdersTill, opened: Callable[[], OrdersView]) -> None:
    made = till.fill(12)
    view = opened()
    view.open_order(made[1].order.order_id)
    QApplication.processEvents()
    buttons = [button for button in view.findChildren(QAbstractButton) if button.isVisible() and button.isEnabled()]
    assert len(buttons) > 10
    for button in buttons:
        assert button.accessibleName(), button
        assert button.height() >= 44, button.accessibleName()
        assert button.width() >= 44, button.accessibleName()


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_row_is_painted_in_the_look_of_the_day(
    till: OrdersTill, opened: Callable[[], OrdersView], qapp: QApplication, mode: ThemeMode
) -> None:
    apply_theme(qapp, mode)
    look = DARK if mode == "dark" else LIGHT
    till.fill(2)  # a paid one, then a waiting one
    view = opened()
    QApplication.processEvents()
    picture = view.table.viewport().grab().toImage()
    for row, tone in ((0, ToneName.PAID), (1, ToneName.WAITING)):
        cell = view.table.visualRect(view.model.index(row, OrderColumn.STATE))
        colors = {QColor(picture.pixel(QPoint(x, cell.center().y()))).name() for x in range(cell.left(), cell.right())}
        assert look.tones[tone].soft in colors, "the pill's ground"
    view.table.choose(1)
    picture = view.table.viewport().grab().toImage()
    note = view.table.visualRect(view.model.index(1, OrderColumn.NOTE))
    assert QColor(picture.pixel(note.right() - 4, note.top() + 8)).name() == look.accent.soft


def test_ten_thousand_rows_cost_what_is_seen_of_them(
    till: OrdersTill, opened: Callable[[], OrdersView], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are written as they come into view, and news touch their row alone: nothing grows with the list."""
    written: list[OrderSnapshot] = []
    write = RowWriter.write

    def counted(self: RowWriter, snapshot: OrderSnapshot, *, with_day: bool) -> RowText:
        written.append(snapshot)
        return write(self, snapshot, with_day=with_day)

    monkeypatch.setattr(RowWriter, "write", counted)
    made = till.fill(10_000)
    view = opened()
    view.bar.span_picked.emit(DaySpan.ALL)
    settle(view, qtbot)
    while not view.model.is_complete:
        count = view.model.rowCount()
        view.model.fetchMore(view.table.rootIndex())
        qtbot.waitUntil(lambda count=count: view.model.rowCount() > count)
    assert view.model.rowCount() == 10_000
    in_view = view.table.viewport().height() // ROW_HEIGHT + 2
    assert len(written) <= 3 * in_view, "today's, then all days', each as far as it is seen"
    written.clear()
    assert view.model.held <= 2 * AROUND + 3 * PAGE_SIZE, "what is far from the view is let go"
    ids = [one.order.order_id for one in made]
    for order_id in ids[5000:5050]:
        till.pay(order_id)
    QApplication.processEvents()
    assert written == [], "news about what is out of sight draw nothing"
    till.pay(ids[1])
    QApplication.processEvents()
    assert [one.order.order_id for one in written] == [ids[1]]
    view.table.scrollToBottom()
    qtbot.waitUntil(lambda: view.model.snapshot_at(9_999) is not None)
    assert len(written) <= 1 + 2 * in_view
    assert view.model.held <= 2 * AROUND + 3 * PAGE_SIZE
    view.table.verticalScrollBar().setValue(5_010 * ROW_HEIGHT)
    qtbot.waitUntil(lambda: view.model.snapshot_at(5_010) is not None)
    assert view.model.text_at(5_010).look.word == "Paid", "read again, as it is by now"
    assert shown(view)[0] in ids[4_500:5_010]


def test_what_is_read_stays_where_it_is_while_orders_come_in(
    till: OrdersTill, opened: Callable[[], OrdersView], qtbot: QtBot
) -> None:
    made = till.fill(60)
    view = opened()
    view.table.choose(30)
    view.table.verticalScrollBar().setValue(20 * ROW_HEIGHT + 13)
    at = view.table.rowAt(5)
    order_id = view.model.data(view.model.index(at, 0), ListRole.ORDER_ID)
    for number in range(7):
        till.add(Money(500 + number, "HKD"), quiet=False)
        QApplication.processEvents()
    assert view.model.data(view.model.index(view.table.rowAt(5), 0), ListRole.ORDER_ID) == order_id
    chosen = view.table.selectionModel().selectedRows()[0].row()
    assert view.model.row_of(made[30].order.order_id) == chosen
    view.table.verticalScrollBar().setValue(0)
    newest = till.add(Money(900, "HKD"), quiet=False)
    assert view.model.data(view.model.index(view.table.rowAt(5), 0), ListRole.ORDER_ID) == newest.order.order_id


@POPUP
def test_days_from_one_to_another(till: OrdersTill, opened: Callable[[], OrdersView]) -> None:
    view = opened()
    today = till.facts.day.of(datetime.now(UTC))
    picker = view.bar.pick_day()
    assert picker is not None
    picker.several.setChecked(True)
    QTest.keyClick(picker.grid, KEY.Key_Return)
    assert picker.isVisible(), "the last day is still to come"
    QTest.keyClick(picker.grid, KEY.Key_Up)
    QTest.keyClick(picker.grid, KEY.Key_Return)
    assert not picker.isVisible()
    assert view.scope.days(today) == (today - timedelta(days=7), today)
    wanted = till.called("orders")[-1][0]
    assert (wanted.first_day, wanted.last_day) == (today - timedelta(days=7), today)


@POPUP
def test_spans_by_name(till: OrdersTill, opened: Callable[[], OrdersView]) -> None:
    view = opened()
    for span in (DaySpan.WEEK, DaySpan.MONTH, DaySpan.YESTERDAY, DaySpan.ALL, DaySpan.TODAY):
        picker = view.bar.pick_day()
        assert picker is not None
        button = picker.findChild(QAbstractButton, f"orderSpan_{span.value}")
        assert button is not None
        button.click()
        assert view.scope.span is span


@POPUP
def test_a_cashier_and_a_till_are_chosen_from_those_there_are(
    till: OrdersTill, opened: Callable[[], OrdersView], qtbot: QtBot
) -> None:
    made = till.fill(4)
    ada = replace(made[1], order=replace(made[1].order, cashier="Ada", till="T2"))
    till.orders_by_id[ada.order.order_id] = ada
    view = opened()
    assert view.bar.cashier.isVisible()
    names = view.bar.cashier.open_names()
    assert [button.text() for button in names.buttons] == ["Everyone", "Nobody signed in", "Ada"]
    names.buttons[2].click()
    settle(view, qtbot)
    assert shown(view) == [ada.order.order_id]
    assert view.bar.cashier.text() == "Ada"
    tills = view.bar.till.open_names()
    tills.buttons[1].click()
    settle(view, qtbot)
    assert view.card.message.title == "No such orders", "Ada sold nothing at T1"
    view.card.message.action.click()
    settle(view, qtbot)
    assert (view.scope.cashier, view.scope.till) == (None, None)
    assert len(shown(view)) == 4


def test_one_till_and_one_cashier_are_no_choice(till: OrdersTill, opened: Callable[[], OrdersView]) -> None:
    till.fill(2)
    view = opened()
    assert not view.bar.cashier.isVisible()
    assert not view.bar.till.isVisible()
