"""Instants as a file shows them: as the shop's clocks had it, and as UTC for programs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE_US: Final = 60_000_000
_SECOND_US: Final = 1_000_000
_DAY: Final = 1_440
_KEPT: Final = 4_096
_MINUTES: Final = tuple(f"{minute // 60:02d}:{minute % 60:02d}:" for minute in range(_DAY))
_SECONDS: Final = tuple(f"{second:02d}" for second in range(60))


class ShopTime:
    """Writes instants, a million of them within seconds: what a day has in common is worked out once."""

    def __init__(self, zone: str) -> None:
        """Write local times of an IANA time zone. All zones have been whole minutes away from UTC since 1972."""
        self._zone = ZoneInfo(zone)
        self._offsets: dict[int, int | None] = {}
        self._dates: dict[int, str] = {}

    def both(self, microseconds: int | None) -> tuple[str, str]:
        """Return local time like `2026-03-14 20:03:05`, and UTC like `2026-03-14T12:03:05Z`; empty for None."""
        if microseconds is None:
            return "", ""
        local, utc = self.cells(microseconds).split(",")
        return local, utc

    def cells(self, microseconds: int | None) -> str:
        """Return the two as neighbouring cells of CSV."""
        if microseconds is None:
            return ","
        minute, rest = divmod(microseconds, _MINUTE_US)
        second = _SECONDS[rest // _SECOND_US]
        day = minute // _DAY
        offset = self._offsets[day] if day in self._offsets else self._look_up(day)
        if offset is None:
            offset = self._offset(minute)
        local = minute + offset
        return (
            f"{self._date(local // _DAY)} {_MINUTES[local % _DAY]}{second},"
            f"{self._date(day)}T{_MINUTES[minute % _DAY]}{second}Z"
        )

    def local(self, microseconds: int) -> datetime:
        """Return local time without its zone, as spreadsheets keep it; whole seconds."""
        at = _EPOCH + timedelta(seconds=microseconds // _SECOND_US)
        return at.astimezone(self._zone).replace(tzinfo=None)

    def _look_up(self, day: int) -> int | None:
        """Return by how many minutes the clocks are ahead all through a day of UTC; None where they are turned."""
        first, last = self._offset(day * _DAY), self._offset((day + 1) * _DAY)
        if len(self._offsets) >= _KEPT:
            self._offsets.clear()
            self._dates.clear()
        self._offsets[day] = first if first == last else None
        return self._offsets[day]

    def _offset(self, minute: int) -> int:
        ahead = (_EPOCH + timedelta(minutes=minute)).astimezone(self._zone).utcoffset() or timedelta()
        return ahead // timedelta(minutes=1)

    def _date(self, day: int) -> str:
        known = self._dates.get(day)
        if known is None:
            known = self._dates[day] = (_EPOCH + timedelta(days=day)).date().isoformat()
        return known
