"""The protocol of the clocks that other layers are given; the domain itself never reads one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


class Clock(Protocol):
    """Two clocks: one for what people read, one for how long something took."""

    def now(self) -> datetime:
        """Return the wall clock as an aware instant in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds of a clock that never steps back; only differences mean anything."""
        ...
