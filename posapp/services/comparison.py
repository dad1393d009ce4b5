"""Comparing a day with the gateway: every payment asked about again, and the two sides put next to each other."""

from __future__ import annotations

import asyncio
import math
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from posapp.domain.comparison import Comparison, ComparisonPlan, Difference, Finding, Unanswered
from posapp.domain.errors import DomainError
from posapp.domain.money import Money
from posapp.domain.progress import Progress
from posapp.domain.refund import RESERVING, RefundState
from posapp.domain.staff import Right
from posapp.domain.status import AttemptState
from posapp.gateways.base import ReportedStatus
from posapp.gateways.errors import GatewayError
from posapp.services.events import Progressed
from posapp.services.judgement import outside
from posapp.store.comparing import attempts_of_day
from posapp.store.errors import LedgerError
from posapp.store.orders import OrderStore

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from posapp.domain.clock import Clock
    from posapp.domain.order import Attempt, OrderSnapshot
    from posapp.gateways.base import GatewayState
    from posapp.services.events import Publish
    from posapp.services.reconcile import Reconciler
    from posapp.services.staff import Staff
    from posapp.store.ledger import Ledger

JOB: Final = "reconcile"
AT_ONCE: Final = 4
SILENT_ENOUGH: Final = 5
"""After so many questions in a row without an answer the others are not asked: nobody is there."""
_NEVER_FOUND: Final = frozenset({AttemptState.REFUSED, AttemptState.LAPSED, AttemptState.UNKNOWN})
"""States in which a gateway that knows nothing of it says the same as the ledger."""
_ENDED: Final = frozenset({AttemptState.CANCELLED, AttemptState.REFUSED, AttemptState.LAPSED})


class Comparer:
    """Lives on the io thread."""

    def __init__(self, ledger: Ledger, reconciler: Reconciler, staff: Staff, clock: Clock, publish: Publish) -> None:
        """Compare this ledger with the gateway that this reconciler asks."""
        self._ledger = ledger
        self._store = OrderStore(ledger)
        self._reconciler = reconciler
        self._staff = staff
        self._clock = clock
        self._publish = publish
        self._run: _Run | None = None

    def plan(self, day: date) -> ComparisonPlan:
        """Say how many payments of a day may have reached the gateway, and how long asking about them takes."""
        count = len(self._wanted(day))
        return ComparisonPlan(count, math.ceil(count / self._reconciler.budget.rate))

    async def compare(self, day: date, approval: str | None = None) -> Comparison:
        """Ask about every payment of a day, within the budget, and judge each answer as any other.

        So what is open may become paid, and what the gateway takes back rings.

        Raises:
            DomainError: `compare_running`, or as `Staff.authorise`.
            LedgerError: An answer could not be written.
        """
        if self._run is not None:
            raise DomainError("compare_running", "A day is being compared with the gateway already.")
        self._staff.authorise(Right.REPORTS, approval)
        run = self._run = _Run(self._wanted(day))
        self._reconciler.listeners.append(run.heard)
        try:
            await self._ask_all(run)
        finally:
            self._reconciler.listeners.remove(run.heard)
            self._run = None
        return run.result(day)

    def stop(self) -> None:
        """Ask no further; what is known until then is the result."""
        if self._run is not None:
            self._run.enough.set()

    def _wanted(self, day: date) -> dict[str, str]:
        with self._ledger.reading() as connection:
            return attempts_of_day(connection, day)

    async def _ask_all(self, run: _Run) -> None:
        gate = asyncio.Semaphore(AT_ONCE)
        self._tell(run)

        async def ask(ref: str) -> None:
            async with gate:
                while not run.is_over and (pause := self._reconciler.budget.wait_s(self._clock.monotonic())) > 0:
                    await _pause(run.enough, pause)
                if not run.is_over:
                    await self._ask(run, ref)
                    self._tell(run)

        await asyncio.gather(*(ask(ref) for ref in run.wanted))

    async def _ask(self, run: _Run, ref: str) -> None:
        before = self._store.attempt(ref)
        try:
            snapshot = await self._reconciler.ask(ref)
        except GatewayError as error:
            run.silent_about(ref, error.code, counts=error.code != "other_gateway")
        except LedgerError as error:
            run.silent_about(ref, error.code, counts=True)
        else:
            run.answered(ref, before, snapshot)

    def _tell(self, run: _Run) -> None:
        self._publish(Progressed(Progress(JOB, run.done, len(run.wanted))))


