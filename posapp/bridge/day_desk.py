"""The day, its close and the shifts, as the screens see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from posapp.bridge.asking import Asking
    from posapp.domain.day_close import DayClose, DayPage, Reprint
    from posapp.domain.errors import Problem
    from posapp.domain.money import Money
    from posapp.domain.shift import Shift, ShiftBoard
    from posapp.services.till import TillServices
    from posapp.services.viewing import TillView


class DayDesk(Protocol):
    """Lives on the GUI thread; `done` and `failed` as `TillFacade` promises.

    `approval` is the token of somebody's word where who stands at the till may not do a thing alone.
    """

    def page(
        self,
        day: date | None,
        approval: str | None,
        done: Callable[[DayPage], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Add a day up, or read what was closed; None for the day that trades now. Works where only reading does."""
        ...

    def close_day(
        self,
        day: date,
        approval: str | None,
        done: Callable[[DayClose], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Ask about every open order again (`progressed` with job `close_day`), then write the day's Z.

        `failed` means that nothing was written: `day_closed`, `day_future`, `close_cancelled`, `close_running` or the
        ledger's reasons.
        """
        ...

    def cancel_close(self) -> None:
        """Call a close off that still asks; its `failed` comes with `close_cancelled`."""
        ...

    def hurry_close(self) -> None:
        """Close without waiting for the answers that are still out; those orders stand in the Z as not known yet."""
        ...

    def closes(
        self, done: Callable[[tuple[DayClose, ...]], None], failed: Callable[[Problem], None] | None = None
    ) -> None:
        """Read the newest Zs, newest first."""
        ...

    def reprint(
        self,
        number: int,
        approval: str | None,
        done: Callable[[Reprint], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Fetch a Z as it was written; the copy is counted and noted before `done` comes."""
        ...

    def shifts(self, done: Callable[[ShiftBoard], None], failed: Callable[[Problem], None] | None = None) -> None:
        """Read the running shift and the last ones."""
        ...

    def open_shift(
        self, approval: str | None, done: Callable[[Shift], None], failed: Callable[[Problem], None] | None = None
    ) -> None:
        """Begin a shift; `failed` with `shift_open` where one runs."""
        ...

    def close_shift(
        self,
        counted: tuple[Money, ...],
        note: str,
        approval: str | None,
        done: Callable[[Shift], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """End the running shift with what was counted, by currency; `done` carries what was expected, too."""
        ...


class LiveDayDesk:
    """The live desk; see `DayDesk` for what its methods promise."""

    def __init__(self, asking: Asking) -> None:
        """Ask the io thread."""
        self._asking = asking

    def page(
        self,
        day: date | None,
        approval: str | None,
        done: Callable[[DayPage], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Add a day up, or read what was closed."""

        async def job(services: TillServices | TillView) -> DayPage:
            return await services.day.page(day, approval)

        self._asking.read(job, done, failed)

    def close_day(
        self,
        day: date,
        approval: str | None,
        done: Callable[[DayClose], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Ask about every open order again, then write the day's Z."""

        async def job(services: TillServices) -> DayClose:
            return await services.day_close.close(day, approval)

        self._asking.ask(job, done, failed)

    def cancel_close(self) -> None:
        """Call a close off that still asks."""

        async def job(services: TillServices) -> None:
            services.day_close.cancel()

        self._asking.ask(job, _nothing, None)

    def hurry_close(self) -> None:
        """Close without waiting for the answers that are still out."""

        async def job(services: TillServices) -> None:
            services.day_close.hurry()

        self._asking.ask(job, _nothing, None)

    def closes(
        self, done: Callable[[tuple[DayClose, ...]], None], failed: Callable[[Problem], None] | None = None
    ) -> None:
        """Read the newest Zs, newest first."""

        async def job(services: TillServices | TillView) -> tuple[DayClose, ...]:
            return services.day.closes()

        self._asking.read(job, done, failed)

    def reprint(
        self,
        number: int,
        approval: str | None,
        done: Callable[[Reprint], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Fetch a Z as it was written."""

        async def job(services: TillServices) -> Reprint:
            return services.day_close.reprint(number, approval)

        self._asking.ask(job, done, failed)

    def shifts(self, done: Callable[[ShiftBoard], None], failed: Callable[[Problem], None] | None = None) -> None:
        """Read the running shift and the last ones."""

        async def job(services: TillServices) -> ShiftBoard:
            return services.shifts.board()

        self._asking.ask(job, done, failed)

    def open_shift(
        self, approval: str | None, done: Callable[[Shift], None], failed: Callable[[Problem], None] | None = None
    ) -> None:
        """Begin a shift."""

        async def job(services: TillServices) -> Shift:
            return services.shifts.open(approval)

        self._asking.ask(job, done, failed)

    def close_shift(
        self,
        counted: tuple[Money, ...],
        note: str,
        approval: str | None,
        done: Callable[[Shift], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """End the running shift with what was counted."""

        async def job(services: TillServices) -> Shift:
            return services.shifts.close(counted, note, approval)

        self._asking.ask(job, done, failed)


def _nothing(_: None) -> None:
    """Whoever waits for the close hears of it."""
