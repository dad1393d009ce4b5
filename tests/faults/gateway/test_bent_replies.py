"""Every documented reply, bent in every way Hypothesis finds, through the whole till: services, ledger, adapter, HTTP.

Three things must hold, whatever comes: only errors of the gateway's kind come out, nothing turns green (or is shown)
without the equalities, and an order is refused only where the documents say so.
"""

from __future__ import annotations

import itertools
import logging
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posapp.domain.order import Flow
from posapp.domain.status import AlarmKind, AttemptState
from tests.faults.conftest import CAMPAIGN
from tests.faults.gateway import bending, oracle
from tests.faults.gateway.bending import OURS, answers, broken, honest
from tests.faults.gateway.bent_line import bent_line
from tests.unit.gateways import samples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tests.faults.gateway.bending import Answer
    from tests.faults.gateway.bent_line import BentLine

    Said = Callable[[Mapping[str, str]], Answer]

pytestmark = [pytest.mark.xdist_group("faults-bent"), pytest.mark.timeout(900 if CAMPAIGN else 60)]

S = AttemptState
EXAMPLES = 1_500 if CAMPAIGN else 12
JSON = dict[str, Any]
OURS_FIELDS: JSON = {"merchant_order_id": OURS, "amount": "128.50", "currency": "HKD"}
INTENT: JSON = samples.golden("airwallex/create.json") | {
    **{"id": f"{OURS}-id", "merchant_order_id": OURS, "amount": 128.5, "currency": "HKD"},
    "latest_payment_attempt": {"status": "CAPTURE_REQUESTED", "updated_at": "2026-03-14T12:00:00+0000"},
}

CBTIS_CREATES = {
    Flow.QRCODE: "cbtis/create_qrcode.json",
    Flow.OFFICIAL_ACCOUNT: "cbtis/create_official_account.json",
}
AIRWALLEX_ACTIONS = {
    Flow.QRCODE: "airwallex/next_action_qrcode.json",
    Flow.OFFICIAL_ACCOUNT: "airwallex/next_action_official_account.json",
}


def cbtis(name: str, **fields: object) -> JSON:
    """Return a documented body of CBTIS's about our order."""
    return samples.golden(name, **OURS_FIELDS, order_id=f"{OURS}-id", **fields)


def intent(**fields: object) -> JSON:
    """Return an intent of Airwallex's about our order."""
    return INTENT | fields


ANSWERED = {
    "cbtis": cbtis("cbtis/query_succeeded.json"),
    "airwallex": intent(status="SUCCEEDED"),
}
LISTED: JSON = {"has_more": False, "items": [intent(merchant_order_id="T9-X", id="int_9"), intent(status="SUCCEEDED")]}


def made(provider: str, flow: Flow = Flow.QRCODE) -> dict[str, JSON]:
    """Return the honest replies that make a payment with a code."""
    if provider == "cbtis":
        return {"create": cbtis(CBTIS_CREATES[flow])}
    action = samples.golden(AIRWALLEX_ACTIONS[flow])
    return {"create": intent(), "confirm": intent(**action, status="REQUIRES_CUSTOMER_ACTION")}


def honestly(provider: str, flow: Flow = Flow.QRCODE) -> dict[str, Said]:
    return {name: honest(body) for name, body in made(provider, flow).items()}


