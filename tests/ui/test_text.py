"""Every state and every problem has words, an icon and a colour; unknown ones get an honest general sentence."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from posapp.domain.errors import Problem
from posapp.domain.money import Money
from posapp.domain.status import AlarmKind, AttemptState, ReviewReason, Standing
from posapp.domain.till import GatewayHealth, HealthState
from posapp.ui import text
from posapp.ui.health_text import health_look
from posapp.ui.icons import Icon
from posapp.ui.problem_text import (
    Situation,
    gateway_said,
    has_sentence,
    problem_text,
    quoted,
    situation_of,
    support_line,
)
from posapp.ui.tokens import ToneName
from tests.ui.fake_till import facts

pytestmark = pytest.mark.usefixtures("qapp")

NOW = datetime(2025, 11, 22, 6, 3, 22, tzinfo=UTC)


@pytest.mark.parametrize("standing", list(Standing))
def test_every_standing_has_a_look(standing: Standing) -> None:
    look = text.standing_look(standing)
    assert look.word


def test_no_two_standings_look_alike() -> None:
    looks = [text.standing_look(standing) for standing in Standing]
    assert len({look.word for look in looks}) == len(looks)
    assert len({look.icon for look in looks}) == len(looks)
    assert len({look.tone for look in looks}) == len(looks)


@pytest.mark.parametrize("state", list(AttemptState))
def test_every_attempt_state_has_a_look(state: AttemptState) -> None:
    look = text.attempt_look(state)
    assert look.word
    assert (look.tone is ToneName.PAID) == (state is AttemptState.SUCCEEDED)
    assert situation_of(state) in Situation


@pytest.mark.parametrize("alarm", list(AlarmKind))
def test_every_alarm_says_what_to_do(alarm: AlarmKind) -> None:
    assert all(text.alarm_text(alarm))


@pytest.mark.parametrize("reason", list(ReviewReason))
def test_every_review_says_what_it_means(reason: ReviewReason) -> None:
    assert all(text.review_text(reason))


@pytest.mark.parametrize("state", list(HealthState))
def test_every_health_has_words(state: HealthState) -> None:
    health = GatewayHealth(state, last_answer_at=NOW - timedelta(seconds=2), since=NOW - timedelta(seconds=40))
    look = health_look(health, "CBTIS", NOW)
    assert look.word
    assert isinstance(look.icon, Icon)


def test_health_counts_the_seconds() -> None:
    answering = GatewayHealth(HealthState.ANSWERING, last_answer_at=NOW - timedelta(seconds=2))
    assert health_look(answering, "CBTIS", NOW).word == "CBTIS answered 2 s ago"
    silent = GatewayHealth(HealthState.SILENT, since=NOW - timedelta(seconds=40))  # it has never answered
    words = health_look(silent, "CBTIS", NOW).word
    assert words == "No answer from CBTIS for 40 s: new charges will not work; open orders are still asked"


@pytest.mark.parametrize(
    "code, reason",
    [
        ("captive_portal", "The network wants a sign-in first"),
        ("proxy_auth", "The shop's proxy server asks for a password"),
        ("tls_clock", "This PC's clock is wrong, or the gateway's certificate is not valid yet"),
        ("no_route", "There is no way into the network"),
    ],
)
def test_a_cause_that_somebody_can_mend_is_named_at_once(code: str, reason: str) -> None:
    silent = GatewayHealth(HealthState.SILENT, since=NOW - timedelta(seconds=1), problem_code=code)
    look = health_look(silent, "CBTIS", NOW)
    assert look.word == f"{reason}: new charges will not work; open orders are still asked"
    assert look.tone is ToneName.REFUSED


def test_one_lost_reply_alarms_nobody() -> None:
    answered = NOW - timedelta(seconds=70)
    silent = GatewayHealth(HealthState.SILENT, last_answer_at=answered, since=NOW - timedelta(seconds=9.9))
    look = health_look(silent, "CBTIS", NOW)
    assert look.word == "CBTIS did not answer just now and is being asked again"
    assert look.tone is ToneName.NOT_KNOWN
    later = health_look(silent, "CBTIS", NOW + timedelta(seconds=0.2))
    assert later.word.startswith("No answer from CBTIS for 1 min: new charges will not work")
    assert later.tone is ToneName.REFUSED


def test_silence_is_counted_from_the_last_answer() -> None:
    answered, since = NOW - timedelta(seconds=45), NOW - timedelta(seconds=20)
    silent = GatewayHealth(HealthState.SILENT, last_answer_at=answered, since=since)
    assert health_look(silent, "CBTIS", NOW).word.startswith("No answer from CBTIS for 45 s")


@pytest.mark.parametrize(
    "reason, detail, shown",
    [
        (ReviewReason.AMOUNT_DIFFERS, "HKD 88.00 / HKD 88.01", "Asked: HKD 88.00\nGateway says: HKD 88.01"),
        (ReviewReason.AMOUNT_DIFFERS, "HKD 88.00 / ? ?", "Asked: HKD 88.00\nGateway says: nothing"),
        (ReviewReason.WRONG_ORDER, "T1-1 / a / b", "Asked about: T1-1\nGateway says: a / b"),
        (ReviewReason.UNKNOWN_STATUS, "ODD / EVEN", "ODD / EVEN"),
        (ReviewReason.AMOUNT_DIFFERS, "<b>odd</b>\x00", "<b>odd</b>"),
        (ReviewReason.AMOUNT_DIFFERS, None, ""),
    ],
)
def test_both_sides_of_a_mismatch_are_named(reason: ReviewReason, detail: str | None, shown: str) -> None:
    assert text.review_values(reason, detail) == shown


@pytest.mark.parametrize(
    "state, code, words, said",
    [
        (AttemptState.REFUSED, "20006", "amount is not valid", "amount is not valid"),
        (AttemptState.REFUSED, "20006", "no reason given", ""),
        (AttemptState.REFUSED, "20006", "", ""),
        (AttemptState.REFUSED, "credentials_rejected", "the gateway does not accept our token", ""),
        (AttemptState.REFUSED, "http_429", "the gateway wants to be asked less often", ""),
        (AttemptState.NOT_SENT, "refused", "the gateway's address refuses connections", ""),
        (AttemptState.UNKNOWN, "timeout", "the gateway did not answer in time", ""),
    ],
)
def test_only_the_gateways_own_words_are_quoted(state: AttemptState, code: str, words: str, said: str) -> None:
    assert gateway_said(state, code, words) == said
    assert quoted(said) == (f"The gateway says: “{said}”" if said else "")


def test_our_own_sentences_are_known_as_such() -> None:
    """The words that stand in for missing ones are written by the adapters; they are told apart by their text."""
    adapters = Path(text.__file__).parents[1] / "gateways"
    assert sum('"no reason given"' in path.read_text(encoding="utf-8") for path in adapters.rglob("*.py")) == 2


ERROR_CLASSES = {
    "AuthFailed", "CheckoutError", "DomainError", "LedgerError", "Malformed", "NotSent", "OutcomeUnknown", "Problem",
    "RateLimited", "Refused", "SecretError",
}  # fmt: skip


CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
TABLES = {"gateways", "store"}
"""Where pairs of a code and its sentence stand in tables."""
SAYING = {"code", "problem_code"}


def texts(*nodes: ast.expr) -> list[str]:
    """The literal texts among some expressions."""
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def codes_in(node: ast.AST, *, in_table: bool) -> list[str]:
    """The codes that one place of the program names."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERROR_CLASSES:
        return texts(*node.args[:1])
    if isinstance(node, ast.keyword) and node.arg in SAYING:
        return texts(node.value)
    if in_table and isinstance(node, ast.Tuple) and len(node.elts) == 2:
        pair = texts(*node.elts)
        return pair[:1] if len(pair) == 2 and CODE.fullmatch(pair[0]) and " " in pair[1] else []
    return []


