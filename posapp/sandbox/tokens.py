"""Access tokens of the pretend gateways: opaque, random, and short-lived."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from enum import Enum, auto

from posapp.sandbox.orders import Provider

_KEPT = 5_000


class TokenState(Enum):
    """What a presented token is worth."""

    GOOD = auto()
    EXPIRED = auto()
    UNKNOWN = auto()


class TokenBook:
    """Every token handed out, with the end of its life on a monotonic clock. Safe from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Open an empty book."""
        self._clock = clock
        self._lock = threading.Lock()
        self._ends: dict[tuple[Provider, str], float] = {}

    def issue(self, provider: Provider, life_s: float) -> str:
        """Hand out a new token; earlier ones stay good until their own end."""
        token = secrets.token_hex(42)
        with self._lock:
            while len(self._ends) >= _KEPT:
                del self._ends[next(iter(self._ends))]
            self._ends[provider, token] = self._clock() + life_s
        return token

    def state(self, provider: Provider, token: str) -> TokenState:
        """Tell whether a token is good at this provider."""
        with self._lock:
            ends = self._ends.get((provider, token))
        if ends is None:
            return TokenState.UNKNOWN
        return TokenState.GOOD if self._clock() < ends else TokenState.EXPIRED

    def expire_all(self, provider: Provider) -> None:
        """End the life of every token of this provider now."""
        now = self._clock()
        with self._lock:
            for key in self._ends:
                if key[0] is provider:
                    self._ends[key] = now
