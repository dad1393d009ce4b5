"""Answers made to hurt: what they may cost in memory and time, and that none of them is believed."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from posapp.domain.order import Flow
from posapp.domain.status import AttemptState
from posapp.gateways.base import AttemptRef
from posapp.gateways.errors import NotSent, OutcomeUnknown
from tests.faults.gateway.bending import Answer
from tests.faults.gateway.bent_line import bent_line
from tests.faults.gateway.live_till import gateway_at
from tests.faults.hostile import menu
from tests.faults.hostile.swallow import KEYS
from tests.unit.gateways import samples
from tests.unit.gateways.line_server import LineServer, endless, json_reply, reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.faults.gateway.bent_line import BentLine
    from tests.unit.gateways.line_server import Action, Heard

pytestmark = [pytest.mark.xdist_group("faults-hostile")]

ROOT = Path(__file__).parents[3]
GROWTH_KB = 20 * 1024
BUSY_S, DEADLINE_S = 1.0, {"query": 8.0, "create": 20.0}
GRACE_S = 2.0
S = AttemptState
Told = dict[str, Any]
NOBODY = {
    "cbtis": {"code": 30002, "message": "order not found", "rid": "r"},
    "airwallex": {"code": "resource_not_found", "message": "no such payment", "trace_id": "t"},
}


async def swallowed(provider: str, served: dict[str, Action]) -> list[Told]:
    """Serve hostile answers to a till's adapter in a process of its own; returns what it said of each."""

    def script(heard: Heard) -> Action:
        if heard.path.endswith(("/auth", "/login")):
            return json_reply(samples.golden(f"{provider}/login.json"))
        about = heard.target.encode() + heard.body
        named = [name for name in served if f'"{name}"'.encode() in about or f"={name}&".encode() in about]
        return served[named[0]] if named else json_reply(NOBODY[provider], 400)

    async with LineServer(script) as server:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.faults.hostile.swallow", provider, server.url, *served),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )
        try:
            out, err = await child.communicate()
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
    assert (child.returncode, err) == (0, b"")
    return [json.loads(line) for line in out.splitlines()]


def check_costs(told: list[Told], served: dict[str, Action], figure: Callable[[str], None]) -> None:
    """Check that each answer was refused as unknown, quickly, and within the memory it may take."""
    assert {each["case"] for each in told} == {"warm", *served}
    hostile = [each for each in told if each["case"] != "warm"]
    assert [each for each in hostile if each["kind"] not in ("malformed", "unknown")] == []
    assert [each for each in hostile if each["seconds"] > DEADLINE_S[each["call"]] + GRACE_S] == []
    assert [each for each in hostile if each["busy_s"] > BUSY_S * _tries(each)] == []
    grown = sum(each["grown_kb"] for each in hostile)
    assert grown < GROWTH_KB, sorted(hostile, key=lambda each: -each["grown_kb"])[:3]
    codes = ", ".join(f"{count} {code}" for code, count in sorted(Counter(each["code"] for each in hostile).items()))
    worst = max(each["busy_s"] for each in hostile)
    figure(
        f"{len(hostile)} answers ({codes}): memory +{grown / 1024:.1f} MB in all, at most {worst:.2f} s of work each"
    )


def _tries(each: Told) -> int:
    """Return how often it was tried: a create with a key is repeated while its outcome is unknown."""
    return 4 if each["call"] == "create" else 1


@pytest.mark.parametrize("provider", ["cbtis", "airwallex"])
def test_h1_a_body_that_inflates_is_refused_unopened(provider: str, figure: Callable[[str], None]) -> None:
    served = menu.bombs()
    check_costs(asyncio.run(swallowed(provider, served)), served, figure)


@pytest.mark.parametrize("provider", ["cbtis", "airwallex"])
def test_h2_a_body_without_an_end_is_cut_off_at_the_cap(provider: str, figure: Callable[[str], None]) -> None:
    served = menu.endless_bodies()
    check_costs(asyncio.run(swallowed(provider, served)), served, figure)


