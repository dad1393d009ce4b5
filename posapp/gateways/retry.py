"""Whether a call may be repeated under the same key, and after how long: pure rules, no clock, no dice of its own."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from posapp.gateways.errors import Malformed, NotSent, OutcomeUnknown, RateLimited

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from posapp.gateways.errors import GatewayError

MAX_TRIES: Final = 4
BASE_S: Final = 0.5
CAP_S: Final = 4.0
MAX_ADVICE_S: Final = 86_400.0
"""A Retry-After beyond a day is no advice but a fault."""


def may_repeat(error: GatewayError, *, idempotent: bool, transient_codes: frozenset[str] = frozenset()) -> bool:
    """Tell whether the same call may go again at once, under the same key.

    Only a call with a documented idempotency key may: its repeat counts once. A call that never left is not
    repeated here, because a person is waiting to hear that there is no network; the caller may send it again.
    An answer that came but cannot be believed would most likely come again.

    Args:
        error: What the last try ended with.
        idempotent: Whether the call carries a documented idempotency key.
        transient_codes: The gateway's own codes that ask for a repeat.
    """
    if not idempotent or isinstance(error, (NotSent, Malformed)):
        return False
    if isinstance(error, RateLimited):
        return True
    if not isinstance(error, OutcomeUnknown):
        return False
    status = error.http_status
    no_answer = status is None or status == HTTPStatus.REQUEST_TIMEOUT or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return no_answer or error.code in transient_codes


def delay_s(tries: int, jitter: Callable[[], float], advice_s: float | None = None) -> float:
    """Return how long to wait before the next try: full jitter over a doubling bound, never less than was asked for.

    Args:
        tries: Tries made so far, from 1.
        jitter: Returns a number from 0 to 1; `random.random` outside tests.
        advice_s: The gateway's Retry-After.
    """
    wait = jitter() * min(CAP_S, BASE_S * 2 ** (tries - 1))
    return max(wait, advice_s or 0.0)


def retry_after_s(header: str | None, now: datetime) -> float | None:
    """Read a Retry-After header: seconds or an HTTP date.

    Args:
        header: The header's value.
        now: The *gateway's* clock (its Date header) where known, so that a wrong clock here does not matter.

    Returns:
        Seconds from now; None for a missing, unreadable, negative or absurd value.
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        seconds = float(text) if len(text) < len(str(MAX_ADVICE_S)) else MAX_ADVICE_S + 1
    else:
        try:
            seconds = (parsedate_to_datetime(text) - now).total_seconds()
        except (TypeError, ValueError, OverflowError):  # TypeError: a date without a zone
            return None
    return seconds if 0 <= seconds <= MAX_ADVICE_S else None
