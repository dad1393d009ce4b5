"""Sentences about one order, for the cashier: what asking brought, what an earlier order is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from posapp.domain.status import Standing
from posapp.ui.i18n import QT_TRANSLATE_NOOP
from posapp.ui.text import clock_text, money_text, order_tail, standing_look

if TYPE_CHECKING:
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.till import TillFacts

_ASKED = {
    Standing.WAITING: QT_TRANSLATE_NOOP("orders", "Not paid yet: the customer can still pay it."),
    Standing.NOT_KNOWN: QT_TRANSLATE_NOOP("orders", "Not known yet. Do not charge again."),
    Standing.UNPAID: QT_TRANSLATE_NOOP("orders", "Not paid: the gateway has closed it."),
    Standing.REFUSED: QT_TRANSLATE_NOOP("orders", "Not paid: it never reached a payment."),
    Standing.REVIEW: QT_TRANSLATE_NOOP("orders", "The gateway's answer needs a look. Do not charge again."),
}


def paid_sentence(snapshot: OrderSnapshot, facts: TillFacts) -> str:
    """Say when and how much was paid, by the gateway's clock where it could be read."""
    amount = money_text(snapshot.order.money, facts)
    paid_at = snapshot.leading.paid_at
    if paid_at is None:
        return QCoreApplication.translate("orders", "Paid, {amount}.").format(amount=amount)
    words = QCoreApplication.translate("orders", "Paid at {time}, {amount}.")
    return words.format(time=clock_text(paid_at, facts.day), amount=amount)


def asked_sentence(snapshot: OrderSnapshot, facts: TillFacts) -> str:
    """Answer "did the last customer pay?" in one sentence."""
    if snapshot.standing is Standing.PAID:
        return paid_sentence(snapshot, facts)
    return QCoreApplication.translate("orders", _ASKED[snapshot.standing])


def earlier_sentence(snapshot: OrderSnapshot, facts: TillFacts) -> tuple[str, str]:
    """Ask whether an open order of the same amount is the one that is meant."""
    order = snapshot.order
    title = QCoreApplication.translate("orders", "{amount} was charged at {time} and is still open").format(
        amount=money_text(order.money, facts), time=clock_text(order.created_at, facts.day)
    )
    body = QCoreApplication.translate(
        "orders", "Order {tail}: {state}. If this is the same customer, show that one; charge again only for another."
    ).format(tail=order_tail(order.order_id), state=standing_look(snapshot.standing).word)
    return title, body
