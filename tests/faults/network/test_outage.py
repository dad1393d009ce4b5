"""N9 and N10 in virtual time: an hour without network, and a link that comes and goes, with 50 open orders."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from posapp.domain.status import AttemptState
from posapp.domain.till import HealthState
from posapp.services.events import HealthChanged, OrderChanged, ProblemRaised
from posapp.services.watcher import MAX_IN_FLIGHT
from tests.scripted_gateway import Mischief, not_sent

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.scripted_gateway import Call
    from tests.unit.services.bench import Bench

pytestmark = pytest.mark.xdist_group("faults-network")

ORDERS = 50
HOUR_S = 3600.0
PROBE_S = 10.0
SOONEST_S = 7.0
PER_S = 2.0
BURST = 2


def open_orders(bench: Bench) -> list[str]:
    """Charge and show the codes of all the orders, the last one before the shopper."""
    bench.watch()
    bench.till.background(bench.services.heartbeat.run())
    return [bench.charge_and_show().merchant_order_id for _ in range(ORDERS)]


def unplug(bench: Bench) -> None:
    """Let no byte leave from now on."""
    for call in ("query", "check"):
        bench.gateway.weather[call] = not_sent("no_route")


def plug_in(bench: Bench) -> None:
    """Let everything through again."""
    bench.gateway.weather.clear()


def settle_time(bench: Bench, refs: list[str], within_s: float) -> float:
    """Let time pass until all are paid; returns how much."""
    began, wanted = bench.loop.time(), set(refs)
    while not wanted <= {
        attempt.merchant_order_id
        for order in bench.till.orders().values()
        for attempt in order.attempts
        if attempt.state is AttemptState.SUCCEEDED
    }:
        assert bench.loop.time() - began < within_s, "they do not settle"
        bench.let_pass(0.25)
    return bench.loop.time() - began


def assert_within_budget(questions: list[Call]) -> None:
    """Check that no stretch of time has more questions than two a second and the two that may be saved up."""
    starts = sorted(call.began for call in questions)
    for first in range(len(starts)):
        for last in range(first + BURST, len(starts)):
            allowed = BURST + PER_S * (starts[last] - starts[first])
            assert last - first + 1 <= allowed + 1e-6, f"{last - first + 1} questions in {starts[last] - starts[first]}"


def test_n9_an_hour_without_network_is_quiet_and_then_everything_settles(
    bench: Bench, figure: Callable[[str], None]
) -> None:
    refs = open_orders(bench)
    unplug(bench)
    for ref in refs[1:]:
        bench.truth.pay(ref)
    bench.let_pass(5 * PROBE_S)  # the circuit has opened
    before, told = len(bench.gateway.calls), len(bench.till.events)
    bench.let_pass(HOUR_S)
    down = bench.gateway.calls[before:]
    probes = [call for call in down if call.kind == "query"]
    assert len(probes) <= HOUR_S / SOONEST_S + 1
    assert len(probes) > HOUR_S / PROBE_S * 0.8  # and it did not stop looking
    assert all(later.began - earlier.began >= SOONEST_S - 1e-6 for earlier, later in pairwise(probes))
    assert len(down) - len(probes) <= HOUR_S / 60 + 2  # the login now and then
    assert not [event for event in bench.till.events[told:] if isinstance(event, (OrderChanged, ProblemRaised))]

    plug_in(bench)
    back = bench.loop.time()
    took = settle_time(bench, refs[1:], PROBE_S + ORDERS / PER_S + 5)
    bench.let_pass(30)
    questions = [call for call in bench.gateway.queries() if call.began >= back]
    assert_within_budget(questions)
    assert bench.gateway.most_at_once <= MAX_IN_FLIGHT
    assert bench.gateway.crowd == 1
    assert bench.truth.doubles == []
    assert bench.attempt(refs[0]).state is AttemptState.PENDING
    figure(f"{ORDERS} orders: {len(probes)} questions in an hour of outage, all settled {took:.0f} s after it")


def test_n9_the_code_before_the_shopper_settles_first(bench: Bench) -> None:
    refs = open_orders(bench)
    unplug(bench)
    for ref in refs:
        bench.truth.pay(ref)
    bench.let_pass(HOUR_S / 4)
    plug_in(bench)
    assert settle_time(bench, refs[-1:], PROBE_S + 2) <= PROBE_S + 2


def test_n10_a_flapping_link_is_one_mark_in_the_bar_and_no_storm(bench: Bench, figure: Callable[[str], None]) -> None:
    refs = open_orders(bench)
    told, calls = len(bench.till.events), len(bench.gateway.calls)
    flaps = 60
    for _ in range(flaps):
        unplug(bench)
        bench.let_pass(5)
        plug_in(bench)
        bench.let_pass(5)
    news = bench.till.events[told:]
    assert not [event for event in news if isinstance(event, (OrderChanged, ProblemRaised))]
    words = [event.health.state for event in news if isinstance(event, HealthChanged)]
    changes = sum(before is not after for before, after in pairwise(words))
    assert set(words) <= {HealthState.ANSWERING, HealthState.SILENT}
    assert changes <= 2 * flaps + 1
    asked = [call for call in bench.gateway.calls[calls:] if call.kind == "query"]
    assert_within_budget(asked)
    assert bench.gateway.most_at_once <= MAX_IN_FLIGHT
    shown = Counter(call.ref for call in asked if not call.failed)[refs[-1]]
    assert shown > flaps / 3  # probes at an even pace would all fall into bad spells: not one answer in ten minutes

    for ref in refs:
        bench.truth.pay(ref)
    took = settle_time(bench, refs, PROBE_S + ORDERS / PER_S + 5)
    figure(f"{flaps} flaps: {changes} changes of one mark, {len(asked)} questions; all settled {took:.0f} s after")


@pytest.mark.parametrize("code", ["dns", "connect_timeout"])
def test_n10_what_the_network_lacks_changes_the_mark_but_once(bench: Bench, code: str) -> None:
    open_orders(bench)
    told = len(bench.till.events)
    bench.gateway.weather["query"] = Mischief(
        arrives=False, commits=False, before_s=3.0 if code == "connect_timeout" else 0.01, error=not_sent(code).error
    )
    bench.gateway.weather["check"] = not_sent(code)
    bench.let_pass(600)
    words = [event.health.state for event in bench.till.events[told:] if isinstance(event, HealthChanged)]
    first = words.index(HealthState.SILENT)
    assert set(words[first:]) == {HealthState.SILENT}
