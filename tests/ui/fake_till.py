"""A till without gateway, ledger or threads: answers on the GUI thread, later than the call, as the live one does."""

from __future__ import annotations

import hashlib
import itertools
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack

from PySide6.QtCore import QTimer

from posapp.bridge.signals import TillSignals
from posapp.domain.backups import Backup, Restored
from posapp.domain.business_day import BusinessDay
from posapp.domain.errors import DomainError, Problem
from posapp.domain.merchant_ref import merchant_ref
from posapp.domain.order import Attempt, CodeKind, Flow, Order, OrderSnapshot, PaymentCode
from posapp.domain.order_query import (
    PAGE_SIZE,
    OrderDetails,
    OrderFilter,
    OrderPage,
    PageKey,
    TimelineEntry,
)
from posapp.domain.start import StartChoice, StartTrouble
from posapp.domain.status import AttemptState, OrderStatus
from posapp.domain.till import AskedAnswer, GatewayHealth, HealthState, TillFacts
from posapp.ui.presenters.orders_filter import belongs
from tests.ui.fake_desks import FakeDayDesk, FakeExportDesk, FakeInboxDesk, FakeRefundDesk, FakeStaffDesk

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from posapp.domain.inbox import Decision
    from posapp.domain.log_entry import LogEntry
    from posapp.domain.money import Money
    from posapp.domain.status import AlarmKind, ReviewReason

T = TypeVar("T")
R = TypeVar("R")

CODE_URL = "https://qr.example.test/wxpay/bizpayurl?pr=7K2QX9M4&sign=0f3b6a51c8d2e7944b1c"
DUPLICATE_WINDOW = timedelta(minutes=5)
_NIGHT = datetime(2025, 11, 22, 6, 3, 22, tzinfo=UTC)
BACKUPS = tuple(
    Backup(
        name=f"posapp-{_NIGHT - timedelta(days=days):%Y%m%dT%H%M%SZ}-{7 - days}.db",
        taken_at=_NIGHT - timedelta(days=days),
        orders=1204 - 96 * days,
        newest_order_at=_NIGHT - timedelta(days=days, minutes=6),
        size_bytes=2_400_000,
    )
    for days in range(7)
)
"""Seven daily backups, newest first."""


class Changes(TypedDict, total=False):
    """What may be said about an attempt beyond being new."""

    state: AttemptState
    gateway_id: str | None
    code: PaymentCode | None
    code_dead: bool
    support_id: str | None
    problem_code: str | None
    problem_text: str | None
    review: ReviewReason | None
    review_detail: str | None
    alarm: AlarmKind | None
    shown_at: datetime | None
    given_up_at: datetime | None
    final_at: datetime | None
    paid_at: datetime | None
    paid_at_raw: str | None
    settled: Decision | None


class FactChanges(TypedDict, total=False):
    """What may be said about a till beyond the usual."""

    shop: str
    till: str
    currency: str
    flow: Flow
    training: bool
    can_cancel: bool
    gateway_decimals: dict[str, int]
    can_refund: bool
    partial_refund: bool


def facts(**changes: Unpack[FactChanges]) -> TillFacts:
    """Return a till's facts, as most tests want them."""
    usual = TillFacts(
        shop="Harbour Tea",
        till="T1",
        currency="HKD",
        provider="cbtis",
        gateway_name="CBTIS",
        flow=Flow.QRCODE,
        day=BusinessDay("Asia/Hong_Kong", time(4)),
        training=False,
        can_cancel=False,
    )
    return replace(usual, **changes)


