"""`posapp orders`: the order list as a table, JSON or CSV."""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import re
import sys
from datetime import date
from typing import TYPE_CHECKING, Final

from posapp.app import exit_codes
from posapp.app.compose import build_services, gateway_secret, gateway_settings, ledger_file, till_facts
from posapp.app.config import read_config
from posapp.app.json_lines import instant, order_facts
from posapp.app.logs import start_logging
from posapp.app.options import config_file, data_folder
from posapp.app.usage import UsageError
from posapp.domain.order_query import OrderFilter, StateFilter
from posapp.domain.status import AttemptState, OrderStatus, Standing
from posapp.services.events import Event
from posapp.store.ledger import open_ledger_to_read
from posapp.store.listing import OrderList

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posapp.app.paths import DataFolder
    from posapp.domain.order import OrderSnapshot

_WORDS: Final = sorted({word.lower() for enum in (StateFilter, OrderStatus, Standing, AttemptState) for word in enum})
_FORMULAS: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the last four are full-width
_COLUMNS: Final = ("created_at", "business_day", "merchant_order_id", "status", "state", "amount", "currency", "note")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--day", type=_day, metavar="YYYY-MM-DD", help="one business day")
    parser.add_argument("--state", metavar="WORD", help=f"one of {', '.join(_WORDS)}")
    parser.add_argument("--refresh", action="store_true", help="ask the gateway about every open order first")
    parser.add_argument("--training", action="store_true", help="list the orders of training mode instead")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print a JSON array")
    form.add_argument("--csv", action="store_true", help="print CSV")


def run(options: argparse.Namespace) -> int:
    """Print the orders; with `--refresh`, 5 where the gateway gave no answer about one of them."""
    if options.state is not None and options.state.lower() not in _WORDS:
        raise UsageError(f"--state {options.state}: must be one of {', '.join(_WORDS)}")
    folder = data_folder(options)
    code = _refresh(options, folder) if options.refresh else exit_codes.OK
    ledger = open_ledger_to_read(ledger_file(folder, training=options.training))
    try:
        orders = _orders(OrderList(ledger), options.day, (options.state or "all").lower())
        if options.json:
            _print_json(orders)
        elif options.csv:
            _print_csv(orders)
        else:
            _print_table(orders)
    finally:
        ledger.close()
    return code


def _day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise argparse.ArgumentTypeError("a day is written like 2026-03-14")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("the calendar has no such day") from error


def _refresh(options: argparse.Namespace, folder: DataFolder) -> int:
    config = read_config(config_file(options))
    start_logging(folder.logs)
    settings = gateway_settings(config, gateway_secret(config))
    facts = till_facts(config, training=options.training)

    async def ask() -> int:
        services = build_services(facts, settings, folder, _unheard, config.base_seconds)
        try:
            return await services.refresh()
        finally:
            await services.stop()

    silent = asyncio.run(ask())
    if silent:
        sys.stderr.write(f"posapp: the gateway gave no answer about {silent} open order(s); they stay as they were.\n")
    return exit_codes.OPEN if silent else exit_codes.OK


def _unheard(_event: Event) -> None:
    """Nobody watches: the list is read from the ledger afterwards."""


def _orders(listing: OrderList, day: date | None, word: str) -> Iterator[OrderSnapshot]:
    """Read page after page, so that a million orders take no more memory than a hundred."""
    chips = {chip.value: chip for chip in StateFilter}
    wanted = OrderFilter(first_day=day, last_day=day, state=chips.get(word, StateFilter.ALL))
    after = None
    while True:
        page = listing.page(wanted, after)
        for snapshot in page.orders:
            words = {snapshot.status.lower(), snapshot.standing.lower(), snapshot.leading.state.lower()}
            if word in chips or word in words:
                yield snapshot
        if page.next_key is None:
            return
        after = page.next_key


def _print_json(orders: Iterator[OrderSnapshot]) -> None:
    separator = "["
    for snapshot in orders:
        sys.stdout.write(f"{separator}\n{json.dumps(order_facts(snapshot))}")
        separator = ","
    sys.stdout.write("[]\n" if separator == "[" else "\n]\n")


def _print_csv(orders: Iterator[OrderSnapshot]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow((*_COLUMNS, "paid_at", "gateway_id", "standing", "needs_look"))
    for snapshot in orders:
        facts = order_facts(snapshot)
        last = (facts["paid_at"], facts["gateway_id"], facts["standing"], facts["needs_look"])
        writer.writerow([_cell(value) for value in (*(facts[name] for name in _COLUMNS), *last)])


def _cell(value: object) -> str:
    """Write a cell that no spreadsheet takes for a formula, whatever somebody wrote into a note."""
    text = "" if value is None else _printable(str(value))
    return f"'{text}" if text.lstrip().startswith(_FORMULAS) else text


def _printable(text: str) -> str:
    """Escape what moves a cursor, ends a line or turns the reading direction."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _print_table(orders: Iterator[OrderSnapshot]) -> None:
    count = 0
    for snapshot in orders:
        count += 1
        order = snapshot.order
        at = (instant(order.created_at) or "")[:19].replace("T", " ")
        amount = f"{order.money.currency} {order.money.grouped()}"
        ref = snapshot.leading.merchant_order_id
        sys.stdout.write(f"{at}  {amount:>20}  {snapshot.standing.value:<10}  {ref:<32}  {_printable(order.note)}\n")
    sys.stdout.write(f"{count} order{'' if count == 1 else 's'} (times are UTC)\n")
