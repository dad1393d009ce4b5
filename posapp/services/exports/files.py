"""What goes into a file, by its form; runs on a thread of its own and reads over a connection of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from posapp.domain.day_text import report_text
from posapp.domain.export import ExportForm
from posapp.services.exports import csv_form, json_form
from posapp.services.exports.day_lines import day_lines, table
from posapp.services.exports.whole_file import named
from posapp.store.order_stream import open_stream

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from posapp.domain.day_report import DayReport
    from posapp.domain.export import Heading, Paper
    from posapp.domain.order_query import OrderFilter

_BUFFER: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Source:
    """Which orders.

    Attributes:
        ledger: The ledger's file.
        wanted: The filter.
        word: A status, standing or state that they must have besides; None for any.
    """

    ledger: Path
    wanted: OrderFilter
    word: str | None = None


def count_orders(source: Source) -> int:
    """Count the orders that a filter lets through; of those with a word, at least so many as there are."""
    with open_stream(source.ledger) as stream:
        return stream.count(source.wanted)


def write_orders(
    target: Path,
    form: ExportForm,
    source: Source,
    heading: Heading,
    paper: Paper | None,
    heard: Callable[[int], None],
) -> int:
    """Write orders into a file that is there and empty; returns how many.

    Args:
        target: The file.
        form: Its form.
        source: Which orders.
        heading: What stands above them on paper, and the time zone.
        paper: Draws a PDF.
        heard: Told how many are done; raises where it is to end.

    Raises:
        TargetError: The file cannot be written.
        LedgerError: The ledger cannot be read.
    """
    wanted, word = source.wanted, source.word
    with open_stream(source.ledger) as stream, named():
        match form:
            case ExportForm.CSV:
                with target.open("wb", _BUFFER) as file:
                    return csv_form.write_orders(file, stream, wanted, heading.zone, heard, word)
            case ExportForm.JSON:
                with target.open("wb", _BUFFER) as file:
                    return json_form.write_orders(file, stream.rows(wanted, word), heading.zone, heard)
            case ExportForm.XLSX:
                from posapp.services.exports import xlsx_form  # 60 ms of import that no start must pay for

                return xlsx_form.write_orders(target, stream.rows(wanted, word), heading.zone, heard)
            case ExportForm.PDF:
                if paper is None:
                    raise ValueError("a PDF needs somebody who draws")
                paper.orders(str(target), heading, stream.rows(wanted, word), heard)
                return heading.rows


def write_day(target: Path, form: ExportForm, report: DayReport, paper: Paper | None, copy: int = 0) -> int:
    """Write a day's report into a file that is there and empty; returns how many lines it has.

    Args:
        target: The file.
        form: Its form; JSON is the canonical text that a Z is kept as.
        report: What the day adds up to.
        paper: Draws a PDF.
        copy: Which copy of a Z it is; 0 for none.

    Raises:
        TargetError: The file cannot be written.
    """
    lines = sum(1 for _ in day_lines(report))
    with named():
        match form:
            case ExportForm.CSV:
                with target.open("wb", _BUFFER) as file:
                    csv_form.write_table(file, table(report))
            case ExportForm.JSON:
                target.write_bytes(report_text(report).encode() + b"\n")
            case ExportForm.XLSX:
                from posapp.services.exports import xlsx_form  # as above

                xlsx_form.write_day(target, day_lines(report), report.zone)
            case ExportForm.PDF:
                if paper is None:
                    raise ValueError("a PDF needs somebody who draws")
                paper.day(str(target), report, copy)
    return lines
