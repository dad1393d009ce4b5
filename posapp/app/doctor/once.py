"""A value that several looks need and the first of them makes; the others wait for it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Value = TypeVar("Value")


class NotYet(Exception):
    """Whoever makes the value is still at it."""


class Once(Generic[Value]):
    """Makes a value at the first call, from whichever thread; an error is kept and raised again like a value."""

    def __init__(self, make: Callable[[], Value]) -> None:
        """Keep how to make it; nothing is made yet."""
        self._make = make
        self._lock = threading.Lock()
        self._made: list[Value] = []
        self._error: Exception | None = None

    def __call__(self, patience_s: float = -1) -> Value:
        """Return the value.

        Args:
            patience_s: How many seconds to wait for somebody else who is making it; negative for ever.

        Raises:
            NotYet: It is still being made.
            Exception: Whatever making it raised.
        """
        if not self._lock.acquire(timeout=patience_s):
            raise NotYet
        try:
            return self._value()
        finally:
            self._lock.release()

    def _value(self) -> Value:
        if self._error is not None:
            raise self._error
        if not self._made:
            try:
                self._made.append(self._make())
            except Exception as error:
                self._error = error
                raise
        return self._made[0]
