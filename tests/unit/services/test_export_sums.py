"""A generated day in every form: orders and day add up to the report's totals, and each order is in exactly one day."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posapp.domain.business_day import BusinessDay
from posapp.domain.day_sums import DayFrame, day_report
from posapp.domain.day_text import report_from
from posapp.domain.export import ExportForm
from posapp.domain.money import Money
from posapp.domain.order_query import OrderFilter
from posapp.services.exports.files import write_day
from posapp.store.day_reading import read_day
from posapp.store.instants import to_us
from posapp.store.ledger import open_ledger
from posapp.store.order_stream import open_stream
from tests.unit.services.test_export_files import SPREADSHEET, as_csv, as_json, as_xlsx, cell_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from pathlib import Path

    from posapp.domain.day_report import DayReport

TABLES = ("refunds", "attempts", "orders")
BEFORE_TURN = {"Europe/Berlin": date(2026, 10, 24), "America/New_York": date(2026, 3, 7), "UTC": date(2026, 5, 1)}
DAYS = 3


@dataclass(frozen=True)
class Sold:
    """One order to be: its money, the states of its attempts, what of a paid one goes back, and when it was made."""

    currency: str
    minor: int
    states: tuple[str, ...]
    back: int
    quarters: int


sold = st.builds(
    Sold,
    st.sampled_from(("HKD", "JPY", "KWD")),
    st.integers(1, 99_999_999),
    st.lists(
        st.sampled_from(("SUCCEEDED", "SUCCEEDED", "CANCELLED", "PENDING", "REFUSED")), min_size=1, max_size=3
    ).map(tuple),
    st.integers(0, 99_999_999),
    st.integers(0, DAYS * 96 - 1),
)
rules = st.builds(BusinessDay, st.sampled_from(sorted(BEFORE_TURN)), st.sampled_from((time(0), time(2, 30), time(4))))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger whose rows may be thrown away."""
    path = tmp_path_factory.mktemp("sums") / "ledger.db"
    with closing(open_ledger(path)) as ledger:
        triggers = ledger.connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            ledger.connection.execute(f"DROP TRIGGER {name}")
    return path


def insert(connection: sqlite3.Connection, table: str, **values: str | int | None) -> None:
    connection.execute(
        f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",  # noqa: S608
        tuple(values.values()),
    )


def write(connection: sqlite3.Connection, number: int, each: Sold, rule: BusinessDay) -> date:
    """Write an order with all that belongs to it; returns its day."""
    at = datetime.combine(BEFORE_TURN[rule.zone], time(), UTC) + timedelta(minutes=15 * each.quarters)
    day, at_us, order_id = rule.of(at), to_us(at), f"T1-{number}"
    paid = [place for place, state in enumerate(each.states, start=1) if state == "SUCCEEDED"]
    back = min(each.back, each.minor) if paid else 0
    status = ("OPEN" if "PENDING" in each.states else "CLOSED", "PAID")[bool(paid)] if len(paid) < 2 else "OVERPAID"
    money = {"amount_minor": each.minor, "currency": each.currency}
    insert(
        connection, "orders", order_id=order_id, **money, note="", till="T1", cashier="Ada", created_us=at_us,
        business_day=day.isoformat(), status=status, needs_look=0, version=1, refunded_minor=back,
    )  # fmt: skip
    for place, state in enumerate(each.states, start=1):
        ref = f"{order_id}-{place}"
        insert(
            connection, "attempts", merchant_order_id=ref, order_id=order_id, number=place, provider="cbtis",
            flow="qrcode", **money, description="", request_id=f"{ref}a", confirm_request_id=f"{ref}b",
            cancel_request_id=f"{ref}c", created_us=at_us, owner="", state=state,
            paid_us=at_us if state == "SUCCEEDED" else None, final_us=None if state == "PENDING" else at_us,
        )  # fmt: skip
    if back:
        insert(
            connection, "refunds", merchant_refund_id=f"R-{number}", request_id=f"r{number}", order_id=order_id,
            merchant_order_id=f"{order_id}-{paid[0]}", provider="cbtis", **{**money, "amount_minor": back}, reason="",
            business_day=day.isoformat(), created_us=at_us, asked_by="", approved_by="", owner="", state="SUCCEEDED",
            final_us=at_us,
        )  # fmt: skip
    return day


