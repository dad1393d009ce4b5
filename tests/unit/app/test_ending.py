"""What ends the program in good order."""

from __future__ import annotations

import signal
import sys

import pytest

from posapp.app.ending import ending_signals

S = signal


def test_a_shutdown_and_ctrl_c_end_it() -> None:
    assert {S.SIGTERM, S.SIGINT} <= set(ending_signals())


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
@pytest.mark.parametrize("before, ends", [(S.SIG_DFL, True), (S.SIG_IGN, False)])
def test_the_end_of_its_session_ends_it_unless_it_was_told_to_outlive_that(before: signal.Handlers, ends: bool) -> None:
    now = signal.signal(S.SIGHUP, before)
    try:
        assert (S.SIGHUP in ending_signals()) is ends
    finally:
        signal.signal(S.SIGHUP, now)
