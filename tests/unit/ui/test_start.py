"""The start page's presenter: one choice at a time, and nothing that sets the ledger aside at the first press."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from posapp.domain.backups import Backup, Restored
from posapp.domain.errors import Problem
from posapp.domain.start import StartChoice, StartTrouble
from posapp.ui.presenters.start import HOLD_S, MOST_BACKUPS, StartPresenter, StartState
from posapp.ui.start_words import backup_words, choice_words, fresh_words, missing_words, restored_words
from tests.unit.ui.scripted_facade import FACTS, ScriptedFacade

C = StartChoice
NOON = datetime(2025, 11, 22, 4, 0, tzinfo=UTC)
BACKUPS = tuple(
    Backup(f"b{day}", NOON - timedelta(days=day), 100 - day, NOON - timedelta(days=day, hours=1), 4096)
    for day in range(7)
)
CORRUPT = StartTrouble(Problem("ledger_corrupt", "damaged"), frozenset(C), BACKUPS)


class Facade(ScriptedFacade):
    """Notes the calls that have no answer."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def start_again(self) -> None:
        self.asked.append("start_again")

    def start_viewing(self) -> None:
        self.asked.append("start_viewing")

    def start_fresh(self) -> None:
        self.asked.append("start_fresh")


class Page:
    def __init__(self, trouble: StartTrouble = CORRUPT) -> None:
        self.facade = Facade()
        self.now = 100.0
        self.states: list[StartState] = []
        self.restored: list[Restored] = []
        self.emptied: list[StartTrouble] = []
        self.presenter = StartPresenter(
            self.facade.as_facade(), self.states.append, self.restored.append, self.emptied.append, lambda: self.now
        )
        self.presenter.take_trouble(trouble)

    @property
    def state(self) -> StartState:
        assert self.presenter.state is not None
        return self.presenter.state

    def twice(self, choice: StartChoice) -> None:
        self.presenter.choose(choice)
        self.now += HOLD_S
        self.presenter.choose(choice)


def test_the_newest_backup_is_chosen_and_no_more_are_offered_than_fit() -> None:
    page = Page()
    assert page.state.chosen == BACKUPS[0]
    assert page.state.backups == BACKUPS[:MOST_BACKUPS]


@pytest.mark.parametrize("choice, call", [(C.RETRY, "start_again"), (C.VIEW, "start_viewing")])
def test_what_changes_nothing_is_done_at_once_and_once(choice: StartChoice, call: str) -> None:
    page = Page()
    page.presenter.choose(choice)
    page.presenter.choose(choice)
    assert page.facade.asked == [call]
    assert page.state.doing is choice


def test_restoring_needs_a_second_press() -> None:
    page = Page()
    page.presenter.choose(C.RESTORE)
    assert page.state.armed is C.RESTORE
    assert page.facade.calls == []
    page.now += HOLD_S
    page.presenter.choose(C.RESTORE)
    assert page.facade.take("restore").arguments == ("b0",)
    assert page.state.doing is C.RESTORE


def test_a_double_click_confirms_nothing() -> None:
    page = Page()
    page.presenter.choose(C.FRESH)
    page.now += HOLD_S - 0.01
    page.presenter.choose(C.FRESH)
    assert page.facade.asked == []
    assert page.state.armed is C.FRESH


def test_a_first_press_on_one_thing_confirms_no_other() -> None:
    page = Page()
    page.presenter.choose(C.RESTORE)
    page.now += 5
    page.presenter.choose(C.FRESH)
    assert page.facade.asked == []
    assert page.state.armed is C.FRESH


def test_choosing_another_backup_or_waiting_takes_the_first_press_back() -> None:
    page = Page()
    page.presenter.choose(C.RESTORE)
    page.presenter.pick("b2")
    assert (page.state.armed, page.state.backup) == (None, "b2")
    page.presenter.choose(C.RESTORE)
    page.presenter.disarm()
    assert page.state.armed is None


