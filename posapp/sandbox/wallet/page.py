"""What the wallet shows in each state of an order, as HTML; every outside text is escaped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from html import escape

from posapp.sandbox import currencies
from posapp.sandbox.orders import NANOSECONDS, Attempt, AttemptState, Order, OrderState, Provider
from posapp.sandbox.wallet.style import CSS

_LOGO = """<svg viewBox="0 0 28 28" aria-hidden="true">\
<rect width="28" height="28" rx="8" fill="var(--brand)"/>\
<g fill="none" stroke="var(--on-brand)" stroke-width="2" stroke-linejoin="round">\
<path d="M7 10v9a2 2 0 0 0 2 2h12v-11z"/>\
<path d="M7 10a2 2 0 0 1 2-2h10v2"/></g><circle cx="17" cy="15" r="2" fill="var(--on-brand)"/></svg>"""
_LONG, _HUGE = 9, 14
_TAIL = 8
_DESCRIPTION_SHOWN = 300
_PROVIDER_NAMES = {Provider.CBTIS: "CBTIS", Provider.AIRWALLEX: "Airwallex"}


class Face(StrEnum):
    """The states a code can be shown in."""

    WAITING = "waiting"
    PAID = "paid"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REPLACED = "replaced"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class _Look:
    """The words and the sign of one state."""

    title: str
    headline: str
    say: str
    path: str


_LOOKS: dict[Face, _Look] = {
    Face.WAITING: _Look("Confirm payment", "", "", ""),
    Face.PAID: _Look("Paid", "Payment successful", "", "M5 12.5l5 5L19.5 7"),
    Face.CANCELLED: _Look(
        "Payment cancelled",
        "Payment cancelled",
        "Nothing was taken from your wallet.",
        "M7 7l10 10M17 7L7 17",
    ),
    Face.EXPIRED: _Look(
        "Code expired",
        "This code has expired",
        "Nothing was taken. Ask the shop for a new code.",
        "M12 7v5l4 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
    ),
    Face.REPLACED: _Look(
        "Code replaced",
        "This code was replaced",
        "Nothing was taken with it. Scan the newest code at the shop.",
        "M5 9h13l-4-4M19 15H6l4 4",
    ),
    Face.UNKNOWN: _Look(
        "Unknown code",
        "This code is not known",
        "The sandbox that made it may have been restarted. Ask the shop for a new code.",
        "M9 9a3 3 0 1 1 4.5 2.6C12.5 12.2 12 13 12 14M12 18v.1",
    ),
}


def face_of(order: Order, attempt: Attempt) -> Face:
    """Return the state to show for one code of an order."""
    if attempt.state is AttemptState.PAID and order.state is OrderState.PAID:
        return Face.PAID
    if attempt.state is AttemptState.WAITING and order.state is OrderState.WAITING:
        return Face.WAITING
    if attempt is not order.latest:
        return Face.REPLACED
    return Face.EXPIRED if attempt.state is AttemptState.EXPIRED else Face.CANCELLED


def order_page(order: Order, attempt: Attempt) -> str:
    """Return the page of a known code."""
    face = face_of(order, attempt)
    look = _LOOKS[face]
    rows = [("Order", _tail(order.merchant_order_id)), ("Gateway", _PROVIDER_NAMES[order.provider])]
    if face is Face.PAID and order.paid_at is not None:
        paid_at = datetime.fromtimestamp(order.paid_at // NANOSECONDS, UTC).astimezone()
        rows.insert(0, ("Paid at", f"{paid_at:%Y-%m-%d %H:%M:%S}"))
    if face is Face.WAITING:
        rows.append(("Pay with", "Pretend balance"))
        head = f'{_initial(order)}<h1>{_description(order)}</h1><p class="say">Amount to pay</p>'
    else:
        if order.description:
            rows.insert(0, ("For", order.description[:_DESCRIPTION_SHOWN]))
        head = f"{_sign(look)}<h1>{look.headline}</h1>" + (f'<p class="say">{look.say}</p>' if look.say else "")
    off = "" if face in (Face.WAITING, Face.PAID) else " off"
    card = f'<section class="card {face}{off}">{head}{_amount(order)}{_list(rows)}</section>'
    return _document(look.title, card + _actions(order, attempt, face))


def unknown() -> str:
    """Return the page of a code nobody knows."""
    look = _LOOKS[Face.UNKNOWN]
    card = (
        f'<section class="card unknown">{_sign(look)}<h1>{look.headline}</h1>'
        f'<p class="say last">{look.say}</p></section>'
    )
    return _document(look.title, card)


def _tail(any_id: str) -> str:
    return any_id if len(any_id) <= _TAIL else f"…{any_id[-_TAIL:]}"


def _actions(order: Order, attempt: Attempt, face: Face) -> str:
    if face is Face.WAITING:
        start = f"/wallet/{escape(attempt.token)}"
        amount = escape(f"{order.currency} {currencies.written(order.provider, order.amount, order.currency)}")
        return (
            f'<div class="acts"><form method="post" action="{start}/pay">'
            f'<button id="pay" type="submit" aria-label="Pay {amount}">Pay</button></form>'
            f'<form method="post" action="{start}/cancel">'
            '<button id="cancel" type="submit">Cancel</button></form></div>'
        )
    back = attempt.success_url if face is Face.PAID else attempt.cancel_url
    if back is not None and back.startswith(("https://", "http://")):
        return f'<div class="acts"><a class="link" href="{escape(back)}">Back to the shop</a></div>'
    return ""


def _description(order: Order) -> str:
    return escape(order.description[:_DESCRIPTION_SHOWN] or "The shop")


def _initial(order: Order) -> str:
    letters = [letter for letter in order.description if letter.isalnum()]
    return f'<div class="mark" aria-hidden="true">{escape(letters[0].upper() if letters else "¤")}</div>'


def _sign(look: _Look) -> str:
    return (
        '<div class="mark" aria-hidden="true"><svg viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        f'stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="{look.path}"/></svg></div>'
    )


def _amount(order: Order) -> str:
    text = currencies.written(order.provider, order.amount, order.currency)
    size = " huge" if len(text) > _HUGE else " long" if len(text) > _LONG else ""
    return f'<p class="amount{size}"><span>{escape(order.currency)}</span> <b>{text}</b></p>'


def _list(rows: list[tuple[str, str]]) -> str:
    return f"<dl>{''.join(f'<div><dt>{name}</dt><dd>{escape(value)}</dd></div>' for name, value in rows)}</dl>"


def _document(title: str, content: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">'
        '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'
        f'<title>{title} · Sandbox Wallet</title><style>{CSS}</style></head><body><div class="phone">'
        f'<header><span class="brand">{_LOGO}Sandbox Wallet</span>'
        '<span class="badge">No real money</span></header>'
        f"<main>{content}</main><footer>For trying posapp. No money moves.</footer>"
        "</div></body></html>"
    )
