"""The keypad: what is charged is what is shown, and a key that cannot do anything changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posapp.domain.amount_entry import AmountEntry
from posapp.domain.currency import decimals_of
from posapp.domain.errors import DomainError
from posapp.domain.money import MAX_DIGITS, Money, parse_amount

if TYPE_CHECKING:
    from collections.abc import Callable

HKD = AmountEntry("HKD", 2)

Key = tuple[str, "Callable[[AmountEntry], AmountEntry]"]


def digit_key(digit: int) -> Key:
    return str(digit), lambda entry: entry.digit(digit)


def paste(text: str) -> Key:
    return f"paste {text!r}", lambda entry: entry.text(text)


keys = st.one_of(
    st.integers(0, 9).map(digit_key),
    st.sampled_from(
        [
            ("00", AmountEntry.double_zero),
            (".", AmountEntry.point),
            ("<", AmountEntry.backspace),
            ("C", AmountEntry.clear),
            ("+", AmountEntry.plus),
        ]
    ),
    (st.text(alphabet="0123456789.,-", max_size=13) | st.text(max_size=5)).map(paste),
)
fields = st.sampled_from([("HKD", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("TWD", 0), ("KWD", 2)])


def typed(entry: AmountEntry, keypad: str) -> AmountEntry:
    for key in keypad:
        match key:
            case "+":
                entry = entry.plus()
            case "<":
                entry = entry.backspace()
            case "C":
                entry = entry.clear()
            case ".":
                entry = entry.point()
            case _:
                entry = entry.digit(int(key))
    return entry


def shown(entry: AmountEntry) -> str:
    """What the display writes."""
    return entry.money.grouped(entry.decimals)


# --- whatever is pressed ---------------------------------------------------------------------------------


@given(field=fields, pressed=st.lists(keys, max_size=40))
def test_the_amount_is_always_the_one_on_the_display(field: tuple[str, int], pressed: list[Key]) -> None:
    currency, decimals = field
    entry = AmountEntry(currency, decimals)
    for name, press in pressed:
        before = entry
        entry = press(entry)
        # What the display says, read back strictly, is what would be charged: no hidden digit, no lost one.
        text = shown(entry)
        assert parse_amount(text.replace(",", ""), decimals) == entry.total
        assert len(text.partition(".")[2]) == decimals
        assert entry.money == Money(entry.total * 10 ** (decimals_of(currency) - decimals), currency)
        assert 0 <= entry.money.minor < 10**MAX_DIGITS
        assert all(term > 0 for term in entry.terms)
        if entry.problem is not None:
            assert replace(entry, problem=None) == replace(before, problem=None), (
                f"{name} was refused but did something"
            )


@given(field=fields, pressed=st.lists(keys, max_size=20), digit=st.integers(0, 9))
def test_backspace_takes_back_a_digit(field: tuple[str, int], pressed: list[Key], digit: int) -> None:
    entry = AmountEntry(*field)
    for _, press in pressed:
        entry = press(entry)
    longer = entry.digit(digit)
    if longer.problem is None and longer.value != 0:
        assert longer.backspace() == replace(entry, problem=None)


@given(field=fields, pressed=st.lists(keys, max_size=20))
def test_backspace_takes_back_a_plus(field: tuple[str, int], pressed: list[Key]) -> None:
    entry = AmountEntry(*field)
    for _, press in pressed:
        entry = press(entry)
    added = entry.plus()
    if added.problem is None:
        assert added.total == entry.total
        assert added.backspace() == replace(entry, problem=None)


@given(field=fields, pressed=st.lists(keys, max_size=20))
def test_enough_backspaces_empty_the_field(field: tuple[str, int], pressed: list[Key]) -> None:
    entry = AmountEntry(*field)
    for _, press in pressed:
        entry = press(entry)
    for _ in range(MAX_DIGITS * (len(entry.terms) + 1) + len(entry.terms)):
        before = entry.total
        entry = entry.backspace()
        assert entry.total <= before
    assert entry == AmountEntry(*field)


# --- the keys one by one ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "keypad,display",
    [
        ("", "0.00"),
        ("1", "0.01"),
        ("12", "0.12"),
        ("128", "1.28"),
        ("12850", "128.50"),
        ("0012850", "128.50"),
        ("1.28.50", "128.50"),
        ("12850<", "12.85"),
        ("<", "0.00"),
        ("12850C", "0.00"),
        ("100+250", "3.50"),
        ("100+250+", "3.50"),
        ("100+<", "1.00"),
        ("100+2<<", "1.00"),
        ("123456789", "1,234,567.89"),
    ],
)
def test_digits_enter_from_the_right(keypad: str, display: str) -> None:
    assert shown(typed(HKD, keypad)) == display


def test_a_currency_without_decimals_is_typed_whole() -> None:
    assert shown(typed(AmountEntry("JPY", 0), "128")) == "128"


def test_a_gateway_that_takes_whole_units_only_is_typed_whole() -> None:
    entry = typed(AmountEntry("TWD", 0), "128")
    assert shown(entry) == "128"
    assert entry.money == Money(12800, "TWD")
    assert entry.as_money(5) == Money(500, "TWD")


def test_two_zeros_at_once() -> None:
    assert shown(typed(HKD, "5").double_zero()) == "5.00"
    assert HKD.double_zero() == HKD


def test_two_zeros_that_do_not_both_fit_are_refused_together() -> None:
    entry = typed(HKD, "1234567890")
    refused = entry.double_zero()
    assert refused.problem is not None
    assert refused.problem.code == "amount_too_large"
    assert refused.total == entry.total


def test_a_digit_too_many_is_refused_aloud_and_the_next_key_clears_the_word() -> None:
    full = typed(HKD, "99999999999")
    assert full.problem is None
    refused = full.digit(0)
    assert refused.problem is not None
    assert refused.problem.code == "amount_too_large"
    assert refused.money == full.money
    assert refused.backspace().problem is None
    assert refused.point().problem is None


def test_the_limit_counts_the_decimals_that_are_not_typed() -> None:
    # TWD 999,999,999 has 11 digits with its cents; one more could never be parsed, printed or sent.
    full = typed(AmountEntry("TWD", 0), "999999999")
    assert full.problem is None
    assert Money.parse(full.money.plain(), "TWD") == full.money
    assert full.digit(9).problem is not None


def test_terms_count_towards_the_limit() -> None:
    entry = typed(HKD, "99999999999+")
    refused = entry.digit(1)
    assert refused.problem is not None
    assert refused.total == entry.total
    assert entry.digit(0).problem is None


def test_plus_needs_something_to_add() -> None:
    refused = HKD.plus()
    assert refused.problem is not None
    assert refused.problem.code == "plus_needs_amount"
    assert refused.terms == ()
    twice = typed(HKD, "100+").plus()
    assert twice.problem is not None
    assert twice.terms == (100,)


def test_clear_forgets_everything_but_the_currency() -> None:
    entry = typed(AmountEntry("KWD", 2), "100+25")
    assert entry.clear() == AmountEntry("KWD", 2)
    assert entry.clear().is_zero
    assert not entry.is_zero


@pytest.mark.parametrize("text,total", [("128.50", 12850), ("128.5", 12850), ("128", 12800), ("0", 0)])
def test_a_pasted_amount_replaces_what_was_typed(text: str, total: int) -> None:
    entry = typed(HKD, "999").text(text)
    assert entry.problem is None
    assert entry.total == total


def test_a_pasted_amount_keeps_the_terms_before_it() -> None:
    assert typed(HKD, "100+999").text("1.00").total == 200


@pytest.mark.parametrize("text", ["", "1,50", "HKD 5", "-5", "1.005", "5\n", "１２８", "1" * 20, "1e3"])
def test_a_pasted_text_that_is_no_amount_leaves_the_amount(text: str) -> None:
    entry = typed(HKD, "100+25").text(text)
    assert entry.problem is not None
    assert entry.total == 125
    assert entry.terms == (100,)


@pytest.mark.parametrize("digit", [-1, 10, 12])
def test_a_digit_is_one_digit(digit: int) -> None:
    with pytest.raises(DomainError) as caught:
        HKD.digit(digit)
    assert caught.value.code == "amount_not_a_number"


@pytest.mark.parametrize("decimals", [-1, 3])
def test_a_currency_is_never_typed_finer_than_it_is(decimals: int) -> None:
    with pytest.raises(DomainError) as caught:
        AmountEntry("HKD", decimals)
    assert caught.value.code == "decimals_out_of_range"
