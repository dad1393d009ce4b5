"""`posapp reconcile`: asks the gateway about every payment of a day again and lists what differs."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from posapp.app import exit_codes
from posapp.app.commands.orders import day_option
from posapp.app.compose import build_services, gateway_secret, gateway_settings, till_facts
from posapp.app.config import read_config
from posapp.app.json_lines import write_line
from posapp.app.logs import start_logging
from posapp.app.options import config_file, data_folder
from posapp.services.events import Event
from posapp.services.exports.safe_text import printable

if TYPE_CHECKING:
    import argparse

    from posapp.app.json_lines import Json
    from posapp.domain.comparison import Comparison


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--day", type=day_option, metavar="YYYY-MM-DD", help="which business day; today's if not given")
    parser.add_argument("--training", action="store_true", help="the day of training mode instead")
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object")


def run(options: argparse.Namespace) -> int:
    """Compare the day; 0 where all agree, 1 where something differs, 5 where something got no answer."""
    config = read_config(config_file(options))
    folder = data_folder(options)
    start_logging(folder.logs)
    settings = gateway_settings(config, gateway_secret(config))
    facts = till_facts(config, training=options.training)

    async def compare() -> Comparison:
        services = build_services(facts, settings, folder, _unheard, config.base_seconds)
        try:
            services.recover()
            return await services.comparer.compare(options.day or services.day.today())
        finally:
            await services.stop()

    made = asyncio.run(compare())
    if options.json:
        write_line(_facts(made))
    else:
        _print(made)
    if made.findings:
        return exit_codes.FAILED
    return exit_codes.OPEN if made.unanswered else exit_codes.OK


def _unheard(_event: Event) -> None:
    """Nobody watches: the result says all."""


def _facts(made: Comparison) -> dict[str, Json]:
    return {
        "day": made.day.isoformat(),
        "payments": made.payments,
        "agreed": made.agreed,
        "learned": made.learned,
        "complete": made.complete,
        "differences": [
            {
                "order_id": each.order_id,
                "merchant_order_id": each.merchant_order_id,
                "difference": each.difference.value,
                "here": each.here,
                "there": each.there,
            }
            for each in made.findings
        ],
        "unanswered": [
            {"order_id": each.order_id, "merchant_order_id": each.merchant_order_id, "problem": each.problem_code}
            for each in made.unanswered
        ],
    }


def _print(made: Comparison) -> None:
    sys.stdout.write(f"{made.day}: {made.agreed} of {made.payments} agree\n")
    for each in made.findings:
        here, there = printable(each.here), printable(each.there)
        sys.stdout.write(f"{each.merchant_order_id:<32}  {each.difference.value:<14}  {here}  |  {there}\n")
    for silent in made.unanswered:
        sys.stdout.write(f"{silent.merchant_order_id:<32}  {'NO_ANSWER':<14}  {silent.problem_code}\n")
