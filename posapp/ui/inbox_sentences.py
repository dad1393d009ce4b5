"""Sentences for what cannot be decided about an odd payment."""

from __future__ import annotations

from typing import Final

from posapp.ui.i18n import QT_TRANSLATE_NOOP

INBOX_TITLES: Final = {
    "decided_already": QT_TRANSLATE_NOOP("problem", "Nothing is to be decided about it any more"),
    "decision_not_honest": QT_TRANSLATE_NOOP("problem", "That cannot be decided about it now"),
}
INBOX_MEND: Final = {
    "decision_not_honest": QT_TRANSLATE_NOOP("problem", "The gateway has told more meanwhile; look at it again."),
}
