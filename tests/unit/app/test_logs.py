"""One record, one line, no secret."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

import pytest

from posapp.app.logs import MAX_LINE, OneLine, start_logging

if TYPE_CHECKING:
    from pathlib import Path


def formatted(message: str, *arguments: object) -> str:
    record = logging.LogRecord("posapp.test", logging.INFO, "", 0, message, arguments, None)
    return OneLine("%(name)s %(message)s").format(record)


@pytest.mark.parametrize("mark", ["\n", "\r", "\x1b[31m", "\x00", "\x85", "\u2028", "\u2029", "\x0b", "\u202e"])
def test_words_from_outside_cannot_forge_a_line(mark: str) -> None:
    line = formatted("the gateway says %s", f"no{mark}2026-03-14T12:00:00.000Z CRITICAL posapp forged")
    assert line.isprintable()
    assert len(line.splitlines()) == 1


def test_a_traceback_is_one_line() -> None:
    error = ValueError("first\nsecond")
    record = logging.LogRecord("posapp", logging.ERROR, "", 0, "uncaught", (), (ValueError, error, None))
    line = OneLine("%(message)s").format(record)
    assert line.startswith(r"uncaught\nValueError: first\nsecond")
    assert line.isprintable()


LEAKS = [
    "GET /token?uid=1&client_secret=CANARY&grant=x",
    "Authorization: Bearer CANARY",
    "{'Authorization': 'Bearer CANARY'}",
    "{'access_token': 'CANARY', 'expires_in': 7200}",
    '{"token":"CANARY"}',
    "[(b'x-api-key', b'CANARY')]",
    "x-api-key: CANARY",
    "password = CANARY",
    "authorization: Basic CANARY",
    "bearer CANARY",
]


@pytest.mark.parametrize("message", LEAKS)
def test_what_looks_like_a_secret_is_blanked(message: str) -> None:
    assert "CANARY" not in formatted(message)
    assert "***" in formatted(message)


@pytest.mark.parametrize("message", ["the token has expired", "order T1-1: a secret, of sorts", "HTTP 401 in 3 ms"])
def test_ordinary_words_stay(message: str) -> None:
    assert formatted(message) == f"posapp.test {message}"


@pytest.mark.usefixtures("root")
def test_the_log_is_written_and_urls_of_the_http_library_are_not(tmp_path: Path) -> None:
    start_logging(tmp_path / "logs")
    logging.getLogger("httpx").info("HTTP Request: GET https://gateway.example/token?client_secret=CANARY")
    logging.getLogger("posapp.test").info("order %s", "T1-1")
    (line,) = (tmp_path / "logs" / "posapp.log").read_text("utf-8").splitlines()
    assert line.endswith(" INFO posapp.test order T1-1")


@pytest.mark.usefixtures("root")
def test_a_folder_that_cannot_be_made_does_not_stand_in_the_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = tmp_path / "logs"
    taken.write_text("not a folder", "utf-8")
    start_logging(taken)
    logging.getLogger("posapp.test").info("order T1-1")
    assert "order T1-1" in capsys.readouterr().err


@pytest.mark.usefixtures("root")
def test_a_log_that_cannot_be_written_says_nothing_to_the_cashier(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    start_logging(tmp_path / "logs")
    (tmp_path / "logs" / "posapp.log").mkdir()
    logging.getLogger("posapp.test").info("order T1-1")
    assert capsys.readouterr() == ("", "")


def test_times_are_utc_wherever_the_till_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Hong_Kong")
    time.tzset()
    try:
        record = logging.LogRecord("posapp.test", logging.INFO, "", 0, "odd", (), None)
        record.created, record.msecs = 0.25, 250.0
        line = OneLine("%(asctime)s %(message)s").format(record)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert line == "1970-01-01T00:00:00.250Z odd"


def test_a_secret_at_the_end_of_a_huge_text_is_not_cut_into_view() -> None:
    for padding in range(4 * MAX_LINE - 200, 4 * MAX_LINE, 7):
        assert "CANA" not in formatted("%s token=CANARYCANARY", "x" * padding)
