"""A till that cannot start: what is offered, what each choice does, and what may be done meanwhile."""

from __future__ import annotations

import errno
import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from posapp.bridge.opening import StartFailedError
from posapp.bridge.recourse import Recourse
from posapp.domain.errors import DomainError
from posapp.domain.order_query import OrderFilter
from posapp.domain.start import StartChoice
from posapp.domain.status import AttemptState
from posapp.store.errors import LedgerError, SecretError
from tests.bridge.live import AMOUNT, Answer, LiveBench
from tests.bridge.stand_ins import BACKUPS, FakeRescue, viewer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from posapp.domain.errors import Problem
    from posapp.domain.start import StartTrouble
    from posapp.services.viewing import TillView
    from tests.conftest import ExpectedWarnings

C = StartChoice
CORRUPT = LedgerError("ledger_corrupt", "The ledger's file is damaged.")
LOCKED = SecretError("keyring_locked", "The keyring is locked.")
READ_ONLY = LedgerError("ledger_read_only", "The ledger cannot be written.")


@pytest.fixture
def rescue() -> FakeRescue:
    return FakeRescue()


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path, rescue: FakeRescue, expected_warnings: ExpectedWarnings) -> Iterator[LiveBench]:
    """A till with every recourse; it has an order in its ledger and is not started."""
    expected_warnings.expect("the till could not start")
    before = LiveBench(qtbot, tmp_path)
    before.start()
    before.charge_and_show()
    assert before.till.stop()
    view = viewer(tmp_path / "ledger.db")

    async def viewing(reason: Problem) -> TillView:
        return view(reason)

    bench = LiveBench(qtbot, tmp_path, before.gateway, Recourse(view=viewing, rescue=lambda: rescue))
    yield bench
    assert bench.till.stop()
    assert {thread for _, _, thread in bench.news} <= {threading.main_thread().ident}


def fail_to_start(bench: LiveBench, error: Exception) -> StartTrouble:
    bench.fails_to_build = error
    bench.till.start()
    bench.wait_for("start_failed")
    return bench.heard("start_failed")[0]


OFFERED = [
    (LOCKED, {C.RETRY, C.VIEW}),
    (SecretError("keyring_missing", "none"), {C.RETRY, C.VIEW}),
    (SecretError("secret_missing", "none"), {C.RETRY, C.VIEW}),
    (DomainError("base_url_invalid", "no address"), {C.RETRY, C.VIEW}),
    (LedgerError("disk_full", "full"), {C.RETRY, C.VIEW}),
    (LedgerError("ledger_failed", "EIO"), {C.RETRY, C.VIEW}),
    (LedgerError("ledger_busy", "busy"), {C.RETRY}),
    (LedgerError("ledger_newer", "newer"), {C.RETRY}),
    (CORRUPT, {C.RETRY, C.RESTORE, C.FRESH}),
    (LedgerError("ledger_foreign", "somebody else's"), {C.RETRY, C.RESTORE, C.FRESH}),
    (LedgerError("ledger_missing", "gone"), {C.RETRY, C.RESTORE, C.FRESH}),
]


@pytest.mark.parametrize("error,choices", OFFERED, ids=lambda value: getattr(value, "code", ""))
def test_what_is_offered_fits_the_cause(bench: LiveBench, error: Exception, choices: set[StartChoice]) -> None:
    trouble = fail_to_start(bench, error)
    assert trouble.choices == choices
    assert trouble.backups == (BACKUPS if C.RESTORE in choices else ())


def test_without_a_whole_backup_none_is_offered(
    bench: LiveBench, rescue: FakeRescue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescue, "_backups", ())
    assert fail_to_start(bench, CORRUPT).choices == {C.RETRY, C.FRESH}


def test_backups_that_cannot_be_listed_keep_nobody_from_the_page(
    bench: LiveBench, rescue: FakeRescue, monkeypatch: pytest.MonkeyPatch, expected_warnings: ExpectedWarnings
) -> None:
    def broken() -> None:
        raise RuntimeError("a bug")

    expected_warnings.expect("unexpected failure on the io thread")
    monkeypatch.setattr(rescue, "backups", broken)
    assert fail_to_start(bench, CORRUPT).choices == {C.RETRY, C.FRESH}


