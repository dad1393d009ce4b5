"""The printers that the operating system knows; receipts are a later version's, so none is no fault."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from posapp.app.doctor.finding import Finding, ok, skipped

if TYPE_CHECKING:
    from posapp.app.doctor.ground import Ground

_LIMIT_S: Final = 5.0
_SHOWN: Final = 10


def examine(_ground: Ground) -> Finding:
    """Ask the printing system."""
    if sys.platform == "win32":
        default = _windows_default()
        return ok(f"{default} is the default." if default else "None found.", {"default": default})
    tool = shutil.which("lpstat")
    if tool is None:
        return skipped("There is no printing system (CUPS) on this computer.")
    names = [line.split(" ")[0] for line in _said(tool, "-a")][:_SHOWN]
    found = [line.rpartition(": ")[2] for line in _said(tool, "-d") if ": " in line]
    default = found[0] if found else None
    said = f"{', '.join(names)}; {default or 'none'} is the default." if names else "None found."
    return ok(said, {"printers": names, "default": default})


def _said(tool: str, option: str) -> list[str]:
    """Return the lines of `lpstat`; none where its server does not run."""
    from posapp.app.child_env import child_env

    done = subprocess.run(  # noqa: S603 - found on the path, without a word from outside
        [tool, option], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=_LIMIT_S, check=False,
        env=child_env(LC_ALL="C"),
    )  # fmt: skip
    lines = done.stdout.decode("utf-8", errors="replace").splitlines()
    return ["".join(c for c in line if c.isprintable()) for line in lines if line.strip()]


def _windows_default() -> str | None:
    if sys.platform != "win32":
        return None
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, r"Software\Microsoft\Windows NT\CurrentVersion\Windows") as key:
            device = str(winreg.QueryValueEx(key, "Device")[0])
    except OSError:
        return None
    return device.partition(",")[0] or None
