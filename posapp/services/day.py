"""The day that trades now, and what any day adds up to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from posapp.domain.day_close import DayPage
from posapp.domain.day_sums import DayFrame, day_report, totals_of
from posapp.domain.day_text import report_from
from posapp.domain.staff import Right
from posapp.store.day_closes import DayCloses
from posapp.store.day_reading import open_attempts, paid_since, read_day

if TYPE_CHECKING:
    from datetime import date, datetime

    from posapp.domain.clock import Clock
    from posapp.domain.day_close import DayClose
    from posapp.domain.day_report import DayReport, Totals
    from posapp.domain.till import TillFacts
    from posapp.services.staff import Staff
    from posapp.store.day_closes import StoredClose
    from posapp.store.ledger import Ledger

SHOWN: Final = 60
"""How many of the newest Zs are listed."""


class TradingDay:
    """Reads days. Lives on the thread of its ledger; works where only reading does.

    Methods raise `LedgerError` where the ledger cannot be read.
    """

    def __init__(self, ledger: Ledger, facts: TillFacts, clock: Clock, staff: Staff | None = None) -> None:
        """Read from an open ledger.

        Args:
            ledger: Where the days are.
            facts: The till's unchanging facts.
            clock: Tells which day it is.
            staff: Whom to ask before totals are shown to a person; None where there is nobody to ask.
        """
        self.frame = DayFrame(facts.shop, facts.till, facts.training, facts.day)
        self.stored = DayCloses(ledger)
        self._ledger = ledger
        self._clock = clock
        self._staff = staff
        self._shown: tuple[str, date] | None = None

    def today(self, at: datetime | None = None) -> date:
        """Return the day that an order or refund made at an instant (UTC; now) belongs to.

        It is the day of the shop's clock, or the first one after it that is still open: what was closed before its
        end gets nothing new, so that no Z is ever outdated by a sale that began after it.
        """
        return self.stored.next_open(self.frame.rule.of(at or self._clock.now()))

    def report(self, day: date) -> DayReport:
        """Return what a day adds up to, with its single sales; of a closed day exactly what its Z says."""
        return self._page(day).report

    async def page(self, day: date | None = None, approval: str | None = None) -> DayPage:
        """Return a day for a person who may see what it adds up to; None for the one that trades now.

        Raises:
            DomainError: As `Staff.authorise`.
        """
        today = self.today()
        self._authorise(day or today, approval)
        return self._page(day or today, today)

    def closes(self) -> tuple[DayClose, ...]:
        """Return the newest Zs, newest first."""
        return self.stored.newest(SHOWN)

    def open_attempts(self, until: date) -> list[str]:
        """Name the attempts that can be asked about and may still be paid, of all open days up to this one."""
        with self._ledger.reading() as connection:
            return open_attempts(connection, until)

    def _authorise(self, day: date, approval: str | None) -> None:
        """Ask for the right; the same person looking on at the same day is not written down again and again."""
        if self._staff is None:
            return
        wanted = self._staff.cashier, day
        if approval is None and self._shown == wanted and self._staff.crew.may(Right.REPORTS):
            return
        self._staff.authorise(Right.REPORTS, approval)
        self._shown = wanted if approval is None else None

    def _page(self, day: date, today: date | None = None) -> DayPage:
        now = self._clock.now()
        closed = self.stored.of_day(day)
        bounds = self.frame.rule.bounds(day)
        with self._ledger.reading() as connection:
            report = day_report(self.frame, day, read_day(connection, day, bounds), now)
        after: tuple[Totals, ...] = ()
        if closed is not None:
            report, after = self._as_closed(closed, report)
        today = today or self.today(now)
        close = None if closed is None else closed.close
        return DayPage(report, close, day == today, today, self.frame.rule.of(now), after)

    def _as_closed(self, closed: StoredClose, live: DayReport) -> tuple[DayReport, tuple[Totals, ...]]:
        """Return what the Z says, with its single sales, and the sums of what came after it."""
        told = report_from(closed.text)
        with self._ledger.reading() as connection:
            since = paid_since(connection, told.day, told.as_of)
        sales = live.sales or ()
        before = tuple(line for line in sales if line.merchant_order_id not in since)
        later = tuple(line for line in sales if line.merchant_order_id in since)
        done = {line.merchant_refund_id for line in told.refunds if line.counts}
        refunded = tuple(line for line in live.refunds if line.counts and line.merchant_refund_id not in done)
        return replace(told, sales=before), totals_of(later, refunded)