@pytest.mark.parametrize("provider", ["cbtis", "airwallex"])
def test_h4_a_head_that_breaks_http_is_refused(provider: str, figure: Callable[[str], None]) -> None:
    served = menu.broken_heads()
    check_costs(asyncio.run(swallowed(provider, served)), served, figure)


@pytest.mark.campaign
@pytest.mark.timeout(300)
@pytest.mark.parametrize("provider", ["cbtis", "airwallex"])
def test_h4_answers_that_are_never_the_answer_end_at_the_deadline(provider: str, figure: Callable[[str], None]) -> None:
    """ "Continue" for ever: lawful HTTP, byte by byte, so nothing but the clock ends it."""
    served = {"endless-continues": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 64)}
    told = [each for each in asyncio.run(swallowed(provider, served)) if each["case"] != "warm"]
    for each in told:
        assert (each["kind"], each["code"]) == ("unknown", "timeout")
        assert each["seconds"] <= DEADLINE_S[each["call"]] + GRACE_S
        assert each["grown_kb"] < GROWTH_KB
    figure(f"{provider}: endless 1xx given up after " + ", ".join(f"{each['seconds']:.1f} s" for each in told))


# --- JSON that is no JSON --------------------------------------------------------------------------------

PAID = (
    b'{"code":0,"data":{"order_id":"@","merchant_order_id":"@","amount":"128.50","currency":"HKD","status":"SUCCEEDED"}'
)
TAIL = b',"message":"ok","rid":"r"}'


def with_member(member: bytes) -> bytes:
    """Return a reply that would be green if the rest of it were not odd."""
    return PAID + b"," + member + TAIL


CORPUS: dict[str, bytes] = {
    "depth 100,000": with_member(b'"x":' + b"[" * 100_000 + b"]" * 100_000),
    "depth 33": with_member(b'"x":' + b"[" * 32 + b"]" * 32),
    "depth in objects": with_member(b'"x":' + b'{"a":' * 20_000 + b"1" + b"}" * 20_000),
    "open depth": with_member(b'"x":' + b"[" * 100_000),
    "4,301 digits": with_member(b'"x":' + b"9" * 4_301),
    "41 digits": with_member(b'"x":' + b"9" * 41),
    "huge exponent": with_member(b'"x":1e999999999'),
    "tiny exponent": with_member(b'"x":1e-999999999'),
    "long exponent": with_member(b'"x":1e' + b"9" * 5_000),
    "NaN": with_member(b'"x":NaN'),
    "Infinity": with_member(b'"x":Infinity'),
    "-Infinity": with_member(b'"x":-Infinity'),
    "a status twice": PAID[:-1] + b',"status":"SUCCEEDED"}' + TAIL,
    "a code twice": b'{"code":1,' + PAID[1:] + TAIL,
    "a code twice, escaped": b'{"c\\u006fde":1,' + PAID[1:] + TAIL,
    "data twice": PAID + b',"data":{}' + TAIL,
    "byte order mark": b"\xef\xbb\xbf" + PAID + TAIL,
    "UTF-16": (PAID + TAIL).decode().encode("utf-16"),
    "UTF-16 without a mark": (PAID + TAIL).decode().encode("utf-16-le"),
    "UTF-32": (PAID + TAIL).decode().encode("utf-32"),
    "Latin-1": with_member(b'"x":"\xe9"'),
    "overlong UTF-8": with_member(b'"x":"\xc0\xaf"'),
    "surrogate in UTF-8": with_member(b'"x":"\xed\xa0\x80"'),
    "lone surrogate": with_member(b'"x":"\\ud800"'),
    "lone low surrogate as a name": with_member(b'"\\udc00":1'),
    "swapped surrogates": with_member(b'"x":"\\udc00\\ud800"'),
    "NUL": with_member(b'"x":"\\u0000"'),
    "raw NUL": with_member(b'"x":"\x00"'),
    "raw line break": with_member(b'"x":"a\nb"'),
    "trailing comma": PAID + b"," + TAIL[:-1] + b",}",
    "comment": PAID + TAIL + b"// ok",
    "two documents": PAID + TAIL + PAID + TAIL,
    "single quotes": (PAID + TAIL).replace(b'"', b"'"),
    "a list": b"[" + PAID + TAIL + b"]",
    "a string": json.dumps((PAID + TAIL).decode()).encode(),
    "a number": b"0",
    "null": b"null",
    "nothing": b"",
    "a blank": b" ",
    "open string": PAID + b',"x":"' + b"\\" * 100_000,
    "many quotes": b'{"x":' + b'"' * 200_000,
    "leading zero": with_member(b'"x":012'),
    "plus sign": with_member(b'"x":+1'),
    "hexadecimal": with_member(b'"x":0x1'),
    "bare dot": with_member(b'"x":.5'),
}


