"""Waiting for the keyring: a person may be asked to unlock it, and neither till nor program's end waits for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posapp.app.compose import gateway_secret
from posapp.services.waited import waited

if TYPE_CHECKING:
    from posapp.app.config import Config


async def waited_secret(config: Config) -> str:
    """Return the gateway's secret; the thread that reads it is left behind where nobody waits any more.

    Raises:
        SecretError: As `gateway_secret`.
    """
    return await waited(lambda: gateway_secret(config))
