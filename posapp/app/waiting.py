"""How a command waits: for work, until time is up, or until the program is told to stop."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING, TypeVar

from posapp.app.ending import ending_signals

if TYPE_CHECKING:
    import signal

T = TypeVar("T")


def told_to_stop() -> asyncio.Event:
    """Return what is set when the operating system wants this program to end."""
    stopped = asyncio.Event()
    for number in ending_signals():
        _stop_on(number, stopped)
    return stopped


async def done_before(work: asyncio.Future[T], stopped: asyncio.Event, wait_s: float | None) -> bool:
    """Wait for work until time is up or the program is told to stop; then it is given up. Tells whether it is done."""
    told = asyncio.ensure_future(stopped.wait())
    await asyncio.wait({work, told}, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
    done = work.done()
    for task in (work, told):
        task.cancel()
    await asyncio.gather(work, told, return_exceptions=True)
    return done


def seconds(text: str) -> float:
    """Read how long to wait from a command line."""
    try:
        read = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("must be a number of seconds") from error
    if not 0 <= read < float("inf"):
        raise argparse.ArgumentTypeError("must be a number of seconds, 0 or more")
    return read


def _stop_on(number: signal.Signals, stopped: asyncio.Event) -> None:
    try:
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    except NotImplementedError:  # Windows: Ctrl+C arrives as KeyboardInterrupt there
        return
