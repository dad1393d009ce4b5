"""Looking up names on threads that nobody waits for: a silent name server must not keep the program from ending."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")
_NAME: Final = "posapp lookup"


class LookupThreads(ThreadPoolExecutor):
    """An event loop's executor that treats name lookups apart; everything else runs as it always did.

    The system's resolver may wait for half a minute and cannot be interrupted, while asyncio joins the threads of
    its executor when the program ends, and has only a handful of them. So a lookup gets a daemon thread of its own,
    and whoever asks for the same name meanwhile waits for the same thread: there are never more threads than names.
    """

    def __init__(self) -> None:
        super().__init__(thread_name_prefix="posapp work")
        self._lookups: dict[tuple[Any, ...], Future[Any]] = {}
        self._guard = threading.Lock()

    @property
    def is_looking_up(self) -> bool:
        """Whether a lookup is still without an answer."""
        with self._guard:
            return bool(self._lookups)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a job, on a thread that is not waited for where it looks up a name."""
        if fn is not socket.getaddrinfo:
            return super().submit(fn, *args, **kwargs)
        with self._guard:
            running = self._lookups.get(args)
            if running is None:
                running = self._lookups[args] = Future()
                running.set_running_or_notify_cancel()  # from here on nobody can cancel it for the others
                job = threading.Thread(
                    target=self._look_up, args=(running, lambda: fn(*args, **kwargs), args), name=_NAME, daemon=True
                )
                job.start()
            return running

    def _look_up(self, future: Future[Any], job: Callable[[], object], key: tuple[Any, ...]) -> None:
        result, error = None, None
        try:
            result = job()
        except BaseException as exc:  # noqa: BLE001 - it belongs to those who wait
            error = exc
        with self._guard:
            del self._lookups[key]
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
