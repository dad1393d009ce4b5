"""When to ask the gateway next: pure arithmetic of intervals, back-off, budget and circuit. Seconds everywhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

DAY_S: Final = 86_400.0
CLEAN_S: Final = 120.0
"""How long without a 429 until the slow-down is halved."""

TAIL_S: Final = 14 * DAY_S
"""How long an outcome nobody knows is asked for before it lapses."""

_NEGLIGIBLE_S: Final = 0.5
_BACKGROUND: Final = ((15 * 60.0, 10.0), (2 * 3600.0, 60.0), (DAY_S, 600.0), (7 * DAY_S, 3600.0))
_SHOWN: Final = ((90.0, 1.0), (180.0, 1.5), (600.0, 2.5))  # age, factor of the base interval
_UNKNOWN: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
QUICK_TRIES: Final = len(_UNKNOWN)
"""How often an unknown outcome is asked for in quick succession."""

_SOFT_FINAL: Final = (300.0, 3600.0, *(day * DAY_S for day in range(1, 8)))  # ages at which to ask once more


class PollClass(IntEnum):
    """How urgently an attempt is asked about; smaller goes first."""

    SHOWN = 0
    UNKNOWN = 1
    BACKGROUND = 2
    SOFT_FINAL = 3


def interval_s(poll_class: PollClass, age_s: float, asked: int, base_s: float) -> float | None:
    """Return how long to wait after an answer, or None where there is nothing left to ask for.

    Args:
        poll_class: The class.
        age_s: SHOWN: since the code is on screen; SOFT_FINAL: since it was cancelled; else: since it was created.
        asked: How often it was asked in this class.
        base_s: The configured base interval, 1 to 10.
    """
    if poll_class is PollClass.SOFT_FINAL:
        return next((age - age_s for age in _SOFT_FINAL if age > age_s), None)
    if poll_class is PollClass.SHOWN:
        for until, factor in _SHOWN:
            if age_s < until:
                return base_s * factor
    if poll_class is PollClass.UNKNOWN and asked < len(_UNKNOWN):
        return _UNKNOWN[asked]
    for until, interval in _BACKGROUND:
        if age_s < until:
            return interval
    return DAY_S


def jittered(seconds: float, random: float) -> float:
    """Spread an interval by ±10 %, so that tills do not fall into step; `random` is 0 to 1."""
    return seconds * (0.9 + 0.2 * random)


def back_off_s(poll_class: PollClass, failures: int, base_s: float, random: float) -> float:
    """Return how long to wait after a failure: full jitter up to 30 s for a shown code, 5 min else, never below 1 s."""
    cap = 30.0 if poll_class is PollClass.SHOWN else 300.0
    return max(1.0, random * min(cap, base_s * 2.0 ** min(failures, 10)))


def honoured_s(poll_class: PollClass, retry_after_s: float | None) -> float:
    """Return how much of a gateway's "wait so long" is honoured: at most 60 s for a shown code, 10 min else."""
    cap = 60.0 if poll_class is PollClass.SHOWN else 600.0
    return cap / 12 if retry_after_s is None else min(max(retry_after_s, 0.0), cap)


@dataclass(slots=True)
class TokenBucket:
    """A budget of requests: so many a second, and no more than so many saved up."""

    rate: float = 2.0
    capacity: float = 2.0
    tokens: float = 2.0
    at: float = 0.0

    def wait_s(self, now: float) -> float:
        """Return how long until a request may go; 0 where it may go now."""
        self._refill(now)
        return 0.0 if self.tokens >= 1.0 - 1e-9 else (1.0 - self.tokens) / self.rate

    def take(self, now: float) -> None:
        """Spend one request; a person's own request may overdraw the budget."""
        self._refill(now)
        self.tokens -= 1.0

    def _refill(self, now: float) -> None:
        self.tokens = min(self.capacity, self.tokens + max(0.0, now - self.at) * self.rate)
        self.at = now


@dataclass(slots=True)
class SlowDown:
    """What a 429 does to everyone: a pause, and 5 s more between polls, halved after every two clean minutes."""

    extra_s: float = 0.0
    until: float = 0.0
    shown_until: float = 0.0
    clean_since: float = 0.0

    def limited(self, now: float, retry_after_s: float | None) -> None:
        """Take note of a 429 and of how long it asks us to wait, where it says so."""
        self.extra_s = min(self.extra_s + 5.0, 60.0)
        self.until = max(self.until, now + honoured_s(PollClass.BACKGROUND, retry_after_s))
        self.shown_until = max(self.shown_until, now + honoured_s(PollClass.SHOWN, retry_after_s))
        self.clean_since = now

    def wait_s(self, poll_class: PollClass, now: float) -> float:
        """Return how long until somebody of that class may be asked about; 0 where that is now."""
        return max(0.0, (self.shown_until if poll_class is PollClass.SHOWN else self.until) - now)

    def clean(self, now: float) -> None:
        """Take note of an answer that was no 429."""
        while self.extra_s and now - self.clean_since >= CLEAN_S:
            self.extra_s = self.extra_s / 2 if self.extra_s > _NEGLIGIBLE_S else 0.0
            self.clean_since += CLEAN_S


@dataclass(slots=True)
class Circuit:
    """Stops asking in vain: after five failures in a row one probe every 7 to 10 s for the whole program.

    The probes are not evenly spaced, since a link that comes and goes at their pace would never be met while it is up.
    An answer that came but cannot be believed counts once for each order: one odd order must not slow all others down.
    """

    threshold: int = 5
    probe_s: float = 10.0
    failures: int = 0
    next_probe: float = 0.0
    odd: set[str] = field(default_factory=set[str])

    @property
    def is_open(self) -> bool:
        """Whether only probes go out."""
        return self.failures >= self.threshold

    def failed(self, now: float, odd_order: str | None = None, random: float = 1.0) -> None:
        """Take note of a request that brought no answer, or of an unbelievable answer about one order.

        Args:
            now: The moment.
            odd_order: The order whose answer could not be believed.
            random: 0 to 1; says how soon the next probe may go.
        """
        if odd_order is None or odd_order not in self.odd:
            self.failures += 1
        if odd_order is not None:
            self.odd.add(odd_order)
        self.next_probe = now + self.probe_s * (0.7 + 0.3 * random)

    def answered(self) -> bool:
        """Take note of an answer; tells whether that closed an open circuit."""
        was_open = self.is_open
        self.failures = 0
        self.odd.clear()
        return was_open

    def wait_s(self, now: float) -> float:
        """Return how long until a request may go."""
        return max(0.0, self.next_probe - now) if self.is_open else 0.0
