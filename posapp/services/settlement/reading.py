"""Reading a settlement file line by line: its encoding and separator found out, hostile ones refused with a reason."""

from __future__ import annotations

import codecs
import csv
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from posapp.domain.errors import DomainError
from posapp.domain.settlement import MAX_BYTES
from posapp.services.exports.whole_file import named

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

_CHUNK: Final = 1 << 20
_MOST_COLUMNS: Final = 200
_SEPARATORS: Final = (",", ";", "\t")
_ENCODINGS: Final = ("utf-8", "gb18030")
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

Line = tuple[int, tuple[str, ...]]
"""Number of the line in the file, from 1, and its cells."""


@contextmanager
def settlement_lines(path: Path) -> Generator[Iterator[Line]]:
    """Open a file and read its lines, the header first; empty lines and remarks (`#`) are left out.

    Raises:
        DomainError: `settlement_too_large`, `settlement_not_text`, `settlement_no_columns` or `settlement_broken`.
        TargetError: The file cannot be read.
    """
    with named():
        if path.stat().st_size > MAX_BYTES:
            raise DomainError("settlement_too_large", f"The file has more than {MAX_BYTES // 1_000_000} MB.")
        encoding = _encoding_of(path)
        with path.open(encoding=encoding, newline="") as file:
            separator = _separator_of(path, encoding)
            yield _lines(csv.reader(file, delimiter=separator, strict=True))


def _lines(reader: Iterator[list[str]]) -> Iterator[Line]:
    width = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise DomainError("settlement_broken", f"Line {_number(reader)} cannot be read: {error}.") from error
        except UnicodeError as error:
            raise DomainError("settlement_not_text", "The file is no text.") from error
        if cells is None:
            break
        if not any(cell.strip() for cell in cells) or cells[0].lstrip().startswith("#"):
            continue
        if len(cells) > _MOST_COLUMNS:
            raise DomainError("settlement_broken", f"Line {_number(reader)} has more than {_MOST_COLUMNS} columns.")
        width = width or len(cells)
        yield _number(reader), tuple(_cell(cell) for cell in cells)
    if width < 2:  # noqa: PLR2004 - an id and an amount
        raise DomainError("settlement_no_columns", "The file has no columns that could be told apart.")


def _number(reader: Iterator[list[str]]) -> int:
    return int(getattr(reader, "line_num", 0))


def _cell(text: str) -> str:
    """Take off what bills put before long numbers so that spreadsheets leave them alone."""
    return text.strip().lstrip("`'").strip()


def _encoding_of(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(4)
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    for encoding in _ENCODINGS:
        if _is_text(path, encoding):
            return encoding
    raise DomainError("settlement_not_text", "The file is no text in UTF-8 or GB 18030.")


def _is_text(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            if b"\0" in chunk:
                return False
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                return False
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _separator_of(path: Path, encoding: str) -> str:
    """Take what stands most often in the first line that is no remark."""
    with path.open(encoding=encoding, newline="") as file:
        for _ in range(100):
            try:
                line = file.readline(65_536)
            except UnicodeError as error:
                raise DomainError("settlement_not_text", "The file is no text.") from error
            if line.strip() and not line.lstrip().startswith("#"):
                return max(_SEPARATORS, key=line.count)
    raise DomainError("settlement_no_columns", "The file has no columns that could be told apart.")
