"""`posapp refund`: give money of a paid order back without a window, as JSON lines."""

from __future__ import annotations

import asyncio
import getpass
import sys
import uuid
from typing import TYPE_CHECKING, Final

from posapp.app import exit_codes
from posapp.app.compose import build_services, gateway_secret, gateway_settings, till_facts
from posapp.app.config import read_config
from posapp.app.json_lines import refund_facts, stop_printing, write_line
from posapp.app.logs import start_logging
from posapp.app.options import config_file, data_folder
from posapp.app.usage import UsageError
from posapp.app.waiting import done_before, seconds, told_to_stop
from posapp.domain.errors import DomainError
from posapp.domain.money import Money
from posapp.domain.refund import UNFINISHED_REFUNDS, RefundState, RefundWish
from posapp.services.events import Event, OrderChanged
from posapp.store.errors import StoreError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from posapp.app.json_lines import Json
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.refund import Refund
    from posapp.domain.till import TillFacts
    from posapp.services.till import TillServices

DEFAULT_WAIT_S: Final = 60.0
_CODES: Final = {
    RefundState.SUCCEEDED: exit_codes.OK,
    RefundState.NOT_SENT: exit_codes.FAILED,
    RefundState.FAILED: exit_codes.REFUSED,
}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("merchant_order_id", help="whole id of the paid order, as `posapp orders` lists it")
    parser.add_argument("amount", help="amount in the currency's own decimals, like 20.00")
    parser.add_argument("currency", help="ISO 4217 code, like HKD")
    parser.add_argument("--reason", default="", help="one line for the gateway, at most 128 characters")
    parser.add_argument("--wait", type=seconds, default=DEFAULT_WAIT_S, metavar="SECONDS", help="how long to watch it")
    parser.add_argument("--as", dest="name", metavar="NAME", help="who does it; the PIN is asked for, or read on stdin")


def run(options: argparse.Namespace) -> int:
    """Give money back, print each step as a line of JSON, and return what came of it as exit code."""
    try:
        money = Money.parse(options.amount, options.currency)
    except DomainError as error:
        raise UsageError(f"{options.amount[:40]} {options.currency[:8]}: {error}") from error
    config = read_config(config_file(options))
    folder = data_folder(options)
    start_logging(folder.logs)
    settings = gateway_settings(config, gateway_secret(config))
    facts = till_facts(config, training=False)
    teller = _Teller(facts)

    async def refund() -> None:
        services = build_services(facts, settings, folder, teller.hear, config.base_seconds)
        try:
            await _refund(services, teller, money, options)
        finally:
            await services.stop()

    asyncio.run(refund())
    return teller.conclude()


async def _refund(services: TillServices, teller: _Teller, money: Money, options: argparse.Namespace) -> None:
    stopped = told_to_stop()
    try:
        await _sign_in(services, options.name)
        snapshot = services.refunds.begin(_wish(services, money, options))
    except DomainError as error:
        raise UsageError(str(error)) from error
    teller.follow(snapshot, snapshot.refunds[-1].request.request_id)
    try:
        await _see_through(services, teller, stopped, options.wait)
    except StoreError as error:
        # From here on something may have been sent: whatever went wrong with the ledger, the outcome is not known.
        teller.trouble = error.message


def _wish(services: TillServices, money: Money, options: argparse.Namespace) -> RefundWish:
    """Ask for a refund of what stands in the ledger now; a refund that another process makes meanwhile refuses it."""
    ref = options.merchant_order_id
    attempt = services.refund_journal.orders.store.attempt(ref)
    if attempt is None:
        raise DomainError("refund_unknown", "The ledger has no such payment.")
    left = services.refund_journal.orders.snapshot(attempt.order_id).refundable(ref)
    return RefundWish(
        wish_id=str(uuid.uuid4()),
        merchant_order_id=ref,
        money=money,
        seen_minor=attempt.money.minor - left.minor,
        reason=options.reason,
    )


