"""A gateway that behaves as badly as it is told to, and remembers the truth that the till has to arrive at."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from posapp.domain.order import CodeKind, Flow, PaymentCode
from posapp.gateways.base import (
    Capabilities,
    Created,
    GatewayState,
    RefundAnswer,
    ReportedRefund,
    ReportedStatus,
)
from posapp.gateways.errors import AuthFailed, Malformed, NotSent, OutcomeUnknown, RateLimited, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.domain.order import Attempt
    from posapp.domain.refund import RefundRequest
    from posapp.gateways.base import AttemptRef, RefundRef

_FLOWS = frozenset({Flow.QRCODE, Flow.OFFICIAL_ACCOUNT, Flow.MINI_PROGRAM})
WITHOUT_KEY = Capabilities(
    provider="cbtis",
    name="CBTIS",
    flows=_FLOWS,
    idempotent_create=False,
    can_cancel=False,
    can_refund=True,
    partial_refund=True,
    can_find=True,
    decimals={"TWD": 0},
)
"""Like CBTIS: no idempotency key, no way to close a payment."""
WITH_KEY = Capabilities(
    provider="airwallex",
    name="Airwallex",
    flows=_FLOWS | {Flow.MOBILE_WEB},
    idempotent_create=True,
    can_cancel=True,
    can_refund=True,
    partial_refund=True,
    can_find=True,
    decimals={"TWD": 0},
    currencies=frozenset("CNY EUR HKD JPY USD".split()),
)
"""Like Airwallex: the same create counts once, and a payment can be closed."""


class Fate(StrEnum):
    """Where a payment really stands."""

    PENDING = "PENDING"
    PAID = "PAID"
    CANCELLED = "CANCELLED"


@dataclass(slots=True)
class Payment:
    """One payment as the gateway itself knows it."""

    merchant_order_id: str
    gateway_id: str
    request_id: str
    amount: Decimal
    currency: str
    code: PaymentCode
    fate: Fate = Fate.PENDING
    was_paid: bool = False
    was_cancelled: bool = False


@dataclass(slots=True)
class GivenBack:
    """One refund as the gateway itself knows it."""

    merchant_refund_id: str
    gateway_refund_id: str
    merchant_order_id: str
    request_id: str
    amount: Decimal
    currency: str
    status: ReportedRefund

    def answer(self) -> RefundAnswer:
        """Say how it stands."""
        return RefundAnswer(
            status=self.status,
            merchant_refund_id=self.merchant_refund_id,
            gateway_refund_id=self.gateway_refund_id,
            amount=self.amount,
            currency=self.currency,
            raw_status=self.status.value,
            support_id="rid-refund",
        )


@dataclass(slots=True)
class Truth:
    """What really happened. Outlives every process of the till and is shared by all of them.

    Attributes:
        payments: Everything that exists at the gateway, by our id; a second create under one id shows in `doubles`.
        posts: How many create POSTs arrived under each id.
        seen: Every id that ever arrived, by create, query or cancel.
        handed_out: The codes that left in a reply, by our id.
        told: What the last reply to a create said, by our id.
        doubles: Ids under which a second payment came to be: money that could be taken twice.
        refunds: Every refund that exists at the gateway, by our id.
        refund_posts: How many refund POSTs arrived under each id.
        refund_begins: How a refund stands at first.
    """

    payments: dict[str, Payment] = field(default_factory=dict[str, Payment])
    posts: Counter[str] = field(default_factory=Counter[str])
    seen: set[str] = field(default_factory=set[str])
    handed_out: dict[str, PaymentCode] = field(default_factory=dict[str, PaymentCode])
    told: dict[str, Created] = field(default_factory=dict[str, Created])
    doubles: list[str] = field(default_factory=list[str])
    refunds: dict[str, GivenBack] = field(default_factory=dict[str, GivenBack])
    refund_posts: Counter[str] = field(default_factory=Counter[str])
    refund_begins: ReportedRefund = ReportedRefund.SUCCEEDED

    def give_back(self, refund: RefundRequest) -> GivenBack:
        """Make the refund that is asked for; the gateway itself keeps to what was paid."""
        payment = self.payments[refund.merchant_order_id]
        assert payment.was_paid, "a refund of what was never paid"
        made = GivenBack(
            merchant_refund_id=refund.merchant_refund_id,
            gateway_refund_id=f"R{len(self.refunds) + 1:06}",
            merchant_order_id=refund.merchant_order_id,
            request_id=refund.request_id,
            amount=refund.money.to_decimal(),
            currency=refund.money.currency,
            status=self.refund_begins,
        )
        self.refunds[refund.merchant_refund_id] = made
        return made

    def given_back(self, merchant_order_id: str) -> Decimal:
        """Add up what went back of a payment or will."""
        mine = (refund for refund in self.refunds.values() if refund.merchant_order_id == merchant_order_id)
        return sum((refund.amount for refund in mine if refund.status is not ReportedRefund.FAILED), Decimal(0))

    def commit(self, attempt: Attempt, *, with_key: bool) -> Payment:
        """Make the payment that a create asks for, or return the one that its key already made."""
        ref = attempt.merchant_order_id
        there = self.payments.get(ref)
        if there is not None:
            if not (with_key and there.request_id == attempt.request_id):
                self.doubles.append(ref)
            return there
        made = Payment(
            merchant_order_id=ref,
            gateway_id=f"G{len(self.payments) + 1:06}",
            request_id=attempt.request_id,
            amount=attempt.money.to_decimal(),
            currency=attempt.money.currency,
            code=PaymentCode(CodeKind.SCAN, f"https://pay.example/{ref}"),
        )
        self.payments[ref] = made
        return made

    def pay(self, ref: str) -> None:
        """Let the shopper pay the code that was handed out; only a pending payment can be."""
        payment = self.payments[ref]
        if ref not in self.handed_out or payment.fate is not Fate.PENDING:
            raise AssertionError(f"{ref} cannot be paid: {payment.fate}, handed out: {ref in self.handed_out}")
        payment.fate = Fate.PAID
        payment.was_paid = True

    def cancel(self, ref: str) -> None:
        """Let the gateway close a payment that nobody has paid."""
        if self.payments[ref].fate is Fate.PENDING:
            self.force(ref, Fate.CANCELLED)

    def force(self, ref: str, fate: Fate) -> None:
        """Let the gateway contradict itself."""
        self.payments[ref].fate = fate
        self.payments[ref].was_paid |= fate is Fate.PAID
        self.payments[ref].was_cancelled |= fate is Fate.CANCELLED


@dataclass(frozen=True, slots=True)
class Mischief:
    """What happens to one call.

    Attributes:
        before_s: Seconds until the request reaches the gateway.
        after_s: Seconds until the reply is back.
        arrives: Whether a byte reaches the gateway at all.
        commits: Whether the gateway does what was asked.
        error: Makes what the caller gets instead of a reply.
        state: Twists the answer to a query or a cancel.
        created: Twists the answer to a create.
        refund: Twists the answer to a refund or to a question about one.
        held: The reply waits for this; for ever where nobody sets it.
    """

    before_s: float = 0.02
    after_s: float = 0.03
    arrives: bool = True
    commits: bool = True
    error: Callable[[], Exception] | None = None
    state: Callable[[GatewayState], GatewayState] | None = None
    created: Callable[[Created], Created] | None = None
    refund: Callable[[RefundAnswer], RefundAnswer] | None = None
    held: asyncio.Event | None = None


HONEST = Mischief()


def not_sent(code: str = "dns") -> Mischief:
    """No byte leaves."""
    return Mischief(arrives=False, commits=False, error=lambda: NotSent(code, "nothing left"))


def lost_before() -> Mischief:
    """The request arrives, the gateway does nothing, and no answer comes."""
    return Mischief(commits=False, after_s=3.0, error=lambda: OutcomeUnknown("timeout", "no answer in time"))


def lost_after(after_s: float = 3.0) -> Mischief:
    """The gateway does what was asked, and its answer is lost."""
    return Mischief(after_s=after_s, error=lambda: OutcomeUnknown("reset", "the connection broke"))


def http_5xx(*, commits: bool = False) -> Mischief:
    """Trouble inside the gateway, before or after it did what was asked."""
    return Mischief(commits=commits, error=lambda: OutcomeUnknown("http_503", "trouble", http_status=503))


def malformed(*, commits: bool = True) -> Mischief:
    """An answer that cannot be believed."""
    return Mischief(commits=commits, error=lambda: Malformed("json", "not an answer"))


def refused(code: str = "1001") -> Mischief:
    """A definite no."""
    return Mischief(commits=False, error=lambda: Refused(code, "not allowed", support_id="rid-1"))


def rate_limited(retry_after_s: float | None = None, *, sent: bool = True) -> Mischief:
    """Asked too often; `sent` as for a create."""
    return Mischief(
        arrives=sent,
        commits=False,
        error=lambda: RateLimited("http_429", "too often", retry_after_s=retry_after_s, sent=sent),
    )


def auth_failed(*, sent: bool = True) -> Mischief:
    """The credentials do not do; `sent` tells whether the call itself was answered so, or the login before it."""
    return Mischief(
        arrives=sent, commits=False, error=lambda: AuthFailed("http_401", "credentials rejected", sent=sent)
    )


def bug() -> Mischief:
    """The adapter itself fails in a way that nobody foresaw, after the request went out."""
    return Mischief(error=lambda: RuntimeError("a bug in the adapter"))


def late(after_s: float) -> Mischief:
    """The answer takes its time."""
    return Mischief(after_s=after_s)


def held(until: asyncio.Event) -> Mischief:
    """The answer comes when the test lets it."""
    return Mischief(held=until)


def stale() -> Mischief:
    """A replica that has not heard yet: everything is still pending there."""

    def old(state: GatewayState) -> GatewayState:
        if state.status is ReportedStatus.NOT_FOUND:
            return state
        return replace(state, status=ReportedStatus.PENDING, paid_at=None, paid_at_raw=None)

    return Mischief(state=old)


def not_found() -> Mischief:
    """A replica that does not know the payment yet."""
    return Mischief(state=lambda _: GatewayState(ReportedStatus.NOT_FOUND))


def swapped(other_ref: str = "T9-SOMEBODYELSE", other_gateway_id: str = "G999999") -> Mischief:
    """The answer to somebody else's question: a payment of theirs that succeeded."""
    return Mischief(
        state=lambda state: replace(
            state,
            status=ReportedStatus.SUCCEEDED,
            merchant_order_id=other_ref,
            gateway_id=other_gateway_id,
            amount=state.amount or Decimal(1),
            currency=state.currency or "HKD",
        ),
        created=lambda created: replace(created, merchant_order_id=other_ref, gateway_id=other_gateway_id),
    )