@pytest.fixture(autouse=True)
def warnings_are_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the adapters warn of unknown codes as often as they like here."""
    for name in ("posapp.gateways.cbtis.client", "posapp.gateways.airwallex.calls"):
        monkeypatch.setattr(logging.getLogger(name), "disabled", True)


@pytest.fixture
def line(provider: str, flow: Flow) -> Iterator[BentLine]:
    with bent_line(provider, flow) as found:
        yield found


@pytest.fixture
def flow() -> Flow:
    return Flow.QRCODE


def examples(number: int = EXAMPLES) -> settings:
    """Say how many to try; the ledger underneath grows with them, and a shrunken example is still a true one."""
    return settings(
        max_examples=number,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def bent_or_broken(body: JSON) -> st.SearchStrategy[Said]:
    return answers(body) | answers(body) | answers(body) | broken(body)


def telling(place: bending.Path, body: JSON) -> list[Said]:
    """Bend what decides, one equality at a time: these are tried in every run, before the dice."""
    fields: list[dict[str, object]] = [
        *({"amount": amount} for amount in ("12850", "128.49", "1", None)),
        *({"currency": currency} for currency in ("TWD", "hkd", None)),
        {"amount": None, "currency": None},
        *({"merchant_order_id": other} for other in (bending.THEIRS, None)),
        *({name: f"{bending.THEIRS}-id"} for name in ("order_id", "id")),
        *({"status": word} for word in ("succeeded", "PENDING", "CANCELLED", "PAID", None)),
    ]

    def bent(changes: dict[str, object]) -> Said:
        changed = body
        for name, value in changes.items():
            changed = bending.Bend((*place, name), value, remove=value is None).on(changed)
        return honest(changed)

    return [bent(changes) for changes in fields]


def check_created(line: BentLine, said: dict[str, Said]) -> None:
    """Charge, answered so, and let the referee look at what came of it."""
    snapshot = line.create(**said)
    attempt = snapshot.attempts[-1]
    asked = line.asked(snapshot.attempts[0])
    first, last = line.sent[0], line.sent[-1] if line.provider == "airwallex" else None
    if attempt.state is S.CREATED:
        assert attempt.code is not None
        assert oracle.may_show(first, last, asked, attempt.code.content), line.sent
    elif attempt.state is S.REFUSED:
        assert oracle.may_refuse(line.sent, line.provider), line.sent
    else:
        assert attempt.state is S.UNKNOWN, line.sent
    assert attempt.code is None or attempt.state is S.CREATED


@pytest.mark.parametrize("provider", ["cbtis", "airwallex"])
@pytest.mark.parametrize("flow", [Flow.QRCODE, Flow.OFFICIAL_ACCOUNT])
def test_g16_a_bent_reply_to_a_create_shows_nothing_that_the_reply_does_not_bear_out(
    line: BentLine, provider: str, flow: Flow, figure: Callable[[str], None]
) -> None:
    replies = made(provider, flow)

    @examples()
    @given(data=st.data())
    def holds(data: st.DataObject) -> None:
        which = data.draw(st.sampled_from(sorted(replies)))
        said = {**honestly(provider, flow), which: data.draw(bent_or_broken(replies[which]))}
        check_created(line, said)

    for which, body in replies.items():
        for said in telling(("data",) if provider == "cbtis" else (), body):
            check_created(line, {**honestly(provider, flow), which: said})
    holds()
    assert line.create(**honestly(provider, flow)).leading.state is S.CREATED, "guard the guard"
    figure(f"{provider} {flow}: {EXAMPLES:,} bent replies to a create")


def check_asked(line: BentLine, said: Said, *, listed: bool, cancel: bool = False) -> None:
    """Ask about an order, answered so, and let the referee look at what came of it."""
    before = line.unknown() if listed else line.shown(**honestly(line.provider))
    after = line.ask(before, said, cancel=cancel)
    asked = line.asked(before)
    if after.state is S.SUCCEEDED:
        assert oracle.may_be_green(line.sent[-1], asked, listed=listed), line.sent
    elif after.state is S.CANCELLED:
        assert oracle.may_be_cancelled(line.sent[-1], asked, listed=listed), line.sent
    else:
        assert after.state in ({S.UNKNOWN, S.ORPHAN} if listed else {S.PENDING}), line.sent
    assert after.money == before.money
    assert after.code == before.code


QUESTIONS: dict[str, tuple[str, JSON, bool, bool]] = {
    "cbtis query": ("cbtis", ANSWERED["cbtis"], False, False),
    "cbtis query of an unknown": ("cbtis", ANSWERED["cbtis"], True, False),
    "airwallex retrieve": ("airwallex", ANSWERED["airwallex"], False, False),
    "airwallex list": ("airwallex", LISTED, True, False),
    "airwallex cancel": ("airwallex", intent(status="CANCELLED"), False, True),
}


@pytest.mark.parametrize("provider, body, listed, cancel", QUESTIONS.values(), ids=list(QUESTIONS))
def test_g16_a_bent_answer_to_a_question_turns_nothing_green_without_the_equalities(
    line: BentLine, body: JSON, *, listed: bool, cancel: bool, figure: Callable[[str], None]
) -> None:
    @examples(2 * EXAMPLES)
    @given(said=bent_or_broken(body))
    def holds(said: Said) -> None:
        check_asked(line, said, listed=listed, cancel=cancel)

    place: bending.Path = ("data",) if line.provider == "cbtis" else ("items", 1) if "items" in body else ()
    for said in telling(place, body):
        check_asked(line, said, listed=listed, cancel=cancel)
    holds()
    sound = line.ask(line.unknown() if listed else line.shown(**honestly(line.provider)), honest(body), cancel=cancel)
    assert sound.state is (S.CANCELLED if cancel else S.SUCCEEDED), "guard the guard"
    figure(f"{line.provider}: {2 * EXAMPLES:,} bent answers to a {'cancel' if cancel else 'question'}")


# --- stale and late ones ---------------------------------------------------------------------------------

WORDS = {
    "cbtis": {"pending": "PENDING", "paid": "SUCCEEDED", "cancelled": "CANCELLED"},
    "airwallex": {"pending": "REQUIRES_CUSTOMER_ACTION", "paid": "SUCCEEDED", "cancelled": "CANCELLED"},
}
NOT_FOUND = {
    "cbtis": {"code": 30002, "message": "order not found", "data": None, "rid": "r"},
    "airwallex": {"code": "resource_not_found", "message": "no", "trace_id": "t"},
}


def model(state: AttemptState, alarm: AlarmKind | None, word: str) -> tuple[AttemptState, AlarmKind | None]:
    """Say in a few words what any sound answer makes of a payment."""
    if word == "paid":
        return S.SUCCEEDED, AlarmKind.PAID_AFTER_CANCEL if state is S.CANCELLED else alarm
    if word == "cancelled" and state is S.SUCCEEDED:
        return state, AlarmKind.CONTRADICTED
    return (S.CANCELLED if word == "cancelled" else state), alarm


@pytest.mark.parametrize("provider", ["cbtis", "airwallex"])
def test_g9_no_order_of_stale_and_late_answers_takes_paid_back(
    line: BentLine, provider: str, figure: Callable[[str], None]
) -> None:
    body, words = ANSWERED[provider], WORDS[provider]
    number = 200 if CAMPAIGN else 15

    def told(word: str) -> Said:
        if word == "not found":
            return lambda _ids: bending.Answer(bending.encoded(NOT_FOUND[provider], {}), 400)
        if word == "garbage":
            return lambda _ids: bending.Answer(b"{")
        where = ("data", "status") if provider == "cbtis" else ("status",)
        return honest(bending.Bend(where, words[word]).on(body))

    def follow(sequence: Sequence[str]) -> None:
        attempt = line.shown(**honestly(provider))
        expected: tuple[AttemptState, AlarmKind | None] = (S.PENDING, None)
        for word in sequence:
            expected = model(*expected, word) if word in words else expected
            now = line.ask(attempt, told(word))
            assert (now.state, now.alarm) == expected, (sequence, word)

    @examples(number)
    @given(st.lists(st.sampled_from([*words, "not found", "garbage"]), min_size=2, max_size=12))
    def holds(sequence: list[str]) -> None:
        follow(sequence)

    for sequence in itertools.product(words, repeat=3):
        follow(sequence)
    holds()
    figure(f"{provider}: {number + 27} sequences of up to 12 answers against a model of the rules")
