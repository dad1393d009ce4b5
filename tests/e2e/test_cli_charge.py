"""`posapp charge` when all goes as it should: the lines it prints, in what order, and its exit codes."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.child import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

    MakeTill = Callable[..., Till]

PIPE_BYTES = 65_536
CODES = [
    ("cbtis", "qrcode", "scan"),
    ("cbtis", "official_account", "link"),
    ("airwallex", "qrcode", "scan"),
    ("airwallex", "official_account", "link"),
    ("airwallex", "mobile_web", "link"),
]


@pytest.mark.parametrize("provider,flow,kind", CODES)
def test_a_paid_charge_tells_each_step_and_exits_0(
    make_till: MakeTill, sandbox: SandboxProcess, provider: str, flow: str, kind: str
) -> None:
    till = make_till(provider, flow)
    charge = till.charge("128.50", "HKD", "--note", "table 7 喝茶")
    attempt = charge.until("attempt")
    qr = charge.until("qr")
    there = sandbox.order(attempt["merchant_order_id"])
    assert [qr["content"]] == there["qr_urls"]
    assert qr["kind"] == kind
    assert (there["amount"], there["currency"]) == ("128.50", "HKD")
    sandbox.pay(attempt["merchant_order_id"])
    ended = charge.end()
    assert ended.names == ["attempt", "state CREATED", "state PENDING", "qr", "state SUCCEEDED", "final"]
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.isascii()
    assert attempt == {
        "event": "attempt",
        "merchant_order_id": attempt["merchant_order_id"],
        "order_id": attempt["merchant_order_id"],
        "amount": "128.50",
        "currency": "HKD",
        "state": "CREATING",
    }
    final = ended.last
    assert (final["state"], final["status"], final["standing"]) == ("SUCCEEDED", "PAID", "PAID")
    assert final["gateway_id"] == there["order_id"]
    assert str(final["paid_at"]).endswith("Z")
    listed = till.order()
    assert (listed["state"], listed["status"], listed["note"]) == ("SUCCEEDED", "PAID", "table 7 喝茶")


@pytest.mark.parametrize("provider,extra", [("cbtis", ["--app-id", "wx1234567890abcdef"]), ("airwallex", [])])
def test_a_mini_program_gets_what_its_payment_call_needs(
    make_till: MakeTill, sandbox: SandboxProcess, provider: str, extra: list[str]
) -> None:
    till = make_till(provider, "mini_program")
    charge = till.charge("5.00", "HKD", "--open-id", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", *extra)
    handed = charge.until("handoff")
    assert {"timeStamp", "nonceStr", "package", "paySign"} <= set(json.loads(str(handed["content"])))
    assert handed["kind"] == "handoff"
    sandbox.pay(handed["merchant_order_id"])
    ended = charge.end()
    assert (ended.code, ended.last["state"]) == (0, "SUCCEEDED")


def test_nothing_leaves_before_the_attempt_is_committed_and_printed(till: Till, sandbox: SandboxProcess) -> None:
    reading, writing = os.pipe()
    os.write(writing, b" " * PIPE_BYTES)  # nobody reads: the first line does not get through
    charge = till.start("charge", "12.50", "HKD", "--wait", "0", stdout=writing)
    os.close(writing)
    try:
        wait_until(lambda: len(_committed(till)) == 1, "no attempt in the ledger")
        threading.Event().wait(0.5)
        assert sandbox.truth()["requests_total"] == 0
        assert _committed(till) == ["CREATING"]
        with os.fdopen(reading, "rb") as pipe:
            heard = pipe.read().decode().strip().splitlines()
    finally:
        code = charge.end().code
    assert json.loads(heard[0])["event"] == "attempt"
    assert (code, json.loads(heard[-1])["state"]) == (5, "PENDING")
    assert len(sandbox.seen()) == 1


def _committed(till: Till) -> list[str]:
    """Read the attempts' states from the ledger's file as it grows, from its very first page on."""
    ledger = till.data / "ledger.db"
    if not ledger.exists():
        return []
    connection = sqlite3.connect(f"{ledger.as_uri()}?mode=ro", uri=True)
    try:
        return [state for (state,) in connection.execute("SELECT state FROM attempts")]
    except sqlite3.OperationalError:
        return []
    finally:
        connection.close()


def test_an_order_cancelled_at_the_gateway_exits_3(make_till: MakeTill, sandbox: SandboxProcess, provider: str) -> None:
    till = make_till(provider)
    charge = till.charge()
    sandbox.cancel(charge.until("qr")["merchant_order_id"])
    ended = charge.end()
    assert ended.names[-2:] == ["state CANCELLED", "final"]
    assert (ended.code, ended.err) == (3, "")
    assert (ended.last["state"], ended.last["status"], ended.last["standing"]) == ("CANCELLED", "CLOSED", "UNPAID")


REFUSALS = [
    ("cbtis", 20007, "currency is not supported", "posapp: currency is not supported (support id "),
    ("airwallex", "currency_not_supported", "No such currency", "posapp: No such currency (support id "),
]


@pytest.mark.parametrize("provider,code,words,said", REFUSALS)
def test_an_order_that_the_gateway_refuses_exits_4(
    make_till: MakeTill, sandbox: SandboxProcess, provider: str, code: object, words: str, said: str
) -> None:
    till = make_till(provider)
    sandbox.fault("create", "business_error", code=code, message=words)
    ended = till.charge().end()
    assert ended.names == ["attempt", "state REFUSED", "final"]
    assert ended.code == 4
    assert (ended.last["state"], ended.last["standing"]) == ("REFUSED", "REFUSED")
    assert str(ended.last["problem"]) == str(code)
    assert ended.err.startswith(said)


def test_a_currency_that_the_gateway_does_not_take_exits_4(till: Till) -> None:
    ended = till.charge("1", "USN").end()
    assert (ended.code, ended.last["state"]) == (4, "REFUSED")


def test_an_order_that_nobody_pays_exits_5_when_the_wait_is_over(
    make_till: MakeTill, sandbox: SandboxProcess, provider: str
) -> None:
    till = make_till(provider)
    charge = till.charge(wait=1.5)
    charge.until("qr")
    began = time.monotonic()
    ended = charge.end()
    assert 1.0 < time.monotonic() - began < 6.0
    assert (ended.code, ended.err, ended.names[-2:]) == (5, "", ["qr", "open"])
    assert (ended.last["state"], ended.last["status"], ended.last["standing"]) == ("PENDING", "OPEN", "WAITING")
    sandbox.pay(ended.last["merchant_order_id"])
    assert till.order("--refresh")["state"] == "SUCCEEDED"


def test_whole_amounts_and_three_decimals_keep_their_form(make_till: MakeTill, sandbox: SandboxProcess) -> None:
    amounts = {"JPY": "1280", "KWD": "1.250", "TWD": "300"}
    children = {code: make_till().charge(amount, code, wait=0) for code, amount in amounts.items()}
    for code, child in children.items():
        ended = child.end()
        assert {(event["amount"], event["currency"]) for event in ended.events if "amount" in event} == {
            (amounts[code], code)
        }
        assert sandbox.order(ended.last["merchant_order_id"])["amount"] == amounts[code]


def test_an_order_goes_on_when_nobody_reads_its_lines_any_more(till: Till, sandbox: SandboxProcess) -> None:
    reading, writing = os.pipe()
    charge = till.start("charge", "12.50", "HKD", "--wait", "15", stdout=writing)
    os.close(writing)
    pipe = os.fdopen(reading, "rb")
    while b'"qr"' not in (line := pipe.readline()):
        assert line
    pipe.close()
    (order,) = sandbox.seen()
    sandbox.pay(order["merchant_order_id"])
    ended = charge.end()
    assert (ended.code, ended.err) == (0, "")
    assert till.order()["state"] == "SUCCEEDED"


def test_no_code_is_asked_for_when_nobody_can_read_it(till: Till, sandbox: SandboxProcess) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    charge = till.start("charge", "12.50", "HKD", "--wait", "15", stdout=writing)
    os.close(writing)
    ended = charge.end()
    assert (ended.code, ended.err) == (5, "")
    assert sandbox.truth()["requests_total"] == 0
    assert till.order("--refresh")["state"] == "UNKNOWN"
