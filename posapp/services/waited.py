"""Waiting for what may block for ever, like a keyring that asks to be unlocked: the end of the program does not."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


async def waited(read: Callable[[], T]) -> T:
    """Return what a function returns; the thread that runs it is left behind where nobody waits any more.

    Raises:
        Exception: What the function raises.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def settle(give: Callable[[], None]) -> None:
        if not answer.done():
            give()

    def work() -> None:
        try:
            result = read()
        except Exception as error:  # noqa: BLE001 - told to whoever waits
            failed = error

            def give() -> None:
                answer.set_exception(failed)
        else:

            def give() -> None:
                answer.set_result(result)

        with suppress(RuntimeError):  # the loop is gone
            loop.call_soon_threadsafe(settle, give)

    threading.Thread(target=work, name="posapp-keyring", daemon=True).start()
    return await answer