async def _sign_in(services: TillServices, name: str | None) -> None:
    """Let who is named prove it with the PIN; a till without people asks nobody.

    Raises:
        UsageError: Nobody of that name, or not their PIN.
    """
    people = services.staff.crew.people
    if not people:
        if name is not None:
            raise UsageError("--as: nobody is set up at this till")
        return
    if name is None:
        raise UsageError("this till knows its people: say who does it with --as NAME")
    person = next((person for person in people if person.name == name), None)
    if person is None:
        raise UsageError(f"--as: nobody called {name[:40]} works at this till")
    services.staff.attend()
    answer = await services.staff.sign_in(person.person_id, _read_pin(person.name))
    if not answer.accepted:
        wait = f"; the next try is looked at in {answer.wait_s} s" if answer.wait_s else ""
        raise UsageError(f"that is not the PIN of {person.name}{wait}")


def _read_pin(name: str) -> str:
    """Read what was typed, or piped in; what is no text is no PIN."""
    if sys.stdin.isatty():
        return getpass.getpass(f"PIN of {name}: ").strip()
    return sys.stdin.buffer.readline().decode(errors="replace").strip()


async def _see_through(services: TillServices, teller: _Teller, stopped: asyncio.Event, wait_s: float) -> None:
    if not await done_before(asyncio.ensure_future(services.refunds.send(teller.wish_id)), stopped, None):
        return
    if teller.has_ended or wait_s == 0:
        return
    watching = services.start()
    watching.add_done_callback(lambda _: stopped.set())  # only a fault ends it: nothing more will be heard
    await done_before(asyncio.ensure_future(teller.until_final()), stopped, wait_s)
    if watching.done():
        watching.result()


class _Teller:
    """Prints what changes about the one refund.

    Attributes:
        wish_id: The refund's `request_id`.
        trouble: What kept it from being followed to its end, as a sentence.
    """

    def __init__(self, facts: TillFacts) -> None:
        self.wish_id = ""
        self.trouble: str | None = None
        self._facts = facts
        self._latest: Refund | None = None
        self._ended = asyncio.Event()

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will become of it."""
        return self._ended.is_set()

    def follow(self, snapshot: OrderSnapshot, wish_id: str) -> None:
        """Begin with the refund that was just committed."""
        self.wish_id = wish_id
        self._tell(snapshot)

    def hear(self, event: Event) -> None:
        """Take note of the services' news; the ledger already has them."""
        if isinstance(event, OrderChanged) and self.wish_id:
            self._tell(event.snapshot)

    async def until_final(self) -> None:
        """Wait until nothing more becomes of it."""
        await self._ended.wait()

    def conclude(self) -> int:
        """Print the last line, and a sentence where something stands in the way; returns the exit code."""
        refund = self._latest
        if refund is None:
            raise LookupError("nothing was refunded")
        self._say({"event": "final" if self.has_ended else "open", **refund_facts(refund, self._facts)})
        sentence = self.trouble or _sentence(refund)
        if sentence is not None:
            sys.stderr.write(f"posapp: {sentence}\n")
        return _CODES.get(refund.state, exit_codes.OPEN)

    def _tell(self, snapshot: OrderSnapshot) -> None:
        refund = next((one for one in snapshot.refunds if one.request.request_id == self.wish_id), None)
        if refund is None or refund == self._latest:
            return
        event = "refund" if self._latest is None else "state"
        changed = self._latest is None or self._latest.state is not refund.state
        self._latest = refund
        if changed:
            self._say({"event": event, **refund_facts(refund, self._facts)})
        if refund.state not in UNFINISHED_REFUNDS:
            self._ended.set()

    def _say(self, line: Mapping[str, Json]) -> None:
        """Print a line; the refund goes on where nobody reads any more, and its exit code tells how it ended."""
        try:
            write_line(line)
        except OSError:
            stop_printing()


def _sentence(refund: Refund) -> str | None:
    """Say what went wrong with a refund; None for one that is simply under way, or done."""
    if refund.review is not None:
        return f"the gateway's answer about this refund does not add up: {refund.review_detail or refund.review}"
    if refund.state is RefundState.SUCCEEDED or refund.problem_code is None:
        return None
    support = f" (support id {refund.support_id})" if refund.support_id else ""
    words = f"{refund.problem_text or refund.problem_code}{support}"
    unknown = refund.state is RefundState.UNKNOWN
    return f"not known yet, do not refund it again: {words}" if unknown else words
