"""`posapp refund` at both gateways, as a real process: its lines, its exit codes, and that money goes back once."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING, cast

import pytest

from tests.e2e.child import JsonObject
from tests.e2e.file_keyring import with_keyring
from tests.e2e.till import SECRET

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.child import Child, Ended
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

    MakeTill = Callable[..., Till]


REFUSALS: dict[str, tuple[object, str]] = {
    "cbtis": (40004, "refunds would exceed the amount paid"),
    "airwallex": ("amount_above_limit", "The refund would exceed what is left"),
}


def paid(till: Till, sandbox: SandboxProcess, amount: str = "128.50") -> str:
    """Charge and pay; returns the order's id."""
    charge = till.charge(amount)
    ref = str(charge.until("attempt")["merchant_order_id"])
    charge.until("qr")
    sandbox.pay(ref)
    assert charge.end().code == 0
    return ref


def start(till: Till, ref: str, amount: str = "20.00", *arguments: str, wait: float = 20) -> Child:
    return till.start("refund", ref, amount, "HKD", "--wait", f"{wait:g}", *arguments)


def refund(till: Till, ref: str, amount: str = "20.00", *arguments: str, wait: float = 20) -> Ended:
    return start(till, ref, amount, *arguments, wait=wait).end()


def back(sandbox: SandboxProcess, ref: str) -> Decimal:
    """Return what the gateway itself says went back, or will."""
    return Decimal(str(sandbox.order(ref)["refunded"]))


def refunds(till: Till) -> list[JsonObject]:
    return cast("list[JsonObject]", till.order()["refunds"])


def test_money_goes_back_in_parts_and_each_step_is_told(
    make_till: MakeTill, sandbox: SandboxProcess, provider: str
) -> None:
    till = make_till(provider)
    ref = paid(till, sandbox)
    ended = refund(till, ref, "20.00", "--reason", "tea was cold 凉")
    assert (ended.code, ended.err) == (0, "")
    assert ended.names[0] == "refund"
    assert ended.names[-2:] == ["state SUCCEEDED", "final"]
    first = ended.events[0]
    assert first == {
        "event": "refund",
        "merchant_refund_id": first["merchant_refund_id"],
        "merchant_order_id": ref,
        "order_id": ref,
        "amount": "20.00",
        "currency": "HKD",
        "business_day": first["business_day"],
        "state": "REQUESTED",
    }
    assert back(sandbox, ref) == Decimal("20.00")
    rest = refund(till, ref, "108.50")
    assert rest.code == 0
    assert back(sandbox, ref) == Decimal("128.50")
    order = till.order()
    assert (order["status"], order["refunded"]) == ("PAID", "128.50")
    assert [one["reason"] for one in refunds(till)] == ["tea was cold 凉", ""]
    assert till.run("verify").code == 0


def test_what_the_rules_do_not_allow_ends_with_2_and_sends_nothing(
    make_till: MakeTill, sandbox: SandboxProcess, provider: str
) -> None:
    till = make_till(provider)
    ref = paid(till, sandbox, "12.50")
    before = sandbox.requests(provider)
    for amount, arguments in (
        ("12.51", ()),
        ("0", ()),
        ("1.001", ()),
        ("1", ("--reason", "a\nb")),
        ("1", ("--as", "X")),
    ):
        ended = refund(till, ref, amount, *arguments)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith("posapp: ")
    assert refund(till, "T1-NOBODY", "1").code == 2
    assert sandbox.requests(provider).get("refund", 0) == before.get("refund", 0)
    assert refunds(till) == []


def test_a_lost_answer_is_found_out_and_never_sent_again(
    make_till: MakeTill, sandbox: SandboxProcess, provider: str
) -> None:
    till = make_till(provider)
    ref = paid(till, sandbox)
    sandbox.fault("refund", "drop_after")
    ended = refund(till, ref)
    assert (ended.code, ended.last["state"]) == (0, "SUCCEEDED")
    assert back(sandbox, ref) == Decimal("20.00")
    if provider == "cbtis":
        assert "state UNKNOWN" in ended.names
        assert sandbox.requests(provider)["refund"] == 1


def test_what_stays_unknown_ends_with_5_and_blocks_its_money(make_till: MakeTill, sandbox: SandboxProcess) -> None:
    till = make_till("cbtis")
    ref = paid(till, sandbox)
    sandbox.fault("refund", "drop_before")
    ended = refund(till, ref, "128.50", wait=4)
    assert (ended.code, ended.last["event"], ended.last["state"]) == (5, "open", "UNKNOWN")
    assert "do not refund it again" in ended.err
    again = refund(till, ref, "1.00")
    assert (again.code, again.out) == (2, "")
    assert back(sandbox, ref) == 0
    assert till.run("orders", "--refresh", "--json").code == 0
    assert refunds(till)[0]["state"] == "UNKNOWN"


