"""Files, the comparison with the gateway and settlement files, for the gallery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posapp.domain.comparison import Comparison, Difference, Finding, Unanswered
from posapp.domain.errors import Problem
from posapp.domain.export import ExportForm
from posapp.domain.progress import Progress
from posapp.domain.settlement import Mismatch, SettlementFinding, SettlementResult
from tests.ui.fake_day_desk import TODAY, sample_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.ui.widgets.export_panel import ExportPanel
    from posapp.ui.widgets.reconcile_section import ReconcileSection
    from tests.ui.gallery import Scene

REF = "T1-1M7V807J81HM6F89DVDA"


def _list_panel(scene: Scene) -> ExportPanel:
    scene.window.navigator.show_orders()
    scene.settle(150)
    files = scene.window.pages.orders_files
    assert files is not None
    files.button.click()
    files.panel.presenter.set_path("/home/mei/Documents/orders-2026-03-14.xlsx")
    scene.settle()
    return files.panel


def export_choice(scene: Scene) -> None:
    """Which form, and where to."""
    from tests.ui.gallery import past

    past(scene.till)
    _list_panel(scene)


def export_writing(scene: Scene) -> None:
    """A long one under way."""
    from tests.ui.gallery import past

    past(scene.till)
    scene.till.held.add("export_orders")
    panel = _list_panel(scene)
    panel.save.click()
    scene.till.signals.progressed.emit(Progress("export", 412_500, 1_000_000))


def export_done(scene: Scene) -> None:
    """It is there."""
    from tests.ui.gallery import past

    past(scene.till)
    _list_panel(scene).save.click()


def export_failed(scene: Scene) -> None:
    """The stick was pulled."""
    from tests.ui.gallery import past

    past(scene.till)
    scene.till.failures["export_orders"] = Problem("target_gone", "gone")
    _list_panel(scene).save.click()


def _section(scene: Scene) -> ReconcileSection:
    scene.till.day.rows[TODAY] = sample_rows(TODAY, odd=False)
    scene.window.navigator.show_day()
    scene.settle(150)
    files = scene.window.pages.day_files
    assert files is not None
    return files.reconcile


def _down(scene: Scene) -> None:
    scene.settle(150)
    bar = scene.window.pages.day.scroll_bar
    bar.setValue(bar.maximum())


def day_export(scene: Scene) -> None:
    """A day as a PDF."""
    _section(scene)
    files = scene.window.pages.day_files
    assert files is not None
    files.button.click()
    files.panel.presenter.choose(ExportForm.PDF)
    files.panel.presenter.set_path("/home/mei/Documents/day-2026-03-14.pdf")


def reconcile_idle(scene: Scene) -> None:
    """What it would cost."""
    _section(scene)
    _down(scene)


def reconcile_asking(scene: Scene) -> None:
    """Under way."""
    section = _section(scene)
    scene.till.held.add("compare")
    section.ask.click()
    scene.till.signals.progressed.emit(Progress("reconcile", 118, 412))
    _down(scene)


def reconcile_found(scene: Scene) -> None:
    """Differences and silence."""
    section = _section(scene)
    kinds = (
        (Difference.PAID_HERE, "HKD 128.50", "CANCELLED"),
        (Difference.PAID_THERE, "CANCELLED", "HKD 45.00"),
        (Difference.AMOUNT, "HKD 68.00", "HKD 6800.00"),
        (Difference.UNKNOWN_THERE, "SUCCEEDED", "NOT_FOUND"),
        (Difference.REFUNDED, "HKD 0.00", "HKD 20.00"),
    )
    found = tuple(Finding(f"{REF}{n}", f"{REF}{n}", kind, a, b) for n, (kind, a, b) in enumerate(kinds))
    silent = (Unanswered(f"{REF}9", f"{REF}9", "timeout"),)
    scene.till.exports.comparison = Comparison(TODAY, 412, 406, 2, found, silent)
    section.ask.click()
    _down(scene)


def reconcile_agreed(scene: Scene) -> None:
    """All is well."""
    _section(scene).ask.click()
    _down(scene)


def settlement_columns(scene: Scene) -> None:
    """Which column means what."""
    _section(scene).open_file("/bills/settlement.csv")
    _down(scene)


def settlement_found(scene: Scene) -> None:
    """What does not fit."""
    section = _section(scene)
    section.open_file("/bills/settlement.csv")
    scene.settle()
    rows = (
        (Mismatch.AMOUNT, 14, "HKD 68.00", "HKD 6,800.00"),
        (Mismatch.ONLY_IN_FILE, 31, "", "HKD 45.00"),
        (Mismatch.ONLY_IN_LEDGER, 0, "HKD 128.50", ""),
        (Mismatch.DUPLICATE, 77, "HKD 22.00", "HKD 22.00"),
        (Mismatch.UNREADABLE, 102, "HKD 1,280.00", "HKD 1,280"),
    )
    found = tuple(
        SettlementFinding(kind, line, f"{REF}{line}", f"{REF}{line}", here, there) for kind, line, here, there in rows
    )
    counts = {each.mismatch: 1 for each in found}
    scene.till.exports.result = SettlementResult("/bills/settlement.csv", 412, 408, counts, found)
    section.columns.go.click()
    _down(scene)


SCENES: tuple[Callable[[Scene], None], ...] = (
    *(export_choice, export_writing, export_done, export_failed, day_export),
    *(reconcile_idle, reconcile_asking, reconcile_found, reconcile_agreed, settlement_columns, settlement_found),
)
