"""Blanking what a gateway echoes of our credentials: its words are shown, logged and kept for ever."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from posapp.gateways.exchange import Reply

LEAST_HIDDEN: Final = 8
"""A shorter text is no secret worth the name, and may stand in any answer by chance."""


def discreet(reply: Reply, *secrets: str) -> Reply:
    """Return the reply without these secrets, as they are or as a URL or JSON writes them."""
    body = reply.body
    for secret in secrets:
        if len(secret) < LEAST_HIDDEN:
            continue
        for hidden in _spellings(secret):
            body = body.replace(hidden, b"***")
    return reply if body == reply.body else replace(reply, body=body)


def _spellings(secret: str) -> set[bytes]:
    escaped = json.dumps(secret)[1:-1]
    ways = (secret, quote(secret), quote(secret, safe=""), quote_plus(secret), escaped, escaped.replace("/", "\\/"))
    return {way.encode() for way in ways}
