"""What can go wrong with a gateway, classed by what the caller may do next.

    GatewayError
    ├── NotSent          no byte left: the same call may go again under the same id
    ├── Refused          a definite no: final for this call
    ├── OutcomeUnknown   anything after the first byte: ask, never assume
    │   └── Malformed    an answer came, but none that can be believed
    ├── AuthFailed       our credentials were rejected, after one renewal: stop, tell a person
    └── RateLimited      asked too often: wait `retry_after_s`

For a *create*, `AuthFailed` and `RateLimited` carry `sent`: whether the create itself was answered so (a definite no to
this id) or the login before it (nothing was sent). No message ever holds a secret, a token or a URL.
"""

from __future__ import annotations

from typing import Final


class GatewayError(Exception):
    """A call to a gateway did not bring a usable answer.

    Attributes:
        code: Stable word of ours, like `timeout`, `dns`, `tls_expired`, `http_503`, or the gateway's own code as text.
        message: One plain English sentence; may quote the gateway's words, never a secret.
        support_id: The gateway's handle for its support desk (`rid`, `trace_id`).
        http_status: Status of the reply, where one came.
    """

    def __init__(
        self, code: str, message: str, *, support_id: str | None = None, http_status: int | None = None
    ) -> None:
        """Keep what a caller and a support desk need."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.support_id = support_id
        self.http_status = http_status


class NotSent(GatewayError):
    """Nothing left this machine: name not found, refused, no route, connect or TLS handshake failed."""


class Refused(GatewayError):
    """The gateway said no for good."""


class OutcomeUnknown(GatewayError):
    """Something was sent and no answer can be relied on: time-out, reset, 5xx."""


FOREIGN: Final = frozenset({"captive_portal", "redirected", "content_type", "content_encoding", "bad_http"})
"""Codes of `Malformed` answers that a guest network or a proxy may have given in the gateway's place."""


class Malformed(OutcomeUnknown):
    """An answer came that breaks the documents: not JSON, too large, wrong types, another order's ids."""


class AuthFailed(GatewayError):
    """The gateway does not accept our credentials, even with a fresh token."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        sent: bool,
        support_id: str | None = None,
        http_status: int | None = None,
    ) -> None:
        """Keep whether the call itself was answered so, or the login before it."""
        super().__init__(code, message, support_id=support_id, http_status=http_status)
        self.sent = sent


class RateLimited(GatewayError):
    """The gateway wants to be asked less often."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        retry_after_s: float | None,
        sent: bool,
        support_id: str | None = None,
        http_status: int | None = 429,
    ) -> None:
        """Keep its advice: seconds to wait, None where it named none or an absurd one."""
        super().__init__(code, message, support_id=support_id, http_status=http_status)
        self.retry_after_s = retry_after_s
        self.sent = sent
