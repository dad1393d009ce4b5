"""N11: a kept connection that died unnoticed. A question goes again on a new one; a create never goes again at all."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from posapp.domain.status import AttemptState
from posapp.gateways.errors import OutcomeUnknown
from tests.faults.network.live_till import live_till
from tests.faults.network.proxy import DEAD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.faults.network.proxy import FaultProxy

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("faults-network")]

CREATE = b"POST /mch-api/v1/pa/payment_intents/create "
QUERY = b"POST /mch-api/v1/pa/payment_intents/query "


async def test_n11_a_question_on_a_dead_connection_goes_again_on_a_new_one(
    sandbox: SandboxProcess,
    link: FaultProxy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    campaign: bool,
    figure: Callable[[str], None],
) -> None:
    read_s = 5.0 if campaign else 0.5
    monkeypatch.setattr("posapp.gateways.http._READ_S", read_s)
    async with live_till(sandbox, link.url, tmp_path, watching=False) as till:
        (ref,) = await till.sell(1)
        await till.services.reconciler.ask(ref)
        connections = link.connections
        link.freeze()
        sandbox.pay(ref)
        began = time.monotonic()
        await till.services.reconciler.ask(ref)  # one question, one answer: whoever asks does not notice
        took = time.monotonic() - began
        assert till.state(ref) is AttemptState.SUCCEEDED
        assert read_s - 0.1 < took < read_s + 1.0
        assert link.connections == connections + 1
    assert bytes(link.heard).count(QUERY) == 3
    figure(f"answered after {took:.1f} s, {read_s:g} s of which the dead connection was listened to")


async def test_n11_a_create_takes_no_kept_connection(sandbox: SandboxProcess, link: FaultProxy, tmp_path: Path) -> None:
    async with live_till(sandbox, link.url, tmp_path, watching=False) as till:
        await till.services.reconciler.ask((await till.charge()).merchant_order_id)
        link.freeze()
        began = time.monotonic()
        attempt = await till.charge()
        assert attempt.state is AttemptState.CREATED
        assert time.monotonic() - began < 1.0
    assert [seen["create_posts"] for seen in sandbox.seen()] == [1, 1]


async def test_n11_a_create_whose_connection_dies_is_not_sent_again(
    sandbox: SandboxProcess, link: FaultProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("posapp.gateways.cbtis.client.CREATE_S", 0.8)
    monkeypatch.setattr("posapp.gateways.http._READ_S", 0.3)
    async with live_till(sandbox, link.url, tmp_path, watching=False) as till:
        link.trap(CREATE, up=DEAD, down=DEAD)
        attempt = await till.charge()
        assert (attempt.state, attempt.problem_code) == (AttemptState.UNKNOWN, "timeout")
        assert bytes(link.heard).count(CREATE) == 1
        link.trap(QUERY, down=DEAD, times=0)
        with pytest.raises(OutcomeUnknown):
            await till.services.reconciler.ask(attempt.merchant_order_id)
    assert sandbox.seen() == []
    assert bytes(link.heard).count(CREATE) == 1
