"""Airwallex's error codes, sorted by what a till may do next.

Source: airwallex.com, payments error response codes. The code decides, never the HTTP status: the same code
    is found
under different statuses (`resource_not_found` comes with 400).
"""

from __future__ import annotations

from typing import Final

REFUSED: Final = frozenset(
    {
        "3ds_not_supported",
        "amount_above_limit",
        "amount_below_limit",
        "authentication_declined",
        "card_brand_not_supported",
        "configuration_error",
        "currency_not_supported",
        "frequency_above_limit",
        "invalid_argument",
        "issuer_declined",
        "no_3ds_liability_shift",
        "operation_not_supported",
        "payment_method_not_allowed",
        "provider_declined",
        "quote_expired",
        "rejected_by_routing_rules",
        "risk_declined",
        "suspended_from_online_payments",
        "validation_error",
    }
)
"""A definite no; repeating it changes nothing."""

TRANSIENT: Final = frozenset({"internal_error", "issuer_unavailable", "provider_unavailable"})
"""Repeat with the same request_id."""

DUPLICATE: Final = frozenset({"duplicate_request", "resource_already_exists"})
"""The first one arrived: find it."""

RATE_LIMITED: Final = "too_many_requests"
UNAUTHORISED: Final = "unauthorized"
NOT_FOUND: Final = "resource_not_found"
WRONG_STATUS: Final = "invalid_status_for_operation"
"""The payment has moved on meanwhile: retrieve it."""
