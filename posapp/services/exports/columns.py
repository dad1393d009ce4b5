"""The columns of a file of orders, one for each field of `OrderRow` but the instants, which get two.

| column | holds |
|---|---|
| `business_day` | the trading day, as `2026-03-14` |
| `created`, `created_utc` | when it was charged: by the shop's clocks, and in UTC |
| `order_id` | names the order |
| `merchant_order_id` | the payment that speaks for it: the paid one, else the latest |
| `status` | OPEN, PAID, OVERPAID (paid more than once) or CLOSED |
| `standing` | what a person is told: WAITING, NOT_KNOWN, PAID, UNPAID, REFUSED or REVIEW |
| `state` | where that payment stands |
| `amount` | what was to be paid, with the currency's decimals |
| `paid` | what was paid; a second payment counts |
| `refunded` | what went back since, on whichever day |
| `currency` | ISO 4217 |
| `till`, `cashier`, `note` | where, who, and the cashier's words |
| `gateway` | `cbtis` or `airwallex` |
| `paid_at`, `paid_at_utc` | the gateway's time of payment, where it told |
| `gateway_id` | the gateway's id of the payment |
| `attempts` | how many payments were begun for it |
| `needs_look` | 1 where a person has to decide something about it, else 0 |
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from posapp.domain.export import OrderRow


class Kind(Enum):
    """How a column's values are written."""

    WORD = auto()  # ours: nothing in it needs care
    TEXT = auto()  # from outside
    AMOUNT = auto()  # minor units of the row's currency
    INSTANT = auto()  # microseconds; two columns
    COUNT = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: Its header; an instant's second column has `_utc` behind.
        field: The field of `OrderRow`.
        kind: How it is written.
        width: Of its cells, in characters.
    """

    name: str
    field: str
    kind: Kind
    width: int

    @property
    def headers(self) -> tuple[str, ...]:
        """What stands above it."""
        return (self.name, f"{self.name}_utc") if self.kind is Kind.INSTANT else (self.name,)


COLUMNS: Final = (
    Column("business_day", "business_day", Kind.WORD, 13),
    Column("created", "created_us", Kind.INSTANT, 20),
    Column("order_id", "order_id", Kind.TEXT, 26),
    Column("merchant_order_id", "merchant_order_id", Kind.TEXT, 26),
    Column("status", "status", Kind.WORD, 10),
    Column("standing", "standing", Kind.WORD, 11),
    Column("state", "state", Kind.WORD, 11),
    Column("amount", "amount_minor", Kind.AMOUNT, 12),
    Column("paid", "paid_minor", Kind.AMOUNT, 12),
    Column("refunded", "refunded_minor", Kind.AMOUNT, 12),
    Column("currency", "currency", Kind.WORD, 9),
    Column("till", "till", Kind.TEXT, 10),
    Column("cashier", "cashier", Kind.TEXT, 14),
    Column("note", "note", Kind.TEXT, 30),
    Column("gateway", "provider", Kind.WORD, 10),
    Column("paid_at", "paid_us", Kind.INSTANT, 20),
    Column("gateway_id", "gateway_id", Kind.TEXT, 26),
    Column("attempts", "attempts", Kind.COUNT, 9),
    Column("needs_look", "needs_look", Kind.COUNT, 11),
)
HEADERS: Final = tuple(header for column in COLUMNS for header in column.headers)
PLACES: Final = {name: place for place, name in enumerate(OrderRow._fields)}
