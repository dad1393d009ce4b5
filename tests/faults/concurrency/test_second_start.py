"""X2: one window at a time on a till's data, whatever became of the one before; commands may run beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.patience import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.child import Child
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.e2e.till_window import TillWindow

    OpenWindow = Callable[..., TillWindow]

pytestmark = [pytest.mark.xdist_group("faults-concurrency"), pytest.mark.timeout(120)]

REFUSAL = "posapp: the window is already open on this till's data.\n"


def start_again(till: Till) -> Child:
    """Start the program a further time on the same data."""
    return till.start_bare("--config", str(till.config), "--data-dir", str(till.data))


def test_x2_a_second_window_is_refused_and_the_first_goes_on(open_window: OpenWindow, sandbox: SandboxProcess) -> None:
    window = open_window()
    window.type("4")
    second = start_again(window.till).end()
    assert (second.code, second.out, second.err) == (1, "", REFUSAL)
    window.type("200")
    window.key("Return")
    code = window.see_code().code()
    order = window.till.order()
    assert order["amount"] == "42.00"
    assert [code] == sandbox.order(order["merchant_order_id"])["qr_urls"]


def test_x2_after_a_kill_the_next_window_opens_at_once(open_window: OpenWindow) -> None:
    first = open_window()
    till = first.till
    (till.data / "window.lock").write_text("4711\n")  # whatever stands in the file, the lock is the kernel's
    assert start_again(till).end().err == REFUSAL
    first.kill()
    assert (till.data / "window.lock").is_file()
    second = open_window(till)  # the first try: nobody waits, nobody tidies up
    assert start_again(till).end().err == REFUSAL
    ended, _ = second.end()
    assert (ended.code, ended.err) == (0, "")


def test_x2_of_windows_started_in_the_same_moment_one_opens(till: Till) -> None:
    till.with_env(QT_QPA_PLATFORM="offscreen", QT_LOGGING_RULES="*=false")
    started = [start_again(till) for _ in range(4)]
    refused = [child.end() for child in _all_but_one(started)]
    assert [(ended.code, ended.err) for ended in refused] == [(1, REFUSAL)] * 3
    (open_one,) = [child for child in started if child.process.poll() is None]
    assert open_one.kill().err == ""


def test_x2_two_charges_beside_a_window_are_sales_like_any_other(
    open_window: OpenWindow, sandbox: SandboxProcess
) -> None:
    window = open_window()
    till = window.till
    charges = [till.charge(amount) for amount in ("7.00", "8.00")]
    window.type("900")
    window.key("Return")
    code = window.see_code().code()
    refs = [charge.until("qr")["merchant_order_id"] for charge in charges]
    for ref in refs:
        sandbox.pay(ref)
    assert [charge.end().code for charge in charges] == [0, 0]
    (mine,) = [order for order in till.orders() if order["amount"] == "9.00"]
    assert sandbox.order(mine["merchant_order_id"])["qr_urls"] == [code]
    sandbox.pay(mine["merchant_order_id"])
    window.see("green", lambda picture: picture.is_green)
    assert {order["state"] for order in till.orders()} == {"SUCCEEDED"}
    assert till.run("verify").code == 0


def test_x2_charges_at_the_same_time_each_end_paid(till: Till, sandbox: SandboxProcess) -> None:
    charges = [till.charge(f"{number}.00") for number in range(1, 5)]
    refs = [charge.until("qr")["merchant_order_id"] for charge in charges]
    for ref in refs:
        sandbox.pay(ref)
    for ref, charge in zip(refs, charges, strict=True):
        ended = charge.end()
        assert (ended.code, ended.err) == (0, "")
        assert {event["merchant_order_id"] for event in ended.events} == {ref}
    orders = till.orders()
    assert {order["state"] for order in orders} == {"SUCCEEDED"}
    assert {order["amount"] for order in orders} == {"1.00", "2.00", "3.00", "4.00"}
    assert till.run("verify").code == 0


def _all_but_one(started: list[Child]) -> list[Child]:
    """Wait until only one of them runs."""

    def others() -> list[Child]:
        gone = [child for child in started if child.process.poll() is not None]
        return gone if len(gone) >= len(started) - 1 else []

    return until("all windows but one have given way", others)
