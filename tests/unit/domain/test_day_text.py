"""The text of a report: one for each, for ever the same, and read back without loss."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posapp.domain.day_close import GENESIS, ChainFault, CloseRow, check_chain, close_hash
from posapp.domain.day_orders import sort_out
from posapp.domain.day_report import DayReport
from posapp.domain.day_sums import DayRows, day_report
from posapp.domain.day_text import report_from, report_text
from tests.unit.domain import day_samples as samples
from tests.unit.domain.test_day_sums import BEGINS, DAY, FRAME, a_sale


@st.composite
def reports(draw: st.DrawFn) -> DayReport:
    """Any report, closed or not."""
    frame, day = draw(samples.frames), draw(samples.days)
    found = sort_out(draw(samples.orders(frame.rule, day)))
    refunds = draw(samples.refunds(frame.rule, day))
    rows = DayRows(
        draw(st.integers(0, 10**9)), found.sales, found.states, found.odd, refunds, found.sales[:2], refunds[:2],
        (day - timedelta(days=1), day - timedelta(days=3)),
    )  # fmt: skip
    report = day_report(frame, day, rows, samples.NOON)
    return replace(report, close_number=draw(st.none() | st.integers(1, 10**6)), closed_by=draw(samples.names))


@given(reports())
def test_a_report_survives_its_text(report: DayReport) -> None:
    text = report_text(report)
    back = report_from(text)
    assert back == replace(report, sales=None)
    assert report_text(back) == text
    assert text.isascii()
    assert text.isprintable()
    json.loads(text, parse_float=pytest.fail)  # every amount is a whole number of minor units


def test_the_text_never_changes() -> None:
    """A Z that was written by one release must be read, and hashed, by every later one."""
    made = datetime(2026, 3, 14, 20, 30, 1, 5, tzinfo=UTC)
    report = day_report(FRAME, DAY, DayRows(41, (a_sale(1, 12850, BEGINS),), (), ()), made)
    text = report_text(replace(report, close_number=1, closed_by="Ada"))
    assert text == (
        '{"as_of":41,"begins":"2026-03-13T20:00:00.000000Z","close_number":1,"closed_by":"Ada","crossed":[],'
        '"day":"2026-03-14","ends":"2026-03-14T20:00:00.000000Z","format":1,"groups":['
        + ",".join(
            f'{{"kind":"{kind}","name":"{name}","totals":{{"currency":"HKD","gross_minor":12850,"refunded_minor":0,'
            '"refunds":0,"sales":1,"under_way":0,"under_way_minor":0}}'
            for kind, name in (("GATEWAY", "cbtis"), ("CASHIER", ""), ("TILL", "T1"))
        )
        + '],"hours":[{"count":1,"currency":"HKD","minor":12850,"starts_at":"2026-03-13T20:00:00.000000Z"}],"late":[],'
        '"late_refunds":[],"late_totals":[],"made_at":"2026-03-14T20:30:01.000005Z","odd":[],"refunds":[],'
        '"shop":"Harbour Tea","starts_at":"04:00:00","states":[],"till":"T1","totals":[{"currency":"HKD",'
        '"gross_minor":12850,"refunded_minor":0,"refunds":0,"sales":1,"under_way":0,"under_way_minor":0}],'
        '"training":false,"unclosed_days":[],"zone":"Asia/Hong_Kong"}'
    )


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"format":1}', '{"format":2}', '{"format":1,"day":3}'])
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"report|Expecting"):
        report_from(text)


def chain(*texts: str) -> list[CloseRow]:
    """Return Zs with these texts."""
    rows: list[CloseRow] = []
    before = GENESIS
    for number, text in enumerate(texts, start=1):
        day = date(2026, 3, number).isoformat()
        rows.append(CloseRow(number, day, number, "", text, before, close_hash(before, number, day, text)))
        before = rows[-1].hash
    return rows


def test_the_hash_is_what_the_documentation_says() -> None:
    expected = hashlib.sha256(b"0" * 64 + b'\n1\n2026-03-14\n{"a":1}').hexdigest()
    assert close_hash(GENESIS, 1, "2026-03-14", '{"a":1}') == expected


def test_a_chain_is_whole_and_every_change_of_it_is_found() -> None:
    rows = chain("a", "b", "c")
    assert check_chain([]) is None
    assert check_chain(rows) is None
    assert check_chain([*rows[:1], replace(rows[1], report="B"), rows[2]]) == ChainFault(2, "hash")
    assert check_chain([*rows[:1], replace(rows[1], day="2026-03-09"), rows[2]]) == ChainFault(2, "hash")
    assert check_chain([rows[0], rows[2]]) == ChainFault(2, "number")
    assert check_chain(rows[1:]) == ChainFault(1, "number")
    forged = chain("a", "B", "c")
    assert check_chain([rows[0], forged[1], rows[2]]) == ChainFault(3, "link")