def codes_in_the_program() -> set[str]:
    """Every literal code that some layer raises or reports."""
    package = Path(text.__file__).parents[1]
    found: set[str] = set()
    for path in package.rglob("*.py"):
        rooms = set(path.relative_to(package).parts)
        if "sandbox" in rooms:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found.update(codes_in(node, in_table=bool(rooms & TABLES)))
    return found


def test_the_search_for_codes_finds_some() -> None:
    assert {"amount_empty", "code_too_long", "disk_full", "tls_expired", "interrupted"} <= codes_in_the_program()


def test_every_code_that_the_program_raises_has_a_sentence() -> None:
    assert {code for code in codes_in_the_program() if not has_sentence(code)} == set()


@pytest.mark.parametrize(
    "code",
    (
        "timeout reset cut_off dns refused connect_timeout no_route tls_expired tls_wrong_host tls_unknown_ca "
        "tls_protocol tls_failed tls_clock not_connected proxy_auth captive_portal redirected malformed "
        "credentials_rejected unauthorized rate_limited payer_missing flow_unsupported disk_full ledger_read_only "
        "ledger_busy ledger_failed ledger_newer ledger_corrupt ledger_cannot_open new_code_not_allowed "
        "already_charging not_ready internal ledger_view_only ledger_missing ledger_on_network ledger_older "
        "ledger_in_use backup_failed backup_missing backup_unsound crashed_last_time worker_stopped worker_hangs "
        "interrupted proxy_refused proxy_unreachable secret_other_host"
    ).split(),
)
def test_a_known_code_has_its_own_sentence(code: str) -> None:
    general, _ = problem_text(Problem("nobody_knows_this", ""))
    title, _ = problem_text(Problem(code, ""))
    assert title != general


