"""C4: midnight, daylight saving and zones. Through a real ledger, each order is in exactly one day's list and sum."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posapp.domain.business_day import BusinessDay
from posapp.domain.money import Money
from posapp.domain.order_query import OrderFilter
from posapp.store.ledger import open_ledger
from posapp.store.listing import OrderList
from posapp.store.orders import OrderStore
from tests.fakes import an_attempt, an_order
from tests.faults.conftest import CAMPAIGN
from tests.unit.services.bench import quick_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.xdist_group("faults-clock"), pytest.mark.timeout(600 if CAMPAIGN else 60)]

ZONES = [
    *("Asia/Hong_Kong", "Europe/London", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe"),
    *("Pacific/Apia", "Pacific/Kiritimati", "Africa/Casablanca", "Asia/Kathmandu", "America/St_Johns", "UTC"),
]
CHANGES = [
    *(datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)),  # London
    *(datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)),  # New York
    *(datetime(2017, 10, 15, 3, tzinfo=UTC), datetime(2018, 2, 18, 2, tzinfo=UTC)),  # São Paulo, at midnight
    datetime(2011, 12, 30, 10, tzinfo=UTC),  # Apia skips a day
    datetime(2010, 11, 7, 2, 31, tzinfo=UTC),  # St John's, a minute past midnight
    datetime(2026, 12, 31, 16, tzinfo=UTC),
]
EXAMPLES = 600 if CAMPAIGN else 15
ONE_DAY = timedelta(days=1)


def moments() -> st.SearchStrategy[datetime]:
    """Draw instants, most of them within hours of a change of some zone's clocks."""
    near = st.builds(_after, st.sampled_from(CHANGES), st.timedeltas(timedelta(hours=-30), timedelta(hours=30)))
    return near | st.datetimes(datetime(2024, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def _after(change: datetime, distance: timedelta) -> datetime:
    return change + distance


@settings(max_examples=EXAMPLES)
@given(
    zone=st.sampled_from(ZONES),
    starts_at=st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 30, 59])),
    at=st.lists(moments(), min_size=1, max_size=12),
)
def test_c4_each_order_is_in_exactly_one_days_list_and_the_sums_add_up(
    zone: str, starts_at: time, at: list[datetime]
) -> None:
    rule = BusinessDay(zone, starts_at)
    with quick_folder() as name:
        ledger = open_ledger(Path(name) / "ledger.db")
        store, listing = OrderStore(ledger), OrderList(ledger)
        for number, moment in enumerate(at, start=1):
            order = replace(an_order(number, Money(100 + number, "HKD"), at=moment), business_day=rule.of(moment))
            attempt = an_attempt(number, created_at=moment, money=order.money)
            store.add(order, attempt, "owner")
        days = sorted({rule.of(moment) for moment in at})
        around = sorted({day + distance * ONE_DAY for day in days for distance in (-1, 0, 1)})
        lists = {day: listing.page(OrderFilter(day, day), None).orders for day in around}
        found = [snapshot.order.order_id for day in around for snapshot in lists[day]]
        assert len(found) == len(set(found)) == len(at), "each in one list, none in two, none in none"
        total = sum(snapshot.order.money.minor for listed in lists.values() for snapshot in listed)
        assert total == sum(100 + number for number in range(1, len(at) + 1))
        for day, listed in lists.items():
            start, end = rule.bounds(day)
            assert all(start <= snapshot.order.created_at < end for snapshot in listed)
        ledger.close()


@pytest.mark.parametrize("pc_zone", ["UTC", "Asia/Hong_Kong", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_c4_the_pcs_zone_is_never_asked(pc_zone: str, turned_zone: Callable[[str], None]) -> None:
    """Half an hour before the shop's day begins and half an hour after it, wherever the computer thinks it is."""
    turned_zone(pc_zone)
    rule = BusinessDay("Asia/Hong_Kong", time(4))
    begins = datetime(2026, 3, 15, 4, tzinfo=ZoneInfo("Asia/Hong_Kong"))
    half_an_hour = timedelta(minutes=30)
    assert rule.of((begins - half_an_hour).astimezone(UTC)) == date(2026, 3, 14)
    assert rule.of((begins + half_an_hour).astimezone(UTC)) == date(2026, 3, 15)


@pytest.fixture
def turned_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Set the zone of this computer, for this test."""
    import time as clock

    def turn(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        clock.tzset()

    yield turn
    monkeypatch.undo()
    clock.tzset()
