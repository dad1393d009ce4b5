"""Orders as CSV, JSON and workbooks: each says of every order what the order list says, and adds up to the same."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posapp.domain.currency import DECIMALS
from posapp.domain.money import Money
from posapp.domain.order_query import OrderFilter, StateFilter
from posapp.services.exports import csv_form, json_form, xlsx_form
from posapp.services.exports.columns import COLUMNS, HEADERS
from posapp.services.exports.safe_text import csv_cell, safe_text
from posapp.services.exports.shop_time import ShopTime
from posapp.store.instants import to_us
from posapp.store.ledger import open_ledger
from posapp.store.listing import OrderList
from posapp.store.order_stream import OrderStream, open_stream
from tests.ledgers.shop import Shop
from tests.ledgers.writing import write_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from posapp.domain.order import OrderSnapshot

MILLENNIUM = datetime(2000, 1, 1)  # noqa: DTZ001 - Hypothesis puts none on
ZONE = "Asia/Hong_Kong"
SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FORMULAS = "=+-@\uff1d\uff0b\uff0d\uff20"


def nobody(_done: int) -> None:
    """Hear how far it is."""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of many kinds of orders."""
    path = tmp_path_factory.mktemp("book") / "ledger.db"
    write_ledger(path, Shop(2_000, date(2026, 3, 14), seed=7, days=40))
    ledger = open_ledger(path)
    with ledger.writing() as connection:  # the notes that somebody might write to hurt
        connection.execute("DROP TRIGGER IF EXISTS orders_keep_their_request")
        hurtful = (
            '=cmd|"/c calc"!A1',
            '茉莉, "cold"',
            "\t=1+1",
            "line\nbreak",
            "\u202eturned",
            "＝SUM(A1)",
            " lead",
            ";x",
        )
        for row, note in enumerate(hurtful, start=1):
            connection.execute("UPDATE orders SET note = ? WHERE id = ?", (note, row))
        lapsed = "SELECT order_id FROM orders WHERE status = 'CLOSED' AND id % 3 = 0"
        lapses = f"UPDATE attempts SET state = 'LAPSED' WHERE state = 'CANCELLED' AND order_id IN ({lapsed})"  # noqa: S608
        connection.execute(lapses)
        connection.execute(
            "UPDATE orders SET needs_look = EXISTS (SELECT 1 FROM attempts WHERE attempts.order_id = orders.order_id "
            "AND state = 'LAPSED') WHERE status = 'CLOSED' AND id % 3 = 0"
        )
    ledger.close()
    return path


@pytest.fixture
def stream(book: Path) -> Iterator[OrderStream]:
    with open_stream(book) as opened:
        yield opened


def as_csv(stream: OrderStream, wanted: OrderFilter, word: str | None = None) -> list[dict[str, str]]:
    """Write CSV and read it back."""
    target = io.BytesIO()
    count = csv_form.write_orders(target, stream, wanted, ZONE, nobody, word)
    text = target.getvalue()
    assert text.startswith(b"\xef\xbb\xbf")
    assert text.count(b"\n") == text.count(b"\r\n") == count + 1
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))


def as_json(stream: OrderStream, wanted: OrderFilter) -> list[dict[str, Any]]:
    """Write JSON and read it back."""
    target = io.BytesIO()
    json_form.write_orders(target, stream.rows(wanted), ZONE, nobody)
    return json.loads(target.getvalue())


