"""What is played at the keyboard of the real window while it is measured."""

from __future__ import annotations

import contextlib
import os
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer

from posapp.domain.order_query import OrderFilter
from posapp.domain.status import Standing
from tests.benchmarks.figures import percentile
from tests.benchmarks.inside.paint_watch import PaintWatch

if TYPE_CHECKING:
    import argparse

    from posapp.domain.order_query import OrderPage, PageKey
    from tests.benchmarks.inside.stage import Stage

_DOZE_MS: Final = 1500
_BETWEEN_KEYS_MS: Final = 12
_TICK_MS: Final = 5
_FRAME_S: Final = 0.033


def one_sale(stage: Stage, _options: argparse.Namespace) -> None:
    """Sell once, go back to the keypad, then stay open until told to end."""
    _Sale(stage).sell("12850")
    stage.pause(_DOZE_MS)
    stage.tell("rested")
    stage.session.app.exec()


def sales(stage: Stage, options: argparse.Namespace) -> None:
    """Sell as often as asked; the marks let a tracer count from the second sale on."""
    sale = _Sale(stage)
    for number in range(options.count):
        sale.sell(str(12850 + number))
        if number == 0:
            _mark("begin")
    _mark("end")


def keys(stage: Stage, options: argparse.Namespace) -> None:
    """Type digits and take them back; each key has to show before the next one."""
    display = stage.window.charge_view.display
    before = ""
    watch = PaintWatch(display, lambda: display.text() != before)
    for number in range(options.count):
        key = Qt.Key(ord("1") + number % 6) if number % 12 < 6 else Qt.Key.Key_Backspace
        before = display.text()
        watch.arm()
        pressed_at = time.perf_counter()
        stage.press(key)
        stage.until(lambda: watch.at is not None, "the key is on screen")
        assert watch.at is not None
        stage.tell("key", milliseconds=(watch.at - pressed_at) * 1000)
        stage.pause(_BETWEEN_KEYS_MS)


def gaps(stage: Stage, options: argparse.Namespace) -> None:
    """Let the window be, on the order list and on the keypad, and note when its timer ticks."""
    ticks: list[float] = []
    asked_before = len(stage.gateway.queries)
    timer = QTimer(stage.window)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
    timer.start(_TICK_MS)
    switched_at: list[float] = []
    for key, is_there in (
        (Qt.Key.Key_F3, lambda: stage.window.orders_view.isVisible() and stage.window.orders_view.model.rowCount() > 0),
        (Qt.Key.Key_F2, stage.window.charge_view.isVisible),
    ):
        switched_at.append(time.perf_counter())
        stage.press(key)
        stage.until(is_there, f"{key.name} has done its work")
        stage.pause(int(options.seconds * 1000 / 2))
    timer.stop()
    lengths = [later - earlier for earlier, later in pairwise(ticks)]
    longest = max(range(len(lengths)), key=lengths.__getitem__)
    stage.tell(
        "gaps",
        ticks=len(ticks),
        seconds=ticks[-1] - ticks[0],
        p50_ms=percentile(lengths, 0.5) * 1000,
        p99_ms=percentile(lengths, 0.99) * 1000,
        max_ms=lengths[longest] * 1000,
        over_33=sum(length > _FRAME_S for length in lengths),
        where=_where(ticks[longest], switched_at),
        queries=len(stage.gateway.queries) - asked_before,
        open=_count_open(stage),
    )


class _Sale:
    """One sale after the other in the same window."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._page = stage.window.payment_view
        self._code = PaintWatch(self._page.qr_card, lambda: self._page.qr_card.matrix is not None)
        self._green = PaintWatch(self._page.paid_pane, self._is_paid)

    def sell(self, digits: str) -> None:
        """Type, charge, wait for the code, wait for green, press Enter for the next customer."""
        stage, page = self._stage, self._page
        stage.type_digits(digits)
        self._code.arm()
        self._green.arm()
        pressed_at = time.perf_counter()
        stage.press(Qt.Key.Key_Return)
        stage.until(lambda: self._code.at is not None, "the code is painted")
        assert self._code.at is not None
        assert page.state is not None
        gateway_s = stage.gateway.creates[-1]
        stage.tell(
            "shown",
            merchant_order_id=page.state.attempt.merchant_order_id,
            overhead_ms=(self._code.at - pressed_at - gateway_s) * 1000,
            gateway_ms=gateway_s * 1000,
        )
        stage.until(lambda: self._green.at is not None, "green is painted")
        assert self._green.at is not None
        painted_at = time.time() - (time.perf_counter() - self._green.at)
        stage.tell("paid", painted_at=painted_at, query_s=stage.gateway.queries[-1])
        stage.press(Qt.Key.Key_Return)
        stage.until(stage.window.charge_view.isVisible, "the keypad is back")

    def _is_paid(self) -> bool:
        state = self._page.state
        return state is not None and state.snapshot.standing is Standing.PAID


def _mark(place: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.rmdir(f"/posapp-bench-{place}")


def _where(at: float, switched_at: list[float]) -> str:
    to_list, to_keypad = switched_at
    if at - to_list < 1:
        return "the longest while the order list opened"
    if 0 <= at - to_keypad < 1:
        return "the longest while the keypad came back"
    return "the longest on the order list" if at < to_keypad else "the longest on the keypad"


def _count_open(stage: Stage) -> int:
    """Count the open orders as the order list has them, page by page."""
    orders = 0
    page: list[OrderPage] = []
    after: PageKey | None = None
    while True:
        page.clear()
        stage.session.till.orders(OrderFilter(), after, page.append)
        stage.until(lambda: bool(page), "a page of orders is read")
        orders += sum(snapshot.standing is Standing.WAITING for snapshot in page[0].orders)
        after = page[0].next_key
        if after is None:
            return orders
