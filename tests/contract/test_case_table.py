"""One table for all adapters (`cases.json`): what a gateway replies, and what an adapter makes of it.

A new provider is rows in that table and no change here. Each row names the requests in their order, so a request too
many or too few fails; logins are answered beside them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from posapp.domain.money import Money
from posapp.domain.order import Flow, Payer
from posapp.gateways import errors, registry
from posapp.gateways.airwallex.client import AirwallexGateway
from posapp.gateways.base import AttemptRef, RefundRef
from posapp.gateways.errors import GatewayError
from tests.unit.gateways import samples
from tests.unit.gateways.line_server import Action, Heard, LineServer, reply

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from posapp.gateways.base import PaymentGateway
    from tests.conftest import ExpectedWarnings

pytestmark = pytest.mark.anyio

Fields = dict[str, object]
CALLS = ("create", "query", "cancel", "refund", "query_refund")
LOGIN = {"cbtis": "GET /mch-api/v1/auth", "airwallex": "POST /api/v1/authentication/login"}


@dataclass(frozen=True)
class Case:
    name: str
    provider: str
    call: str
    steps: list[Fields]
    result: Fields
    args: Fields

    def text(self, key: str) -> str | None:
        value = self.args.get(key)
        return None if value is None else str(value)


def read_cases() -> list[Case]:
    rows = cast("list[Fields]", json.loads((Path(__file__).parent / "cases.json").read_bytes()))
    return [
        Case(
            name=str(row["name"]),
            provider=str(row["provider"]),
            call=str(row["call"]),
            steps=cast("list[Fields]", row["steps"]),
            result=cast("Fields", row["result"]),
            args=cast("Fields", row.get("args", {})),
        )
        for row in rows
    ]


CASES = read_cases()


def action_of(wanted: Fields) -> Action:
    """Return the reply that a row describes."""
    body: object = wanted.get("body")
    if "golden" in wanted:
        merged = samples.golden(str(wanted["golden"]), **cast("Fields", wanted.get("data", {})))
        extra = wanted.get("merge")
        body = merged | samples.golden(str(extra)) if extra else merged
    raw = str(wanted["text"]) if "text" in wanted else json.dumps(body)
    return reply(
        raw.encode(),
        cast("int", wanted.get("status", 200)),
        str(wanted.get("type", "application/json")),
        cast("dict[str, str]", wanted.get("headers", {})),
    )


def gateway_for(case: Case, url: str) -> PaymentGateway:
    flow = Flow(case.text("flow") or "qrcode")
    settings = samples.settings(case.provider, url, Flow.QRCODE, case.text("return_url"))
    if case.provider == "airwallex":
        return AirwallexGateway(replace(settings, flow=flow), jitter=lambda: 0.0)
    return registry.build_gateway(settings)


def ask(gateway: PaymentGateway, case: Case) -> Awaitable[object]:
    """Make the call that a row names."""
    amount, currency = case.text("amount") or "50", case.text("currency") or "HKD"
    open_id = case.text("open_id")
    attempt = samples.attempt(
        case.provider,
        Flow(case.text("flow") or "qrcode"),
        amount,
        currency,
        Payer(open_id, case.text("app_id")) if open_id else None,
    )
    ref = AttemptRef(
        samples.MERCHANT_ID,
        case.text("gateway_id"),
        case.text("cancel_request_id"),
        confirmed=bool(case.args.get("confirmed")),
    )
    refund = replace(samples.refund(), money=Money.parse(amount, currency), payment_gateway_id=case.text("gateway_id"))
    refund_ref = RefundRef(
        refund.merchant_refund_id, case.text("gateway_refund_id"), case.text("gateway_id"), case.text("request_id")
    )
    calls: dict[str, Callable[[], Awaitable[object]]] = {
        "create": lambda: gateway.create(attempt),
        "query": lambda: gateway.query(ref),
        "cancel": lambda: gateway.cancel(ref),
        "refund": lambda: gateway.refund(refund),
        "query_refund": lambda: gateway.query_refund(refund_ref),
    }
    return calls[case.call]()


def plain(value: object) -> object:
    """Return a value as the table writes it: numbers and times as text, nested values as objects."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value


def described(result: object, wanted: Fields) -> Fields:
    """Return those facts of a result that a row speaks of."""
    facts: Fields = {"type": type(result).__name__}
    if isinstance(result, GatewayError):
        facts = {"error": type(result).__name__}
    return facts | {key: plain(getattr(result, key)) for key in wanted if key not in facts}


async def run(case: Case) -> tuple[object, list[str]]:
    """Return what a row's call ends in, and the requests that were made beside logins."""
    left = list(case.steps)

    def script(heard: Heard) -> Action:
        target = f"{heard.method} {heard.path}"
        if target == LOGIN[case.provider]:
            return action_of({"golden": f"{case.provider}/login.json"})
        if not left or left[0]["request"] != target:
            return reply(b"", 418, None)
        return action_of(cast("Fields", left.pop(0)["reply"]))

    async with LineServer(script) as server:
        gateway = gateway_for(case, server.url)
        try:
            result: object = await ask(gateway, case)
        except GatewayError as exc:
            result = exc
        finally:
            await gateway.aclose()
    return result, [target for target in server.targets() if target != LOGIN[case.provider]]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.provider} {case.call}: {case.name}" for case in CASES])
async def test_an_adapter_makes_of_a_reply_what_the_table_says(case: Case, expected_warnings: ExpectedWarnings) -> None:
    wanted = dict(case.result)
    warning = wanted.pop("warning", None)
    if warning:
        expected_warnings.expect(str(warning))
    result, targets = await run(case)
    assert described(result, wanted) == wanted
    assert targets == [step["request"] for step in case.steps]


def test_the_table_covers_every_call_flow_and_error_of_every_provider() -> None:
    kinds = {name for name in vars(errors) if isinstance(vars(errors)[name], type) and name != "GatewayError"}
    for provider in registry.providers():
        mine = [case for case in CASES if case.provider == provider]
        assert {case.call for case in mine} == set(CALLS)
        flows = {case.text("flow") or "qrcode" for case in mine if case.result.get("type") == "Created"}
        assert {flow.value for flow in registry.capabilities_for(provider).flows} <= flows
        assert {case.result["error"] for case in mine if "error" in case.result} == kinds
