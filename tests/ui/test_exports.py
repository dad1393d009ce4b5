"""Files from the order list and the day page, and the day next to the gateway, through the window."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from posapp.domain.comparison import Comparison, ComparisonPlan, Difference, Finding
from posapp.domain.errors import Problem
from posapp.domain.export import ExportForm
from posapp.domain.progress import Progress
from posapp.domain.settlement import Field
from posapp.domain.staff import Crew, Person, Right, Role
from posapp.ui.presenters.export import ExportStep
from posapp.ui.presenters.reconcile import ReconcileStep
from posapp.ui.widgets.reconcile_columns import ReconcileColumns
from tests.ui.fake_day_desk import TODAY, sample_rows

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from posapp.ui.main_window import MainWindow
    from posapp.ui.widgets.export_panel import ExportPanel
    from posapp.ui.widgets.export_places import DayFiles
    from tests.ui.fake_till import FakeTill


def list_panel(window: MainWindow, qtbot: QtBot) -> ExportPanel:
    window.navigator.show_orders()
    qtbot.wait(30)
    files = window.pages.orders_files
    assert files is not None
    files.button.click()
    return files.panel


def day_files(window: MainWindow, till: FakeTill, qtbot: QtBot) -> DayFiles:
    till.day.rows[TODAY] = sample_rows(TODAY, odd=False)
    window.navigator.show_day()
    qtbot.waitUntil(lambda: window.pages.day.state.page is not None)
    qtbot.wait(10)
    files = window.pages.day_files
    assert files is not None
    return files


def test_what_the_list_shows_goes_into_a_file(window: MainWindow, till: FakeTill, qtbot: QtBot, tmp_path: Path) -> None:
    panel = list_panel(window, qtbot)
    assert panel.presenter.state.path.endswith(".xlsx")
    panel.forms[ExportForm.CSV].click()
    assert panel.presenter.state.path.endswith(".csv")
    panel.place.edit.setText(str(tmp_path / "out.csv"))
    panel.place.edit.textEdited.emit(str(tmp_path / "out.csv"))
    panel.save.click()
    qtbot.waitUntil(lambda: panel.presenter.state.step is ExportStep.DONE)
    ((wanted, form, path, paper, approval),) = till.called("export_orders")
    assert (wanted, form, path) == (window.pages.orders.model.wanted, ExportForm.CSV, str(tmp_path / "out.csv"))
    assert (paper, approval) == (False, None)
    assert panel.notice.title() == "Saved out.csv"
    panel.notice.second.click()
    assert panel.isHidden()


def test_a_long_one_tells_how_far_it_is_and_can_be_ended(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    till.held.add("export_orders")
    panel = list_panel(window, qtbot)
    panel.save.click()
    till.signals.progressed.emit(Progress("export", 250, 1_000))
    till.signals.progressed.emit(Progress("close_day", 3, 4))
    assert (panel.presenter.state.done, panel.presenter.state.total) == (250, 1_000)
    assert panel.cancel.isVisible()
    panel.cancel.click()
    assert till.exports.ended == ["export"]
    till.failures["export_orders"] = Problem("cancelled", "ended")
    till.release("export_orders")
    qtbot.waitUntil(lambda: panel.presenter.state.step is ExportStep.CHOOSING)


def test_a_pulled_stick_is_one_plain_sentence(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    till.failures["export_orders"] = Problem("target_gone", "gone")
    panel = list_panel(window, qtbot)
    panel.save.click()
    qtbot.waitUntil(lambda: panel.presenter.state.step is ExportStep.FAILED)
    assert panel.notice.title() == "That folder or disk is not there any more"
    assert "Nothing was written" in panel.notice.body()


def test_whoever_may_not_export_is_asked_for_somebodys_word(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    cashier, manager = Person("1", "Ada", Role.CASHIER), Person("2", "Bo", Role.MANAGER)
    till.signals.crew_changed.emit(Crew((cashier, manager), cashier))
    panel = list_panel(window, qtbot)
    panel.save.click()
    qtbot.wait(20)
    assert till.called("export_orders") == []
    assert window.pages.approvals.sheet is not None
    assert window.pages.approvals.sheet.isVisible()


def test_a_closed_day_on_paper_is_a_copy_and_takes_that_right(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    before = TODAY - timedelta(days=1)
    till.day.rows[before] = sample_rows(before, odd=False)
    till.day.close(before)
    files = day_files(window, till, qtbot)
    files.button.click()
    presenter = files.panel.presenter
    presenter.choose(ExportForm.PDF)
    assert presenter.right is Right.EXPORT
    presenter.put_away()
    window.pages.day.open_day(before)
    qtbot.waitUntil(lambda: (page := window.pages.day.state.page) is not None and page.report.day == before)
    files.button.click()
    assert presenter.right is Right.REPRINT
    presenter.choose(ExportForm.CSV)
    assert presenter.right is Right.EXPORT
    files.panel.save.click()
    qtbot.waitUntil(lambda: presenter.state.step is ExportStep.DONE)
    ((day, form, path, *_),) = till.called("export_day")
    assert (day, form, Path(path).name) == (before, ExportForm.CSV, f"z-{before}.csv")


def test_a_day_is_compared_and_a_difference_opens_its_order(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    till.held.add("compare")
    files = day_files(window, till, qtbot)
    section = files.reconcile
    assert "asked about again: 412." in section.words.text()
    assert "3 min" in section.words.text()
    section.ask.click()
    till.signals.progressed.emit(Progress("reconcile", 100, 412))
    assert section.presenter.state.done == 100
    section.stop.click()
    assert till.exports.ended == ["compare"]
    found = Finding("ORDER-1", "ORDER-1", Difference.PAID_HERE, "HKD 1.00", "CANCELLED")
    till.exports.comparison = Comparison(TODAY, 412, 411, findings=(found,))
    till.release("compare")
    qtbot.waitUntil(lambda: section.presenter.state.step is ReconcileStep.RESULT)
    assert section.notice.title() == "411 of 412 agree"
    opened: list[str] = []
    window.pages.day.order_wanted.connect(opened.append)
    section.lines.rows[0].click()
    assert opened == ["ORDER-1"]


def test_nothing_is_asked_where_nothing_reached_the_gateway(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    till.exports.plan = ComparisonPlan(0, 0)
    section = day_files(window, till, qtbot).reconcile
    assert not section.ask.isEnabled()


def test_scrolling_past_changes_no_column(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    section = day_files(window, till, qtbot).reconcile
    section.open_file("/bills/settlement.csv")
    qtbot.waitUntil(lambda: section.presenter.state.step is ReconcileStep.COLUMNS)
    box = section.columns.lists[Field.AMOUNT]
    box.setFocus()
    before = section.columns.mapping
    place = QPointF(box.rect().center())
    wheel = QWheelEvent(
        place, box.mapToGlobal(place), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(box, wheel)
    assert section.columns.mapping == before


def test_two_lists_stand_beside_each_other_only_where_they_can_be_read(qtbot: QtBot) -> None:
    columns = ReconcileColumns()
    qtbot.addWidget(columns)
    first, second = columns.lists[Field.MERCHANT_ORDER_ID], columns.lists[Field.MERCHANT_REFUND_ID]
    columns.resize(900, 400)
    columns.show()
    qtbot.waitUntil(lambda: first.y() == second.y())
    columns.resize(500, 600)
    qtbot.waitUntil(lambda: first.x() == second.x() and first.y() < second.y())
    assert min(one.width() for one in columns.lists.values()) > columns.width() // 2


def test_a_settlement_files_columns_can_be_corrected(window: MainWindow, till: FakeTill, qtbot: QtBot) -> None:
    section = day_files(window, till, qtbot).reconcile
    section.open_file("/bills/settlement.csv")
    qtbot.waitUntil(lambda: section.presenter.state.step is ReconcileStep.COLUMNS)
    section.columns.lists[Field.AMOUNT].setCurrentIndex(0)
    assert not section.columns.go.isEnabled()
    section.columns.lists[Field.AMOUNT].setCurrentIndex(4)
    section.columns.go.click()
    qtbot.waitUntil(lambda: section.presenter.state.step is ReconcileStep.RESULT)
    ((path, mapping, approval),) = till.called("match_settlement")
    assert (path, mapping[Field.AMOUNT], approval) == ("/bills/settlement.csv", 3, None)
    assert section.notice.title() == "3 of 3 lines agree"
