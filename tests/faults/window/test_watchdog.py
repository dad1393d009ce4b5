"""U2: the io thread dies under a shown code: red in the bar, started again within 5 s, and the payment turns green."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.window.storyteller import logged, start_told, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.child import Ended, JsonObject
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

pytestmark = [pytest.mark.xdist_group("faults-trouble"), pytest.mark.timeout(180)]

WITHIN_S = 5.0


def moment(event: JsonObject) -> float:
    return float(str(event["at"]))


def restarts_s(ended: Ended) -> list[float]:
    """Return how long after each death the next thread was ready; each death was said and shown in between."""
    durations: list[float] = []
    for death in told(ended, "killed"):
        after = [event for event in ended.events if moment(event) >= moment(death)]
        ready = next(event for event in after if event["event"] == "ready")
        between = [event for event in after if moment(event) <= moment(ready)]
        assert [event["code"] for event in between if event["event"] == "problem"] == ["worker_stopped"]
        states = [event["state"] for event in between if event["event"] == "health"]
        assert "stopped" in states
        assert states[-1] != "stopped"
        durations.append(moment(ready) - moment(death))
    return durations


def test_u2_a_dead_io_thread_is_started_again_and_the_payment_turns_green(
    till: Till, sandbox: SandboxProcess, figure: Callable[[str], None]
) -> None:
    child = start_told(till, "await ready", "sell 4200", "accident death", "paid", "sell 100", "paid", "quit")
    first = child.until("code")["ref"]
    child.until("killed")
    sandbox.pay(first)  # while nobody asks
    sandbox.pay(child.until("code")["ref"])
    ended = child.end()
    assert (ended.code, ended.err) == (0, "")
    (seconds,) = restarts_s(ended)
    assert seconds < WITHIN_S
    assert [order["state"] for order in till.orders()] == ["SUCCEEDED"] * 2
    assert sandbox.order(first)["create_posts"] == 1
    assert sum("the io thread died" in line for line in logged(till, "CRITICAL")) == 1
    figure(f"started again after {seconds:.1f} s, no order sent twice")


@pytest.mark.campaign
def test_u2_a_watcher_with_a_bug_is_started_again_and_said_once(till: Till, sandbox: SandboxProcess) -> None:
    child = start_told(till, "await ready", "accident watcher", "await ready", "sell 4200", "paid", "quit")
    sandbox.pay(child.until("code")["ref"])
    ended = child.end()
    assert (ended.code, ended.err) == (0, "")
    assert till.order()["state"] == "SUCCEEDED"
    assert [event["code"] for event in told(ended, "problem")].count("internal") == 1
    assert sum("the watcher fails" in line for line in logged(till, "ERROR")) == 1


@pytest.mark.campaign
def test_u2_a_thread_that_dies_again_and_again(
    till: Till, sandbox: SandboxProcess, figure: Callable[[str], None]
) -> None:
    dying = ["accident death", "await ready"] * 5
    child = start_told(till, "await ready", "sell 4200", *dying, "paid", "quit")
    ref = child.until("code")["ref"]
    for _ in range(5):
        child.until("killed")
    sandbox.pay(ref)
    ended = child.end(60)
    assert (ended.code, ended.err) == (0, "")
    pauses = restarts_s(ended)
    assert pauses[0] < WITHIN_S
    assert pauses == sorted(pauses), "not faster and faster"
    assert (till.order()["state"], sandbox.order(ref)["create_posts"]) == ("SUCCEEDED", 1)
    figure(f"5 deaths in a row, started again after {', '.join(f'{pause:.0f}' for pause in pauses)} s")
