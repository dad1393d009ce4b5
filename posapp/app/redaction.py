"""Blanking secrets in a text: the values this process knows of, and whatever looks like one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

LEAST_HIDDEN: Final = 6
"""A shorter text is no secret worth the name, and blanking it would tear holes into ordinary words."""

_BLANK: Final = "***"
_LOOKS: Final = (
    re.compile(r"(?i)(bearer|basic)(\s+)[A-Za-z0-9._~+/=-]+"),
    re.compile(
        r"(?i)(client_secret|access_token|api[_-]?key|password|secret|token|authorization)"
        r"((?:['\"]*\s*[=:]|['\"]\s*,)\s*(?:b(?=['\"]))?['\"]*)(?!(?:bearer|basic)\s)[^\s&'\",)}\]]+"
    ),
    re.compile(r"(://)()[^\s/?#'\"]+(?=@)"),  # user and password of a proxy's address
)


class Known:
    """The secrets this process has held so far, in every spelling, as one pattern."""

    def __init__(self) -> None:
        self.values: set[str] = set()
        self.pattern: re.Pattern[str] | None = None


KNOWN: Final = Known()


def hide(secret: str) -> None:
    """Blank this value from now on in everything that `redacted` sees; called by whoever reads a secret."""
    if len(secret) < LEAST_HIDDEN or secret in KNOWN.values:
        return
    KNOWN.values.add(secret)
    KNOWN.pattern = _any_of(KNOWN.values)


def redacted(text: str, also: Iterable[str] = ()) -> str:
    """Return the text without secrets.

    Args:
        text: What is to be shown or kept.
        also: Further values to blank, whatever they look like.
    """
    more = [value for value in also if len(value) >= LEAST_HIDDEN]
    for pattern in (KNOWN.pattern, _any_of(more) if more else None):
        if pattern is not None:
            text = pattern.sub(_BLANK, text)
    for look in _LOOKS:
        text = look.sub(rf"\1\2{_BLANK}", text)
    return text


def spellings(secret: str) -> set[str]:
    """Return the ways in which a value is written by programs that quote it: in URLs, JSON, Base64."""
    import base64  # only where there is a secret
    import json
    from urllib.parse import quote, quote_plus

    escaped = json.dumps(secret)[1:-1]
    ways = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), escaped, escaped.replace("/", "\\/")}
    raw = secret.encode()
    ways.update((base64.b64encode(raw).decode().rstrip("="), base64.urlsafe_b64encode(raw).decode().rstrip("=")))
    return ways


def _any_of(secrets: Iterable[str]) -> re.Pattern[str]:
    ways = {way for secret in secrets for way in spellings(secret)}
    return re.compile("|".join(re.escape(way) for way in sorted(ways, key=len, reverse=True)))
