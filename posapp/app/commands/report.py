"""`posapp report`: what a business day adds up to."""

from __future__ import annotations

import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from posapp.app import exit_codes
from posapp.app.commands.orders import day_option
from posapp.app.compose import ledger_file, till_facts
from posapp.app.config import read_config
from posapp.app.files import written_whole
from posapp.app.options import config_file, data_folder
from posapp.app.report_table import table_lines
from posapp.app.system_clock import SystemClock
from posapp.domain.day_text import report_from, report_text
from posapp.domain.export import ExportForm
from posapp.domain.staff import Authority
from posapp.services.day import TradingDay
from posapp.services.exports import csv_form
from posapp.services.exports.day_lines import table
from posapp.services.exports.files import write_day
from posapp.store.ledger import open_ledger_to_read
from posapp.ui.printing.lazy_paper import LazyPaper

if TYPE_CHECKING:
    import argparse
    from collections.abc import Generator

    from posapp.domain.day_report import DayReport


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--day", type=day_option, metavar="YYYY-MM-DD", help="which business day; today's if not given")
    parser.add_argument("--training", action="store_true", help="the day of training mode instead")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the canonical JSON, of a closed day its Z")
    form.add_argument("--csv", nargs="?", const="-", metavar="FILE", help="print CSV, or write it into a file")
    form.add_argument("--xlsx", metavar="FILE", help="write a workbook")
    form.add_argument("--pdf", metavar="FILE", help="write A4 pages; of a closed day a counted copy of its Z")


def run(options: argparse.Namespace) -> int:
    """Print what the day adds up to; of a closed day exactly what its Z says."""
    report = read_report(options)
    if options.json:
        sys.stdout.write(report_text(report) + "\n")
    elif options.csv == "-":
        csv_form.write_table(sys.stdout.buffer, table(report))
        sys.stdout.buffer.flush()
    elif options.csv or options.xlsx or options.pdf:
        _write(options, report)
    else:
        sys.stdout.writelines(f"{line}\n" for line in table_lines(report))
    return exit_codes.OK


def _write(options: argparse.Namespace, report: DayReport) -> None:
    """Write the file that the options name, whole or not at all."""
    name = options.csv or options.xlsx or options.pdf
    form = ExportForm.CSV if options.csv else ExportForm.XLSX if options.xlsx else ExportForm.PDF
    with written_whole(Path(name)) as target:
        copy = 0
        if form is ExportForm.PDF:
            from posapp.app.drawing import ready_to_draw

            ready_to_draw()
            report, copy = _copied(options, report)
        write_day(target, form, report, LazyPaper(), copy)


def read_report(options: argparse.Namespace) -> DayReport:
    """Add the day up that the options name; reads, and writes nothing."""
    with _days(options) as days:
        return days.report(options.day or days.today())


def _copied(options: argparse.Namespace, report: DayReport) -> tuple[DayReport, int]:
    """Return what goes on paper, and which copy of its Z that is, counted before as the window does; 0 for no Z.

    Raises:
        LedgerError: The copy could not be written down, so there is none.
    """
    if report.close_number is None:
        return report, 0
    with _days(options) as days:
        reprint = days.stored.reprint(report.close_number, Authority(""), SystemClock().now())
    return report_from(reprint.text), reprint.copy


@contextmanager
def _days(options: argparse.Namespace) -> Generator[TradingDay]:
    facts = till_facts(read_config(config_file(options)), training=options.training)
    with closing(open_ledger_to_read(ledger_file(data_folder(options), training=options.training))) as ledger:
        yield TradingDay(ledger, facts, SystemClock())
