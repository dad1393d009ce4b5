"""What `posapp charge` says and exits with while the gateway misbehaves: an honest state, and green only for the truth.

Many charges run at once, each on a till of its own, since most of their time is waiting. The rows themselves are shown
in the neighbouring files, inside the test's own process and much faster: most of what is here only the campaign runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from tests.e2e.conftest import make_till, sandbox, sandbox_process

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.child import Ended, JsonObject
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

    MakeTill = Callable[..., Till]
    Rule = dict[str, object]

__all__ = ["make_till", "sandbox", "sandbox_process"]

LONG = pytest.mark.campaign
pytestmark = [pytest.mark.xdist_group("faults-gateway"), pytest.mark.timeout(180)]

DAMAGES = "truncated cut not_json html nan duplicate_keys deep huge gzip empty wrong_type missing_data".split()


@pytest.fixture
def till(make_till: MakeTill) -> Till:
    """Return a till at CBTIS."""
    return make_till()


def verdict(ended: Ended) -> tuple[object, ...]:
    """Sum up how a charge ended: exit code, last event, state, standing, reason for a review."""
    last = ended.last
    return ended.code, last["event"], last["state"], last["standing"], last.get("review")


OPEN_UNKNOWN = (5, "open", "UNKNOWN", "NOT_KNOWN", None)
OPEN_WAITING = (5, "open", "PENDING", "WAITING", None)


def open_review(state: str, reason: str) -> tuple[object, ...]:
    return 5, "open", state, "REVIEW", reason


# --- the create ------------------------------------------------------------------------------------------


@pytest.mark.campaign
@pytest.mark.parametrize("fault,there", [("drop_before", False), ("drop_after", True)])
@pytest.mark.parametrize("reset", [False, True])
def test_n5_a_lost_reply_is_unknown_and_found_by_asking(
    till: Till, sandbox: SandboxProcess, fault: str, there: bool, reset: bool
) -> None:
    sandbox.fault("create", fault, reset=reset)
    ended = till.charge(wait=0).end()
    assert verdict(ended) == OPEN_UNKNOWN
    assert "qr" not in ended.names
    assert ended.err.startswith("posapp: ")
    ref = ended.last["merchant_order_id"]
    found = till.order("--refresh")
    assert (found["merchant_order_id"], found["state"]) == (ref, "ORPHAN" if there else "UNKNOWN")
    assert [(seen["merchant_order_id"], seen["create_posts"]) for seen in sandbox.seen()] == [(ref, 1)]


@pytest.mark.campaign
def test_g8_an_order_found_while_waiting_and_paid_there_exits_0_with_an_alarm(
    till: Till, sandbox: SandboxProcess
) -> None:
    sandbox.fault("create", "drop_after")
    sandbox.fault("query", "not_found")
    charge = till.charge()
    sandbox.pay(charge.until("state", "UNKNOWN")["merchant_order_id"])
    ended = charge.end()
    assert ended.names == ["attempt", "state UNKNOWN", "state SUCCEEDED", "final"]
    assert (ended.code, ended.last["standing"], ended.last["alarm"]) == (0, "PAID", "PAID_LATE")
    assert till.order()["needs_look"] is True


@pytest.mark.campaign
@pytest.mark.parametrize("on", ["create", "confirm"])
@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_g18_airwallex_repeats_a_lost_create_under_the_same_key(
    make_till: MakeTill, sandbox: SandboxProcess, on: str, fault: str
) -> None:
    till = make_till("airwallex")
    sandbox.fault(on, fault)
    ended = till.charge(wait=0).end()
    assert verdict(ended) == OPEN_WAITING
    (seen,) = sandbox.seen()
    assert seen["create_posts"] == (2 if on == "create" else 1)
    assert len(set(_texts(seen["request_ids"]))) == 1


@pytest.mark.campaign
def test_g16_whatever_breaks_a_reply_to_the_create_leaves_it_unknown_and_shows_nothing(
    make_till: MakeTill, sandbox: SandboxProcess
) -> None:
    damages: list[Rule] = [{"fault": "malformed", "variant": variant} for variant in DAMAGES]
    statuses: list[Rule] = [{"fault": "status", "status": status} for status in (500, 502, 503, 504, 409)]
    rules = damages + statuses
    for rule in rules:
        sandbox.fault("create", provider="cbtis", **rule)
    charges = [make_till().charge(wait=0) for _ in rules]
    ends = [charge.end() for charge in charges]
    assert [verdict(ended) for ended in ends] == [OPEN_UNKNOWN] * len(rules)
    assert [ended.names for ended in ends] == [["attempt", "state UNKNOWN", "open"]] * len(rules)
    assert {str(ended.err).count("\n") for ended in ends} == {1}


WRONG_CREATES: dict[str, tuple[Rule, str]] = {
    "amount": ({"fault": "swap_amount", "amount": 1250}, "AMOUNT_DIFFERS"),
    "a speck": ({"fault": "swap_amount", "amount": "12.500000001"}, "AMOUNT_DIFFERS"),
    "currency": ({"fault": "swap_amount", "currency": "USD"}, "AMOUNT_DIFFERS"),
    "order": ({"fault": "swap_order"}, "WRONG_ORDER"),
}


@pytest.mark.campaign
@pytest.mark.parametrize("case", WRONG_CREATES)
def test_g13_a_create_that_answers_something_else_is_a_review_and_shows_nothing(
    make_till: MakeTill, sandbox: SandboxProcess, provider: str, case: str
) -> None:
    rule, reason = WRONG_CREATES[case]
    till = make_till(provider)
    # At Airwallex the confirm has the last word, but one about another intent is not an answer at all.
    sandbox.fault("confirm" if provider == "airwallex" and case != "order" else "create", **rule)
    ended = till.charge(wait=0).end()
    assert verdict(ended) == open_review("UNKNOWN", reason)
    assert "qr" not in ended.names
    assert ended.err.startswith("posapp: the gateway")
    assert till.order("--state", "review")["needs_look"] is True


@pytest.mark.parametrize(
    "content",
    [
        "javascript:alert(1)",
        *(pytest.param(odd, marks=LONG) for odd in ("http://gateway.example/pay", "weixin://a b", "")),
    ],
)
def test_g17_a_code_that_is_no_payment_code_is_never_printed(till: Till, sandbox: SandboxProcess, content: str) -> None:
    sandbox.fault("create", "patch", set={"data.next_action.qrcode_url": content})
    ended = till.charge(wait=0).end()
    assert verdict(ended) == open_review("UNKNOWN", "CODE_UNUSABLE")
    assert "qr" not in ended.names
    assert not content or content not in ended.out


def test_g3_too_many_requests_is_a_refusal_of_this_order(till: Till, sandbox: SandboxProcess) -> None:
    sandbox.fault("create", "status", status=429, retry_after=1)
    ended = till.charge(wait=0).end()
    assert verdict(ended) == (4, "final", "REFUSED", "REFUSED", None)
    assert ended.last["problem"] == "http_429"


# --- the token -------------------------------------------------------------------------------------------


def test_g4_an_expired_token_at_the_create_costs_one_id_and_goes_on_with_another(
    till: Till, sandbox: SandboxProcess
) -> None:
    sandbox.fault("create", "expired_token")
    charge = till.charge()
    code = charge.until("qr")
    sandbox.pay(code["merchant_order_id"])
    ended = charge.end()
    assert ended.names[:3] == ["attempt", "state REFUSED", "attempt"]
    assert (ended.code, ended.last["state"]) == (0, "SUCCEEDED")
    first, second = (event["merchant_order_id"] for event in ended.events if event["event"] == "attempt")
    assert first != second == code["merchant_order_id"] == ended.last["merchant_order_id"]
    assert [attempt["state"] for attempt in _objects(till.order()["attempts"])] == ["REFUSED", "SUCCEEDED"]


@pytest.mark.campaign
@pytest.mark.parametrize("on", ["query", "create"])
def test_g4_airwallex_renews_an_expired_token_in_passing(make_till: MakeTill, sandbox: SandboxProcess, on: str) -> None:
    till = make_till("airwallex")
    sandbox.fault(on, "expired_token")
    charge = till.charge()
    sandbox.pay(charge.until("qr")["merchant_order_id"])
    ended = charge.end()
    assert (ended.code, ended.names.count("attempt")) == (0, 1)
    assert sandbox.requests("airwallex")["auth"] == 2


BAD_LOGINS: list[Rule] = [
    {"fault": "drop_after"},
    {"fault": "status", "status": 500},
    {"fault": "malformed", "variant": "html"},
    {"fault": "malformed", "variant": "wrong_type"},
]


@pytest.mark.campaign
def test_g5_a_login_without_a_token_sends_nothing_and_exits_1(make_till: MakeTill, sandbox: SandboxProcess) -> None:
    for rule in BAD_LOGINS:
        for gateway in ("cbtis", "airwallex"):
            sandbox.fault("auth", provider=gateway, **rule)
    charges = [make_till(gateway).charge(wait=0) for _ in BAD_LOGINS for gateway in ("cbtis", "airwallex")]
    ends = [charge.end() for charge in charges]
    assert {verdict(ended) for ended in ends} == {(1, "final", "NOT_SENT", "REFUSED", None)}
    assert sandbox.seen() == []


@pytest.mark.parametrize("provider", ["cbtis", pytest.param("airwallex", marks=LONG)])
def test_g4_a_token_that_is_never_accepted_is_said_once_and_is_no_loop(
    make_till: MakeTill, sandbox: SandboxProcess, provider: str
) -> None:
    token = "canary-canary-canary-canary-canary"
    till = make_till(provider)
    till.secrets.add(token)
    name = "access_token" if provider == "cbtis" else "token"
    sandbox.fault("auth", "patch", set={name: token}, times=0)
    ended = till.charge().end()
    assert (ended.code, ended.last["problem"]) == (4, "credentials_rejected")
    assert sandbox.requests(provider)["auth"] <= 3
    assert [seen["created"] for seen in sandbox.seen()] == [False] * len(sandbox.seen())


# --- the answer to a question ----------------------------------------------------------------------------

PAID_ANSWERS: dict[str, tuple[Rule, tuple[object, ...]]] = {
    "amount": ({"fault": "swap_amount", "amount": "0.01"}, open_review("PENDING", "AMOUNT_DIFFERS")),
    "currency": ({"fault": "swap_amount", "currency": "USD"}, open_review("PENDING", "AMOUNT_DIFFERS")),
    "order": ({"fault": "swap_order"}, open_review("PENDING", "WRONG_ORDER")),
    "word": ({"fault": "unknown_status", "word": "PAID"}, open_review("PENDING", "UNKNOWN_STATUS")),
    "small letters": ({"fault": "unknown_status", "word": "succeeded"}, open_review("PENDING", "UNKNOWN_STATUS")),
    "a trailing blank": ({"fault": "unknown_status", "word": "SUCCEEDED "}, open_review("PENDING", "UNKNOWN_STATUS")),
    "an old answer": ({"fault": "stale"}, OPEN_WAITING),
    "not found": ({"fault": "not_found"}, OPEN_WAITING),
    "a fault": ({"fault": "status", "status": 503}, OPEN_WAITING),
    "asked too often": ({"fault": "status", "status": 429, "retry_after": 1}, OPEN_WAITING),
    "rubbish": ({"fault": "malformed", "variant": "not_json"}, OPEN_WAITING),
    "hung up": ({"fault": "drop_after"}, OPEN_WAITING),
}


ALL = list(PAID_ANSWERS)
FEW = ["amount", "order", "word", "rubbish"]
"""What the adapters share is not tried twice."""


@pytest.mark.campaign
@pytest.mark.parametrize("provider,names", [("cbtis", ALL), ("airwallex", FEW)])
def test_g12_no_answer_but_the_truth_turns_an_order_green(
    make_till: MakeTill, sandbox: SandboxProcess, provider: str, names: list[str]
) -> None:
    tills = {name: make_till(provider) for name in names}
    charges = {name: till.charge(wait=3.5) for name, till in tills.items()}
    for name, charge in charges.items():
        ref = charge.until("qr")["merchant_order_id"]
        sandbox.fault("query", merchant_order_id=ref, times=0, **PAID_ANSWERS[name][0])
        sandbox.pay(ref)
    ends = {name: charge.end() for name, charge in charges.items()}
    assert {name: verdict(ended) for name, ended in ends.items()} == {name: PAID_ANSWERS[name][1] for name in tills}
    sandbox.clear_faults()
    for name in FEW:
        found = tills[name].order("--refresh")
        assert (found["state"], found["standing"]) == ("SUCCEEDED", "PAID")


def _texts(value: object) -> list[str]:
    return [str(each) for each in cast("list[object]", value)]


def _objects(value: object) -> list[JsonObject]:
    return cast("list[JsonObject]", value)
