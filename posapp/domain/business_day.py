"""Which trading day an instant belongs to: the shop's zone, and the hour at which its day begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class BusinessDay:
    """The rule that puts every instant into exactly one day.

    Attributes:
        zone: The shop's IANA time zone, like `Asia/Hong_Kong`; never the PC's.
        starts_at: Local time at which a new day begins; 04:00 keeps a late evening on its own day.
    """

    zone: str
    starts_at: time

    def start(self, day: date) -> datetime:
        """Return the instant (UTC) at which a day begins.

        Where the clocks skip that time, the day begins when it would have come without the skip; where they
        repeat it, the first time. So no day overlaps another, and a date that a zone skipped whole is empty.
        """
        local = datetime.combine(day, self.starts_at, tzinfo=self._tz())
        return local.astimezone(UTC)

    def bounds(self, day: date) -> tuple[datetime, datetime]:
        """Return the first instant (UTC) of a day and the first of the next."""
        return self.start(day), self.start(day + timedelta(days=1))

    def of(self, instant: datetime) -> date:
        """Return the business day of an aware instant."""
        guess = instant.astimezone(self._tz()).date() + timedelta(days=1)
        while self.start(guess) > instant:
            guess -= timedelta(days=1)
        return guess

    def _tz(self) -> tzinfo:
        return ZoneInfo(self.zone)
