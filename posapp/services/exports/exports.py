"""Writing files for others: who may, what is written down about it, and how it is ended."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from posapp.domain.errors import DomainError
from posapp.domain.export import MOST_ROWS, Exported, ExportForm, Heading
from posapp.domain.order_query import OrderFilter
from posapp.domain.progress import Progress
from posapp.domain.staff import Authority, Right
from posapp.services.events import Progressed
from posapp.services.exports.files import Source, count_orders, write_day, write_orders
from posapp.services.exports.whole_file import WholeFile, refuse_if
from posapp.store.instants import to_us
from posapp.store.vouching import tell

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import date

    from posapp.domain.clock import Clock
    from posapp.domain.day_report import DayReport
    from posapp.domain.export import Paper
    from posapp.domain.till import TillFacts
    from posapp.services.day import TradingDay
    from posapp.services.day_close import DayCloser
    from posapp.services.events import Publish
    from posapp.services.staff import Staff
    from posapp.store.ledger import Ledger

T = TypeVar("T")
JOB: Final = "export"
_EVERY_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class _Wish:
    """What somebody wants in a file."""

    form: ExportForm
    path: Path
    authority: Authority
    facts: dict[str, str]


class Exports:
    """Lives on the io thread; the files are written on another one, over a connection of its own."""

    def __init__(
        self,
        facts: TillFacts,
        ledger: Ledger,
        staff: Staff,
        days: TradingDay,
        closer: DayCloser,
        clock: Clock,
        publish: Publish,
    ) -> None:
        """Export from an open ledger."""
        self._facts = facts
        self._ledger = ledger
        self._staff = staff
        self._days = days
        self._closer = closer
        self._clock = clock
        self._publish = publish
        self._stop: threading.Event | None = None

    async def orders(
        self, wanted: OrderFilter, form: ExportForm, path: str, paper: Paper | None, approval: str | None = None
    ) -> Exported:
        """Write the orders that a filter lets through into a file.

        What was in the file stays until the new one is whole; ended before, nothing of it is left.

        Raises:
            DomainError: `export_busy`, `too_many_rows`, or as `Staff.authorise`.
            TargetError: The file cannot be written.
            LedgerError: `cancelled`, or the ledger cannot be read, or not be written: then nobody could tell later
                what left the till.
        """

        async def job(stop: threading.Event) -> Exported:
            authority = self._staff.authorise(Right.EXPORT, approval)
            source = Source(self._ledger.path, wanted)
            total = await _away(stop, partial(count_orders, source))
            _refuse_too_many(form, total)
            wish = _Wish(form, Path(path), authority, {"what": "orders", **_filter_facts(wanted)})
            heading = self._heading(wanted, total)
            heard = self._heard(stop, total)
            heard(0)
            return await self._write(wish, stop, lambda part: write_orders(part, form, source, heading, paper, heard))

        return await self._alone(job)

    async def day(
        self, day: date, form: ExportForm, path: str, paper: Paper | None, approval: str | None = None
    ) -> Exported:
        """Write what a business day adds up to; on paper, a closed one is a copy of its Z and needs REPRINT.

        Raises:
            DomainError: `export_busy`, or as `Staff.authorise`.
            TargetError: The file cannot be written.
            LedgerError: As `orders`.
        """

        async def job(stop: threading.Event) -> Exported:
            report, copy, authority = self._report(day, form, approval)
            wish = _Wish(form, Path(path), authority, {"what": "day", "first_day": day.isoformat()})
            return await self._write(wish, stop, lambda part: write_day(part, form, report, paper, copy))

        return await self._alone(job)

    def cancel(self) -> None:
        """End the file that is under way; without one nothing happens."""
        if self._stop is not None:
            self._stop.set()

    def _report(self, day: date, form: ExportForm, approval: str | None) -> tuple[DayReport, int, Authority]:
        """Return what is to be written, which copy it is, and in whose name."""
        report = self._days.report(day)
        if form is not ExportForm.PDF or report.close_number is None:
            return report, 0, self._staff.authorise(Right.EXPORT, approval)
        from posapp.domain.day_text import report_from

        reprint = self._closer.reprint(report.close_number, approval)
        return report_from(reprint.text), reprint.copy, Authority(self._staff.cashier)

    async def _alone(self, job: Callable[[threading.Event], Awaitable[Exported]]) -> Exported:
        if self._stop is not None:
            raise DomainError("export_busy", "A file is being written already.")
        stop = self._stop = threading.Event()
        try:
            return await job(stop)
        finally:
            self._stop = None

    async def _write(self, wish: _Wish, stop: threading.Event, work: Callable[[Path], int]) -> Exported:
        """Write the file under another name, write down that it leaves the till, then give it its name."""
        file = WholeFile(wish.path)

        def make() -> int:
            file.begin()
            try:
                return work(file.part)
            except BaseException:
                file.give_up()
                raise

        rows = await _away(stop, make)
        try:
            refuse_if(stop)
            self._tell(wish, rows)
        except BaseException:  # whatever it was, nothing may be left of a file that nobody has
            file.give_up()
            raise
        await _away(stop, file.finish)
        return Exported(str(wish.path), wish.form, rows)

    def _tell(self, wish: _Wish, rows: int) -> None:
        facts = {"form": wish.form.value, "rows": str(rows), "by": wish.authority.asked_by, **wish.facts}
        if wish.authority.approved_by:
            facts["approved_by"] = wish.authority.approved_by
        with self._ledger.writing() as connection:
            tell(connection, to_us(self._clock.now()), "export", facts)

    def _heading(self, wanted: OrderFilter, total: int) -> Heading:
        facts = self._facts
        return Heading(
            shop=facts.shop,
            till=facts.till,
            training=facts.training,
            zone=facts.day.zone,
            made_at=self._clock.now(),
            rows=total,
            first_day=wanted.first_day.isoformat() if wanted.first_day else None,
            last_day=wanted.last_day.isoformat() if wanted.last_day else None,
        )

    def _heard(self, stop: threading.Event, total: int) -> Callable[[int], None]:
        """Return what the writing thread calls: it ends there where it is to end, and tells how far it is."""
        loop = asyncio.get_running_loop()
        told_at = 0.0

        def heard(done: int) -> None:
            nonlocal told_at
            refuse_if(stop)
            now = self._clock.monotonic()
            if now - told_at >= _EVERY_S or done == 0:
                told_at = now
                loop.call_soon_threadsafe(self._publish, Progressed(Progress(JOB, done, total)))

        return heard


async def _away(stop: threading.Event, work: Callable[[], T]) -> T:
    """Do work on another thread; whoever is cancelled meanwhile tells it to stop and waits for that."""
    working = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.gather(working, return_exceptions=True)
        raise


def _refuse_too_many(form: ExportForm, total: int) -> None:
    most = MOST_ROWS.get(form)
    if most is not None and total > most:
        raise DomainError("too_many_rows", f"That form takes {most:,} orders at most, and there are {total:,}.")


def _filter_facts(wanted: OrderFilter) -> dict[str, str]:
    """Write down which orders they were; what narrows nothing is left out."""
    usual = OrderFilter()
    return {
        field.name: str(getattr(wanted, field.name))
        for field in fields(OrderFilter)
        if getattr(wanted, field.name) != getattr(usual, field.name)
    }
