"""Days at the till in minutes: thousands of sales through the real window and services, on a clock that runs fast.

`python -m tests.faults.window.soak --orders N` prints one JSON line: what was sold, and how large everything was on
the way. Time is compressed for the io thread's loop and its clocks; the window lives in real time.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import itertools
import json
import os
import random
import selectors
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEventLoop, Qt, QTimer

from posapp.app import compose, system_clock
from posapp.domain.money import Money
from posapp.domain.status import AttemptState
from posapp.ui.presenters import open_orders
from posapp.ui.presenters.orders_filter import DaySpan
from posapp.ui.presenters.payment_state import PaymentPhase
from tests.benchmarks.inside.stage import Stage
from tests.e2e.till import SECRET, config_text
from tests.faults.window.witness import sizes_of
from tests.scripted_gateway import (
    Fate,
    Payment,
    ScriptedGateway,
    Truth,
    http_5xx,
    lost_after,
    not_sent,
    refused,
    wrong_amount,
)
from tests.unit.services.bench import quick_folder

if TYPE_CHECKING:
    from posapp.domain.order import Attempt, OrderSnapshot
    from posapp.domain.till import GatewayHealth
    from posapp.gateways.base import AttemptRef, Created, GatewayState, PaymentGateway
    from posapp.gateways.settings import GatewaySettings

SPEED: Final = 900.0
"""How many seconds of the till pass in one of ours: three days in five minutes."""
SAMPLES: Final = 20
_CANCEL_S, _FORGET_S = 600.0, 7_200.0
_PATIENCE_S: Final = 30.0
_DEAD_ENDS: Final = (PaymentPhase.NOT_SENT, PaymentPhase.REFUSED, PaymentPhase.NOT_KNOWN, PaymentPhase.REVIEW)
_FATES: Final = {"paid": 80, "left": 10, "lost": 3, "not sent": 3, "refused": 2, "odd": 2}
_BY_HAND: Final = 4
"""Every so many orders one is sold with keys and eyes."""
_LOOK_ROUND: Final = 25
_BEGAN: Final = time.monotonic()


class FastSelector(selectors.DefaultSelector):
    """Waits a fraction of what it is told to."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(None if timeout is None else timeout / SPEED)


class FastLoop(asyncio.SelectorEventLoop):
    """An asyncio loop whose clock runs fast. `made` has every one there was."""

    made: Final[list[asyncio.AbstractEventLoop]] = []

    def __init__(self) -> None:
        super().__init__(FastSelector())
        self.made.append(self)

    def time(self) -> float:
        return time.monotonic() * SPEED


class FastClock:
    """Both clocks of the till, fast; they start three days ago, so that the window's own clock is not left behind."""

    def now(self) -> datetime:
        return _START + timedelta(seconds=(time.monotonic() - _BEGAN) * SPEED)

    def monotonic(self) -> float:
        return time.monotonic() * SPEED


_START: Final = datetime.now(UTC) - timedelta(days=3)


