"""Sentences for the problems of files, comparisons and settlement files."""

from __future__ import annotations

from typing import Final

from posapp.ui.i18n import QT_TRANSLATE_NOOP

RECONCILE_TITLES: Final = {
    "target_full": QT_TRANSLATE_NOOP("problem", "There is no room left for the file"),
    "target_denied": QT_TRANSLATE_NOOP("problem", "No file may be written or read there"),
    "target_gone": QT_TRANSLATE_NOOP("problem", "That folder or disk is not there any more"),
    "target_failed": QT_TRANSLATE_NOOP("problem", "The disk reports an error with the file"),
    "too_many_rows": QT_TRANSLATE_NOOP("problem", "There are more orders than that kind of file takes"),
    "export_busy": QT_TRANSLATE_NOOP("problem", "Another file is being written"),
    "compare_running": QT_TRANSLATE_NOOP("problem", "A day is being compared with the gateway already"),
    "settlement_too_large": QT_TRANSLATE_NOOP("problem", "The file is larger than any settlement file"),
    "settlement_not_text": QT_TRANSLATE_NOOP("problem", "The file is no text with columns"),
    "settlement_no_columns": QT_TRANSLATE_NOOP("problem", "The file has no columns that could be told apart"),
    "settlement_broken": QT_TRANSLATE_NOOP("problem", "A line of the file cannot be read"),
    "settlement_unmapped": QT_TRANSLATE_NOOP("problem", "It is not said which column holds what"),
}

RECONCILE_MEND: Final = {
    "target_full": QT_TRANSLATE_NOOP("problem", "Nothing was written. Choose another place, or free some space."),
    "target_denied": QT_TRANSLATE_NOOP("problem", "Nothing was written. Choose another place."),
    "target_gone": QT_TRANSLATE_NOOP("problem", "Nothing was written. Plug it in again, or choose another place."),
    "target_failed": QT_TRANSLATE_NOOP("problem", "Nothing was written. Choose another place."),
    "too_many_rows": QT_TRANSLATE_NOOP("problem", "Choose fewer days, or CSV, which takes any number."),
    "export_busy": QT_TRANSLATE_NOOP("problem", "Wait until it is there, or cancel it."),
    "settlement_not_text": QT_TRANSLATE_NOOP("problem", "Save it as CSV first."),
    "settlement_no_columns": QT_TRANSLATE_NOOP("problem", "Save it as CSV first."),
    "settlement_broken": QT_TRANSLATE_NOOP("problem", "Ask the gateway for the file once more."),
    "settlement_unmapped": QT_TRANSLATE_NOOP("problem", "Choose the columns of the order's id and of the amount."),
}
