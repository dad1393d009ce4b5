"""The versions of what the till is made of."""

from __future__ import annotations

import platform
import sqlite3
import ssl
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from posapp import __version__
from posapp.app.doctor.finding import Finding, fail, ok

if TYPE_CHECKING:
    from posapp.app.doctor.ground import Ground


def examine(_ground: Ground) -> Finding:
    """List them."""
    python = platform.python_version()
    try:
        qt = version("PySide6-Essentials")
    except PackageNotFoundError:
        return fail(
            "Qt for Python is not installed.", "Install posapp anew.", {"posapp": __version__, "python": python}
        )
    system = f"{_distribution() or platform.system()} {platform.machine()}"
    figures = {
        "posapp": __version__,
        "python": python,
        "qt": qt,
        "sqlite": sqlite3.sqlite_version,
        "openssl": ssl.OPENSSL_VERSION,
        "system": system,
        "kernel": platform.release(),
        "httpx": _of("httpx"),
        "keyring": _of("keyring"),
    }
    return ok(f"posapp {__version__}, Python {python}, Qt {qt}, SQLite {sqlite3.sqlite_version}, {system}.", figures)


def _of(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _distribution() -> str | None:
    if sys.platform != "linux":
        return f"{platform.system()} {platform.version()}"
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME")
    except OSError:
        return None
