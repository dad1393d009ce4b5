"""U1: exceptions wherever they can happen: logged once with where they came from, and the till goes on selling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.faults.window.storyteller import logged, start_told, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.child import Child
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

pytestmark = [pytest.mark.xdist_group("faults-trouble"), pytest.mark.timeout(120)]

ACCIDENTS: Final = {
    "slot": "a slot fails",
    "deliver": "an answer's call fails",
    "job": "a job fails",
    "data": "a cell fails",
    "thread": "a thread fails",
    "collected": "a finalizer fails",
}


def assert_logged(kind: str, lines: list[str]) -> None:
    """Exactly one line tells of it, with where it came from.

    What fails while a cell is painted reaches us through two overrides of Qt's; PySide then asks for a third while the
    first one's failure is pending, and tells of that instead. A storm of it is few lines all the same.
    """
    words = (f"ValueError: {ACCIDENTS[kind]}", *(("NotImplementedError",) if kind == "data" else ()))
    found = [line for line in lines if any(word in line for word in words)]
    assert 1 <= len(found) <= (3 if kind == "data" else 1), (kind, lines)
    assert all("Traceback" in line for line in found)


def hush(child: Child) -> None:
    """Let what the binding itself prints of a failed override be no rant of ours; there is nothing else."""
    said = child.said()
    assert said.count("Error calling Python override of ") == said.count("(): "), said
    assert not said.replace("Error calling Python override of ", "").replace("(): ", "").count("\n"), said
    child.stderr_file.write_text("", encoding="utf-8")


def test_u1_exceptions_everywhere_are_logged_once_each_and_the_sale_goes_through(
    till: Till, sandbox: SandboxProcess, figure: Callable[[str], None]
) -> None:
    first = ["await ready", *(f"accident {kind}" for kind in ACCIDENTS if kind not in ("slot", "data"))]
    sales = ["accident slot", "accident qt", "sell 4200", "paid", "accident data", "await mended", "sell 100", "paid"]
    child = start_told(till, *first, "await problem", *sales, "quit")
    for _ in range(2):
        sandbox.pay(child.until("code")["ref"])
    ended = child.end()
    assert ended.code == 0
    hush(child)
    assert {order["state"] for order in till.orders()} == {"SUCCEEDED"}
    errors = [line for line in logged(till) if " CRITICAL " in line or " ERROR " in line]
    for kind in ACCIDENTS:
        assert_logged(kind, errors)
    assert sum("Qt complains" in line for line in logged(till, "WARNING")) == 1
    # Counted: what the window shows as unread is what was logged.
    assert max(int(str(one["count"])) for one in told(ended, "unread")) == len(errors)
    figure(f"{len(ACCIDENTS)} kinds of exceptions in one run, 2 sales paid, {len(errors)} log lines")


@pytest.mark.campaign
@pytest.mark.parametrize("kind", ACCIDENTS)
def test_u1_one_kind_of_exception_while_a_code_is_shown(till: Till, sandbox: SandboxProcess, kind: str) -> None:
    more = ["await mended"] if kind == "data" else []
    child = start_told(till, "await ready", "sell 4200", f"accident {kind}", *more, "paid", "quit")
    sandbox.pay(child.until("code")["ref"])
    ended = child.end()
    assert ended.code == 0
    hush(child)
    assert till.order()["state"] == "SUCCEEDED"
    assert_logged(kind, logged(till))
