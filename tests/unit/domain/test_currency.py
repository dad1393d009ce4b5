"""The ISO 4217 table: complete, exact, and deaf to anything that is not a code."""

from __future__ import annotations

from collections import Counter

import pytest

from posapp.domain.currency import DECIMALS, WITHOUT_MINOR_UNIT, decimals_of
from posapp.domain.errors import DomainError


def test_every_active_code_is_there() -> None:
    # ISO 4217 list one of January 2026: 165 currencies and funds with a minor unit, 13 codes without one.
    assert Counter(DECIMALS.values()) == {0: 17, 2: 139, 3: 7, 4: 2}
    assert len(WITHOUT_MINOR_UNIT) == 13
    assert not WITHOUT_MINOR_UNIT & DECIMALS.keys()


def test_codes_are_three_capital_letters() -> None:
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in DECIMALS.keys() | WITHOUT_MINOR_UNIT)


@pytest.mark.parametrize(
    "code,decimals",
    [
        ("JPY", 0),
        ("KRW", 0),
        ("VND", 0),
        ("ISK", 0),
        ("CLP", 0),
        ("UGX", 0),
        ("UYI", 0),
        ("HKD", 2),
        ("CNY", 2),
        ("USD", 2),
        ("TWD", 2),
        ("HUF", 2),
        ("IDR", 2),
        ("LAK", 2),
        ("MGA", 2),
        ("MRU", 2),
        ("XAD", 2),
        ("XCG", 2),
        ("ZWG", 2),
        ("SLE", 2),
        ("VED", 2),
        ("KWD", 3),
        ("BHD", 3),
        ("TND", 3),
        ("IQD", 3),
        ("CLF", 4),
        ("UYW", 4),
    ],
)
def test_decimals(code: str, decimals: int) -> None:
    assert decimals_of(code) == decimals


@pytest.mark.parametrize(
    "code", ["ANG", "BGN", "CUC", "HRK", "LTL", "MRO", "SLL", "STD", "VEF", "ZWL", "DEM", "CNH", "BTC"]
)
def test_what_is_no_longer_or_never_was_a_code_is_unknown(code: str) -> None:
    with pytest.raises(DomainError, match=f"^{code} is not an ISO 4217") as caught:
        decimals_of(code)
    assert caught.value.code == "currency_unknown"


@pytest.mark.parametrize("code", sorted(WITHOUT_MINOR_UNIT))
def test_metals_and_test_codes_are_not_money(code: str) -> None:
    with pytest.raises(DomainError, match=r"no minor unit") as caught:
        decimals_of(code)
    assert caught.value.code == "currency_not_money"


@pytest.mark.parametrize(
    "text", ["", "hkd", "HK", "HKD ", " HKD", "HKDX", "ＨＫＤ", "HK$", "344", "HKD\n", "H" * 10_000]
)
def test_only_the_exact_code_is_a_currency(text: str) -> None:
    with pytest.raises(DomainError) as caught:
        decimals_of(text)
    assert caught.value.code == "currency_unknown"


@pytest.mark.parametrize("text", ["<b>x</b>", "H\nK", "A" * 9, "港元"])
def test_the_message_never_repeats_a_hostile_text(text: str) -> None:
    with pytest.raises(DomainError, match=r"^that text is not") as caught:
        decimals_of(text)
    assert text not in str(caught.value)
