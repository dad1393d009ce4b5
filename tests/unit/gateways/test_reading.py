"""Typed reads from replies that cannot be trusted."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posapp.gateways.errors import Malformed
from posapp.gateways.reading import (
    MAX_ID,
    identifier,
    instant,
    optional_amount,
    optional_identifier,
    optional_record,
    path_identifier,
    shown,
)
from posapp.gateways.strict_json import JsonValue

GOOD_TIMES = {
    "2023-08-31T04:44:05.928696203+08:00": datetime(2023, 8, 30, 20, 44, 5, 928696, tzinfo=UTC),
    "2023-08-31T04:44:05+08:00": datetime(2023, 8, 30, 20, 44, 5, tzinfo=UTC),
    "2023-08-31T04:44:05.9+08:00": datetime(2023, 8, 30, 20, 44, 5, 900000, tzinfo=UTC),
    "2023-08-23T18:25:43.511Z": datetime(2023, 8, 23, 18, 25, 43, 511000, tzinfo=UTC),
    "2023-08-23t18:25:43z": datetime(2023, 8, 23, 18, 25, 43, tzinfo=UTC),
    "2020-06-21T05:23:25+0000": datetime(2020, 6, 21, 5, 23, 25, tzinfo=UTC),
    "2020-06-21T05:23:25-00:00": datetime(2020, 6, 21, 5, 23, 25, tzinfo=UTC),
}
BAD_TIMES = [
    None,
    "",
    "2023-08-31T04:44:05",  # no zone
    "2023-08-31",
    "2016-12-31T23:59:60Z",  # leap second
    "2023-02-30T00:00:00Z",
    "2023-08-31T25:00:00Z",
    "0001-01-01T00:00:00+23:59",  # before the calendar
    "2023-08-31T04:44:05.1234567890Z",
    "٢٠٢٣-08-31T04:44:05Z",
    " 2023-08-31T04:44:05Z",
    "2023-W35-4T04:44:05Z",
    "yesterday",
    "2023-08-31T04:44:05+99:99",
]


@pytest.mark.parametrize("text", GOOD_TIMES)
def test_reads_every_documented_form_of_a_time(text: str) -> None:
    assert instant(text) == GOOD_TIMES[text]


@pytest.mark.parametrize("text", BAD_TIMES)
def test_any_other_time_is_none(text: str | None) -> None:
    assert instant(text) is None


@given(st.text(max_size=40))
def test_no_text_makes_a_time_raise(text: str) -> None:
    found = instant(text)
    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize(
    "value, expected",
    [("1", "1"), ("1.00", "1.00"), ("0.1", "0.1"), (100, "100"), (Decimal("100.0"), "100.0"), (None, None), (0, "0")],
)
def test_reads_amounts(value: JsonValue, expected: str | None) -> None:
    found = optional_amount({"amount": value}, "amount")
    assert found == (None if expected is None else Decimal(expected))


def test_an_amount_that_is_not_there_is_none() -> None:
    assert optional_amount({}, "amount") is None


@pytest.mark.parametrize(
    "value",
    ["", "1,00", "1.", ".5", "-1", "+1", " 1", "1 ", "1e3", "１", "٣", "NaN", "1" * 21, True, -1, [], {}, "HKD 1"],
)
def test_refuses_what_is_no_amount(value: JsonValue) -> None:
    with pytest.raises(Malformed) as caught:
        optional_amount({"amount": value}, "amount")
    assert caught.value.code == "amount_unreadable"


@pytest.mark.parametrize("value", ["", " a", "a b", "a\n", "中", "x" * (MAX_ID + 1), 1, True, [], {}])
def test_an_id_that_is_no_id_never_passes_for_an_absent_one(value: JsonValue) -> None:
    with pytest.raises(Malformed):
        optional_identifier({"id": value}, "id")


def test_ids_are_opaque() -> None:
    assert optional_identifier({"id": "C99/..?&#<>"}, "id") == "C99/..?&#<>"
    assert optional_identifier({"id": None}, "id") is None
    with pytest.raises(Malformed):
        identifier({}, "id")


@pytest.mark.parametrize("value", ["..", "a/b", "a?b", "a%2e", "a#b", "a\\b", "a.b"])
def test_an_id_for_a_path_cannot_lead_elsewhere(value: str) -> None:
    with pytest.raises(Malformed):
        path_identifier({"id": value}, "id")


def test_words_from_outside_are_one_bounded_line() -> None:
    assert shown("a\r\nb\x00\x1b[31m\u2028c") == "a b [31m c"
    assert shown("\u202eDIAP\u202c P\u200bAID\ufeff") == " DIAP  P AID "
    assert shown("x" * 600) == "x" * 499 + "…"
    assert shown("") is None
    assert shown(None) is None
    assert shown(True) == "True"
    assert shown([1]) == "list"
    assert shown(5) == "5"


def test_a_record_that_is_none_is_empty() -> None:
    assert optional_record({"data": [1]}, "data") == {}
    assert optional_record({}, "data") == {}
    assert optional_record({"data": {"a": 1}}, "data") == {"a": 1}