def as_xlsx(path: Path, stream: OrderStream, wanted: OrderFilter) -> list[dict[str, tuple[str, str]]]:
    """Write a workbook and read its cells back: kind and text by header."""
    xlsx_form.write_orders(path, stream.rows(wanted), ZONE, nobody)
    with zipfile.ZipFile(path) as parts:
        sheet = ET.fromstring(parts.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own
    rows = [[cell_of(cell) for cell in row] for row in sheet.iter(f"{SPREADSHEET}row")]
    headers = {column: text for column, _, text in rows[0]}
    return [{headers[column]: (kind, text) for column, kind, text in row} for row in rows[1:]]


def cell_of(cell: ET.Element) -> tuple[str, str, str]:
    assert cell.find(f"{SPREADSHEET}f") is None, "a formula"
    column = "".join(character for character in cell.attrib["r"] if character.isalpha())
    if cell.attrib.get("t") == "inlineStr":
        return column, "text", "".join(part.text or "" for part in cell.iter(f"{SPREADSHEET}t"))
    value = cell.find(f"{SPREADSHEET}v")
    assert value is not None
    return column, "number", value.text or ""


def every(path: Path, wanted: OrderFilter | None = None) -> list[OrderSnapshot]:
    """Read the orders as the list does, oldest first."""
    ledger = open_ledger(path)
    try:
        listing, found, after = OrderList(ledger), list[Any](), None
        while True:
            page = listing.page(wanted or OrderFilter(), after)
            found.extend(page.orders)
            if page.next_key is None:
                return found[::-1]
            after = page.next_key
    finally:
        ledger.close()


def expected(snapshot: OrderSnapshot) -> dict[str, Any]:
    """Say of an order what its line must say, worked out from its attempts."""
    order, leading = snapshot.order, snapshot.leading
    paid = sum(each.money.minor for each in snapshot.attempts if each.state == "SUCCEEDED")
    return {
        "order_id": order.order_id,
        "merchant_order_id": leading.merchant_order_id,
        "status": snapshot.status.value,
        "standing": snapshot.standing.value,
        "state": leading.state.value,
        "amount": order.money.plain(),
        "paid": Money(paid, order.money.currency).plain(),
        "refunded": snapshot.refunded.plain(),
        "currency": order.money.currency,
        "attempts": len(snapshot.attempts),
        "needs_look": int(snapshot.needs_look),
        "created_utc": f"{order.created_at:%Y-%m-%dT%H:%M:%SZ}",
        "created": f"{order.created_at.astimezone(ZoneInfo(ZONE)):%Y-%m-%d %H:%M:%S}",
        "paid_at_utc": f"{leading.paid_at:%Y-%m-%dT%H:%M:%SZ}" if leading.paid_at else None,
    }


def test_each_form_says_of_every_order_what_the_order_list_says(
    book: Path, stream: OrderStream, tmp_path: Path
) -> None:
    snapshots = every(book)
    wanted = [expected(snapshot) for snapshot in snapshots]
    assert {line["standing"] for line in wanted} >= {"PAID", "UNPAID", "REFUSED", "NOT_KNOWN"}
    assert any(line["attempts"] > 1 for line in wanted)
    assert any(line["refunded"] != "0.00" for line in wanted)
    lines = as_csv(stream, OrderFilter())
    assert [{name: line[name] for name in wanted[0]} for line in lines] == [
        {name: "" if value is None else str(value) for name, value in line.items()} for line in wanted
    ]
    objects = as_json(stream, OrderFilter())
    assert [{name: line[name] for name in wanted[0]} for line in objects] == wanted
    assert [line["note"] for line in objects] == [snapshot.order.note for snapshot in snapshots]
    cells = as_xlsx(tmp_path / "out.xlsx", stream, OrderFilter())
    assert [line["merchant_order_id"] for line in cells] == [("text", line["merchant_order_id"]) for line in wanted]
    assert all(line["amount"][0] == line["paid"][0] == line["created"][0] == "number" for line in cells)


def test_rows_add_up_to_the_same_in_every_form_and_currency(book: Path, stream: OrderStream, tmp_path: Path) -> None:
    snapshots = every(book)
    truth: Counter[str] = Counter()
    for snapshot in snapshots:
        for attempt in snapshot.attempts:
            if attempt.state == "SUCCEEDED":
                truth[attempt.money.currency] += attempt.money.minor

    def total(pairs: list[tuple[str, str]]) -> Counter[str]:
        sums: Counter[str] = Counter()
        for currency, paid in pairs:
            sums[currency] += Money.from_decimal(Decimal(paid), currency).minor
        return sums

    assert len(truth) > 1
    assert total([(line["currency"], line["paid"]) for line in as_csv(stream, OrderFilter())]) == truth
    assert total([(line["currency"], line["paid"]) for line in as_json(stream, OrderFilter())]) == truth
    cells = as_xlsx(tmp_path / "out.xlsx", stream, OrderFilter())
    assert total([(line["currency"][1], line["paid"][1]) for line in cells]) == truth


def test_a_filter_lets_the_same_orders_through_as_in_the_list(book: Path, stream: OrderStream) -> None:
    for wanted in (
        OrderFilter(state=StateFilter.REFUNDED),
        OrderFilter(state=StateFilter.UNPAID, first_day=date(2026, 3, 1)),
        OrderFilter(first_day=date(2026, 3, 10), last_day=date(2026, 3, 12)),
        OrderFilter(text=every(book)[7].order.order_id[-6:]),
    ):
        ids = [snapshot.order.order_id for snapshot in every(book, wanted)]
        assert ids
        assert [line["order_id"] for line in as_csv(stream, wanted)] == ids
        assert stream.count(wanted) == len(ids)
    words = Counter(line["standing"] for line in as_csv(stream, OrderFilter()))
    assert len(as_csv(stream, OrderFilter(), "not_known")) == words["NOT_KNOWN"]
    assert {line["state"] for line in as_csv(stream, OrderFilter(), "CANCELLED")} == {"CANCELLED"}


def test_no_note_is_a_formula_or_breaks_a_line(stream: OrderStream, tmp_path: Path) -> None:
    for line in as_csv(stream, OrderFilter()):
        for text in line.values():
            assert text.isprintable()
            assert not text.lstrip().startswith(tuple(FORMULAS))
    notes = {line["note"] for line in as_csv(stream, OrderFilter())}
    assert {'\'=cmd|"/c calc"!A1', '茉莉, "cold"', "'\\t=1+1", "line\\nbreak", "'＝SUM(A1)"} <= notes
    cells = as_xlsx(tmp_path / "out.xlsx", stream, OrderFilter())
    assert {line["note"] for line in cells if "note" in line} >= {("text", '=cmd|"/c calc"!A1')}


@given(st.text(max_size=40))
def test_whatever_somebody_wrote_is_one_harmless_cell(text: str) -> None:
    (cells,) = csv.reader(io.StringIO(f"{csv_cell(text)},end\r\n", newline=""))
    assert cells == [safe_text(text), "end"]
    assert cells[0].isprintable()
    assert not cells[0].lstrip().startswith(tuple(FORMULAS))


@given(
    st.datetimes(MILLENNIUM, MILLENNIUM.replace(year=2060)),
    st.sampled_from((ZONE, "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")),
)
def test_instants_are_local_and_utc_also_where_clocks_are_turned(naive: datetime, zone: str) -> None:
    at = naive.replace(tzinfo=UTC)
    assert ShopTime(zone).both(to_us(at)) == (
        f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}",
        f"{at:%Y-%m-%dT%H:%M:%SZ}",
    )


