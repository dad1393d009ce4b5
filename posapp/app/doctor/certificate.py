"""The few facts of a certificate that a person wants to read, out of its DER bytes, believed by nobody yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEQUENCE: Final = 0x30
_SET: Final = 0x31
_VERSION: Final = 0xA0
_EXTENSIONS: Final = 0xA3
_UTC_TIME: Final = 0x17
_DNS_NAME: Final = 0x82
_LONG_FORM: Final = 0x80
_MAX_LENGTH_BYTES: Final = 4
_CENTURY_TURN: Final = 50
_COMMON_NAME: Final = bytes.fromhex("550403")
_ORGANISATION: Final = bytes.fromhex("55040a")
_ALT_NAMES: Final = bytes.fromhex("551d11")
_MAX_SHOWN: Final = 80


class BadCertificate(ValueError):
    """The bytes are no certificate that can be read."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says of itself; its texts are cut and printable.

    Attributes:
        hosts: The hosts it is for, else its common name.
        issuer: Who signed it.
        not_before: When it begins to be valid, UTC.
        not_after: When it ends, UTC.
    """

    hosts: tuple[str, ...]
    issuer: str
    not_before: datetime
    not_after: datetime


def read_certificate(der: bytes) -> Certificate:
    """Read a certificate.

    Raises:
        BadCertificate: The bytes are none.
    """
    try:
        fields = [field for field in _items(_inside(_inside(der))) if field[0] != _VERSION]
        # serial number, signature's kind, issuer, validity, subject, key, then what is optional
        _, _, (_, issuer), (_, validity), (_, subject), _, *rest = fields
        (first, begins), (last, ends) = _items(validity)
        hosts = tuple(_shown(name) for name in _alt_names(rest)) or (_name(subject),)
        return Certificate(hosts, _name(issuer), _instant(first, begins), _instant(last, ends))
    except (ValueError, IndexError, OverflowError) as error:
        raise BadCertificate("the certificate cannot be read") from error


def _items(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Walk the elements that stand side by side: tag and content of each."""
    at = 0
    while at < len(data):
        tag, length = data[at], data[at + 1]
        at += 2
        if length >= _LONG_FORM:
            width = length - _LONG_FORM
            if not 0 < width <= _MAX_LENGTH_BYTES:
                raise ValueError("a length of no sense")
            length = int.from_bytes(data[at : at + width], "big")
            at += width
        if at + length > len(data):
            raise ValueError("an element that is longer than what holds it")
        yield tag, data[at : at + length]
        at += length


def _inside(data: bytes) -> bytes:
    tag, content = next(_items(data), (0, b""))
    if tag != _SEQUENCE:
        raise ValueError("no sequence")
    return content


def _name(data: bytes) -> str:
    """Return common name and organisation, as far as there are any."""
    found: dict[bytes, str] = {}
    for tag, part in _items(data):
        if tag != _SET:
            continue
        for _, pair in _items(part):
            (_, kind), (_, text) = _items(pair)
            found.setdefault(kind, _shown(text))
    wanted = [found[kind] for kind in (_COMMON_NAME, _ORGANISATION) if found.get(kind)]
    return ", ".join(dict.fromkeys(wanted)) or "nobody named"


def _alt_names(rest: list[tuple[int, bytes]]) -> list[bytes]:
    for tag, content in rest:
        if tag != _EXTENSIONS:
            continue
        for _, extension in _items(_inside(content)):
            parts = list(_items(extension))
            if parts[0][1] == _ALT_NAMES:
                return [name for kind, name in _items(_inside(parts[-1][1])) if kind == _DNS_NAME]
    return []


def _instant(tag: int, text: bytes) -> datetime:
    written = text.decode("ascii")
    if tag == _UTC_TIME:
        written = ("19" if int(written[:2]) >= _CENTURY_TURN else "20") + written
    return datetime.strptime(written, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _shown(text: bytes) -> str:
    decoded = text.decode("utf-8", errors="replace")
    return "".join(character if character.isprintable() else "?" for character in decoded)[:_MAX_SHOWN]
