"""The table for people and the file for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.benchmarks.figures import Figure

_DIGITS: Final = 3


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as aligned lines, each with what it was measured against."""
    head = ("figure", "value", "limit", "ok", "measured against")
    rows = [head, *(_row(figure) for figure in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(head) - 1)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=True)), row[-1]]).rstrip()
        for row in rows
    ]
    lines.insert(1, "-" * max(len(line) for line in lines[:1]))
    return "\n".join(lines)


def write(file: Path, figures: Sequence[Figure], facts: dict[str, object]) -> None:
    """Write the figures as JSON.

    Args:
        file: Written anew; its folder is made.
        figures: What was measured.
        facts: Further members of the object: date, machine.
    """
    document = {
        **facts,
        "figures": [
            {
                "name": figure.wanted.name,
                "value": round(figure.measured.value, _DIGITS) if figure.measured else None,
                "unit": figure.wanted.unit,
                "limit": figure.wanted.limit,
                "ok": figure.ok,
            }
            for figure in figures
        ],
        "notes": {figure.wanted.name: _note(figure) for figure in figures},
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _row(figure: Figure) -> tuple[str, str, str, str, str]:
    wanted = figure.wanted
    value = "?" if figure.measured is None else _number(figure.measured.value, wanted.unit)
    return (
        wanted.name,
        value,
        f"{'>=' if wanted.at_least else '<='} {_number(wanted.limit, wanted.unit)}",
        "yes" if figure.ok else "NO",
        _note(figure),
    )


def _number(value: float, unit: str) -> str:
    return f"{value:.2f} {unit}" if unit == "x" else f"{value:.1f} {unit}"


def _note(figure: Figure) -> str:
    told = figure.measured.against if figure.measured else figure.trouble
    return f"{figure.wanted.what}: {told}"
