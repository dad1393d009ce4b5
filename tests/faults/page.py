"""`python -m tests.faults.page`: writes `docs/fault-matrix.md` from the rows and from what their tests brought."""

from __future__ import annotations

import sys
from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tests.faults.results import ROOT, Result, read_results, row_of
from tests.faults.rows import GROUPS, NOT_HERE, OPEN, PARTLY, Group, Row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PAGE: Final = ROOT / "docs" / "fault-matrix.md"
_HEAD: Final = """\
# Fault matrix

What can go wrong, what the till has to do about it, and the tests that show it. Written by `make faults` from the
results of its tests ({date}); nobody edits this page. A row's id is in the names of its tests: K1 is proved by every
`test_k1_…` under `tests/faults/`. `make test` runs a quick share of them, `make faults` all, and longer.

{summary}
"""


def page(results: Sequence[Result], date: str) -> str:
    """Write the whole page."""
    proofs: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        row = row_of(result.test)
        if row:
            proofs[row].append(result)
    parts = [_HEAD.format(date=date, summary=_summary(proofs))]
    parts += [_table(group, proofs) for group in GROUPS]
    return "\n".join(parts)


def _summary(proofs: Mapping[str, Sequence[Result]]) -> str:
    ids = [row.id for group in GROUPS for row in group.rows]
    shown = sum(_state(row, proofs.get(row, ())).startswith("shown") for row in ids)
    tests = sum(len(found) for found in proofs.values())
    return f"{len(ids)} rows: {shown} shown by {tests} tests, {len(OPEN)} open, {len(NOT_HERE)} not provable here."


def _state(row: str, found: Sequence[Result]) -> str:
    if row in NOT_HERE:
        return "not here"
    if not found:
        return "open" if row in OPEN else "**no test**"
    failed = any(result.outcome == "failed" for result in found)
    skipped = any(result.outcome == "skipped" for result in found)
    state = "**FAILED**" if failed else "partly skipped" if skipped else "shown"
    return f"{state}, partly open" if row in PARTLY else state


def _table(group: Group, proofs: Mapping[str, Sequence[Result]]) -> str:
    lines = [f"## {group.title}", "", "| id | fault | must | state | tests and figures |", "|---|---|---|---|---|"]
    lines += [_line(row, proofs.get(row.id, ())) for row in group.rows]
    return "\n".join([*lines, ""])


def _line(row: Row, found: Sequence[Result]) -> str:
    notes = [figure for result in found for figure in result.figures]
    notes += [reasons[row.id] for reasons in (OPEN, PARTLY, NOT_HERE) if row.id in reasons]
    names = sorted({_name(result) for result in found})
    told = "<br>".join([f"`{name}`" for name in names] + [note.replace("|", "/") for note in notes])
    return f"| {row.id} | {row.fault} | {row.must} | {_state(row.id, found)} | {told} |"


def _name(result: Result) -> str:
    return result.test.rsplit("::", 1)[-1].partition("[")[0]


def main() -> int:
    """Write the page; 1 where a row failed or has no test."""
    PAGE.write_text(page(read_results(), datetime.now(UTC).date().isoformat()), encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)} is written\n")
    return 1 if "**" in text else 0


if __name__ == "__main__":
    sys.exit(main())
