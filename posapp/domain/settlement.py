"""A gateway's settlement file beside the ledger: its columns, and what agrees."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

MAX_BYTES: Final = 50_000_000
"""Of a file; a month of a busy chain has less."""
MAX_SHOWN: Final = 5_000
"""Differences that are kept for a list; all of them are counted."""


class Field(StrEnum):
    """What a column of the file may mean."""

    MERCHANT_ORDER_ID = "merchant_order_id"
    MERCHANT_REFUND_ID = "merchant_refund_id"
    AMOUNT = "amount"
    CURRENCY = "currency"
    FEE = "fee"
    NET = "net"
    PAID_AT = "paid_at"
    TYPE = "type"


REQUIRED: Final = (Field.MERCHANT_ORDER_ID, Field.AMOUNT)
"""Without these nothing can be matched."""


@dataclass(frozen=True, slots=True)
class SettlementSheet:
    """A file that was looked into.

    Attributes:
        path: Where it lies.
        headers: Its columns' names, from the left; untrusted plain text.
        sample: The first line below them.
        mapping: Which column means what, by its place from 0: remembered from the last file with these headers,
            else guessed; fields that no column has are not in it.
        remembered: Whether the mapping was remembered.
    """

    path: str
    headers: tuple[str, ...]
    sample: tuple[str, ...]
    mapping: Mapping[Field, int]
    remembered: bool = False


class Mismatch(StrEnum):
    """What is wrong with a line, or with a payment that has none."""

    AMOUNT = "AMOUNT"
    ONLY_IN_FILE = "ONLY_IN_FILE"
    ONLY_IN_LEDGER = "ONLY_IN_LEDGER"
    NOT_PAID_HERE = "NOT_PAID_HERE"  # the ledger knows it and does not have it as paid
    DUPLICATE = "DUPLICATE"
    UNREADABLE = "UNREADABLE"  # its amount cannot be read for certain


@dataclass(frozen=True, slots=True)
class SettlementFinding:
    """One difference.

    Attributes:
        mismatch: What is wrong.
        line: Line of the file, counted from 1 with its header; 0 for what is only in the ledger.
        reference: The payment's `merchant_order_id` or the refund's `merchant_refund_id`; untrusted plain text.
        order_id: The order of the ledger; None where there is none.
        here: What the ledger says, like `HKD 20.00`; empty for nothing.
        there: What the file says; untrusted plain text.
        refund: Whether it is about a refund.
    """

    mismatch: Mismatch
    line: int
    reference: str
    order_id: str | None
    here: str
    there: str
    refund: bool = False


@dataclass(frozen=True, slots=True)
class SettlementTotal:
    """What the file adds up to in one currency, in minor units.

    Attributes:
        currency: ISO 4217 code.
        paid: Of the lines about payments.
        refunded: Of those about refunds.
        fees: What the gateway kept; None where no column says.
    """

    currency: str
    paid: int
    refunded: int
    fees: int | None = None


@dataclass(frozen=True, slots=True)
class SettlementResult:
    """What came of it; nothing in the ledger has changed.

    Attributes:
        path: The file.
        lines: How many lines it has below its header.
        agreed: How many of them the ledger says the same about.
        counts: How many differences there are of each kind.
        findings: The first `MAX_SHOWN` of them.
        totals: What the file adds up to.
        first_day: Business day of its earliest payment; None where no column tells times.
        last_day: Of its latest.
    """

    path: str
    lines: int
    agreed: int
    counts: Mapping[Mismatch, int]
    findings: tuple[SettlementFinding, ...] = ()
    totals: tuple[SettlementTotal, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
