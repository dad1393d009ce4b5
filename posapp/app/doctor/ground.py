"""What the doctor's looks have in common: where things lie, and the few costly facts that several of them need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posapp.app.doctor.once import Once

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from posapp.app.config import Config
    from posapp.app.doctor.reach import Reached
    from posapp.app.paths import DataFolder


class Ground:
    """One visit of the doctor. Its facts are made on first use, on the thread that asks first.

    Attributes:
        folder: Where ledger and logs lie.
        network: Whether anything may be sent.
        config: Reads the configuration; raises `ConfigError` or `UsageError`.
        secret: Reads the gateway's secret; raises as `config`, or `SecretError`.
        reached: Sends the gateway one request without credentials; raises as `config`, `SettingsError`, `GatewayError`.
    """

    def __init__(self, find_config: Callable[[], Path], folder: DataFolder, *, network: bool = True) -> None:
        """Note where to look.

        Args:
            find_config: Names the configuration file, or raises `UsageError`.
            folder: Where ledger and logs lie; may be missing.
            network: Whether anything may be sent.
        """
        self._find_config = find_config
        self.folder = folder
        self.network = network
        self.config: Once[Config] = Once(self._read_config)
        self.secret: Once[str] = Once(self._read_secret)
        self.reached: Once[Reached] = Once(self._reach)

    def config_file(self) -> Path:
        """Return the configuration file.

        Raises:
            UsageError: There is none.
        """
        return self._find_config()

    def _read_config(self) -> Config:
        from posapp.app.config import read_config

        return read_config(self._find_config())

    def _read_secret(self) -> str:
        from posapp.app.compose import gateway_secret

        return gateway_secret(self.config())

    def _reach(self) -> Reached:
        from posapp.app.doctor.reach import reach

        return reach(self.config().base_url)
