"""Times as people read them: ages, spans, the shop's clock, days."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QCoreApplication, QDate, QLocale

if TYPE_CHECKING:
    from datetime import date, datetime

    from posapp.domain.business_day import BusinessDay


def age_text(seconds: float) -> str:
    """Say how long ago something was; a clock that was set back counts as now."""
    count, text = _span(seconds)
    if count == 0:
        return QCoreApplication.translate("text", "just now")
    return {
        "s": QCoreApplication.translate("text", "%n s ago", "", count),
        "min": QCoreApplication.translate("text", "%n min ago", "", count),
        "h": QCoreApplication.translate("text", "%n h ago", "", count),
        "d": QCoreApplication.translate("text", "%n d ago", "", count),
    }[text]


def span_text(seconds: float) -> str:
    """Say how long something lasts, in its largest unit."""
    count, text = _span(seconds)
    return {
        "s": QCoreApplication.translate("text", "%n s", "a span of time", count),
        "min": QCoreApplication.translate("text", "%n min", "a span of time", count),
        "h": QCoreApplication.translate("text", "%n h", "a span of time", count),
        "d": QCoreApplication.translate("text", "%n d", "a span of time", count),
    }[text]


def long_span_text(seconds: float) -> str:
    """Say how long something lasts, in its two largest units, like `3 h 12 min`."""
    whole = max(0, int(seconds))
    for size, smaller in ((86400, 3600), (3600, 60), (60, 1)):
        if whole >= size:
            rest = whole % size
            parts = [span_text(whole - rest), *([span_text(rest)] if rest >= smaller else [])]
            return " ".join(parts)
    return span_text(whole)


def _span(seconds: float) -> tuple[int, str]:
    whole = max(0, int(seconds))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if whole >= size:
            return whole // size, unit
    return whole, "s"


def elapsed_text(seconds: float) -> str:
    """Write a running time as `0:07` or `12:34`."""
    whole = max(0, int(seconds))
    return f"{whole // 60}:{whole % 60:02}"


def local(instant: datetime, day: BusinessDay) -> datetime:
    """Return an instant as the shop's clocks show it, whatever zone the PC is in."""
    return instant.astimezone(ZoneInfo(day.zone))


def clock_text(instant: datetime, day: BusinessDay) -> str:
    """Write the shop's time of an instant, like `14:03:22`."""
    return f"{local(instant, day):%H:%M:%S}"


def day_text(day: date) -> str:
    """Write a day as the bar on top shows it, like `Sat 22 Nov`."""
    pattern = QCoreApplication.translate("text", "ddd d MMM", "a date as Qt's date format")
    return QLocale().toString(QDate(day.year, day.month, day.day), pattern)
