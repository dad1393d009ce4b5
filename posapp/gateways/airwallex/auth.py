"""Airwallex's token: credentials in headers, answered with 201 and an absolute time of expiry.

Source: airwallex.com/docs, API access token: valid for 30 minutes, reusable, `expires_at` like
    2026-05-12T00:00:00+0000.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from posapp.gateways.airwallex.codes import UNAUTHORISED
from posapp.gateways.airwallex.wire import SUPPORT_KEY
from posapp.gateways.discretion import discreet
from posapp.gateways.errors import AuthFailed, Malformed, OutcomeUnknown
from posapp.gateways.exchange import Call, refuse_overload
from posapp.gateways.http import ASK_S, deadline_in
from posapp.gateways.reading import instant, optional_text
from posapp.gateways.settings import checked_credential
from posapp.gateways.token import Lease, checked_token, clamped_life, not_sent

if TYPE_CHECKING:
    from posapp.gateways.exchange import Reply
    from posapp.gateways.http import GatewayHttp
    from posapp.gateways.settings import GatewaySettings

PATH: Final = "/api/v1/authentication/login"
LIFE_S: Final = 1800.0


class AirwallexLogin:
    """Logs in at Airwallex. Lives on the io thread."""

    def __init__(self, http: GatewayHttp, settings: GatewaySettings) -> None:
        """Keep the credentials.

        Raises:
            SettingsError: Where one is missing or cannot be sent.
        """
        self._http = http
        self._secret = checked_credential(settings.secret, "API key")
        self._headers = {
            "x-client-id": checked_credential(settings.client_id, "client id"),
            "x-api-key": self._secret,
        }

    async def fetch(self) -> Lease:
        """Ask for a token.

        Raises:
            AuthFailed: The credentials are rejected.
            RateLimited: More than 100 logins in a minute with one key.
            NotSent: Anything else: no token came, so the call that needs it was not sent.
        """
        call = Call("POST", PATH, ref="login", headers=self._headers, body=b"{}", repeatable=True)
        try:
            reply = discreet(await self._http.send(call, deadline_in(ASK_S)), self._secret)
            lease = _lease(reply)
        except OutcomeUnknown as exc:
            raise not_sent(exc) from exc
        self._http.clock.believe(reply)
        return lease


def _lease(reply: Reply) -> Lease:
    support_id = reply.support_id(SUPPORT_KEY)
    refuse_overload(reply, support_id, sent=False)
    if reply.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise _rejected(reply, support_id)
    body = reply.object()
    if optional_text(body, "code") == UNAUTHORISED:
        raise _rejected(reply, support_id)
    if reply.status not in (HTTPStatus.OK, HTTPStatus.CREATED):
        raise Malformed("login_status", "the login brought an error", http_status=reply.status, support_id=support_id)
    token = checked_token(optional_text(body, "token"))
    expires_at = instant(optional_text(body, "expires_at"))
    # Measured on the gateway's own clock (its Date header), so that a wrong clock here does not matter.
    left = None if expires_at is None else (expires_at - reply.now()).total_seconds()
    return Lease(token, clamped_life(left, LIFE_S, LIFE_S))


def _rejected(reply: Reply, support_id: str | None) -> AuthFailed:
    return AuthFailed(
        "credentials_rejected",
        "the gateway rejects our client id or API key",
        sent=False,
        support_id=support_id,
        http_status=reply.status,
    )
