"""Our own ids: `merchant_order_id`, `merchant_refund_id` and `request_id`.

A merchant reference is the till's prefix, then milliseconds, then randomness of the operating system, so ids sort
by time, never collide over cloned disks or wrong clocks, and stay within the 32 characters that CBTIS documents and
the character set that WeChat documents for its own field (letters, digits, `_`, `-`).
"""

from __future__ import annotations

from typing import Final

MAX_LENGTH: Final = 32
PREFIX_LENGTH: Final = 8
RANDOM_BYTES: Final = 9
_TIME_DIGITS: Final = 9
_RANDOM_DIGITS: Final = 14
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U to misread


def till_prefix(till: str) -> str:
    """Return the letters and digits of a till's name that its ids start with: the last 8, `T` where it has none."""
    kept = "".join(character for character in till if character.isascii() and character.isalnum())
    return kept[-PREFIX_LENGTH:] or "T"


def merchant_ref(till: str, unix_ms: int, entropy: bytes) -> str:
    """Build an id that nobody else has.

    Args:
        till: The till's name; its letters and digits become the prefix.
        unix_ms: Milliseconds since 1970; below zero counts as zero.
        entropy: At least 9 bytes from `os.urandom`.

    Raises:
        ValueError: With too little randomness.
    """
    if len(entropy) < RANDOM_BYTES:
        raise ValueError(f"a merchant reference needs {RANDOM_BYTES} random bytes")
    time_part = _base32(max(0, unix_ms), _TIME_DIGITS)
    return f"{till_prefix(till)}-{time_part}{_base32(int.from_bytes(entropy, 'big'), _RANDOM_DIGITS)}"


def _base32(number: int, digits: int) -> str:
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(digits)))
