"""A workbook that is written from the top and keeps no row in memory; no text in it is ever a formula."""

from __future__ import annotations

from importlib import import_module
from io import FileIO
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, Protocol, cast

from posapp.domain.currency import decimals_of
from posapp.domain.money import Money
from posapp.services.exports.safe_text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal
    from pathlib import Path
    from typing import TextIO

    from typing_extensions import Buffer

_LONGEST: Final = 32_000
"""Characters of a cell; a workbook takes 32,767."""


class Format(Protocol):
    """How a cell is shown."""


class Sheet(Protocol):
    """One sheet, as far as it is used here (XlsxWriter brings no types)."""

    row_data_fh: TextIO

    def freeze_panes(self, row: int, column: int) -> int:
        """Keep what lies above and left of a cell in sight."""
        ...

    def set_column(self, first: int, last: int, width: float) -> int:
        """Set a width in characters."""
        ...

    def write_string(self, row: int, column: int, text: str, look: Format | None = None) -> int:
        """Write a text as a text."""
        ...

    def write_number(self, row: int, column: int, number: Decimal | float, look: Format | None = None) -> int:
        """Write a number."""
        ...

    def write_datetime(self, row: int, column: int, at: datetime, look: Format | None = None) -> int:
        """Write a time without a zone."""
        ...


class _Book(Protocol):
    def add_format(self, properties: dict[str, object]) -> Format: ...
    def add_worksheet(self, name: str) -> Sheet: ...
    def close(self) -> None: ...


class Workbook:
    """Leave it with `close`, or with `give_up`."""

    def __init__(self, target: Path) -> None:
        """Begin one; what is on its way lies in the system's folder for that."""
        self._spill = TemporaryDirectory(prefix="posapp-xlsx-")
        options = {"constant_memory": True, "tmpdir": self._spill.name}
        self._file = _PatientFile(target, "wb")
        self._book = cast("_Book", import_module("xlsxwriter").Workbook(self._file, options))
        self._head = self._book.add_format({"bold": True, "bottom": 1})
        self._time = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._amounts: dict[int, Format] = {}
        self._sheets: list[Sheet] = []

    def add(self, name: str, headers: Sequence[tuple[str, int]]) -> Sheet:
        """Add a sheet with a header that stays in sight; `headers` are names and widths in characters."""
        sheet = self._book.add_worksheet(name)
        self._sheets.append(sheet)
        sheet.freeze_panes(1, 0)
        for place, (_header, width) in enumerate(headers):
            sheet.set_column(place, place, width)
        for place, (header, _width) in enumerate(headers):
            sheet.write_string(0, place, header, self._head)
        return sheet

    def text(self, sheet: Sheet, row: int, place: int, value: str | None) -> None:
        """Write a text; nothing leaves the cell empty."""
        if value:
            sheet.write_string(row, place, printable(value)[:_LONGEST])

    def amount(self, sheet: Sheet, row: int, place: int, minor: int, currency: str) -> None:
        """Write minor units as a number in major ones, shown with the currency's decimals."""
        decimals = decimals_of(currency)
        if decimals not in self._amounts:
            pattern = "#,##0" + (f".{'0' * decimals}" if decimals else "")
            self._amounts[decimals] = self._book.add_format({"num_format": pattern})
        sheet.write_number(row, place, Money(minor, currency).to_decimal(), self._amounts[decimals])

    def time(self, sheet: Sheet, row: int, place: int, local: datetime) -> None:
        """Write a moment of the shop's clocks."""
        sheet.write_datetime(row, place, local, self._time)

    def close(self) -> None:
        """Write the file.

        Raises:
            OSError: It could not be written.
        """
        try:
            self._book.close()
            self._file.check()
        finally:
            self.give_up()

    def give_up(self) -> None:
        """Leave nothing on its way; a second time does no harm."""
        for sheet in self._sheets:
            if not sheet.row_data_fh.closed:
                sheet.row_data_fh.close()
        self._spill.cleanup()
        self._file.close()


class _PatientFile(FileIO):
    """A file that keeps what goes wrong to itself until it is asked: a zip that failed tries again when it is freed."""

    _error: OSError | None = None

    def write(self, data: Buffer, /) -> int:
        """Write all of it, or nothing more."""
        left = memoryview(data).cast("B")
        size = len(left)
        try:
            while left and self._error is None:
                left = left[super().write(left) :]
        except OSError as error:
            self._error = error
        return size

    def check(self) -> None:
        """Raise what went wrong."""
        if self._error is not None:
            raise self._error
