"""What a hostile server serves: answers that inflate, never end, or break every rule of HTTP; by name."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from typing import TYPE_CHECKING, Final

from tests.unit.gateways.line_server import endless, raw

if TYPE_CHECKING:
    from tests.unit.gateways.line_server import Action

MIB: Final = 1_048_576
INFLATED_MIB: Final = 64
OK: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED: Final = OK + b"Transfer-Encoding: chunked\r\n\r\n"
BODY: Final = b'{"code":0,"data":{"status":"SUCCEEDED"},"message":"ok","rid":"r"}'


def sized(body: bytes, *headers: bytes) -> bytes:
    """Return a whole reply with a true length."""
    return OK + b"".join(header + b"\r\n" for header in headers) + b"Content-Length: %d\r\n\r\n" % len(body) + body


def packed(window: int) -> bytes:
    """Squeeze 64 MiB of blanks, so that a reader that unpacks finds valid JSON in the end."""
    packer = zlib.compressobj(9, zlib.DEFLATED, window)
    parts = [packer.compress(b" " * MIB) for _ in range(INFLATED_MIB)]
    return b"".join([*parts, packer.compress(BODY), packer.flush()])


def zstd_bomb() -> bytes:
    """Return a Zstandard frame whose 512 blocks each repeat one byte 128 kB long."""
    header = struct.pack("<I", 0xFD2FB528) + bytes([0x00, 0x88])
    block = 131_072
    blocks = b"".join(
        (block << 3 | 1 << 1 | last).to_bytes(3, "little") + b" " for last in [0] * (INFLATED_MIB * 8 - 1) + [1]
    )
    return header + blocks


@cache
def bombs() -> dict[str, Action]:
    """Return small bodies that become huge."""
    gzip = packed(16 + zlib.MAX_WBITS)
    return {
        "gzip": raw(sized(gzip, b"Content-Encoding: gzip")),
        "GZip-in-capitals": raw(sized(gzip, b"Content-Encoding:  GZIP ")),
        "x-gzip": raw(sized(gzip, b"Content-Encoding: x-gzip")),
        "deflate": raw(sized(packed(-zlib.MAX_WBITS), b"Content-Encoding: deflate")),
        "br": raw(sized(gzip, b"Content-Encoding: br")),
        "zstd": raw(sized(zstd_bomb(), b"Content-Encoding: zstd")),
        "twice": raw(sized(gzip, b"Content-Encoding: gzip, gzip")),
        "identity-first": raw(sized(gzip, b"Content-Encoding: identity, gzip")),
        "two-lines": raw(sized(gzip, b"Content-Encoding: identity", b"Content-Encoding: gzip")),
        "transfer": raw(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n%x\r\n" % len(gzip) + gzip + b"\r\n0\r\n\r\n"),
    }


def endless_bodies() -> dict[str, Action]:
    """Return bodies without an end, or with a false one."""
    chunk = b"10000\r\n" + b" " * 65_536 + b"\r\n"
    return {
        "chunks": endless(CHUNKED, chunk),
        "tiny-chunks": endless(CHUNKED, b"1\r\n \r\n" * 4_096),
        "no-length": endless(OK + b"\r\n", b" " * 65_536),
        "gigabyte": endless(OK + b"Content-Length: 1073741824\r\n\r\n", b" " * 65_536),
        "announced": raw(OK + b"Content-Length: 1073741824\r\n\r\n" + BODY),
        "absurd-length": raw(OK + b"Content-Length: " + b"9" * 400 + b"\r\n\r\n" + BODY),
        "negative-length": raw(OK + b"Content-Length: -1\r\n\r\n" + BODY),
        "two-lengths": raw(OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n" + BODY),
        "huge-chunk": endless(CHUNKED + b"ffffffffffffffffffff\r\n", b" " * 65_536),
        "chunk-header": endless(CHUNKED + b"1;", b"x" * 65_536),
        "trailers": endless(CHUNKED + b"2\r\n{}\r\n0\r\n", b"X-Trailer: x\r\n" * 4_096),
        "just-above": raw(sized(b" " * (256 * 1024 + 1))),
    }


def broken_heads() -> dict[str, Action]:
    """Return heads of replies that no server should send."""
    lines = {
        "no-status": b"HTTP/1.1\r\n\r\n",
        "words": b"HTTP/1.1 abc OK\r\n\r\n",
        "two-digits": b"HTTP/1.1 99 OK\r\n\r\n",
        "four-digits": b"HTTP/1.1 2000 OK\r\n\r\n",
        "version": b"HTTP/9.9 200 OK\r\n\r\n",
        "other-protocol": b"ICY 200 OK\r\n\r\n",
        "http-0.9": BODY,
        "http-2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "binary": bytes(range(256)) * 8 + b"\r\n\r\n",
        "empty": b"",
        "blank-lines": b"\r\n" * 100_000,
        "no-colon": b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
        "NUL": b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n",
        "blank-name": b"HTTP/1.1 200 OK\r\nX Y: a\r\n\r\n",
        "switching": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
    }
    many = b"".join(b"X-%d: %s\r\n" % (number, b"y" * 8) for number in range(100_000))
    return {
        **{name: raw(line) for name, line in lines.items()},
        "many-headers": raw(OK + many + b"Content-Length: 2\r\n\r\n{}"),
        "long-header": raw(OK + b"X: " + b"y" * MIB + b"\r\nContent-Length: 2\r\n\r\n{}"),
        "endless-headers": endless(OK, b"X: y\r\n" * 4_096),
        "endless-line": endless(OK + b"X: ", b"y" * 65_536),
        "endless-status": endless(b"HTTP/1.1 200 ", b"O" * 65_536),
        "continues": raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 2_000),
    }
