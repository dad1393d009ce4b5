"""Looking for a secret in everything that a program left behind, however it is written there."""

from __future__ import annotations

import base64
import io
import os
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TOKEN = re.compile(rb"(?<![0-9a-f])[0-9a-f]{84}(?![0-9a-f])")
"""What the sandbox's access tokens look like; a ledger's hashes lie side by side, so it is not searched for them."""

LEAST_WHOLE = 32
"""Half of a secret that is at least so long is found by no chance."""


def ways_to_write(secret: str) -> list[bytes]:
    """Return a secret as text files, URLs, UTF-16 programs, hex dumps and Base64 (at any offset) write it."""
    raw = secret.encode()
    ways = [raw, quote(secret, safe="").encode(), raw.hex().encode(), raw.hex().upper().encode()]
    ways += [secret.encode("utf-16-le"), secret.encode("utf-16-be")]
    for offset in range(3):
        encoded = base64.b64encode(b"x" * offset + raw).rstrip(b"=")
        ways.append(encoded[4 if offset else 0 : -2])  # what does not depend on the neighbours
    if len(secret) >= LEAST_WHOLE:
        ways += [raw[: len(raw) // 2], raw[len(raw) // 2 :]]  # cut off somewhere
    return list(dict.fromkeys(ways))


def is_in(content: bytes, secrets: Iterable[str]) -> bool:
    """Tell whether one of the secrets can be read out of this."""
    return any(way in content for secret in secrets for way in ways_to_write(secret))


def sightings(folder: Path, secrets: Iterable[str]) -> list[str]:
    """Name every file below a folder, and every file within an archive there, that holds a secret or a token."""
    wanted = list(secrets)
    return [
        name
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
        for name, content in _contents(path)
        if is_in(content, wanted) or (".db" not in name and TOKEN.search(content))
    ]


def _contents(path: Path) -> Iterator[tuple[str, bytes]]:
    content = path.read_bytes()
    yield path.name, content
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield f"{path.name}/{name}", archive.read(name)


def children_of(pid: int) -> list[int]:
    """Return the processes that a process has started and that still run."""
    found: list[int] = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text()
            except OSError:
                continue  # it has just ended
            if int(stat.rpartition(")")[2].split()[1]) == pid:
                found.append(int(folder.name))
    return found


def environment_of(pid: int) -> bytes:
    """Return the environment that a process was started with."""
    return Path(f"/proc/{pid}/environ").read_bytes()


def command_lines() -> bytes:
    """Return the command lines of all processes, which every user of the machine can read."""
    found = b""
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                found += Path(f"/proc/{name}/cmdline").read_bytes()
            except OSError:
                continue  # it has just ended
    return found
