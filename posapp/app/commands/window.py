"""`posapp`: the window on the configured gateway."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

from posapp.app import exit_codes
from posapp.app.compose import build_services, gateway_settings, till_facts
from posapp.app.config import read_config
from posapp.app.crash import install_crash_hooks
from posapp.app.logs import keep_recent, start_logging
from posapp.app.options import config_file, data_folder
from posapp.app.recourse import recourse
from posapp.app.window_lock import WindowLock

if TYPE_CHECKING:
    import argparse

    from posapp.app.config import Config
    from posapp.app.logs import Recent
    from posapp.app.paths import DataFolder
    from posapp.app.window_session import WindowSession
    from posapp.services.events import Publish
    from posapp.services.till import TillServices


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--theme", choices=("system", "light", "dark"), default="system", help="the look")
    parser.add_argument(
        "--exit-when-usable",
        action="store_true",
        help="print one JSON line when the keypad can be used, and end (to measure a start)",
    )


def run(options: argparse.Namespace) -> int:
    """Open the window and stay until it is closed."""
    config = read_config(config_file(options))
    folder = data_folder(options)
    lock = WindowLock(folder)
    if lock.is_held_elsewhere:
        sys.stderr.write("posapp: the window is already open on this till's data.\n")
        return exit_codes.FAILED
    with lock:
        recent = keep_recent()
        start_logging(folder.logs)
        install_crash_hooks(folder.logs)
        session = _session(config, folder, options, lock, recent)
        if options.exit_when_usable:
            _end_when_usable(session)
        return session.run()


def _session(
    config: Config, folder: DataFolder, options: argparse.Namespace, lock: WindowLock, recent: Recent
) -> WindowSession:
    gc.disable()  # until the first paint
    from posapp.app.qt_messages import log_qt_messages  # Qt, after everything that can be refused without it
    from posapp.app.window_session import WindowSession

    log_qt_messages()
    facts = till_facts(config, training=False)

    async def build(publish: Publish) -> TillServices:
        from posapp.app.keyring_wait import waited_secret

        lock.insist()
        settings = gateway_settings(config, await waited_secret(config))
        return build_services(facts, settings, folder, publish, config.base_seconds)

    return WindowSession(facts, build, options.theme, recourse(folder, recent, facts))


def _end_when_usable(session: WindowSession) -> None:
    """After the first paint press a digit, print a line once the amount on screen shows it, and end the program."""
    from PySide6.QtCore import QEvent, Qt
    from PySide6.QtGui import QKeyEvent

    from posapp.app.first_paint import AfterPaint

    display = session.window.charge_view.display
    empty = display.text()

    def press() -> None:
        AfterPaint(display, usable)
        target = session.app.focusWidget() or session.window
        key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_7, Qt.KeyboardModifier.NoModifier, "7")
        session.app.sendEvent(target, key)

    def usable() -> None:
        if display.text() != empty:
            sys.stdout.write('{"event": "usable"}\n')
            sys.stdout.flush()
        session.app.quit()

    AfterPaint(session.window, press)
