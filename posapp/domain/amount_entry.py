"""Typing an amount at the keypad, as a pure state machine: digits enter from the right."""

from __future__ import annotations

from dataclasses import dataclass, replace

from posapp.domain.currency import decimals_of
from posapp.domain.errors import DomainError, Problem
from posapp.domain.money import MAX_DIGITS, Money, parse_amount


@dataclass(frozen=True, slots=True)
class AmountEntry:
    """What stands in the amount field.

    Every method returns the next entry and leaves this one alone. What a key cannot do leaves the amount as it
    was and says why in `problem`; nothing is dropped, rounded or multiplied in silence.

    Attributes:
        currency: ISO 4217 code.
        decimals: Decimals that can be typed: the currency's, or fewer where the gateway takes fewer.
        value: The number being typed, in units of `10 ** -decimals`.
        terms: Numbers already added up with *+*, in the same units, oldest first.
        problem: Why the last key or text was refused.
    """

    currency: str
    decimals: int
    value: int = 0
    terms: tuple[int, ...] = ()
    problem: Problem | None = None

    def __post_init__(self) -> None:
        """Refuse more decimals than the currency has."""
        if not 0 <= self.decimals <= decimals_of(self.currency):
            raise DomainError("decimals_out_of_range", f"{self.currency} has no {self.decimals} decimals to type")

    @property
    def total(self) -> int:
        """The amount so far, in units of `10 ** -decimals`."""
        return sum(self.terms) + self.value

    @property
    def money(self) -> Money:
        """The amount so far as money."""
        return self.as_money(self.total)

    @property
    def is_zero(self) -> bool:
        """Whether there is nothing to charge yet."""
        return self.total == 0

    def as_money(self, units: int) -> Money:
        """Turn a number of typed units (one of `terms`, say) into money."""
        return Money(units * 10 ** (decimals_of(self.currency) - self.decimals), self.currency)

    def digit(self, digit: int) -> AmountEntry:
        """Shift one digit in from the right."""
        if digit not in range(10):
            raise DomainError("amount_not_a_number", "a digit is 0 to 9")
        return self._checked(self.value * 10 + digit)

    def double_zero(self) -> AmountEntry:
        """Shift two zeros in, or none where the second would not fit."""
        return self._checked(self.value * 100)

    def point(self) -> AmountEntry:
        """Do nothing: the place of the point is fixed, so a typed point never multiplies an amount."""
        return replace(self, problem=None)

    def backspace(self) -> AmountEntry:
        """Take back the last digit, or the last *+* where no digit follows it."""
        if self.value == 0 and self.terms:
            return replace(self, value=self.terms[-1], terms=self.terms[:-1], problem=None)
        return replace(self, value=self.value // 10, problem=None)

    def clear(self) -> AmountEntry:
        """Start over."""
        return AmountEntry(self.currency, self.decimals)

    def plus(self) -> AmountEntry:
        """Add the typed number to the bill and begin the next one."""
        if self.value == 0:
            return self._refused("plus_needs_amount", "type an amount before adding the next one")
        return replace(self, value=0, terms=(*self.terms, self.value), problem=None)

    def text(self, text: str) -> AmountEntry:
        """Take a pasted text where it is exactly an amount in this currency."""
        try:
            value = parse_amount(text, self.decimals)
        except DomainError as error:
            return self._refused(error.code, str(error))
        return self._checked(value)

    def _checked(self, value: int) -> AmountEntry:
        total = self.as_money(sum(self.terms) + value)
        if len(str(total.minor)) > MAX_DIGITS:
            return self._refused("amount_too_large", "that is more than a till takes in one order")
        return replace(self, value=value, problem=None)

    def _refused(self, code: str, message: str) -> AmountEntry:
        return replace(self, problem=Problem(code, message))
