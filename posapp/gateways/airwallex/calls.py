"""Airwallex's calls as such: reads, and POSTs that are repeated under their `request_id` until they are answered."""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from posapp.gateways.airwallex import codes
from posapp.gateways.airwallex.wire import SUPPORT_KEY
from posapp.gateways.errors import AuthFailed, GatewayError, NotSent, OutcomeUnknown, RateLimited, Refused
from posapp.gateways.exchange import Call, refuse_overload
from posapp.gateways.reading import optional_text, shown
from posapp.gateways.retry import MAX_TRIES, delay_s, may_repeat

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from posapp.gateways.exchange import Reply
    from posapp.gateways.session import Session
    from posapp.gateways.strict_json import JsonObject

_LEAST_TIME_S: Final = 1.0
"""A try that has less time left than this is not begun."""

_MAX_CODE: Final = 64
_log = logging.getLogger(__name__)


class AirwallexCalls:
    """Sends one kind of call each, and turns its error codes into errors of ours. Lives on the io thread."""

    def __init__(self, session: Session, jitter: Callable[[], float]) -> None:
        """Keep the session and the dice of the back-off."""
        self._session = session
        self._jitter = jitter

    async def get(self, path: str, ref: str, deadline: float, query: Mapping[str, str] | None = None) -> JsonObject:
        """Read something.

        Raises:
            Refused: A definite no; `codes.NOT_FOUND` is one.
            GatewayError: As `posapp.gateways.errors` says.
        """
        call = Call("GET", path, ref=ref, query=query or {}, repeatable=True)
        return await self._answer(call, deadline)

    async def post(self, path: str, body: bytes, ref: str, deadline: float) -> JsonObject:
        """Send a POST with a `request_id`, repeating it with the same bytes while its outcome is unknown.

        Once a try may have been read, no later failure makes up for it: not a connection refused, and not a
        refusal either, which may be the answer to the repeat alone. Then the outcome stays unknown.

        Raises:
            GatewayError: As `posapp.gateways.errors` says.
        """
        doubt: OutcomeUnknown | None = None
        tries = 0
        while True:
            tries += 1
            # The first try may use a kept connection, for speed: should that be dead, the repeat counts once.
            call = Call("POST", path, ref=ref, body=body, fresh=tries > 1)
            try:
                return await self._answer(call, deadline)
            except GatewayError as exc:
                wait = self._wait_s(exc, tries, deadline, doubt)
                if wait is None and doubt is not None and exc.code not in codes.DUPLICATE:
                    raise doubt from exc
                if wait is None:
                    raise
                if isinstance(exc, OutcomeUnknown):
                    doubt = exc
            await asyncio.sleep(wait)

    async def _answer(self, call: Call, deadline: float) -> JsonObject:
        reply = await self._session.send(call, deadline, replay=True)
        body = _judged(reply, call.ref)
        self._session.believe(reply)
        return body

    def _wait_s(self, error: GatewayError, tries: int, deadline: float, doubt: OutcomeUnknown | None) -> float | None:
        """Return how long to wait before the next try, or None where there is to be none."""
        again = may_repeat(error, idempotent=True, transient_codes=codes.TRANSIENT)
        if tries >= MAX_TRIES or not (again or (doubt is not None and isinstance(error, NotSent))):
            return None
        wait = delay_s(tries, self._jitter, error.retry_after_s if isinstance(error, RateLimited) else None)
        left = deadline - asyncio.get_running_loop().time()
        return wait if wait + _LEAST_TIME_S <= left else None


def _judged(reply: Reply, ref: str) -> JsonObject:
    """Return the body of a good answer, or raise what its code means."""
    refuse_overload(reply, reply.support_id(SUPPORT_KEY))
    body = reply.object()
    if reply.status in (HTTPStatus.OK, HTTPStatus.CREATED):
        return body
    code = shown(optional_text(body, "code"), _MAX_CODE) or f"http_{reply.status}"
    message = shown(optional_text(body, "message")) or "no reason given"
    support_id = reply.support_id(SUPPORT_KEY)
    if code == codes.RATE_LIMITED:
        raise RateLimited(code, message, retry_after_s=None, sent=True, support_id=support_id, http_status=reply.status)
    if code == codes.UNAUTHORISED:
        raise AuthFailed(code, message, sent=True, support_id=support_id, http_status=reply.status)
    if code in codes.REFUSED or code == codes.NOT_FOUND:
        raise Refused(code, message, support_id=support_id, http_status=reply.status)
    if code not in codes.TRANSIENT | codes.DUPLICATE | {codes.WRONG_STATUS}:
        _log.warning("order %s: unknown code %s with HTTP %d, trace id %s", ref, code, reply.status, support_id or "-")
    raise OutcomeUnknown(code, message, support_id=support_id, http_status=reply.status)
