"""Waiting for the keyring: a person may be asked to unlock it, and neither till nor program's end waits for that."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from posapp.app.compose import gateway_secret

if TYPE_CHECKING:
    from posapp.app.config import Config


async def waited_secret(config: Config) -> str:
    """Return the gateway's secret; the thread that reads it is left behind where nobody waits any more.

    Raises:
        SecretError: As `gateway_secret`.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[str] = loop.create_future()

    def settle(secret: str | None, error: Exception | None) -> None:
        if answer.done():
            return
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(secret or "")

    def read() -> None:
        secret, failed = None, None
        try:
            secret = gateway_secret(config)
        except Exception as error:  # noqa: BLE001 - told to whoever waits
            failed = error
        with suppress(RuntimeError):  # the loop is gone
            loop.call_soon_threadsafe(settle, secret, failed)

    threading.Thread(target=read, name="posapp-keyring", daemon=True).start()
    return await answer
