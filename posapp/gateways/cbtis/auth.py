"""CBTIS's token: a GET whose query holds the secret, so its URL is never logged, shown or kept in an exception.

Source: docs.globalcbtis.com, authentication page. The reply is flat, unlike every other; its life defaults to
    3,600 s;
there is no refresh token.
"""

from __future__ import annotations

from decimal import Decimal
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from posapp.gateways.cbtis.wire import SUPPORT_KEY
from posapp.gateways.discretion import discreet
from posapp.gateways.errors import AuthFailed, Malformed, OutcomeUnknown
from posapp.gateways.exchange import Call, refuse_overload
from posapp.gateways.http import ASK_S, deadline_in
from posapp.gateways.reading import optional_text
from posapp.gateways.settings import checked_credential
from posapp.gateways.token import Lease, checked_token, clamped_life, not_sent

if TYPE_CHECKING:
    from posapp.gateways.exchange import Reply
    from posapp.gateways.http import GatewayHttp
    from posapp.gateways.settings import GatewaySettings
    from posapp.gateways.strict_json import JsonObject

PATH: Final = "/mch-api/v1/auth"
DEFAULT_LIFE_S: Final = 3600.0
LONGEST_LIFE_S: Final = 86_400.0
_MAX_DIGITS: Final = 12


class CbtisLogin:
    """Logs in at CBTIS. Lives on the io thread."""

    def __init__(self, http: GatewayHttp, settings: GatewaySettings) -> None:
        """Keep the credentials.

        Raises:
            SettingsError: Where one is missing or cannot be sent.
        """
        self._http = http
        self._secret = checked_credential(settings.secret, "client secret")
        self._query = {
            "grant_type": "client_credentials",
            "uid": checked_credential(settings.uid, "merchant number"),
            "client_secret": self._secret,
        }

    async def fetch(self) -> Lease:
        """Ask for a token.

        Raises:
            AuthFailed: The credentials are rejected.
            RateLimited: Asked too often.
            NotSent: Anything else: no token came, so the call that needs it was not sent.
        """
        call = Call("GET", PATH, ref="login", query=self._query, repeatable=True)
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
    token = optional_text(body, "access_token")
    if token is None and ("code" in body or reply.status >= HTTPStatus.BAD_REQUEST):
        # How a wrong secret is answered is not documented; its application answered, and not with a token.
        raise _rejected(reply, support_id)
    if reply.status not in (HTTPStatus.OK, HTTPStatus.CREATED):
        raise Malformed("login_status", "the login's reply contradicts itself", http_status=reply.status)
    return Lease(checked_token(token), clamped_life(_seconds(body), DEFAULT_LIFE_S, LONGEST_LIFE_S))


def _seconds(body: JsonObject) -> float | None:
    """Return the life as given, as a number or as digits; None where it cannot be read."""
    value = body.get("expires_in")
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _MAX_DIGITS:
        return float(value)
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return float(value)
    return None


def _rejected(reply: Reply, support_id: str | None) -> AuthFailed:
    return AuthFailed(
        "credentials_rejected",
        "the gateway rejects our merchant number or secret",
        sent=False,
        support_id=support_id,
        http_status=reply.status,
    )
