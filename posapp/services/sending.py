"""Sending an attempt to its gateway, once, and writing down what came of it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from posapp.domain.status import AttemptState
from posapp.gateways.errors import AuthFailed, GatewayError, NotSent, RateLimited, Refused
from posapp.services.health import is_off
from posapp.services.judgement import judge_created, outside
from posapp.store.errors import LedgerError

if TYPE_CHECKING:
    from posapp.domain.order import Attempt
    from posapp.gateways.base import PaymentGateway
    from posapp.services.health import HealthMonitor
    from posapp.services.journal import Journal

_RESULT_TRIES: Final = 10
_RESULT_PAUSE_S: Final = 0.5
_LATER_PAUSE_S: Final = 5.0


class Sender:
    """Calls the gateway's create. Lives on the io thread."""

    def __init__(self, journal: Journal, gateway: PaymentGateway, health: HealthMonitor) -> None:
        """Send to this gateway, write into this journal."""
        self._journal = journal
        self._gateway = gateway
        self._health = health
        self._unwritten: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """End what is still to be written: those attempts stay CREATING."""
        running = list(self._unwritten)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def send(self, attempt: Attempt) -> GatewayError | None:
        """Send a committed, CREATING attempt and write down the outcome; returns the error that was written down.

        Raises:
            LedgerError: The outcome could not be written; the attempt stays CREATING until it can be.
        """
        try:
            created = await self._gateway.create(attempt)
        except GatewayError as error:
            self._health.failed(error)
            await self._write_result(attempt, failed(attempt, error))
            return error
        except Exception:
            # A bug of ours, and nobody can tell what left before it: the gateway has to be asked.
            await self._write_result(attempt, replace(attempt, state=AttemptState.UNKNOWN, problem_code="internal"))
            raise
        self._health.answered()
        await self._write_result(attempt, judge_created(attempt, created))
        self._note_clock(attempt)
        return None

    def _note_clock(self, attempt: Attempt) -> None:
        """Keep with an order that its times are those of a wrong clock, and by how much."""
        ahead_s = self._health.current.clock_ahead_s
        if is_off(ahead_s):
            with suppress(LedgerError):  # the health monitor has said so, and the outcome itself is written
                self._journal.note(attempt, "clock_off", {"ahead_s": str(ahead_s)})

    async def _write_result(self, attempt: Attempt, result: Attempt) -> None:
        """Commit what the gateway answered; a ledger in trouble is tried again for a while.

        The answer exists nowhere else: a QR code cannot be asked for a second time. Where the ledger stays in
        trouble the caller hears of it, and the answer is kept and written as soon as it can be; if that never comes,
        the attempt stays CREATING, and the next start asks the gateway about it.
        """
        remaining = _RESULT_TRIES
        while True:
            remaining -= 1
            try:
                self._commit(attempt, result)
            except LedgerError:
                if remaining == 0:
                    self._keep(attempt, result)
                    raise
                await asyncio.sleep(_RESULT_PAUSE_S)
            else:
                return

    def _commit(self, attempt: Attempt, result: Attempt) -> None:
        self._journal.rewrite(attempt.merchant_order_id, lambda current: _merge(current, result))

    def _keep(self, attempt: Attempt, result: Attempt) -> None:
        task = asyncio.ensure_future(self._write_later(attempt, result))
        self._unwritten.add(task)
        task.add_done_callback(self._unwritten.discard)

    async def _write_later(self, attempt: Attempt, result: Attempt) -> None:
        while True:
            await asyncio.sleep(_LATER_PAUSE_S)
            try:
                self._commit(attempt, result)
            except LedgerError:
                continue  # the health monitor has said so
            return


def failed(attempt: Attempt, error: GatewayError) -> Attempt:
    """Decide what a failed create makes of a CREATING attempt: whether a byte left decides, and nothing else."""
    state = AttemptState.UNKNOWN
    if isinstance(error, NotSent) or (isinstance(error, (AuthFailed, RateLimited)) and not error.sent):
        state = AttemptState.NOT_SENT
    elif isinstance(error, (Refused, AuthFailed, RateLimited)):
        state = AttemptState.REFUSED
    return replace(
        attempt,
        state=state,
        problem_code=error.code,
        problem_text=outside(error.message),
        support_id=outside(error.support_id),
    )


def _merge(current: Attempt, result: Attempt) -> Attempt:
    """Lay the gateway's result over the attempt as it stands now; the cashier may have given up meanwhile."""
    if current.state is not AttemptState.CREATING:
        return current
    return replace(result, given_up_at=current.given_up_at)
