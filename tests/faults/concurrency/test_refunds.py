"""Many at once who give the same money back: one press is one refund, and what was paid goes back once."""

from __future__ import annotations

import asyncio
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, cast

import pytest

from posapp.domain.errors import DomainError
from posapp.domain.refund import RefundState, RefundWish
from posapp.gateways.base import ReportedRefund
from tests.scripted_gateway import lost_after
from tests.unit.services.bench import AMOUNT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.child import JsonObject
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.unit.services.bench import Bench, Process

pytestmark = [pytest.mark.xdist_group("faults-concurrency"), pytest.mark.timeout(120)]
PRESSES = 5


def whole(ref: str) -> RefundWish:
    """Wish all of an untouched payment back."""
    return RefundWish(str(uuid.uuid4()), ref, AMOUNT, 0, order_tail=ref[-4:])


async def press(process: Process, wish: RefundWish) -> None:
    """Press the button once."""
    process.services.refunds.begin(wish)
    await process.services.refunds.send(wish.wish_id)


def test_x1_a_press_that_arrives_many_times_is_one_refund(bench: Bench) -> None:
    attempt = bench.paid()
    wish = whole(attempt.merchant_order_id)

    async def presses() -> None:
        await asyncio.gather(*(press(bench.till, wish) for _ in range(PRESSES)))

    bench.run(presses())
    (refund,) = bench.order(attempt.order_id).refunds
    assert refund.state is RefundState.SUCCEEDED
    assert bench.truth.refund_posts == {refund.merchant_refund_id: 1}


def test_x1_presses_at_several_windows_at_once_are_one_refund(bench: Bench) -> None:
    """Everybody saw the same payment, untouched, and pressed: with wishes of their own, or with the same one."""
    attempt = bench.paid()
    others = [bench.new_process() for _ in range(PRESSES - 1)]
    refused: list[str] = []

    async def one(process: Process, wish: RefundWish) -> None:
        try:
            await press(process, wish)
        except DomainError as error:
            refused.append(error.code)

    async def presses() -> None:
        same = whole(attempt.merchant_order_id)
        wishes = [same, same, *(whole(attempt.merchant_order_id) for _ in others[1:])]
        await asyncio.gather(*map(one, (bench.till, *others), wishes))

    bench.run(presses())
    assert len(bench.order(attempt.order_id).refunds) == 1
    assert bench.truth.refund_posts.total() == 1
    assert len(refused) == PRESSES - 2
    assert set(refused) <= {"refund_changed", "refund_too_much"}
    for process in others:
        process.stop()


def test_x6_watcher_asking_now_and_recovery_meet_at_one_refund(bench: Bench) -> None:
    attempt = bench.paid()
    wish = whole(attempt.merchant_order_id)
    bench.truth.refund_begins = ReportedRefund.PROCESSING
    bench.gateway.next("refund", lost_after())
    bench.run(press(bench.till, wish))
    (refund,) = bench.order(attempt.order_id).refunds
    assert refund.state is RefundState.UNKNOWN
    bench.watch()
    other = bench.new_process()
    other.begin_watching()
    bench.truth.refunds[refund.merchant_refund_id].status = ReportedRefund.SUCCEEDED

    async def everybody() -> None:
        asks = [process.services.refunds.ask(refund.merchant_refund_id) for process in (bench.till, other) * 3]
        sends = [process.services.refunds.send(wish.wish_id) for process in (bench.till, other)]
        await asyncio.gather(*asks, *sends)

    bench.run(everybody())
    bench.let_pass(60)
    other.stop()
    (ended,) = bench.order(attempt.order_id).refunds
    assert ended.state is RefundState.SUCCEEDED
    assert bench.truth.refund_posts.total() == 1
    rows = bench.services.listing.details(attempt.order_id).timeline
    assert [row.new_state for row in rows if row.event == "refund"] == ["REQUESTED", "UNKNOWN", "SUCCEEDED"]


@pytest.mark.parametrize("provider", ["cbtis", "airwallex"])
def test_x1_several_processes_at_once_give_back_once(
    make_till: Callable[..., Till], sandbox: SandboxProcess, provider: str, figure: Callable[[str], None]
) -> None:
    till = make_till(provider)
    charge = till.charge("128.50")
    ref = str(charge.until("qr")["merchant_order_id"])
    sandbox.pay(ref)
    assert charge.end().code == 0
    sandbox.fault("refund", "latency", seconds=1, times=0)  # so that they all meet while it is on its way
    children = [till.start("refund", ref, "100.00", "HKD", "--wait", "20") for _ in range(PRESSES)]
    codes = sorted(child.end().code for child in children)
    assert codes == [0] + [2] * (PRESSES - 1)
    assert Decimal(str(sandbox.order(ref)["refunded"])) == Decimal("100.00")
    assert sandbox.requests(provider)["refund"] == 1
    (refund,) = cast("list[JsonObject]", till.order()["refunds"])
    assert refund["state"] == "SUCCEEDED"
    assert till.run("verify").code == 0
    figure(f"{provider}: {PRESSES} processes at once, one refund")
