"""What may be repeated, and after how long."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posapp.gateways.errors import AuthFailed, GatewayError, Malformed, NotSent, OutcomeUnknown, RateLimited, Refused
from posapp.gateways.retry import BASE_S, CAP_S, delay_s, may_repeat, retry_after_s

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ERRORS: list[tuple[GatewayError, bool]] = [
    (OutcomeUnknown("timeout", "-"), True),
    (OutcomeUnknown("http_503", "-", http_status=503), True),
    (OutcomeUnknown("http_408", "-", http_status=408), True),
    (OutcomeUnknown("provider_unavailable", "-", http_status=400), True),
    (OutcomeUnknown("brand_new_code", "-", http_status=400), False),
    (RateLimited("http_429", "-", retry_after_s=None, sent=True), True),
    (Malformed("not_json", "-"), False),
    (NotSent("dns", "-"), False),
    (Refused("validation_error", "-", http_status=400), False),
    (AuthFailed("credentials_rejected", "-", sent=True), False),
]


@pytest.mark.parametrize("error, again", ERRORS, ids=lambda value: getattr(value, "code", None))
def test_what_may_go_again_under_the_same_key(error: GatewayError, again: bool) -> None:
    assert may_repeat(error, idempotent=True, transient_codes=frozenset({"provider_unavailable"})) is again


@pytest.mark.parametrize("error", [error for error, _ in ERRORS], ids=lambda error: error.code)
def test_nothing_goes_again_without_a_key(error: GatewayError) -> None:
    assert not may_repeat(error, idempotent=False, transient_codes=frozenset({"provider_unavailable"}))


def test_delays_double_up_to_a_cap() -> None:
    assert [delay_s(tries, lambda: 1.0) for tries in (1, 2, 3, 4, 50)] == [BASE_S, 1.0, 2.0, CAP_S, CAP_S]
    assert delay_s(3, lambda: 0.25) == 0.5


@given(st.integers(1, 60), st.floats(0, 1), st.none() | st.floats(0, 60))
def test_a_delay_is_within_its_bounds(tries: int, dice: float, advice: float | None) -> None:
    wait = delay_s(tries, lambda: dice, advice)
    assert (advice or 0.0) <= wait <= max(CAP_S, advice or 0.0)


@pytest.mark.parametrize(
    "header, expected",
    [
        ("0", 0.0),
        ("30", 30.0),
        (" 30 ", 30.0),
        ("Fri, 02 Jan 2026 03:04:35 GMT", 30.0),
        ("Fri, 02 Jan 2026 03:04:05 GMT", 0.0),
        ("Fri, 02 Jan 2026 03:03:05 GMT", None),
        ("Fri, 09 Jan 2026 03:04:05 GMT", None),
        ("86400", 86400.0),
        ("86401", None),
        ("9" * 5000, None),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("３０", None),
        ("", None),
        (None, None),
    ],
)
def test_reads_advice_or_ignores_it(header: str | None, expected: float | None) -> None:
    assert retry_after_s(header, NOW) == expected


@given(st.text(max_size=40))
def test_no_header_makes_it_raise(header: str) -> None:
    found = retry_after_s(header, NOW)
    assert found is None or 0 <= found <= 86400
