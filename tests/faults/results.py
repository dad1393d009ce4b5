"""What the fault tests brought, kept between their run and the page that tells of it."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
RESULTS: Final = ROOT / "build" / "faults" / "results.jsonl"
_NAME: Final = re.compile(r"::test_([a-z]\d+)_")


@dataclass(frozen=True)
class Result:
    """How one test ended.

    Attributes:
        test: Its id for pytest.
        outcome: `passed`, `failed` or `skipped`.
        seconds: How long it took.
        figures: What it measured, in words.
        campaign: Whether this was the long run.
    """

    test: str
    outcome: str
    seconds: float
    figures: list[str]
    campaign: bool

    def as_json(self) -> dict[str, Any]:
        """Return it as one JSON object."""
        return asdict(self)


def row_of(test: str) -> str | None:
    """Return the row that a test proves, by its name; None where it names none."""
    found = _NAME.search(test)
    return found[1].upper() if found else None


def read_results(path: Path = RESULTS) -> list[Result]:
    """Read what the last run left; a test that ran twice counts with its last run."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    found = [Result(**json.loads(line)) for line in lines]
    return list({result.test: result for result in found}.values())
