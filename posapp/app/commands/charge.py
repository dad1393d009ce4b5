"""`posapp charge`: one order without a window, as JSON lines."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING, Final

from posapp.app import exit_codes
from posapp.app.compose import build_services, gateway_secret, gateway_settings, till_facts
from posapp.app.config import read_config
from posapp.app.failures import UsageError
from posapp.app.json_lines import attempt_facts, write_line
from posapp.app.logs import start_logging
from posapp.app.options import config_file, data_folder
from posapp.domain.errors import DomainError
from posapp.domain.money import Money
from posapp.domain.order import CodeKind, Payer
from posapp.domain.status import AttemptState, OrderStatus
from posapp.services.events import Event, OrderChanged

if TYPE_CHECKING:
    import argparse

    from posapp.domain.order import Attempt, OrderSnapshot
    from posapp.domain.till import TillFacts
    from posapp.services.till import TillServices

DEFAULT_WAIT_S: Final = 300.0


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("amount", help="amount in the currency's own decimals, like 128.50")
    parser.add_argument("currency", help="ISO 4217 code, like HKD")
    parser.add_argument("--note", default="", help="words for the order, at most 120 characters")
    parser.add_argument("--wait", type=_seconds, default=DEFAULT_WAIT_S, metavar="SECONDS", help="how long to watch it")
    parser.add_argument("--open-id", help="the shopper's id, for the mini-program flow")
    parser.add_argument("--app-id", help="the mini program's own id (CBTIS sub_appid)")


def run(options: argparse.Namespace) -> int:
    """Charge, print each step as a line of JSON, and return what came of it as exit code."""
    try:
        money = Money.parse(options.amount, options.currency)
    except DomainError as error:
        raise UsageError(f"{options.amount} {options.currency}: {error}") from error
    config = read_config(config_file(options))
    folder = data_folder(options)
    start_logging(folder.logs)
    settings = gateway_settings(config, gateway_secret(config))
    facts = till_facts(config, training=False)
    teller = _Teller()
    payer = Payer(options.open_id, options.app_id) if options.open_id else None

    async def charge() -> OrderSnapshot:
        services = build_services(facts, settings, folder, teller.hear, config.base_seconds)
        try:
            return await _charge(services, teller, facts, money, options.note, payer, options.wait)
        finally:
            await services.stop()

    return _conclude(asyncio.run(charge()))


async def _charge(
    services: TillServices,
    teller: _Teller,
    facts: TillFacts,
    money: Money,
    note: str,
    payer: Payer | None,
    wait_s: float,
) -> OrderSnapshot:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        _stop_on(number, stopped)
    try:
        snapshot = services.checkout.begin(money, note, payer)
    except DomainError as error:
        raise UsageError(str(error)) from error
    teller.follow(snapshot.order.order_id, facts)
    snapshot = await services.checkout.create(snapshot)
    attempt = snapshot.leading
    if attempt.state is AttemptState.CREATED and attempt.code is not None:
        # What is printed may be shown to a shopper, so "shown" is committed first.
        snapshot = services.checkout.show(attempt.merchant_order_id)
        services.watcher.put_on_screen(snapshot.order.order_id)
        teller.show(snapshot.leading)
    if snapshot.status is OrderStatus.OPEN:
        watching = services.start()
        waiting = asyncio.ensure_future(teller.until_final())
        interrupted = asyncio.ensure_future(stopped.wait())
        await asyncio.wait({waiting, interrupted, watching}, timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        interrupted.cancel()
    return teller.latest or snapshot


class _Teller:
    """Prints what changes about the one order that is being charged."""

    def __init__(self) -> None:
        self.latest: OrderSnapshot | None = None
        self._order_id: str | None = None
        self._told: dict[str, AttemptState] = {}
        self._facts: TillFacts | None = None
        self._held: list[OrderSnapshot] = []
        self._final = asyncio.Event()

    def follow(self, order_id: str, facts: TillFacts) -> None:
        """Begin to print; what was heard meanwhile comes first."""
        self._order_id = order_id
        self._facts = facts
        for snapshot in self._held:
            self._tell(snapshot)
        self._held.clear()

    def hear(self, event: Event) -> None:
        """Take note of the services' news; the ledger already has them."""
        if not isinstance(event, OrderChanged):
            return
        if self._order_id is None:
            self._held.append(event.snapshot)
        elif event.snapshot.order.order_id == self._order_id:
            self._tell(event.snapshot)

    def show(self, attempt: Attempt) -> None:
        """Print what is to be put before the shopper."""
        if attempt.code is None:
            return
        name = "handoff" if attempt.code.kind is CodeKind.HANDOFF else "qr"
        write_line(
            {
                "event": name,
                "content": attempt.code.content,
                "kind": attempt.code.kind.value,
                "merchant_order_id": attempt.merchant_order_id,
            }
        )

    async def until_final(self) -> None:
        """Wait until nothing about the order can change on its own."""
        await self._final.wait()

    def _tell(self, snapshot: OrderSnapshot) -> None:
        self.latest = snapshot
        for attempt in snapshot.attempts:
            ref = attempt.merchant_order_id
            if ref not in self._told:
                write_line({"event": "attempt", **attempt_facts(attempt, self._facts), "state": attempt.state.value})
            elif self._told[ref] is not attempt.state:
                write_line({"event": "state", **attempt_facts(attempt, self._facts), "state": attempt.state.value})
            self._told[ref] = attempt.state
        if snapshot.status is not OrderStatus.OPEN:
            self._final.set()


def _conclude(snapshot: OrderSnapshot) -> int:
    """Print the last line and return the exit code."""
    leading = snapshot.leading
    write_line(
        {
            "event": "open" if snapshot.status is OrderStatus.OPEN else "final",
            **attempt_facts(leading, None),
            "state": leading.state.value,
            "status": snapshot.status.value,
            "standing": snapshot.standing.value,
        }
    )
    if leading.problem_code is not None and snapshot.status is not OrderStatus.PAID:
        support = f" (support id {leading.support_id})" if leading.support_id else ""
        sys.stderr.write(f"posapp: {leading.problem_text or leading.problem_code}{support}\n")
    if snapshot.status in (OrderStatus.PAID, OrderStatus.OVERPAID):
        return exit_codes.OK
    if snapshot.status is OrderStatus.OPEN:
        return exit_codes.OPEN
    by_state = {
        AttemptState.CANCELLED: exit_codes.UNPAID,
        AttemptState.REFUSED: exit_codes.REFUSED,
        AttemptState.LAPSED: exit_codes.OPEN,
    }
    return by_state.get(leading.state, exit_codes.FAILED)


def _stop_on(number: signal.Signals, stopped: asyncio.Event) -> None:
    try:
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    except NotImplementedError:  # Windows: Ctrl+C arrives as KeyboardInterrupt there
        return


def _seconds(text: str) -> float:
    seconds = float(text)  # argparse turns the ValueError into its usage sentence
    if not 0 <= seconds < float("inf"):
        raise ValueError(text)
    return seconds
