"""The pretend gateway as a child process: it ends with us, whatever ends us."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any, Final

from posapp.app.child_env import child_env

_END_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class SandboxAccess:
    """How to reach a running sandbox.

    Attributes:
        base_url: Address of both providers' APIs.
        control_url: Address of its control API.
        account: Merchant number or client id at the wanted provider.
        secret: The secret that goes with it.
    """

    base_url: str
    control_url: str
    account: str
    secret: str


class SandboxChild:
    """A sandbox that runs for as long as this object lives; its stdin is the rope between us."""

    def __init__(self) -> None:
        """Start the process; it needs a moment until `access` answers."""
        command = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "posapp"]
        self._process = subprocess.Popen(  # noqa: S603 - our own program, no word from outside
            [*command, "sandbox", "--port", "0", "--stop-with-stdin"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=child_env(),
        )

    def access(self, provider: str) -> SandboxAccess:
        """Wait until it is ready and return how to reach it. Blocks, so never on the GUI thread.

        Raises:
            OSError: It did not start.
        """
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise OSError(f"the embedded sandbox ended with code {self._process.wait()}")
        ready: dict[str, Any] = json.loads(line)
        mine: dict[str, str] = ready[provider]
        return SandboxAccess(
            base_url=ready["base_url"],
            control_url=ready["control_url"],
            account=mine["uid"] if provider == "cbtis" else mine["client_id"],
            secret=mine["secret"],
        )

    def close(self) -> None:
        """Let it go, and see to it that it is gone."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
