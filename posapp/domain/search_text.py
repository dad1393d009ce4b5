"""What a search text means: words of a note, the end of an id, an amount; for the ledger and the live list alike."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from posapp.domain.currency import DECIMALS
from posapp.domain.errors import DomainError
from posapp.domain.money import parse_amount

if TYPE_CHECKING:
    from posapp.domain.order import OrderSnapshot

LONGEST: Final = 1_000
"""Nothing in a ledger is longer; SQLite refuses patterns of more than 50,000 bytes."""
TAIL_LEAST: Final = 3
"""So many characters of an id's end are the least: fewer are the end of too many ids to mean one."""
IDEOGRAPHS: Final = 0x2E80
"""From here on every character is a word of its own: Chinese is written without blanks."""

_NEVER_STORED: Final = frozenset({"\0", *map(chr, range(0xD800, 0xE000))})
"""The end of a text to SQLite, and half characters that are no UTF-8."""
_CURRENCIES: Final = {
    decimals: frozenset(code for code, places in DECIMALS.items() if places == decimals)
    for decimals in sorted(set(DECIMALS.values()))
}


def is_searchable(text: str) -> bool:
    """Tell whether anything in a ledger could match at all."""
    return bool(text) and len(text) <= LONGEST and not any(character in _NEVER_STORED for character in text)


def spaced(text: str) -> str:
    """Put blanks around every ideograph, so that each is a word."""
    return "".join(f" {character} " if ord(character) >= IDEOGRAPHS else character for character in text)


def words_of(text: str) -> list[str]:
    """Split into words without case and accents, as the ledger's index does."""
    apart = unicodedata.normalize("NFD", spaced(text))
    bare = unicodedata.normalize("NFC", "".join(c for c in apart if unicodedata.category(c) != "Mn"))
    return "".join(c.lower() if unicodedata.category(c)[0] in "LN" else " " for c in bare).split()


def phrases_of(text: str) -> list[list[str]]:
    """Split a search text: what is typed without a blank stands together in the note, what has blanks anywhere."""
    phrases = (words_of(chunk) for chunk in text.split())
    return [phrase for phrase in phrases if phrase]


def note_matches(note: str, phrases: list[list[str]]) -> bool:
    """Tell whether all the phrases are in a note; the last word of each may be cut off."""
    if not phrases or not note:
        return False
    words = words_of(note)
    return all(_stands_in(words, phrase) for phrase in phrases)


def tail_of(text: str) -> str | None:
    """Return the text as the end of an id, or None where it cannot mean one."""
    return text if len(text) >= TAIL_LEAST and text.isascii() and " " not in text else None


def is_tail(identifier: str | None, tail: str) -> bool:
    """Tell whether an id ends so, whatever its letters' case."""
    return identifier is not None and identifier.lower().endswith(tail.lower())


def amounts_of(text: str) -> list[tuple[int, int, frozenset[str]]]:
    """List what the text means: least and most minor units, and the codes of the currencies that it means them in.

    Without a point it means every amount with that whole part: 180 is 180.00 to 180.99.
    """
    amounts: list[tuple[int, int, frozenset[str]]] = []
    for decimals, currencies in _CURRENCIES.items():
        try:
            least = parse_amount(text, decimals)
        except DomainError:
            continue  # not an amount with so many decimals
        amounts.append((least, least if "." in text else least + 10**decimals - 1, currencies))
    return amounts


def text_matches(snapshot: OrderSnapshot, text: str) -> bool:
    """Tell whether an order is among what a search text (stripped, not empty) finds."""
    if not is_searchable(text):
        return False
    money, tail = snapshot.order.money, tail_of(text)
    if note_matches(snapshot.order.note, phrases_of(text)):
        return True
    if tail is not None and any(
        is_tail(attempt.merchant_order_id, tail) or is_tail(attempt.gateway_id, tail) for attempt in snapshot.attempts
    ):
        return True
    return any(
        least <= money.minor <= most and money.currency in currencies for least, most, currencies in amounts_of(text)
    )


def _stands_in(words: list[str], phrase: list[str]) -> bool:
    *whole, begun = phrase
    for place in range(len(words) - len(whole)):
        if words[place : place + len(whole)] == whole and words[place + len(whole)].startswith(begun):
            return True
    return False
