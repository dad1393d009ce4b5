"""Whether this computer's clock is so wrong that it is said: once, until it is right. No widgets."""

from __future__ import annotations

from typing import Final

SAID_BEYOND_S: Final = 120
RIGHT_WITHIN_S: Final = 90
"""Nearer than the limit, so that a clock on the edge does not make the notice come and go."""
_MINUTE_S: Final = 60


class ClockSkew:
    """By how much the clock is wrong, in whole minutes: answers measure it a second apart from each other."""

    def __init__(self) -> None:
        self._ahead_s: int | None = None

    @property
    def ahead_s(self) -> int | None:
        """Seconds that it is ahead of the gateway's (negative: behind); None while nothing is to be said."""
        return self._ahead_s

    def take(self, ahead_s: int | None) -> None:
        """Take a measurement; None tells nothing and changes nothing."""
        if ahead_s is None:
            return
        limit = RIGHT_WITHIN_S if self._ahead_s is not None else SAID_BEYOND_S
        if abs(ahead_s) <= limit:
            self._ahead_s = None
            return
        minutes = max(1, abs(ahead_s) // _MINUTE_S)
        self._ahead_s = minutes * _MINUTE_S * (1 if ahead_s > 0 else -1)
