"""The command `posapp` with its real window, told step by step what to do, telling in JSON lines what it hears.

`python -m tests.faults.window.told_window STEPS [posapp's options]`, STEPS being a JSON list like
`[["await", "ready"], ["accident", "slot"], ["sell", "4200"], ["paid"], ["quit"]]`.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, QTimer, qWarning

from posapp.app import window_session
from posapp.app.cli import main
from posapp.domain.order_query import OrderFilter
from posapp.domain.status import AttemptState, Standing

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.app.window_session import WindowSession
    from posapp.domain.errors import Problem
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.start import StartTrouble
    from posapp.domain.till import GatewayHealth

LOOK_MS: Final = 5


def tell(event: str, **facts: object) -> None:
    """Say something to whoever started this."""
    sys.stdout.write(json.dumps({"event": event, "at": time.monotonic(), **facts}) + "\n")
    sys.stdout.flush()


class Teller:
    """Tells all the news of a till, and remembers what was heard. Lives on the GUI thread."""

    def __init__(self, session: WindowSession) -> None:
        """Listen from now on."""
        self.heard: list[str] = []
        self.latest: OrderSnapshot | None = None
        signals = session.till.signals
        signals.ready.connect(lambda: self.take("ready"))
        signals.start_failed.connect(self._trouble)
        signals.view_only.connect(self._view_only)
        signals.problem_raised.connect(self._problem)
        signals.health_changed.connect(self._health)
        signals.log_unread.connect(self._unread)
        signals.order_changed.connect(self._order)

    def problem(self, problem: Problem) -> None:
        """Tell of a call that failed."""
        self.take("failed", code=problem.code)

    def take(self, event: str, **facts: object) -> None:
        """Tell of something, and remember it."""
        self.heard.append(event)
        tell(event, **facts)

    def _trouble(self, trouble: StartTrouble) -> None:
        backups = [backup.name for backup in trouble.backups]
        self.take("start_failed", code=trouble.problem.code, choices=sorted(trouble.choices), backups=backups)

    def _view_only(self, reason: Problem) -> None:
        self.take("view_only", code=reason.code)

    def _problem(self, problem: Problem) -> None:
        self.take("problem", code=problem.code, detail=problem.detail)

    def _health(self, health: GatewayHealth) -> None:
        self.take("health", state=health.state.value)

    def _unread(self, count: int) -> None:
        self.take("unread", count=count)

    def _order(self, order: OrderSnapshot) -> None:
        self.latest = order
        self.take("order", state=order.leading.state.value, ref=order.leading.merchant_order_id)


class Steps:
    """Does one step after the other. Lives on the GUI thread."""

    def __init__(self, session: WindowSession, steps: list[list[str]]) -> None:
        """Begin once Qt runs."""
        self._session = session
        self._till = session.till
        self._teller = Teller(session)
        self._steps = steps
        self._waits_for: Callable[[], bool] | None = None
        self._timer = QTimer(session.window)
        self._timer.timeout.connect(self._look)
        self._timer.start(LOOK_MS)

    def _look(self) -> None:
        if self._waits_for is not None and not self._waits_for():
            return
        self._waits_for = None
        if self._steps:
            name, *words = self._steps.pop(0)
            getattr(self, f"_do_{name}")(*words)

    def _do_await(self, event: str) -> None:
        """Wait until an event has come once more than it was waited for."""

        def come() -> bool:
            if event not in self._teller.heard:
                return False
            self._teller.heard.remove(event)
            return True

        self._waits_for = come

    def _do_sell(self, keys: str) -> None:
        from PySide6.QtTest import QTest

        self._teller.latest = None
        window = self._session.window
        window.next_customer()
        for key in (*(Qt.Key(ord(digit)) for digit in keys), Qt.Key.Key_Return):
            QTest.keyClick(window.windowHandle(), key)
        self._waits_for = self._code_is_there

    def _code_is_there(self) -> bool:
        latest = self._teller.latest
        if latest is None or latest.leading.state is not AttemptState.PENDING:
            return False
        tell("code", ref=latest.leading.merchant_order_id)
        return True

    def _do_paid(self) -> None:
        def paid() -> bool:
            latest = self._teller.latest
            return latest is not None and latest.standing is Standing.PAID

        self._waits_for = paid

    def _do_say(self, word: str) -> None:
        tell(word)

    def _do_orders(self) -> None:
        def listed(page: Any) -> None:  # noqa: ANN401 - told as it is
            self._teller.take("orders", ids=sorted(order.order.order_id for order in page.orders))

        self._till.orders(OrderFilter(), None, listed, self._teller.problem)

    def _do_entries(self) -> None:
        def read(entries: Any) -> None:  # noqa: ANN401 - told as it is
            told = [{"level": each.level.value, "text": each.text, "unread": each.unread} for each in entries]
            self._teller.take("entries", entries=told)

        self._till.log_entries(read, self._teller.problem)

    def _do_seen(self) -> None:
        self._till.log_seen()

    def _do_again(self) -> None:
        self._till.start_again()

    def _do_view(self) -> None:
        self._till.start_viewing()

    def _do_fresh(self) -> None:
        self._till.start_fresh()

    def _do_restore(self, backup: str) -> None:
        self._till.restore(
            backup, lambda restored: self._teller.take("restored", saved=restored.saved_orders), self._teller.problem
        )

    def _do_charge(self, minor: str) -> None:
        from posapp.domain.money import Money

        self._till.charge(
            Money(int(minor), "HKD"), "", lambda _order: self._teller.take("charged"), self._teller.problem
        )

    def _do_quit(self) -> None:
        self._session.app.quit()

    def _do_accident(self, kind: str) -> None:
        getattr(self, f"_accident_{kind}")()

    # --- accidents -------------------------------------------------------------------------------------------

    def _accident_slot(self) -> None:
        """Let a slot fail at the next news of an order, before the window's own slots hear of it."""

        def broken(_order: object) -> None:
            raise ValueError("a slot fails")

        self._till.signals.order_changed.connect(broken)

    def _accident_deliver(self) -> None:
        """Let an answer's own call fail on the GUI thread."""

        def broken(_result: object) -> None:
            raise ValueError("an answer's call fails")

        self._till.compute(_same, 1, broken)

    def _accident_job(self) -> None:
        """Let a job fail away from the GUI thread."""
        self._till.compute(_broken, "a job fails", tell)

    def _accident_data(self) -> None:
        """Let every cell of the order list fail, where the model tells it and where it is painted, and look at it."""
        from posapp.ui.models.orders_model import OrdersModel

        def broken(*_of_what: object) -> object:
            raise ValueError("a cell fails")

        sound = OrdersModel.text_at
        setattr(OrdersModel, "text_at", broken)  # noqa: B010 - put in its place, not overridden
        self._session.window.show_orders()

        def mend() -> None:
            with suppress(ValueError):  # Qt asks `data`, which fails; here that comes back to whoever had Qt ask
                self._session.window.orders_view.model.index(0, 0).data()
            OrdersModel.text_at = sound
            self._session.window.next_customer()
            self._teller.take("mended")

        QTimer.singleShot(200, mend)

    def _accident_thread(self) -> None:
        """Let a thread of its own fail."""
        threading.Thread(target=lambda: _broken("a thread fails")).start()

    def _accident_collected(self) -> None:
        """Let something fail where nobody can catch it."""

        class Holder:
            def __del__(self) -> None:
                raise ValueError("a finalizer fails")

        holder = Holder()
        del holder

    def _accident_watcher(self) -> None:
        """Let the watcher end with a bug, twice."""
        from posapp.services.watcher import PaymentWatcher

        sound, left = PaymentWatcher.run, [None, None]

        async def broken(watcher: PaymentWatcher) -> None:
            if left:
                left.pop()
                raise ValueError("the watcher fails")
            await sound(watcher)

        setattr(PaymentWatcher, "run", broken)  # noqa: B010 - put in its place, not overridden
        self._accident_death()

    def _accident_death(self) -> None:
        """Let the io thread die of what no handler catches."""
        tell("killed")
        self._till.compute(_die, None, tell, lambda _problem: None)

    def _accident_qt(self) -> None:
        """Let Qt complain."""
        qWarning("Qt complains")


def _same(value: int) -> int:
    return value


def _broken(words: str) -> str:
    raise ValueError(words)


def _die(_nothing: None) -> str:
    raise SystemExit(3)


def run(steps: list[list[str]], arguments: list[str]) -> int:
    """Run the command with these steps."""
    show, kept = window_session.WindowSession.show, list[Steps]()

    def show_and_do(session: WindowSession) -> None:
        show(session)
        kept.append(Steps(session, steps))

    setattr(window_session.WindowSession, "show", show_and_do)  # noqa: B010 - put in its place, not overridden
    return main(arguments)


if __name__ == "__main__":
    sys.exit(run(json.loads(sys.argv[1]), sys.argv[2:]))
