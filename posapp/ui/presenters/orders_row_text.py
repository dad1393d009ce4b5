"""What a row of the order list says, written once per version of an order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from posapp.domain.status import AlarmKind, AttemptState, Standing
from posapp.ui import text
from posapp.ui.icons import Icon
from posapp.ui.presenters.orders_clock import beside, moment
from posapp.ui.tokens import ToneName

if TYPE_CHECKING:
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.till import TillFacts

translate = QCoreApplication.translate


class OrderColumn(IntEnum):
    """The list's columns, left to right."""

    STATE = 0
    TIME = 1
    AMOUNT = 2
    NOTE = 3
    ORDER = 4
    PAYMENT = 5


@dataclass(frozen=True, slots=True)
class RowText:
    """A row as it is painted and read out.

    Attributes:
        look: The state's word, colour and icon.
        currency: Code of the amount.
        digits: The grouped amount without its code.
        attention: What rings or does not add up, in a few words; empty where all is well.
        refunded: What went back of it, or is on its way back; empty for nothing.
        rings: Whether an alarm waits for somebody's decision.
        cells: Plain text of every column.
        spoken: What a screen reader says for every column, with the column's name.
    """

    look: text.Look
    currency: str
    digits: str
    attention: str
    refunded: str
    rings: bool
    cells: tuple[str, ...]
    spoken: tuple[str, ...]


NOT_HERE: Final = RowText(
    text.Look("", ToneName.WAITING, Icon.HOURGLASS),
    "",
    "",
    "",
    "",
    False,
    ("",) * len(OrderColumn),
    ("",) * len(OrderColumn),
)
"""A row that is being read again."""


def column_title(column: OrderColumn) -> str:
    """Return a column's title."""
    return {
        OrderColumn.STATE: translate("OrdersRow", "State"),
        OrderColumn.TIME: translate("OrdersRow", "Time"),
        OrderColumn.AMOUNT: translate("OrdersRow", "Amount"),
        OrderColumn.NOTE: translate("OrdersRow", "Note"),
        OrderColumn.ORDER: translate("OrdersRow", "Order"),
        OrderColumn.PAYMENT: translate("OrdersRow", "Payment"),
    }[column]


class RowWriter:
    """Writes rows for one till."""

    def __init__(self, facts: TillFacts) -> None:
        self._facts = facts

    def write(self, snapshot: OrderSnapshot, *, with_day: bool) -> RowText:
        """Write a row.

        Args:
            snapshot: The order.
            with_day: Whether the time needs its day beside it, as in a list of many days.
        """
        order = snapshot.order
        look = text.standing_look(snapshot.standing)
        currency, digits = text.money_parts(order.money, self._facts)
        write_time = moment if with_day else text.clock_text
        at = write_time(order.created_at, self._facts.day)
        attention = attention_text(snapshot)
        refunded = self._refunded(snapshot)
        cells = (
            look.word,
            at,
            f"{currency} {digits}",
            text.gateway_words(order.note),
            text.order_tail(snapshot.leading.merchant_order_id),
            attention or refunded or self._payment(snapshot),
        )
        rings = any(attempt.alarm is not None for attempt in snapshot.attempts)
        spoken = list(_spoken(cells))
        if refunded and attention:  # the arrow beside the amount is for those who see it
            spoken[OrderColumn.AMOUNT] += f", {refunded}"
        return RowText(look, currency, digits, attention, refunded, rings, cells, tuple(spoken))

    def _refunded(self, snapshot: OrderSnapshot) -> str:
        if not snapshot.refunds:
            return ""
        back, reserved = snapshot.refunded, snapshot.reserved
        if back.minor:
            currency, digits = text.money_parts(back, self._facts)
            return translate("OrdersRow", "Refunded {amount}").format(amount=f"{currency} {digits}")
        if reserved.minor:
            currency, digits = text.money_parts(reserved, self._facts)
            return translate("OrdersRow", "Refund of {amount} under way").format(amount=f"{currency} {digits}")
        return ""

    def _payment(self, snapshot: OrderSnapshot) -> str:
        leading = snapshot.leading
        created = snapshot.order.created_at
        if leading.paid_at is not None:
            at = beside(leading.paid_at, created, self._facts.day)
            return translate("OrdersRow", "Paid at {time}").format(time=at)
        if leading.state is AttemptState.SUCCEEDED:
            return translate("OrdersRow", "Paid, time not given")
        if leading.given_up_at is not None and snapshot.standing is Standing.WAITING:
            at = beside(leading.given_up_at, created, self._facts.day)
            return translate("OrdersRow", "Given up at {time}").format(time=at)
        if leading.state in (AttemptState.NOT_SENT, AttemptState.CREATING, AttemptState.CREATED):
            return text.attempt_look(leading.state).word
        return ""


def attention_text(snapshot: OrderSnapshot) -> str:
    """Say in a few words what rings or does not add up about an order; empty where nothing does."""
    alarm = next((attempt.alarm for attempt in snapshot.attempts if attempt.alarm is not None), None)
    if alarm is not None:
        return text.alarm_text(alarm)[0]
    review = next((attempt.review for attempt in snapshot.attempts if attempt.review is not None), None)
    if review is not None:
        return text.review_text(review)[0]
    paid = sum(attempt.state is AttemptState.SUCCEEDED for attempt in snapshot.attempts)
    return text.alarm_text(AlarmKind.PAID_TWICE)[0] if paid > 1 else ""


def _spoken(cells: tuple[str, ...]) -> tuple[str, ...]:
    words = translate("OrdersRow", "{column}: {value}")
    nothing = translate("OrdersRow", "none")
    return tuple(words.format(column=column_title(column), value=cells[column] or nothing) for column in OrderColumn)
