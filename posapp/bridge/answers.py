"""The answers that a thread owes: each future is settled exactly once, whatever becomes of the thread."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Answers:
    """Futures for done-callbacks. Any thread."""

    def __init__(self) -> None:
        """Owe nothing yet."""
        self._lock = threading.Lock()
        self._owed: set[Future[Any]] = set()
        self._end: Callable[[Future[Any]], object] | None = None

    def owe(self, hand_over: Callable[[Future[T]], object]) -> Future[T]:
        """Hand a new answer over to whoever will give it; after the end it is settled at once.

        Args:
            hand_over: Must not block; while it runs the end cannot come.
        """
        answer: Future[T] = Future()
        with self._lock:
            if self._end is None:
                self._owed.add(answer)
                hand_over(answer)
                return answer
        self._end(answer)
        return answer

    def give(self, answer: Future[T], result: T) -> None:
        """Settle an answer, unless the end did."""
        if self._take(answer):
            answer.set_result(result)

    def fail(self, answer: Future[Any], error: Exception) -> None:
        """Settle an answer with an error, unless the end did."""
        if self._take(answer):
            answer.set_exception(error)

    def end(self, error: Exception | None) -> None:
        """Settle what is owed, and whatever comes later; the first end counts.

        Args:
            error: What everyone is told; None to cancel, where nobody is left to be told.
        """

        def settle(answer: Future[Any]) -> object:
            return answer.cancel() if error is None else answer.set_exception(error)

        with self._lock:
            if self._end is None:
                self._end = settle
            owed, self._owed = self._owed, set()
        for answer in owed:
            settle(answer)

    @property
    def have_ended(self) -> bool:
        """Whether everyone has been told."""
        return self._end is not None

    def _take(self, answer: Future[Any]) -> bool:
        with self._lock:
            if answer not in self._owed:
                return False
            self._owed.discard(answer)
            return True
