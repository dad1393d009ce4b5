"""The options that every command has: `--data-dir` and `--config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posapp.app.paths import DataFolder, default_config_file, default_data_folder
from posapp.app.usage import UsageError

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


def data_folder(options: argparse.Namespace) -> DataFolder:
    """Return the data folder that was named, else the operating system's, made where it is missing."""
    folder = DataFolder(options.data_dir or default_data_folder())
    folder.make()
    return folder


def config_file(options: argparse.Namespace) -> Path:
    """Return the configuration file that was named, else the one in the default place.

    Raises:
        UsageError: None was named and there is none in the default place.
    """
    if options.config is not None:
        return options.config
    usual = default_config_file()
    if not usual.exists():
        raise UsageError(f"{usual}: there is no configuration yet; write one (README.md) or try `posapp demo`")
    return usual
