"""Watches a window while something is done to it: what must never be seen, said or logged."""

from __future__ import annotations

import logging
import sqlite3
import sys
import threading
import time
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import httpx
import psutil

from PySide6.QtCore import QEvent, QObject, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QDialog

from posapp.domain.money import Money
from posapp.ui.qr_code import qr_matrix

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtCore import QMessageLogContext

    from posapp.ui.main_window import MainWindow

NEWS_S: Final = 3.0
"""How long a code may stay on screen after the ledger knows better: the news is on its way, at the pace of this PC."""
FOCUS_S: Final = 2.0
_HARMLESS: Final = ("This plugin does not support",)
"""What the offscreen platform says, which has no window manager."""
_COLUMNS: Final = (
    "attempts.state, shown_us, given_up_us, review, code_dead, code_content, orders.status, attempts.amount_minor, "
    "attempts.currency"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """An attempt as the ledger's file has it now."""

    state: str
    shown_us: int | None
    given_up_us: int | None
    review: str | None
    code_dead: int
    code_content: str | None
    status: str
    amount_minor: int
    currency: str

    @property
    def may_be_seen(self) -> bool:
        """Whether its code may be before a shopper."""
        live = self.state == "PENDING" and self.status == "OPEN" and not self.code_dead
        return live and self.given_up_us is None and self.review is None


class Sandbox:
    """The shoppers' hands and the gateway's own will, and its truth. Calls wait for their answer."""

    def __init__(self, control_url: str) -> None:
        """Reach the sandbox at its control address."""
        self._http = httpx.Client(base_url=control_url, trust_env=False, timeout=30)

    def order(self, ref: str) -> dict[str, Any] | None:
        """Return what is true of an order; None where the gateway has none."""
        reply = self._http.get(f"/orders/{ref}")
        return reply.json()["order"] if reply.is_success else None

    def truth(self) -> dict[str, Any]:
        """Return everything that is true."""
        return self._http.get("/truth").raise_for_status().json()

    def do(self, ref: str, action: str, *, force: bool = False) -> bool:
        """Pay, cancel or expire an order; tells whether that could be done."""
        body = {} if action == "expire" else {"force": force}
        return self._http.post(f"/orders/{ref}/{action}", json=body).is_success

    def fault(self, rule: dict[str, object]) -> None:
        """Order mischief."""
        self._http.post("/faults", json=[rule]).raise_for_status()

    def clear(self) -> None:
        """Call the mischief off."""
        self._http.delete("/faults").raise_for_status()

    def close(self) -> None:
        """Hang up."""
        self._http.close()


class Witness(QObject):
    """Looks at a window and at what is true. Lives on the GUI thread.

    Attributes:
        complaints: Everything that must not have happened, in the order in which it was seen.
        painted: How many paints of a code were judged.
        greens: How many payments were seen green or found paid in the ledger, and are paid at the gateway.
    """

    def __init__(self, window: MainWindow, ledger: Path, sandbox: Sandbox) -> None:
        """Begin to watch; the ledger must exist."""
        super().__init__()
        self._window = window
        self._sandbox = sandbox
        self._ledger = sqlite3.connect(f"{ledger.as_uri()}?mode=ro", uri=True)
        self._title = window.windowTitle()
        self._paid: set[str] = set()
        self._drawn: dict[str, object] = {}
        self._doubt_since: float | None = None
        self._unfocused_since: float | None = None
        self.complaints: list[str] = []
        self.painted = 0
        self._listen()
        window.payment_view.qr_card.installEventFilter(self)

    @property
    def greens(self) -> int:
        return len(self._paid)

    # --- what is said ----------------------------------------------------------------------------------------

    def complain(self, what: str) -> None:
        """Take note of something that must not happen; the same thing once."""
        if what not in self.complaints:
            self.complaints.append(what)

    def _listen(self) -> None:
        """Hear of every exception that nobody caught, of errors in the log and of Qt's warnings."""
        witness = self

        class Ear(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
                witness.complain(f"logged by {record.name}: {record.getMessage()} {trace}")

        logging.getLogger().addHandler(Ear(logging.ERROR))
        before = sys.excepthook, threading.excepthook

        def hook(kind: type[BaseException], error: BaseException, trace: Any) -> None:  # noqa: ANN401 - as Python's
            witness.complain(f"uncaught {kind.__name__}: {error}")
            before[0](kind, error, trace)

        def thread_hook(told: threading.ExceptHookArgs) -> None:
            witness.complain(f"uncaught in {told.thread}: {told.exc_value!r}")
            before[1](told)

        def unraisable(told: sys.UnraisableHookArgs) -> None:
            witness.complain(f"unraisable in {told.object!r}: {told.exc_value!r}")

        def qt(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
            if kind is not QtMsgType.QtDebugMsg and not any(word in text for word in _HARMLESS):
                witness.complain(f"Qt says {text}")

        sys.excepthook, threading.excepthook, sys.unraisablehook = hook, thread_hook, unraisable
        qInstallMessageHandler(qt)

    # --- what is seen ----------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self._judge_code()
        return False

    def look(self) -> None:
        """Judge everything that can be judged at a glance."""
        if self._window.windowTitle() != self._title:
            self.complain(f"the title became {self._window.windowTitle()!r}")
        self._judge_code()
        self._judge_green()
        self._judge_windows()
        self._judge_focus()

    def _judge_code(self) -> None:
        """A code is on screen only after "shown" was committed, only its own, and not for long after it may not be."""
        page = self._window.payment_view
        matrix, state = page.qr_card.matrix, page.state
        if matrix is None or not page.qr_card.isVisible() or state is None:
            self._doubt_since = None
            return
        ref = state.attempt.merchant_order_id
        kept = self.kept(ref)
        if kept is None or kept.shown_us is None or kept.code_content is None:
            self.complain(f"the code of {ref} is on screen, which the ledger has not noted as shown: {kept}")
            return
        self.painted += 1
        if ref not in self._drawn:
            self._drawn = {ref: qr_matrix(kept.code_content)}
        if self._drawn[ref] != matrix:
            self.complain(f"the code on screen is not that of {ref}")
        if kept.may_be_seen:
            self._doubt_since = None
            return
        self._doubt_since = self._doubt_since or time.monotonic()
        if time.monotonic() - self._doubt_since > NEWS_S:
            self.complain(f"the code of {ref} stays on screen although it is {kept}")

    def _judge_green(self) -> None:
        page = self._window.payment_view
        if page.paid_pane.isVisible() and page.state is not None:
            paid = [one for one in page.state.snapshot.attempts if one.state.value == "SUCCEEDED"]
            if not paid:
                self.complain(f"green without a payment: {page.state.snapshot}")
            for attempt in paid:
                self._check_paid(attempt.merchant_order_id, attempt.money)

    def _check_paid(self, ref: str, money: Money) -> None:
        if ref in self._paid:
            return
        there = self._sandbox.order(ref)
        if there is None or there["paid_at"] is None:
            self.complain(f"{ref} is green, and at the gateway it is {there and there['status']}")
        elif (Decimal(there["amount"]), there["currency"]) != (money.to_decimal(), money.currency):
            self.complain(f"{ref} is green with {money}, and at the gateway it is {there['amount']}")
        else:
            self._paid.add(ref)

    def _judge_windows(self) -> None:
        for widget in QApplication.topLevelWidgets():
            if widget.isVisible() and (isinstance(widget, QDialog) or widget.isModal()):
                self.complain(f"a dialog came up: {widget}")

    def _judge_focus(self) -> None:
        """While the window is active something in it has the keyboard, and it can be seen."""
        focused = QApplication.focusWidget()
        lost = focused is None or not focused.isVisible() or not focused.isEnabled()
        if not lost or QApplication.activeWindow() is not self._window:
            self._unfocused_since = None
            return
        self._unfocused_since = self._unfocused_since or time.monotonic()
        if time.monotonic() - self._unfocused_since > FOCUS_S:
            self.complain(f"nothing in the window has the keyboard: {focused}")

    # --- what is true ----------------------------------------------------------------------------------------

    def kept(self, ref: str) -> Kept | None:
        """Read an attempt from the ledger's file."""
        row = self._ledger.execute(
            f"SELECT {_COLUMNS} FROM attempts JOIN orders USING (order_id) WHERE merchant_order_id = ?",  # noqa: S608
            (ref,),
        ).fetchone()
        return None if row is None else Kept(*row)

    def refs(self, where: str) -> list[str]:
        """Return the ids of the attempts that a condition is true of, newest first, at most a hundred."""
        rows = self._ledger.execute(
            f"SELECT merchant_order_id FROM attempts WHERE {where} ORDER BY id DESC LIMIT 100"  # noqa: S608 - ours
        )
        return [ref for (ref,) in rows]

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        (rows,) = self._ledger.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - our own word
        return int(rows)

    def audit(self) -> None:
        """Check that everything that is paid in the ledger is paid at the gateway, with that amount."""
        paid = "SELECT merchant_order_id, amount_minor, currency FROM attempts WHERE state = 'SUCCEEDED'"
        for ref, minor, currency in self._ledger.execute(paid).fetchall():
            self._check_paid(ref, Money(minor, currency))

    def audit_everything(self) -> None:
        """Check the ledger against the whole truth, once the gateway is honest again and was asked."""
        self.audit()
        truth = self._sandbox.truth()
        for seen in truth["seen"]:
            kept = self.kept(seen["merchant_order_id"])
            if kept is None:
                self.complain(f"the gateway knows {seen['merchant_order_id']}, the ledger does not")
            if seen["create_posts"] != 1:
                self.complain(f"sent {seen['create_posts']} times: {seen['merchant_order_id']}")
        for order in truth["orders"]:
            kept = self.kept(order["merchant_order_id"])
            if order["paid_at"] and kept is not None and kept.state in ("NOT_SENT", "REFUSED", "LAPSED"):
                self.complain(f"paid at the gateway, {kept.state} here: {order['merchant_order_id']}")

    def close(self) -> None:
        """Let go of the ledger."""
        self._ledger.close()


def sizes_of(window: MainWindow) -> dict[str, float]:
    """Return what must not grow: memory in MiB, threads, file descriptors, widgets, objects of the window."""
    process = psutil.Process()
    return {
        "rss_mib": process.memory_info().rss / 2**20,
        "threads": process.num_threads(),
        "fds": process.num_fds(),
        "widgets": len(QApplication.allWidgets()),
        "objects": len(window.findChildren(QObject)),
    }
