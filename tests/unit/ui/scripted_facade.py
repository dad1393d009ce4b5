"""A facade for presenters alone: it notes every call, and the test gives the answers. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, TypedDict, Unpack, cast

from posapp.domain.business_day import BusinessDay
from posapp.domain.money import Money
from posapp.domain.order import Attempt, CodeKind, Flow, Order, OrderSnapshot, PaymentCode
from posapp.domain.status import AttemptState
from posapp.domain.till import TillFacts

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.bridge.facade import TillFacade
    from posapp.domain.errors import Problem
    from posapp.domain.status import AlarmKind, ReviewReason

NOON = datetime(2025, 11, 22, 4, 0, tzinfo=UTC)
CODE = PaymentCode(CodeKind.SCAN, "https://pay.example.test/1")
FACTS = TillFacts(
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


@dataclass
class Call:
    """One call that waits for its answer."""

    name: str
    arguments: tuple[object, ...]
    done: Callable[[object], None]
    failed: Callable[[Problem], None] | None


class ScriptedFacade:
    """Takes any call of `TillFacade`."""

    def __init__(self, facts: TillFacts = FACTS) -> None:
        self.facts = facts
        self.calls: list[Call] = []
        self.on_screen: list[str | None] = []

    def as_facade(self) -> TillFacade:
        # Everything a presenter calls goes through `__getattr__`, which no type describes.
        return cast("TillFacade", self)

    def set_on_screen(self, order_id: str | None) -> None:
        self.on_screen.append(order_id)

    def __getattr__(self, name: str) -> Callable[..., None]:
        def call(*arguments: object) -> None:
            *given, done, failed = arguments
            # The last two of every method of the protocol that has an answer.
            answer = cast("Callable[[object], None]", done)
            refusal = cast("Callable[[Problem], None] | None", failed)
            self.calls.append(Call(name, tuple(given), answer, refusal))

        return call

    def names(self) -> list[str]:
        return [call.name for call in self.calls]

    def take(self, name: str) -> Call:
        """Take the oldest waiting call of a name."""
        call = next(one for one in self.calls if one.name == name)
        self.calls.remove(call)
        return call


class Changes(TypedDict, total=False):
    """What may be said about an attempt beyond its state."""

    code: PaymentCode | None
    code_dead: bool
    review: ReviewReason | None
    alarm: AlarmKind | None
    shown_at: datetime | None
    given_up_at: datetime | None


def attempt(state: AttemptState, number: int = 1, **changes: Unpack[Changes]) -> Attempt:
    reference = f"T1-{number}"
    shown = state is AttemptState.PENDING
    base = Attempt(
        merchant_order_id=reference,
        order_id="T1-1",
        number=number,
        provider="cbtis",
        flow=Flow.QRCODE,
        money=Money(12850, "HKD"),
        description="Harbour Tea",
        request_id=f"r-{number}",
        confirm_request_id=f"c-{number}",
        cancel_request_id=f"x-{number}",
        state=state,
        created_at=NOON + timedelta(seconds=number),
        code=CODE if state in (AttemptState.CREATED, AttemptState.PENDING) else None,
        shown_at=NOON if shown else None,
    )
    return replace(base, **changes)


def order(*attempts: Attempt, version: int = 1, order_id: str = "T1-1", at: datetime = NOON) -> OrderSnapshot:
    return OrderSnapshot(Order(order_id, Money(12850, "HKD"), "", "T1", "", NOON.date(), at), attempts, version)
