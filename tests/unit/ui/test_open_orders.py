"""Chips and alarms: what stays behind the page, and for how long."""

from __future__ import annotations

from datetime import timedelta

import pytest

from posapp.domain.status import AlarmKind, AttemptState
from posapp.ui.presenters.alarms import Alarms
from posapp.ui.presenters.open_orders import KEEP_PAID_S, KEEP_SETTLED_S, OpenOrders
from tests.unit.ui.scripted_facade import NOON, attempt, order

S = AttemptState


def test_an_open_order_is_kept_and_a_settled_stranger_is_not() -> None:
    orders = OpenOrders()
    assert orders.take(order(attempt(S.PENDING)), 0)
    assert not orders.take(order(attempt(S.SUCCEEDED), order_id="other"), 0)
    assert [one.order.order_id for one in orders.others(None)] == ["T1-1"]


def test_the_order_on_the_page_has_no_chip() -> None:
    orders = OpenOrders()
    orders.take(order(attempt(S.PENDING)), 0)
    assert orders.others("T1-1") == ()


def test_newest_first() -> None:
    orders = OpenOrders()
    orders.take(order(attempt(S.PENDING), order_id="new", at=NOON + timedelta(seconds=5)), 0)
    orders.take(order(attempt(S.PENDING), order_id="old", at=NOON), 0)
    assert [one.order.order_id for one in orders.others(None)] == ["new", "old"]


def test_old_and_equal_news_change_nothing() -> None:
    orders = OpenOrders()
    orders.take(order(attempt(S.PENDING), version=5), 0)
    assert not orders.take(order(attempt(S.CREATED), version=4), 0)
    assert not orders.take(order(attempt(S.PENDING), version=5), 0)
    known = orders.get("T1-1")
    assert known is not None
    assert known.leading.state is S.PENDING


@pytest.mark.parametrize("state, keep_s", [(S.SUCCEEDED, KEEP_PAID_S), (S.CANCELLED, KEEP_SETTLED_S)])
def test_a_settled_order_stays_until_it_is_looked_at_or_a_while_has_passed(state: S, keep_s: float) -> None:
    orders = OpenOrders()
    orders.take(order(attempt(S.PENDING), version=1), 0)
    orders.take(order(attempt(state), version=2), 10)
    assert orders.has_settled
    assert not orders.sweep(10 + keep_s - 1)
    assert len(orders.others(None)) == 1
    assert orders.sweep(10 + keep_s)
    assert orders.others(None) == ()
    assert not orders.has_settled


def test_looking_drops_a_settled_order_and_keeps_an_open_one() -> None:
    orders = OpenOrders()
    orders.take(order(attempt(S.PENDING), version=1), 0)
    orders.looked_at("T1-1")
    assert orders.get("T1-1") is not None
    orders.take(order(attempt(S.CANCELLED), version=2), 0)
    orders.looked_at("T1-1")
    assert orders.get("T1-1") is None


def test_an_alarm_rings_until_its_order_is_opened() -> None:
    alarms = Alarms()
    late = order(attempt(S.SUCCEEDED, alarm=AlarmKind.PAID_LATE), version=3)
    alarms.take(late)
    alarms.take(order(attempt(S.SUCCEEDED), order_id="second"))
    assert alarms.first == late
    assert alarms.count == 2
    newer = order(attempt(S.SUCCEEDED, alarm=AlarmKind.PAID_TWICE), version=4)
    alarms.refresh(newer)
    alarms.refresh(late)
    assert alarms.first == newer
    alarms.opened("T1-1")
    alarms.opened("T1-1")
    assert alarms.count == 1


def test_news_of_a_quiet_order_do_not_ring() -> None:
    alarms = Alarms()
    alarms.refresh(order(attempt(S.SUCCEEDED)))
    assert alarms.first is None
