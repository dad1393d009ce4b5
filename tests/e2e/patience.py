"""Waiting for what another process does: look often, give up late, and say what was waited for."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
_never = threading.Event()


def until(what: str, look: Callable[[], T | None], within: float = 20.0) -> T:
    """Return what `look` returns as soon as that is something.

    Args:
        what: What is waited for, for the failure's sentence.
        look: Returns None, False or an empty thing for "not yet".
        within: Seconds; generous, since machines that test are busy.
    """
    deadline = time.monotonic() + within
    while True:
        if found := look():
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {within:g} s in vain: {what}")
        pause(0.03)


def pause(seconds: float) -> None:
    """Let a moment pass in which nothing is expected to happen."""
    _never.wait(seconds)
