"""Random ids that look like a gateway's and cannot be guessed."""

from __future__ import annotations

import secrets

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def random_letters(count: int) -> str:
    """Return lower-case letters and digits that cannot be guessed."""
    return "".join(secrets.choice(_LETTERS) for _ in range(count))


def random_digits(count: int) -> str:
    """Return decimal digits that cannot be guessed."""
    return "".join(secrets.choice("0123456789") for _ in range(count))
