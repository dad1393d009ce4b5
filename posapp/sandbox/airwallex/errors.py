"""Airwallex's error codes with their HTTP status, and its flat error body.

Source: airwallex.com, payments error response codes. `invalid_argument` is what list endpoints answer a
page size under ten with, as a community client reports from the live demo.
"""

from __future__ import annotations

import uuid

from posapp.sandbox.exchange import JsonObject, RefusedError, Reply
from posapp.sandbox.request_body import Wrong

MESSAGES: dict[str, str] = {
    "amount_above_limit": "The amount is above the limit",
    "amount_below_limit": "The amount is below the limit",
    "configuration_error": "The account is not configured for this",
    "currency_not_supported": "The currency is not supported by the payment method",
    "duplicate_request": "The request ID has been used previously",
    "frequency_above_limit": "Too many operations in a short time",
    "internal_error": "An internal error occurred",
    "invalid_argument": "An argument is not allowed",
    "invalid_status_for_operation": "The status does not allow this operation",
    "issuer_declined": "The issuer declined the payment",
    "issuer_unavailable": "The issuer is not available",
    "not_found": "The requested endpoint does not exist",
    "operation_not_supported": "The operation is not supported",
    "payment_method_not_allowed": "The payment method is not allowed",
    "provider_declined": "The provider declined the payment",
    "provider_unavailable": "The provider is not available",
    "resource_already_exists": "The resource already exists",
    "resource_not_found": "The requested resource was not found",
    "risk_declined": "The payment was declined by risk control",
    "suspended_from_online_payments": "The account is suspended from online payments",
    "too_many_requests": "Rate Limit Exceeded.",
    "unauthorized": "Access denied, authentication failed",
    "validation_error": "A field is not valid",
}

_HTTP_STATUS = {"unauthorized": 401, "not_found": 404, "too_many_requests": 429, "internal_error": 500}
_BAD_REQUEST = 400


def body(code: str, message: str, source: str | None = None) -> JsonObject:
    """Return the flat error body; `source` is there only for a validation_error."""
    start: JsonObject = {"code": code}
    if source is not None:
        start["source"] = source
    return start | {"message": message, "trace_id": uuid.uuid4().hex, "details": {}}


class AirwallexError(RefusedError):
    """A refusal in Airwallex's flat shape."""

    def __init__(self, code: str, message: str | None = None, *, source: str | None = None) -> None:
        """Take a code, and a message if the standard one does not do."""
        super().__init__(code, message or MESSAGES.get(code, "The request was refused"))
        self._text_code = code
        self._source = source

    def reply(self) -> Reply:
        """Return the answer with the code's HTTP status."""
        status = _HTTP_STATUS.get(self._text_code, _BAD_REQUEST)
        return Reply(status, body(self._text_code, self.message, self._source))


def invalid(source: str, detail: str) -> AirwallexError:
    """Return a validation_error for one field."""
    return AirwallexError("validation_error", f"{source} {detail}", source=source)


def refuse_field(_what: Wrong, field: str, detail: str) -> AirwallexError:
    """Return the error for one wrong field: always a validation_error."""
    return invalid(field, detail)