def wrong_amount(factor: int = 50) -> Mischief:
    """The answer names another amount, and says that it is paid."""
    return Mischief(
        state=lambda state: replace(
            state, status=ReportedStatus.SUCCEEDED, amount=None if state.amount is None else state.amount * factor
        ),
        created=lambda created: replace(created, amount=None if created.amount is None else created.amount * factor),
    )


def wrong_currency(currency: str = "TWD") -> Mischief:
    """The answer names another currency, and says that it is paid."""
    return Mischief(
        state=lambda state: replace(state, status=ReportedStatus.SUCCEEDED, currency=currency),
        created=lambda created: replace(created, currency=currency),
    )


def unknown_word(word: str | None = "succeeded") -> Mischief:
    """A status word that no document has."""
    return Mischief(state=lambda state: replace(state, status=ReportedStatus.UNRECOGNISED, raw_status=word))


def without_code() -> Mischief:
    """A create whose reply holds nothing that can be shown."""
    return Mischief(created=lambda created: replace(created, code=None))


def dead_code() -> Mischief:
    """The code handed out can no longer be paid, though the payment is not final."""
    return Mischief(state=lambda state: replace(state, code_dead=True))


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it happened; times are the running loop's."""

    kind: str
    ref: str
    began: float
    ended: float
    failed: bool


