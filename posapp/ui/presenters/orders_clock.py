"""Days and instants as the order list writes them: in the shop's time zone, never the PC's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from posapp.ui.text import clock_text, local

if TYPE_CHECKING:
    from posapp.domain.business_day import BusinessDay

translate = QCoreApplication.translate


def shop_today(rule: BusinessDay) -> date:
    """Return the shop's business day now."""
    return rule.of(datetime.now(UTC))


def short_day(day: date) -> str:
    """Write a day without its year, like `22 Nov`."""
    return _written(day, translate("OrdersClock", "d MMM", "a date as Qt's date format"))


def long_day(day: date) -> str:
    """Write a day in full, like `Sat 22 Nov 2025`."""
    return _written(day, translate("OrdersClock", "ddd d MMM yyyy", "a date as Qt's date format"))


def day_name(day: date, today: date) -> str:
    """Write a day as people call it: today and yesterday by name, others by date."""
    if day == today:
        return translate("OrdersClock", "Today")
    if day == today - timedelta(days=1):
        return translate("OrdersClock", "Yesterday")
    return long_day(day)


def days_name(first: date | None, last: date | None, today: date) -> str:
    """Write several days as people call them."""
    if first is None or last is None:
        return translate("OrdersClock", "All days")
    if first == last:
        return day_name(first, today)
    if last == today and first == today - timedelta(days=6):
        return translate("OrdersClock", "Last 7 days")
    if last == today and first.day == 1 and first.month == today.month:
        return translate("OrdersClock", "This month")
    words = translate("OrdersClock", "{first} – {last}")
    return words.format(first=short_day(first) if first.year == last.year else long_day(first), last=dated_day(last))


def dated_day(day: date) -> str:
    """Write a day with its year, like `22 Nov 2025`."""
    return _written(day, translate("OrdersClock", "d MMM yyyy", "a date as Qt's date format"))


def moment(instant: datetime, rule: BusinessDay) -> str:
    """Write day and time, like `22 Nov, 14:03:22`."""
    words = translate("OrdersClock", "{day}, {time}")
    return words.format(day=short_day(local(instant, rule).date()), time=clock_text(instant, rule))


def beside(instant: datetime, near: datetime, rule: BusinessDay) -> str:
    """Write the time alone where it falls on the same calendar day as another instant, else day and time."""
    if local(instant, rule).date() == local(near, rule).date():
        return clock_text(instant, rule)
    return moment(instant, rule)


def _written(day: date, pattern: str) -> str:
    return QLocale().toString(QDate(day.year, day.month, day.day), pattern)
