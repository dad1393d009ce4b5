"""What leaves the till as a file: the forms there are, the row of an order, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from posapp.domain.day_report import DayReport

MAX_SHEET_ROWS: Final = 1_048_575
"""Rows of one sheet beside its header (1,048,576 in all, as spreadsheet programs have it)."""
MAX_PAPER_ROWS: Final = 20_000
"""Orders on paper; nobody turns so many pages, and a PDF is laid out one cell at a time."""


class ExportForm(StrEnum):
    """The forms of a file; the value is the ending of its name."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    PDF = "pdf"


MOST_ROWS: Final = {ExportForm.XLSX: MAX_SHEET_ROWS, ExportForm.PDF: MAX_PAPER_ROWS}
"""Orders that a form takes; the others take any number."""


class OrderRow(NamedTuple):
    """One order as a file shows it: the order, and the attempt that speaks for it.

    Attributes:
        business_day: ISO date of its trading day.
        created_us: When it was committed, microseconds since 1970, UTC.
        order_id: Names the order.
        merchant_order_id: The attempt that speaks for it.
        status: An `OrderStatus`.
        standing: A `Standing`.
        state: That attempt's `AttemptState`.
        amount_minor: What was to be paid, in minor units.
        paid_minor: What was paid: every attempt that succeeded counts, also a second one.
        refunded_minor: What went back since, on whichever day.
        currency: ISO 4217 code.
        till: The till's name.
        cashier: Who charged; empty where nobody had signed in.
        note: The cashier's words.
        provider: The gateway.
        paid_us: The gateway's time of payment; None where there is none.
        gateway_id: The gateway's id of the payment.
        attempts: How many attempts there were.
        needs_look: 1 where a person has to decide something about it.
    """

    business_day: str
    created_us: int
    order_id: str
    merchant_order_id: str
    status: str
    standing: str
    state: str
    amount_minor: int
    paid_minor: int
    refunded_minor: int
    currency: str
    till: str
    cashier: str
    note: str
    provider: str
    paid_us: int | None
    gateway_id: str | None
    attempts: int
    needs_look: int


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above a list of orders on paper.

    Attributes:
        shop: The shop's name.
        till: The till's name.
        training: Whether it is all pretend.
        zone: The shop's IANA time zone.
        made_at: When it was made, UTC.
        rows: How many orders follow.
        first_day: First business day as ISO date; None where it begins with the first order.
        last_day: Last business day; None where it goes on to the newest.
    """

    shop: str
    till: str
    training: bool
    zone: str
    made_at: datetime
    rows: int
    first_day: str | None = None
    last_day: str | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written.

    Attributes:
        path: Where it lies.
        form: Its form.
        rows: How many orders, or lines of a day, are in it.
    """

    path: str
    form: ExportForm
    rows: int


class Paper(Protocol):
    """Draws onto pages; given by whoever can draw. Called on a thread of its own."""

    def orders(self, target: str, heading: Heading, rows: Iterable[OrderRow], heard: Callable[[int], None]) -> None:
        """Write a list of orders; `heard` is told how many are done and raises where it is to end."""
        ...

    def day(self, target: str, report: DayReport, copy: int) -> None:
        """Write a day's report.

        Args:
            target: The file.
            report: What the day adds up to.
            copy: Which copy of a closed day's report it is; 0 for none.
        """
        ...
