"""Money: exact at every exponent, strict about text, never silently mixed or rounded."""

from __future__ import annotations

from decimal import Decimal, localcontext

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from posapp.domain.currency import DECIMALS, decimals_of
from posapp.domain.errors import DomainError
from posapp.domain.money import MAX_DIGITS, Money, parse_amount

ONE_PER_EXPONENT = ["JPY", "HKD", "KWD", "CLF"]
currencies = st.sampled_from(ONE_PER_EXPONENT) | st.sampled_from(sorted(DECIMALS))
chargeable = st.integers(0, 10**MAX_DIGITS - 1)


# --- there and back --------------------------------------------------------------------------------------


@given(minor=chargeable, currency=currencies)
def test_text_there_and_back(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.parse(money.plain(), currency) == money


@given(minor=st.integers(), currency=currencies)
@example(minor=10**30 + 1, currency="HKD")  # the default decimal context rounds after 28 digits
def test_decimal_there_and_back_whatever_the_size(minor: int, currency: str) -> None:
    value = Money(minor, currency).to_decimal()
    numerator, denominator = value.as_integer_ratio()
    assert numerator * 10 ** decimals_of(currency) == minor * denominator
    assert value.as_tuple().exponent == -decimals_of(currency)
    if abs(minor) < 10**22:
        assert Money.from_decimal(value, currency) == Money(minor, currency)


@given(minor=st.integers(), currency=currencies)
def test_grouping_adds_commas_and_nothing_else(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert money.grouped().replace(",", "") == money.plain()
    whole = money.grouped().removeprefix("-").partition(".")[0]
    first, *groups = whole.split(",")
    assert 1 <= len(first) <= 3
    assert all(len(group) == 3 for group in groups)


@pytest.mark.parametrize(
    "minor,currency,plain,grouped",
    [
        (12850, "HKD", "128.50", "128.50"),
        (5, "HKD", "0.05", "0.05"),
        (0, "HKD", "0.00", "0.00"),
        (128, "JPY", "128", "128"),
        (1234567, "JPY", "1234567", "1,234,567"),
        (1, "KWD", "0.001", "0.001"),
        (1234500, "KWD", "1234.500", "1,234.500"),
        (1, "CLF", "0.0001", "0.0001"),
        (99999999999, "HKD", "999999999.99", "999,999,999.99"),
        (-5, "HKD", "-0.05", "-0.05"),
        (-123456, "HKD", "-1234.56", "-1,234.56"),
    ],
)
def test_how_amounts_are_written(minor: int, currency: str, plain: str, grouped: str) -> None:
    assert Money(minor, currency).plain() == plain
    assert Money(minor, currency).grouped() == grouped


def test_money_says_what_it_is() -> None:
    assert str(Money(12850, "HKD")) == "HKD 128.50"


# --- fewer decimals than the currency has ----------------------------------------------------------------


@given(minor=st.integers(), currency=currencies, decimals=st.integers(0, 4))
def test_writing_fewer_decimals_never_changes_the_amount(minor: int, currency: str, decimals: int) -> None:
    money = Money(minor, currency)
    text = money.plain(decimals)
    assert Decimal(text) == money.to_decimal()
    written = len(text.partition(".")[2])
    assert written == (min(decimals, decimals_of(currency)) if money.is_whole_at(decimals) else decimals_of(currency))


def test_whole_units_of_a_currency_with_cents() -> None:
    assert Money(15000, "TWD").plain(0) == "150"
    assert Money(15000, "TWD").grouped(0) == "150"
    assert Money(15050, "TWD").plain(0) == "150.50"  # hiding the 50 cents would be a lie
    assert Money(15050, "TWD").is_whole_at(1)
    assert not Money(15050, "TWD").is_whole_at(0)
    assert Money(15050, "TWD").is_whole_at(9)


# --- reading text ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text,decimals,units",
    [
        ("0", 2, 0),
        ("0.00", 2, 0),
        ("0.05", 2, 5),
        ("5", 2, 500),
        ("5.0", 2, 500),
        ("5.00", 2, 500),
        ("128.5", 2, 12850),
        ("128", 0, 128),
        ("1.234", 3, 1234),
        ("0.0001", 4, 1),
        ("999999999.99", 2, 99999999999),
        ("99999999999", 0, 99999999999),
    ],
)
def test_an_amount_is_read_as_written(text: str, decimals: int, units: int) -> None:
    assert parse_amount(text, decimals) == units


@pytest.mark.parametrize(
    "text,code",
    [
        ("", "amount_empty"),
        ("1,50", "amount_not_a_number"),
        ("1,280.00", "amount_not_a_number"),
        ("1'280", "amount_not_a_number"),
        ("1_280", "amount_not_a_number"),
        ("1e3", "amount_not_a_number"),
        ("1E3", "amount_not_a_number"),
        ("-5", "amount_not_a_number"),
        ("−5", "amount_not_a_number"),
        ("+5", "amount_not_a_number"),
        (" 5", "amount_not_a_number"),
        ("5 ", "amount_not_a_number"),
        ("5\n", "amount_not_a_number"),
        ("5\x00", "amount_not_a_number"),
        ("1 280", "amount_not_a_number"),
        ("1\u00a0280", "amount_not_a_number"),
        (".", "amount_not_a_number"),
        (".5", "amount_not_a_number"),
        ("5.", "amount_not_a_number"),
        ("1.2.3", "amount_not_a_number"),
        ("5..0", "amount_not_a_number"),
        ("٥", "amount_not_a_number"),
        ("１２８", "amount_not_a_number"),
        ("128．50", "amount_not_a_number"),
        ("²", "amount_not_a_number"),
        ("五", "amount_not_a_number"),
        ("0x10", "amount_not_a_number"),
        ("NaN", "amount_not_a_number"),
        ("Infinity", "amount_not_a_number"),
        ("$5", "amount_not_a_number"),
        ("HKD 5", "amount_not_a_number"),
        ("00", "amount_leading_zero"),
        ("05", "amount_leading_zero"),
        ("00.50", "amount_leading_zero"),
        ("1.005", "amount_too_many_decimals"),
        ("1.000", "amount_too_many_decimals"),
        ("9999999999", "amount_too_large"),
        ("1" * 20, "amount_too_large"),
        ("1" * 100_000, "amount_too_large"),
    ],
)
def test_what_is_no_amount_is_refused_with_the_reason(text: str, code: str) -> None:
    with pytest.raises(DomainError) as caught:
        parse_amount(text, 2)
    assert caught.value.code == code


def test_a_currency_without_decimals_takes_none() -> None:
    with pytest.raises(DomainError, match="takes no decimals here") as caught:
        parse_amount("128.0", 0)
    assert caught.value.code == "amount_too_many_decimals"


@given(text=st.text(alphabet="0123456789.,-+ e٥５\n", max_size=16), decimals=st.sampled_from([0, 2, 3, 4]))
def test_what_is_read_is_exactly_what_stands_there(text: str, decimals: int) -> None:
    try:
        units = parse_amount(text, decimals)
    except DomainError:
        return
    assert 0 <= units < 10**MAX_DIGITS
    assert set(text) <= set("0123456789.")
    assert Decimal(text) * 10**decimals == units


@given(units=st.integers(0, 10**MAX_DIGITS - 1), decimals=st.sampled_from([0, 2, 3, 4]))
def test_every_amount_a_till_takes_is_read_back_exactly(units: int, decimals: int) -> None:
    whole, fraction = divmod(units, 10**decimals)
    text = f"{whole}.{fraction:0{decimals}d}" if decimals else str(whole)
    assert parse_amount(text, decimals) == units


def test_parsing_into_an_unknown_currency_is_refused() -> None:
    with pytest.raises(DomainError) as caught:
        Money.parse("5", "HKX")
    assert caught.value.code == "currency_unknown"
    with pytest.raises(DomainError):
        Money(5, "XAU")


# --- numbers from outside --------------------------------------------------------------------------------


@pytest.mark.parametrize("text,minor", [("128.5", 12850), ("128.50000000", 12850), ("1.285E+2", 12850), ("-0", 0)])
def test_a_number_in_major_units_becomes_money(text: str, minor: int) -> None:
    assert Money.from_decimal(Decimal(text), "HKD") == Money(minor, "HKD")


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+23", "1E+999999", "1E-999999"])
def test_a_number_out_of_this_world_is_no_amount(text: str) -> None:
    with pytest.raises(DomainError) as caught:
        Money.from_decimal(Decimal(text), "HKD")
    assert caught.value.code == "amount_not_a_number"


@pytest.mark.parametrize("text", ["128.505", "0.001", "128.50" + "0" * 40 + "1", "-0.005"])
def test_a_number_finer_than_the_currency_is_refused_however_small_the_rest(text: str) -> None:
    with pytest.raises(DomainError) as caught:
        Money.from_decimal(Decimal(text), "HKD")
    assert caught.value.code == "amount_too_many_decimals"


def test_no_ambient_precision_changes_an_amount() -> None:
    with localcontext() as context:
        context.prec = 3
        assert Money.from_decimal(Decimal("128.50"), "HKD") == Money(12850, "HKD")
        assert Money(1234567, "HKD").plain() == "12345.67"
        assert Money(1234500, "TWD").plain(0) == "12345"


# --- arithmetic ------------------------------------------------------------------------------------------


@given(first=st.integers(), second=st.integers(), currency=currencies)
def test_sums_are_exact(first: int, second: int, currency: str) -> None:
    total = Money(first, currency) + Money(second, currency)
    assert total == Money(first + second, currency)
    assert total - Money(second, currency) == Money(first, currency)


def test_two_currencies_are_never_added_up() -> None:
    with pytest.raises(DomainError) as caught:
        _ = Money(1, "HKD") + Money(1, "CNY")
    assert caught.value.code == "currency_mixed"
    with pytest.raises(DomainError):
        _ = Money(1, "HKD") - Money(1, "CNY")


def test_the_same_number_of_another_currency_is_another_amount() -> None:
    assert Money(100, "HKD") != Money(100, "CNY")
