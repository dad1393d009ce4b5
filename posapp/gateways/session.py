"""Calls that carry a token: a 401 renews it, a call that may be replayed is replayed once, a second 401 is the end."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from posapp.gateways.discretion import discreet
from posapp.gateways.errors import AuthFailed
from posapp.gateways.token import TokenKeeper

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from posapp.gateways.exchange import Call, Reply
    from posapp.gateways.http import GatewayHttp
    from posapp.gateways.token import Lease


class Session:
    """Sends calls with the current token. Lives on the io thread."""

    def __init__(self, http: GatewayHttp, fetch: Callable[[], Awaitable[Lease]], support_key: str, secret: str) -> None:
        """Keep the connections and how to log in.

        Args:
            http: The connections.
            fetch: Logs in once.
            support_key: Field of a reply that its support desk asks for.
            secret: What no answer may bring back into a message, a log or the ledger.
        """
        self._http = http
        self._tokens = TokenKeeper(fetch)
        self._support_key = support_key
        self._secret = secret

    async def send(self, call: Call, deadline: float, *, replay: bool) -> Reply:
        """Send with a token and return whatever answer is no 401.

        Args:
            call: The call, without a token.
            deadline: Moment on the loop's clock.
            replay: Whether the same call may go again after a 401; if not, the token is only renewed for
                later calls.

        Raises:
            AuthFailed: A 401 that is not, or was in vain, replayed; or the login was refused.
            NotSent: No token, or no connection.
            GatewayError: As `GatewayHttp.send`.
        """
        token = await self._tokens.token(deadline)
        reply = self._discreet(await self._http.send(_with(call, token), deadline), token)
        if reply.status != HTTPStatus.UNAUTHORIZED:
            return reply
        self._tokens.drop(token)
        if replay:
            token = await self._tokens.token(deadline)
            reply = self._discreet(await self._http.send(_with(call, token), deadline), token)
            if reply.status != HTTPStatus.UNAUTHORIZED:
                return reply
            self._tokens.reject(token)
        raise AuthFailed(
            "credentials_rejected",
            "the gateway does not accept our token",
            sent=True,
            support_id=reply.support_id(self._support_key),
            http_status=reply.status,
        )

    def _discreet(self, reply: Reply, token: str) -> Reply:
        """Blank what a gateway echoes of our credentials: its words are shown, logged and kept for ever."""
        return discreet(reply, self._secret, token)

    async def renew(self, deadline: float) -> None:
        """Log in now.

        Raises:
            GatewayError: Where address, TLS or credentials do not work.
        """
        await self._tokens.renew(deadline)

    def believe(self, reply: Reply) -> None:
        """Take the gateway's time from an answer that was read and made sense."""
        self._http.clock.believe(reply)

    @property
    def clock_ahead_s(self) -> float | None:
        """By how many seconds this computer's clock is ahead of the gateway's; None before any answer told."""
        return self._http.clock.ahead_s

    async def aclose(self) -> None:
        """Stop a login under way and close the connections."""
        await self._tokens.aclose()
        await self._http.aclose()


def _with(call: Call, token: str) -> Call:
    return replace(call, headers={**call.headers, "Authorization": f"Bearer {token}"})
