"""One request and one complete answer as plain values, and what the answers mean that every gateway gives alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from posapp.gateways.errors import Malformed, OutcomeUnknown, RateLimited
from posapp.gateways.reading import optional_text, shown
from posapp.gateways.retry import retry_after_s
from posapp.gateways.strict_json import BadJson, JsonObject, parse_object

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_SUPPORT_ID: Final = 64


@dataclass(frozen=True, slots=True)
class Call:
    """One request.

    Attributes:
        method: `GET` or `POST`.
        path: Below the base URL, already quoted; may be logged.
        ref: Our own id of what it is about, for the log.
        query: Query parameters; may hold a secret, never logged.
        headers: Headers beside the fixed ones; may hold a secret, never logged.
        body: JSON bytes of a POST.
        fresh: Open a connection of its own. A server may close an idle connection at the very moment it is
            used again, and a suspended laptop wakes up with dead ones; either would turn a call that must not
            be repeated into an unknown outcome for nothing.
        repeatable: Only reads: where a *reused* connection turns out dead, send once more on a fresh one.
    """

    method: str
    path: str
    ref: str = ""
    query: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    body: bytes | None = field(default=None, repr=False)
    fresh: bool = False
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer, not judged yet: status, the few headers that matter, raw body, seconds since it was asked."""

    status: int
    content_type: str
    body: bytes = field(repr=False)
    retry_after: str | None = None
    date: str | None = None
    took_s: float = 0.0

    def object(self) -> JsonObject:
        """Return the body as a strict JSON object.

        Raises:
            Malformed: `redirected`, `captive_portal`, `content_type`, or a code of `strict_json`.
        """
        kind = self.content_type.partition(";")[0].strip().lower()
        if HTTPStatus.MULTIPLE_CHOICES <= self.status < HTTPStatus.BAD_REQUEST:
            raise Malformed("redirected", "the answer points elsewhere; it is not followed", http_status=self.status)
        if kind in ("text/html", "application/xhtml+xml"):
            code = "captive_portal" if self.status == HTTPStatus.OK else "content_type"
            raise Malformed(code, "a web page came instead of an answer", http_status=self.status)
        if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
            raise Malformed("content_type", "the answer is not marked as JSON", http_status=self.status)
        try:
            return parse_object(self.body)
        except BadJson as exc:
            raise Malformed(exc.code, str(exc), http_status=self.status) from exc

    def support_id(self, key: str) -> str | None:
        """Return the gateway's handle for its support desk, or None where the body holds none that can be read."""
        try:
            return shown(optional_text(self.object(), key), _MAX_SUPPORT_ID)
        except Malformed:
            return None

    def told_time(self) -> datetime | None:
        """Return the moment that its Date header names, UTC; None where there is none or it names no zone."""
        try:
            told = parsedate_to_datetime(self.date or "")
            return None if told.tzinfo is None else told.astimezone(UTC)
        except (ValueError, TypeError, OverflowError):
            return None

    def now(self) -> datetime:
        """Return the gateway's clock where it sent it, else ours."""
        return self.told_time() or datetime.now(UTC)


def refuse_overload(reply: Reply, support_id: str | None, *, sent: bool = True) -> None:
    """Raise what 429 and 5xx mean at every gateway; anything else is the adapter's to read.

    Raises:
        RateLimited: 429, with the advice where it makes sense.
        Malformed: 511, which is never the gateway's: something on the way wants somebody to sign in.
        OutcomeUnknown: 5xx as `http_503` and so on, and 408.
    """
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        raise RateLimited(
            "http_429",
            "the gateway wants to be asked less often",
            retry_after_s=retry_after_s(reply.retry_after, reply.now()),
            sent=sent,
            support_id=support_id,
        )
    if reply.status == HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED:
        raise Malformed("captive_portal", "the network wants somebody to sign in first", http_status=reply.status)
    if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR or reply.status == HTTPStatus.REQUEST_TIMEOUT:
        raise OutcomeUnknown(
            f"http_{reply.status}", "the gateway has a fault", support_id=support_id, http_status=reply.status
        )
