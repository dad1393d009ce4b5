"""Scenes of the order list for the gallery: many orders, refunds, people, filters, days to pick, rows being read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel

from posapp.domain.money import Money
from posapp.domain.order_query import Origins, StateFilter
from posapp.domain.refund import Refund, RefundRequest, RefundState
from posapp.domain.status import AlarmKind, AttemptState
from posapp.ui.presenters.orders_filter import DaySpan
from posapp.ui.widgets.order_day_picker import OrderDayPicker
from posapp.ui.widgets.order_name_choice import NamePopup

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from tests.ui.fake_till import FakeTill
    from tests.ui.gallery import Scene

_PEOPLE = ("Ada", "Ben", "陳小明", "")
_NOTES = ("", "Table 12", "奶茶少甜", "Oat milk, no sugar, extra hot", "", "invoice 402117")


def crowd(till: FakeTill, count: int = 40) -> None:
    """Fill days with orders of several people at two tills, some of them given back."""
    now = datetime.now(UTC)
    for place in range(count):
        at = now - timedelta(minutes=7 * place)
        state = (AttemptState.SUCCEEDED, AttemptState.SUCCEEDED, AttemptState.PENDING, AttemptState.CANCELLED)[
            place % 4
        ]
        paid_at = at + timedelta(seconds=9) if state is AttemptState.SUCCEEDED else None
        alarm = AlarmKind.PAID_LATE if place == 5 else None
        made = till.add(
            Money(1850 * (place % 9 + 1) + 50, "HKD"), note=_NOTES[place % 6], at=at, state=state, shown_at=at,
            paid_at=paid_at, alarm=alarm,
        )  # fmt: skip
        order = replace(made.order, cashier=_PEOPLE[place % 4], till=f"T{place % 2 + 1}")
        made = replace(made, order=order)
        if place in (1, 4, 5, 9):
            ref = f"R{made.leading.merchant_order_id}"[:32]
            asked = RefundRequest(ref, ref, made.leading.merchant_order_id, None, Money(2000 + place, "HKD"))
            going = RefundState.PROCESSING if place == 9 else RefundState.SUCCEEDED
            back = Refund(asked, order.order_id, "cbtis", order.business_day, at, state=going)
            made = replace(made, refunds=(back,))
        till.orders_by_id[order.order_id] = made


def _tell_origins(scene: Scene) -> None:
    """Offer people and tills, which this till's ledger does not tell of."""
    scene.window.orders_view.bar.show_origins(Origins(("", "Ada", "Ben", "陳小明"), ("T1", "T2")))


def orders_many(scene: Scene) -> None:
    """All days, several people and tills."""
    crowd(scene.till)
    scene.window.show_orders()
    scene.settle()
    _tell_origins(scene)
    scene.window.orders_view.bar.span_picked.emit(DaySpan.WEEK)


def orders_refunded(scene: Scene) -> None:
    """What was given back."""
    crowd(scene.till)
    scene.window.show_orders()
    scene.settle()
    _tell_origins(scene)
    scene.window.orders_view.bar.span_picked.emit(DaySpan.ALL)
    scene.window.orders_view.bar.state_picked.emit(StateFilter.REFUNDED)
    scene.settle()
    scene.window.orders_view.table.choose(1)


def orders_of_ada(scene: Scene) -> None:
    """One cashier at one till."""
    crowd(scene.till)
    scene.window.show_orders()
    scene.settle()
    _tell_origins(scene)
    scene.window.orders_view.bar.span_picked.emit(DaySpan.MONTH)
    scene.window.orders_view.bar.cashier_picked.emit("Ada")
    scene.window.orders_view.bar.till_picked.emit("T1")


def orders_nothing_found(scene: Scene) -> None:
    """A search without a hit."""
    crowd(scene.till)
    scene.window.show_orders()
    scene.settle()
    _tell_origins(scene)
    scene.window.orders_view.bar.search_changed.emit("espresso")


def orders_days(scene: Scene) -> None:
    """The month, from one day to another, painted over the page: a popup has no place in a picture of the window."""
    crowd(scene.till)
    scene.window.show_orders()
    scene.settle()
    _tell_origins(scene)
    bar = scene.window.orders_view.bar
    bar.span_picked.emit(DaySpan.WEEK)
    today = scene.till.facts.day.of(datetime.now(UTC))
    picker = OrderDayPicker(today, bar)
    picker.several.setChecked(True)
    picker.grid.show_day(today, (today - timedelta(days=6), today))
    _paint_popup(scene, picker, 212)


def orders_people(scene: Scene) -> None:
    """Whose orders: the names there are."""
    crowd(scene.till)
    scene.window.show_orders()
    scene.settle()
    _tell_origins(scene)
    scene.window.orders_view.bar.cashier_picked.emit("Ada")
    names = [(None, "Everyone"), ("", "Nobody signed in"), ("Ada", "Ada"), ("Ben", "Ben"), ("陳小明", "陳小明")]
    _paint_popup(scene, NamePopup(names, "Ada", scene.window.orders_view.bar.cashier), 380)


def _paint_popup(scene: Scene, popup: QWidget, left: int) -> None:
    popup.resize(popup.sizeHint())
    picture = QLabel(scene.window)
    picture.setPixmap(popup.grab())
    popup.deleteLater()
    picture.move(left, 128)
    picture.adjustSize()
    picture.show()


SCENES: tuple[Callable[[Scene], None], ...] = (
    orders_many, orders_refunded, orders_of_ada, orders_nothing_found, orders_days,
    orders_people,
)  # fmt: skip
