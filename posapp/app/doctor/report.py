"""The doctor's report: a verdict in plain words, then a line for each look; or the same as JSON for programs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from posapp import __version__
from posapp.app.doctor.finding import Figure, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posapp.app.doctor.finding import Examined

FORMAT: Final = 1
"""Counts up when a field of the JSON goes away or changes its meaning."""

_ID_WIDTH: Final = 15
_MARKS: Final = {Verdict.OK: "ok", Verdict.WARN: "LOOK", Verdict.FAIL: "FAIL", Verdict.SKIPPED: "-"}
_MARK_WIDTH: Final = 6


def verdict_of(examined: Sequence[Examined], *, network: bool) -> tuple[bool, str]:
    """Return whether nothing has to be mended, and say so in plain words."""
    to_mend = sum(each.finding.verdict is Verdict.FAIL for each in examined)
    to_see = sum(each.finding.verdict is Verdict.WARN for each in examined)
    if to_mend:
        return False, f"Not ready: {_things(to_mend)} to mend."
    ready = "Ready to sell" if network else "Nothing to mend on this computer (the gateway was not asked)"
    return True, f"{ready}; {_things(to_see)} to look at." if to_see else f"{ready}."


def _things(count: int) -> str:
    return f"{count} thing{'' if count == 1 else 's'}"


def as_json(examined: Sequence[Examined], *, network: bool) -> dict[str, Figure]:
    """Return the whole report for programs."""
    ready, verdict = verdict_of(examined, network=network)
    return {
        "format": FORMAT,
        "posapp": __version__,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "ready": ready,
        "verdict": verdict,
        "checks": [
            {
                "id": each.id,
                "verdict": each.finding.verdict.value,
                "sentence": each.finding.sentence,
                "advice": each.finding.advice,
                "seconds": each.seconds,
                "figures": each.finding.figures,
            }
            for each in examined
        ],
    }


def as_text(examined: Sequence[Examined], *, network: bool) -> str:
    """Return the report for people; the verdict stands first."""
    lines = [verdict_of(examined, network=network)[1], ""]
    for each in examined:
        finding = each.finding
        lines.append(f"{_MARKS[finding.verdict]:<{_MARK_WIDTH}}{each.id:<{_ID_WIDTH}}{_one_line(finding.sentence)}")
        if finding.advice and finding.verdict in (Verdict.WARN, Verdict.FAIL):
            lines.append(f"{'':<{_MARK_WIDTH + _ID_WIDTH}}-> {_one_line(finding.advice)}")
    return "\n".join(lines) + "\n"


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
