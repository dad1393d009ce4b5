"""`posapp report`: the numbers of a day from a real till, as a table and as JSON, and of a closed day its Z."""

from __future__ import annotations

import json
import re
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from posapp.app.compose import ledger_file, till_facts
from posapp.app.config import read_config
from posapp.app.paths import DataFolder
from posapp.app.system_clock import SystemClock
from posapp.domain.day_text import report_from
from posapp.domain.staff import Authority
from posapp.services.day import TradingDay
from posapp.store.ledger import open_ledger

if TYPE_CHECKING:
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

pytestmark = pytest.mark.e2e


def sell(till: Till, sandbox: SandboxProcess, amount: str) -> None:
    """Charge an amount, let the shopper pay, and hear of it."""
    ref = till.charge(amount, wait=0).end().last["merchant_order_id"]
    sandbox.pay(ref)
    till.orders("--refresh")


def close(till: Till) -> str:
    """Close today as the window does, without asking; returns the Z's text."""
    facts = till_facts(read_config(till.config), training=False)
    with closing(open_ledger(ledger_file(DataFolder(till.data), training=False))) as ledger:
        days = TradingDay(ledger, facts, SystemClock())
        day = days.today()
        days.stored.add(days.frame, day, Authority("Ada"), SystemClock().now())
        stored = days.stored.of_day(day)
    assert stored is not None
    return stored.text


def test_the_table_and_the_json_are_the_same_numbers(till: Till, sandbox: SandboxProcess) -> None:
    sell(till, sandbox, "128.50")
    sell(till, sandbox, "1.50")
    till.charge("7.00", wait=0).end()
    report = report_from(till.run("report", "--json").out)
    (total,) = report.totals
    assert (total.sales, total.gross_minor, total.currency) == (2, 13000, "HKD")
    assert sum(order["amount"] in {"128.50", "1.50"} for order in till.orders()) == total.sales
    assert [line.money.minor for line in report.open_orders] == [700]
    table = till.run("report").out
    assert re.search(r"^net +HKD 130\.00$", table, re.MULTILINE)
    assert re.search(r"^sales +2$", table, re.MULTILINE)
    assert "Asia/Hong_Kong, begins at 04:00" in table
    assert "WAITING" in table


def test_a_closed_day_is_its_z_and_a_new_order_belongs_to_the_next(till: Till, sandbox: SandboxProcess) -> None:
    sell(till, sandbox, "128.50")
    day = str(till.order()["business_day"])
    text = close(till)
    assert till.run("report", "--day", day, "--json").out.strip() == text
    assert "Z 0001 by Ada" in till.run("report", "--day", day).out
    sell(till, sandbox, "3.00")
    assert {str(order["business_day"]) for order in till.orders()} != {day}
    assert till.run("report", "--day", day, "--json").out.strip() == text
    verdict = json.loads(till.run("verify", "--json").out)
    assert verdict["whole"]


@pytest.mark.parametrize("day", ["2026-02-30", "today", "2026-3-1"])
def test_what_is_no_day_is_refused(till: Till, day: str) -> None:
    ended = till.run("report", "--day", day)
    assert ended.code == 2
