"""How far this computer's clock is from the gateway's, by the Date of answers that were believed."""

from __future__ import annotations

import time
from collections import deque
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.gateways.exchange import Reply

_KEPT: Final = 3
_HALF_A_SECOND: Final = 0.5
_EARLIEST: Final = datetime(2024, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)


class ClockSkew:
    """The median of the last three readings, so that one odd Date says nothing. Lives on the io thread."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        """Begin without a reading.

        Args:
            wall: This computer's clock, seconds since 1970.
        """
        self._wall = wall
        self._readings: deque[float] = deque(maxlen=_KEPT)

    @property
    def ahead_s(self) -> float | None:
        """By how many seconds our clock is ahead of the gateway's (negative: behind); None before any answer told."""
        return median(self._readings) if self._readings else None

    def believe(self, reply: Reply) -> None:
        """Take a reading from an answer that has just arrived and that only the gateway can have given.

        A page of a guest network has a Date too, so call this only once the answer was read and made sense. The
        gateway wrote its Date somewhere between our sending and our receiving: half-way is taken.
        """
        date = reply.told_time()
        if date is None or not _EARLIEST <= date < _LATEST:
            return  # a gateway that does not know what time it is cannot tell us
        theirs = date.timestamp() + _HALF_A_SECOND  # Date is cut to whole seconds
        self._readings.append(self._wall() - reply.took_s / 2 - theirs)
