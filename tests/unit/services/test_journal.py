"""Writing: into the ledger first, then out as news; compare-and-set where two write at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from posapp.domain.order import Attempt
from posapp.domain.status import AlarmKind, AttemptState
from posapp.domain.till import HealthState
from posapp.services.events import Event, HealthChanged, OrderChanged
from posapp.services.health import HealthMonitor
from posapp.services.journal import Journal
from posapp.store.errors import LedgerError
from posapp.store.ledger import Ledger, open_ledger
from posapp.store.orders import OrderStore
from tests.fakes import NOON, FakeClock, an_attempt, an_order, ref

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

S = AttemptState


@pytest.fixture
def ledger(folder: Path) -> Iterator[Ledger]:
    ledger = open_ledger(folder / "ledger.db")
    yield ledger
    ledger.close()


@pytest.fixture
def told() -> list[Event]:
    return []


@pytest.fixture
def journal(ledger: Ledger, told: list[Event]) -> Journal:
    clock = FakeClock()
    journal = Journal(OrderStore(ledger), clock, told.append, HealthMonitor(clock, told.append), "owner-1")
    journal.add(an_order(1), an_attempt(1))
    return journal


def unknown(attempt: Attempt) -> Attempt:
    return replace(attempt, state=S.UNKNOWN)


def test_the_news_go_out_once_the_ledger_has_it(journal: Journal, told: list[Event]) -> None:
    assert told == [], "adding tells nobody: who adds decides when"
    snapshot = journal.rewrite(ref(1), unknown)
    assert snapshot == journal.snapshot(ref(1))
    assert snapshot.leading.state is S.UNKNOWN
    assert told == [OrderChanged(snapshot)]


def test_what_changes_nothing_writes_and_tells_nothing(journal: Journal, told: list[Event], ledger: Ledger) -> None:
    before = ledger.connection.execute("SELECT count(*) FROM audit").fetchone()
    assert journal.rewrite(ref(1), lambda attempt: attempt) == journal.snapshot(ref(1))
    assert ledger.connection.execute("SELECT count(*) FROM audit").fetchone() == before
    assert told == []


def test_it_rings_when_an_alarm_is_new_and_only_then(journal: Journal, told: list[Event]) -> None:
    journal.rewrite(ref(1), unknown)
    journal.rewrite(ref(1), lambda attempt: replace(attempt, state=S.SUCCEEDED, alarm=AlarmKind.PAID_LATE))
    journal.rewrite(ref(1), lambda attempt: replace(attempt, support_id="rid-9"))
    journal.rewrite(ref(1), lambda attempt: replace(attempt, alarm=AlarmKind.CONTRADICTED))
    assert [event.rings for event in told if isinstance(event, OrderChanged)] == [False, True, False, True]


def test_who_is_slower_decides_anew_about_what_is_there_now(journal: Journal, folder: Path) -> None:
    other = open_ledger(folder / "ledger.db")
    seen: list[AttemptState] = []

    def revise(attempt: Attempt) -> Attempt:
        seen.append(attempt.state)
        if len(seen) == 1:  # another process is faster
            OrderStore(other).change(attempt, replace(attempt, state=S.UNKNOWN), NOON)
        return replace(attempt, state=S.CREATED if attempt.state is S.CREATING else S.ORPHAN)

    assert journal.rewrite(ref(1), revise).leading.state is S.ORPHAN
    assert seen == [S.CREATING, S.UNKNOWN]
    other.close()


def test_who_is_always_slower_gives_up_without_having_written(journal: Journal, folder: Path) -> None:
    other = open_ledger(folder / "ledger.db")
    count = 0

    def revise(attempt: Attempt) -> Attempt:
        nonlocal count
        count += 1
        OrderStore(other).change(attempt, replace(attempt, support_id=f"rid-{count}"), NOON)
        return unknown(attempt)

    with pytest.raises(LedgerError) as failure:
        journal.rewrite(ref(1), revise)
    assert failure.value.code == "ledger_busy"
    assert journal.snapshot(ref(1)).leading.state is S.CREATING
    other.close()


def test_a_ledger_in_trouble_is_told_and_so_is_its_recovery(
    journal: Journal, ledger: Ledger, told: list[Event]
) -> None:
    ledger.connection.execute("PRAGMA query_only = 1")
    for write in (
        lambda: journal.rewrite(ref(1), unknown),
        lambda: journal.add(an_order(2), an_attempt(2)),
        lambda: journal.note(an_attempt(1), "noted", {}),
        lambda: journal.resend(an_attempt(1), unknown(an_attempt(1))),
    ):
        with pytest.raises(LedgerError):
            write()
    assert not [event for event in told if isinstance(event, OrderChanged)]
    ledger.connection.execute("PRAGMA query_only = 0")
    journal.note(an_attempt(1), "noted", {})
    states = [event.health.state for event in told if isinstance(event, HealthChanged)]
    assert states == [HealthState.LEDGER] * 4 + [HealthState.UNASKED]


def test_a_note_changes_the_version_and_nothing_else(journal: Journal) -> None:
    before = journal.snapshot(ref(1))
    after = journal.note(before.leading, "stale_answer", {"answer": "PENDING"})
    assert after.attempts == before.attempts
    assert after.version == before.version + 1


def test_an_order_that_is_not_there_can_only_be_a_bug(journal: Journal) -> None:
    with pytest.raises(LookupError):
        journal.snapshot(ref(9))
    with pytest.raises(LookupError):
        journal.rewrite(ref(9), unknown)


def test_a_transition_that_no_order_has_can_only_be_a_bug(journal: Journal, told: list[Event]) -> None:
    with pytest.raises(ValueError, match="CREATING cannot become SUCCEEDED"):
        journal.rewrite(ref(1), lambda attempt: replace(attempt, state=S.SUCCEEDED))
    assert told == []