class FakeTill:
    """Implements `TillFacade` in memory.

    Attributes:
        calls: Every call as `(name, arguments…)`, in order.
        failures: What the next call of a name fails with; taken once.
        held: Names whose answers wait in `waiting` until `release(name)`.
        code: What the gateway hands out on *charge*; None to leave the attempt CREATING.
        on_screen: The order whose code is before the shopper.
        log: The log's entries, newest first.
        restored: What restoring a backup brings.
    """

    def __init__(self, till_facts: TillFacts | None = None, code: PaymentCode | None = None) -> None:
        self._facts = till_facts or facts()
        self._signals = TillSignals()
        self._count = itertools.count(1)
        self._versions = itertools.count(1)
        self.orders_by_id: dict[str, OrderSnapshot] = {}
        self.calls: list[tuple[Any, ...]] = []
        self.refunds = FakeRefundDesk(self)
        self.staff = FakeStaffDesk(self._signals)
        self.inbox = FakeInboxDesk(self)
        self.day = FakeDayDesk(self)
        self.exports = FakeExportDesk(self)
        self.failures: dict[str, Problem] = {}
        self.held: set[str] = set()
        self.waiting: dict[str, list[Callable[[], None]]] = defaultdict(list)
        self.code: PaymentCode | None = code or PaymentCode(CodeKind.SCAN, CODE_URL)
        self.on_screen: str | None = None
        self.log: tuple[LogEntry, ...] = ()
        self.restored = Restored(BACKUPS[0], "ledger.set-aside-20251122T060322Z.db", 3)

    @property
    def facts(self) -> TillFacts:
        return self._facts

    @property
    def signals(self) -> TillSignals:
        return self._signals

    def called(self, name: str) -> list[tuple[Any, ...]]:
        """Return the arguments of every call of a name."""
        return [call[1:] for call in self.calls if call[0] == name]

    def release(self, name: str) -> None:
        """Give the answers that were held back."""
        waiting, self.waiting[name] = self.waiting[name], []
        for answer in waiting:
            answer()

    # the protocol

    def charge(
        self,
        money: Money,
        note: str,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.calls.append(("charge", money, note))

        def work() -> OrderSnapshot:
            snapshot = self.add(money, note=note)
            if self.code is not None:
                QTimer.singleShot(0, self._signals, lambda: self.give_code(snapshot.order.order_id))
            return snapshot

        self.reply("charge", work, done, failed)

    def show_code(
        self,
        merchant_order_id: str,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.calls.append(("show_code", merchant_order_id))

        def work() -> OrderSnapshot:
            snapshot = self._of_attempt(merchant_order_id)
            if snapshot.leading.state is AttemptState.CREATED or snapshot.leading.given_up_at is not None:
                snapshot = self.change(
                    snapshot.order.order_id,
                    quiet=True,
                    state=AttemptState.PENDING,
                    shown_at=snapshot.leading.shown_at or datetime.now(UTC),
                    given_up_at=None,
                )
            return snapshot

        self.reply("show_code", work, done, failed)

    def set_on_screen(self, order_id: str | None) -> None:
        self.calls.append(("set_on_screen", order_id))
        self.on_screen = order_id

    def ask_now(
        self,
        order_id: str,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.calls.append(("ask_now", order_id))
        self.reply("ask_now", lambda: self.orders_by_id[order_id], done, failed)

    def give_up(
        self,
        order_id: str,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.calls.append(("give_up", order_id))

        def work() -> OrderSnapshot:
            if self.orders_by_id[order_id].status is not OrderStatus.OPEN:
                return self.orders_by_id[order_id]
            return self.change(order_id, given_up_at=datetime.now(UTC))

        self.reply("give_up", work, done, failed)

    def new_code(
        self,
        order_id: str,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.calls.append(("new_code", order_id))

        def work() -> OrderSnapshot:
            snapshot = self.orders_by_id[order_id]
            attempt = self._attempt(order_id, snapshot.order.money, len(snapshot.attempts) + 1)
            return self.keep(replace(snapshot, attempts=(*snapshot.attempts, attempt)))

        self.reply("new_code", work, done, failed)

    def orders(
        self,
        wanted: OrderFilter,
        after: PageKey | None,
        done: Callable[[OrderPage], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.calls.append(("orders", wanted, after))
        self.reply("orders", lambda: self._page(wanted, after), done, failed)

    def details(
        self,
        order_id: str,
        done: Callable[[OrderDetails], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.calls.append(("details", order_id))
        self.reply("details", lambda: self._details(order_id), done, failed)

    def recent_unpaid(
        self,
        money: Money,
        done: Callable[[OrderSnapshot | None], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.calls.append(("recent_unpaid", money))

        def work() -> OrderSnapshot | None:
            since = datetime.now(UTC) - DUPLICATE_WINDOW
            same = [
                one
                for one in self.orders_by_id.values()
                if one.order.money == money and one.status is OrderStatus.OPEN and one.order.created_at > since
            ]
            return same[-1] if same else None

        self.reply("recent_unpaid", work, done, failed)

    def compute(
        self,
        work: Callable[[T], R],
        argument: T,
        done: Callable[[R], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.calls.append(("compute", work))
        self.reply("compute", lambda: work(argument), done, failed)

    def start_again(self) -> None:
        self.calls.append(("start_again",))

    def start_viewing(self) -> None:
        self.calls.append(("start_viewing",))

    def restore(
        self,
        backup: str,
        done: Callable[[Restored], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.calls.append(("restore", backup))
        self.reply("restore", lambda: self.restored, done, failed)

    def start_fresh(self) -> None:
        self.calls.append(("start_fresh",))

    def log_entries(
        self,
        done: Callable[[tuple[LogEntry, ...]], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        self.calls.append(("log_entries",))
        self.reply("log_entries", lambda: self.log, done, failed)

    def log_seen(self) -> None:
        self.calls.append(("log_seen",))
        self.write_log(*(replace(entry, unread=False) for entry in self.log))

    # what a test or a demonstration makes happen

    def write_log(self, *entries: LogEntry) -> None:
        """Have these in the log, and tell how many of them nobody has looked at."""
        self.log = entries
        self._signals.log_unread.emit(sum(entry.unread for entry in entries))

    def fail_to_start(self, code: str, *choices: StartChoice, backups: tuple[Backup, ...] = ()) -> None:
        """Tell that the till could not be opened."""
        trouble = StartTrouble(Problem(code, "could not start"), frozenset(choices), backups)
        self._signals.start_failed.emit(trouble)

    def add(
        self,
        money: Money,
        /,
        *,
        note: str = "",
        at: datetime | None = None,
        quiet: bool = True,
        **attempt_changes: Unpack[Changes],
    ) -> OrderSnapshot:
        """Add an order; its attempt is CREATING unless said otherwise."""
        created_at = at or datetime.now(UTC)
        number = next(self._count)
        order_id = merchant_ref(self._facts.till, int(created_at.timestamp() * 1000), _entropy(number))
        order = Order(
            order_id=order_id,
            money=money,
            note=note,
            till=self._facts.till,
            cashier="",
            business_day=self._facts.day.of(created_at),
            created_at=created_at,
        )
        attempt = replace(self._attempt(order_id, money, 1), created_at=created_at, **attempt_changes)
        return self.keep(OrderSnapshot(order, (attempt,)), quiet=quiet)

    def give_code(self, order_id: str, code: PaymentCode | None = None) -> OrderSnapshot:
        """Let the gateway answer the create."""
        return self.change(
            order_id, state=AttemptState.CREATED, code=code or self.code, gateway_id=f"PI{order_id[-10:]}"
        )

    def pay(self, order_id: str, **more: Unpack[Changes]) -> OrderSnapshot:
        """Let the shopper pay."""
        now = datetime.now(UTC)
        paid: Changes = {"state": AttemptState.SUCCEEDED, "paid_at": now, "final_at": now}
        paid.update(more)
        return self.change(order_id, **paid)

    def change(self, order_id: str, *, quiet: bool = False, **attempt_changes: Unpack[Changes]) -> OrderSnapshot:
        """Change the latest attempt of an order and tell everyone."""
        snapshot = self.orders_by_id[order_id]
        latest = replace(snapshot.attempts[-1], **attempt_changes)
        return self.keep(replace(snapshot, attempts=(*snapshot.attempts[:-1], latest)), quiet=quiet)

    def answered(self, order_id: str, *, seconds_ago: float = 0, problem: str | None = None) -> None:
        """Tell that the gateway was asked about an order."""
        at = datetime.now(UTC) - timedelta(seconds=seconds_ago)
        attempt = self.orders_by_id[order_id].leading
        self._signals.asked.emit(AskedAnswer(attempt.merchant_order_id, problem is None, at, problem))

    def health(
        self,
        state: HealthState,
        *,
        seconds_ago: float = 2,
        problem: str | None = None,
        clock_ahead_s: int | None = None,
    ) -> None:
        """Tell how the gateway is doing."""
        at = datetime.now(UTC) - timedelta(seconds=seconds_ago)
        health = GatewayHealth(state, at, at, problem_code=problem, clock_ahead_s=clock_ahead_s)
        self._signals.health_changed.emit(health)

    # inside

    def reply(
        self, name: str, work: Callable[[], R], done: Callable[[R], None], failed: Callable[[Problem], None] | None
    ) -> None:
        """Answer later, as the live till does, unless a test holds the answer back or lets it fail."""

        def answer() -> None:
            problem = self.failures.pop(name, None)
            if problem is None:
                try:
                    result = work()
                except DomainError as error:
                    problem = Problem(error.code, str(error))
                else:
                    done(result)
                    return
            (failed or self._signals.problem_raised.emit)(problem)

        if name in self.held:
            self.waiting[name].append(answer)
        else:
            QTimer.singleShot(0, self._signals, answer)

    def _attempt(self, order_id: str, money: Money, number: int) -> Attempt:
        reference = order_id if number == 1 else f"{order_id[:-2]}-{number}"
        return Attempt(
            merchant_order_id=reference,
            order_id=order_id,
            number=number,
            provider=self._facts.provider,
            flow=self._facts.flow,
            money=money,
            description=self._facts.shop,
            request_id=f"request-{reference}",
            confirm_request_id=f"confirm-{reference}",
            cancel_request_id=f"cancel-{reference}",
            state=AttemptState.CREATING,
            created_at=datetime.now(UTC),
        )

    def keep(self, snapshot: OrderSnapshot, *, quiet: bool = False) -> OrderSnapshot:
        """Have an order like this, and tell everyone."""
        snapshot = replace(snapshot, version=next(self._versions))
        self.orders_by_id[snapshot.order.order_id] = snapshot
        if not quiet:
            self._signals.order_changed.emit(snapshot)
        return snapshot

    def _of_attempt(self, merchant_order_id: str) -> OrderSnapshot:
        return next(
            one
            for one in self.orders_by_id.values()
            if any(attempt.merchant_order_id == merchant_order_id for attempt in one.attempts)
        )

    def _page(self, wanted: OrderFilter, after: PageKey | None) -> OrderPage:
        rows = sorted((one for one in self.orders_by_id.values() if belongs(one, wanted)), key=_key, reverse=True)
        if after is not None:
            rows = [one for one in rows if _key(one) < (after.business_day, after.created_us, after.row_id)]
        page = rows[:PAGE_SIZE]
        more = PageKey(*_key(page[-1])) if len(rows) > PAGE_SIZE else None
        return OrderPage(tuple(page), more)

    def _details(self, order_id: str) -> OrderDetails:
        snapshot = self.orders_by_id[order_id]
        entries = [
            TimelineEntry(1, snapshot.order.created_at, order_id, "state", "DRAFT", "CREATING"),
        ]
        for seq, attempt in enumerate(snapshot.attempts, start=2):
            if attempt.state is not AttemptState.CREATING:
                at = attempt.final_at or attempt.shown_at or attempt.created_at
                entries.append(
                    TimelineEntry(seq, at, attempt.merchant_order_id, "state", "CREATING", attempt.state.value)
                )
        for refund in snapshot.refunds:
            facts = {"amount_minor": str(refund.money.minor), "currency": refund.money.currency}
            ref, state = refund.request.merchant_order_id, refund.state.value
            entries.append(TimelineEntry(len(entries) + 1, refund.created_at, ref, "refund", None, state, facts))
        return OrderDetails(snapshot, tuple(entries))


def _entropy(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest()


def _key(snapshot: OrderSnapshot) -> tuple[date, int, int]:
    order = snapshot.order
    return order.business_day, int(order.created_at.timestamp() * 1_000_000), 0
