"""The life of an order under every fault at once: a state machine over the real services and a real ledger file.

A short search runs with the other tests. With `POSAPP_ORDER_LIFE=2000` in the environment so many lives are played,
each of twice as many steps, and others every time.
"""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from posapp.domain.errors import DomainError
from posapp.domain.money import Money
from posapp.domain.order import Attempt, OrderSnapshot
from posapp.domain.order_query import OrderFilter
from posapp.domain.status import AttemptState, OrderStatus, Standing, may_change
from posapp.gateways.errors import GatewayError
from posapp.store import audit
from posapp.store.errors import LedgerError
from posapp.store.ledger import open_ledger
from posapp.store.listing import OrderList
from posapp.store.verify import verify
from tests.scripted_gateway import (
    WITH_KEY,
    WITHOUT_KEY,
    Fate,
    Mischief,
    auth_failed,
    dead_code,
    http_5xx,
    late,
    lost_after,
    lost_before,
    malformed,
    not_found,
    not_sent,
    rate_limited,
    refused,
    stale,
    swapped,
    unknown_word,
    without_code,
    wrong_amount,
    wrong_currency,
)
from tests.unit.services.bench import DAY, Bench, quick_folder

if TYPE_CHECKING:
    from collections.abc import Coroutine

S = AttemptState
MOST_ORDERS = 4
MOST_ATTEMPTS = 5
MONEY = [Money(12850, "HKD"), Money(1, "HKD"), Money(128, "JPY"), Money(99_999_999_999, "HKD")]
AT_CREATE: dict[str, Mischief] = {
    "not sent": not_sent(),
    "lost before": lost_before(),
    "lost after": lost_after(),
    "5xx": http_5xx(),
    "5xx after": http_5xx(commits=True),
    "garbage": malformed(),
    "refused": refused(),
    "429": rate_limited(4.0),
    "429 at login": rate_limited(4.0, sent=False),
    "401": auth_failed(),
    "401 at login": auth_failed(sent=False),
    "late": late(12),
    "slow line": Mischief(before_s=6, after_s=6),
    "swapped": swapped(),
    "wrong amount": wrong_amount(),
    "wrong currency": wrong_currency(),
    "no code": without_code(),
}
AT_QUERY: dict[str, Mischief] = {
    "not sent": not_sent(),
    "lost": lost_before(),
    "5xx": http_5xx(),
    "garbage": malformed(),
    "refused": refused(),
    "429": rate_limited(30.0),
    "429 for long": rate_limited(7_200.0),
    "401": auth_failed(),
    "late": late(6),
    "stale": stale(),
    "not found": not_found(),
    "swapped": swapped(),
    "wrong amount": wrong_amount(),
    "wrong currency": wrong_currency(),
    "unknown word": unknown_word(),
    "dead code": dead_code(),
}
AT_CANCEL: dict[str, Mischief] = {
    "lost before": lost_before(),
    "lost after": lost_after(),
    "does nothing": Mischief(commits=False),
    "refused": refused(),
    "late": late(6),
    "429": rate_limited(5.0),
}
MISCHIEF = {"create": AT_CREATE, "query": AT_QUERY, "cancel": AT_CANCEL}
FAULTS = [(call, name) for call, names in MISCHIEF.items() for name in names]
FAIR, LEDGER = ("fair", ""), ("ledger", "")
BOUNDS = [(900.0, 10.0), (7_200.0, 60.0), (86_400.0, 600.0), (7 * 86_400.0, 3_600.0), (float("inf"), 86_400.0)]
"""Up to which age of the oldest order everybody is asked within which interval."""
EXPECTED = (GatewayError, DomainError, LedgerError)
"""What may come of a cashier's wish on a bad day; anything else is a bug."""

a_pick = st.integers(0, 3)
a_fault = st.none() | st.sampled_from(FAULTS)
a_wait = st.sampled_from([0.0, 0.03, 0.1, 1.0, 5.0])


