"""Giving money back, killed at each system call: it goes back once or not at all, and the till learns which."""

from __future__ import annotations

import shutil
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import pytest

from posapp.domain.refund import RefundState
from tests.faults.death.ward import Ward

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.faults.death.nursery import Nursery

pytestmark = [pytest.mark.xdist_group("faults-death"), pytest.mark.timeout(300)]
STRIDE: Final = 15
"""The quick share kills at every so manyeth call."""


def test_k9_killed_while_refunding_the_money_goes_back_once_or_not_at_all(
    make_till: Callable[..., Till],
    sandbox: SandboxProcess,
    nursery: Nursery,
    provider: str,
    campaign: bool,
    figure: Callable[[str], None],
    tmp_path: Path,
) -> None:
    ward = Ward(make_till(provider), provider, sandbox, nursery)
    ward.fresh()
    empty = shutil.copytree(ward.till.data, tmp_path / "empty")

    def paid() -> str:
        ward.fresh(empty)
        sandbox.http.post("/settings", json={"refund_accepted_after_seconds": 0, "refund_settled_after_seconds": 0})
        ((_, ref),) = [mark for mark in ward.live("sale") if mark[0] == "shown"]
        sandbox.pay(ref)
        ward.live("restart")
        return ref

    paid()
    calls = ward.calls("refund")
    kills = gone = back = 0
    for call in calls if campaign else calls[::STRIDE]:
        ref = paid()
        before = sandbox.requests(provider).get("refund", 0)
        if ward.kill("refund", call) is None:
            continue
        kills += 1
        order = ward.restart().only
        there = Decimal(str(ward.there(ref)["refunded"]))
        posts = sandbox.requests(provider).get("refund", 0) - before
        states = [refund.state for refund in order.refunds]
        assert posts <= 1, call
        assert there in (Decimal(0), order.order.money.to_decimal()), call
        assert posts == 0 or states, "the gateway knows a refund that no ledger does"
        if there:
            assert states == [RefundState.SUCCEEDED], call
        else:
            assert states in ([], [RefundState.UNKNOWN], [RefundState.NOT_SENT]), call
        back += bool(there)
        gone += not states
    assert kills >= len(calls if campaign else calls[::STRIDE]) * 9 // 10 - 1
    figure(f"{kills} kills: {back} times the money went back, {gone} times nothing was begun")
