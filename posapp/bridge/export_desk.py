"""Files for others and the comparison with the gateway, as the screens see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from posapp.bridge.asking import Asking
    from posapp.domain.comparison import Comparison, ComparisonPlan
    from posapp.domain.errors import Problem
    from posapp.domain.export import Exported, ExportForm, Paper
    from posapp.domain.order_query import OrderFilter
    from posapp.domain.settlement import Field, SettlementResult, SettlementSheet
    from posapp.services.till import TillServices


class ExportDesk(Protocol):
    """Lives on the GUI thread; `done` and `failed` as `TillFacade` promises.

    How far a file has come is told by `signals.progressed` with the job `export`, a comparison by `reconcile`.
    """

    def export_orders(
        self,
        wanted: OrderFilter,
        form: ExportForm,
        path: str,
        paper: Paper | None,
        approval: str | None,
        done: Callable[[Exported], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Write the orders that a filter shows into a file; the old file stays until the new one is whole.

        Needs the right EXPORT. `paper` draws, for a PDF. `failed` with `cancelled` after `cancel_export`.
        """
        ...

    def export_day(
        self,
        day: date,
        form: ExportForm,
        path: str,
        paper: Paper | None,
        approval: str | None,
        done: Callable[[Exported], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Write what a business day adds up to; of a closed day what its Z says. As `export_orders` otherwise."""
        ...

    def cancel_export(self) -> None:
        """End the export that is under way; nothing of it is left."""
        ...

    def plan_comparison(
        self, day: date, done: Callable[[ComparisonPlan], None], failed: Callable[[Problem], None] | None = None
    ) -> None:
        """Say what comparing a day with the gateway would cost."""
        ...

    def compare(
        self,
        day: date,
        approval: str | None,
        done: Callable[[Comparison], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Ask the gateway about every payment of a day again. Needs the right REPORTS."""
        ...

    def stop_comparing(self) -> None:
        """Ask no further; `done` comes with what is known until then."""
        ...

    def look_into(
        self, path: str, done: Callable[[SettlementSheet], None], failed: Callable[[Problem], None] | None = None
    ) -> None:
        """Read the columns of a settlement file."""
        ...

    def match_settlement(
        self,
        path: str,
        mapping: Mapping[Field, int],
        approval: str | None,
        done: Callable[[SettlementResult], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Compare a settlement file with the ledger, and remember the mapping. Needs the right REPORTS."""
        ...


class LiveExportDesk:
    """The live desk; see `ExportDesk` for what its methods promise."""

    def __init__(self, asking: Asking) -> None:
        """Ask the io thread."""
        self._asking = asking

    def export_orders(
        self,
        wanted: OrderFilter,
        form: ExportForm,
        path: str,
        paper: Paper | None,
        approval: str | None,
        done: Callable[[Exported], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Write the orders that a filter shows into a file."""
        self._asking.ask(lambda services: services.exports.orders(wanted, form, path, paper, approval), done, failed)

    def export_day(
        self,
        day: date,
        form: ExportForm,
        path: str,
        paper: Paper | None,
        approval: str | None,
        done: Callable[[Exported], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Write what a business day adds up to."""
        self._asking.ask(lambda services: services.exports.day(day, form, path, paper, approval), done, failed)

    def cancel_export(self) -> None:
        """End the export that is under way."""

        async def job(services: TillServices) -> None:
            services.exports.cancel()

        self._asking.ask(job, _nothing, _nothing)

    def plan_comparison(
        self, day: date, done: Callable[[ComparisonPlan], None], failed: Callable[[Problem], None] | None = None
    ) -> None:
        """Say what comparing a day with the gateway would cost."""

        async def job(services: TillServices) -> ComparisonPlan:
            return services.comparer.plan(day)

        self._asking.ask(job, done, failed)

    def compare(
        self,
        day: date,
        approval: str | None,
        done: Callable[[Comparison], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Ask the gateway about every payment of a day again."""
        self._asking.ask(lambda services: services.comparer.compare(day, approval), done, failed)

    def stop_comparing(self) -> None:
        """Ask no further."""

        async def job(services: TillServices) -> None:
            services.comparer.stop()

        self._asking.ask(job, _nothing, _nothing)

    def look_into(
        self, path: str, done: Callable[[SettlementSheet], None], failed: Callable[[Problem], None] | None = None
    ) -> None:
        """Read the columns of a settlement file."""
        self._asking.ask(lambda services: services.settlements.look_into(path), done, failed)

    def match_settlement(
        self,
        path: str,
        mapping: Mapping[Field, int],
        approval: str | None,
        done: Callable[[SettlementResult], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Compare a settlement file with the ledger."""
        self._asking.ask(lambda services: services.settlements.match(path, mapping, approval), done, failed)


def _nothing(_result: object) -> None:
    return
