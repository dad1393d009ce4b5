"""Keeps one access token for many callers: fetched once however many wait, renewed in time, never in a loop."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from posapp.gateways.errors import AuthFailed, Malformed, NotSent, OutcomeUnknown, RateLimited

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

MIN_LIFE_S: Final = 60.0
"""A shorter life, zero or less is a fault of the reply; believing it would mean a login before each call."""

RENEW_AT: Final = 0.9
HOLD_OFF_S: Final = 5.0
_MAX_TOKEN: Final = 8192


@dataclass(frozen=True, slots=True)
class Lease:
    """A token and how long it lives.

    Attributes:
        token: The bearer token.
        life_s: Seconds from now, already clamped by `clamped_life`.
    """

    token: str = field(repr=False)
    life_s: float


class TokenKeeper:
    """Holds the current token. Lives on the io thread.

    Time is monotonic, so a wrong or jumping wall clock neither keeps a dead token nor drops a good one.
    """

    def __init__(self, fetch: Callable[[], Awaitable[Lease]], monotonic: Callable[[], float] = time.monotonic) -> None:
        """Keep how to log in.

        Args:
            fetch: Logs in once; raises only `GatewayError`.
            monotonic: Seconds of a clock that never steps back.
        """
        self._fetch = fetch
        self._monotonic = monotonic
        self._lease: Lease | None = None
        self._since = 0.0
        self._rejected_until: float | None = None
        self._login: asyncio.Task[Lease] | None = None

    async def token(self, deadline: float) -> str:
        """Return a token that should be accepted, logging in where needed.

        A token is renewed at 90 % of its life; should that login fail while the old one still lives, the old
        one goes on.

        Args:
            deadline: Moment on the loop's clock by which the caller needs it.

        Raises:
            NotSent: No token in time; whatever happened to the login, the caller's own call did not leave.
            AuthFailed: The credentials are rejected; `sent` is false.
            RateLimited: Too many logins; `sent` is false.
        """
        lease, age = self._lease, self._monotonic() - self._since
        if lease is not None and age < lease.life_s * RENEW_AT:
            return lease.token
        try:
            return await self._renewed(deadline)
        except (NotSent, RateLimited):
            if lease is not None and age < lease.life_s:
                return lease.token
            raise

    def drop(self, token: str) -> None:
        """Forget a token that was answered with 401, unless another caller has already replaced it."""
        if self._lease is not None and self._lease.token == token:
            self._lease = None

    def reject(self, token: str) -> None:
        """Note that even a fresh token was answered with 401: for some seconds nobody tries to log in again."""
        self.drop(token)
        self._rejected_until = self._monotonic() + HOLD_OFF_S

    async def renew(self, deadline: float) -> str:
        """Log in now, whatever is held; what is held stays where that fails.

        Raises:
            NotSent: As `token`.
            AuthFailed: As `token`.
            RateLimited: As `token`.
        """
        self._rejected_until = None
        return await self._renewed(deadline)

    async def aclose(self) -> None:
        """Stop a login under way."""
        if self._login is not None:
            self._login.cancel()
            await asyncio.gather(self._login, return_exceptions=True)

    async def _renewed(self, deadline: float) -> str:
        if self._rejected_until is not None and self._monotonic() < self._rejected_until:
            raise AuthFailed("credentials_rejected", "the gateway rejects our credentials", sent=False)
        if self._login is None:
            # A task of its own: one caller who gives up must not take the login away from the others.
            self._login = asyncio.create_task(self._log_in(), name="gateway login")
            self._login.add_done_callback(self._login_ended)
        login = self._login
        try:
            async with asyncio.timeout_at(deadline):
                lease = await asyncio.shield(login)
        except TimeoutError as exc:
            raise NotSent("login_timeout", "the gateway did not hand out a token in time") from exc
        return lease.token

    async def _log_in(self) -> Lease:
        try:
            lease = await self._fetch()
        except AuthFailed:
            self._lease = None
            self._rejected_until = self._monotonic() + HOLD_OFF_S
            raise
        self._lease = lease
        self._since = self._monotonic()
        self._rejected_until = None
        return lease

    def _login_ended(self, task: asyncio.Task[Lease]) -> None:
        self._login = None
        if not task.cancelled():
            task.exception()  # seen, even where every waiter has gone


def not_sent(error: OutcomeUnknown) -> NotSent:
    """Return what a login without a usable answer means for the call behind it: that call was never sent."""
    return NotSent(error.code, f"no token: {error.message}", support_id=error.support_id, http_status=error.http_status)


def checked_token(text: str | None) -> str:
    """Return a token that can stand in a header.

    Raises:
        Malformed: `token_unusable`; its message never quotes it.
    """
    if not text or len(text) > _MAX_TOKEN or not all("!" <= character <= "~" for character in text):
        raise Malformed("token_unusable", "the gateway's login brought no usable token")
    return text


def clamped_life(seconds: float | None, default_s: float, longest_s: float) -> float:
    """Return a believable life: the default where none was given, else between a minute and the longest."""
    return default_s if seconds is None else min(max(seconds, MIN_LIFE_S), longest_s)
