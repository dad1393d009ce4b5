"""`posapp charge`: one order without a window, as JSON lines."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING, Final

from posapp.app import exit_codes
from posapp.app.compose import build_services, gateway_secret, gateway_settings, till_facts
from posapp.app.config import read_config
from posapp.app.json_lines import attempt_facts, stop_printing, write_line
from posapp.app.logs import start_logging
from posapp.app.options import config_file, data_folder
from posapp.app.usage import UsageError
from posapp.app.waiting import done_before, seconds, told_to_stop
from posapp.domain.errors import DomainError
from posapp.domain.money import Money
from posapp.domain.order import CodeKind, Flow, Payer
from posapp.domain.status import AttemptState, OrderStatus, ReviewReason
from posapp.services.events import Event, OrderChanged
from posapp.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posapp.app.config import Config
    from posapp.app.json_lines import Json
    from posapp.domain.order import Attempt, OrderSnapshot
    from posapp.domain.till import TillFacts
    from posapp.services.till import TillServices

DEFAULT_WAIT_S: Final = 300.0
MAX_QUOTED: Final = 40


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("amount", help="amount in the currency's own decimals, like 128.50")
    parser.add_argument("currency", help="ISO 4217 code, like HKD")
    parser.add_argument("--note", default="", help="words for the order, at most 120 characters")
    parser.add_argument("--wait", type=seconds, default=DEFAULT_WAIT_S, metavar="SECONDS", help="how long to watch it")
    parser.add_argument("--open-id", help="the shopper's id, for the mini-program flow")
    parser.add_argument("--app-id", help="the mini program's own id (CBTIS sub_appid)")


def run(options: argparse.Namespace) -> int:
    """Charge, print each step as a line of JSON, and return what came of it as exit code."""
    try:
        money = Money.parse(options.amount, options.currency)
    except DomainError as error:
        raise UsageError(f"{_short(options.amount)} {_short(options.currency)}: {error}") from error
    config = read_config(config_file(options))
    payer = _payer(options, config)
    folder = data_folder(options)
    start_logging(folder.logs)
    settings = gateway_settings(config, gateway_secret(config))
    facts = till_facts(config, training=False)
    teller = _Teller(facts)

    async def charge() -> None:
        services = build_services(facts, settings, folder, teller.hear, config.base_seconds)
        try:
            await _charge(services, teller, money, options.note, payer, options.wait)
        finally:
            await services.stop()

    asyncio.run(charge())
    return teller.conclude()


async def _charge(
    services: TillServices, teller: _Teller, money: Money, note: str, payer: Payer | None, wait_s: float
) -> None:
    stopped = told_to_stop()
    try:
        snapshot = services.checkout.begin(money, note, payer)
    except DomainError as error:
        raise UsageError(str(error)) from error
    teller.follow(snapshot)
    if teller.is_alone:
        return  # nobody would see the code, so none is asked for
    try:
        await _see_through(services, teller, snapshot, stopped, wait_s)
    except StoreError as error:
        # From here on something may have been sent: whatever went wrong with the ledger, the outcome is not known.
        teller.trouble = error.message


async def _see_through(
    services: TillServices, teller: _Teller, snapshot: OrderSnapshot, stopped: asyncio.Event, wait_s: float
) -> None:
    creating = asyncio.ensure_future(services.checkout.create(snapshot))
    if not await done_before(creating, stopped, None):
        return
    snapshot = creating.result()
    attempt = snapshot.leading
    if attempt.state is AttemptState.CREATED and attempt.code is not None:
        # What is printed may be shown to a shopper, so "shown" is committed first.
        snapshot = services.checkout.show(attempt.merchant_order_id)
        services.watcher.put_on_screen(snapshot.order.order_id)
        teller.show(snapshot.leading)
    if snapshot.status is not OrderStatus.OPEN or wait_s == 0:
        return
    watching = services.start()
    ended = asyncio.ensure_future(teller.until_final())
    watching.add_done_callback(lambda _: stopped.set())  # only a fault ends it: nothing more will be heard
    await done_before(ended, stopped, wait_s)
    if watching.done():
        watching.result()


class _Teller:
    """Prints what changes about the one order that is being charged.

    Attributes:
        trouble: What kept the order from being followed to its end, as a sentence.
        is_alone: Nobody reads what is printed any more.
    """

    def __init__(self, facts: TillFacts) -> None:
        self.trouble: str | None = None
        self.is_alone = False
        self._facts = facts
        self._latest: OrderSnapshot | None = None
        self._told: dict[str, AttemptState] = {}
        self._final = asyncio.Event()

    def follow(self, snapshot: OrderSnapshot) -> None:
        """Begin with the order that was just committed."""
        self._tell(snapshot)

    def hear(self, event: Event) -> None:
        """Take note of the services' news; the ledger already has them."""
        if not isinstance(event, OrderChanged) or self._latest is None:
            return
        if event.snapshot.order.order_id == self._latest.order.order_id:
            self._tell(event.snapshot)

    def show(self, attempt: Attempt) -> None:
        """Print what is to be put before the shopper."""
        if attempt.code is None:
            return
        self._say(
            {
                "event": "handoff" if attempt.code.kind is CodeKind.HANDOFF else "qr",
                "content": attempt.code.content,
                "kind": attempt.code.kind.value,
                "merchant_order_id": attempt.merchant_order_id,
            }
        )

    async def until_final(self) -> None:
        """Wait until nothing about the order can change on its own."""
        await self._final.wait()

    def conclude(self) -> int:
        """Print the last line, and a sentence where something stands in the way; returns the exit code."""
        snapshot = self._latest
        if snapshot is None:
            raise LookupError("nothing was charged")
        leading, is_open = snapshot.leading, snapshot.status is OrderStatus.OPEN
        self._say(
            {
                "event": "open" if is_open else "final",
                **attempt_facts(leading, self._facts),
                "state": leading.state.value,
                "status": snapshot.status.value,
                "standing": snapshot.standing.value,
            }
        )
        sentence = self.trouble or _sentence(leading)
        if sentence is not None:
            sys.stderr.write(f"posapp: {sentence}\n")
        if snapshot.status in (OrderStatus.PAID, OrderStatus.OVERPAID):
            return exit_codes.OK
        return exit_codes.OPEN if is_open else _UNPAID_CODES.get(leading.state, exit_codes.FAILED)

    def _tell(self, snapshot: OrderSnapshot) -> None:
        self._latest = snapshot
        for attempt in snapshot.attempts:
            told = self._told.get(attempt.merchant_order_id)
            self._told[attempt.merchant_order_id] = attempt.state
            if told is not attempt.state:
                event = "attempt" if told is None else "state"
                self._say({"event": event, **attempt_facts(attempt, self._facts), "state": attempt.state.value})
        if snapshot.status is OrderStatus.OPEN:
            self._final.clear()  # a refused attempt may be followed by another one
        else:
            self._final.set()

    def _say(self, line: Mapping[str, Json]) -> None:
        """Print a line; the order goes on where nobody reads any more, and its exit code tells how it ended."""
        try:
            write_line(line)
        except OSError:
            stop_printing()
            self.is_alone = True