class ForgetfulTruth(Truth):
    """A truth whose ids at the gateway are counted, so that none comes up again for a payment that was forgotten."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers = itertools.count(1)

    def commit(self, attempt: Attempt, *, with_key: bool) -> Payment:
        payment = super().commit(attempt, with_key=with_key)
        payment.gateway_id = f"S{next(self._numbers):06}"
        return payment


class ForgetfulGateway(ScriptedGateway):
    """A gateway whose shoppers pay most orders, that fails now and then, and that keeps nothing for long."""

    def __init__(self) -> None:
        super().__init__(ForgetfulTruth())
        self._dice = random.Random(72)  # noqa: S311 - the same days every time
        self._payers: set[str] = set()
        self.fates: Counter[str] = Counter()

    async def create(self, attempt: Attempt) -> Created:
        fate = self._dice.choices([*_FATES], weights=[*_FATES.values()])[0]
        self.fates[fate] += 1
        mischief = {"lost": lost_after, "not sent": not_sent, "refused": refused, "odd": wrong_amount}.get(fate)
        if mischief is not None:
            self.next("create", mischief())
        loop, ref = asyncio.get_running_loop(), attempt.merchant_order_id
        if fate == "paid":
            self._payers.add(ref)
        else:
            loop.call_later(_CANCEL_S, self._settle, ref, Fate.CANCELLED)
        loop.call_later(_FORGET_S, self._forget, ref)
        self.calls.clear()
        return await super().create(attempt)

    async def query(self, ref: AttemptRef) -> GatewayState:
        if self._dice.random() < 0.01:
            self.next("query", http_5xx())
        self.calls.clear()
        return await super().query(ref)

    def be_seen(self, ref: str) -> bool:
        """Let a shopper see the code (called on any thread); tells whether this one pays."""
        pays = ref in self._payers
        if pays:
            FastLoop.made[-1].call_soon_threadsafe(self._settle, ref, Fate.PAID)
        return pays

    def _settle(self, ref: str, fate: Fate) -> None:
        payment = self.truth.payments.get(ref)
        if payment is not None and payment.fate is Fate.PENDING:
            self.truth.force(ref, fate)

    def _forget(self, ref: str) -> None:
        for kept in (self.truth.payments, self.truth.posts, self.truth.handed_out, self.truth.told, self.in_flight):
            kept.pop(ref, None)
        self.truth.seen.discard(ref)
        self._payers.discard(ref)


class Soak:
    """A cashier who never sleeps. Lives on the GUI thread."""

    def __init__(self, stage: Stage, gateway: ForgetfulGateway) -> None:
        self._stage = stage
        self._window = stage.window
        self._gateway = gateway
        self._watched = 0
        self.ends: Counter[str] = Counter()
        self._till = stage.session.till
        self._mine: OrderSnapshot | None = None
        self._till.signals.health_changed.connect(self._on_health)
        self._till.signals.order_changed.connect(self._on_order)
        self._alarm = QTimer(self._window)  # wakes whoever waits for events when there are none
        self._alarm.start(20)

    def _on_health(self, health: GatewayHealth) -> None:
        self._watched = health.watched

    def _on_order(self, snapshot: OrderSnapshot) -> None:
        if self._mine is not None and snapshot.order.order_id == self._mine.order.order_id:
            self._mine = snapshot

    def sell_elsewhere(self, number: int) -> None:
        """Sell once without a hand at the window, which hears of everything: paints are what costs the most."""

        def begun(snapshot: OrderSnapshot) -> None:
            self._mine = snapshot

        self._till.charge(Money(1_000 + number, "HKD"), "", begun)
        self._until(lambda: self._mine is not None and self._mine.leading.state is not AttemptState.CREATING)
        assert self._mine is not None
        attempt = self._mine.leading
        if attempt.state is AttemptState.CREATED:
            self._till.show_code(attempt.merchant_order_id, _heard)
            self._until(lambda: self._mine is not None and self._mine.leading.state is AttemptState.PENDING)
            if not self._gateway.be_seen(attempt.merchant_order_id):
                self._till.give_up(attempt.order_id, _heard)
            self._until(lambda: self._mine is not None and self._mine.leading != attempt and self._is_done(self._mine))
        self.ends[self._mine.leading.state.value] += 1
        self._mine = None

    def _is_done(self, snapshot: OrderSnapshot) -> bool:
        return snapshot.leading.given_up_at is not None or snapshot.leading.state is AttemptState.SUCCEEDED

    def sell(self, number: int) -> None:
        """Sell once by hand, whatever the gateway makes of it, and go back to the keypad."""
        page = self._window.payment_view
        for digit in str(1_000 + number):
            self._stage.press(Qt.Key(ord(digit)))
        self._stage.press(Qt.Key.Key_Return)
        self._until(lambda: page.state is not None and page.state.phase in (PaymentPhase.WAITING, *_DEAD_ENDS))
        assert page.state is not None
        attempt = page.state.attempt
        if attempt.state is AttemptState.PENDING and not self._gateway.be_seen(attempt.merchant_order_id):
            self._stage.press(Qt.Key.Key_F7)
        self._until(self._is_over)
        self.ends[page.state.attempt.state.value] += 1
        paid = page.state.phase is PaymentPhase.PAID
        self._stage.press(Qt.Key.Key_Return if paid else Qt.Key.Key_Escape)
        self._until(self._window.charge_view.isVisible)

    def _is_over(self) -> bool:
        """Tell whether nothing more will happen before the shopper: paid, given up, or never a code."""
        state = self._window.payment_view.state
        return state is None or state.attempt.given_up_at is not None or state.phase in (PaymentPhase.PAID, *_DEAD_ENDS)

    def look_round(self) -> None:
        """Visit the list of all orders, scroll, open one, come back; ask about the last one."""
        self._stage.press(Qt.Key.Key_F3)
        view = self._window.orders_view
        view.bar.span_picked.emit(DaySpan.ALL)  # today is another day for the window than for the till
        self._until(lambda: view.model.rowCount() > 0)
        for key in (Qt.Key.Key_PageDown, Qt.Key.Key_Down, Qt.Key.Key_Return):
            self._stage.press(key)
        self._until(view.drawer.isVisible)
        self._stage.press(Qt.Key.Key_Escape)
        self._stage.press(Qt.Key.Key_F2)
        self._until(self._window.charge_view.isVisible)
        self._stage.press(Qt.Key.Key_F5)
        self._stage.pause(5)

    def sample(self, orders: int) -> dict[str, float]:
        """Return how large everything is."""
        self._stage.gateway.creates.clear()  # the stop watch of the stage keeps everything
        self._stage.gateway.queries.clear()
        gc.collect()
        tasks = sum(len(asyncio.all_tasks(loop)) for loop in FastLoop.made)
        extra = {
            "seconds": time.monotonic() - _BEGAN,
            "orders": orders,
            "tasks": tasks,
            "watched": self._watched,
            "tracked": len(gc.get_objects()),
        }
        return {**sizes_of(self._window), **extra}

    def _until(self, happened: Any) -> None:  # noqa: ANN401 - a question without words
        deadline = time.monotonic() + _PATIENCE_S
        app = self._stage.session.app
        while not happened():
            if time.monotonic() > deadline:
                raise TimeoutError(f"waited in vain: {self._window.payment_view.state}")
            app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)


def _heard(_snapshot: OrderSnapshot) -> None:
    """The news have told already; an answer may come when the next sale has begun."""


def soak(orders: int, folder: Path) -> dict[str, object]:
    """Sell so often, and return what was measured."""
    asyncio.new_event_loop = FastLoop
    system_clock.SystemClock = FastClock
    for name in ("KEEP_PAID_S", "KEEP_SETTLED_S"):  # else the window would keep the chips of a day for its minute
        setattr(open_orders, name, getattr(open_orders, name) / SPEED)
    gateway = ForgetfulGateway()

    def forgetful(_settings: GatewaySettings) -> PaymentGateway:
        return gateway

    compose.build_gateway = forgetful
    config = folder / "posapp.toml"
    config.write_text(config_text("cbtis", "http://127.0.0.1:9", "10001"), "utf-8")
    os.environ[SECRET] = "pretend"
    stage = Stage(config, folder / "data")
    stage.open()
    stage.window.resize(800, 600)
    cashier = Soak(stage, gateway)
    samples: list[dict[str, float]] = []
    for number in range(orders):
        (cashier.sell_elsewhere if number % _BY_HAND else cashier.sell)(number)
        if number % _LOOK_ROUND == _LOOK_ROUND - 1:
            cashier.look_round()
        if number % max(1, orders // SAMPLES) == 0:
            samples.append(cashier.sample(number))
    stage.pause(500)
    samples.append(cashier.sample(orders))
    hours = (FastClock().now() - _START).total_seconds() / 3_600
    ended = stage.close()
    return {
        "samples": samples,
        "ends": cashier.ends,
        "fates": gateway.fates,
        "hours": hours,
        "ended": ended,
        "doubles": gateway.truth.doubles,
    }


def main() -> int:
    """Soak as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.window.soak")
    parser.add_argument("--orders", type=int, default=10_000)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with quick_folder() as name:
        told = soak(options.orders, Path(name))
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
