"""What one look of the doctor brought: a verdict, a sentence, what to do about it, and the figures behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

Figure = str | int | float | bool | Sequence["Figure"] | Mapping[str, "Figure"] | None
Figures = Mapping[str, Figure]


class Verdict(StrEnum):
    """How it stands; programs read these words."""

    OK = "ok"
    WARN = "warn"  # sells, but somebody should see to it
    FAIL = "fail"  # does not sell, or not safely
    SKIPPED = "skipped"  # not looked at, or nothing there to look at


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look brought; sentence and advice are plain English without secrets.

    Attributes:
        verdict: How it stands.
        sentence: What was found.
        advice: What to do; empty where nothing is to be done.
        figures: What was measured; names end in their unit.
    """

    verdict: Verdict
    sentence: str
    advice: str = ""
    figures: Figures = field(default_factory=dict[str, "Figure"])


@dataclass(frozen=True, slots=True)
class Examined:
    """A finding with its place in the report.

    Attributes:
        id: Stable name, like `tls`.
        finding: What was found.
        seconds: How long it took.
    """

    id: str
    finding: Finding
    seconds: float


def ok(sentence: str, figures: Figures | None = None) -> Finding:
    """All is well."""
    return Finding(Verdict.OK, sentence, "", figures or {})


def warn(sentence: str, advice: str, figures: Figures | None = None) -> Finding:
    """Sells, but somebody should see to it."""
    return Finding(Verdict.WARN, sentence, advice, figures or {})


def fail(sentence: str, advice: str, figures: Figures | None = None) -> Finding:
    """Does not sell, or not safely."""
    return Finding(Verdict.FAIL, sentence, advice, figures or {})


def skipped(sentence: str, figures: Figures | None = None) -> Finding:
    """Not looked at, and why."""
    return Finding(Verdict.SKIPPED, sentence, "", figures or {})