@pytest.fixture
def line() -> Iterator[BentLine]:
    with bent_line("cbtis", Flow.QRCODE) as found:
        yield found


def test_h3_json_that_is_no_json_is_refused_and_changes_nothing(line: BentLine, figure: Callable[[str], None]) -> None:
    def told(body: bytes, end: bytes = b"") -> Callable[[Mapping[str, str]], Answer]:
        def make(ids: Mapping[str, str]) -> Answer:
            return Answer(body.replace(b'"@"', b'"' + ids["@ours"].encode() + b'"') + end)

        return make

    made = b'{"code":0,"data":{"order_id":"@","merchant_order_id":"@","amount":"128.50","currency":"HKD",'
    action = b'"next_action":{"qrcode_url":"https://pay.example/x"}},"message":"ok","rid":"r"}'
    shown = line.shown(create=told(made + action))
    for name, body in CORPUS.items():
        assert line.ask(shown, told(body)) == shown, name
        odd = line.create(create=told(body)).leading
        assert (odd.state, odd.code) == (S.UNKNOWN, None), name
    assert line.ask(shown, told(PAID + TAIL)).state is S.SUCCEEDED, "guard the guard: the sound reply is green"
    figure(f"{len(CORPUS)} documents, each as the answer to a question and to a create")


# --- redirects -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", ["cbtis", "airwallex"])
def test_h6_a_redirect_is_not_followed_and_the_token_stays_here(provider: str) -> None:
    """Another host waits with open arms; it hears nothing, from a question, a create or a login."""
    asyncio.run(_redirected(provider))


async def _redirected(provider: str) -> None:
    login = json_reply(samples.golden(f"{provider}/login.json"))
    thief_says = json_reply({"code": 0, "data": {"status": "SUCCEEDED"}, "message": "ok", "token": "t", "id": "int_1"})
    async with LineServer(lambda _heard: thief_says) as thief:
        for status in (301, 302, 303, 307, 308):
            for at_login in (False, True):
                away = reply(b"", status, "text/html", {"Location": f"{thief.url}/mch-api/v1/auth", "Refresh": "0"})

                def script(heard: Heard, away: Action = away, *, at_login: bool = at_login) -> Action:
                    is_login = heard.path.endswith(("/auth", "/login"))
                    return away if is_login is at_login else login

                async with LineServer(script) as server:
                    gateway = gateway_at(server.url, provider, KEYS)
                    for answer in (gateway.query(AttemptRef("T1-X")), gateway.create(samples.attempt(provider))):
                        with pytest.raises(NotSent if at_login else OutcomeUnknown) as refused:
                            await answer
                        assert refused.value.code == "redirected"
                    await gateway.aclose()
                    assert any("authorization" in heard.headers for heard in server.heard) is not at_login
        assert thief.heard == []
        assert thief.connections == 0
