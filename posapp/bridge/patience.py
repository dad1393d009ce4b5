"""Not saying the same thing again and again, and not trying again faster and faster."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

AGAIN_S: Final = 600.0
_FIRST_S: Final = 1.0
_LONGEST_S: Final = 60.0
_GOOD_S: Final = 60.0
_KINDS: Final = 200
"""So many kinds of failures are told apart; of what fails in ever new ways the oldest is forgotten."""


class Repeats:
    """Says whether a failure is worth telling: the first of a kind is, and then one every ten minutes. Any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Remember nothing yet; `clock` tells seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._told: dict[Hashable, tuple[float, int]] = {}

    def kept_quiet(self, error: BaseException) -> int | None:
        """Take note of a failure; None where it is not worth telling now.

        Returns:
            How many of its kind were not told since the last one that was.
        """
        kind, now = _kind(error), self._clock()
        with self._lock:
            since, quiet = self._told.pop(kind, (None, 0))
            if since is not None and now - since < AGAIN_S:
                self._told[kind] = (since, quiet + 1)
                return None
            self._told[kind] = (now, 0)
            if len(self._told) > _KINDS:
                del self._told[next(iter(self._told))]
            return quiet


def _kind(error: BaseException) -> Hashable:
    """Tell failures apart by class, code and the line that raised; their words may hold a time or an id."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = None if trace is None else (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
    words = str(error) if place is None else None
    return type(error), getattr(error, "code", None), place, words


class Backoff:
    """Pauses between tries that double up to a minute; what lasted for a minute starts afresh."""

    def __init__(self, first_s: float = _FIRST_S) -> None:
        """Begin with a pause of so many seconds."""
        self._first_s = first_s
        self._next_s = first_s

    def pause_s(self, lasted_s: float) -> float:
        """Return how long to wait now, after something lasted that long."""
        if lasted_s >= _GOOD_S:
            self._next_s = self._first_s
        pause, self._next_s = self._next_s, min(self._next_s * 2, _LONGEST_S)
        return pause
