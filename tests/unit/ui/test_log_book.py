"""The log's presenter and words: what is shown, what is read when, and what the support desk gets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast

import pytest

from posapp.domain.errors import Problem
from posapp.domain.log_entry import LogEntry, LogLevel
from posapp.ui.log_words import entry_line, entry_place, entry_spoken, level_look, support_text
from posapp.ui.presenters.log_book import MOST, LogPresenter, LogState
from tests.unit.ui.scripted_facade import FACTS, ScriptedFacade

if TYPE_CHECKING:
    from collections.abc import Callable

L = LogLevel
NOON = datetime(2025, 11, 22, 4, 0, tzinfo=UTC)


def entry(level: LogLevel, text: str = "something", ago_s: int = 0, *, unread: bool = False) -> LogEntry:
    return LogEntry(NOON - timedelta(seconds=ago_s), level, "posapp.x", text, unread)


class Facade(ScriptedFacade):
    """Notes when somebody has looked."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0

    def log_seen(self) -> None:
        self.seen += 1


class Page:
    def __init__(self) -> None:
        self.facade = Facade()
        self.states: list[LogState] = []
        self.presenter = LogPresenter(self.facade.as_facade(), self.states.append)

    def answer(self, *entries: LogEntry) -> None:
        done = cast("Callable[[tuple[LogEntry, ...]], None]", self.facade.take("log_entries").done)
        done(entries)


def test_one_question_at_a_time_and_the_newest_answer_last() -> None:
    page = Page()
    for _ in range(5):
        page.presenter.read()
    assert page.facade.names() == ["log_entries"]
    page.answer(entry(L.ERROR))
    assert page.facade.names() == ["log_entries"]
    page.answer(entry(L.ERROR), entry(L.INFO))
    assert page.facade.names() == []
    assert len(page.presenter.state.entries) == 2


def test_errors_only_leaves_out_what_is_none() -> None:
    page = Page()
    page.presenter.read()
    page.answer(*(entry(level) for level in L))
    page.presenter.show_errors_only(errors_only=True)
    assert {one.level for one in page.presenter.state.shown} == {L.ERROR, L.CRASH}
    page.presenter.show_errors_only(errors_only=False)
    assert len(page.presenter.state.shown) == len(L)


def test_no_more_than_the_newest_are_kept() -> None:
    page = Page()
    page.presenter.read()
    page.answer(*(entry(L.WARNING, ago_s=place) for place in range(MOST + 50)))
    assert len(page.presenter.state.entries) == MOST


def test_a_log_that_cannot_be_read_keeps_what_was_read_before() -> None:
    page = Page()
    page.presenter.read()
    page.answer(entry(L.ERROR))
    page.presenter.read()
    failed = page.facade.take("log_entries").failed
    assert failed is not None
    failed(Problem("internal", "odd"))
    assert page.presenter.state.problem is not None
    assert len(page.presenter.state.entries) == 1
    page.presenter.read()
    page.answer()
    assert page.presenter.state.problem is None


def test_what_was_never_read_was_not_seen() -> None:
    page = Page()
    page.presenter.seen()
    assert page.facade.seen == 0
    page.presenter.read()
    page.answer()
    page.presenter.seen()
    assert page.facade.seen == 1


def test_no_two_levels_look_alike() -> None:
    looks = [level_look(level) for level in L]
    assert len({look.word for look in looks}) == len({look.icon for look in looks}) == len(L)


def test_an_entry_is_one_plain_line() -> None:
    odd = entry(L.ERROR, "a\nb \u202ec <b>d</b>", unread=True)
    assert entry_line(odd) == "a\\nb \\u202ec <b>d</b>"
    assert entry_place(odd, FACTS) == "22 Nov, 12:00:00 · posapp.x"
    assert entry_spoken(odd, FACTS).startswith("New, Error, 22 Nov, 12:00:00 · posapp.x, a\\nb")
    assert len(entry_line(entry(L.ERROR, "x" * 100_000))) == 400


@pytest.mark.parametrize("text", ["a\nFORGED ERROR line", "a\r\nb", "a\u2028b", "a\u0085b"])
def test_no_entry_can_forge_a_line_for_the_support_desk(text: str) -> None:
    lines = support_text([entry(L.ERROR, text), entry(L.CRASH)], FACTS).splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("posapp ")
    assert lines[1].startswith("2025-11-22T04:00:00Z ERROR posapp.x a")
    assert lines[2] == "2025-11-22T04:00:00Z CRASH posapp.x something"
