"""What a secret looks like in a source tree, and the one place where each that is none is excused."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

KEY_BLOCK = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----")
KNOWN_SHAPES = re.compile(
    rb"\b(AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|xox[abprs]-[A-Za-z0-9-]{10,}|[rs]k_live_[A-Za-z0-9]{16,}"
    rb"|AIza[0-9A-Za-z_-]{30,}|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,})"
)
NAMED_VALUE = re.compile(
    rb"(?i)(secret|token|passw(?:or)?d|api[_-]?key|private[_-]?key|credential)s?[a-z_]*['\"]?\s*[:=]\s*"
    rb"[frb]{0,2}['\"]([^'\"\s{}<>]{12,})['\"]"
)
PRETEND = (b"canary", b"a1b2c3d4e5f6", b"c2lnbmF0dXJl")
"""Marks of values that stand for a secret in tests: the word itself, counting up, and Base64 of "signature"."""
LEAST_BITS = 3.4
"""Bits a character: random hex has 3.5 to 4, Base64 more, words joined by dashes less."""


def bits_per_character(text: bytes) -> float:
    """Return how surprising a text is, measured by how evenly it uses its characters."""
    counts = Counter(text)
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts.values())


def looks_random(value: bytes) -> bool:
    """Tell a generated value from words: digits and letters mixed, and evenly."""
    mixed = re.search(rb"\d", value) is not None and re.search(rb"[A-Za-z]", value) is not None
    return mixed and bits_per_character(value) >= LEAST_BITS


def findings(path: Path) -> list[str]:
    """Return what looks like a secret in a file, one line each, without quoting it whole."""
    content = path.read_bytes()
    found = ["a private key" for _ in KEY_BLOCK.finditer(content)]
    found += [f"a key like {match[0][:6].decode()}…" for match in KNOWN_SHAPES.finditer(content)]
    for match in NAMED_VALUE.finditer(content):
        if looks_random(match[2]) and not any(mark in match[2] for mark in PRETEND):
            found.append(f"{match[1].decode()} = {match[2][:4].decode(errors='replace')}…")
    return [f"{path.name}: {each}" for each in found]
