"""Instants in the ledger: whole microseconds, exactly, there and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posapp.store.instants import from_us, to_us


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC)))  # noqa: DTZ001
def test_there_and_back(instant: datetime) -> None:
    assert from_us(to_us(instant)) == instant


def test_microseconds_since_1970() -> None:
    assert to_us(datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=UTC)) == 1_000_005
    assert to_us(datetime(2026, 3, 14, 20, 0, tzinfo=timezone(timedelta(hours=8)))) == 1_773_489_600_000_000
    assert from_us(1_773_489_600_000_000) == datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
    assert from_us(0).utcoffset() == timedelta(0)


def test_nothing_stays_nothing() -> None:
    assert to_us(None) is None
    assert from_us(None) is None


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        to_us(datetime(2026, 3, 14))  # noqa: DTZ001
