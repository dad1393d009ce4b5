"""What each pretend order leaves in the ledger: its rows, and the audit rows of the way there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from posapp.store.refund_rows import REFUND_PROGRESS_COLUMNS
from posapp.store.rows import PROGRESS_COLUMNS

if TYPE_CHECKING:
    from tests.ledgers.shop import Sale, Shop

Values = tuple[str | int | None, ...]

_SECOND: Final = 1_000_000
_FRESH: Final[dict[str, str | int | None]] = {**dict.fromkeys(PROGRESS_COLUMNS), "code_dead": 0}


@dataclass(frozen=True, slots=True)
class Step:
    """One audit row to be: what changed and what the rows are afterwards.

    Attributes:
        vouched: The values that the row vouches for.
        ref: The attempt it is about.
    """

    at_us: int
    ref: str
    event: str
    old: str | None
    new: str | None
    facts: dict[str, str]
    vouched: Values


@dataclass(slots=True)
class Life:
    """All rows of one order.

    Attributes:
        order: Its columns as `order_values` lays them out.
        attempts: Columns of each attempt: what was asked, what became of it.
        refunds: The same of each refund.
        steps: The audit rows, in order.
        status: What the order derives from all that.
        needs_look: The same.
        refunded_minor: The same.
    """

    order: Values
    attempts: list[tuple[Values, Values]] = field(default_factory=list[tuple[Values, Values]])
    refunds: list[tuple[Values, Values]] = field(default_factory=list[tuple[Values, Values]])
    steps: list[Step] = field(default_factory=list[Step])
    status: str = "PAID"
    needs_look: int = 0
    refunded_minor: int = 0


def life_of(sale: Sale, shop: Shop) -> Life:
    """Let an order live."""
    order = (
        sale.order_id, sale.amount_minor, sale.currency, sale.note, sale.till, sale.cashier, sale.business_day,
        sale.created_us,
    )  # fmt: skip
    life = Life(order)
    match sale.end:
        case "second":
            _attempt(life, sale, shop, 1, ("REFUSED",))
            _attempt(life, sale, shop, 2, ("CREATED", "PENDING", "SUCCEEDED"))
        case "cancelled":
            life.status = "CLOSED"
            _attempt(life, sale, shop, 1, ("CREATED", "PENDING", "CANCELLED"))
        case "refused" | "not_sent":
            life.status = "CLOSED"
            _attempt(life, sale, shop, 1, (sale.end.upper(),))
        case "unknown":
            life.status, life.needs_look = "OPEN", 1
            _attempt(life, sale, shop, 1, ("UNKNOWN",))
        case "lapsed":
            life.status, life.needs_look = "CLOSED", 1
            _attempt(life, sale, shop, 1, ("UNKNOWN", "LAPSED"))
        case "late":
            life.needs_look = 1
            _attempt(life, sale, shop, 1, ("CREATED", "PENDING", "SUCCEEDED"), alarm="PAID_LATE")
        case "open":
            life.status = "OPEN"
            _attempt(life, sale, shop, 1, ("CREATED", "PENDING"))
        case _:
            _attempt(life, sale, shop, 1, ("CREATED", "PENDING", "SUCCEEDED"))
    if sale.end == "refunded":
        _refund(life, sale, shop)
    return life


def _attempt(
    life: Life, sale: Sale, shop: Shop, number: int, states: tuple[str, ...], alarm: str | None = None
) -> None:
    ref = sale.order_id if number == 1 else f"{sale.order_id[:-1]}{'Z' if sale.order_id[-1] != 'Z' else 'Y'}"
    at = sale.created_us + (number - 1) * 5 * _SECOND
    request = shop.uuid()
    asked: Values = (
        ref, sale.order_id, number, "cbtis", "qrcode", sale.amount_minor, sale.currency, "Harbour Tea", request,
        shop.uuid(), shop.uuid(), None, None, at,
    )  # fmt: skip
    facts = {
        "amount_minor": str(sale.amount_minor), "currency": sale.currency, "number": str(number), "provider": "cbtis",
        "flow": "qrcode", "request_id": request,
    }  # fmt: skip
    became = {**_FRESH, "state": "CREATING"}
    life.steps.append(Step(at, ref, "state", "DRAFT", "CREATING", facts, _vouched(life.order, asked, became)))
    before = "CREATING"
    for state in states:
        at += _PAUSES.get(state, _SECOND)
        facts = _reach(became, state, at, shop, alarm)
        life.steps.append(Step(at, ref, "state", before, state, facts, _vouched(life.order, asked, became)))
        before = state
    life.attempts.append((asked, tuple(became.values())))


_PAUSES: Final = {
    "CREATED": 700_000,
    "PENDING": 40_000,
    "SUCCEEDED": 9 * _SECOND,
    "CANCELLED": 1800 * _SECOND,
    "LAPSED": 14 * 86_400 * _SECOND,
}


def _reach(became: dict[str, str | int | None], state: str, at: int, shop: Shop, alarm: str | None) -> dict[str, str]:
    became["state"] = state
    facts: dict[str, str] = {}
    match state:
        case "CREATED":
            gateway_id, support_id = f"PI{shop.token()}", shop.token()[:12]
            became.update(gateway_id=gateway_id, support_id=support_id, code_kind="scan")
            became.update(code_content=f"https://qr.example.test/wxpay/bizpayurl?pr={gateway_id}")
            facts = {"gateway_id": gateway_id, "support_id": support_id, "code_kind": "scan"}
        case "PENDING":
            became.update(shown_us=at)
            facts = {"shown": "yes"}
        case "SUCCEEDED":
            became.update(final_us=at, paid_us=at - _SECOND, alarm=alarm, paid_raw=str((at - _SECOND) // _SECOND))
            facts = {"paid_at": str(became["paid_raw"])} | ({"alarm": alarm} if alarm else {})
        case "REFUSED":
            became.update(final_us=at, problem_code="payment_refused", problem_text="declined")
            facts = {"problem": "payment_refused", "detail": "declined"}
        case "NOT_SENT":
            became.update(final_us=at, problem_code="dns")
            facts = {"problem": "dns"}
        case "UNKNOWN":
            became.update(problem_code="timeout")
            facts = {"problem": "timeout"}
        case _:
            became.update(final_us=at)
    return facts


def _refund(life: Life, sale: Sale, shop: Shop) -> None:
    paid_asked, _ = life.attempts[0]
    amount = sale.amount_minor if sale.created_us % 3 else max(1, sale.amount_minor // 4)
    ref, at = f"R{shop.token()}", sale.created_us + 3600 * _SECOND
    asked: Values = (
        ref, shop.uuid(), sale.order_id, paid_asked[0], life.attempts[0][1][1], "cbtis", amount, sale.currency,
        "customer changed their mind", sale.business_day, at, "Ada", "",
    )  # fmt: skip
    became: dict[str, str | int | None] = dict.fromkeys(REFUND_PROGRESS_COLUMNS)
    before: str | None = None
    for state, later in (("REQUESTED", 0), ("PROCESSING", _SECOND), ("SUCCEEDED", 20 * _SECOND)):
        became["state"] = state
        facts = {"ref": ref, "amount_minor": str(amount), "currency": sale.currency}
        if state == "PROCESSING":
            became["gateway_refund_id"] = facts["gateway_refund_id"] = f"RF{shop.token()}"
        if state == "SUCCEEDED":
            became["final_us"] = at + later
        vouched = (*asked, *became.values())
        life.steps.append(Step(at + later, str(paid_asked[0]), "refund", before, state, facts, vouched))
        before = state
    life.refunds.append((asked, tuple(became.values())))
    life.refunded_minor = amount


def _vouched(order: Values, asked: Values, became: dict[str, str | int | None]) -> Values:
    *values, settled = became.values()
    return (*order, *asked, *values) if settled is None else (*order, *asked, *values, settled)
