"""The configuration: is there one, can it be used, and can nobody else change it?"""

from __future__ import annotations

import stat
import sys
from typing import TYPE_CHECKING, Final

from posapp.app.config import ConfigError
from posapp.app.doctor.finding import Finding, fail, ok, warn
from posapp.app.doctor.reach import host_of
from posapp.app.usage import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from posapp.app.doctor.ground import Ground

_NO_FILE: Final = "Write posapp.toml as the README shows, or name one with --config."


def examine(ground: Ground) -> Finding:
    """Read the configuration."""
    try:
        path = ground.config_file()
        config = ground.config()
    except UsageError as error:
        return fail(f"{error}.", _NO_FILE)
    except ConfigError as error:
        readable = ground.config_file().is_file()
        return fail(f"{error}.", "Mend the file where the sentence says so." if readable else _NO_FILE)
    figures = {
        "file": str(path),
        "till": config.till,
        "provider": config.provider,
        "host": host_of(config.base_url),
        "flow": config.flow.value,
        "currency": config.currency,
        "time_zone": config.time_zone,
    }
    if _others_may_write(path):
        return warn(
            f"{path} can be changed by every user of this computer, the gateway's address included.",
            "Let only its owner write it.",
            figures,
        )
    said = f"{path}: till {config.till} at {config.provider}, {host_of(config.base_url)}, {config.currency}."
    return ok(said, figures)


def _others_may_write(path: Path) -> bool:
    if sys.platform == "win32":
        return False  # its rights are not in the mode
    return bool(path.stat().st_mode & stat.S_IWOTH)
