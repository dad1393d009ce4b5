"""Which signals ask this program to end in good order."""

from __future__ import annotations

import signal
import sys


def ending_signals() -> tuple[signal.Signals, ...]:
    """Return them: a shutdown, Ctrl+C, and the end of the session, unless the program was told to outlive that."""
    asked = (signal.SIGTERM, signal.SIGINT)
    if sys.platform == "win32" or signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:  # as `nohup` starts a program
        return asked
    return (*asked, signal.SIGHUP)
