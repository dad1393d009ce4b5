"""Orders and attempts as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone

import pytest

from posapp.app.json_lines import attempt_facts, instant, order_facts, write_line
from posapp.domain.business_day import BusinessDay
from posapp.domain.money import Money
from posapp.domain.order import Flow, OrderSnapshot
from posapp.domain.status import AlarmKind, AttemptState, ReviewReason
from posapp.domain.till import TillFacts
from tests.fakes import NOON, an_attempt, an_order, ref

FACTS = TillFacts(
    shop="Harbour Tea",
    till="T1",
    currency="TWD",
    provider="cbtis",
    gateway_name="CBTIS",
    flow=Flow.QRCODE,
    day=BusinessDay("Asia/Taipei", NOON.time()),
    training=False,
    can_cancel=False,
    gateway_decimals={"TWD": 0},
)


def test_a_line_is_one_object_in_ascii_whatever_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    line = {"note": "喝茶\n\u2028\x1b", "amount": "12.50", "paid_at": None, "needs_look": False}
    write_line(line)
    out = capsys.readouterr().out
    assert out.isascii()
    assert out.count("\n") == len(out.splitlines()) == 1
    assert json.loads(out) == line


def test_an_attempt_lists_what_is_known_of_it_and_no_more() -> None:
    assert attempt_facts(an_attempt(1), None) == {
        "merchant_order_id": ref(1),
        "order_id": ref(1),
        "amount": "128.50",
        "currency": "HKD",
    }
    told = attempt_facts(
        an_attempt(
            1,
            gateway_id="C1",
            paid_at=NOON,
            review=ReviewReason.AMOUNT_DIFFERS,
            review_detail="HKD 128.50 / HKD 1.00",
            alarm=AlarmKind.PAID_LATE,
            problem_code="timeout",
            problem_text="no answer",
            support_id="abc",
        ),
        None,
    )
    assert (
        told
        | {
            "gateway_id": "C1",
            "paid_at": "2026-03-14T12:00:00Z",
            "review": "AMOUNT_DIFFERS",
            "review_detail": "HKD 128.50 / HKD 1.00",
            "alarm": "PAID_LATE",
            "problem": "timeout",
            "message": "no answer",
            "support_id": "abc",
        }
        == told
    )


def test_amounts_are_text_in_the_decimals_that_are_used_here() -> None:
    taiwan = an_attempt(1, money=Money(30000, "TWD"))
    assert attempt_facts(taiwan, None)["amount"] == "300.00"
    assert attempt_facts(taiwan, FACTS)["amount"] == "300"
    snapshot = OrderSnapshot(an_order(1, Money(30000, "TWD")), (taiwan,))
    assert (order_facts(snapshot)["amount"], order_facts(snapshot, FACTS)["amount"]) == ("300.00", "300")


def test_an_order_speaks_with_the_voice_of_its_leading_attempt() -> None:
    refused = an_attempt(1, state=AttemptState.REFUSED)
    paid = an_attempt(
        2, order_id=ref(1), number=2, state=AttemptState.SUCCEEDED, shown_at=NOON, paid_at=NOON, gateway_id="C2"
    )
    told = order_facts(OrderSnapshot(an_order(1, note="table 7"), (refused, paid)))
    assert (told["order_id"], told["merchant_order_id"], told["gateway_id"]) == (ref(1), ref(2), "C2")
    assert (told["state"], told["status"], told["standing"], told["needs_look"]) == ("SUCCEEDED", "PAID", "PAID", False)
    assert (told["note"], told["till"], told["business_day"]) == ("table 7", "T1", "2026-03-14")
    attempts = told["attempts"]
    assert isinstance(attempts, list)
    assert [(each["number"], each["state"]) for each in attempts if isinstance(each, dict)] == [
        (1, "REFUSED"),
        (2, "SUCCEEDED"),
    ]


INSTANTS: list[tuple[datetime | None, str | None]] = [
    (None, None),
    (NOON, "2026-03-14T12:00:00Z"),
    (NOON + timedelta(microseconds=5), "2026-03-14T12:00:00.000005Z"),
    (NOON.astimezone(timezone(timedelta(hours=8))), "2026-03-14T12:00:00Z"),
    (datetime(1970, 1, 1, tzinfo=UTC), "1970-01-01T00:00:00Z"),
]


@pytest.mark.parametrize("at,written", INSTANTS)
def test_instants_are_utc(at: datetime | None, written: str | None) -> None:
    assert instant(at) == written


def test_nobody_hears_what_is_printed_after_the_reader_has_gone() -> None:
    program = """
import sys
from posapp.app.json_lines import stop_printing, write_line
sys.stdin.readline()
try:
    write_line({"a": 1})
except BrokenPipeError:
    stop_printing()
    write_line({"b": 2})
else:
    sys.exit("the reader was there")
"""
    child = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.close()
    child.communicate(b"go on\n", timeout=20)
    assert child.returncode == 0
