"""Files that a command was asked to write: whole or not at all, with the shop's own time."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from posapp.app.config import read_config
from posapp.app.paths import default_config_file
from posapp.services.exports.whole_file import WholeFile, named

if TYPE_CHECKING:
    import argparse
    from collections.abc import Generator
    from pathlib import Path


@contextmanager
def written_whole(path: Path) -> Generator[Path]:
    """Lend a file to write into; it gets its name when all is written, and goes away where that fails.

    Raises:
        TargetError: It cannot be written.
    """
    file = WholeFile(path)
    file.begin()
    try:
        with named():
            yield file.part
    except BaseException:
        file.give_up()
        raise
    file.finish()


def shop_zone(options: argparse.Namespace) -> str:
    """Return the shop's time zone; UTC where there is no configuration yet."""
    path: Path = options.config or default_config_file()
    if options.config is None and not path.exists():
        return "UTC"
    return read_config(path).time_zone