def test_the_hour_at_which_clocks_are_turned_is_written_twice() -> None:
    time = ShopTime("Europe/Berlin")
    first = to_us(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    hour_us = timedelta(hours=1) // timedelta(microseconds=1)
    assert [time.both(first + hour_us * step)[0][11:16] for step in range(3)] == ["02:30", "02:30", "03:30"]


def test_amounts_have_the_decimals_of_their_currency(book: Path, tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(book.read_bytes())
    ledger = open_ledger(path)
    codes = sorted(DECIMALS)
    with ledger.writing() as connection:
        connection.execute("DROP TRIGGER IF EXISTS orders_keep_their_request")
        for row, code in enumerate(codes, start=1):
            connection.execute("UPDATE orders SET currency = ?, amount_minor = ? WHERE id = ?", (code, 7, row))
        found = connection.execute("SELECT order_id FROM orders WHERE id <= ? ORDER BY id", (len(codes),))
        ids = [order_id for (order_id,) in found]
    with open_stream(path) as stream:
        amounts = {line["order_id"]: line["amount"] for line in as_csv(stream, OrderFilter())}
    ledger.close()
    assert [amounts[order_id] for order_id in ids] == [Money(7, code).plain() for code in codes]


def test_columns_are_as_documented() -> None:
    from posapp.services.exports import columns

    assert len(set(HEADERS)) == len(HEADERS) == len(COLUMNS) + 2
    documented = (columns.__doc__ or "").split("|---|---|")[1]
    assert [name for name in HEADERS if f"`{name}`" not in documented] == []