def test_whoever_waits_is_told_and_does_not_wait_for_ever(bench: LiveBench) -> None:
    before, after = Answer(), Answer()
    bench.till.orders(OrderFilter(), None, before.done, before.failed)
    fail_to_start(bench, LOCKED)
    bench.till.charge(AMOUNT, "", after.done, after.failed)
    assert [bench.wait_answer(answer).what.code for answer in (before, after)] == ["keyring_locked"] * 2
    assert bench.heard("ready") == []
    assert bench.heard("problem_raised") == [], "the page says it; nothing says it twice"


def test_starting_again_works_once_the_cause_is_gone(bench: LiveBench) -> None:
    fail_to_start(bench, LOCKED)
    bench.till.start_again()
    bench.wait_for("start_failed", 2)
    bench.fails_to_build = None
    bench.till.start_again()
    bench.wait_for("ready")
    assert bench.charge().leading.state is AttemptState.CREATED


def test_starting_again_while_it_runs_is_no_harm(bench: LiveBench) -> None:
    fail_to_start(bench, LOCKED)
    bench.fails_to_build = None
    for _ in range(3):
        bench.till.start_again()
    bench.wait_for("ready")
    bench.till.start_again()
    bench.till.start_viewing()
    bench.till.start_fresh()
    answer = Answer()
    bench.till.restore(BACKUPS[0].name, answer.done, answer.failed)
    assert bench.wait_answer(answer).what.code == "already_started"
    assert bench.charge().leading.state is AttemptState.CREATED
    assert len(bench.heard("ready")) == 1


def test_a_cause_that_goes_away_alone_is_tried_again_without_a_word(
    bench: LiveBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("posapp.bridge.io_keeper.TRY_AGAIN_MS", 50)
    fail_to_start(bench, LedgerError("ledger_busy", "Another program holds the ledger."))
    tries = bench.built
    bench.qtbot.waitUntil(lambda: bench.built > tries + 3, timeout=5_000)
    assert len(bench.heard("start_failed")) == 1, "nothing new to say"
    bench.fails_to_build = None
    bench.wait_for("ready")


def test_a_keyring_is_asked_only_when_a_person_says_so(bench: LiveBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posapp.bridge.io_keeper.TRY_AGAIN_MS", 20)
    fail_to_start(bench, LOCKED)
    bench.qtbot.wait(200)
    assert bench.built == 1


# --- viewing ---------------------------------------------------------------------------------------------


def assert_view_only(bench: LiveBench) -> None:
    """Lists and details work; nothing that has to be written down does."""
    page = Answer()
    bench.till.orders(OrderFilter(), None, page.done, page.failed)
    (order,) = bench.wait_answer(page).what.orders
    order_id, ref = order.order.order_id, order.leading.merchant_order_id
    details, recent = Answer(), Answer()
    bench.till.details(order_id, details.done, details.failed)
    bench.till.recent_unpaid(AMOUNT, recent.done, recent.failed)
    assert bench.wait_answer(details).what.snapshot == order == bench.wait_answer(recent).what
    calls: list[Callable[[Answer], None]] = [
        lambda answer: bench.till.charge(AMOUNT, "", answer.done, answer.failed),
        lambda answer: bench.till.show_code(ref, answer.done, answer.failed),
        lambda answer: bench.till.ask_now(order_id, answer.done, answer.failed),
        lambda answer: bench.till.give_up(order_id, answer.done, answer.failed),
        lambda answer: bench.till.new_code(order_id, answer.done, answer.failed),
    ]
    for call in calls:
        answer = Answer()
        call(answer)
        assert bench.wait_answer(answer).what.code == "ledger_view_only"
    bench.till.set_on_screen(order_id)
    bench.qtbot.wait(50)
    assert bench.heard("problem_raised") == []
    assert bench.heard("asked") == []


def test_a_ledger_that_may_only_be_read_is_opened_for_viewing_by_itself(bench: LiveBench) -> None:
    asked = len(bench.gateway.calls)
    bench.fails_to_build = READ_ONLY
    bench.till.start()
    bench.wait_for("ready")
    assert [name for name, _, _ in bench.news if name != "log_unread"] == ["view_only", "ready"]
    assert bench.heard("view_only")[0].code == "ledger_read_only"
    assert_view_only(bench)
    assert len(bench.gateway.calls) == asked, "nobody is asked whose answer could not be written down"


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EPERM])
def test_a_folder_that_may_only_be_read_counts_as_such_a_ledger(bench: LiveBench, number: int) -> None:
    bench.fails_to_build = OSError(number, "no")
    bench.till.start()
    bench.wait_for("view_only")
    assert bench.heard("view_only")[0].code in ("ledger_read_only", "ledger_cannot_open")


