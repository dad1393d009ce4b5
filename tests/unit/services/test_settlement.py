"""A gateway's settlement file next to the ledger: read strictly, matched, and nothing changes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posapp.domain.errors import DomainError
from posapp.domain.money import Money
from posapp.domain.settlement import Field, Mismatch
from posapp.services.settlement import reading
from posapp.services.settlement.amounts import amount_of, time_of
from posapp.services.settlement.columns import guess
from posapp.store.verify import verify

if TYPE_CHECKING:
    from posapp.domain.settlement import SettlementResult
    from tests.unit.services.bench import Bench

HEADER = "merchant_order_id,amount,currency,fee,pay_time,type"


@pytest.fixture(autouse=True)
def threads_have_time(bench: Bench) -> None:
    """Let the loop wait for the thread that works on files."""
    bench.loop.wait_for_threads()


def match(bench: Bench, path: Path) -> SettlementResult:
    settlements = bench.services.settlements
    sheet = bench.run(settlements.look_into(str(path)))
    return bench.run(settlements.match(str(path), sheet.mapping))


def test_lines_are_matched_by_our_id_and_nothing_changes(bench: Bench, tmp_path: Path) -> None:
    same, other, missing = bench.paid(Money(100, "HKD")), bench.paid(Money(200, "HKD")), bench.paid(Money(300, "HKD"))
    waiting = bench.charge_and_show(Money(400, "HKD"))
    before = bench.till.ledger.connection.execute("SELECT max(seq) FROM audit").fetchone()
    rows = (
        f"{same.order_id},1.00,HKD,0.01,2026-03-14 12:00:01,payment",
        f"{other.order_id},20.00,HKD,0.02,2026-03-14 12:00:02,payment",
        "SOMEBODY-ELSE,5.00,HKD,0.01,2026-03-14 12:00:03,payment",
        f"{same.order_id},1.00,HKD,0.01,2026-03-14 12:00:01,payment",
        f"{waiting.order_id},4.00,HKD,0.01,2026-03-14 12:00:04,payment",
        '=EVIL(),"1,280",HKD,0.01,2026-03-14 12:00:05,payment',
    )
    path = tmp_path / "settlement.csv"
    path.write_text("\ufeff" + "\n".join((HEADER, *rows)) + "\n", encoding="utf-8")
    result = match(bench, path)
    assert (result.lines, result.agreed) == (6, 1)
    found = [(each.mismatch, each.line, each.reference, each.here, each.there) for each in result.findings]
    assert found == [
        (Mismatch.AMOUNT, 3, other.order_id, "HKD 2.00", "HKD 20.00"),
        (Mismatch.ONLY_IN_FILE, 4, "SOMEBODY-ELSE", "", "HKD 5.00"),
        (Mismatch.DUPLICATE, 5, same.order_id, "HKD 1.00", "HKD 1.00"),
        (Mismatch.NOT_PAID_HERE, 6, waiting.order_id, "PENDING", "HKD 4.00"),
        (Mismatch.UNREADABLE, 7, "=EVIL()", "", "HKD 1,280"),
        (Mismatch.ONLY_IN_LEDGER, 0, missing.order_id, "HKD 3.00", ""),
    ]
    assert sum(result.counts.values()) == len(result.findings)
    assert (result.first_day, result.last_day) == (date(2026, 3, 14), date(2026, 3, 14))
    assert [(each.currency, each.paid, each.refunded, each.fees) for each in result.totals] == [("HKD", 3100, 0, 6)]
    assert bench.till.ledger.connection.execute("SELECT max(seq) FROM audit").fetchone() == before
    assert verify(bench.till.ledger).is_whole


def test_a_mapping_somebody_chose_is_remembered_for_the_same_headers(bench: Bench, tmp_path: Path) -> None:
    order = bench.paid(Money(100, "HKD"))
    path = tmp_path / "odd.csv"
    path.write_text(f"x;y;z\n1;{order.order_id};1,00\n", encoding="utf-8")
    settlements = bench.services.settlements
    sheet = bench.run(settlements.look_into(str(path)))
    assert (sheet.headers, sheet.sample) == (("x", "y", "z"), ("1", order.order_id, "1,00"))
    assert (sheet.mapping, sheet.remembered) == ({}, False)
    with pytest.raises(DomainError) as refused:
        bench.run(settlements.match(str(path), {Field.AMOUNT: 2}))
    assert refused.value.code == "settlement_unmapped"
    chosen = {Field.MERCHANT_ORDER_ID: 1, Field.AMOUNT: 2}
    assert bench.run(settlements.match(str(path), chosen)).agreed == 1
    again = bench.run(settlements.look_into(str(path)))
    assert (again.mapping, again.remembered) == (chosen, True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_encoding_and_separator_are_found_out(tmp_path: Path, encoding: str, mark: str) -> None:
    path = tmp_path / "bill.csv"
    path.write_bytes(f"# 账单\r\n商户订单号{mark}金额\r\n`T1-1{mark}`1.00\r\n\r\n".encode(encoding))
    with reading.settlement_lines(path) as lines:
        assert [cells for _, cells in lines] == [("商户订单号", "金额"), ("T1-1", "1.00")]
    assert guess(("商户订单号", "金额")) == {Field.MERCHANT_ORDER_ID: 0, Field.AMOUNT: 1}


@pytest.mark.parametrize(
    "content, code",
    [
        (b"", "settlement_no_columns"),
        (b"\x00\x01\x02\xff" * 100, "settlement_not_text"),
        (b"\xff\xfe\x00\xd8,\x00\n\x00", "settlement_not_text"),
        (b"PK\x03\x04\xff\xff\xff", "settlement_not_text"),
        (b"only one column\nand nothing else\n", "settlement_no_columns"),
        (b'a,b\n"never closed,1\n', "settlement_broken"),
        (b"a,b\n" + b"x" * 200_000 + b",1\n", "settlement_broken"),
        (b",".join([b"a"] * 300) + b"\n", "settlement_broken"),
    ],
)
def test_hostile_files_are_refused_with_a_reason(bench: Bench, tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "hostile.csv"
    path.write_bytes(content)
    settlements = bench.services.settlements

    async def read() -> None:
        await settlements.look_into(str(path))
        await settlements.match(str(path), {Field.MERCHANT_ORDER_ID: 0, Field.AMOUNT: 1})

    with pytest.raises(DomainError) as refused:
        bench.run(read())
    assert refused.value.code == code


def test_a_file_beyond_all_measure_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    path = tmp_path / "large.csv"
    path.write_text("a,b\n1,2\n3,4\n")
    with pytest.raises(DomainError) as refused, reading.settlement_lines(path) as lines:
        list(lines)
    assert refused.value.code == "settlement_too_large"


@pytest.mark.parametrize(
    "text, minor",
    [
        ("128.50", 12850), ("1,280.50", 128050), ("1.280,50", 128050), ("1,280,000", 128000000), ("128,5", 12850),
        ("-128.50", -12850), ("(128.50)", -12850), (" 7 ", 700),
    ],
)  # fmt: skip
def test_amounts_are_read_where_they_can_mean_one_thing(text: str, minor: int) -> None:
    assert amount_of(text, "HKD") == Money(minor, "HKD")


@pytest.mark.parametrize(
    "text", ["1,280", "1.280", "1 280", "", "HKD 1", "1e3", "１２", "1,28,000.00", "--1", "0128.50"]
)
def test_amounts_that_could_mean_another_are_refused(text: str) -> None:
    with pytest.raises(DomainError):
        amount_of(text, "HKD")


@given(st.integers(0, 99_999_999_999), st.sampled_from(("HKD", "JPY", "KWD")))
def test_what_was_written_is_read_back(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert amount_of(money.plain(), currency) == money
    if "." in money.grouped():
        assert amount_of(money.grouped(), currency) == money


def test_times_without_a_zone_are_the_shops() -> None:
    zone = ZoneInfo("Asia/Hong_Kong")
    noon = datetime(2026, 3, 14, 4, 0, 0, tzinfo=UTC)
    for text in ("2026-03-14 12:00:00", "2026/03/14 12:00", "2026-03-14T04:00:00Z", "20260314120000"):
        assert time_of(text, zone) == noon
    assert time_of("yesterday", zone) is None