def test_a_refusal_ends_with_4_and_the_gateways_words(
    make_till: MakeTill, sandbox: SandboxProcess, provider: str
) -> None:
    till = make_till(provider)
    ref = paid(till, sandbox)
    code, words = REFUSALS[provider]
    sandbox.fault("refund", "business_error", code=code, message=words)
    ended = refund(till, ref)
    assert (ended.code, ended.last["state"]) == (4, "FAILED")
    assert "exceed" in ended.err
    assert back(sandbox, ref) == 0


def test_a_refund_that_fails_at_the_gateway_later_is_told(make_till: MakeTill, sandbox: SandboxProcess) -> None:
    till = make_till("airwallex")
    ref = paid(till, sandbox)
    sandbox.http.post("/settings", json={"refund_accepted_after_seconds": 600, "refund_settled_after_seconds": 600})
    child = start(till, ref, wait=30)
    child.until("state")
    there = cast("list[JsonObject]", sandbox.order(ref)["refunds"])[0]
    assert sandbox.http.post(f"/refunds/{there['refund_id']}/fail", json={}).status_code == 200
    ended = child.end()
    assert (ended.code, ended.names[-2:]) == (4, ["state FAILED", "final"])
    assert refunds(till)[0]["state"] == "FAILED"


def test_two_at_once_give_back_once(make_till: MakeTill, sandbox: SandboxProcess, provider: str) -> None:
    till = make_till(provider)
    ref = paid(till, sandbox)
    both = [start(till, ref, "100.00"), start(till, ref, "100.00")]
    codes = sorted(child.end().code for child in both)
    assert codes == [0, 2]
    assert back(sandbox, ref) == Decimal("100.00")
    assert len(refunds(till)) == 1


