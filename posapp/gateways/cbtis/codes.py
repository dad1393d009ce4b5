"""Which of CBTIS's codes are known. Its documents name none but 0, so this is what was seen, not what was promised.

Seen at a test gateway of the same wire format. A number alone proves nothing at another gateway, where it
could stand for a fault after the order was made; so a code counts as known only together with its words.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Final


class Meaning(Enum):
    """What a known code says about the call it answers."""

    REFUSED = auto()
    NOT_FOUND = auto()


_SEEN: Final[dict[int, tuple[str, Meaning]]] = {
    20001: ("request body is not a JSON object", Meaning.REFUSED),
    20002: ("a required field is missing", Meaning.REFUSED),
    20003: ("a field has the wrong type", Meaning.REFUSED),
    20004: ("a field has a value that is not allowed", Meaning.REFUSED),
    20005: ("a field is too long", Meaning.REFUSED),
    20006: ("amount is not valid", Meaning.REFUSED),
    20007: ("currency is not supported", Meaning.REFUSED),
    20008: ("payment method or flow is not supported", Meaning.REFUSED),
    30002: ("order not found", Meaning.NOT_FOUND),
    40002: ("refund not found", Meaning.NOT_FOUND),
    40004: ("refunds would exceed the amount paid", Meaning.REFUSED),
    40005: ("order is not paid", Meaning.REFUSED),
}
# Left out on purpose: a used merchant_order_id or merchant_refund_id. It says that the first one arrived, so
# the outcome is unknown until it is asked for.


_SPOKEN_FOR: Final = re.compile(r"duplicat|already|repeated|used before|(?<!not )\bexists|重复|已存在", re.IGNORECASE)


def says_duplicate(message: str) -> bool:
    """Tell whether words of a refusal may mean that the same request came before.

    A proxy that repeats a POST whose answer it lost makes the second one fail so: the first one arrived. Guessing wrong
    here only means that the gateway is asked.
    """
    return _SPOKEN_FOR.search(message) is not None


def meaning(code: int, message: str) -> Meaning | None:
    """Return what a code means, or None where nobody knows.

    Args:
        code: From the envelope; not 0.
        message: The words beside it; details may follow them.
    """
    seen = _SEEN.get(code)
    return seen[1] if seen is not None and message.startswith(seen[0]) else None
