"""Files for others on a real ledger: whole or not there, allowed and written down, told how far they are, ended."""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from posapp.domain.errors import DomainError
from posapp.domain.export import MAX_SHEET_ROWS, ExportForm, OrderRow
from posapp.domain.order_query import OrderFilter, StateFilter
from posapp.domain.progress import Progress
from posapp.services.events import Progressed
from posapp.services.exports.whole_file import TargetError, WholeFile
from posapp.store.errors import LedgerError
from tests.unit.services.bench import Bench

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from posapp.domain.day_report import DayReport
    from posapp.domain.export import Exported, Heading

TODAY = date(2026, 3, 14)


@pytest.fixture(autouse=True)
def threads_have_time(bench: Bench) -> None:
    """Let the loop wait for the thread that works on files."""
    bench.loop.wait_for_threads()


def told(bench: Bench) -> list[dict[str, str]]:
    """Read what was written down about exports."""
    found = bench.till.ledger.connection.execute("SELECT facts FROM audit WHERE event = 'export' ORDER BY seq")
    return [json.loads(facts) for (facts,) in found]


class PlainPaper:
    """Draws nothing, writes what it is given as text."""

    def __init__(self, wait: threading.Event | None = None) -> None:
        self.begun = threading.Event()
        self.wait = wait

    def orders(self, target: str, heading: Heading, rows: Iterable[OrderRow], heard: Callable[[int], None]) -> None:
        Path(target).write_text(f"{heading.rows}: " + " ".join(row.order_id for row in rows))
        self.begun.set()
        if self.wait is not None:
            self.wait.wait(10)
        heard(heading.rows)

    def day(self, target: str, report: DayReport, copy: int) -> None:
        Path(target).write_text(f"{report.day} {report.close_number} {report.sales is None} copy {copy}")


def export(bench: Bench, path: Path, form: ExportForm = ExportForm.CSV, wanted: OrderFilter | None = None) -> Exported:
    return bench.run(bench.services.exports.orders(wanted or OrderFilter(), form, str(path), PlainPaper()))


@pytest.mark.parametrize("form", list(ExportForm))
def test_a_file_is_written_and_written_down(bench: Bench, tmp_path: Path, form: ExportForm) -> None:
    bench.paid()
    bench.paid()
    path = tmp_path / f"orders.{form.value}"
    exported = export(bench, path, form, OrderFilter(first_day=TODAY, state=StateFilter.PAID))
    assert (exported.path, exported.form, exported.rows) == (str(path), form, 2)
    assert path.stat().st_size > 20
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    wanted = {"form": form.value, "rows": "2", "by": "", "what": "orders", "first_day": "2026-03-14", "state": "paid"}
    assert told(bench) == [wanted]
    assert Progressed(Progress("export", 0, 2)) in bench.till.events


def test_an_old_file_is_replaced_only_by_a_whole_one(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("old")
    bench.till.break_ledger(broken=True)
    with pytest.raises(LedgerError):
        export(bench, path)
    bench.till.break_ledger(broken=False)
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("place, code", [("nowhere/out.csv", "target_gone"), (".", "target_denied")])
def test_where_nothing_can_be_written_it_is_said_and_nothing_is_there(
    bench: Bench, tmp_path: Path, place: str, code: str
) -> None:
    with pytest.raises(TargetError) as refused:
        export(bench, tmp_path / place)
    assert refused.value.code == code
    assert list(tmp_path.iterdir()) == []
    assert told(bench) == []


def test_a_full_disk_leaves_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(_file: WholeFile) -> None:
        raise TargetError("target_full", "There is no room left.")

    monkeypatch.setattr(WholeFile, "finish", full)
    path = tmp_path / "orders.csv"
    with pytest.raises(TargetError):
        export(bench, path)
    assert not path.exists()


def _too_many(_source: object) -> int:
    return MAX_SHEET_ROWS + 1


def test_more_orders_than_a_sheet_has_rows_are_refused_before(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("posapp.services.exports.exports.count_orders", _too_many)
    with pytest.raises(DomainError) as refused:
        export(bench, tmp_path / "orders.xlsx", ExportForm.XLSX)
    assert refused.value.code == "too_many_rows"
    assert list(tmp_path.iterdir()) == []


def test_one_that_is_ended_leaves_nothing_and_the_next_may_begin(bench: Bench, tmp_path: Path) -> None:
    paper, path = PlainPaper(threading.Event()), tmp_path / "orders.pdf"
    exports = bench.services.exports

    async def begin_and_cancel() -> None:
        running = asyncio.ensure_future(exports.orders(OrderFilter(), ExportForm.PDF, str(path), paper))
        await asyncio.to_thread(paper.begun.wait, 10)
        with pytest.raises(DomainError) as refused:
            await exports.orders(OrderFilter(), ExportForm.CSV, str(path), None)
        assert refused.value.code == "export_busy"
        exports.cancel()
        assert paper.wait is not None
        paper.wait.set()
        await running

    with pytest.raises(LedgerError) as ended:
        bench.run(begin_and_cancel())
    assert ended.value.code == "cancelled"
    assert list(tmp_path.iterdir()) == []
    assert told(bench) == []
    assert export(bench, path, ExportForm.PDF).rows == 0


def test_a_till_that_is_stopped_waits_for_the_thread_and_leaves_nothing(bench: Bench, tmp_path: Path) -> None:
    paper = PlainPaper(threading.Event())

    async def begin_and_stop() -> None:
        running = asyncio.ensure_future(
            bench.services.exports.orders(OrderFilter(), ExportForm.PDF, str(tmp_path / "out.pdf"), paper)
        )
        await asyncio.to_thread(paper.begun.wait, 10)
        running.cancel()
        await asyncio.sleep(0)
        assert paper.wait is not None
        paper.wait.set()
        await asyncio.gather(running, return_exceptions=True)

    bench.run(begin_and_stop())
    assert list(tmp_path.iterdir()) == []


def test_a_day_in_every_form_and_a_closed_one_on_paper_is_a_counted_copy_of_its_z(bench: Bench, tmp_path: Path) -> None:
    bench.paid()
    exports = bench.services.exports
    for form in ExportForm:
        path = tmp_path / f"day.{form.value}"
        exported = bench.run(exports.day(TODAY, form, str(path), PlainPaper()))
        assert exported.rows > 4
        assert path.stat().st_size > 20
    assert (tmp_path / "day.pdf").read_text() == "2026-03-14 None False copy 0"
    bench.run(bench.services.day_close.close(TODAY))
    for copy in (1, 2):
        bench.run(exports.day(TODAY, ExportForm.PDF, str(tmp_path / "day.pdf"), PlainPaper()))
        assert (tmp_path / "day.pdf").read_text() == f"2026-03-14 1 True copy {copy}"
