"""The sandbox's books."""

from __future__ import annotations

from decimal import Decimal
from threading import Thread

import pytest

from posapp.sandbox.orders import NANOSECONDS, AttemptState, Order, OrderState, Provider
from posapp.sandbox.tokens import TokenBook, TokenState
from posapp.sandbox.truth import NotAllowedError, Truth


class Clock:
    """A clock that goes when told to."""

    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def ns(self) -> int:
        return int(self.seconds * NANOSECONDS)


def order_in(truth: Truth, provider: Provider = Provider.CBTIS, name: str = "P1") -> Order:
    order = Order(
        provider=provider,
        order_id=f"id-{name}",
        merchant_order_id=name,
        amount=Decimal("50"),
        amount_text="50",
        currency="HKD",
        description="",
        created_at=truth.now(),
        number=len(truth.orders),
    )
    truth.add_order(order)
    truth.add_attempt(order, "qrcode")
    return order


def test_a_code_lives_two_hours_to_the_second() -> None:
    clock = Clock()
    truth = Truth(clock_ns=clock.ns)
    order = order_in(truth)
    clock.seconds += 7_199.999
    assert truth.order(order.order_id) is order
    assert order.state is OrderState.WAITING
    clock.seconds += 0.001
    truth.order(order.order_id)
    assert order.state is OrderState.CANCELLED
    assert order.cancelled_at == order.created_at + 7_200 * NANOSECONDS


def test_a_payment_in_the_last_second_wins() -> None:
    clock = Clock()
    truth = Truth(clock_ns=clock.ns)
    order = order_in(truth, Provider.AIRWALLEX)
    clock.seconds += 7_199
    truth.pay(order)
    clock.seconds += 1_000_000
    assert truth.named("P1") is order
    assert order.state is OrderState.PAID


def test_a_late_payment_does_not() -> None:
    clock = Clock()
    truth = Truth(clock_ns=clock.ns)
    order = order_in(truth, Provider.AIRWALLEX)
    clock.seconds += 7_200
    with pytest.raises(NotAllowedError):
        truth.pay(order)
    assert order.state is OrderState.NEW
    assert order.attempts[0].state is AttemptState.EXPIRED


def test_an_order_is_paid_once_whoever_is_first() -> None:
    truth = Truth()
    order = order_in(truth)
    wins: list[bool] = []

    def pay() -> None:
        try:
            truth.pay(order)
        except NotAllowedError:
            return
        wins.append(True)

    threads = [Thread(target=pay) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wins == [True]


def test_ids_of_one_provider_are_not_the_others() -> None:
    truth = Truth()
    order = order_in(truth)
    assert truth.order(order.order_id, Provider.AIRWALLEX) is None
    assert truth.orders_of(Provider.AIRWALLEX, "P1") == []
    assert truth.named("P1", Provider.AIRWALLEX) is None
    assert truth.named("P1") is order


def test_what_is_remembered_of_one_id_is_bounded() -> None:
    truth = Truth()
    for number in range(500):
        truth.traffic.create_post(Provider.AIRWALLEX, "P1", f"r{number}")
    seen = truth.traffic.seen[Provider.AIRWALLEX, "P1"]
    assert seen.create_posts == 500
    assert len(seen.request_ids) == 200


def test_tokens_end_with_their_life_and_old_ones_are_forgotten() -> None:
    clock = Clock()
    tokens = TokenBook(lambda: clock.seconds)
    first = tokens.issue(Provider.CBTIS, 10)
    assert tokens.state(Provider.CBTIS, first) is TokenState.GOOD
    assert tokens.state(Provider.AIRWALLEX, first) is TokenState.UNKNOWN
    clock.seconds += 10
    assert tokens.state(Provider.CBTIS, first) is TokenState.EXPIRED
    for _ in range(5_000):
        tokens.issue(Provider.CBTIS, 10)
    assert tokens.state(Provider.CBTIS, first) is TokenState.UNKNOWN
