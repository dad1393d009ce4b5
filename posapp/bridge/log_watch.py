"""Bringing the log to the window: what earlier runs left in it, and how many errors nobody has looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.bridge.news import News
    from posapp.bridge.recourse import LogBook
    from posapp.bridge.signals import TillSignals
    from posapp.domain.errors import Problem
    from posapp.domain.log_entry import LogEntry


class LogWatch:
    """Its coroutines run on the io thread and read files elsewhere; the rest belongs to the GUI thread."""

    def __init__(self, make: Callable[[], LogBook] | None, news: News, signals: TillSignals) -> None:
        """Make the book when it is first opened; without one the log is empty."""
        self._make = make
        self._news = news
        self._signals = signals
        self._book: LogBook | None = None
        self._told = -1
        self._pending = False
        self._closed = False

    async def open(self) -> Problem | None:
        """Read what earlier runs left."""
        import asyncio

        if self._make is None:
            return None
        if self._book is None:
            self._book = self._make()
            self._book.listen(self._noticed)
        return await asyncio.to_thread(self._book.open)

    def opened(self, problem: Problem | None) -> None:
        """Tell what that brought."""
        self._tell()
        if problem is not None:
            self._signals.problem_raised.emit(problem)

    async def entries(self) -> tuple[LogEntry, ...]:
        """Read the newest entries."""
        import asyncio

        return () if self._book is None else await asyncio.to_thread(self._book.entries)

    async def mark_seen(self) -> None:
        """Note that somebody has looked."""
        import asyncio

        if self._book is not None:
            await asyncio.to_thread(self._book.mark_seen)

    def seen(self, _nothing: None) -> None:
        """Tell that nothing is unread any more."""
        self._tell()

    def close(self) -> None:
        """Hear of no more errors, and note that the run ended as it should; after everything else has ended."""
        self._closed = True
        if self._book is not None:
            self._book.listen(None)
            self._book.close()

    def _noticed(self) -> None:
        """Have the number told soon, once for however many errors come at once; on any thread."""
        if not self._pending and not self._closed:
            self._pending = True
            self._news.on_gui(self._tell_pending)

    def _tell_pending(self) -> None:
        self._pending = False
        self._tell()

    def _tell(self) -> None:
        unread = 0 if self._book is None else self._book.unread()
        if unread != self._told:
            self._told = unread
            self._signals.log_unread.emit(unread)
