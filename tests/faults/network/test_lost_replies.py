"""N4 to N7: sent, and no whole answer. Unknown, then found by asking; never sent again, never half believed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from posapp.domain.status import AttemptState
from posapp.gateways.errors import OutcomeUnknown
from tests.faults.network.live_till import live_till
from tests.faults.network.proxy import DEAD, RESET, FaultProxy, Toxics

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

    MakeTill = Callable[..., Till]

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("faults-network")]

CREATE = b"/payment_intents/create"
QUERY = b"/payment_intents/query"
CLOSED = Toxics(cut_after=0)
DRIP = Toxics(slice_bytes=1, slice_gap_s=0.2)
LATE_S = 1.0


def posted(sandbox: SandboxProcess) -> list[int]:
    """Return how often each id reached the gateway's create."""
    return [int(str(seen["create_posts"])) for seen in sandbox.seen()]


async def test_n4_broken_off_after_the_request_it_is_unknown_and_asked_about(
    sandbox: SandboxProcess, link: FaultProxy, tmp_path: Path
) -> None:
    async with live_till(sandbox, link.url, tmp_path) as till:
        states: dict[str, AttemptState] = {}
        for toxics in (RESET, CLOSED):
            link.trap(CREATE, down=toxics)
            committed = await till.charge()
            link.trap(CREATE, up=toxics)
            never_seen = await till.charge()
            for attempt in (committed, never_seen):
                assert (attempt.state, attempt.code) == (AttemptState.UNKNOWN, None)
                assert attempt.problem_code in ("reset", "cut_off")
            states[committed.merchant_order_id] = AttemptState.ORPHAN
            states[never_seen.merchant_order_id] = AttemptState.UNKNOWN
        await till.until(lambda: till.asked() >= states.keys(), "all asked about", 5)
        assert {ref: till.state(ref) for ref in states} == states
    assert bytes(link.heard).count(b"POST /mch-api/v1/pa/payment_intents/create ") == len(states)
    assert posted(sandbox) == [1, 1]


