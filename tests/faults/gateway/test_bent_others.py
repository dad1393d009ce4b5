"""Replies that no sale needs (logins, refunds, webhooks), bent as the others are: our errors come out, or the truth."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posapp.gateways.airwallex import webhook as airwallex_events
from posapp.gateways.airwallex.webhook import AirwallexEvent
from posapp.gateways.base import RefundAnswer, ReportedRefund
from posapp.gateways.cbtis import webhook as cbtis_notices
from posapp.gateways.cbtis.webhook import CbtisNotice
from posapp.gateways.errors import GatewayError, Malformed
from tests.faults.conftest import CAMPAIGN
from tests.faults.gateway.bending import answers, broken
from tests.unit.gateways import samples
from tests.unit.gateways.line_server import reply
from tests.unit.gateways.test_mutated_replies import check_types, result_of

pytestmark = [pytest.mark.xdist_group("faults-bent"), pytest.mark.timeout(600 if CAMPAIGN else 60)]

EXAMPLES = 400 if CAMPAIGN else 8
JSON = dict[str, Any]
CALLS: dict[str, tuple[str, str, JSON]] = {
    f"{provider} {call}": (provider, call, samples.golden(f"{provider}/{name}.json"))
    for provider in ("cbtis", "airwallex")
    for call, name in (("login", "login"), ("refund", "refund_create"), ("query_refund", "refund_create"))
}
SETTLED = {"SUCCEEDED", "ACCEPTED", "SETTLED"}


@pytest.fixture(autouse=True)
def warnings_are_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the adapters warn of unknown codes as often as they like here."""
    for name in ("posapp.gateways.cbtis.client", "posapp.gateways.airwallex.calls"):
        monkeypatch.setattr(logging.getLogger(name), "disabled", True)


@pytest.mark.parametrize("provider, call, body", CALLS.values(), ids=list(CALLS))
def test_g16_a_bent_login_or_refund_is_an_error_of_ours_or_what_was_said(
    provider: str, call: str, body: JSON, figure: Callable[[str], None]
) -> None:
    @settings(max_examples=EXAMPLES)
    @given(data=st.data())
    def holds(data: st.DataObject) -> None:
        answer = data.draw(answers(body) | broken(body))({})
        result = asyncio.run(result_of(provider, call, reply(answer.raw, answer.status, answer.kind or None)))
        check_types(result)
        if call == "login":
            assert result is None or isinstance(result, GatewayError)
            assert not (isinstance(result, GatewayError) and isinstance(result, Malformed)), "a login sends no sale"
        if isinstance(result, RefundAnswer) and result.status is ReportedRefund.SUCCEEDED:
            assert result.raw_status in SETTLED

    holds()
    figure(f"{provider}: {EXAMPLES:,} bent replies to a {call}")


Read = Callable[[bytes], AirwallexEvent | CbtisNotice]
NOTICES: dict[str, tuple[Read, JSON]] = {
    "cbtis payment": (cbtis_notices.read_notice, samples.golden("cbtis/notice_payment.json")),
    "cbtis refund": (cbtis_notices.read_notice, samples.golden("cbtis/notice_refund.json")),
    "airwallex event": (airwallex_events.read_event, samples.golden("airwallex/event.json")),
}


@pytest.mark.parametrize("read, body", NOTICES.values(), ids=list(NOTICES))
def test_g16_a_bent_notice_names_ids_or_is_malformed(read: Read, body: JSON, figure: Callable[[str], None]) -> None:
    number = 2 * EXAMPLES

    @settings(max_examples=number)
    @given(data=st.data())
    def holds(data: st.DataObject) -> None:
        raw = data.draw(answers(body) | broken(body))({}).raw
        try:
            notice = read(raw)
        except Malformed:
            return
        for text in asdict(notice).values():
            assert text is None or (isinstance(text, str) and text.isprintable() and len(text) <= 128)

    holds()
    assert read(json.dumps(body).encode())
    figure(f"{number:,} bent notices")


@settings(max_examples=5 * EXAMPLES)
@given(
    body=st.binary(max_size=200),
    headers=st.dictionaries(
        st.sampled_from(["x-signature", "X-Signature", "x-timestamp", "signature", "Sign", "cbtis-signature"]),
        st.text(max_size=80),
    ),
    now=st.integers(0, 2**45),
)
def test_g16_a_notice_without_the_secret_is_never_genuine(body: bytes, headers: dict[str, str], now: int) -> None:
    assert not airwallex_events.is_genuine(body, headers, "the subscription's secret", now)
    assert not airwallex_events.is_genuine(body, headers, "", now)
