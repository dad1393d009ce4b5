"""A pretend shop's three years: who sells what to whom at which hour, drawn from one seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from posapp.domain.merchant_ref import merchant_ref

if TYPE_CHECKING:
    from collections.abc import Iterator

CASHIERS: Final = ("Ada", "Ben", "陳小明", "Dora", "Emil", "Fay", "")
_CASHIER_WEIGHTS: Final = (24, 20, 18, 14, 12, 8, 4)
TILLS: Final = ("T1", "T2", "T3")
_TILL_WEIGHTS: Final = (60, 30, 10)
_CURRENCIES: Final = ("HKD", "HKD", "HKD", "HKD", "HKD", "HKD", "HKD", "HKD", "HKD", "CNY", "JPY")
_PRICES: Final = (1800, 2200, 2550, 2800, 2800, 3200, 3600, 4500, 4500, 5800, 6800, 8800, 12850, 18000, 38800)
_NOTES: Final = (
    "Table {n}", "Table {n}", "Table {n}", "take away", "take away, no sugar", "milk tea, less ice", "milk tea",
    "oolong, hot", "奶茶少甜", "凍檸茶走甜", "外賣", "外賣 {n} 號", "coffee beans 250 g", "birthday cake for {name}",
    "deposit for {name}", "invoice {big}", "member {big}",
)  # fmt: skip
_NAMES: Final = ("Wong", "Chan", "Lee", "Müller", "Singh", "García", "Ito", "Nakamura", "何小姐", "李先生")
_HOURS: Final = tuple(range(8, 22))
_BUSY: Final = (4, 7, 6, 5, 9, 10, 8, 6, 6, 7, 9, 9, 7, 3)
_ENDS: Final = ("paid", "cancelled", "refused", "unknown", "lapsed", "late", "second", "refunded", "not_sent")
_END_WEIGHTS: Final = (9040, 380, 120, 6, 4, 10, 130, 250, 60)
_ZONE: Final = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Sale:
    """One order before it is written.

    Attributes:
        order_id: Its first attempt's id.
        end: What became of it: `paid`, `second` (refused, then paid), `refunded`, `late` (paid when nobody looked),
            `unknown`, `lapsed`, `cancelled`, `refused`, `not_sent` or `open`.
        created_us: Microseconds since 1970, UTC.
    """

    order_id: str
    end: str
    amount_minor: int
    currency: str
    note: str
    till: str
    cashier: str
    business_day: str
    created_us: int


@dataclass
class Shop:
    """Draws sales; the same seed draws the same ones.

    Attributes:
        orders: How many in all.
        last_day: The day of the newest.
        last_day_orders: How many on that day; the rest is spread over the three years before.
        days: How many days there are.
    """

    orders: int
    last_day: date
    last_day_orders: int | None = None
    seed: int = 1
    days: int = 3 * 365
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - a pretend shop

    def sales(self) -> Iterator[Sale]:
        """Draw every sale, oldest first."""
        days = min(self.days, max(1, self.orders // 4))
        today = self.last_day_orders
        before = self.orders if today is None else max(0, self.orders - today)
        spread = days if today is None else days - 1
        for place in range(spread):
            share = before * (place + 1) // spread - before * place // spread
            yield from self._day(self.last_day - timedelta(days=days - 1 - place), share, is_last=place == days - 1)
        if today is not None:
            yield from self._day(self.last_day, min(today, self.orders), is_last=True)

    def _day(self, day: date, count: int, *, is_last: bool) -> Iterator[Sale]:
        draw = self._random
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - _ZONE
        start_us = int(midnight.timestamp()) * 1_000_000
        hours = draw.choices(_HOURS, _BUSY, k=count)
        moments = sorted(start_us + hour * 3_600_000_000 + draw.randrange(3_600_000_000) for hour in hours)
        ends = draw.choices(_ENDS, _END_WEIGHTS, k=count)
        tills = draw.choices(TILLS, _TILL_WEIGHTS, k=count)
        cashiers = draw.choices(CASHIERS, _CASHIER_WEIGHTS, k=count)
        for number, created_us in enumerate(moments):
            end = "open" if is_last and number >= count - min(3, count // 8) else ends[number]
            yield Sale(
                order_id=merchant_ref(tills[number], created_us // 1000, draw.randbytes(9)),
                end="late" if end == "unknown" and not is_last else end,
                amount_minor=draw.choice(_PRICES) + (0 if draw.random() < 0.8 else 10 * draw.randrange(1000)),
                currency=draw.choice(_CURRENCIES),
                note=self._note() if draw.random() < 0.4 else "",
                till=tills[number],
                cashier=cashiers[number],
                business_day=day.isoformat(),
                created_us=created_us,
            )

    def _note(self) -> str:
        draw = self._random
        words = draw.choice(_NOTES)
        return words.format(n=draw.randrange(1, 40), name=draw.choice(_NAMES), big=draw.randrange(100_000, 999_999))

    def token(self) -> str:
        """Draw 20 letters and digits, as gateways make their ids."""
        return f"{self._random.getrandbits(80):020x}"

    def uuid(self) -> str:
        """Draw an id as `uuid4` does."""
        word = f"{self._random.getrandbits(128):032x}"
        return f"{word[:8]}-{word[8:12]}-4{word[13:16]}-a{word[17:20]}-{word[20:]}"