def summed(pairs: Iterable[tuple[str, str]]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for currency, amount in pairs:
        sums[currency] += Money.from_decimal(Decimal(amount), currency).minor
    return +sums


def workbook_rows(path: Path) -> list[list[str]]:
    """Read the cells of both sheets of a day's workbook."""
    found: list[list[str]] = []
    with zipfile.ZipFile(path) as parts:
        for number in (1, 2):
            sheet = ET.fromstring(parts.read(f"xl/worksheets/sheet{number}.xml"))  # noqa: S314 - our own
            rows = [{column: text for column, _, text in map(cell_of, row)} for row in sheet.iter(f"{SPREADSHEET}row")]
            names = rows[0]
            found += [[row.get(column, "") for column in names] + [str(number)] for row in rows[1:]]
    return found


def check_day(report: DayReport, folder: Path) -> None:
    """Check that the day's own files say what the report does."""
    gross = Counter({total.currency: total.gross_minor for total in report.totals if total.gross_minor})
    back = Counter({total.currency: total.refunded_minor for total in report.totals if total.refunded_minor})
    for form in (ExportForm.CSV, ExportForm.XLSX, ExportForm.JSON):
        write_day(folder / f"day.{form.value}", form, report, None)
    lines = list(csv.DictReader(io.StringIO((folder / "day.csv").read_text("utf-8-sig"), newline="")))
    for section, truth in (("sale", gross), ("refund", back)):
        assert summed((line["currency"], line["amount"]) for line in lines if line["section"] == section) == truth
    for name, truth in (("gross", gross), ("refunded", back)):
        assert summed((line["currency"], line["amount"]) for line in lines if line["name"] == name) == truth
    cells = workbook_rows(folder / "day.xlsx")
    assert summed((row[2], row[4]) for row in cells if row[-1] == "1" and row[:2] == ["total", "gross"]) == gross
    assert summed((row[2], row[3]) for row in cells if row[-1] == "2" and row[0] == "sale") == gross
    assert summed((row[2], row[3]) for row in cells if row[-1] == "2" and row[0] == "refund") == back
    assert report_from((folder / "day.json").read_text()) == replace(report, sales=None)  # as a Z is kept


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(sold, max_size=8), rules)
def test_every_form_adds_up_to_the_report_and_each_order_is_in_one_day(
    path: Path, tmp_path: Path, orders: list[Sold], rule: BusinessDay
) -> None:
    frame = DayFrame("Harbour Tea", "T1", False, rule)
    with closing(open_ledger(path)) as ledger:
        with ledger.writing() as connection:
            for table in TABLES:
                connection.execute(f"DELETE FROM {table}")  # noqa: S608
            days = {f"T1-{n}": write(connection, n, each, rule) for n, each in enumerate(orders)}
        seen: Counter[str] = Counter()
        first = BEFORE_TURN[rule.zone] - timedelta(days=1)
        for day in (first + timedelta(days=n) for n in range(DAYS + 3)):
            rows = read_day(ledger.connection, day, rule.bounds(day))
            report = day_report(frame, day, rows, datetime(2026, 12, 1, tzinfo=UTC))
            gross = Counter({total.currency: total.gross_minor for total in report.totals if total.gross_minor})
            back = Counter({total.currency: total.refunded_minor for total in report.totals if total.refunded_minor})
            wanted = OrderFilter(first_day=day, last_day=day)
            with open_stream(path) as stream:
                lines, objects = as_csv(stream, wanted), as_json(stream, wanted)
                cells = [
                    {name: text for name, (_, text) in line.items()}
                    for line in as_xlsx(tmp_path / "out.xlsx", stream, wanted)
                ]
            for form in (lines, objects, cells):
                assert summed((line["currency"], line["paid"]) for line in form) == gross
                assert summed((line["currency"], line["refunded"]) for line in form) == back
                assert [line["order_id"] for line in form] == [line["order_id"] for line in lines]
            assert {line["business_day"] for line in lines} <= {day.isoformat()}
            assert all(days[line["order_id"]] == day for line in lines)
            seen.update(line["order_id"] for line in lines)
            if lines:
                check_day(report, tmp_path)
    assert seen == Counter(dict.fromkeys(days, 1))
