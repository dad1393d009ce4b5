"""`posapp orders`: the list as a table, JSON or CSV, and what `--refresh` brings."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from posapp.app.compose import ledger_file, till_facts
from posapp.app.config import read_config
from posapp.app.paths import DataFolder
from posapp.app.system_clock import SystemClock
from posapp.domain.staff import Authority
from posapp.services.day import TradingDay
from posapp.store.ledger import open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.child import JsonObject
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

    MakeTill = Callable[..., Till]

BOM = "\ufeff"
COLUMNS = (
    "business_day,created,created_utc,order_id,merchant_order_id,status,standing,state,amount,paid,refunded,currency,"
    "till,cashier,note,gateway,paid_at,paid_at_utc,gateway_id,attempts,needs_look"
)


@pytest.fixture
def book(till: Till, sandbox: SandboxProcess) -> Till:
    """Return a till with one order of each kind, told apart by their amounts."""
    sandbox.fault("create", "business_error", code=20007, message="currency is not supported")
    till.charge("1.00", wait=0).end()
    sandbox.fault("create", "drop_before")
    till.charge("2.00", wait=0).end()
    sandbox.fault("create", "swap_amount", amount="4")
    till.charge("3.00", wait=0).end()
    charges = [
        till.charge("4.00", "HKD", "--note", "=SUM(A1:A9)", wait=0),
        till.charge("5.00", "HKD", "--note", '茉莉, "cold"', wait=0),
        till.charge("6.00", wait=0),
    ]
    paid, cancelled, _waiting = (charge.end().last["merchant_order_id"] for charge in charges)
    sandbox.pay(paid)
    sandbox.cancel(cancelled)
    till.orders("--refresh")
    return till


def amounts(orders: list[JsonObject]) -> set[str]:
    return {str(order["amount"]).partition(".")[0] for order in orders}


WORDS = {
    "all": "123456",
    "waiting": "236",  # the chip: whatever is open
    "paid": "4",
    "unpaid": "15",
    "needs_look": "23",
    "open": "236",
    "closed": "15",
    "review": "3",
    "not_known": "2",
    "REFUSED": "1",
    "pending": "6",
    "unknown": "2",
    "orphan": "3",
    "Succeeded": "4",
    "cancelled": "5",
    "overpaid": "",
    "lapsed": "",
}


def test_orders_are_found_by_state_and_day_in_every_form_and_refreshed(book: Till, sandbox: SandboxProcess) -> None:
    every = book.orders()
    assert every == sorted(every, key=lambda order: str(order["created_at"]), reverse=True)
    lists = {word: book.start("orders", "--json", "--state", word) for word in WORDS}
    found = {word: amounts(json.loads(child.end().out)) for word, child in lists.items()}
    assert found == {word: set(numbers) for word, numbers in WORDS.items()}

    now = datetime.now(UTC).astimezone(ZoneInfo("Asia/Hong_Kong"))
    day = (now - timedelta(hours=4)).date()
    assert {order["business_day"] for order in every} == {day.isoformat()}
    assert len(book.orders("--day", day.isoformat())) == len(every)
    assert book.orders("--day", (day - timedelta(days=1)).isoformat()) == []

    ended = book.run("orders", "--csv")
    assert ended.out.splitlines()[0] == BOM + COLUMNS
    rows = {row["amount"]: row for row in csv.DictReader(io.StringIO(ended.out.removeprefix(BOM)))}
    assert len(rows) == len(every)
    assert rows["4.00"]["note"] == "'=SUM(A1:A9)"
    assert rows["5.00"]["note"] == '茉莉, "cold"'
    assert (rows["4.00"]["status"], rows["4.00"]["needs_look"]) == ("PAID", "0")
    assert rows["4.00"]["paid_at_utc"].endswith("Z")

    table = book.run("orders").out.splitlines()
    assert table[-1] == "6 orders (times are UTC)"
    assert any("HKD 5.00" in line and "UNPAID" in line and line.endswith('茉莉, "cold"') for line in table)

    waiting = next(order for order in book.orders() if order["amount"] == "6.00")
    sandbox.pay(waiting["merchant_order_id"])
    sandbox.fault("query", "status", status=503, times=0)
    silent = book.run("orders", "--refresh", "--json", "--state", "waiting")
    assert silent.code == 5
    assert silent.err.startswith("posapp: the gateway gave no answer about 3 open order(s)")
    sandbox.clear_faults()
    states = {str(order["amount"]): order["standing"] for order in book.orders("--refresh")}
    assert states == {
        "1.00": "REFUSED",
        "2.00": "NOT_KNOWN",
        "3.00": "REVIEW",
        "4.00": "PAID",
        "5.00": "UNPAID",
        "6.00": "PAID",
    }


def test_an_empty_till_lists_nothing_in_every_form(till: Till) -> None:
    forms = [(), ("--json",), ("--csv",), ("--json", "--refresh"), ("--training",)]
    ended = [child.end() for child in [till.start("orders", *form) for form in forms]]
    assert {(each.code, each.err) for each in ended} == {(0, "")}
    none = "0 orders (times are UTC)\n"
    assert [each.out for each in ended] == [none, "[]\n", f"{BOM}{COLUMNS}\r\n", "[]\n", none]


def test_folder_and_configuration_are_taken_on_either_side_of_the_command(till: Till) -> None:
    till.charge(wait=0).end()
    data, config = ["--data-dir", str(till.data)], ["--config", str(till.config)]
    places = [
        [*data, *config, "orders", "--json", "--refresh"],
        ["orders", *data, "--json", *config, "--refresh"],
        [*config, "orders", "--json", "--refresh", *data],
        [f"--data-dir={till.data}", "orders", f"--config={till.config}", "--json", "--refresh"],
    ]
    ended = [child.end() for child in [till.start_bare(*arguments) for arguments in places]]
    assert {each.code for each in ended} == {0}
    assert {len(json.loads(each.out)) for each in ended} == {1}


def test_a_folder_that_is_called_like_a_command_is_a_folder(till: Till) -> None:
    ended = till.start_bare("--data-dir", str(till.folder / "orders"), "orders", "--json").end()
    assert (ended.code, ended.out) == (0, "[]\n")
    relative = till.start_bare("--data-dir", "demo", "orders", "--json").end()
    assert (relative.code, relative.out) == (0, "[]\n")


def test_refresh_without_a_network_exits_5_and_changes_nothing(till: Till, sandbox: SandboxProcess) -> None:
    till.charge(wait=0).end()
    till.reconfigure(f'"{sandbox.base_url}"', '"http://127.0.0.1:9"')
    ended = till.run("orders", "--refresh", "--json")
    assert ended.code == 5
    assert [order["state"] for order in json.loads(ended.out)] == ["PENDING"]


def test_chinese_notes_are_utf_8_whatever_the_locale(till: Till) -> None:
    till.charge("1.00", "HKD", "--note", "喝茶", wait=0).end()
    till.with_env(PYTHONIOENCODING="ascii:strict", LC_ALL="C")
    for form in ("--csv", "--state=all"):
        ended = till.run("orders", form)
        assert (ended.code, "喝茶" in ended.out, ended.err) == (0, True, "")


def test_files_are_written_whole_and_say_the_same(book: Till) -> None:
    day = str(book.orders()[0]["business_day"])
    out = book.folder
    for arguments in (
        ("--csv", "--output", str(out / "orders.csv")),
        ("--json", "--output", str(out / "orders.json"), "--from", day, "--to", day),
        ("--xlsx", str(out / "orders.xlsx")),
    ):
        ended = book.run("orders", *arguments)
        assert (ended.code, ended.out, ended.err) == (0, "", "")
    with (out / "orders.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["amount"] for row in csv.DictReader(file)} == {f"{n}.00" for n in range(1, 7)}
    assert len(json.loads((out / "orders.json").read_text())) == 6
    assert (out / "orders.xlsx").read_bytes().startswith(b"PK")
    waiting = book.run("orders", "--csv", "--state", "not_known").out
    assert [row["amount"] for row in csv.DictReader(io.StringIO(waiting.removeprefix(BOM)))] == ["2.00"]
    refused = book.run("orders", "--csv", "--output", str(out / "no" / "such.csv"))
    assert refused.code == 1
    assert refused.err.startswith("posapp: The folder is not there any more")
    assert [path.name for path in out.iterdir() if path.name.endswith(".part")] == []


def test_a_day_is_compared_with_the_gateway(book: Till, sandbox: SandboxProcess) -> None:
    ended = book.run("reconcile", "--json")
    made = json.loads(ended.out)
    assert (made["agreed"] + len(made["differences"]), ended.code) == (
        made["payments"],
        1 if made["differences"] else 0,
    )
    paid = next(order for order in book.orders() if order["standing"] == "PAID")
    assert paid["merchant_order_id"] not in {each["merchant_order_id"] for each in made["differences"]}
    sandbox.fault("query", "status", status=503, times=0)
    silent = book.run("reconcile", "--json")
    assert silent.code == 5
    assert json.loads(silent.out)["agreed"] == 0


def test_a_day_is_a_table_a_workbook_and_pages(book: Till) -> None:
    out = book.folder
    printed = book.run("report", "--csv").out
    rows = list(csv.DictReader(io.StringIO(printed.removeprefix(BOM))))
    assert [row["amount"] for row in rows if (row["section"], row["name"]) == ("total", "gross")] == ["4.00"]
    for form, head in (("xlsx", b"PK"), ("pdf", b"%PDF"), ("csv", b"\xef\xbb\xbf")):
        ended = book.run("report", f"--{form}", str(out / f"day.{form}"))
        assert (ended.code, ended.out, ended.err) == (0, "", "")
        assert (out / f"day.{form}").read_bytes().startswith(head)


def test_pages_of_a_closed_day_are_counted_copies_of_its_z(book: Till) -> None:
    day = str(book.orders()[0]["business_day"])
    facts = till_facts(read_config(book.config), training=False)
    with closing(open_ledger(ledger_file(DataFolder(book.data), training=False))) as ledger:
        days = TradingDay(ledger, facts, SystemClock())
        days.stored.add(days.frame, date.fromisoformat(day), Authority("Ada"), SystemClock().now())
    for form in ("pdf", "csv", "pdf"):
        ended = book.run("report", "--day", day, f"--{form}", str(book.folder / f"z.{form}"))
        assert (ended.code, ended.out, ended.err) == (0, "", "")
    with closing(sqlite3.connect(book.data / "ledger.db")) as connection:
        found = connection.execute("SELECT facts FROM audit WHERE event = 'reprint' ORDER BY seq")
        assert [json.loads(facts)["copy"] for (facts,) in found] == ["1", "2"]
    assert json.loads(book.run("verify", "--json").out)["whole"]
