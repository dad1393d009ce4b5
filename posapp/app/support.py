"""The support bundle: what somebody far away needs to know of this till, and nothing that is secret."""

from __future__ import annotations

import json
import os
import re
import tempfile
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from posapp.app.config import MAX_FILE_BYTES
from posapp.app.redaction import redacted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posapp.app.doctor.finding import Figure, Figures
    from posapp.app.doctor.ground import Ground
    from posapp.app.paths import DataFolder

LOG_BYTES: Final = 256 * 1024
CRASH_BYTES: Final = 64 * 1024
MAX_LISTED: Final = 2_000
_LOG_FILES: Final = 3
_KNOWN_KEYS: Final = frozenset(
    "name till time_zone day_starts_at provider base_url flow currency uid client_id base_seconds "
    "success_url failed_url canceled_url notify_url return_url".split()
)
"""Keys of the configuration whose values are no secrets; whatever else somebody wrote into the file is blanked."""

_KEY: Final = re.compile(r"""\s*(?P<key>[\w.-]+)\s*=\s*(?P<value>"[^"\\#]*"|[\d.]+)?\s*(?:\#.*)?""")
_TABLE: Final = re.compile(r"\s*\[\s*[\w.]+\s*\]\s*(?:#.*)?")


def write_bundle(target: Path, ground: Ground, report: Figures) -> None:
    """Write the bundle, readable by its owner alone; a file of that name is replaced once the new one is whole.

    Args:
        target: The zip file.
        ground: The doctor's visit.
        report: The doctor's report.

    Raises:
        OSError: It cannot be written.
    """
    number, made = tempfile.mkstemp(prefix=".bundle-", suffix=".zip", dir=target.absolute().parent)  # mode 0600
    try:
        with os.fdopen(number, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
            for name, text in _parts(ground, report):
                bundle.writestr(name, "\n".join(redacted(line) for line in text.split("\n")))
        Path(made).replace(target)
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise


def _parts(ground: Ground, report: Figures) -> Iterator[tuple[str, str]]:
    yield "doctor.json", json.dumps(report, indent=2)
    yield "configuration.txt", _configuration(ground)
    yield "files.txt", "\n".join(_listing(ground.folder.root)) + "\n"
    yield "ledger.json", json.dumps(_statistics(ground.folder), indent=2)
    for path in sorted(ground.folder.logs.glob("posapp.log*"))[:_LOG_FILES]:
        yield f"logs/{path.name}", _tail(path, LOG_BYTES)
    for path in sorted(ground.folder.logs.glob("crash*.log*"))[:_LOG_FILES]:
        yield f"logs/{path.name}", _tail(path, CRASH_BYTES)


def _configuration(ground: Ground) -> str:
    from posapp.app.usage import UsageError

    try:
        path = ground.config_file()
        with path.open("rb") as file:
            raw = file.read(MAX_FILE_BYTES)
    except (OSError, UsageError) as error:
        return f"not readable: {type(error).__name__}\n"
    lines = raw.decode("utf-8-sig", errors="replace").split("\n")
    return "\n".join(_line(line.rstrip("\r")) for line in lines)


def _line(line: str) -> str:
    """Keep a line of the configuration as far as it is known to be harmless; the file may be anything."""
    if not line.strip() or _TABLE.fullmatch(line):
        return line.partition("#")[0].rstrip()
    found = _KEY.fullmatch(line)
    if found is None:
        return "# ***" if line.lstrip().startswith("#") else "***"
    shown = found["value"] if found["value"] and found["key"] in _KNOWN_KEYS else "***"
    return f"{found['key']} = {shown}"


def _listing(root: Path) -> Iterator[str]:
    """List the data folder's files: mode, size, time of change (UTC), name."""
    for count, (folder, _, names) in enumerate(os.walk(root)):
        for name in sorted(names):
            path = Path(folder) / name
            with suppress(OSError):
                facts = path.stat()
                at = datetime.fromtimestamp(facts.st_mtime, UTC)
                yield f"{facts.st_mode:o} {facts.st_size:>12} {at:%Y-%m-%dT%H:%M:%SZ} {path.relative_to(root)!s}"
        if count > MAX_LISTED:
            yield "... and more"
            return


def _statistics(folder: DataFolder) -> dict[str, Figure]:
    from posapp.app.doctor.ledger_file import examine_file

    found: dict[str, Figure] = {}
    for path in (folder.ledger, folder.training_ledger):
        if path.exists():
            finding = examine_file(path, 3.0)
            found[path.name] = {"said": finding.sentence, **finding.figures}
    return found


def _tail(path: Path, most: int) -> str:
    """Return the end of a file, beginning with a whole line."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - most))
            raw = file.read(most)
    except OSError as error:
        return f"not readable: {error.strerror}\n"
    text = raw.decode("utf-8", errors="replace")
    return text if size <= most else text.partition("\n")[2]
