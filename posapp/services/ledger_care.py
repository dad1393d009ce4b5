"""Bringing a ledger in trouble back: tried by itself, since in trouble nobody may charge and so nothing is written."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from posapp.domain.till import HealthState
from posapp.store.errors import LedgerError

if TYPE_CHECKING:
    from posapp.services.health import HealthMonitor
    from posapp.store.ledger import Ledger

LOOK_S: Final = 5.0
LONGEST_S: Final = 30.0

log = logging.getLogger(__name__)


class LedgerCare:
    """Lives on the io thread, as one task."""

    def __init__(self, ledger: Ledger, health: HealthMonitor) -> None:
        """Care for a ledger; the health says whether it is in trouble."""
        self._ledger = ledger
        self._health = health

    async def run(self) -> None:
        """Try a ledger in trouble again and again, ever more rarely, until cancelled."""
        pause = LOOK_S
        while True:
            await asyncio.sleep(pause)
            pause = LOOK_S if self._try() else min(pause * 2, LONGEST_S)

    def _try(self) -> bool:
        """Tell whether the ledger is well, proved with a write where it was not."""
        if self._ledger.is_broken and self._health.current.state is not HealthState.LEDGER:
            self._health.ledger_failed("ledger_failed")
        if self._ledger.view_only or self._health.current.state is not HealthState.LEDGER:
            return True
        try:
            self._ledger.mend()
        except LedgerError as error:
            self._health.ledger_failed(error.code)
            return False
        log.info("the ledger can be written again")
        self._health.ledger_works()
        return True