def test_nobody_reading_does_not_stop_it(make_till: MakeTill, sandbox: SandboxProcess) -> None:
    till = make_till("cbtis")
    ref = paid(till, sandbox)
    command = [sys.executable, "-m", "posapp", "refund", ref, "20.00", "HKD", "--data-dir", str(till.data), "--config"]
    with subprocess.Popen([*command, str(till.config)], env=dict(till.env), stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.close()
        assert child.wait(30) == 0
    assert back(sandbox, ref) == Decimal("20.00")
    assert json.loads(json.dumps(refunds(till)))[0]["state"] == "SUCCEEDED"


# --- people ------------------------------------------------------------------------------------------------


PINS = {"Olivia Wong": "73918264", "Mei": "2580", "Kim": "4826"}


@pytest.fixture
def staffed(make_till: MakeTill, sandbox: SandboxProcess, tmp_path: Path) -> tuple[Till, str]:
    """A till with an owner, a manager with a ceiling and a cashier, and the id of a payment of HKD 128.50."""
    till = make_till("cbtis")
    with_keyring(till, tmp_path / "keyring.json")
    till.with_env(**{SECRET: sandbox.secret("cbtis")})
    for name, role in (("Olivia Wong", "owner"), ("Mei", "manager"), ("Kim", "cashier")):
        assert till.run("staff", "add", name, "--role", role, stdin=f"{PINS[name]}\n".encode()).code == 0
    assert till.run("staff", "ceiling", "Mei", "30.00").code == 0
    return till, paid(till, sandbox)


def as_somebody(staffed: tuple[Till, str], name: str, amount: str = "20.00", pin: str | None = None) -> Ended:
    """Refund in somebody's name, with their own PIN where no other is given."""
    till, ref = staffed
    typed = f"{pin or PINS[name]}\n".encode()
    return till.start("refund", ref, amount, "HKD", "--wait", "20", "--as", name, stdin=typed).end()


def nothing_went(staffed: tuple[Till, str], sandbox: SandboxProcess, ended: Ended) -> None:
    """Check that a refusal was one sentence, and that neither the ledger nor the gateway knows of a refund."""
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("posapp: ")
    assert refunds(staffed[0]) == []
    assert sandbox.requests("cbtis").get("refund", 0) == 0


def kept(till: Till, name: str) -> tuple[int, list[str]]:
    """Return how many wrong PINs of somebody are counted, and the names of the audit rows about PINs, in order."""
    with closing(sqlite3.connect(f"{(till.data / 'ledger.db').as_uri()}?mode=ro", uri=True)) as connection:
        (count,) = connection.execute("SELECT failures FROM people WHERE name = ?", (name,)).fetchone()
        rows = connection.execute("SELECT event FROM audit WHERE event IN ('pin_wrong', 'sign_in') ORDER BY seq")
        return int(count), [event for (event,) in rows]


def test_the_right_pin_gives_back_and_the_ledger_has_the_name(
    staffed: tuple[Till, str], sandbox: SandboxProcess
) -> None:
    ended = as_somebody(staffed, "Mei")
    assert (ended.code, ended.err) == (0, "")
    till, ref = staffed
    assert refunds(till)[0]["asked_by"] == "Mei"
    with closing(sqlite3.connect(f"{(till.data / 'ledger.db').as_uri()}?mode=ro", uri=True)) as connection:
        assert connection.execute("SELECT asked_by, approved_by FROM refunds").fetchall() == [("Mei", "")]
        query = "SELECT facts FROM audit WHERE event = 'right_used'"
        used = [json.loads(facts) for (facts,) in connection.execute(query)]
    assert [facts["asked_by"] for facts in used if facts["right"] == "REFUND"] == ["Mei"]
    assert kept(till, "Mei") == (0, ["sign_in"])
    assert back(sandbox, ref) == Decimal("20.00")
    assert till.run("verify").code == 0


def test_a_wrong_pin_refuses_is_counted_and_slows_down_the_next(
    staffed: tuple[Till, str], sandbox: SandboxProcess
) -> None:
    for count in (1, 2, 3):
        ended = as_somebody(staffed, "Mei", pin="9999")
        nothing_went(staffed, sandbox, ended)
        assert "that is not the PIN of Mei" in ended.err
        assert kept(staffed[0], "Mei") == (count, ["pin_wrong"] * count)
    assert "the next try is looked at in 30 s" in ended.err
    too_soon = as_somebody(staffed, "Mei")  # the right one, and not looked at: a new process waits as long
    nothing_went(staffed, sandbox, too_soon)
    assert kept(staffed[0], "Mei") == (3, ["pin_wrong"] * 3)
    assert "2580" not in too_soon.err + ended.err
    assert as_somebody(staffed, "Olivia Wong").code == 0  # somebody else does not wait for it
    assert staffed[0].run("verify").code == 0


@pytest.mark.parametrize("typed", [b"", b"\n", b"abcd\n", b"\xff\xfe\n", b"2580 2580\n"])
def test_what_is_no_pin_opens_nothing(staffed: tuple[Till, str], sandbox: SandboxProcess, typed: bytes) -> None:
    till, ref = staffed
    till.with_env(PYTHONIOENCODING="utf-8:strict")
    nothing_went(staffed, sandbox, till.run("refund", ref, "20.00", "HKD", "--as", "Mei", stdin=typed))


def test_where_people_are_set_up_somebody_has_to_do_it(staffed: tuple[Till, str], sandbox: SandboxProcess) -> None:
    till, ref = staffed
    ended = refund(till, ref)
    nothing_went(staffed, sandbox, ended)
    assert ended.err == "posapp: this till knows its people: say who does it with --as NAME\n"
    nobody = as_somebody(staffed, "Nobody", pin="2580")
    nothing_went(staffed, sandbox, nobody)
    assert "nobody called Nobody works at this till" in nobody.err
    assert till.run("staff", "deactivate", "Mei").code == 0
    nothing_went(staffed, sandbox, as_somebody(staffed, "Mei"))


def test_a_cashier_may_not(staffed: tuple[Till, str], sandbox: SandboxProcess) -> None:
    ended = as_somebody(staffed, "Kim")
    nothing_went(staffed, sandbox, ended)
    assert kept(staffed[0], "Kim") == (0, ["sign_in"])  # it was their PIN; it is the right that is missing


def test_a_ceiling_holds_from_one_command_to_the_next(staffed: tuple[Till, str], sandbox: SandboxProcess) -> None:
    nothing_went(staffed, sandbox, as_somebody(staffed, "Mei", "30.01"))
    assert as_somebody(staffed, "Mei", "20.00").code == 0
    over = as_somebody(staffed, "Mei", "10.01")
    assert (over.code, over.out) == (2, "")
    assert over.err == "posapp: Mei may give back HKD 30.00 on one day.\n"
    assert as_somebody(staffed, "Mei", "10.00").code == 0
    assert as_somebody(staffed, "Olivia Wong", "98.50").code == 0
    till, ref = staffed
    assert back(sandbox, ref) == Decimal("128.50")
    assert till.run("verify").code == 0
