"""`posapp orders`: the order list as a table, JSON, CSV or a workbook."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from posapp.app import exit_codes
from posapp.app.compose import build_services, gateway_secret, gateway_settings, ledger_file, till_facts
from posapp.app.config import read_config
from posapp.app.files import shop_zone, written_whole
from posapp.app.json_lines import instant, order_facts
from posapp.app.logs import start_logging
from posapp.app.options import config_file, data_folder
from posapp.app.usage import UsageError
from posapp.domain.errors import DomainError
from posapp.domain.export import MAX_SHEET_ROWS
from posapp.domain.order_query import OrderFilter, StateFilter
from posapp.domain.status import AttemptState, OrderStatus, Standing
from posapp.services.events import Event
from posapp.services.exports import csv_form, xlsx_form
from posapp.services.exports.safe_text import printable
from posapp.store.ledger import open_ledger_to_read
from posapp.store.listing import OrderList
from posapp.store.order_stream import OrderStream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from posapp.app.paths import DataFolder
    from posapp.domain.order import OrderSnapshot
    from posapp.store.ledger import Ledger

_WORDS: Final = sorted({word.lower() for enum in (StateFilter, OrderStatus, Standing, AttemptState) for word in enum})
_CHIPS: Final = {chip.value: chip for chip in StateFilter}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--day", type=day_option, metavar="YYYY-MM-DD", help="one business day")
    parser.add_argument("--from", dest="first_day", type=day_option, metavar="YYYY-MM-DD", help="first business day")
    parser.add_argument("--to", dest="last_day", type=day_option, metavar="YYYY-MM-DD", help="last business day")
    parser.add_argument("--state", metavar="WORD", help=f"one of {', '.join(_WORDS)}")
    parser.add_argument("--refresh", action="store_true", help="ask the gateway about every open order first")
    parser.add_argument("--training", action="store_true", help="list the orders of training mode instead")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print a JSON array")
    form.add_argument("--csv", action="store_true", help="print CSV, oldest order first")
    form.add_argument("--xlsx", type=Path, metavar="FILE", help="write a workbook")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write --json or --csv into a file, whole or not")


def run(options: argparse.Namespace) -> int:
    """Print the orders; with `--refresh`, 5 where the gateway gave no answer about one of them."""
    if options.state is not None and options.state.lower() not in _WORDS:
        raise UsageError(f"--state {options.state}: must be one of {', '.join(_WORDS)}")
    if options.day is not None and (options.first_day is not None or options.last_day is not None):
        raise UsageError("--day cannot be used with --from or --to")
    if options.output is not None and not (options.json or options.csv):
        raise UsageError("--output needs --json or --csv; a workbook is written with --xlsx FILE")
    folder = data_folder(options)
    code = _refresh(options, folder) if options.refresh else exit_codes.OK
    ledger = open_ledger_to_read(ledger_file(folder, training=options.training))
    try:
        _write(options, ledger)
    finally:
        ledger.close()
    return code


def day_option(text: str) -> date:
    """Read a business day of the command line."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise argparse.ArgumentTypeError("a day is written like 2026-03-14")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("the calendar has no such day") from error


def _write(options: argparse.Namespace, ledger: Ledger) -> None:
    """Write the orders in the form that was asked for, to where it was asked for."""
    word = (options.state or "all").lower()
    chip = _CHIPS.get(word)
    first, last = options.day or options.first_day, options.day or options.last_day
    wanted = OrderFilter(first_day=first, last_day=last, state=chip or StateFilter.ALL)
    if options.csv or options.xlsx is not None:
        _write_file(options, OrderStream(ledger.connection), wanted, None if chip else word)
        return
    orders = _orders(OrderList(ledger), wanted, None if chip else word)
    if not options.json:
        _print_table(orders)
    elif options.output is None:
        _print_json(orders, sys.stdout)
    else:
        with written_whole(options.output) as target, target.open("w", encoding="utf-8") as file:
            _print_json(orders, file)


def _write_file(options: argparse.Namespace, stream: OrderStream, wanted: OrderFilter, word: str | None) -> None:
    zone = shop_zone(options)
    if options.xlsx is not None:
        if stream.count(wanted) > MAX_SHEET_ROWS:
            raise DomainError("too_many_rows", f"A workbook takes {MAX_SHEET_ROWS:,} orders at most; name fewer days.")
        with written_whole(options.xlsx) as target:
            xlsx_form.write_orders(target, stream.rows(wanted, word), zone, _heard)
    elif options.output is not None:
        with written_whole(options.output) as target, target.open("wb") as file:
            csv_form.write_orders(file, stream, wanted, zone, _heard, word)
    else:
        sys.stdout.flush()
        csv_form.write_orders(sys.stdout.buffer, stream, wanted, zone, _heard, word)
        sys.stdout.buffer.flush()


def _heard(_done: int) -> None:
    """Nobody watches how far it is."""


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


def _orders(listing: OrderList, wanted: OrderFilter, word: str | None) -> Iterator[OrderSnapshot]:
    """Read page after page, so that a million orders take no more memory than a hundred."""
    after = None
    while True:
        page = listing.page(wanted, after)
        for snapshot in page.orders:
            words = {snapshot.status.lower(), snapshot.standing.lower(), snapshot.leading.state.lower()}
            if word is None or word in words:
                yield snapshot
        if page.next_key is None:
            return
        after = page.next_key


def _print_json(orders: Iterator[OrderSnapshot], out: TextIO) -> None:
    separator = "["
    for snapshot in orders:
        out.write(f"{separator}\n{json.dumps(order_facts(snapshot))}")
        separator = ","
    out.write("[]\n" if separator == "[" else "\n]\n")


def _print_table(orders: Iterator[OrderSnapshot]) -> None:
    count = 0
    for snapshot in orders:
        count += 1
        order = snapshot.order
        at = (instant(order.created_at) or "")[:19].replace("T", " ")
        amount = f"{order.money.currency} {order.money.grouped()}"
        ref = snapshot.leading.merchant_order_id
        sys.stdout.write(f"{at}  {amount:>20}  {snapshot.standing.value:<10}  {ref:<32}  {printable(order.note)}\n")
    sys.stdout.write(f"{count} order{'' if count == 1 else 's'} (times are UTC)\n")
