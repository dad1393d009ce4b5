"""Sending: what a failed create makes of an attempt, and what an answer that comes too late is laid over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from posapp.domain.status import AttemptState
from posapp.gateways.errors import AuthFailed, GatewayError, Malformed, NotSent, OutcomeUnknown, RateLimited, Refused
from posapp.services.sending import failed
from posapp.store.orders import OrderStore
from tests.fakes import an_attempt
from tests.scripted_gateway import late
from tests.unit.services.bench import AMOUNT

if TYPE_CHECKING:
    from tests.unit.services.bench import Bench

S = AttemptState


@pytest.mark.parametrize(
    "error, state",
    [
        (NotSent("dns", "w", support_id="rid-1"), S.NOT_SENT),
        (AuthFailed("http_401", "w", sent=False, support_id="rid-1"), S.NOT_SENT),
        (RateLimited("http_429", "w", retry_after_s=None, sent=False, support_id="rid-1"), S.NOT_SENT),
        (Refused("1001", "w", support_id="rid-1"), S.REFUSED),
        (AuthFailed("http_401", "w", sent=True, support_id="rid-1"), S.REFUSED),
        (RateLimited("http_429", "w", retry_after_s=None, sent=True, support_id="rid-1"), S.REFUSED),
        (OutcomeUnknown("timeout", "w", support_id="rid-1"), S.UNKNOWN),
        (Malformed("json", "w", support_id="rid-1"), S.UNKNOWN),
        (GatewayError("odd", "w", support_id="rid-1"), S.UNKNOWN),
    ],
)
def test_whether_a_byte_left_decides_and_nothing_else(error: GatewayError, state: AttemptState) -> None:
    asked = an_attempt(1)
    became = failed(asked, error)
    assert became == replace(asked, state=state, problem_code=error.code, problem_text="w", support_id="rid-1")


def test_an_answer_does_not_undo_what_somebody_found_out_meanwhile(bench: Bench) -> None:
    bench.gateway.next("create", late(10))
    snapshot = bench.services.checkout.begin(AMOUNT)
    bench.till.background(bench.services.checkout.create(snapshot))
    bench.let_pass(1)
    store = OrderStore(bench.till.ledger)
    asked = snapshot.leading
    unknown = replace(asked, state=S.UNKNOWN)
    found = replace(unknown, state=S.ORPHAN, gateway_id="G000001")
    store.change(asked, unknown, bench.clock.now())  # somebody wiped the lock files and took us for dead
    store.change(unknown, found, bench.clock.now())
    bench.let_pass(30)
    assert bench.attempt(asked.merchant_order_id) == found
    assert bench.till.failures == []


@pytest.mark.parametrize("ahead_s, kept", [(None, []), (100.0, []), (-31_536_000.0, ["-31536000"])])
def test_an_order_of_a_wrong_clock_says_so_in_its_audit(bench: Bench, ahead_s: float | None, kept: list[str]) -> None:
    bench.gateway.clock_ahead_s = ahead_s
    snapshot = bench.charge()
    timeline = bench.services.listing.details(snapshot.order.order_id).timeline
    assert [entry.facts["ahead_s"] for entry in timeline if entry.event == "clock_off"] == kept
