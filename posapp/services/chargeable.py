"""What may be charged at all: an amount that the gateway takes, and a note that fits on a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from posapp.domain.errors import DomainError

if TYPE_CHECKING:
    from posapp.domain.money import Money
    from posapp.domain.till import TillFacts
    from posapp.gateways.base import Capabilities

MAX_NOTE: Final = 120


def check_charge(money: Money, note: str, facts: TillFacts, capabilities: Capabilities) -> None:
    """Refuse what this gateway would not take.

    Raises:
        DomainError: `amount_zero`, `amount_too_many_decimals`, `currency_not_taken` or `note_unusable`.
    """
    if money.minor <= 0:
        raise DomainError("amount_zero", "An amount above zero is needed.")
    if not money.is_whole_at(facts.decimals(money.currency)):
        raise DomainError(
            "amount_too_many_decimals",
            f"{capabilities.name} takes no such fractions of {money.currency}.",
        )
    if capabilities.currencies is not None and money.currency not in capabilities.currencies:
        raise DomainError("currency_not_taken", f"{capabilities.name} takes no {money.currency} for WeChat Pay.")
    if len(note) > MAX_NOTE or not note.isprintable():
        raise DomainError("note_unusable", f"A note is one line of at most {MAX_NOTE} characters.")