async def test_n5_a_reply_that_never_comes_is_found_as_an_orphan_and_can_be_paid_late(
    sandbox: SandboxProcess, link: FaultProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("posapp.gateways.cbtis.client.CREATE_S", 0.6)
    async with live_till(sandbox, link.url, tmp_path) as till:
        link.trap(CREATE, down=DEAD)
        began = time.monotonic()
        attempt = await till.charge()
        assert 0.5 < time.monotonic() - began < 0.6 + LATE_S
        assert (attempt.state, attempt.problem_code, attempt.shown_at) == (AttemptState.UNKNOWN, "timeout", None)
        ref = attempt.merchant_order_id
        await till.until(lambda: till.state(ref) is AttemptState.ORPHAN, "found as an orphan", 4)
        sandbox.pay(ref)
        await till.services.reconciler.ask(ref)
        assert till.state(ref) is AttemptState.SUCCEEDED
    assert posted(sandbox) == [1]


@pytest.mark.timeout(240)
async def test_n6_a_reply_cut_anywhere_is_never_read_as_one(
    sandbox: SandboxProcess, link: FaultProxy, tmp_path: Path, campaign: bool, figure: Callable[[str], None]
) -> None:
    async with live_till(sandbox, link.url, tmp_path, watching=False) as till:
        await till.services.reconciler.ask((await till.charge()).merchant_order_id)  # with the login behind it
        lengths: list[int] = []
        for _ in range(40 if campaign else 5):
            before = link.told
            assert (await till.charge()).state is AttemptState.CREATED
            lengths.append(link.told - before)
        shortest = min(lengths) - (0 if campaign else 12)  # ids and addresses are not all of one length
        cuts = range(shortest) if campaign else [*range(1, shortest, shortest // 12), shortest - 1]
        for cut in cuts:
            link.trap(CREATE, down=Toxics(cut_after=cut, reset=cut % 2 == 1))
            attempt = await till.charge()
            assert (attempt.state, attempt.code) == (AttemptState.UNKNOWN, None), f"cut after {cut}"
            await till.services.reconciler.ask(attempt.merchant_order_id)
            assert till.state(attempt.merchant_order_id) is AttemptState.ORPHAN
    assert posted(sandbox) == [1] * (len(cuts) + len(lengths) + 1)
    figure(f"replies of {min(lengths)} bytes and more cut at {len(cuts)} places, none of them believed")


async def test_n6_half_an_answer_to_a_question_changes_nothing(
    sandbox: SandboxProcess, link: FaultProxy, tmp_path: Path
) -> None:
    async with live_till(sandbox, link.url, tmp_path, watching=False) as till:
        (ref,) = await till.sell(1)
        before = link.told
        await till.services.reconciler.ask(ref)
        length = link.told - before
        sandbox.pay(ref)
        for cut in (length - 1, length - 2, length // 2):
            link.trap(QUERY, down=Toxics(cut_after=cut))
            with pytest.raises(OutcomeUnknown):
                await till.services.reconciler.ask(ref)
            assert till.state(ref) is AttemptState.PENDING
        await till.services.reconciler.ask(ref)
        assert till.state(ref) is AttemptState.SUCCEEDED


async def test_n7_a_drip_is_ended_by_the_deadline_of_the_whole(
    sandbox: SandboxProcess, link: FaultProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("posapp.gateways.cbtis.client.CREATE_S", 0.9)
    monkeypatch.setattr("posapp.gateways.cbtis.client.ASK_S", 0.6)
    async with live_till(sandbox, link.url, tmp_path, watching=False) as till:
        await till.services.reconciler.ask((await till.charge()).merchant_order_id)
        link.trap(CREATE, down=DRIP)
        began = time.monotonic()
        attempt = await till.charge()
        assert 0.8 < time.monotonic() - began < 0.9 + LATE_S
        assert (attempt.state, attempt.problem_code) == (AttemptState.UNKNOWN, "timeout")
        link.trap(QUERY, down=DRIP)
        began = time.monotonic()
        with pytest.raises(OutcomeUnknown, match="did not answer in time"):
            await till.services.reconciler.ask(attempt.merchant_order_id)
        assert 0.5 < time.monotonic() - began < 0.6 + LATE_S
        await till.services.reconciler.ask(attempt.merchant_order_id)
        assert till.state(attempt.merchant_order_id) is AttemptState.ORPHAN
    assert posted(sandbox) == [1, 1]


@pytest.mark.campaign
@pytest.mark.timeout(120)
def test_n7_the_deadlines_in_real_time(
    make_till: MakeTill, sandbox: SandboxProcess, figure: Callable[[str], None]
) -> None:
    with FaultProxy(sandbox.base_url) as link:
        till = make_till()
        till.reconfigure(sandbox.base_url, link.url)
        link.trap(CREATE, down=Toxics(slice_bytes=1, slice_gap_s=1.0))
        charge = till.charge(wait=0)
        charge.until("attempt")
        began = time.monotonic()
        charge.until("state", "UNKNOWN")
        took = time.monotonic() - began
        ended = charge.end()
        link.trap(QUERY, down=Toxics(slice_bytes=1, slice_gap_s=1.0))
        began = time.monotonic()
        asked = till.run("orders", "--json", "--refresh")
        asking = time.monotonic() - began
        assert till.order("--refresh")["state"] == "ORPHAN"
    assert (ended.code, ended.last["problem"]) == (5, "timeout")
    assert 20.0 <= took < 20.0 + LATE_S
    assert asked.code != 0
    assert 8.0 <= asking < 8.0 + 2 * LATE_S
    assert posted(sandbox) == [1]
    figure(f"one byte a second: a create ended after {took:.1f} s, a question after {asking:.1f} s with its start")
