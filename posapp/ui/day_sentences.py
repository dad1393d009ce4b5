"""Sentences for the problems of days and shifts: what happened, and what is safe to do now."""

from __future__ import annotations

from typing import Final

from posapp.ui.i18n import QT_TRANSLATE_NOOP

DAY_TITLES: Final = {
    "day_closed": QT_TRANSLATE_NOOP("problem", "This day is closed already"),
    "day_future": QT_TRANSLATE_NOOP("problem", "This day has not begun yet"),
    "close_running": QT_TRANSLATE_NOOP("problem", "A day is being closed already"),
    "close_cancelled": QT_TRANSLATE_NOOP("problem", "The close was called off"),
    "close_unknown": QT_TRANSLATE_NOOP("problem", "There is no Z of that number"),
    "shift_open": QT_TRANSLATE_NOOP("problem", "A shift is running already"),
    "shift_not_open": QT_TRANSLATE_NOOP("problem", "No shift is running"),
    "count_unusable": QT_TRANSLATE_NOOP("problem", "A count is an amount, not below zero"),
}

DAY_MEND: Final = {
    "day_closed": QT_TRANSLATE_NOOP("problem", "Its Z never changes; what came later stands in the next one."),
    "shift_open": QT_TRANSLATE_NOOP("problem", "Count and close it before the next one begins."),
}
