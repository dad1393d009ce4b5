"""What a gateway echoes of our credentials is gone before anybody reads its answer."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from posapp.gateways.discretion import discreet
from posapp.gateways.exchange import Reply

SECRET = "canary+with/odd=signs"


def reply(text: str) -> Reply:
    return Reply(200, "application/json", text.encode())


@pytest.mark.parametrize(
    "echo", [SECRET, quote(SECRET), quote(SECRET, safe=""), json.dumps(SECRET).replace("/", "\\/").strip('"')]
)
def test_an_echo_is_blanked_however_it_is_written(echo: str) -> None:
    found = discreet(reply(json.dumps({"rid": "x"})[:-1] + f', "message": "no: {echo}"}}'), SECRET)
    assert found.object() == {"rid": "x", "message": "no: ***"}


def test_an_answer_without_an_echo_is_handed_on_as_it_is() -> None:
    answer = reply('{"message": "no"}')
    assert discreet(answer, SECRET, "another-one") is answer


def test_a_short_word_may_stand_in_any_answer() -> None:
    assert discreet(reply("1234567"), "1234567").body == b"1234567"
