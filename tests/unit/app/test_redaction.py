"""What is known to be secret is blanked in every spelling, and what looks like it, too."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from posapp.app import redaction
from posapp.app.redaction import LEAST_HIDDEN, hide, redacted

if TYPE_CHECKING:
    pass

SECRET = 'ca+na/ry="5e\\cret'


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test's secrets be hidden in another one."""
    monkeypatch.setattr(redaction.KNOWN, "values", set[str]())
    monkeypatch.setattr(redaction.KNOWN, "pattern", None)


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        json.dumps(SECRET),
        json.dumps(SECRET).replace("/", "\\/"),
        base64.b64encode(SECRET.encode()).decode(),
    ],
)
def test_a_known_secret_is_blanked_in_every_spelling(written: str) -> None:
    plain = f"the gateway says {written} and more"
    assert redacted(plain) == plain
    hide(SECRET)
    assert "***" in redacted(plain)
    assert written.strip('"').rstrip("=") not in redacted(plain)


def test_what_is_named_for_one_text_is_not_remembered() -> None:
    assert redacted("my canary sings", ["canary"]) == "my *** sings"
    assert redacted("my canary sings") == "my canary sings"


def test_a_word_too_short_to_be_a_secret_tears_no_holes() -> None:
    hide("x" * (LEAST_HIDDEN - 1))
    assert redacted("xxxxx") == "xxxxx"


def test_several_secrets_are_all_blanked_the_longest_first() -> None:
    hide("canary")
    hide("canary-and-more")
    assert redacted("a canary-and-more b canary c") == "a *** b *** c"


@pytest.mark.parametrize(
    "address", ["http://user:CANARY@proxy.example:3128", "http://CANARY@proxy", "socks5://u:p@CANARY@proxy.example/x"]
)
def test_user_and_password_of_an_address_are_blanked(address: str) -> None:
    assert "CANARY" not in redacted(f"via {address} now")
    assert "proxy" in redacted(f"via {address} now")


@pytest.mark.parametrize("text", ["https://gateway.example/a?b=c", "write to shop@example.com", "a://b/c, d@e"])
def test_addresses_without_a_password_stay(text: str) -> None:
    assert redacted(text) == text