def test_only_what_is_offered_can_be_done() -> None:
    page = Page(StartTrouble(Problem("ledger_newer", "newer"), frozenset({C.RETRY}), BACKUPS))
    for choice in (C.RESTORE, C.FRESH, C.VIEW):
        page.twice(choice)
    page.presenter.pick("b9")
    assert page.facade.asked == []
    assert page.facade.calls == []


def test_restoring_without_a_backup_is_no_choice() -> None:
    page = Page(replace(CORRUPT, backups=()))
    assert not page.state.offers(C.RESTORE)
    page.twice(C.RESTORE)
    assert page.facade.calls == []


def test_what_came_of_restoring_is_told() -> None:
    page = Page()
    page.twice(C.RESTORE)
    restored = Restored(BACKUPS[0], "old.db", 2)
    page.facade.take("restore").done(restored)
    page.presenter.ready()
    assert page.restored == [restored]
    assert page.emptied == []
    assert page.presenter.state is None


def test_why_restoring_failed_stays_to_be_read_when_the_same_trouble_follows() -> None:
    page = Page()
    page.presenter.pick("b3")
    page.twice(C.RESTORE)
    failed = page.facade.take("restore").failed
    assert failed is not None
    failed(Problem("disk_full", "full"))
    page.presenter.take_trouble(CORRUPT)
    assert page.state.problem == Problem("disk_full", "full")
    assert page.state.doing is None
    assert page.state.backup == "b3"
    page.presenter.choose(C.RETRY)
    assert page.state.problem is None


def test_an_empty_ledger_is_told_once_it_is_open() -> None:
    page = Page()
    page.twice(C.FRESH)
    assert page.emptied == []
    page.presenter.ready()
    assert page.emptied == [CORRUPT]


def test_the_same_trouble_again_ends_the_waiting() -> None:
    page = Page()
    page.presenter.choose(C.RETRY)
    page.presenter.take_trouble(CORRUPT)
    assert page.state.doing is None


def test_ready_without_trouble_tells_nothing() -> None:
    facade = Facade()
    told: list[object] = []
    StartPresenter(facade.as_facade(), told.append, told.append, told.append).ready()
    assert told == []


def test_words_of_a_backup() -> None:
    assert backup_words(BACKUPS[0], FACTS) == ("Sat 22 Nov 2025, 12:00", "Orders: 100 · newest 11:00")
    older = replace(BACKUPS[0], newest_order_at=NOON - timedelta(days=3))
    assert backup_words(older, FACTS)[1] == "Orders: 100 · newest Wed 19 Nov 2025, 12:00"
    assert backup_words(replace(BACKUPS[0], orders=0, newest_order_at=None), FACTS)[1] == "No order is in it"
    assert missing_words(BACKUPS[0], FACTS).startswith("What was charged after Sat 22 Nov 2025, 11:00 is not in it")


def test_words_of_what_came_of_it() -> None:
    title, body, small = restored_words(Restored(BACKUPS[0], "a\u202eb.db", 3), FACTS)
    assert title == "The backup of Sat 22 Nov 2025, 12:00 is the ledger now"
    assert body.endswith("3.")
    assert small == "The old file is kept as a\\u202eb.db"
    _, body, small = restored_words(Restored(BACKUPS[0], None, 0), FACTS)
    assert "at the gateway" in body
    assert small == ""


def test_a_file_that_is_gone_is_not_said_to_be_kept() -> None:
    assert "kept" in fresh_words(Problem("ledger_corrupt", ""))
    assert "kept" not in fresh_words(Problem("ledger_missing", ""))


def test_a_button_says_what_its_next_press_does() -> None:
    state = StartState(CORRUPT, "b0")
    assert choice_words(C.RESTORE, state) == "Restore this backup"
    assert choice_words(C.RESTORE, replace(state, armed=C.RESTORE)) == "Press again to restore it"
    assert choice_words(C.FRESH, replace(state, armed=C.RESTORE)) == "Start with an empty ledger"
    assert choice_words(C.RETRY, replace(state, doing=C.RETRY)) == "Starting…"
