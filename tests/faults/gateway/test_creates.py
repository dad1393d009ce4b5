"""A gateway that misbehaves when it is asked for a payment: what is told, what is shown, and that it is asked once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from posapp.domain.order import CodeKind
from posapp.domain.status import AttemptState, ReviewReason
from posapp.services.checkout import CheckoutError
from tests.faults.gateway.live_till import field_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.domain.order import Attempt
    from tests.conftest import ExpectedWarnings
    from tests.faults.gateway.live_till import LiveTill

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("faults-gateway")]

S = AttemptState


def speaks(till: LiveTill) -> str:
    """Name the call whose reply holds the code."""
    return "create" if till.provider == "cbtis" else "confirm"


def shows_nothing(till: LiveTill, attempt: Attempt) -> None:
    """Check that no code of this attempt can be put before a shopper."""
    with pytest.raises(CheckoutError):
        till.services.checkout.show(attempt.merchant_order_id)


@pytest.mark.parametrize("there", [True, False])
async def test_g1_a_5xx_to_a_create_is_unknown_and_found_by_asking(till: LiveTill, *, there: bool) -> None:
    for status in (500, 502, 503, 504):
        attempt = till.begin()
        till.rule(attempt, "create", "status", status=status, committed=there, times=0)
        unknown = await till.send(attempt)
        assert (unknown.state, unknown.problem_code, unknown.code) == (S.UNKNOWN, f"http_{status}", None)
        shows_nothing(till, unknown)
        assert till.creates(attempt) == (1 if till.provider == "cbtis" else 4), "a key makes repeats count once"
        found = await till.ask(unknown)
        assert found.state is (S.ORPHAN if there else S.UNKNOWN)
        shows_nothing(till, found)


@pytest.mark.parametrize("provider", ["airwallex"])
async def test_g1_a_confirm_that_fails_with_5xx_leaves_an_intent_without_a_code(till: LiveTill) -> None:
    attempt = till.begin()
    till.rule(attempt, "confirm", "status", status=503, times=0)
    assert (await till.send(attempt)).state is S.UNKNOWN
    till.clear()
    assert (await till.ask(attempt)).state is S.ORPHAN


async def test_g6_a_known_refusal_is_final_and_is_not_sent_again(till: LiveTill) -> None:
    attempt = till.begin()
    code, message = (20006, "amount is not valid") if till.provider == "cbtis" else ("amount_below_limit", "too little")
    till.rule(attempt, "create", "business_error", code=code, message=message)
    refused = await till.send(attempt)
    assert (refused.state, refused.problem_code, refused.problem_text) == (S.REFUSED, str(code), message)
    assert not refused.is_watched
    await till.services.checkout.ask(attempt.order_id)
    assert till.creates(attempt) == 1
    assert till.there(attempt) is None


async def test_g7_an_unknown_code_is_unknown_and_is_kept_with_the_support_id(
    till: LiveTill, expected_warnings: ExpectedWarnings
) -> None:
    expected_warnings.expect(r"unknown code (77777|brand_new_code) with HTTP (200|400), (rid|trace id) support-1")
    attempt = till.begin()
    if till.provider == "cbtis":
        new = {"code": 77777, "message": "who knows", "rid": "support-1"}
        till.rule(attempt, "create", "patch", set=new)
    else:
        body = {"code": "brand_new_code", "message": "who knows", "trace_id": "support-1"}
        till.rule(attempt, "create", "status", status=400, committed=True, body=body)
    unknown = await till.send(attempt)
    assert (unknown.state, unknown.problem_code) == (
        S.UNKNOWN,
        "77777" if till.provider == "cbtis" else "brand_new_code",
    )
    assert (unknown.problem_text, unknown.support_id) == ("who knows", "support-1")
    assert (await till.ask(unknown)).state is S.ORPHAN
    assert till.creates(attempt) == 1


NO_CODE: list[object] = [
    None,
    [],
    "scan",
    {},
    {"type": "render_qrcode"},
    {"qrcode_url": 5, "qrcode": 5, "url": 5},
    {"qrcode_url": None, "url": None},
    {"data": {"timeStamp": 1, "package": 2}},
]


async def test_g16_without_a_code_nothing_is_shown_and_the_payment_is_watched(till: LiveTill) -> None:
    action = field_name(till.provider, "next_action")
    rules: list[dict[str, object]] = [*({"set": {action: value}} for value in NO_CODE), {"remove": [action]}]
    for rule in rules:
        attempt = till.begin()
        till.rule(attempt, speaks(till), "patch", **rule)
        odd = await till.send(attempt)
        assert (odd.state, odd.review, odd.code) == (S.UNKNOWN, ReviewReason.CODE_UNUSABLE, None), rule
        assert odd.needs_look
        shows_nothing(till, odd)
        assert (await till.ask(odd)).state is S.ORPHAN
        till.pay(odd)
        assert (await till.ask(odd)).state is S.SUCCEEDED
        assert till.rung()[-1] == odd.order_id, "nobody saw its code: a person has to hear that it was paid"


NO_DATA: list[object] = [None, [], "x", 5, {}]


async def test_g16_a_reply_without_its_data_is_unknown(till: LiveTill) -> None:
    for data in NO_DATA:
        attempt = till.begin()
        till.rule(attempt, "create", "patch", set={"data" if till.provider == "cbtis" else "id": data})
        odd = await till.send(attempt)
        assert (odd.state, odd.code) == (S.UNKNOWN, None), repr(data)
        shows_nothing(till, odd)
        assert (await till.ask(odd)).state is S.ORPHAN


CONTENTS = {
    "script": "javascript:alert(1)",
    "file": "file:///etc/passwd",
    "data": "data:text/html,x",
    "other scheme": "alipays://platformapi",
    "plain http": "http://gateway.example/pay",
    "relative": "//gateway.example/pay",
    "no host": "https:///pay",
    "10 kB": "https://pay.example/" + "x" * 10_000,
    "blank": "weixin://wxpay/a b",
    "line break": "weixin://wxpay/a\nb",
    "control": "weixin://wxpay/\x1b[2J",
    "NUL-like": "weixin://wxpay/\x7f",
    "bidi": "https://pay.example/\u202egpj.exe",
    "not ASCII": "https://pаy.example/",
    "broken address": "https://[::1/pay",
    "empty": "",
}


async def coded(till: LiveTill, content: str) -> Attempt:
    """Send an order whose reply holds that code."""
    attempt = till.begin()
    names = [field_name(till.provider, f"next_action.{name}") for name in ("qrcode_url", "qrcode")]
    till.rule(attempt, speaks(till), "patch", set=dict.fromkeys(names, content))
    return await till.send(attempt)


async def test_g17_a_code_of_an_unexpected_kind_is_not_drawn(till: LiveTill) -> None:
    for kind, content in CONTENTS.items():
        odd = await coded(till, content)
        assert (odd.state, odd.review, odd.code) == (S.UNKNOWN, ReviewReason.CODE_UNUSABLE, None), kind
        shows_nothing(till, odd)


async def test_g17_the_documented_kinds_are_drawn_exactly_as_given(till: LiveTill) -> None:
    for content in ("https://pay.example/x", "weixin://wxpay/bizpayurl?pr=1", "wxp://f2f0abc"):
        made = await coded(till, content)
        assert made.code is not None
        assert (made.state, made.code.kind, made.code.content) == (S.CREATED, CodeKind.SCAN, content)


async def test_g18_whatever_happens_to_a_create_its_id_is_sent_once(
    till: LiveTill, figure: Callable[[str], None]
) -> None:
    """The sandbox counts; a gateway that took the same create twice would have taken the money twice."""
    faults: list[tuple[str, dict[str, object]]] = [
        ("drop_before", {}),
        ("drop_after", {}),
        ("drop_after", {"reset": True}),
        ("status", {"status": 500, "committed": True}),
        ("status", {"status": 503}),
        ("malformed", {"variant": "cut"}),
        ("malformed", {"variant": "empty"}),
        ("malformed", {"variant": "not_json"}),
        ("expired_token", {}),
        ("swap_order", {}),
        ("status", {"status": 429, "retry_after": 0}),
    ]
    attempts = [till.begin() for _ in faults]
    for attempt, (fault, fields) in zip(attempts, faults, strict=True):
        till.rule(attempt, "create", fault, **fields)
        await till.send(attempt)
        for _ in range(2):
            await till.ask(attempt)
    sent = [till.creates(attempt) for attempt in attempts]
    if till.provider == "cbtis":
        assert sent == [1] * len(attempts)
    else:
        assert max(sent) <= 4  # and each time the same key: see the audit
    truth = till.sandbox.truth
    assert {len(truth.orders_of(order.provider, order.merchant_order_id)) for order in truth.orders} == {1}
    figure(f"{till.provider}: {len(attempts)} faults, {sum(sent)} create POSTs, no payment made twice")


def repeated_by_a_proxy(till: LiveTill, attempt: Attempt, status: int) -> None:
    """Let the create be done, and answer as to a second one of the same id."""
    if till.provider == "cbtis":
        body: dict[str, object] = {
            "code": 30001, "data": None, "message": "merchant_order_id was used before", "rid": "r-1",
        }  # fmt: skip
    else:
        body = {"code": "duplicate_request", "message": "used previously", "trace_id": "r-1"}
    till.rule(attempt, "create", "status", status=status, committed=True, body=body)


@pytest.mark.parametrize(
    "provider, status",
    [*(("cbtis", status) for status in (200, 400, 409, 422)), ("airwallex", 400), ("airwallex", 409)],
)
async def test_g19_an_id_that_exists_already_is_asked_about_and_ours_goes_on(
    till: LiveTill, expected_warnings: ExpectedWarnings, status: int
) -> None:
    if till.provider == "cbtis" and status != 409:
        expected_warnings.expect("unknown code 30001")
    attempt = till.begin()
    repeated_by_a_proxy(till, attempt, status)
    known = await till.send(attempt)
    if till.provider == "airwallex":  # found by our id, then confirmed: the code is there after all
        assert known.state is S.CREATED
        return
    assert known.state is S.UNKNOWN
    assert (await till.ask(known)).state is S.ORPHAN
    till.pay(known)
    assert (await till.ask(known)).state is S.SUCCEEDED


async def test_g19_a_strangers_payment_under_our_id_is_said(
    till: LiveTill, expected_warnings: ExpectedWarnings
) -> None:
    """Somebody else's order stands under our id, with another amount: nothing of it is ours to show or to book."""
    if till.provider == "cbtis":
        expected_warnings.expect("unknown code 30001")
    attempt = till.begin()
    repeated_by_a_proxy(till, attempt, 400)
    till.rule(attempt, "list", "swap_amount", amount="77.00", times=0)
    till.rule(attempt, "confirm", "swap_amount", amount="77.00", times=0)
    till.rule(attempt, "query", "swap_amount", amount="77.00", times=0)
    stranger = await till.send(attempt)
    stranger = await till.ask(stranger)
    assert (stranger.state, stranger.review) == (S.UNKNOWN, ReviewReason.AMOUNT_DIFFERS)
    assert stranger.review_detail is not None
    assert "77" in stranger.review_detail
    shows_nothing(till, stranger)
    till.pay(stranger)
    assert (await till.ask(stranger)).state is not S.SUCCEEDED


async def test_g21_a_code_that_comes_after_giving_up_stays_watched_and_is_not_shown(till: LiveTill) -> None:
    attempt = till.begin()
    till.rule(attempt, "create", "latency", seconds=0.3)
    sending = asyncio.ensure_future(till.send(attempt))
    await asyncio.sleep(0.1)
    await till.services.checkout.give_up(attempt.order_id)
    late = await sending
    assert late.state is S.CREATED
    assert late.given_up_at is not None
    assert late.shown_at is None
    assert late.is_watched
    till.pay(late)
    paid = await till.ask(late)
    assert paid.state is S.SUCCEEDED
    assert till.rung() == [attempt.order_id]
