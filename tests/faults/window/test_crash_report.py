"""U3: a native crash with a code on screen; the next start says what it was, and the order is found as it is."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, cast

import pytest

from tests.e2e.patience import until
from tests.faults.window.storyteller import logged, start_told, tell, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.child import Ended, JsonObject
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

pytestmark = [pytest.mark.xdist_group("faults-trouble"), pytest.mark.timeout(120)]

CAUSES = {
    signal.SIGABRT: "Aborted",
    signal.SIGSEGV: "Segmentation fault",
    signal.SIGBUS: "Bus error",
    signal.SIGFPE: "Floating point exception",
    signal.SIGILL: "Illegal instruction",
}


def crash(till: Till, sandbox: SandboxProcess, number: signal.Signals, *, pay: bool, keys: str = "4200") -> str:
    """Crash with a code on screen; the shopper pays meanwhile, or later."""
    child = start_told(till, "await ready", f"sell {keys}", "await unread")
    ref = str(child.until("code")["ref"])
    until("the start has noted itself", (till.data / "logs" / "running").exists)
    child.signal(number)
    assert child.end().code == -number
    child.stderr_file.write_text("", "utf-8")
    if pay:
        sandbox.pay(ref)
    return ref


def entries(ended: Ended) -> list[dict[str, object]]:
    (event,) = told(ended, "entries")
    return cast("list[dict[str, object]]", event["entries"])


def assert_said(ended: Ended, cause: str) -> None:
    (problem,) = [event for event in told(ended, "problem") if event["code"] == "crashed_last_time"]
    assert str(problem["detail"]).startswith(f"{cause} in the main thread: ")
    (entry,) = [entry for entry in entries(ended) if entry["level"] == "crash"]
    assert cause in str(entry["text"])
    assert entry["unread"]
    assert [event["count"] for event in told(ended, "unread")] == [1]


LONG_RUN = [
    pytest.param(number, marks=pytest.mark.campaign)
    for number in (signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL)
]


@pytest.mark.parametrize("number", [signal.SIGSEGV, *LONG_RUN], ids=lambda number: number.name)
def test_u3_the_next_start_says_so_and_the_order_is_found_paid(
    till: Till, sandbox: SandboxProcess, number: signal.Signals
) -> None:
    ref = crash(till, sandbox, number, pay=True)
    ended = tell(till, "await ready", "await unread", "paid", "entries", "await entries")
    assert_said(ended, CAUSES[number])
    assert (till.order()["state"], sandbox.order(ref)["create_posts"]) == ("SUCCEEDED", 1)
    said = "".join(logged(till))
    assert str(till.data) not in said
    assert "/python" not in said.replace("python3.11/", ""), "no folders of the machine"


@pytest.mark.campaign
def test_u3_it_is_said_once_and_reports_stay_bounded(
    till: Till, sandbox: SandboxProcess, figure: Callable[[str], None]
) -> None:
    times = 5
    for keys in range(4200, 4200 + times):
        crash(till, sandbox, signal.SIGABRT, pay=False, keys=str(keys))
        tell(till, "await ready", "await unread", "entries", "await entries")
    quiet = tell(till, "await ready", "await unread", "entries", "await entries", "seen", "await unread")
    assert [event for event in told(quiet, "problem") if event["code"] == "crashed_last_time"] == []
    assert [event["count"] for event in told(quiet, "unread")] == [times, 0]
    assert [entry["level"] for entry in entries(quiet)] == ["crash"] * times
    files = sorted(path for path in (till.data / "logs").glob("crash*") if path.stat().st_size)
    assert [path.name for path in files] == ["crash.1.log", "crash.2.log", "crash.3.log"]
    assert sum(path.stat().st_size for path in files) < 1024 * 1024
    figure(f"{times} crashes, {len(files)} reports kept, {sum(path.stat().st_size for path in files)} bytes")


@pytest.mark.campaign
def test_u3_a_kill_is_told_from_a_crash(till: Till, sandbox: SandboxProcess) -> None:
    child = start_told(till, "await ready", "sell 4200", "await unread")
    sandbox.pay(child.until("code")["ref"])
    until("the start has noted itself", (till.data / "logs" / "running").exists)
    child.kill()
    ended = tell(till, "await ready", "await unread", "entries", "await entries")
    (entry,) = entries(ended)
    assert (entry["level"], entry["unread"]) == ("warning", False)
    assert "ended without being closed" in str(entry["text"])
    assert told(ended, "problem") == []


def moments(events: list[JsonObject]) -> list[float]:
    return [float(str(event["at"])) for event in events]


@pytest.mark.campaign
def test_u3_the_report_comes_after_the_till_is_ready_to_sell(till: Till, sandbox: SandboxProcess) -> None:
    crash(till, sandbox, signal.SIGABRT, pay=True)
    (till.data / "logs" / "crash.log").write_bytes(b"Fatal Python error: Aborted\n" * 40_000)
    ended = tell(till, "await ready", "await unread")
    assert moments(told(ended, "unread"))[0] - moments(told(ended, "ready"))[0] < 2.0
    assert [event["code"] for event in told(ended, "problem")] == ["crashed_last_time"]
