"""Every error code the pretend CBTIS answers with, in one table.

The documents name no code but 0, so all of these are this sandbox's own. They are stable: tests and
people may rely on them. Business refusals travel in HTTP 200 with `code` other than 0, as the platform's
envelope suggests; only credentials, tokens and addresses have an HTTP status of their own.
"""

from __future__ import annotations

import uuid
from enum import IntEnum

from posapp.sandbox.exchange import JsonValue, RefusedError, Reply
from posapp.sandbox.request_body import Wrong


class Code(IntEnum):
    """The sandbox's own codes; the first digits say the family."""

    OK = 0
    CREDENTIALS_WRONG = 10001
    TOKEN_MISSING = 10002
    TOKEN_EXPIRED = 10003
    NO_SUCH_ADDRESS = 10004
    METHOD_NOT_ALLOWED = 10005
    BODY_UNREADABLE = 20001
    FIELD_MISSING = 20002
    FIELD_TYPE = 20003
    FIELD_VALUE = 20004
    FIELD_TOO_LONG = 20005
    AMOUNT_INVALID = 20006
    CURRENCY_NOT_SUPPORTED = 20007
    METHOD_NOT_SUPPORTED = 20008
    ORDER_DUPLICATE = 30001
    ORDER_NOT_FOUND = 30002
    ORDER_IDS_DIFFER = 30003
    REFUND_DUPLICATE = 40001
    REFUND_NOT_FOUND = 40002
    REFUND_IDS_DIFFER = 40003
    REFUND_TOO_LARGE = 40004
    ORDER_NOT_PAID = 40005
    UNAVAILABLE = 90001


MESSAGES: dict[Code, str] = {
    Code.OK: "ok",
    Code.CREDENTIALS_WRONG: "uid or client_secret is wrong",
    Code.TOKEN_MISSING: "access token is missing or unknown",
    Code.TOKEN_EXPIRED: "access token has expired",
    Code.NO_SUCH_ADDRESS: "no such address",
    Code.METHOD_NOT_ALLOWED: "this address does not take that method",
    Code.BODY_UNREADABLE: "request body is not a JSON object",
    Code.FIELD_MISSING: "a required field is missing",
    Code.FIELD_TYPE: "a field has the wrong type",
    Code.FIELD_VALUE: "a field has a value that is not allowed",
    Code.FIELD_TOO_LONG: "a field is too long",
    Code.AMOUNT_INVALID: "amount is not valid",
    Code.CURRENCY_NOT_SUPPORTED: "currency is not supported",
    Code.METHOD_NOT_SUPPORTED: "payment method or flow is not supported",
    Code.ORDER_DUPLICATE: "merchant_order_id was used before",
    Code.ORDER_NOT_FOUND: "order not found",
    Code.ORDER_IDS_DIFFER: "the two ids belong to different orders",
    Code.REFUND_DUPLICATE: "merchant_refund_id was used before",
    Code.REFUND_NOT_FOUND: "refund not found",
    Code.REFUND_IDS_DIFFER: "the two ids belong to different refunds",
    Code.REFUND_TOO_LARGE: "refunds would exceed the amount paid",
    Code.ORDER_NOT_PAID: "order is not paid",
    Code.UNAVAILABLE: "service is not available",
}

_HTTP_STATUS: dict[Code, int] = {
    Code.CREDENTIALS_WRONG: 401,
    Code.TOKEN_MISSING: 401,
    Code.TOKEN_EXPIRED: 401,
    Code.NO_SUCH_ADDRESS: 404,
    Code.METHOD_NOT_ALLOWED: 405,
}

_OF_WRONG: dict[Wrong, Code] = {
    Wrong.MISSING: Code.FIELD_MISSING,
    Wrong.TYPE: Code.FIELD_TYPE,
    Wrong.LENGTH: Code.FIELD_TOO_LONG,
    Wrong.VALUE: Code.FIELD_VALUE,
}


def envelope(data: JsonValue, *, code: int = Code.OK, message: str = "ok", status: int = 200) -> Reply:
    """Return `{code, data, message, rid}` with a fresh rid of 32 hex digits."""
    return Reply(status, {"code": int(code), "data": data, "message": message, "rid": uuid.uuid4().hex})


class CbtisError(RefusedError):
    """A refusal in CBTIS's envelope, with `data` null."""

    def __init__(self, code: Code, detail: str | None = None) -> None:
        """Take a code of the table and, if it helps, what exactly was wrong."""
        super().__init__(int(code), MESSAGES[code] if detail is None else f"{MESSAGES[code]}: {detail}")
        self._http_status = _HTTP_STATUS.get(code, 200)

    def reply(self) -> Reply:
        """Return the envelope."""
        return envelope(None, code=int(self.code), message=self.message, status=self._http_status)


def refuse_field(what: Wrong, field: str, detail: str) -> CbtisError:
    """Return the error for one wrong field."""
    return CbtisError(_OF_WRONG[what], f"{field} {detail}")
