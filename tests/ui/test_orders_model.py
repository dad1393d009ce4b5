"""The model of the order list: pages by key, live changes, stale news."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from posapp.domain.errors import Problem
from posapp.domain.money import Money
from posapp.domain.order_query import PAGE_SIZE, OrderFilter, OrderPage, PageKey, StateFilter
from posapp.domain.status import AttemptState
from posapp.ui.models.order_table_model import ListRole
from posapp.ui.models.orders_model import ListState, OrdersModel
from posapp.ui.presenters.orders_filter import belongs
from posapp.ui.presenters.orders_row_text import NOT_HERE, OrderColumn, RowWriter
from posapp.ui.presenters.orders_rows import AROUND
from tests.ui.orders_till import OrdersTill

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from posapp.domain.order import OrderSnapshot
    from posapp.ui.presenters.orders_row_text import RowText

ANY = OrderFilter()
WAITING = OrderFilter(state=StateFilter.WAITING)
TOP = QModelIndex()
BUSY = Problem("ledger_busy", "the ledger is held by another program")


@pytest.fixture
def till() -> OrdersTill:
    return OrdersTill()


@pytest.fixture
def bare(till: OrdersTill) -> OrdersModel:
    """Without the tester, which asks for further pages on its own."""
    return OrdersModel(till, RowWriter(till.facts))


@pytest.fixture
def model(till: OrdersTill) -> OrdersModel:
    """With Qt's own tester, which checks it at every change and warns; a warning fails the test."""
    model = OrdersModel(till, RowWriter(till.facts))
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, model)
    return model


def ids(model: OrdersModel) -> list[str]:
    rows = (model.snapshot_at(row) for row in range(model.rowCount()))
    return [one.order.order_id if one is not None else "" for one in rows]


def names(orders: list[OrderSnapshot]) -> list[str]:
    return [one.order.order_id for one in orders]


def show(qtbot: QtBot, model: OrdersModel, wanted: OrderFilter = ANY) -> None:
    model.show_list(wanted)
    qtbot.waitUntil(lambda: model.state is not ListState.LOADING)


def test_it_reads_page_by_page_and_no_further_than_asked(till: OrdersTill, bare: OrdersModel, qtbot: QtBot) -> None:
    made = till.fill(2 * PAGE_SIZE + 5)
    show(qtbot, bare)
    assert ids(bare) == names(made[:PAGE_SIZE])
    assert not bare.is_complete
    for expected in (2 * PAGE_SIZE, 2 * PAGE_SIZE + 5):
        assert bare.canFetchMore(TOP)
        bare.fetchMore(TOP)
        assert not bare.canFetchMore(TOP), "one page at a time"
        qtbot.waitUntil(lambda expected=expected: bare.rowCount() == expected)
    assert ids(bare) == names(made)
    assert bare.is_complete
    assert not bare.canFetchMore(TOP)
    assert len(till.called("orders")) == 3


def test_a_change_repaints_its_row_alone(till: OrdersTill, model: OrdersModel, qtbot: QtBot) -> None:
    made = till.fill(5)
    show(qtbot, model)
    changed: list[tuple[int, int, int, int]] = []

    def note(first: QModelIndex, last: QModelIndex) -> None:
        changed.append((first.row(), first.column(), last.row(), last.column()))

    model.dataChanged.connect(note)
    till.pay(made[1].order.order_id)
    assert changed == [(1, 0, 1, len(OrderColumn) - 1)]
    assert model.data(model.index(1, OrderColumn.STATE)) == "Paid"


def test_a_new_order_appears_on_top(till: OrdersTill, model: OrdersModel, qtbot: QtBot) -> None:
    till.fill(3)
    show(qtbot, model)
    fresh = till.add(Money(5, "HKD"), quiet=False)
    assert ids(model)[0] == fresh.order.order_id
    assert model.rowCount() == 4


def test_what_does_not_match_does_not_appear(till: OrdersTill, model: OrdersModel, qtbot: QtBot) -> None:
    show(qtbot, model, OrderFilter(text="oolong"))
    till.add(Money(5, "HKD"), note="milk tea", quiet=False)
    assert model.rowCount() == 0
    till.add(Money(5, "HKD"), note="Oolong", quiet=False)
    assert model.rowCount() == 1


def test_what_no_longer_matches_leaves(till: OrdersTill, model: OrdersModel, qtbot: QtBot) -> None:
    made = till.fill(6)
    show(qtbot, model, WAITING)
    assert ids(model) == names([made[1], made[5]])
    till.pay(made[1].order.order_id)
    assert ids(model) == names([made[5]])


def test_an_older_snapshot_changes_nothing(till: OrdersTill, model: OrdersModel, qtbot: QtBot) -> None:
    made = till.fill(2)
    show(qtbot, model)
    paid = till.pay(made[1].order.order_id)
    stale = replace(made[1], version=paid.version - 1)
    till.signals.order_changed.emit(stale)
    assert model.snapshot_at(1) == paid


