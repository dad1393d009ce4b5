"""Qt's messages in the log."""

from __future__ import annotations

import logging
import subprocess
import sys
from typing import TYPE_CHECKING, cast

import pytest

from PySide6.QtCore import QtMsgType, qInstallMessageHandler

from posapp.app.qt_messages import log_qt_messages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import ExpectedWarnings

    Take = Callable[[QtMsgType, object, str], None]


@pytest.fixture
def take() -> Iterator[Take]:
    """Return our handler, as Qt calls it; what took the messages before takes them again afterwards."""
    before = qInstallMessageHandler(None)
    log_qt_messages()
    yield cast("Take", qInstallMessageHandler(None))
    qInstallMessageHandler(before)


LEVELS = [
    (QtMsgType.QtWarningMsg, logging.WARNING),
    (QtMsgType.QtCriticalMsg, logging.ERROR),
    (QtMsgType.QtFatalMsg, logging.CRITICAL),
]


@pytest.mark.parametrize("kind,level", LEVELS)
def test_a_message_has_its_level(
    take: Take,
    kind: QtMsgType,
    level: int,
    expected_warnings: ExpectedWarnings,
) -> None:
    take(kind, object(), "odd")
    expected_warnings.expect(r"^posapp\.qt: default: odd$")
    assert [record.levelno for record in expected_warnings.records] == [level]


def test_a_message_with_every_paint_is_logged_three_times(take: Take, expected_warnings: ExpectedWarnings) -> None:
    expected_warnings.expect("odd|even|new")
    for _ in range(1000):
        take(QtMsgType.QtWarningMsg, object(), "odd")
    take(QtMsgType.QtWarningMsg, object(), "even")
    for number in range(1000):
        take(QtMsgType.QtWarningMsg, object(), f"new {number}")
    assert [record.getMessage() for record in expected_warnings.records][2:5] == [
        "default: odd",
        "default: even",
        "default: new 0",
    ]


def test_a_message_about_logging_a_message_ends_there(take: Take, expected_warnings: ExpectedWarnings) -> None:
    class Chatty(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            take(QtMsgType.QtWarningMsg, object(), f"about {record.getMessage()}")

    chatty = Chatty()
    logging.getLogger().addHandler(chatty)
    try:
        take(QtMsgType.QtWarningMsg, object(), "odd")
    finally:
        logging.getLogger().removeHandler(chatty)
    expected_warnings.expect("odd")
    assert len(expected_warnings.records) == 1


def test_a_fatal_message_is_in_the_log_before_the_program_ends(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from PySide6.QtCore import qFatal
from posapp.app.crash import install_crash_hooks
from posapp.app.logs import start_logging
from posapp.app.qt_messages import log_qt_messages
folder = Path(sys.argv[1])
start_logging(folder)
install_crash_hooks(folder)
log_qt_messages()
qFatal("no platform")
"""
    child = subprocess.run([sys.executable, "-c", program, str(tmp_path)], timeout=60, check=False)
    assert child.returncode != 0
    said, fatal = (tmp_path / "posapp.log").read_text("utf-8").splitlines()
    assert said.endswith(" posapp.qt default: no platform")
    assert " CRITICAL posapp.qt default: " in fatal
    assert "Aborted" in (tmp_path / "crash.log").read_text("utf-8")
