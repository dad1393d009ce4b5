"""Asking the io thread: jobs go in, and each is answered exactly once on the GUI thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from concurrent.futures import Future

    from posapp.bridge.io_thread import IoThread, Services
    from posapp.bridge.news import News
    from posapp.bridge.signals import TillSignals
    from posapp.domain.errors import Problem
    from posapp.services.till import TillServices

T = TypeVar("T")
R = TypeVar("R")


class Asking:
    """What the live till and its desks have in common. Lives on the GUI thread."""

    def __init__(self, io: Callable[[], IoThread], news: News, signals: TillSignals) -> None:
        """Ask whichever io thread runs at the time."""
        self._io = io
        self._news = news
        self._signals = signals

    def ask(
        self,
        job: Callable[[TillServices], Awaitable[T]],
        done: Callable[[T], None],
        failed: Callable[[Problem], None] | None,
    ) -> None:
        """Run a job with the services once they are there."""
        self.answer(self._io().submit(job), done, failed)

    def spawn(self, job: Coroutine[Any, Any, object]) -> None:
        """Run something that nobody waits for, ended with the io thread. Called from within a job."""
        self._io().spawn(job)

    def read(
        self,
        job: Callable[[Services], Awaitable[T]],
        done: Callable[[T], None],
        failed: Callable[[Problem], None] | None,
    ) -> None:
        """Run a job that only reads, also where there is nothing but reading."""
        self.answer(self._io().read(job), done, failed)

    def compute(
        self,
        work: Callable[[T], R],
        argument: T,
        done: Callable[[R], None],
        failed: Callable[[Problem], None] | None,
    ) -> None:
        """Run a function away from the GUI thread, and away from the loop that polls."""

        async def job() -> R:
            import asyncio

            return await asyncio.to_thread(work, argument)

        self.answer(self._io().work(job), done, failed)

    def answer(self, future: Future[T], done: Callable[[T], None], failed: Callable[[Problem], None] | None) -> None:
        """See to it that one of the two is called on the GUI thread."""
        tell = failed or self._signals.problem_raised.emit

        def finished(future: Future[T]) -> None:
            if future.cancelled():
                return  # the till is stopping: nobody is left to be told
            error = future.exception()
            if error is None:
                result = future.result()
                self._news.on_gui(lambda: done(result))
            else:
                problem = self._news.name(error)
                self._news.on_gui(lambda: tell(problem))

        future.add_done_callback(finished)