_UNPAID_CODES: Final = {
    AttemptState.CANCELLED: exit_codes.UNPAID,
    AttemptState.REFUSED: exit_codes.REFUSED,
    AttemptState.LAPSED: exit_codes.OPEN,
}


def _sentence(attempt: Attempt) -> str | None:
    """Say what went wrong with an attempt; None for one that is simply waiting, or ended as attempts do."""
    if attempt.review is not None:
        both = f" ({attempt.review_detail})" if attempt.review_detail else ""
        return f"{_REVIEWS[attempt.review]}{both}"
    if attempt.problem_code is None or attempt.state is AttemptState.SUCCEEDED:
        return None
    support = f" (support id {attempt.support_id})" if attempt.support_id else ""
    return f"{attempt.problem_text or attempt.problem_code}{support}"


_REVIEWS: Final = {
    ReviewReason.AMOUNT_DIFFERS: "the gateway names another amount than was charged",
    ReviewReason.WRONG_ORDER: "the gateway's answer is about another order",
    ReviewReason.UNKNOWN_STATUS: "the gateway says a word that nobody knows",
    ReviewReason.CODE_UNUSABLE: "the gateway's code is nothing that may be shown",
}


def _payer(options: argparse.Namespace, config: Config) -> Payer | None:
    """Return who pays, in the flow that has to know."""
    if config.flow is not Flow.MINI_PROGRAM:
        return None
    if not options.open_id:
        raise UsageError("the mini-program flow needs the shopper's --open-id")
    if config.provider == "cbtis" and not options.app_id:
        raise UsageError("the mini-program flow needs the mini program's --app-id")
    return Payer(options.open_id, options.app_id)


def _short(text: str) -> str:
    return text if len(text) <= MAX_QUOTED else f"{text[:MAX_QUOTED]}…"
