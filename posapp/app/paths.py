"""Where things lie on this computer: configuration, ledger, logs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

APP_NAME = "posapp"


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The folder that holds everything a till writes.

    Attributes:
        root: The folder itself.
    """

    root: Path

    @property
    def ledger(self) -> Path:
        """The ledger of real sales."""
        return self.root / "ledger.db"

    @property
    def training_ledger(self) -> Path:
        """The ledger of training mode, kept apart so that pretend money is in no total."""
        return self.root / "training.db"

    @property
    def owners(self) -> Path:
        """The lock files of the processes that run on these ledgers."""
        return self.root / "run"

    @property
    def window_lock(self) -> Path:
        """The lock that one window at a time holds."""
        return self.root / "window.lock"

    @property
    def logs(self) -> Path:
        """The log files and the crash file."""
        return self.root / "logs"

    @property
    def backups(self) -> Path:
        """The backups of the ledger of real sales; `store/presence.py` looks for them there, too."""
        return self.root / "backups"

    def make(self) -> None:
        """Make the folder, readable by its owner alone.

        Raises:
            OSError: Where the operating system does not allow it.
        """
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)


def default_data_folder() -> Path:
    """Return the folder that the operating system gives programs for their data."""
    from platformdirs import user_data_path  # not wanted where --data-dir is given

    return user_data_path(APP_NAME, appauthor=False)


def default_config_file() -> Path:
    """Return where the configuration is looked for when none is named."""
    from platformdirs import user_config_path  # not wanted where --config is given

    return user_config_path(APP_NAME, appauthor=False) / "posapp.toml"


def own_umask() -> None:
    """Let nobody else read what this program writes."""
    os.umask(0o077)