class ScriptedGateway:
    """One process's line to the gateway: a `PaymentGateway` with mischief on it.

    Mischief is taken from `script` (once, first come first served) and else from `weather` (until it is taken away),
    both by the name of the call: `create`, `query`, `cancel`, `check`, `refund`, `query_refund`.

    Attributes:
        calls: Everything that was called and has ended.
        in_flight: What is being called right now, by our id; queries and cancels.
        crowd: The most that were ever in flight about one attempt.
        most_at_once: The most queries and cancels that were ever in flight together.
        on_create: Called when a create is about to leave, before its first byte.
        on_refund: The same of a refund.
        clock_ahead_s: What its answers tell of the till's clock.
    """

    clock_ahead_s: float | None = None

    def __init__(self, truth: Truth | None = None, capabilities: Capabilities = WITHOUT_KEY) -> None:
        self.truth = truth or Truth()
        self._capabilities = capabilities
        self.script: dict[str, deque[Mischief]] = {
            name: deque() for name in ("create", "query", "cancel", "check", "refund", "query_refund")
        }
        self.weather: dict[str, Mischief] = {}
        self.calls: list[Call] = []
        self.in_flight: Counter[str] = Counter()
        self.crowd = 0
        self.most_at_once = 0
        self.on_create: Callable[[Attempt], None] | None = None
        self.on_refund: Callable[[RefundRequest], None] | None = None
        self.closed = False

    @property
    def capabilities(self) -> Capabilities:
        """What this gateway can do."""
        return self._capabilities

    def become(self, capabilities: Capabilities) -> None:
        """Be able to do other things from now on."""
        self._capabilities = capabilities

    def next(self, call: str, *mischief: Mischief) -> None:
        """Say what happens to the next calls of that name."""
        self.script[call].extend(mischief)

    def queries(self, ref: str | None = None) -> list[Call]:
        """Return the queries that have ended, all of them or one attempt's."""
        return [call for call in self.calls if call.kind == "query" and ref in (None, call.ref)]

    async def create(self, attempt: Attempt) -> Created:
        """Start a payment."""
        if self.on_create is not None:
            self.on_create(attempt)
        ref = attempt.merchant_order_id
        mischief = self._mischief("create")
        began = _now()
        if mischief.arrives:
            self.truth.posts[ref] += 1
            self.truth.seen.add(ref)
        try:
            await asyncio.sleep(mischief.before_s)
        finally:
            # What is on its way arrives, whoever died meanwhile.
            payment = (
                self.truth.commit(attempt, with_key=self._capabilities.idempotent_create) if mischief.commits else None
            )
        await self._reply(mischief, "create", ref, began)
        assert payment is not None
        created = Created(
            gateway_id=payment.gateway_id,
            merchant_order_id=ref,
            amount=payment.amount,
            currency=payment.currency,
            code=payment.code,
            support_id="rid-create",
        )
        created = created if mischief.created is None else mischief.created(created)
        self.truth.told[ref] = created
        if created.code is not None:
            self.truth.handed_out[ref] = created.code
        return created

    async def query(self, ref: AttemptRef) -> GatewayState:
        """Ask how a payment stands."""
        return await self._ask("query", ref, self._mischief("query"))

    async def cancel(self, ref: AttemptRef) -> GatewayState:
        """Close a payment, then say how it stands."""
        if not self._capabilities.can_cancel:
            raise Refused("cancel_unsupported", "no way to close a payment")
        assert ref.cancel_request_id
        return await self._ask("cancel", ref, self._mischief("cancel"))

    async def refund(self, refund: RefundRequest) -> RefundAnswer:
        """Give money back."""
        if self.on_refund is not None:
            self.on_refund(refund)
        ref = refund.merchant_refund_id
        mischief = self._mischief("refund")
        began = _now()
        if mischief.arrives:
            self.truth.refund_posts[ref] += 1
        try:
            await asyncio.sleep(mischief.before_s)
        finally:
            # What is on its way arrives, whoever died meanwhile.
            made = self.truth.give_back(refund) if mischief.commits else None
        await self._reply(mischief, "refund", ref, began)
        assert made is not None
        return made.answer() if mischief.refund is None else mischief.refund(made.answer())

    async def query_refund(self, ref: RefundRef) -> RefundAnswer:
        """Ask how a refund stands."""
        mischief = self._mischief("query_refund")
        began = _now()
        await asyncio.sleep(mischief.before_s)
        made = self.truth.refunds.get(ref.merchant_refund_id)
        answer = made.answer() if made is not None else RefundAnswer(ReportedRefund.NOT_FOUND)
        await self._reply(mischief, "query_refund", ref.merchant_refund_id, began)
        return answer if mischief.refund is None else mischief.refund(answer)

    async def check(self) -> None:
        """Prove that the line works."""
        await self._reply(self._mischief("check"), "check", "", _now())

    async def aclose(self) -> None:
        """Close the line."""
        self.closed = True

    def _mischief(self, call: str) -> Mischief:
        if self.script[call]:
            return self.script[call].popleft()
        return self.weather.get(call, HONEST)

    async def _ask(self, kind: str, ref: AttemptRef, mischief: Mischief) -> GatewayState:
        began = _now()
        ours = ref.merchant_order_id
        if mischief.arrives:
            self.truth.seen.add(ours)
        self.in_flight[ours] += 1
        self.crowd = max(self.crowd, self.in_flight[ours])
        self.most_at_once = max(self.most_at_once, self.in_flight.total())
        try:
            await asyncio.sleep(mischief.before_s)
            if kind == "cancel" and mischief.commits and ours in self.truth.payments:
                self.truth.cancel(ours)
            state = self._state(ref)
            await self._reply(mischief, kind, ours, began)
        finally:
            self.in_flight[ours] -= 1
        return state if mischief.state is None else mischief.state(state)

    async def _reply(self, mischief: Mischief, kind: str, ref: str, began: float) -> None:
        if mischief.held is not None:
            await mischief.held.wait()
        await asyncio.sleep(mischief.after_s)
        self.calls.append(Call(kind, ref, began, _now(), failed=mischief.error is not None))
        if mischief.error is not None:
            raise mischief.error()

    def _state(self, ref: AttemptRef) -> GatewayState:
        """Answer from the truth, by the gateway's id where the till names one, as the real ones do."""
        payment = self.truth.payments.get(ref.merchant_order_id)
        if ref.gateway_id is not None:
            named = [one for one in self.truth.payments.values() if one.gateway_id == ref.gateway_id]
            payment = named[0] if named else None
        if payment is None:
            return GatewayState(ReportedStatus.NOT_FOUND)
        word = {Fate.PAID: "SUCCEEDED"}.get(payment.fate, payment.fate.value)
        return GatewayState(
            status=ReportedStatus(word),
            merchant_order_id=payment.merchant_order_id,
            gateway_id=payment.gateway_id,
            amount=payment.amount,
            currency=payment.currency,
            paid_at_raw="2026-03-14T20:00:00+08:00" if payment.fate is Fate.PAID else None,
            raw_status=word,
            support_id="rid-query",
        )


def _now() -> float:
    return asyncio.get_running_loop().time()
