"""What an empty order list says: why there is nothing, and the way out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from posapp.domain.order_query import StateFilter
from posapp.ui.icons import Icon
from posapp.ui.presenters.orders_clock import long_day
from posapp.ui.presenters.orders_filter import DaySpan, search_words

if TYPE_CHECKING:
    from datetime import date

    from posapp.ui.presenters.orders_filter import OrdersScope

translate = QCoreApplication.translate


class EmptyAction(Enum):
    """A way out of an empty list."""

    NEW_CHARGE = "new_charge"
    TODAY = "today"
    CLEAR = "clear"
    ALL_DAYS = "all_days"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class EmptyMessage:
    """What stands where rows would be.

    Attributes:
        icon: Its picture.
        title: What is the matter.
        text: What that means.
        actions: At most two ways out with their words, the likeliest first.
    """

    icon: Icon
    title: str
    text: str
    actions: tuple[tuple[EmptyAction, str], ...]


def empty_message(scope: OrdersScope, today: date) -> EmptyMessage:
    """Choose the message for a scope that holds no order."""
    day = scope.shown_day(today)
    bounded = scope.span is not DaySpan.ALL
    every = ((EmptyAction.ALL_DAYS, translate("OrdersEmpty", "Look in all days")),) if bounded else ()
    if search_words(scope.text):
        return _nothing_found(every)
    if scope.state is StateFilter.NEEDS_LOOK:
        return EmptyMessage(
            Icon.TICK,
            translate("OrdersEmpty", "Nothing needs a look"),
            translate("OrdersEmpty", "No order here waits for anybody's decision."),
            ((EmptyAction.CLEAR, translate("OrdersEmpty", "Show all orders")), *every),
        )
    if scope.state is not StateFilter.ALL:
        return EmptyMessage(
            Icon.FILTER,
            translate("OrdersEmpty", "No such orders"),
            translate("OrdersEmpty", "There are none in this state here."),
            ((EmptyAction.CLEAR, translate("OrdersEmpty", "Show all orders")), *every),
        )
    if scope.is_narrowed:
        return EmptyMessage(
            Icon.FILTER,
            translate("OrdersEmpty", "No such orders"),
            translate("OrdersEmpty", "There are none of this cashier or till here."),
            ((EmptyAction.CLEAR, translate("OrdersEmpty", "Show all orders")), *every),
        )
    if day is None and bounded:
        return EmptyMessage(
            Icon.DAY,
            translate("OrdersEmpty", "No orders in these days"),
            translate("OrdersEmpty", "Nothing was charged at this till on any of them."),
            ((EmptyAction.TODAY, translate("OrdersEmpty", "Go to today")), *every),
        )
    return _nothing_charged(day, today)


def _nothing_found(every: tuple[tuple[EmptyAction, str], ...]) -> EmptyMessage:
    clear = (EmptyAction.CLEAR, translate("OrdersEmpty", "Clear the search"))
    return EmptyMessage(
        Icon.SEARCH,
        translate("OrdersEmpty", "Nothing matches"),
        translate(
            "OrdersEmpty",
            "The search looks for amounts, for words that begin so in notes, and for order or gateway ids that end "
            "so, from three characters on.",
        ),
        (*every, clear),
    )


def _nothing_charged(day: date | None, today: date) -> EmptyMessage:
    charge = (EmptyAction.NEW_CHARGE, translate("OrdersEmpty", "New charge"))
    live = translate("OrdersEmpty", "What is charged at this till appears here at once.")
    if day is None:
        return EmptyMessage(Icon.RECEIPT, translate("OrdersEmpty", "No orders yet"), live, (charge,))
    if day == today:
        return EmptyMessage(Icon.RECEIPT, translate("OrdersEmpty", "No orders today yet"), live, (charge,))
    return EmptyMessage(
        Icon.DAY,
        translate("OrdersEmpty", "No orders on {day}").format(day=long_day(day)),
        translate("OrdersEmpty", "Nothing was charged at this till on that business day."),
        (
            (EmptyAction.TODAY, translate("OrdersEmpty", "Go to today")),
            (EmptyAction.ALL_DAYS, translate("OrdersEmpty", "Look in all days")),
        ),
    )
