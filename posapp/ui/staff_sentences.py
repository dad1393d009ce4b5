"""Sentences for the problems of people, PINs and rights: what happened, and what is safe to do now."""

from __future__ import annotations

from typing import Final

from posapp.ui.i18n import QT_TRANSLATE_NOOP

STAFF_TITLES: Final = {
    "signed_out": QT_TRANSLATE_NOOP("problem", "The till is locked: somebody has to sign in first"),
    "right_missing": QT_TRANSLATE_NOOP("problem", "Who stands at the till may not do that alone"),
    "approval_used": QT_TRANSLATE_NOOP("problem", "That approval is used up or too old"),
    "owner_needed": QT_TRANSLATE_NOOP("problem", "Only an owner may make or change managers and owners"),
    "owner_missing": QT_TRANSLATE_NOOP("problem", "There has to be an owner who may sign in"),
    "name_taken": QT_TRANSLATE_NOOP("problem", "Somebody at this till has that name already"),
    "name_unusable": QT_TRANSLATE_NOOP("problem", "A name is one short line of plain text"),
    "person_unknown": QT_TRANSLATE_NOOP("problem", "Nobody of that name may sign in at this till"),
    "pin_unusable": QT_TRANSLATE_NOOP("problem", "A PIN has 4 to 8 digits"),
    "pin_lazy": QT_TRANSLATE_NOOP("problem", "That PIN is among the first that anybody would guess"),
    "pin_differs": QT_TRANSLATE_NOOP("problem", "The two PINs are not the same"),
    "pin_key_missing": QT_TRANSLATE_NOOP("problem", "This PC's password store has lost the key of the PINs"),
    "reason_unusable": QT_TRANSLATE_NOOP("problem", "A reason is one short line of plain text"),
}

STAFF_MEND: Final = {
    "right_missing": QT_TRANSLATE_NOOP("problem", "Ask somebody who may, to allow it with a PIN."),
    "approval_used": QT_TRANSLATE_NOOP("problem", "Ask for it once more."),
    "owner_missing": QT_TRANSLATE_NOOP("problem", "Make somebody else an owner first."),
    "pin_lazy": QT_TRANSLATE_NOOP("problem", "Choose another one."),
    "pin_differs": QT_TRANSLATE_NOOP("problem", "Type both once more."),
    "pin_key_missing": QT_TRANSLATE_NOOP(
        "problem", "Whoever looks after this PC has to set every PIN anew (posapp staff reset-pin)."
    ),
}
