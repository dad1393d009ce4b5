"""What `posapp charge` says when it cannot even begin: bad usage, bad configuration, no secret, no network."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.e2e.till import SECRET

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

    MakeTill = Callable[..., Till]

BAD_USAGE = {
    "no currency": ["charge", "12.50"],
    "zero": ["charge", "0", "HKD"],
    "negative": ["charge", "-5", "HKD"],
    "comma": ["charge", "1,50", "HKD"],
    "taiwan dollars with cents": ["charge", "10.50", "TWD"],
    "a book of digits": ["charge", "9" * 5_000, "HKD"],
    "no such currency": ["charge", "12.50", "HKX"],
    "a line break": ["charge", "1\n2", "HKD"],
    "not text": ["charge", "\udcff", "HKD"],
    "too long a note": ["charge", "12.50", "HKD", "--note", "x" * 121],
    "a note of two lines": ["charge", "12.50", "HKD", "--note", "a\nb"],
    "an endless wait": ["charge", "12.50", "HKD", "--wait", "inf"],
    "no such day": ["orders", "--day", "2026-02-30"],
    "no such state": ["orders", "--state", "happy"],
}
"""The rest of what can be written wrongly is in tests/unit/app/test_cli.py, without a process for each."""


def test_bad_usage_is_one_sentence_and_exit_2_and_leaves_no_trace(till: Till, sandbox: SandboxProcess) -> None:
    children = {name: till.start(*arguments) for name, arguments in BAD_USAGE.items()}
    ended = {name: child.end() for name, child in children.items()}
    assert {name: (each.code, each.out) for name, each in ended.items()} == {name: (2, "") for name in BAD_USAGE}
    assert {name: each.err.count("\n") for name, each in ended.items()} == {name: 1 for name in BAD_USAGE}
    assert till.ids() == set()
    assert sandbox.truth()["requests_total"] == 0


def test_an_unknown_command_is_a_sentence_that_names_the_known_ones(till: Till) -> None:
    ended = till.start_bare("sell", "5").end()
    assert (ended.code, ended.out) == (2, "")
    assert "'charge'" in ended.err


def test_a_mini_program_flow_without_the_shopper_is_bad_usage(make_till: MakeTill) -> None:
    nobody = make_till("airwallex", "mini_program").charge().end()
    no_program = make_till("cbtis", "mini_program").charge("1", "HKD", "--open-id", "o1").end()
    assert (nobody.code, nobody.out, "--open-id" in nobody.err) == (2, "", True)
    assert (no_program.code, no_program.out, "--app-id" in no_program.err) == (2, "", True)


def test_a_bad_configuration_exits_2_and_names_file_and_line(till: Till) -> None:
    till.reconfigure('currency = "HKD"', "currency = 344")
    ended = till.charge().end()
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"posapp: {till.config}, line 11: [gateway] currency must be text in quotation marks\n"


def test_no_configuration_exits_2_and_names_the_place(till: Till) -> None:
    till.config.unlink()
    named = till.charge().end()
    usual = till.start_bare("charge", "5", "HKD").end()
    assert (named.code, named.out, str(till.config) in named.err) == (2, "", True)
    assert (usual.code, usual.out, "posapp.toml" in usual.err) == (2, "", True)


@pytest.mark.parametrize(
    "address", ["http://192.0.2.1", "http://gateway.example", "http://127.0.0.1.example", "ftp://x"]
)
def test_plain_http_to_another_machine_is_refused(till: Till, sandbox: SandboxProcess, address: str) -> None:
    till.reconfigure(f'"{sandbox.base_url}"', f'"{address}"')
    ended = till.charge().end()
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(f"posapp: {till.config}, line 9: [gateway] base_url cannot be used: ")


def test_without_a_secret_it_exits_1_and_says_where_to_put_it(till: Till, sandbox: SandboxProcess) -> None:
    till.with_env(**{SECRET: None})
    unset = till.charge().end()
    till.with_env(**{SECRET: ""})
    empty = till.charge().end()
    assert (unset.code, unset.out) == (empty.code, empty.out) == (1, "")
    assert SECRET in unset.err
    assert sandbox.truth()["requests_total"] == 0


def test_a_wrong_secret_exits_1_and_nothing_is_asked_for(
    make_till: MakeTill, sandbox: SandboxProcess, provider: str
) -> None:
    till = make_till(provider)
    till.with_env(**{SECRET: "not-the-secret-Xq7"})
    ended = till.charge().end()
    assert ended.names == ["attempt", "state NOT_SENT", "final"]
    assert (ended.code, ended.last["status"], ended.last["problem"]) == (1, "CLOSED", "credentials_rejected")
    assert ended.err.startswith("posapp: the gateway rejects our ")
    assert "create" not in sandbox.requests(provider)


@pytest.mark.parametrize("secret", ["two words", "geheimn\N{LATIN SMALL LETTER I WITH DIAERESIS}s", "line\nbreak"])
def test_a_secret_that_cannot_be_one_exits_1_and_is_not_quoted(
    till: Till, sandbox: SandboxProcess, secret: str
) -> None:
    till.with_env(**{SECRET: secret})
    ended = till.charge().end()
    assert (ended.code, ended.out) == (1, "")
    assert sandbox.truth()["requests_total"] == 0


def test_without_a_network_it_exits_1_and_nothing_was_sent(make_till: MakeTill, provider: str) -> None:
    till = make_till(provider)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and not listening: refuses every connection
        text = till.config.read_text("utf-8")
        line = next(line for line in text.splitlines() if line.startswith("base_url"))
        till.reconfigure(line, f'base_url = "http://127.0.0.1:{taken.getsockname()[1]}"')
        ended = till.charge().end()
    assert ended.names == ["attempt", "state NOT_SENT", "final"]
    assert (ended.code, ended.last["status"], ended.last["problem"]) == (1, "CLOSED", "refused")
    assert ended.err == "posapp: the gateway's address refuses connections\n"
    assert till.order()["state"] == "NOT_SENT"
