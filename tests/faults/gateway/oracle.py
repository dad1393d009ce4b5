"""What an answer allows, read anew and by other means than the till's: the referee of the bent replies."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, NoReturn, cast

from posapp.gateways.airwallex import codes

if TYPE_CHECKING:
    from tests.faults.gateway.bending import Answer

Fields = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """What the till knows of the payment: its ids and what was asked for."""

    provider: str
    merchant_order_id: str
    gateway_id: str | None
    amount: Decimal
    currency: str


def payment_in(answer: Answer, asked: Asked, *, listed: bool = False) -> Fields | None:
    """Return the fields that describe a payment in a good answer; None where it is none."""
    body = _body(answer)
    if body is None or answer.status not in (200, 201):
        return None
    if asked.provider == "cbtis":
        data = body.get("data")
        good = type(body.get("code")) is int and body["code"] == 0
        return cast("Fields", data) if good and isinstance(data, dict) else None
    if not listed:
        return body
    items = cast("list[object]", body["items"]) if isinstance(body.get("items"), list) else []
    ours = [cast("Fields", item) for item in items if isinstance(item, dict)]
    ours = [item for item in ours if item.get("merchant_order_id") == asked.merchant_order_id]
    return ours[0] if len(ours) == 1 else None


def may_be_green(answer: Answer, asked: Asked, *, listed: bool = False) -> bool:
    """Tell whether an answer has the four equalities."""
    found = payment_in(answer, asked, listed=listed)
    if found is None or found.get("status") != "SUCCEEDED":
        return False
    return _is_ours(found, asked) and _money_is_ours(found, asked)


def may_be_cancelled(answer: Answer, asked: Asked, *, listed: bool = False) -> bool:
    """Tell whether an answer ends the payment without money."""
    found = payment_in(answer, asked, listed=listed)
    if found is None or found.get("status") != "CANCELLED":
        return False
    named = found.get("merchant_order_id") is not None or found.get(_key(asked)) is not None
    return named and _not_another(found, asked)


def may_show(created: Answer, confirmed: Answer | None, asked: Asked, content: str) -> bool:
    """Tell whether the replies to a create allow this code to be shown."""
    first = payment_in(created, asked)
    last = first if confirmed is None else payment_in(confirmed, asked)
    if first is None or last is None:
        return False
    told = first | {name: value for name, value in last.items() if value is not None}
    if not (_is_ours(told, asked) and _money_is_ours(told, asked)):
        return False
    action = last.get("next_action")
    return isinstance(action, dict) and _says(cast("Fields", action), content)


def may_refuse(answers: list[Answer], provider: str) -> bool:
    """Tell whether one of the answers to a create is a documented "no"."""
    return any(_refuses(answer, provider) for answer in answers)


def _refuses(answer: Answer, provider: str) -> bool:
    body = _body(answer) or {}
    code = body.get("code")
    if provider == "airwallex":
        final = codes.REFUSED | {codes.NOT_FOUND, codes.UNAUTHORISED, codes.RATE_LIMITED}
        return answer.status not in (200, 201) and code in final
    if type(code) is not int or code == 0:
        return False
    return answer.status in (400, 403, 404, 422) or 20001 <= code <= 20008 or code in (30002, 40002, 40004, 40005)


def _says(action: Fields, content: str) -> bool:
    data = cast("Fields", action["data"]) if isinstance(action.get("data"), dict) else {}
    said = [action.get(name) for name in ("qrcode", "qrcode_url", "url")] + [data.get("url")]
    if content in said:
        return content.startswith(("https://", "weixin://", "wxp://")) and content.isascii() and len(content) <= 2048
    try:
        handed = json.loads(content)
    except ValueError:
        return False
    return isinstance(handed, dict) and cast("Fields", handed).items() <= data.items()


def _body(answer: Answer) -> Fields | None:
    """Read a body as a strict reader would; None for whatever is no single JSON object."""

    def once(pairs: list[tuple[str, Any]]) -> Fields:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a field twice")
        return dict(pairs)

    def never(word: str) -> NoReturn:
        raise ValueError(word)

    try:
        value = json.loads(
            answer.raw.decode("utf-8"), object_pairs_hook=once, parse_constant=never, parse_float=Decimal
        )
    except (ValueError, RecursionError):
        return None
    return cast("Fields", value) if isinstance(value, dict) and "json" in answer.kind else None


def _key(asked: Asked) -> str:
    return "order_id" if asked.provider == "cbtis" else "id"


def _is_ours(found: Fields, asked: Asked) -> bool:
    return found.get("merchant_order_id") == asked.merchant_order_id and _not_another(found, asked)


def _not_another(found: Fields, asked: Asked) -> bool:
    ours, theirs = found.get("merchant_order_id"), found.get(_key(asked))
    named = asked.gateway_id is None or theirs is None or theirs == asked.gateway_id
    return ours in (None, asked.merchant_order_id) and named


def _money_is_ours(found: Fields, asked: Asked) -> bool:
    amount = found.get("amount")
    if isinstance(amount, bool) or not isinstance(amount, (str, int, Decimal)):
        return False
    try:
        return Decimal(amount) == asked.amount and found.get("currency") == asked.currency
    except InvalidOperation:
        return False