@pytest.mark.parametrize("code", ["http_500", "http_503", "http_599"])
def test_every_server_error_is_the_gateways_trouble(code: str) -> None:
    assert problem_text(Problem(code, ""))[0] == "The gateway has trouble of its own"


@pytest.mark.parametrize("situation", list(Situation))
def test_an_unknown_code_still_says_what_is_safe(situation: Situation) -> None:
    title, advice = problem_text(Problem("nobody_knows_this", ""), situation)
    assert title
    assert advice or situation is Situation.INPUT


def test_what_is_safe_depends_on_what_was_sent() -> None:
    timeout = Problem("timeout", "")
    assert "safe to try again" in problem_text(timeout, Situation.NOT_SENT)[1]
    assert "Do not charge again" in problem_text(timeout, Situation.NOT_KNOWN)[1]
    assert situation_of(AttemptState.NOT_SENT) is Situation.NOT_SENT
    assert situation_of(AttemptState.UNKNOWN) is Situation.NOT_KNOWN
    assert situation_of(AttemptState.REFUSED) is Situation.REFUSED


def test_the_support_desk_gets_code_and_id() -> None:
    assert support_line(Problem("timeout", "", support_id="rid-7")) == "Code for support: timeout, rid-7"
    assert support_line(Problem("timeout", "")) == "Code for support: timeout"


@pytest.mark.parametrize(
    "minor, currency, shown",
    [
        (128050, "HKD", "HKD 1,280.50"),
        (0, "HKD", "HKD 0.00"),
        (128, "JPY", "JPY 128"),
        (1234567, "KWD", "KWD 1,234.567"),
        (12800, "TWD", "TWD 128"),
        (12850, "TWD", "TWD 128.50"),
        (-5, "HKD", "HKD -0.05"),
    ],
)
def test_money_for_people(minor: int, currency: str, shown: str) -> None:
    assert text.money_text(Money(minor, currency), facts(gateway_decimals={"TWD": 0})) == shown


@pytest.mark.parametrize(
    "seconds, words",
    [(-3, "just now"), (0.4, "just now"), (2, "2 s ago"), (59, "59 s ago"), (60, "1 min ago"), (7200, "2 h ago"),
     (200_000, "2 d ago")],
)  # fmt: skip
def test_ages(seconds: float, words: str) -> None:
    assert text.age_text(seconds) == words


def test_elapsed_time_runs() -> None:
    assert [text.elapsed_text(seconds) for seconds in (-1, 7, 61, 754)] == ["0:00", "0:07", "1:01", "12:34"]


def test_times_are_the_shops() -> None:
    assert text.clock_text(NOW, facts().day) == "14:03:22"


def test_words_from_outside_become_one_plain_line() -> None:
    assert text.gateway_words("a\n\tb\x00c\u202e") == "a b c"
    assert text.gateway_words(None) == ""
    assert len(text.gateway_words("x" * 999)) == 200
