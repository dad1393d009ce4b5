"""The options that every command has: `--data-dir` and `--config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posapp.app.paths import DataFolder, default_config_file, default_data_folder

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


def data_folder(options: argparse.Namespace) -> DataFolder:
    """Return the data folder that was named, else the operating system's, made where it is missing."""
    folder = DataFolder(options.data_dir or default_data_folder())
    folder.make()
    return folder


def config_file(options: argparse.Namespace) -> Path:
    """Return the configuration file that was named, else the default place."""
    return options.config or default_config_file()
