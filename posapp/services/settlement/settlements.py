"""Comparing a gateway's settlement file with the ledger, away from the loop that polls."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from posapp.domain.errors import DomainError
from posapp.domain.settlement import REQUIRED, SettlementSheet
from posapp.domain.staff import Right
from posapp.services.judgement import outside
from posapp.services.settlement.columns import ColumnMemory, guess
from posapp.services.settlement.matching import Matching
from posapp.services.settlement.reading import settlement_lines
from posapp.store.comparing import open_book

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posapp.domain.settlement import Field, SettlementResult
    from posapp.domain.till import TillFacts
    from posapp.services.staff import Staff
    from posapp.store.ledger import Ledger


class Settlements:
    """Lives on the io thread; files are read on another one. Nothing in the ledger changes."""

    def __init__(self, ledger: Ledger, staff: Staff, facts: TillFacts) -> None:
        """Compare with an open ledger."""
        self._ledger = ledger
        self._staff = staff
        self._facts = facts
        self._memory = ColumnMemory(ledger.path.parent)

    async def look_into(self, path: str) -> SettlementSheet:
        """Read a file's columns, and say which of them mean what as far as that is known.

        Raises:
            DomainError: As `settlement_lines`.
            TargetError: The file cannot be read.
        """
        return await asyncio.to_thread(self._look_into, Path(path))

    async def match(self, path: str, mapping: Mapping[Field, int], approval: str | None = None) -> SettlementResult:
        """Compare a file with the ledger and remember what its columns mean.

        Raises:
            DomainError: `settlement_unmapped`, as `settlement_lines`, or as `Staff.authorise`.
            TargetError: The file cannot be read.
            LedgerError: The ledger cannot be read.
        """
        if any(field not in mapping for field in REQUIRED):
            raise DomainError(
                "settlement_unmapped", "It has to be said which columns hold the order's id and the amount."
            )
        self._staff.authorise(Right.REPORTS, approval)
        stop = threading.Event()
        working = asyncio.ensure_future(asyncio.to_thread(self._match, Path(path), mapping, stop))
        try:
            return await asyncio.shield(working)
        finally:
            stop.set()
            await asyncio.gather(working, return_exceptions=True)

    def _look_into(self, path: Path) -> SettlementSheet:
        with settlement_lines(path) as lines:
            _, headers = next(lines, (0, ()))
            _, sample = next(lines, (0, ()))
        if len(headers) < 2:  # noqa: PLR2004 - an id and an amount
            raise DomainError("settlement_no_columns", "The file has no columns that could be told apart.")
        known = self._memory.recall(headers)
        names = tuple(outside(header) or "" for header in headers)
        sample = tuple(outside(cell) or "" for cell in sample)
        return SettlementSheet(str(path), names, sample, known or guess(headers), remembered=bool(known))

    def _match(self, path: Path, mapping: Mapping[Field, int], stop: threading.Event) -> SettlementResult:
        with open_book(self._ledger.path) as book, settlement_lines(path) as lines:
            _, headers = next(lines, (0, ()))
            matching = Matching(book, mapping, self._facts.day.zone, self._facts.currency)
            result = matching.run(str(path), lines, stop.is_set)
        self._memory.remember(headers, mapping)
        return result