def test_where_there_is_nothing_to_view_either_the_first_reason_is_told(
    bench: LiveBench, tmp_path: Path, expected_warnings: ExpectedWarnings
) -> None:
    expected_warnings.expect("nor could its ledger be opened for viewing")
    (tmp_path / "ledger.db").unlink()
    trouble = fail_to_start(bench, READ_ONLY)
    assert (trouble.problem.code, trouble.choices) == ("ledger_read_only", {C.RETRY})


def test_viewing_is_chosen_by_a_person_and_left_again(bench: LiveBench) -> None:
    fail_to_start(bench, LOCKED)
    bench.till.start_viewing()
    bench.wait_for("ready")
    assert [problem.code for problem in bench.heard("view_only")] == ["keyring_locked"]
    assert_view_only(bench)
    bench.fails_to_build = None
    bench.till.start_again()
    bench.wait_for("ready", 2)
    assert bench.charge().leading.state is AttemptState.CREATED
    assert len(bench.heard("view_only")) == 1


def test_viewing_that_fails_says_why(bench: LiveBench, tmp_path: Path) -> None:
    fail_to_start(bench, LOCKED)
    (tmp_path / "ledger.db").write_bytes(b"no ledger at all" * 100)
    bench.till.start_viewing()
    bench.wait_for("start_failed", 2)
    assert bench.heard("start_failed")[1].problem.code == "ledger_corrupt"


# --- restoring and beginning anew ------------------------------------------------------------------------


def mend(bench: LiveBench) -> None:
    bench.fails_to_build = None


def test_restoring_says_what_came_of_it_and_starts(bench: LiveBench, rescue: FakeRescue) -> None:
    fail_to_start(bench, CORRUPT)
    rescue.then = lambda: mend(bench)
    answer = Answer()
    bench.till.restore(BACKUPS[1].name, answer.done, answer.failed)
    assert bench.wait_answer(answer).what.saved_orders == 2
    bench.wait_for("ready")
    assert rescue.asked == ["restore ledger-1.db"]
    assert threading.main_thread().ident not in rescue.threads, "the window went on meanwhile"


def test_restoring_that_fails_is_said_and_the_page_stays(bench: LiveBench, rescue: FakeRescue) -> None:
    fail_to_start(bench, CORRUPT)
    rescue.fails_with = LedgerError("backup_missing", "There is no whole backup of that name.")
    answer = Answer()
    bench.till.restore("no.db", answer.done, answer.failed)
    assert bench.wait_answer(answer).what.code == "backup_missing"
    bench.wait_for("start_failed", 2)
    assert bench.heard("start_failed")[1] == bench.heard("start_failed")[0]


def test_a_ledger_is_begun_anew(bench: LiveBench, rescue: FakeRescue) -> None:
    fail_to_start(bench, CORRUPT)
    rescue.then = lambda: mend(bench)
    bench.till.start_fresh()
    bench.wait_for("ready")
    assert rescue.asked == ["fresh"]


def test_a_ledger_that_cannot_be_set_aside_is_said(bench: LiveBench, rescue: FakeRescue) -> None:
    fail_to_start(bench, CORRUPT)
    rescue.fails_with = OSError(errno.ENOSPC, "No space left on device")
    bench.till.start_fresh()
    bench.wait_for("start_failed", 2)
    assert bench.heard("start_failed")[1].problem.code == "disk_full"


def test_nothing_holds_the_ledger_after_a_start_that_failed(bench: LiveBench, tmp_path: Path) -> None:
    fail_to_start(bench, LOCKED)
    bench.till.start_viewing()
    bench.wait_for("ready")
    bench.fails_to_build = CORRUPT
    bench.till.start_again()
    bench.wait_for("start_failed", 2)
    with closing(sqlite3.connect(tmp_path / "ledger.db", timeout=0)) as alone:
        alone.execute("PRAGMA locking_mode = EXCLUSIVE")
        alone.execute("BEGIN EXCLUSIVE")
        alone.execute("ROLLBACK")


def test_a_start_that_failed_is_an_error_of_its_own(bench: LiveBench) -> None:
    trouble = fail_to_start(bench, LOCKED)
    assert StartFailedError(trouble).trouble == trouble
    assert str(StartFailedError(trouble)) == trouble.problem.message
