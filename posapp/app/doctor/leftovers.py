"""What earlier troubles left in the data folder: crash reports, ledgers set aside, files half made."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from posapp.app.doctor.finding import Finding, ok, warn

if TYPE_CHECKING:
    from pathlib import Path

    from posapp.app.doctor.ground import Ground

RECENT_S: Final = 14 * 86_400
_SHOWN: Final = 5


def examine(ground: Ground) -> Finding:
    """Count them."""
    folder = ground.folder
    crashes = [path for path in _matching(folder.logs, "crash*.log*") if path.stat().st_size]
    aside = [*_matching(folder.root, "*set-aside*"), *_matching(folder.root, "*aside*.db")]
    names = list(dict.fromkeys(path.name for path in aside if not path.name.endswith(("-wal", "-shm"))))
    locks = _matching(folder.owners, "*.lock")
    figures = {"crash_files": [path.name for path in crashes], "set_aside": [*names[:_SHOWN]], "lock_files": len(locks)}
    told: list[str] = []
    if any(time.time() - path.stat().st_mtime < RECENT_S for path in crashes):
        told.append("posapp has crashed here lately")
    if names:
        told.append(f"{len(names)} ledger(s) were set aside ({', '.join(names[:_SHOWN])})")
    if not told:
        return ok("None.", figures)
    sentence = " and ".join(told)
    return warn(
        f"{sentence}.",
        "Send the support bundle (posapp doctor --bundle FILE) to whoever looks after posapp.",
        figures,
    )


def _matching(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern)) if folder.is_dir() else []