def test_a_reply_to_an_earlier_filter_is_dropped(till: OrdersTill, model: OrdersModel, qtbot: QtBot) -> None:
    made = till.fill(4)
    till.held.add("orders")
    model.show_list(ANY)
    model.show_list(WAITING)
    first, second = till.waiting["orders"]
    second()
    assert ids(model) == names([made[1]])
    first()
    assert ids(model) == names([made[1]])
    assert model.state is ListState.READY


def test_a_late_page_of_an_earlier_filter_is_dropped(till: OrdersTill, bare: OrdersModel, qtbot: QtBot) -> None:
    till.fill(2 * PAGE_SIZE)
    show(qtbot, bare)
    till.held.add("orders")
    bare.fetchMore(TOP)
    till.held.clear()
    show(qtbot, bare, WAITING)
    before = ids(bare)
    till.release("orders")
    assert ids(bare) == before


def test_what_changes_while_a_page_is_on_its_way_is_not_lost(till: OrdersTill, model: OrdersModel) -> None:
    made = till.fill(3)
    till.held.add("orders")
    model.show_list(WAITING)
    till.read_now(WAITING)
    fresh = till.add(Money(5, "HKD"), state=AttemptState.PENDING, quiet=False)
    till.pay(made[1].order.order_id)
    till.release("orders")
    assert ids(model) == names([fresh])


def test_the_rows_before_stay_until_the_next_list_has_come(till: OrdersTill, model: OrdersModel, qtbot: QtBot) -> None:
    made = till.fill(4)
    show(qtbot, model)
    till.held.add("orders")
    model.show_list(WAITING)
    assert ids(model) == names(made)
    assert not model.canFetchMore(TOP)
    till.release("orders")
    assert ids(model) == names([made[1]])


def test_a_failed_first_page_says_so_and_can_be_tried_again(till: OrdersTill, model: OrdersModel, qtbot: QtBot) -> None:
    made = till.fill(2)
    till.failures["orders"] = BUSY
    show(qtbot, model)
    assert model.state is ListState.FAILED
    assert model.problem == BUSY
    model.retry()
    qtbot.waitUntil(lambda: model.state is ListState.READY)
    assert ids(model) == names(made)


def test_a_failed_further_page_waits_for_a_person(till: OrdersTill, bare: OrdersModel, qtbot: QtBot) -> None:
    till.fill(PAGE_SIZE + 1)
    show(qtbot, bare)
    till.failures["orders"] = BUSY
    failed: list[object] = []
    bare.more_failed.connect(failed.append)
    bare.fetchMore(TOP)
    qtbot.waitUntil(lambda: failed == [BUSY])
    assert not bare.canFetchMore(TOP)
    bare.retry()
    qtbot.waitUntil(lambda: bare.rowCount() == PAGE_SIZE + 1)


def test_a_screen_reader_hears_the_column_with_every_value(till: OrdersTill, model: OrdersModel, qtbot: QtBot) -> None:
    made = till.fill(2)
    show(qtbot, model)
    spoken = [
        model.data(model.index(0, column), Qt.ItemDataRole.AccessibleTextRole) for column in range(model.columnCount())
    ]
    assert spoken[OrderColumn.STATE] == "State: Paid"
    assert spoken[OrderColumn.AMOUNT] == "Amount: HKD 1.00"
    assert model.data(model.index(0, 0), ListRole.ORDER_ID) == made[0].order.order_id
    assert model.headerData(OrderColumn.NOTE, Qt.Orientation.Horizontal) == "Note"


class CountingWriter(RowWriter):
    """Counts how often a row is written."""

    written = 0

    def write(self, snapshot: OrderSnapshot, *, with_day: bool) -> RowText:
        self.written += 1
        return super().write(snapshot, with_day=with_day)


def test_a_row_is_written_once_per_version(till: OrdersTill, qtbot: QtBot) -> None:
    writer = CountingWriter(till.facts)
    model = OrdersModel(till, writer)
    made = till.fill(3)
    show(qtbot, model)
    for _ in range(3):
        for column in OrderColumn:
            model.data(model.index(1, column))
    assert writer.written == 1
    till.pay(made[1].order.order_id)
    model.data(model.index(1, 0))
    assert writer.written == 2


def test_a_list_that_grows_for_weeks_holds_what_is_looked_at(till: OrdersTill, bare: OrdersModel, qtbot: QtBot) -> None:
    model = bare
    till.fill(20)
    show(qtbot, model)
    added: list[str] = []
    for number in range(1_500):
        added.append(till.add(Money(100 + number, "HKD"), quiet=False).order.order_id)
        model.look_at(0, 12)
    assert model.rowCount() == 1_520
    assert model.held <= AROUND + 3 * PAGE_SIZE
    assert ids(model)[0] == added[-1]
    model.look_at(1_200, 1_212)
    qtbot.waitUntil(lambda: model.snapshot_at(1_200) is not None)
    model.look_at(1_200, 1_212)
    assert ids(model)[1_200] == added[-1_201]
    assert model.held <= 2 * AROUND + 4 * PAGE_SIZE


