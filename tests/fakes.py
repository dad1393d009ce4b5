"""Stand-ins that behave: a clock that only moves when told, and orders and attempts to begin a test with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypedDict
from uuid import UUID

from posapp.domain.merchant_ref import merchant_ref
from posapp.domain.money import Money
from posapp.domain.order import Attempt, Flow, Order
from posapp.domain.status import AttemptState

if TYPE_CHECKING:
    from typing import Unpack

    from posapp.domain.inbox import Decision
    from posapp.domain.order import Payer, PaymentCode
    from posapp.domain.status import AlarmKind, ReviewReason

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


class FakeClock:
    """A clock that stands still until a test moves it.

    Wall and monotonic time are moved together by `advance`, apart by `set_wall` (somebody turned the PC's clock) and
    `sleep_machine` (suspended: on Linux the monotonic clock stands still meanwhile).
    """

    def __init__(self, at: datetime = NOON) -> None:
        self._wall = at
        self._monotonic = 1_000.0

    def now(self) -> datetime:
        """Return the wall clock, UTC."""
        return self._wall

    def monotonic(self) -> float:
        """Return the steady clock, in seconds."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        if seconds < 0:
            raise ValueError("time does not run backwards; see set_wall")
        self._monotonic += seconds
        self._wall += timedelta(seconds=seconds)

    def set_wall(self, at: datetime) -> None:
        """Turn the wall clock, back as well as forward; the steady clock does not notice."""
        self._wall = at

    def sleep_machine(self, seconds: float) -> None:
        """Suspend the machine: only the wall clock knows afterwards."""
        self._wall += timedelta(seconds=seconds)


def ref(number: int, till: str = "T1") -> str:
    """Return the `number`th merchant reference of a till: always the same one, in order of time."""
    return merchant_ref(till, 1_770_000_000_000 + number, number.to_bytes(9, "big"))


def an_order(number: int = 1, money: Money | None = None, *, at: datetime = NOON, note: str = "") -> Order:
    """Return an order that nobody has paid, whose first attempt is `an_attempt(number)`."""
    return Order(
        order_id=ref(number),
        money=money or Money(12850, "HKD"),
        note=note,
        till="T1",
        cashier="",
        business_day=at.date(),
        created_at=at,
    )


class Progress(TypedDict, total=False):
    """What may be said about an attempt beyond being new."""

    order_id: str
    number: int
    provider: str
    flow: Flow
    money: Money
    description: str
    state: AttemptState
    created_at: datetime
    payer: Payer | None
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


def an_attempt(serial: int = 1, /, **progress: Unpack[Progress]) -> Attempt:
    """Return the attempt with the ids number `serial`, just committed unless `progress` says more."""
    fresh = Attempt(
        merchant_order_id=ref(serial),
        order_id=ref(serial),
        number=1,
        provider="cbtis",
        flow=Flow.QRCODE,
        money=Money(12850, "HKD"),
        description="Harbour Tea",
        request_id=_uuid(serial, 1),
        confirm_request_id=_uuid(serial, 2),
        cancel_request_id=_uuid(serial, 3),
        state=AttemptState.CREATING,
        created_at=NOON,
    )
    return replace(fresh, **progress)


def _uuid(serial: int, use: int) -> str:
    return str(UUID(int=serial * 16 + use, version=4))
