"""A live till under test: the real io thread, a real ledger, a scripted gateway, and a record of all that arrives."""

from __future__ import annotations

import threading
from datetime import time
from typing import TYPE_CHECKING, Any

from posapp.app.system_clock import SystemClock
from posapp.bridge.live_till import NO_RECOURSE, LiveTill
from posapp.domain.business_day import BusinessDay
from posapp.domain.money import Money
from posapp.domain.order import Flow, OrderSnapshot
from posapp.domain.status import AttemptState
from posapp.domain.till import TillFacts
from posapp.services.till import TillServices
from posapp.store.ledger import open_ledger
from posapp.store.ownership import Owner
from tests.scripted_gateway import WITHOUT_KEY, ScriptedGateway

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from posapp.bridge.recourse import Recourse
    from posapp.domain.errors import Problem
    from posapp.services.events import Publish

AMOUNT = Money(12850, "HKD")
FACTS = TillFacts(
    shop="Harbour Tea",
    till="T1",
    currency="HKD",
    provider="cbtis",
    gateway_name="CBTIS",
    flow=Flow.QRCODE,
    day=BusinessDay("Asia/Hong_Kong", time(4)),
    training=False,
    can_cancel=False,
)

NEWS = (
    "order_changed",
    "alarm_raised",
    "health_changed",
    "asked",
    "problem_raised",
    "start_failed",
    "view_only",
    "log_unread",
)


class Answer:
    """What a call brought: `done` or `failed`, with what, and on which thread."""

    def __init__(self) -> None:
        self.came: list[tuple[str, Any, int]] = []

    def done(self, result: object) -> None:
        """Take a result."""
        self.came.append(("done", result, threading.get_ident()))

    def failed(self, problem: Problem) -> None:
        """Take a failure."""
        self.came.append(("failed", problem, threading.get_ident()))

    @property
    def kind(self) -> str:
        """`done` or `failed`."""
        return self.came[0][0]

    @property
    def what(self) -> Any:  # noqa: ANN401 - each call has its own result
        """The result or the problem."""
        return self.came[0][1]


class LiveBench:
    """A live till and everything it said. Lives on the GUI thread."""

    def __init__(
        self, qtbot: QtBot, folder: Path, gateway: ScriptedGateway | None = None, recourse: Recourse = NO_RECOURSE
    ) -> None:
        self.qtbot = qtbot
        self.folder = folder
        self.gateway = gateway or ScriptedGateway(capabilities=WITHOUT_KEY)
        self.fails_to_build: Exception | None = None
        self.dies_building: BaseException | None = None
        self.built = 0
        self.till = LiveTill(FACTS, self._build, recourse)
        self.news: list[tuple[str, Any, int]] = []
        signals = self.till.signals
        for name in NEWS:
            getattr(signals, name).connect(self._taking(name))
        signals.ready.connect(lambda: self._taking("ready")(None))
        signals.stopped.connect(lambda: self._taking("stopped")(None))

    async def _build(self, publish: Publish) -> TillServices:
        self.built += 1
        if self.dies_building is not None:
            raise self.dies_building
        if self.fails_to_build is not None:
            raise self.fails_to_build
        ledger = open_ledger(self.folder / "ledger.db")
        owner = Owner(self.folder / "owners")
        return TillServices(FACTS, ledger, self.gateway, SystemClock(), publish, owner, base_s=1.0)

    def _taking(self, name: str) -> Callable[[object], None]:
        return lambda value: self.news.append((name, value, threading.get_ident()))

    def start(self) -> None:
        """Start, and wait until it is ready."""
        self.till.start()
        self.wait_for("ready")

    def wait_for(self, name: str, count: int = 1) -> None:
        """Let Qt run until so much of one kind of news has come."""
        self.qtbot.waitUntil(lambda: len(self.heard(name)) >= count, timeout=10_000)

    def wait_answer(self, answer: Answer) -> Answer:
        """Let Qt run until an answer has come, and a moment longer in case a second one comes."""
        self.qtbot.waitUntil(lambda: bool(answer.came), timeout=10_000)
        self.qtbot.wait(30)
        assert len(answer.came) == 1, "exactly one of done and failed is called, once"
        assert answer.came[0][2] == threading.main_thread().ident
        return answer

    def heard(self, name: str) -> list[Any]:
        """Return what was told of one kind, oldest first."""
        return [value for told, value, _ in self.news if told == name]

    def orders(self, order_id: str) -> list[OrderSnapshot]:
        """Return what was told of one order, oldest first."""
        return [snapshot for snapshot in self.heard("order_changed") if snapshot.order.order_id == order_id]

    def charge(self, money: Money = AMOUNT) -> OrderSnapshot:
        """Charge, and wait for the gateway's word on it; returns the order as last told."""
        answer = Answer()
        self.till.charge(money, "table 4", answer.done, answer.failed)
        order_id = self.wait_answer(answer).what.order.order_id
        self.qtbot.waitUntil(
            lambda: self.orders(order_id)[-1].attempts[-1].state is not AttemptState.CREATING, timeout=10_000
        )
        return self.orders(order_id)[-1]

    def charge_and_show(self) -> OrderSnapshot:
        """Charge, and put the code on the screen."""
        answer = Answer()
        self.till.show_code(self.charge().leading.merchant_order_id, answer.done, answer.failed)
        shown: OrderSnapshot = self.wait_answer(answer).what
        self.till.set_on_screen(shown.order.order_id)
        return shown
