"""What a window may ask of the till: every call returns at once, every answer arrives on the GUI thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.bridge.day_desk import DayDesk
    from posapp.bridge.export_desk import ExportDesk
    from posapp.bridge.inbox_desk import InboxDesk
    from posapp.bridge.refund_desk import RefundDesk
    from posapp.bridge.signals import TillSignals
    from posapp.bridge.staff_desk import StaffDesk
    from posapp.domain.backups import Restored
    from posapp.domain.errors import Problem
    from posapp.domain.log_entry import LogEntry
    from posapp.domain.money import Money
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.order_query import OrderDetails, OrderFilter, OrderPage, PageKey
    from posapp.domain.till import TillFacts

T = TypeVar("T")
R = TypeVar("R")


class TillFacade(Protocol):
    """The till as the screens see it. Lives on the GUI thread.

    Every method takes `done`, called with the result, and optionally `failed`, called with a `Problem`; exactly one of
    them is called, once, on the GUI thread, later than the call itself. Without `failed` a failure goes to
    `signals.problem_raised`.
    """

    @property
    def facts(self) -> TillFacts:
        """The till's unchanging facts."""
        ...

    @property
    def signals(self) -> TillSignals:
        """Where the news come from."""
        ...

    @property
    def refunds(self) -> RefundDesk:
        """Where money is given back."""
        ...

    @property
    def staff(self) -> StaffDesk:
        """Who stands at the till, and who may do what."""
        ...

    @property
    def inbox(self) -> InboxDesk:
        """What waits for a person."""
        ...

    @property
    def day(self) -> DayDesk:
        """What the day adds up to, its close, and the shifts."""
        ...

    @property
    def exports(self) -> ExportDesk:
        """Files for others, and the comparison with the gateway."""
        ...

    def charge(
        self,
        money: Money,
        note: str,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Commit a new order and ask the gateway for a code.

        `done` comes as soon as the order is committed (attempt CREATING); what the gateway says follows as
        `order_changed`. `failed` means that nothing was committed and nothing was sent.
        """
        ...

    def show_code(
        self,
        merchant_order_id: str,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Commit that the code is about to be seen; it may be painted when `done` comes with it PENDING, not before."""
        ...

    def set_on_screen(self, order_id: str | None) -> None:
        """Say which order's code is before the shopper now (it is asked about most often), or that none is."""
        ...

    def ask_now(
        self,
        order_id: str,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Ask the gateway about every attempt of an order at once; `failed` where it gave no answer."""
        ...

    def give_up(
        self,
        order_id: str,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Close the payment where the gateway can, else ask once more; then note that the cashier gave up.

        `done` carries what the gateway said (it may be PAID). `failed` means that it gave no answer; the order is
        noted as given up all the same and stays watched.
        """
        ...

    def new_code(
        self,
        order_id: str,
        done: Callable[[OrderSnapshot], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Start a further attempt where the rules allow it; `failed` says why they do not."""
        ...

    def orders(
        self,
        wanted: OrderFilter,
        after: PageKey | None,
        done: Callable[[OrderPage], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Read one page of the order list."""
        ...

    def details(
        self,
        order_id: str,
        done: Callable[[OrderDetails], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Read an order with its timeline."""
        ...

    def recent_unpaid(
        self,
        money: Money,
        done: Callable[[OrderSnapshot | None], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Find the newest open order of the same amount from the last few minutes, for the duplicate guard."""
        ...

    def compute(
        self,
        work: Callable[[T], R],
        argument: T,
        done: Callable[[R], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Run a pure function (drawing a QR matrix, say) away from the GUI thread."""
        ...

    def start_again(self) -> None:
        """Try the start anew after `start_failed`; the answer is `ready` or `start_failed` again."""
        ...

    def start_viewing(self) -> None:
        """Open the ledger for reading alone after `start_failed`: `view_only`, then `ready`."""
        ...

    def restore(
        self,
        backup: str,
        done: Callable[[Restored], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Set the ledger aside, put the backup of that name in its place, and start; only after `start_failed`."""
        ...

    def start_fresh(self) -> None:
        """Set the damaged ledger aside and start with an empty one; only after `start_failed`."""
        ...

    def log_entries(
        self,
        done: Callable[[tuple[LogEntry, ...]], None],
        failed: Callable[[Problem], None] | None = None,
    ) -> None:
        """Read the newest entries of the log, newest first; works where the start failed, too."""
        ...

    def log_seen(self) -> None:
        """Note that somebody has looked at the log: nothing in it is unread any more."""
        ...
