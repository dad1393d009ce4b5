"""The sentences of what keeps money from being given back."""

from __future__ import annotations

from typing import Final

from posapp.ui.i18n import QT_TRANSLATE_NOOP

REFUND_TITLES: Final = {
    "refund_too_much": QT_TRANSLATE_NOOP("problem", "That is more than can still be given back of this payment"),
    "refund_changed": QT_TRANSLATE_NOOP("problem", "Something of this payment was given back meanwhile"),
    "refund_over_ceiling": QT_TRANSLATE_NOOP("problem", "That is more than may be given back on one day in this name"),
    "refund_wrong_order": QT_TRANSLATE_NOOP("problem", "Those are not the last characters of this order's id"),
    "refund_not_paid": QT_TRANSLATE_NOOP("problem", "This payment is not paid, so there is nothing to give back"),
    "refund_not_offered": QT_TRANSLATE_NOOP("problem", "This gateway gives no money back on a till's word"),
    "refund_partial": QT_TRANSLATE_NOOP("problem", "This gateway gives back whole payments only"),
    "refund_currency": QT_TRANSLATE_NOOP("problem", "That payment was made in another currency"),
    "refund_reason": QT_TRANSLATE_NOOP("problem", "A reason is one line of at most 128 characters"),
    "refund_reused": QT_TRANSLATE_NOOP("problem", "That press was for another refund; nothing was done"),
    "refund_unknown": QT_TRANSLATE_NOOP("problem", "This till has no such payment or refund"),
    "refund_failed": QT_TRANSLATE_NOOP("problem", "The gateway says that the refund failed"),
}

REFUND_MEND: Final = {
    "refund_changed": QT_TRANSLATE_NOOP("problem", "Look at what is left, then enter the amount anew."),
    "refund_over_ceiling": QT_TRANSLATE_NOOP("problem", "Let somebody with a higher limit sign in and do it."),
    "refund_wrong_order": QT_TRANSLATE_NOOP(
        "problem", "Compare them with the customer's receipt: it may be another order."
    ),
    "refund_not_offered": QT_TRANSLATE_NOOP("problem", "Do it in the gateway's own portal, with the ids of the order."),
    "refund_partial": QT_TRANSLATE_NOOP("problem", "Do it in the gateway's own portal, with the ids of the order."),
}
