"""The days of a till without gateway or ledger: added up by the real rules from lines that a test gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from posapp.domain.business_day import BusinessDay
from posapp.domain.day_close import GENESIS, DayClose, DayPage, Reprint, close_hash
from posapp.domain.day_orders import DayAttempt, DayOrder, sort_out
from posapp.domain.day_report import RefundLine
from posapp.domain.day_sums import DayFrame, DayRows, day_report, totals_of
from posapp.domain.day_text import report_text
from posapp.domain.errors import DomainError
from posapp.domain.inbox import Decision
from posapp.domain.money import Money
from posapp.domain.progress import Progress
from posapp.domain.refund import RefundState
from posapp.domain.shift import Shift, ShiftBoard
from posapp.domain.status import AlarmKind, AttemptState, ReviewReason

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.domain.day_report import DayReport
    from posapp.domain.errors import Problem
    from tests.ui.fake_till import FakeTill

FRAME = DayFrame("Harbour Tea", "T1", training=False, rule=BusinessDay("Asia/Hong_Kong", time(4)))
TODAY = date(2026, 3, 14)
NOW = datetime(2026, 3, 14, 15, 10, 5, tzinfo=UTC)
NO_ROWS = DayRows(0, (), (), ())


class FakeDayDesk:
    """Implements `DayDesk` in memory; `failures` and `held` of the till hold for the calls' names.

    Attributes:
        rows: What each day is made of; nothing where a day is not in it.
        zs: Every Z that was written, oldest first, with its text.
        after_close: The sums that a closed day's page tells of besides.
        board: The shifts.
        to_ask: How many open orders a close asks about.
    """

    def __init__(self, till: FakeTill) -> None:
        self.till = till
        self.rows: dict[date, DayRows] = {}
        self.zs: list[tuple[DayClose, str]] = []
        self.after_close: DayPage | None = None
        self.board = ShiftBoard()
        self.to_ask = 0
        self.copies: dict[int, int] = {}

    @property
    def today(self) -> date:
        """The day that trades now."""
        day = TODAY
        while any(close.day == day for close, _ in self.zs):
            day += timedelta(days=1)
        return day

    def page(
        self,
        day: date | None,
        approval: str | None,
        done: Callable[[DayPage], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.till.calls.append(("day_page", day, approval))
        self.till.reply("day_page", lambda: self.page_of(day or self.today), done, failed)

    def page_of(self, day: date) -> DayPage:
        """Add a day up."""
        report = self.report(day)
        close = next((close for close, _ in self.zs if close.day == day), None)
        if close is not None:
            report = replace(report, close_number=close.number, closed_by=close.closed_by)
        late = totals_of(sort_out(sample_orders(day)[:1]).sales, ()) if self.after_close else ()
        return DayPage(report, close, day == self.today, self.today, TODAY, late if close else ())

    def report(self, day: date) -> DayReport:
        """Add a day's lines up."""
        return day_report(replace(FRAME, training=self.till.facts.training), day, self.rows.get(day, NO_ROWS), NOW)

    def close_day(
        self,
        day: date,
        approval: str | None,
        done: Callable[[DayClose], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.till.calls.append(("close_day", day, approval))
        self.till.signals.progressed.emit(Progress("close_day", 0, self.to_ask))
        self.till.reply("close_day", lambda: self.close(day), done, failed)

    def close(self, day: date, by: str = "Ada") -> DayClose:
        """Write a Z."""
        number, before = len(self.zs) + 1, self.zs[-1][0].hash if self.zs else GENESIS
        text = report_text(replace(self.report(day), close_number=number, closed_by=by))
        close = DayClose(number, day, NOW, by, close_hash(before, number, day.isoformat(), text))
        self.zs.append((close, text))
        return close

    def cancel_close(self) -> None:
        self.till.calls.append(("cancel_close",))

    def hurry_close(self) -> None:
        self.till.calls.append(("hurry_close",))

    def closes(
        self, done: Callable[[tuple[DayClose, ...]], None], failed: Callable[[Problem], None] | None = None
    ) -> None:
        self.till.calls.append(("closes",))
        self.till.reply("closes", lambda: tuple(close for close, _ in reversed(self.zs)), done, failed)

    def reprint(
        self,
        number: int,
        approval: str | None,
        done: Callable[[Reprint], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.till.calls.append(("reprint", number, approval))

        def work() -> Reprint:
            self.copies[number] = self.copies.get(number, 0) + 1
            close, text = self.zs[number - 1]
            return Reprint(close, self.copies[number], text)

        self.till.reply("reprint", work, done, failed)

    def shifts(self, done: Callable[[ShiftBoard], None], failed: Callable[[Problem], None] | None = None) -> None:
        self.till.calls.append(("shifts",))
        self.till.reply("shifts", lambda: self.board, done, failed)

    def open_shift(
        self, approval: str | None, done: Callable[[Shift], None], failed: Callable[[Problem], None] | None = None
    ) -> None:
        self.till.calls.append(("open_shift", approval))

        def work() -> Shift:
            shift = Shift(len(self.board.past) + 1, NOW, "Ada", 7)
            self.board = replace(self.board, running=shift, expected=(Money(128050, "HKD"),))
            return shift

        self.till.reply("open_shift", work, done, failed)

    def close_shift(
        self,
        counted: tuple[Money, ...],
        note: str,
        approval: str | None,
        done: Callable[[Shift], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.till.calls.append(("close_shift", counted, note, approval))

        def work() -> Shift:
            running = self.board.running
            if running is None:
                raise DomainError("shift_not_open", "No shift is running.")
            expected = self.board.expected or (Money(128050, "HKD"),)
            ended = replace(
                running,
                closed_at=NOW,
                closed_by="Ada",
                closed_seq=99,
                expected=expected,
                counted=counted,
                note=note,
            )
            self.board = ShiftBoard(past=(ended, *self.board.past))
            return ended

        self.till.reply("close_shift", work, done, failed)


_HOURS = (0, 0, 0, 1, 4, 9, 14, 8, 17, 26, 22, 12, 9, 13, 19, 24, 15, 7, 3, 1)
_ODD = (
    (AttemptState.SUCCEEDED, None, AlarmKind.PAID_TWICE, "", Decision.KEPT),
    (AttemptState.SUCCEEDED, None, AlarmKind.PAID_LATE, "", None),
    (AttemptState.PENDING, ReviewReason.AMOUNT_DIFFERS, None, "HKD 128.50 / HKD 12.85", None),
    (AttemptState.UNKNOWN, None, None, "timeout", None),
    (AttemptState.PENDING, None, None, "", None),
    (AttemptState.PENDING, None, None, "", None),
    (AttemptState.CANCELLED, None, None, "", None),
    (AttemptState.REFUSED, None, None, "payment_method_not_allowed", None),
)


def sample_orders(day: date, *, odd: bool = True) -> list[DayOrder]:
    """Return a busy day's orders."""
    begins, ends = FRAME.rule.bounds(day)
    found: list[DayOrder] = []

    def add(at: datetime, minor: int, *attempts: DayAttempt) -> None:
        number = len(found)
        who = ("Ada", "Bo", "Ming 明")[number % 3]
        order_id = f"T1-K8Q2{number:06}"
        tried = attempts or (DayAttempt(order_id, "cbtis", Money(minor, "HKD"), AttemptState.SUCCEEDED, settled_at=at),)
        found.append(DayOrder(order_id, Money(minor, "HKD"), who, "T1", "", day, at, tried))

    for hour, count in enumerate(_HOURS):
        for turn in range(count):
            add(begins + timedelta(hours=hour, minutes=turn * 2), 1800 + 650 * ((hour * 7 + turn * 3) % 17))
    for number, (state, review, alarm, detail, decision) in enumerate(_ODD if odd else ()):
        at = begins + timedelta(hours=9, minutes=7 * number)
        ref, money = f"T1-K8Q2ODD{number:03}", Money(12850 + number, "HKD")
        settled = at if state is AttemptState.SUCCEEDED else None
        add(at, money.minor, DayAttempt(ref, "cbtis", money, state, review, alarm, detail, settled, decision))
    if odd:
        late = DayAttempt("T1-K8Q2CROSS1", "cbtis", Money(4550, "HKD"), AttemptState.SUCCEEDED, settled_at=ends)
        add(ends - timedelta(minutes=1), 4550, late)
    return found


def sample_rows(day: date, *, odd: bool = True, refunds: bool = True) -> DayRows:
    """Return what a busy day is made of."""
    sorted_ = sort_out(sample_orders(day, odd=odd))
    begins, _ = FRAME.rule.bounds(day)
    given_back = tuple(
        RefundLine(
            f"T1-R{number:04}",
            f"T1-K8Q2{number:06}",
            f"T1-K8Q2{number:06}",
            Money(minor, "HKD"),
            "cbtis",
            "Bo",
            "Ada",
            "T1",
            reason,
            state,
            day,
            day - timedelta(days=number),
            begins + timedelta(hours=11, minutes=number),
            begins + timedelta(hours=11, minutes=number + 1) if state is RefundState.SUCCEEDED else None,
        )
        for number, (minor, reason, state) in enumerate(
            ((6600, "Wrong drink", RefundState.SUCCEEDED), (1800, "", RefundState.PROCESSING)), start=1
        )
    )
    yesterday = [order._replace(business_day=day - timedelta(days=1)) for order in sample_orders(day, odd=False)[:1]]
    return DayRows(
        41,
        sorted_.sales,
        sorted_.states,
        sorted_.odd,
        given_back if refunds else (),
        sort_out(yesterday).sales if odd else (),
        (),
        (day - timedelta(days=2), day - timedelta(days=3)) if odd else (),
    )