class OrderLife(RuleBasedStateMachine):
    """One till, its gateway, its shoppers, and everything that can go wrong between them."""

    def __init__(self) -> None:
        super().__init__()
        self.home = quick_folder()
        self.painted: set[str] = set()
        self.trouble = False
        self.turned = 0.0
        self.late_payers = False
        self.seen_states: dict[str, AttemptState] = {}

    @initialize(
        with_key=st.booleans(),
        late_payers=st.booleans(),
        openings=st.lists(
            st.sampled_from(["cancelled", "lost", "rejected", "shown", "paid", "begun"]), min_size=1, max_size=2
        ),
    )
    def open_shop(self, with_key: bool, late_payers: bool, openings: list[str]) -> None:
        """Begin in the middle of a day: with orders that stand in the places where it becomes interesting."""
        self.late_payers = late_payers
        self.bench = Bench(Path(self.home.name), WITH_KEY if with_key else WITHOUT_KEY)
        self.book = open_ledger(self.bench.folder / "ledger.db")  # the inspector's own look at the file
        self.bench.watch()
        for opening in openings:
            fault = {"lost": "lost after", "rejected": "401"}.get(opening)
            self.charge(MONEY[0], fault, 0.03 if opening == "begun" else 1.0, goes_on=opening != "begun")
            if opening == "paid":
                self.shopper_pays(0)
            if opening == "cancelled":
                self.gateway_moves(0, contradicts=False)
                self.bench.let_pass(2.5)

    # --- the cashier ---------------------------------------------------------------------------------

    @precondition(lambda self: len(self.orders()) < MOST_ORDERS)
    @rule(
        money=st.sampled_from(MONEY),
        fault=st.none() | st.sampled_from(sorted(AT_CREATE)),
        wait=a_wait,
        goes_on=st.booleans(),
    )
    def charge(self, money: Money, fault: str | None, wait: float, goes_on: bool) -> None:
        try:
            snapshot = self.bench.services.checkout.begin(money, "table 4")
        except LedgerError:
            assert self.trouble
            return
        if fault is not None:
            self.bench.gateway.next("create", AT_CREATE[fault])
        self.bench.till.background(self.bench.services.checkout.create(snapshot))
        self.bench.let_pass(wait)
        if goes_on:
            self.show_code(0)

    @precondition(lambda self: self.orders())
    @rule(pick=a_pick)
    def show_code(self, pick: int) -> None:
        order = self.an_order(pick)
        attempt = order.attempts[-1]
        try:
            shown = self.bench.services.checkout.show(attempt.merchant_order_id)
        except (DomainError, LedgerError):
            return
        self.check_paintable(shown)
        self.painted.add(attempt.merchant_order_id)
        self.bench.services.watcher.put_on_screen(order.order.order_id)

    @precondition(lambda self: self.orders())
    @rule(pick=a_pick, gives_up=st.booleans(), fault=a_fault, wait=a_wait)
    def ask_or_give_up(self, pick: int, gives_up: bool, fault: tuple[str, str] | None, wait: float) -> None:
        checkout = self.bench.services.checkout
        order_id = self.an_order(pick).order.order_id
        self.wish(checkout.give_up(order_id) if gives_up else checkout.ask(order_id), fault, wait)

    @precondition(lambda self: self.orders())
    @rule(pick=a_pick, fault=a_fault, wait=a_wait, goes_on=st.booleans())
    def new_code(self, pick: int, fault: tuple[str, str] | None, wait: float, goes_on: bool) -> None:
        checkout = self.bench.services.checkout
        order = self.an_order(pick)

        async def job() -> None:
            snapshot, to_send = await checkout.new_code(order.order.order_id)
            if to_send:
                await checkout.create(snapshot)

        if len(order.attempts) < MOST_ATTEMPTS:
            self.wish(job(), fault, wait)
        if goes_on:
            self.show_code(pick)

    def wish(self, job: Coroutine[Any, Any, object], fault: tuple[str, str] | None, wait: float) -> None:
        """Do what the cashier wants in the background, while the next step may already come."""
        if fault is not None:
            self.bench.gateway.next(fault[0], MISCHIEF[fault[0]][fault[1]])
        self.bench.till.background(job)
        self.bench.let_pass(wait)

    # --- the shopper and the gateway -----------------------------------------------------------------

    @precondition(lambda self: self.payable())
    @rule(pick=a_pick)
    def shopper_pays(self, pick: int) -> None:
        payable = self.payable()
        if payable:
            self.bench.truth.pay(payable[pick % len(payable)])

    @precondition(lambda self: self.bench.truth.payments)
    @rule(pick=a_pick, contradicts=st.booleans())
    def gateway_moves(self, pick: int, contradicts: bool) -> None:
        """Let the gateway close a payment, or take back what it said of one; and the till may hear of it at once."""
        refs = [ref for ref in self.bench.truth.payments if ref in self.painted] or list(self.bench.truth.payments)
        ref = refs[pick % len(refs)]
        if contradicts and ref in self.painted and self.fate(ref) is not Fate.PENDING:
            self.bench.truth.force(ref, Fate.PAID if self.fate(ref) is Fate.CANCELLED else Fate.CANCELLED)
        self.bench.truth.cancel(ref)

    # --- the weather ---------------------------------------------------------------------------------

    @rule(fault=st.sampled_from([FAIR, LEDGER, *FAULTS]))
    def weather_turns(self, fault: tuple[str, str]) -> None:
        call, name = fault
        if fault in (FAIR, LEDGER):
            self.trouble = fault == LEDGER
            self.bench.till.break_ledger(broken=self.trouble)
            self.bench.gateway.weather.clear()
        else:
            self.bench.gateway.weather[call] = MISCHIEF[call][name]

    # --- time ----------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([0.01, 0.06, 0.4, 1.1, 2.5, 7.0]))
    def moments_pass(self, seconds: float) -> None:
        self.bench.let_pass(seconds)

    @rule(seconds=st.sampled_from([31.0, 100.0, 400.0]))
    def minutes_pass(self, seconds: float) -> None:
        self.bench.let_pass(seconds)

    @rule(seconds=st.sampled_from([-7_200.0, -30.0, 7_200.0, 100_000.0]), leaves=st.booleans())
    def clock_is_turned(self, seconds: float, leaves: bool) -> None:
        """Somebody turns the PC's clock, or it slept: the steady clock stands still either way."""
        self.bench.clock.turn_wall(seconds)
        self.turned += max(seconds, 0.0)
        if leaves:
            self.bench.services.watcher.put_on_screen(None)

    # --- death and neighbours ------------------------------------------------------------------------

    @rule(killed=st.booleans())
    def started_again(self, killed: bool) -> None:
        """Start the till anew; a start may ask, and creates nothing."""
        weather = self.bench.gateway.weather
        if killed:
            self.bench.kill()
        else:
            self.bench.till.stop()
            self.bench.till = self.bench.new_process()
        self.bench.gateway.weather.update(weather)
        self.trouble = False
        posts = self.bench.truth.posts.copy()
        known = len(self.attempts())
        self.bench.watch()
        self.bench.let_pass(0.5)
        assert self.bench.truth.posts == posts
        assert len(self.attempts()) == known
        assert all(attempt.state is not S.CREATING for attempt in self.attempts())

    @rule(does=st.sampled_from(["refreshes", "charges", "dies while it charges"]))
    def somebody_else(self, does: str) -> None:
        """Another process works on the same ledger and the same gateway."""
        other = self.bench.new_process()
        other.gateway.weather.update(self.bench.gateway.weather)
        if does == "refreshes":
            self.bench.run(other.services.refresh())
        elif len(self.orders()) < MOST_ORDERS:
            other.background(other.services.checkout.create(other.services.checkout.begin(MONEY[0])))
            self.bench.let_pass(15.0 if does == "charges" else 0.04)
        assert other.failures == []
        assert other.gateway.crowd <= 1
        if does == "dies while it charges":
            other.ledger.close()
            other.owner.die()
            other.abandon()
        else:
            other.stop()
        self.bench.let_pass(1.5)

    # --- what must hold after every step -------------------------------------------------------------

    @invariant()
    def what_must_always_hold(self) -> None:
        orders = self.orders()
        self.check_that_nothing_complained()
        self.check_the_gateways_side({attempt.merchant_order_id for order in orders for attempt in order.attempts})
        for order in orders:
            assert sum(attempt.may_still_be_paid for attempt in order.attempts) <= 1, "two shown codes can be paid"
            shown = [one for one in order.attempts if one.shown_at is not None]
            assert all(one.merchant_order_id in self.painted for one in shown), "shown without a word"
            assert order.order.business_day == DAY.of(order.order.created_at)
            self.check_that_green_is_true(order)
            for attempt in order.attempts:
                self.check_that_final_is_final(attempt)
        self.check_that_the_window_knows(orders)

    def check_that_nothing_complained(self) -> None:
        assert self.bench.loop.complaints == []
        assert [one for one in self.bench.till.failures if not isinstance(one, EXPECTED)] == []

    def check_the_gateways_side(self, known: set[str]) -> None:
        truth = self.bench.truth
        assert truth.seen <= known, "the gateway saw an id that the ledger does not have"
        assert truth.doubles == [], "two payments under one id"
        if not self.bench.capabilities.idempotent_create:
            assert all(count <= 1 for count in truth.posts.values()), truth.posts
        assert self.bench.gateway.crowd <= 1, "two questions about one attempt at the same time"

    def check_that_green_is_true(self, order: OrderSnapshot) -> None:
        paid = [attempt for attempt in order.attempts if attempt.state is S.SUCCEEDED]
        for attempt in paid:
            payment = self.bench.truth.payments[attempt.merchant_order_id]
            assert payment.was_paid
            assert (payment.amount, payment.currency) == (attempt.money.to_decimal(), attempt.money.currency)
        if order.standing is Standing.PAID:
            assert len(paid) == 1

    def check_that_final_is_final(self, attempt: Attempt) -> None:
        if attempt.state is S.CANCELLED:
            assert self.bench.truth.payments[attempt.merchant_order_id].was_cancelled
        before = self.seen_states.get(attempt.merchant_order_id)
        if before in (S.SUCCEEDED, S.REFUSED):
            assert attempt.state is before
        if before is S.CANCELLED:
            assert attempt.state in (S.CANCELLED, S.SUCCEEDED)
        self.seen_states[attempt.merchant_order_id] = attempt.state

    def check_that_the_window_knows(self, orders: list[OrderSnapshot]) -> None:
        """What was last told of an order is what the ledger has of it."""
        told = self.bench.till.orders()
        for order in orders:
            if order.order.order_id in told:
                states = [attempt.state for attempt in told[order.order.order_id].attempts]
                assert states == [attempt.state for attempt in order.attempts]

    def teardown(self) -> None:
        if not hasattr(self, "bench"):
            self.home.cleanup()
            return
        try:
            self.check_the_chain()
            self.all_is_well_in_the_end()
            self.check_the_chain()
        finally:
            self.book.close()
            self.bench.close()
            self.home.cleanup()

    # --- how it is done ------------------------------------------------------------------------------

    def orders(self) -> list[OrderSnapshot]:
        """Read every order, newest first, with the inspector's eyes."""
        return list(OrderList(self.book).page(OrderFilter(), None).orders)

    def attempts(self) -> list[Attempt]:
        return [attempt for order in self.orders() for attempt in order.attempts]

    def an_order(self, pick: int) -> OrderSnapshot:
        """Pick an order; 0 is the newest."""
        orders = self.orders()
        return orders[pick % len(orders)]

    def payable(self) -> list[str]:
        """List the codes that a shopper has seen and that can be paid."""
        return [ref for ref in self.bench.truth.payments if ref in self.painted and self.fate(ref) is Fate.PENDING]

    def fate(self, ref: str) -> Fate:
        return self.bench.truth.payments[ref].fate

    def check_paintable(self, shown: OrderSnapshot) -> None:
        """Judge what is about to be painted: committed as shown, the gateway's own code, and the right amount."""
        attempt = shown.attempts[-1]
        assert attempt.state is S.PENDING
        kept = next(one for one in self.attempts() if one.merchant_order_id == attempt.merchant_order_id)
        assert kept.shown_at is not None, "painted before it was written"
        payment = self.bench.truth.payments[attempt.merchant_order_id]
        assert attempt.code == payment.code == self.bench.truth.handed_out[attempt.merchant_order_id]
        told = self.bench.truth.told[attempt.merchant_order_id]
        assert (told.amount, told.currency) == (attempt.money.to_decimal(), attempt.money.currency)
        assert (told.merchant_order_id, told.gateway_id) == (attempt.merchant_order_id, payment.gateway_id)
        assert attempt.review is None
        assert shown.status is OrderStatus.OPEN, "a code for an order that is paid"

    def check_the_chain(self) -> None:
        """Read the audit from its beginning: whole, one row a transition, and only transitions that there are."""
        assert verify(self.book).findings == ()
        with self.book.reading() as connection:
            rows = list(audit.rows(connection))
        walked: dict[str, list[tuple[str | None, str | None]]] = {}
        for row in rows:
            if row.event == "state":
                assert row.merchant_order_id is not None
                walked.setdefault(row.merchant_order_id, []).append((row.old_state, row.new_state))
        for attempt in self.attempts():
            steps = walked[attempt.merchant_order_id]
            assert steps[0] == ("DRAFT", "CREATING")
            assert steps[-1][1] == attempt.state
            assert all(earlier[1] == later[0] for earlier, later in pairwise(steps))
            for old, new in steps:
                assert old is not None
                assert new is not None
                assert may_change(AttemptState(old), AttemptState(new))

    def all_is_well_in_the_end(self) -> None:
        """Let the faults clear and time pass: whatever is paid is green, and nobody was asked twice for money."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                "posapp.services.watcher.TICK_S", 14.0
            )  # the end takes hours: no need to look around so often
            self.faults_clear()
        for attempt in self.attempts():
            payment = self.bench.truth.payments.get(attempt.merchant_order_id)
            if payment is not None and payment.fate is Fate.PAID:
                assert attempt.state is S.SUCCEEDED, f"{attempt} is paid"
            if payment is not None and payment.fate is Fate.CANCELLED:
                assert attempt.state in (S.CANCELLED, S.SUCCEEDED, S.REFUSED)
            assert attempt.state is not S.CREATING
        self.what_must_always_hold()

    def faults_clear(self) -> None:
        """Let everything work again, for as long as it takes to ask everybody once more."""
        self.weather_turns(FAIR)
        for script in self.bench.gateway.script.values():
            script.clear()
        self.bench.let_pass(620)  # the longest that a 429 and a back-off hold anybody up
        if any(attempt.state is S.CREATING for attempt in self.attempts()):
            self.started_again(killed=True)  # its answer could not be written: the next start asks
        for ref in self.payable() if self.late_payers else []:
            self.bench.truth.pay(ref)
        oldest = self.bench.loop.time() + self.turned  # nothing can be taken for older than that
        bound = next(interval for until, interval in BOUNDS if oldest < until)
        self.bench.let_pass(bound * 1.1 + 5)
        for order in self.orders():
            if any(attempt.state is S.CANCELLED for attempt in order.attempts):
                self.bench.run(self.bench.services.checkout.ask(order.order.order_id))  # else asked within the week


LONG = int(os.environ.get("POSAPP_ORDER_LIFE", "0"))
settings.register_profile(
    "order life",
    max_examples=LONG or 150,
    stateful_step_count=60 if LONG else 30,
    derandomize=not LONG,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
TestOrderLife = pytest.mark.timeout(600 + 10 * LONG)(OrderLife.TestCase)
TestOrderLife.settings = settings.get_profile("order life")
