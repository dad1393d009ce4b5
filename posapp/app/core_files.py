"""No core files: a dump of this program's memory would hold the gateway's secret."""

from __future__ import annotations

import sys


def leave_no_core_file() -> None:
    """Let a crash of this program, or of its children, leave no dump of memory; the crash file still tells where.

    Linux ignores a limit of 0 where dumps are piped to a program (systemd-coredump, apport); a limit of 1 byte it
    honours there too, and no dump to a file is that short. On Windows, dumps are the operating system's policy.
    """
    if sys.platform == "win32":
        return
    import resource

    _, highest = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (min(1, highest) if highest >= 0 else 1, highest))
