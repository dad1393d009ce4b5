"""CBTIS's front: its addresses, its token, and what the mischief needs to know of its shapes.

Source: docs.globalcbtis.com, the authentication page.
"""

from __future__ import annotations

import hmac

from posapp.sandbox.cbtis.errors import MESSAGES, CbtisError, Code, envelope
from posapp.sandbox.cbtis.payments import Payments
from posapp.sandbox.cbtis.refunds import Refunds
from posapp.sandbox.credentials import Credentials
from posapp.sandbox.exchange import About, Call, Operation, Reply, Route
from posapp.sandbox.orders import Provider
from posapp.sandbox.request_body import read_loosely
from posapp.sandbox.tokens import TokenBook, TokenState
from posapp.sandbox.truth import Truth

PREFIX = "/mch-api/"
_HTTP_CODES = {401: Code.TOKEN_MISSING, 404: Code.NO_SUCH_ADDRESS, 405: Code.METHOD_NOT_ALLOWED}


class CbtisWire:
    """The pretend CBTIS."""

    provider = Provider.CBTIS

    def __init__(self, truth: Truth, tokens: TokenBook, credentials: Credentials) -> None:
        """Answer from this book, to these credentials."""
        self._truth = truth
        self._tokens = tokens
        self._credentials = credentials
        self._payments = Payments(truth)
        self._refunds = Refunds(truth)

    def routes(self) -> list[Route]:
        """Return every documented address."""
        pa = "/mch-api/v1/pa"
        return [
            Route("GET", "/mch-api/v1/auth", Operation.AUTH, self._auth),
            Route("POST", f"{pa}/payment_intents/create", Operation.CREATE, self._payments.create),
            Route("POST", f"{pa}/payment_intents/query", Operation.QUERY, self._payments.query),
            Route("POST", f"{pa}/refunds/create", Operation.REFUND, self._refunds.create),
            Route("POST", f"{pa}/refunds/query", Operation.REFUND_QUERY, self._refunds.query),
        ]

    def _auth(self, call: Call) -> Reply:
        """Answer GET .../auth: the one good reply that has no envelope."""
        if call.query.get("grant_type") != "client_credentials":
            raise CbtisError(Code.FIELD_VALUE, "grant_type must be client_credentials")
        for key in ("uid", "client_secret"):
            if not call.query.get(key):
                raise CbtisError(Code.FIELD_MISSING, f"{key} must be provided")
        uid_ok = hmac.compare_digest(call.query["uid"].encode(), self._credentials.uid.encode())
        secret = self._credentials.client_secret.encode()
        if not (uid_ok & hmac.compare_digest(call.query["client_secret"].encode(), secret)):
            raise CbtisError(Code.CREDENTIALS_WRONG)
        life_s = self._truth.settings.cbtis_token_seconds
        return Reply(200, {"access_token": self._tokens.issue(self.provider, life_s), "expires_in": int(life_s)})

    def authorize(self, call: Call) -> None:
        """Check the bearer token."""
        token = call.bearer()
        state = TokenState.UNKNOWN if token is None else self._tokens.state(self.provider, token)
        if state is TokenState.UNKNOWN:
            raise CbtisError(Code.TOKEN_MISSING)
        if state is TokenState.EXPIRED:
            raise CbtisError(Code.TOKEN_EXPIRED)

    def about(self, operation: Operation, call: Call) -> About:
        """Tell which order a request concerns."""
        if operation is Operation.AUTH:
            return About()
        body = read_loosely(call.body)
        for key in ("merchant_order_id", "merchant_payment_order_id"):
            named = body.get(key)
            if isinstance(named, str) and named:
                return About(named)
        for key in ("order_id", "payment_order_id"):
            order_id = body.get(key)
            order = self._truth.order(order_id, self.provider) if isinstance(order_id, str) else None
            if order is not None:
                return About(order.merchant_order_id)
        refund_id, refund_key = body.get("refund_id"), body.get("merchant_refund_id")
        found = self._truth.refund(refund_id, self.provider) if isinstance(refund_id, str) else None
        if found is None and isinstance(refund_key, str):
            found = self._truth.refund_of(self.provider, refund_key)
        return About(found[0].merchant_order_id) if found is not None else About()

    def not_found(self, operation: Operation) -> Reply:
        """Return the envelope for something unknown."""
        is_refund = operation is Operation.REFUND_QUERY
        return CbtisError(Code.REFUND_NOT_FOUND if is_refund else Code.ORDER_NOT_FOUND).reply()

    def business_error(self, code: int | str, message: str | None) -> Reply:
        """Return an envelope with any code."""
        known = next((MESSAGES[c] for c in Code if c == code), "refused by the gateway")
        reply = envelope(None, message=message or known)
        payload = reply.payload
        return Reply(200, payload | {"code": code}) if isinstance(payload, dict) else reply

    def http_error(self, status: int) -> Reply:
        """Return an envelope under a bare HTTP status."""
        code = _HTTP_CODES.get(status, Code.UNAVAILABLE)
        return envelope(None, code=code, message=MESSAGES[code], status=status)
