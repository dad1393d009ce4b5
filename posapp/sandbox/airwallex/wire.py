"""Airwallex's front: its addresses, login, sandbox shopper, and what the mischief needs to know.

Source: airwallex.com, API access token page and the sandbox's "simulate shopper action" page.
"""

from __future__ import annotations

import hmac

from posapp.sandbox.airwallex import errors, replies
from posapp.sandbox.airwallex.errors import AirwallexError, invalid
from posapp.sandbox.airwallex.idempotency import RequestIds
from posapp.sandbox.airwallex.intents import Intents, fields_of
from posapp.sandbox.airwallex.refunds import Refunds
from posapp.sandbox.credentials import Credentials
from posapp.sandbox.exchange import About, Call, Operation, Reply, Route
from posapp.sandbox.orders import NANOSECONDS, AttemptState, Provider
from posapp.sandbox.request_body import read_loosely
from posapp.sandbox.tokens import TokenBook, TokenState
from posapp.sandbox.truth import NotAllowedError, Truth

PREFIX = "/api/"
_HTTP_CODES = {
    401: "unauthorized",
    404: "not_found",
    405: "not_found",
    429: "too_many_requests",
    503: "provider_unavailable",
}
_ACTIONS = ("pay", "reject", "verify")


class AirwallexWire:
    """The pretend Airwallex."""

    provider = Provider.AIRWALLEX

    def __init__(self, truth: Truth, tokens: TokenBook, credentials: Credentials) -> None:
        """Answer from this book, to these credentials."""
        self._truth = truth
        self._tokens = tokens
        self._credentials = credentials
        self.request_ids = RequestIds()
        self._intents = Intents(truth, self.request_ids)
        self._refunds = Refunds(truth, self.request_ids)

    def routes(self) -> list[Route]:
        """Return every documented address this sandbox answers; fixed paths before those with an id."""
        pa = "/api/v1/pa"
        intents, refunds = self._intents, self._refunds
        return [
            Route("POST", "/api/v1/authentication/login", Operation.AUTH, self._login),
            Route("POST", f"{pa}/payment_intents/create", Operation.CREATE, intents.create),
            Route("POST", f"{pa}/payment_intents/{{id}}/confirm", Operation.CONFIRM, intents.confirm),
            Route("POST", f"{pa}/payment_intents/{{id}}/cancel", Operation.CANCEL, intents.cancel),
            Route("GET", f"{pa}/payment_intents/{{id}}", Operation.QUERY, intents.retrieve),
            Route("GET", f"{pa}/payment_intents", Operation.LIST, intents.list_all),
            Route("POST", f"{pa}/refunds/create", Operation.REFUND, refunds.create),
            Route("GET", f"{pa}/refunds/{{id}}", Operation.REFUND_QUERY, refunds.retrieve),
            Route("GET", f"{pa}/refunds", Operation.REFUND_QUERY, refunds.list_all),
            Route("POST", "/api/v1/simulation/pa/shopper_actions/{action}", Operation.SIMULATE, self._simulate),
        ]

    def _login(self, call: Call) -> Reply:
        """Answer POST .../login with 201, a token, and the end of its life."""
        client_id = call.headers.get("x-client-id", "").encode()
        api_key = call.headers.get("x-api-key", "").encode()
        known = hmac.compare_digest(client_id, self._credentials.client_id.encode())
        if not (known & hmac.compare_digest(api_key, self._credentials.api_key.encode())):
            raise AirwallexError("unauthorized", "The client id or API key is wrong")
        life_s = self._truth.settings.airwallex_token_seconds
        ends_at = self._truth.now() + int(life_s * NANOSECONDS)
        token = self._tokens.issue(self.provider, life_s)
        return Reply(201, {"token": token, "expires_at": replies.instant(ends_at)})

    def authorize(self, call: Call) -> None:
        """Check the bearer token."""
        token = call.bearer()
        if token is None or self._tokens.state(self.provider, token) is not TokenState.GOOD:
            raise AirwallexError("unauthorized")

    def _simulate(self, call: Call) -> Reply:
        """Answer the sandbox's shopper: 200 and an empty body."""
        action = call.path_params["action"]
        if action not in _ACTIONS:
            raise AirwallexError("validation_error", "Supported values are: pay,reject,verify.", source="action")
        if action == "verify":
            raise AirwallexError("operation_not_supported")
        url = fields_of(call).text("url")
        start = f"{self._truth.base_url}/wallet/"
        found = self._truth.by_token(url.removeprefix(start)) if url.startswith(start) else None
        if found is None or found[0].provider is not self.provider:
            raise invalid("url", "must be the address of a next_action")
        try:
            if action == "pay":
                self._truth.pay(*found)
            else:
                self._truth.end_attempt(found[0], AttemptState.FAILED, attempt=found[1])
        except NotAllowedError as exc:
            raise AirwallexError("invalid_status_for_operation") from exc
        return Reply(200)

    def about(self, operation: Operation, call: Call) -> About:
        """Tell which order a request concerns."""
        if operation is Operation.AUTH:
            return About()
        body = read_loosely(call.body)
        key = body.get("request_id")
        request_id = key if isinstance(key, str) else None
        named = body.get("merchant_order_id") or call.query.get("merchant_order_id")
        if isinstance(named, str):
            return About(named, request_id)
        merchant_order_id = None
        for any_id in (
            call.path_params.get("id"),
            body.get("payment_intent_id"),
            body.get("payment_attempt_id"),
        ):
            if isinstance(any_id, str) and merchant_order_id is None:
                merchant_order_id = self._merchant_order_id(any_id)
        return About(merchant_order_id, request_id)

    def _merchant_order_id(self, any_id: str) -> str | None:
        order = self._truth.order(any_id, self.provider) or self._truth.by_attempt(any_id)
        if order is None:
            refunded = self._truth.refund(any_id, self.provider)
            order = refunded[0] if refunded is not None else None
        return order.merchant_order_id if order is not None else None

    def not_found(self, operation: Operation) -> Reply:
        """Return resource_not_found, or an empty list."""
        if operation is Operation.LIST:
            return Reply(200, {"has_more": False, "items": []})
        return AirwallexError("resource_not_found").reply()

    def business_error(self, code: int | str, message: str | None) -> Reply:
        """Return a flat error with any code."""
        return AirwallexError(str(code), message).reply()

    def http_error(self, status: int) -> Reply:
        """Return a flat error under a bare HTTP status."""
        code = _HTTP_CODES.get(status, "internal_error")
        return Reply(status, errors.body(code, errors.MESSAGES[code]))