def scrolled_far(till: OrdersTill, model: OrdersModel, qtbot: QtBot, count: int) -> list[OrderSnapshot]:
    """Read a long list to its end and come back to its top, so that its end is let go."""
    made = till.fill(count)
    show(qtbot, model)
    while not model.is_complete:
        seen = model.rowCount()
        model.look_at(seen - 12, seen - 1)
        model.fetchMore(TOP)
        qtbot.waitUntil(lambda seen=seen: model.rowCount() > seen)
    model.look_at(0, 12)
    qtbot.waitUntil(lambda: model.snapshot_at(0) is not None)
    model.look_at(0, 12)
    assert model.snapshot_at(count - 1) is None
    return made


def test_rows_that_were_let_go_come_back_as_they_are_by_now(till: OrdersTill, bare: OrdersModel, qtbot: QtBot) -> None:
    model = bare
    made = scrolled_far(till, model, qtbot, 1_000)
    assert model.data(model.index(950, 0)) == ""
    assert model.text_at(950) is NOT_HERE
    till.pay(made[953].order.order_id)
    model.look_at(945, 957)
    qtbot.waitUntil(lambda: model.snapshot_at(950) is not None)
    assert ids(model)[900:1_000] == names(made[900:1_000])
    assert model.data(model.index(953, OrderColumn.STATE)) == "Paid"
    assert model.rowCount() == 1_000


def test_rows_that_left_while_they_were_let_go_are_gone(till: OrdersTill, bare: OrdersModel, qtbot: QtBot) -> None:
    model = bare
    till.fill(4_000)
    show(qtbot, model, WAITING)
    waiting = [one for one in till.orders_by_id.values() if one.leading.state is AttemptState.PENDING]
    while not model.is_complete:
        seen = model.rowCount()
        model.look_at(seen - 12, seen - 1)
        model.fetchMore(TOP)
        qtbot.waitUntil(lambda seen=seen: model.rowCount() > seen)
    model.look_at(0, 12)
    qtbot.waitUntil(lambda: model.snapshot_at(0) is not None)
    model.look_at(0, 12)
    for one in waiting[930:950]:
        till.pay(one.order.order_id)
    assert model.rowCount() == 1_000, "nobody knows it before they are read again"
    model.look_at(930, 945)
    qtbot.waitUntil(lambda: model.rowCount() == 980)
    assert ids(model)[920:980] == names([*waiting[920:930], *waiting[950:1_000]])


def test_qts_own_tester_agrees_while_rows_come_and_go(
    till: OrdersTill, model: OrdersModel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("posapp.ui.presenters.orders_rows.AROUND", 5)
    monkeypatch.setattr(OrdersTill, "looked_at", 10)
    made = till.fill(120)
    show(qtbot, model, WAITING)
    while not model.is_complete:
        seen = model.rowCount()
        model.fetchMore(TOP)
        qtbot.waitUntil(lambda seen=seen: model.is_complete or model.rowCount() > seen)
    model.look_at(0, 5)
    assert model.snapshot_at(29) is None
    for one in made[101:119:4]:
        till.pay(one.order.order_id)
    model.look_at(20, 29)
    qtbot.waitUntil(lambda: model.snapshot_at(model.rowCount() - 1) is not None and model.rowCount() == 25)
    model.look_at(20, 25)
    assert ids(model)[-5:] == names(made[81:101:4])


class SlowlyLooking(OrdersTill):
    """Looks at ten orders at a time, whether they match or not."""

    def _page(self, wanted: OrderFilter, after: PageKey | None) -> OrderPage:
        every = list(self.orders_by_id.values())
        at = 0 if after is None else after.row_id
        found = tuple(one for one in every[at : at + 10] if belongs(one, wanted))
        if at + 10 >= len(every):
            return OrderPage(found)
        last = every[at + 9].order
        return OrderPage(found, PageKey(last.business_day, round(last.created_at.timestamp() * 1_000_000), at + 10))


def test_short_and_empty_pages_are_read_on_by_themselves(qtbot: QtBot) -> None:
    till = SlowlyLooking()
    model = OrdersModel(till, RowWriter(till.facts))
    made = till.fill(30)
    show(qtbot, model, OrderFilter(text="note 25"))
    assert ids(model) == [made[25].order.order_id]
    show(qtbot, model, OrderFilter(text="no such note"))
    assert model.rowCount() == 0
    assert model.is_complete
