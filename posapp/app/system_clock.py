"""The clocks of this computer."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class SystemClock:
    """The real `posapp.domain.clock.Clock`."""

    def now(self) -> datetime:
        """Return the wall clock as an aware instant in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds of the monotonic clock."""
        return time.monotonic()
