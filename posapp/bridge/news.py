"""What the io thread has to say, brought to the signals of the GUI thread in the order in which it happened."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from posapp.domain.errors import Problem
from posapp.domain.till import GatewayHealth, HealthState

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.bridge.signals import TillSignals
    from posapp.services.events import Event

log = logging.getLogger(__name__)


class News:
    """Called on any thread; emits on the GUI thread alone."""

    def __init__(self, signals: TillSignals) -> None:
        """Emit these signals."""
        from posapp.bridge.patience import Repeats

        self._signals = signals
        self._told = Repeats()
        self._logged = Repeats()
        self._health = GatewayHealth(HealthState.UNASKED)

    @property
    def health(self) -> GatewayHealth:
        """The health as it was last told; read on the GUI thread."""
        return self._health

    def on_gui(self, call: Callable[[], None]) -> None:
        """Make a call on the GUI thread, later than this one."""
        self._signals.deliver.emit(call)

    def publish(self, event: Event) -> None:
        """Pass an event of the services on."""
        self.on_gui(lambda: self._emit(event))

    def raise_problem(self, problem: Problem) -> None:
        """Tell of something that nobody waits for."""
        self.on_gui(lambda: self._signals.problem_raised.emit(problem))

    def broke(self, error: BaseException) -> None:
        """Tell of something that ended with an error; of the same again and again only now and then."""
        problem = self.name(error)
        if self._told.kept_quiet(error) is not None:
            self.raise_problem(problem)

    def tell_health(self, health: GatewayHealth) -> None:
        """Emit a health; on the GUI thread."""
        self._health = health
        self._signals.health_changed.emit(health)

    def name(self, error: BaseException) -> Problem:
        """Name a failure; one that can only be a bug is logged with its traceback and shown as such."""
        from posapp.bridge.opening import StartFailedError
        from posapp.services.problems import problem_of

        if isinstance(error, StartFailedError):
            return error.trouble.problem
        problem = problem_of(error)
        if problem is not None:
            return problem
        quiet = self._logged.kept_quiet(error)
        if quiet is not None:
            more = f" ({quiet} more like it were not logged)" if quiet else ""
            log.error("unexpected failure on the io thread%s", more, exc_info=error)
        return Problem("internal", "Something unexpected happened inside posapp; the order list is safe.")

    def _emit(self, event: Event) -> None:
        from posapp.services.events import Asked, CrewChanged, HealthChanged, OrderChanged, ProblemRaised, Progressed

        match event:
            case OrderChanged(snapshot, rings):
                self._signals.order_changed.emit(snapshot)
                if rings:
                    self._signals.alarm_raised.emit(snapshot)
            case HealthChanged(health):
                self.tell_health(health)
            case Asked(answer):
                self._signals.asked.emit(answer)
            case ProblemRaised(problem):
                self._signals.problem_raised.emit(problem)
            case CrewChanged(crew):
                self._signals.crew_changed.emit(crew)
            case Progressed(progress):
                self._signals.progressed.emit(progress)
