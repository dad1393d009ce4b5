"""Days to add up: rules, orders, sales and refunds of every kind, for Hypothesis."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from posapp.domain.business_day import BusinessDay
from posapp.domain.currency import DECIMALS
from posapp.domain.day_orders import DayAttempt, DayOrder
from posapp.domain.day_report import RefundLine
from posapp.domain.day_sums import DayFrame
from posapp.domain.inbox import Decision
from posapp.domain.money import Money
from posapp.domain.refund import RefundState
from posapp.domain.status import AlarmKind, AttemptState, ReviewReason

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn

ZONES = (
    "Asia/Hong_Kong",
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "UTC",
)
DST_DAYS = (
    date(2026, 3, 29),  # Europe: 23 hours
    date(2026, 10, 25),  # Europe: 25 hours
    date(2026, 3, 8),  # New York
    date(2026, 4, 5),  # Lord Howe: half an hour
    date(2011, 12, 30),  # Apia skipped it
    date(2026, 3, 14),
)
CURRENCIES = sorted(DECIMALS)
moneys = st.builds(Money, st.integers(1, 10**11), st.sampled_from(CURRENCIES))
cutoffs = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
rules = st.builds(BusinessDay, zone=st.sampled_from(ZONES), starts_at=cutoffs)
days = st.sampled_from(DST_DAYS) | st.dates(date(2000, 1, 1), date(2040, 1, 1))
names = st.sampled_from(["", "Ada", "Bo", "Ming 明", '"\\\n\u202e'])
frames = st.builds(DayFrame, shop=names, till=names, training=st.booleans(), rule=rules)
STATES = [state for state in AttemptState if state is not AttemptState.DRAFT]


@st.composite
def instants(draw: DrawFn, rule: BusinessDay, day: date) -> datetime:
    """An instant of a day, exactly at one of its ends, or outside it."""
    begins, ends = rule.bounds(day)
    inside = begins + timedelta(microseconds=draw(st.integers(0, max(0, (ends - begins) // timedelta(microseconds=1)))))
    tick = timedelta(microseconds=1)
    return draw(st.sampled_from([inside, inside, begins, ends, ends - tick, begins - tick, ends + timedelta(hours=5)]))


@st.composite
def attempts(draw: DrawFn, ref: str, money: Money, rule: BusinessDay, day: date) -> DayAttempt:
    """An attempt in any state, odd or not."""
    return DayAttempt(
        ref,
        draw(st.sampled_from(["cbtis", "airwallex"])),
        money,
        draw(st.sampled_from(STATES)),
        draw(st.none() | st.none() | st.sampled_from(ReviewReason)),
        draw(st.none() | st.none() | st.sampled_from(AlarmKind)),
        draw(st.sampled_from(["", "HKD 1.00 / HKD 2.00"])),
        draw(st.none() | instants(rule, day)),
        draw(st.none() | st.sampled_from(Decision)),
    )


@st.composite
def orders(draw: DrawFn, rule: BusinessDay, day: date, most: int = 12) -> list[DayOrder]:
    """The orders of a day."""
    found: list[DayOrder] = []
    for number in range(draw(st.integers(0, most))):
        money = draw(moneys)
        tries = draw(st.integers(1, 3))
        found.append(
            DayOrder(
                f"O{number}",
                money,
                draw(names),
                draw(st.sampled_from(["T1", "T2"])),
                draw(names),
                day,
                draw(instants(rule, day)),
                tuple(draw(attempts(f"O{number}-{turn}", money, rule, day)) for turn in range(tries)),
            )
        )
    return found


@st.composite
def refunds(draw: DrawFn, rule: BusinessDay, day: date, most: int = 6) -> tuple[RefundLine, ...]:
    """The refunds of a day."""
    return tuple(
        RefundLine(
            merchant_refund_id=f"R{number}",
            order_id=f"O{number}",
            merchant_order_id=f"O{number}-0",
            money=draw(moneys),
            provider=draw(st.sampled_from(["cbtis", "airwallex"])),
            asked_by=draw(names),
            approved_by=draw(names),
            till="T1",
            reason=draw(names),
            state=draw(st.sampled_from(RefundState)),
            business_day=day,
            order_day=day - timedelta(days=draw(st.integers(0, 400))),
            created_at=draw(instants(rule, day)),
            settled_at=draw(st.none() | instants(rule, day)),
        )
        for number in range(draw(st.integers(0, most)))
    )


NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
