"""Scenes of the gallery in which something is wrong: the start page, view-only, the log, the lasting notices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from posapp.domain.errors import Problem
from posapp.domain.log_entry import LogEntry, LogLevel
from posapp.domain.start import StartChoice
from posapp.domain.status import AlarmKind, AttemptState
from posapp.domain.till import HealthState
from tests.ui.fake_till import BACKUPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ui.gallery import Scene

C = StartChoice
HOUR_S = 3600


def some_log() -> tuple[LogEntry, ...]:
    """A bad day, newest first."""
    now = datetime.now(UTC)
    rows = (
        (2, LogLevel.ERROR, "posapp.services.journal", "the ledger could not be written: disk_full", True),
        (
            9,
            LogLevel.CRASH,
            "crash",
            "Fatal Python error: Segmentation fault · thread posapp-io · io_thread.py line 88 in _turn · "
            "base_events.py line 607 in run_forever · threading.py line 975 in run",
            True,
        ),
        (44, LogLevel.WARNING, "posapp.gateways.http", "no answer to a question within 5 s; asked again", False),
        (45, LogLevel.WARNING, "posapp.gateways.http", "<b>bold</b> &amp; \u202edesrever\u202c \x1b[31mred", False),
        (300, LogLevel.INFO, "posapp.app", "the program ended without being closed", False),
        *((600 + place, LogLevel.WARNING, "posapp.gateways.http", "rate_limited", False) for place in range(12)),
    )
    return tuple(
        LogEntry(now - timedelta(minutes=ago), level, source, text, unread) for ago, level, source, text, unread in rows
    )


def start_corrupt(scene: Scene) -> None:
    """A damaged ledger and seven backups."""
    scene.till.fail_to_start("ledger_corrupt", C.RETRY, C.VIEW, C.RESTORE, C.FRESH, backups=BACKUPS)


def start_confirm(scene: Scene) -> None:
    """Restoring was pressed once."""
    start_corrupt(scene)
    scene.window.pages.start.buttons[C.RESTORE].click()


def start_working(scene: Scene) -> None:
    """A backup is being restored."""
    scene.till.held.add("restore")
    start_confirm(scene)
    scene.settle(700)
    scene.window.pages.start.buttons[C.RESTORE].click()


def start_refused(scene: Scene) -> None:
    """Restoring failed."""
    scene.till.failures["restore"] = Problem("disk_full", "no space left on device")
    start_confirm(scene)
    scene.settle(700)
    scene.window.pages.start.buttons[C.RESTORE].click()


def start_locked(scene: Scene) -> None:
    """The password store is locked: it may be tried again, and the orders may be looked at."""
    scene.till.fail_to_start("keyring_locked", C.RETRY, C.VIEW)


def start_no_backup(scene: Scene) -> None:
    """The ledger is gone, and there is no backup."""
    scene.till.fail_to_start("ledger_missing", C.RETRY, C.FRESH)


def start_newer(scene: Scene) -> None:
    """The ledger is from a newer version: nothing can be done here."""
    scene.till.fail_to_start("ledger_newer", C.RETRY)


def start_restored(scene: Scene) -> None:
    """Open again, with a backup."""
    start_confirm(scene)
    scene.settle(700)
    scene.window.pages.start.buttons[C.RESTORE].click()
    scene.settle()
    scene.till.signals.ready.emit()


def view_only(scene: Scene) -> None:
    """A ledger that may not be written."""
    from tests.ui.gallery import past

    past(scene.till)
    scene.till.signals.view_only.emit(Problem("ledger_read_only", "read-only"))
    scene.till.signals.ready.emit()
    scene.till.health(HealthState.LEDGER, problem="ledger_read_only")


def view_only_order(scene: Scene) -> None:
    """An order in a ledger that may not be written."""
    view_only(scene)
    scene.settle()
    scene.window.open_order(list(scene.till.orders_by_id.values())[1])


def log_page(scene: Scene) -> None:
    """The log after a bad day."""
    scene.till.write_log(*some_log())
    scene.window.show_log()


def log_errors(scene: Scene) -> None:
    """The errors alone, the second one chosen."""
    log_page(scene)
    scene.settle()
    scene.window.pages.log.errors_chip.click()
    scene.window.pages.log.list.choose(1)


def log_empty(scene: Scene) -> None:
    """Nothing went wrong."""
    scene.window.show_log()


def log_unreadable(scene: Scene) -> None:
    """The log itself cannot be read."""
    scene.till.failures["log_entries"] = Problem("internal", "odd")
    scene.window.show_log()


def badge(scene: Scene) -> None:
    """Unread errors while charging, and a clock that is wrong."""
    from tests.ui.gallery import charge_typed

    charge_typed(scene)
    scene.till.write_log(*some_log())
    scene.till.health(HealthState.ANSWERING, clock_ahead_s=3 * HOUR_S + 12 * 60 + 5)


def crashed(scene: Scene) -> None:
    """The program crashed the last time."""
    badge(scene)
    scene.till.signals.problem_raised.emit(Problem("crashed_last_time", "signal 11"))


def everything(scene: Scene) -> None:
    """All banners at once: the gravest are shown."""
    crashed(scene)
    scene.till.signals.view_only.emit(Problem("ledger_read_only", "read-only"))
    late = scene.till.orders_by_id[next(iter(scene.till.orders_by_id))]
    scene.till.signals.alarm_raised.emit(
        scene.till.change(late.order.order_id, state=AttemptState.SUCCEEDED, alarm=AlarmKind.PAID_LATE)
    )


def stopped(scene: Scene) -> None:
    """The io thread has died."""
    from tests.ui.gallery import charge_typed

    charge_typed(scene)
    scene.till.health(HealthState.STOPPED)
    scene.till.signals.problem_raised.emit(Problem("worker_stopped", "died"))


def ledger_full(scene: Scene) -> None:
    """The disk is full: the bar says so."""
    from tests.ui.gallery import charge_typed

    charge_typed(scene)
    scene.till.health(HealthState.LEDGER, problem="disk_full")


def pay_not_shown(scene: Scene) -> None:
    """The code came, and noting that it is seen failed."""
    scene.till.failures["show_code"] = Problem("disk_full", "no space left on device")
    scene.type_amount()
    scene.window.charge_view.charge()
    scene.settle(200)


SCENES: tuple[Callable[[Scene], None], ...] = (
    start_corrupt, start_confirm, start_working, start_refused, start_locked, start_no_backup, start_newer,
    start_restored, view_only, view_only_order, log_page, log_errors, log_empty, log_unreadable, badge, crashed,
    everything, stopped, ledger_full, pay_not_shown,
)  # fmt: skip
