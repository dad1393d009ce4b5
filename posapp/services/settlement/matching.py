"""Putting the lines of a settlement file next to the payments and refunds of the ledger."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from posapp.domain.business_day import BusinessDay
from posapp.domain.errors import DomainError
from posapp.domain.money import Money
from posapp.domain.settlement import MAX_SHOWN, Field, Mismatch, SettlementFinding, SettlementResult, SettlementTotal
from posapp.services.judgement import outside
from posapp.services.settlement.amounts import amount_of, is_amount_refused, time_of
from posapp.store.instants import to_us

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date, datetime

    from posapp.services.settlement.reading import Line
    from posapp.store.comparing import KnownPayment, PaymentBook

_REFUNDS: Final = ("refund", "reversal", "退款", "退货")


class Matching:
    """One file against one ledger. Lives on the thread of its book."""

    def __init__(self, book: PaymentBook, mapping: Mapping[Field, int], zone: str, currency: str) -> None:
        """Match with a ledger's payments.

        Args:
            book: The ledger's payments.
            mapping: Which column means what.
            zone: The shop's time zone: of times that name none, and of the days.
            currency: Of amounts that name none and whose payment nobody knows.
        """
        self._book = book
        self._mapping = mapping
        self._days = BusinessDay(zone, time())
        self._zone = ZoneInfo(zone)
        self._currency = currency
        self._seen: set[tuple[bool, str]] = set()
        self._payments: set[int] = set()
        self._counts: Counter[Mismatch] = Counter()
        self._findings: list[SettlementFinding] = []
        self._sums: dict[str, list[int]] = {}
        self._agreed = 0
        self._first: datetime | None = None
        self._last: datetime | None = None

    def run(self, path: str, lines: Iterable[Line], should_stop: Callable[[], bool]) -> SettlementResult:
        """Match every line below the header, then look for what the file does not have."""
        count = 0
        for number, cells in lines:
            count += 1
            if should_stop():
                raise DomainError("cancelled", "It was ended before it was done.")
            self._line(number, cells)
        days = self._look_for_missing()
        fees = Field.FEE in self._mapping
        totals = (
            SettlementTotal(code, paid, refunded, fee if fees else None)
            for code, (paid, refunded, fee) in sorted(self._sums.items())
        )
        return SettlementResult(
            path, count, self._agreed, dict(self._counts), tuple(self._findings), tuple(totals), *(days or (None, None))
        )

    def _line(self, number: int, cells: tuple[str, ...]) -> None:
        refund_id = self._cell(cells, Field.MERCHANT_REFUND_ID)
        amount = self._cell(cells, Field.AMOUNT)
        is_refund = self._is_refund(cells, amount, refund_id)
        reference = refund_id if is_refund and refund_id else self._cell(cells, Field.MERCHANT_ORDER_ID)
        known = self._known(reference, is_refund=is_refund)
        shown = outside(reference) or "?"

        def found(kind: Mismatch, here: str, there: str) -> None:
            self._found(
                SettlementFinding(kind, number, shown, known.order_id if known else None, here, there, is_refund)
            )

        currency = self._cell(cells, Field.CURRENCY).upper() or (known.money.currency if known else self._currency)
        try:
            money = _positive(amount_of(amount, currency))
        except DomainError as error:
            if not is_amount_refused(error):
                raise
            found(Mismatch.UNREADABLE, str(known.money) if known else "", outside(f"{currency} {amount}") or "")
            return
        self._add_up(cells, money, is_refund=is_refund)
        if (is_refund, reference) in self._seen:
            found(Mismatch.DUPLICATE, str(known.money) if known else "", str(money))
            return
        self._seen.add((is_refund, reference))
        if known is None:
            found(Mismatch.ONLY_IN_FILE, "", str(money))
            return
        if not is_refund:
            self._payments.add(known.row_id)
        if not known.paid:
            found(Mismatch.NOT_PAID_HERE, known.state, str(money))
        elif known.money != money:
            found(Mismatch.AMOUNT, str(known.money), str(money))
        else:
            self._agreed += 1

    def _known(self, reference: str, *, is_refund: bool) -> KnownPayment | None:
        if not reference:
            return None
        return self._book.refund(reference) if is_refund else self._book.payment(reference)

    def _is_refund(self, cells: tuple[str, ...], amount: str, refund_id: str) -> bool:
        kind = self._cell(cells, Field.TYPE).lower()
        if kind:
            return any(word in kind for word in _REFUNDS)
        return bool(refund_id) or amount.startswith(("-", "("))

    def _add_up(self, cells: tuple[str, ...], money: Money, *, is_refund: bool) -> None:
        sums = self._sums.setdefault(money.currency, [0, 0, 0])
        sums[int(is_refund)] += money.minor
        with suppress(DomainError):  # a fee that cannot be read is none of the ledger's business
            sums[2] += _positive(amount_of(self._cell(cells, Field.FEE), money.currency)).minor
        at = time_of(self._cell(cells, Field.PAID_AT), self._zone)
        if at is not None and not is_refund:
            self._first = at if self._first is None else min(self._first, at)
            self._last = at if self._last is None else max(self._last, at)

    def _look_for_missing(self) -> tuple[date, date] | None:
        """Name every payment of the file's days that it does not have."""
        if self._first is None or self._last is None:
            return None
        first, last = self._days.of(self._first), self._days.of(self._last)
        begins, ends = self._days.start(first), self._days.start(last + timedelta(days=1))
        for ref, known in self._book.paid_between(to_us(begins), to_us(ends)):
            if known.row_id not in self._payments:
                self._found(SettlementFinding(Mismatch.ONLY_IN_LEDGER, 0, ref, known.order_id, str(known.money), ""))
        return first, last

    def _found(self, finding: SettlementFinding) -> None:
        self._counts[finding.mismatch] += 1
        if len(self._findings) < MAX_SHOWN:
            self._findings.append(finding)

    def _cell(self, cells: tuple[str, ...], field: Field) -> str:
        place = self._mapping.get(field)
        return cells[place] if place is not None and place < len(cells) else ""


def _positive(money: Money) -> Money:
    return Money(abs(money.minor), money.currency)
