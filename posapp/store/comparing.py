"""What a comparison with the gateway, or with its settlement file, reads of the ledger."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from posapp.domain.money import Money
from posapp.store.errors import faults_named
from posapp.store.soundness import open_unchanged

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Generator, Iterator
    from datetime import date
    from pathlib import Path


class KnownPayment(NamedTuple):
    """One payment of the ledger; `paid` where the gateway said so."""

    row_id: int
    order_id: str
    money: Money
    paid: bool
    state: str


_PAYMENT: Final = (
    "SELECT attempts.id, attempts.order_id, attempts.amount_minor, attempts.currency, attempts.state FROM attempts "
)


def attempts_of_day(connection: sqlite3.Connection, day: date) -> dict[str, str]:
    """Read every attempt of a business day that may have reached the gateway: order ids by `merchant_order_id`.

    In the order in which they were charged. What never left this machine cannot be known anywhere else.
    """
    found = connection.execute(
        "SELECT attempts.merchant_order_id, attempts.order_id FROM orders CROSS JOIN attempts "
        "ON attempts.order_id = orders.order_id WHERE orders.business_day = ? "
        "AND attempts.state NOT IN ('CREATING', 'NOT_SENT') ORDER BY orders.created_us, orders.id, attempts.number",
        (day.isoformat(),),
    )
    return dict(found.fetchall())


def payment_named(connection: sqlite3.Connection, merchant_order_id: str) -> KnownPayment | None:
    """Find a payment by our id."""
    row = connection.execute(f"{_PAYMENT}WHERE attempts.merchant_order_id = ?", (merchant_order_id,)).fetchone()
    return None if row is None else _payment(*row)


def refund_named(connection: sqlite3.Connection, merchant_refund_id: str) -> KnownPayment | None:
    """Find a refund by our id, or by the gateway's."""
    query = "SELECT id, order_id, amount_minor, currency, state FROM refunds WHERE merchant_refund_id = ?"
    row = connection.execute(query, (merchant_refund_id,)).fetchone()
    return None if row is None else _payment(*row)


def paid_between(connection: sqlite3.Connection, first_us: int, end_us: int) -> Iterator[tuple[str, KnownPayment]]:
    """Read what was paid from one instant to another (microseconds, UTC; the last not included), by our ids."""
    found = connection.execute(
        "SELECT attempts.merchant_order_id, attempts.id, attempts.order_id, attempts.amount_minor, attempts.currency, "
        "attempts.state FROM attempts WHERE state = 'SUCCEEDED' AND coalesce(paid_us, final_us) >= ? "
        "AND coalesce(paid_us, final_us) < ? ORDER BY coalesce(paid_us, final_us)",
        (first_us, end_us),
    )
    for ref, *rest in found:
        yield ref, _payment(*rest)


class PaymentBook:
    """The payments and refunds of a ledger as they stood when it was opened. Lives on the thread that opened it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Read over a connection that nobody else uses; see `open_book`."""
        self._connection = connection

    def payment(self, merchant_order_id: str) -> KnownPayment | None:
        """Find a payment by our id."""
        return payment_named(self._connection, merchant_order_id)

    def refund(self, merchant_refund_id: str) -> KnownPayment | None:
        """Find a refund by our id."""
        return refund_named(self._connection, merchant_refund_id)

    def paid_between(self, first_us: int, end_us: int) -> Iterator[tuple[str, KnownPayment]]:
        """Read what was paid from one instant to another, as `paid_between`."""
        return paid_between(self._connection, first_us, end_us)


@contextmanager
def open_book(path: Path) -> Generator[PaymentBook]:
    """Open a ledger's payments as they stand at this moment, on any thread.

    Raises:
        LedgerError: The ledger cannot be read.
    """
    with faults_named(), closing(open_unchanged(path)) as connection:
        connection.execute("BEGIN")
        yield PaymentBook(connection)


def _payment(row_id: int, order_id: str, minor: int, currency: str, state: str) -> KnownPayment:
    return KnownPayment(row_id, order_id, Money(minor, currency), state == "SUCCEEDED", state)
