"""Money: an integer count of a currency's minor units, and the strict reading of an amount's text."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from typing import Final

from posapp.domain.currency import decimals_of
from posapp.domain.errors import DomainError

MAX_DIGITS: Final = 11
"""Digits of the largest amount a till takes, minor units included (HKD 999,999,999.99)."""

# The default context rounds to 28 digits: an answer of 128.50 and a speck far behind the point would pass for 128.50.
_EXACT: Final = Context(prec=MAX_PREC, Emin=MIN_EMIN, Emax=MAX_EMAX)


def parse_amount(text: str, decimals: int) -> int:
    """Read an amount exactly as written and return it in units of `10 ** -decimals`.

    Only ASCII digits and at most one point are an amount. Nothing is trimmed, rounded or guessed: a grouping mark,
    a comma, a sign, a blank, another script's digits or one decimal too many are refused with the reason.

    Args:
        text: What was typed, pasted or given on a command line.
        decimals: How many decimals may be written.

    Raises:
        DomainError: `amount_empty`, `amount_not_a_number`, `amount_too_many_decimals`, `amount_leading_zero` or
            `amount_too_large`.
    """
    if not text:
        raise DomainError("amount_empty", "there is no amount")
    whole, point, fraction = text.partition(".")
    if not _all_digits(whole) or (point and not _all_digits(fraction)):
        raise DomainError("amount_not_a_number", "an amount is written with digits and one point, like 128.50")
    if len(whole) > 1 and whole.startswith("0"):
        raise DomainError("amount_leading_zero", "an amount does not start with 0 unless it is below one")
    if len(fraction) > decimals:
        places = "no decimals" if decimals == 0 else f"at most {decimals} decimals"
        raise DomainError("amount_too_many_decimals", f"this currency takes {places} here")
    if len(whole) + decimals > MAX_DIGITS:
        raise DomainError("amount_too_large", "that is more than a till takes in one order")
    return int(whole + fraction.ljust(decimals, "0"))


def _all_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount of one currency.

    Attributes:
        minor: Count of the currency's ISO 4217 minor units (12850 is HKD 128.50, 128 is JPY 128).
        currency: Three-letter ISO 4217 code.
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse an unknown currency."""
        decimals_of(self.currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read an amount exactly as written.

        Raises:
            DomainError: As `parse_amount` and `decimals_of`.
        """
        return cls(parse_amount(text, decimals_of(currency)), currency)

    @classmethod
    def from_decimal(cls, value: Decimal, currency: str) -> Money:
        """Turn a number in major units into money.

        Raises:
            DomainError: `amount_not_a_number` or `amount_too_many_decimals` where it is not a whole count of minor
                units.
        """
        if not value.is_finite() or abs(value.adjusted()) > 2 * MAX_DIGITS:
            raise DomainError("amount_not_a_number", "that is not an amount")
        scaled = value.scaleb(decimals_of(currency), context=_EXACT)
        if scaled != scaled.to_integral_value():
            raise DomainError("amount_too_many_decimals", "that amount has more decimals than its currency")
        return cls(int(scaled), currency)

    def to_decimal(self) -> Decimal:
        """Return the amount in major units, with the currency's decimals."""
        return Decimal(self.minor).scaleb(-decimals_of(self.currency), context=_EXACT)

    def is_whole_at(self, decimals: int) -> bool:
        """Tell whether the amount can be written with so many decimals without losing anything."""
        step = 10 ** max(0, decimals_of(self.currency) - decimals)
        return self.minor % step == 0

    def plain(self, decimals: int | None = None) -> str:
        """Write the amount in major units with a point and no grouping, like `128.50`.

        Args:
            decimals: Decimals to write where a gateway takes fewer than the currency has; ignored where that would
                hide part of the amount.
        """
        places = decimals_of(self.currency)
        value = self.to_decimal()
        if decimals is not None and decimals < places and self.is_whole_at(decimals):
            value = value.quantize(Decimal(1).scaleb(-decimals), context=_EXACT)
        return f"{value:f}"

    def grouped(self, decimals: int | None = None) -> str:
        """Write the amount as `plain` does, with a comma between thousands."""
        whole, point, fraction = self.plain(decimals).removeprefix("-").partition(".")
        return f"{'-' if self.minor < 0 else ''}{int(whole):,}{point}{fraction}"

    def __add__(self, other: Money) -> Money:
        """Add money of the same currency."""
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        """Subtract money of the same currency."""
        return Money(self.minor - self._same(other).minor, self.currency)

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise DomainError("currency_mixed", f"{self.currency} and {other.currency} cannot be added up")
        return other

    def __str__(self) -> str:
        """Write the code and the amount, like `HKD 128.50`."""
        return f"{self.currency} {self.plain()}"
