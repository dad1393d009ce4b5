"""The till's facts: how many decimals amounts are typed and shown with."""

from __future__ import annotations

from datetime import time

import pytest

from posapp.domain.business_day import BusinessDay
from posapp.domain.errors import DomainError
from posapp.domain.order import Flow
from posapp.domain.till import TillFacts

FACTS = TillFacts(
    shop="Harbour Tea",
    till="T1",
    currency="HKD",
    provider="airwallex",
    gateway_name="Airwallex",
    flow=Flow.QRCODE,
    day=BusinessDay("Asia/Hong_Kong", time(4)),
    training=True,
    can_cancel=True,
    gateway_decimals={"TWD": 0, "KWD": 2, "JPY": 2},
)


@pytest.mark.parametrize(
    "currency,decimals",
    [("HKD", 2), ("TWD", 0), ("KWD", 2), ("CLF", 4), ("BHD", 3), ("JPY", 0)],
)
def test_decimals_are_the_currencys_or_the_gateways_where_it_takes_fewer(currency: str, decimals: int) -> None:
    assert FACTS.decimals(currency) == decimals


def test_an_unknown_currency_has_no_decimals() -> None:
    with pytest.raises(DomainError):
        FACTS.decimals("HKX")