class _Run:
    """One comparison under way."""

    def __init__(self, wanted: dict[str, str]) -> None:
        self.wanted = wanted  # order ids by merchant_order_id
        self.enough = asyncio.Event()
        self.done = 0
        self._silent = 0
        self._agreed = 0
        self._learned = 0
        self._findings: list[Finding] = []
        self._unanswered: list[Unanswered] = []
        self._answers: dict[str, GatewayState] = {}

    @property
    def is_over(self) -> bool:
        return self.enough.is_set() or self._silent >= SILENT_ENOUGH

    def heard(self, attempt: Attempt, answer: GatewayState) -> None:
        """Keep what the gateway said, whoever asked."""
        if attempt.merchant_order_id in self.wanted:
            self._answers[attempt.merchant_order_id] = answer

    def silent_about(self, ref: str, code: str, *, counts: bool) -> None:
        self.done += 1
        self._silent += counts
        self._unanswered.append(Unanswered(self.wanted[ref], ref, code))

    def answered(self, ref: str, before: Attempt | None, snapshot: OrderSnapshot) -> None:
        self.done += 1
        self._silent = 0
        attempt = next(each for each in snapshot.attempts if each.merchant_order_id == ref)
        finding = difference(attempt, snapshot, self._answers[ref])
        if finding is not None:
            self._findings.append(finding)
            return
        self._agreed += 1
        self._learned += before is not None and before.state is not attempt.state

    def result(self, day: date) -> Comparison:
        told = {each.merchant_order_id for each in self._unanswered}
        never = [ref for ref in self.wanted if ref not in self._answers and ref not in told]
        silent = self._unanswered + [Unanswered(self.wanted[ref], ref, "not_asked") for ref in never]
        place = {ref: number for number, ref in enumerate(self.wanted)}
        return Comparison(
            day=day,
            payments=len(self.wanted),
            agreed=self._agreed,
            learned=self._learned,
            findings=tuple(sorted(self._findings, key=lambda each: place[each.merchant_order_id])),
            unanswered=tuple(sorted(silent, key=lambda each: place[each.merchant_order_id])),
            complete=not never,
        )


def difference(attempt: Attempt, snapshot: OrderSnapshot, answer: GatewayState) -> Finding | None:
    """Say in what an attempt, as the ledger has it after the answer was judged, and the answer do not agree."""
    kind = _kind(attempt, answer)
    if kind is None:
        both_paid = answer.status is ReportedStatus.SUCCEEDED
        return _refunds(attempt, snapshot, answer) if both_paid else None
    here, there = attempt.state.value, answer.status.value
    said = _money(answer.amount, answer.currency)
    match kind:
        case Difference.AMOUNT:
            here, there = str(attempt.money), said
        case Difference.PAID_HERE:
            here = str(attempt.money)
        case Difference.PAID_THERE:
            there = said or there
        case Difference.NOT_UNDERSTOOD if _names_another(attempt, answer):
            here, there = attempt.merchant_order_id, outside(answer.merchant_order_id) or "?"
        case Difference.NOT_UNDERSTOOD:
            there = outside(answer.raw_status) or "?"
        case _:
            pass
    return Finding(attempt.order_id, attempt.merchant_order_id, kind, here, there)


def _kind(attempt: Attempt, answer: GatewayState) -> Difference | None:
    if _names_another(attempt, answer) or answer.status is ReportedStatus.UNRECOGNISED:
        return Difference.NOT_UNDERSTOOD
    if answer.status is ReportedStatus.NOT_FOUND:
        return None if attempt.state in _NEVER_FOUND else Difference.UNKNOWN_THERE
    if not _same(attempt.money, answer):
        return Difference.AMOUNT
    paid = attempt.state is AttemptState.SUCCEEDED
    if paid is not (answer.status is ReportedStatus.SUCCEEDED):
        return Difference.PAID_HERE if paid else Difference.PAID_THERE
    ended = attempt.state in _ENDED
    return Difference.STATE if not paid and ended is not (answer.status is ReportedStatus.CANCELLED) else None


def _names_another(attempt: Attempt, answer: GatewayState) -> bool:
    return answer.merchant_order_id not in (None, attempt.merchant_order_id)


def _refunds(attempt: Attempt, snapshot: OrderSnapshot, answer: GatewayState) -> Finding | None:
    """Compare what went back; what is on its way may or may not be there yet."""
    if answer.refunded is None:
        return None
    of_it = [each for each in snapshot.refunds if each.request.merchant_order_id == attempt.merchant_order_id]
    back = sum(each.money.minor for each in of_it if each.state is RefundState.SUCCEEDED)
    most = sum(each.money.minor for each in of_it if each.state in RESERVING)
    currency = attempt.money.currency
    least, top = Money(back, currency), Money(most, currency)
    if least.to_decimal() <= answer.refunded <= top.to_decimal():
        return None
    there = f"{currency} {str(answer.refunded)[:40]}"
    return Finding(attempt.order_id, attempt.merchant_order_id, Difference.REFUNDED, str(least), there)


def _same(money: Money, answer: GatewayState) -> bool:
    return answer.currency in (None, money.currency) and answer.amount in (None, money.to_decimal())


def _money(amount: Decimal | None, currency: str | None) -> str:
    if amount is None and currency is None:
        return ""
    return f"{outside(currency) or '?'} {str(amount)[:40] if amount is not None else '?'}"


async def _pause(enough: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await enough.wait()
