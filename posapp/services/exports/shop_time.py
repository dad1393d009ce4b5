"""Instants as a file shows them: as the shop's clocks had it, and as UTC for programs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_Quarter = tuple[str, tuple[str, ...], str, tuple[str, ...]]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND_US: Final = 1_000_000
_QUARTER_S: Final = 900
_QUARTER_US: Final = _QUARTER_S * _SECOND_US
_DAY: Final = 96
_KEPT: Final = 4_096
_CLOCKS: Final = tuple(
    tuple(f"{second // 60:02d}:{second % 60:02d}" for second in range(begun, begun + _QUARTER_S))
    for begun in range(0, 3_600, _QUARTER_S)
)
"""Minutes and seconds, by the quarter of the hour and the second in it."""


class ShopTime:
    """Writes instants, a million of them within seconds: what a quarter of an hour has in common is written once."""

    def __init__(self, zone: str) -> None:
        """Write local times of an IANA time zone."""
        self._zone = ZoneInfo(zone)
        self._quarters: dict[int, _Quarter] = {}
        self._offsets: dict[int, int | None] = {}

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
        quarter, rest = divmod(microseconds, _QUARTER_US)
        known = self._quarters.get(quarter) or self._quarter(quarter)
        if known is None:
            return f"{self.local(microseconds)},{_at(microseconds):%Y-%m-%dT%H:%M:%SZ}"
        local, local_clocks, utc, utc_clocks = known
        second = rest // _SECOND_US
        return f"{local}{local_clocks[second]},{utc}{utc_clocks[second]}Z"

    def local(self, microseconds: int) -> datetime:
        """Return local time without its zone, as spreadsheets keep it; whole seconds."""
        return _at(microseconds).astimezone(self._zone).replace(tzinfo=None)

    def _quarter(self, quarter: int) -> _Quarter | None:
        """Return what the instants of a quarter of an hour have in common; None where each has to be looked at."""
        day = quarter // _DAY
        ahead = self._offsets[day] if day in self._offsets else self._offset_all(day)
        if ahead is None:
            return None
        if len(self._quarters) >= _KEPT:
            self._quarters.clear()
        known = (*_begun(quarter + ahead, " "), *_begun(quarter, "T"))
        self._quarters[quarter] = known
        return known

    def _offset_all(self, day: int) -> int | None:
        """Return by how many quarters of an hour the clocks are ahead all through a day of UTC.

        None where they are turned on that day, or are ahead by something else (no zone is, since 1972).
        """
        first, last = (self._ahead(each * _DAY * _QUARTER_US) for each in (day, day + 1))
        quarters, rest = divmod(first, timedelta(seconds=_QUARTER_S))
        if len(self._offsets) >= _KEPT:
            self._offsets.clear()
        self._offsets[day] = quarters if first == last and not rest else None
        return self._offsets[day]

    def _ahead(self, microseconds: int) -> timedelta:
        return _at(microseconds).astimezone(self._zone).utcoffset() or timedelta()


def _at(microseconds: int) -> datetime:
    return _EPOCH + timedelta(seconds=microseconds // _SECOND_US)


def _begun(quarter: int, between: str) -> tuple[str, tuple[str, ...]]:
    """Return how all instants of a quarter begin, up to the hour, and how each of its seconds goes on."""
    day, of_day = divmod(quarter, _DAY)
    date = (_EPOCH + timedelta(days=day)).date().isoformat()
    return f"{date}{between}{of_day // 4:02d}:", _CLOCKS[of_day % 4]
