"""The hours of a business day: counted from its first instant, so that a day of 23 or 25 hours has that many."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

HOUR: Final = timedelta(hours=1)


def hour_starts(begins: datetime, ends: datetime) -> tuple[datetime, ...]:
    """List the first instants (UTC) of a day's hours; the last is shorter where the zone's clocks move by less."""
    count = -((begins - ends) // HOUR)
    return tuple(begins + HOUR * number for number in range(count))


def hour_of(instant: datetime, begins: datetime, ends: datetime) -> datetime | None:
    """Return the first instant (UTC) of the hour of a day that an instant lies in; None outside the day."""
    return begins + HOUR * ((instant - begins) // HOUR) if begins <= instant < ends else None
