"""One request and its reply: what the wire rooms are given and what they give back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from posapp.sandbox.orders import Provider

JsonValue = None | bool | int | float | Decimal | str | list["JsonValue"] | dict[str, "JsonValue"]
JsonObject = dict[str, JsonValue]


class Operation(StrEnum):
    """What a request wants, in one set of words for both providers."""

    AUTH = "auth"
    CREATE = "create"
    CONFIRM = "confirm"
    QUERY = "query"
    LIST = "list"
    CANCEL = "cancel"
    REFUND = "refund"
    REFUND_QUERY = "refund_query"
    SIMULATE = "simulate"


@dataclass(slots=True)
class Call:
    """A request that arrived whole.

    `stale` is set by mischief: answer with the state before the last change.
    """

    method: str
    path: str
    path_params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    stale: bool = False

    def bearer(self) -> str | None:
        """Return the token of the Authorization header, if there is one."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() or None if scheme.lower() == "bearer" else None


@dataclass(slots=True)
class Reply:
    """An answer; a `payload` of None is an empty body. Payloads are never changed in place.

    `raw` stands in for the encoded payload where mischief has damaged it.
    """

    status: int
    payload: JsonValue = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    raw: bytes | None = None
    content_type: str = "application/json"

    def body(self) -> bytes:
        """Return the bytes for the wire."""
        if self.raw is not None:
            return self.raw
        return b"" if self.payload is None else encode(self.payload)


class RefusedError(Exception):
    """A request the gateway's own rules refuse; the provider's room turns it into its error shape."""

    def __init__(self, code: int | str, message: str) -> None:
        """Keep the provider's code and its message."""
        super().__init__(message)
        self.code = code
        self.message = message

    def reply(self) -> Reply:
        """Return the answer in the provider's own shape."""
        raise NotImplementedError


class Wire(Protocol):
    """What the front door and the mischief need of one provider."""

    provider: Provider

    def about(self, operation: Operation, call: Call) -> About:
        """Tell which order a request concerns, without judging the request."""
        ...

    def authorize(self, call: Call) -> None:
        """Check the token, or raise a RefusedError."""
        ...

    def not_found(self, operation: Operation) -> Reply:
        """Return the answer to a question about something that does not exist."""
        ...

    def business_error(self, code: int | str, message: str | None) -> Reply:
        """Return a refusal with a code of the test's choosing."""
        ...

    def http_error(self, status: int) -> Reply:
        """Return the provider's body for a bare HTTP failure."""
        ...


@dataclass(frozen=True, slots=True)
class About:
    """Which order a request concerns, as far as can be told."""

    merchant_order_id: str | None = None
    request_id: str | None = None


Handler = Callable[[Call], Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """One address of a provider and the code that answers it; handlers run under the book's lock."""

    method: str
    path: str
    operation: Operation
    handler: Handler


def encode(payload: JsonValue) -> bytes:
    """Return compact JSON in UTF-8."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
