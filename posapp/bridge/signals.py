"""The one QObject whose signals carry news from the io thread to the GUI thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot

if TYPE_CHECKING:
    from collections.abc import Callable


class TillSignals(QObject):
    """News for every screen. Lives on the GUI thread.

    The io thread emits `deliver` alone, with a call to be made; Qt queues it, and this object makes the call on the
    GUI thread. So every other signal is emitted on the GUI thread, in the order in which things happened, and only
    frozen dataclasses of `posapp.domain` travel in them.

    Signals:
        order_changed(OrderSnapshot): An order is new or changed; the ledger has it already.
        alarm_raised(OrderSnapshot): The same, and it must ring wherever the cashier is (`attempt.alarm`).
        health_changed(GatewayHealth): How the gateway is doing.
        asked(AskedAnswer): The gateway was asked about a shown order; carries the age of its last answer.
        problem_raised(Problem): Something failed that nobody waits for: a bug, a full disk.
        start_failed(StartTrouble): The services could not be started; what may be done about it is in it.
        view_only(Problem): The ledger may be read and not written: lists work, charging does not. Comes before `ready`.
        crew_changed(Crew): Somebody signed in or out, or the people are others; once before `ready`.
        progressed(Progress): A long job has come further.
        log_unread(int): How many errors of the log nobody has looked at yet.
        ready(): The ledger is open and recovery has begun; orders may be asked for and charged.
        stopped(): The io thread has ended.
        deliver(object): A call to be made on the GUI thread; used by the live till alone.
    """

    order_changed = Signal(object)
    alarm_raised = Signal(object)
    health_changed = Signal(object)
    asked = Signal(object)
    problem_raised = Signal(object)
    start_failed = Signal(object)
    view_only = Signal(object)
    crew_changed = Signal(object)
    progressed = Signal(object)
    log_unread = Signal(int)
    ready = Signal()
    stopped = Signal()
    deliver = Signal(object)

    def __init__(self) -> None:
        """Make the calls that arrive through `deliver`."""
        super().__init__()
        self.deliver.connect(self._call, Qt.ConnectionType.QueuedConnection)

    @Slot(object)
    def _call(self, call: Callable[[], None]) -> None:
        call()
