"""What holds for every test: no screen, no outside network, no unexpected warning, nothing left running."""

from __future__ import annotations

import ipaddress
import logging
import os
import re
import sys
import threading
from typing import TYPE_CHECKING, cast

import hypothesis
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Before anything imports Qt. End-to-end tests start posapp as a child with a screen: see `child_env`.
SCREEN_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY")
os.environ["QT_QPA_PLATFORM"] = "offscreen"
# A test that forgets to inject its keyring must fail rather than read or change the user's.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

# The gate gives the same answer twice; `HYPOTHESIS_PROFILE=explore pytest` searches further.
hypothesis.settings.register_profile("gate", deadline=None, derandomize=True, database=None, print_blob=True)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=2_000, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))

# Fixtures that some import and others name as a plugin: either may come first.
pytest.register_assert_rewrite("tests.e2e.window_fixtures")

E2E_TIMEOUT_S = 180
THREAD_GRACE_S = 2.0


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the end-to-end tests on one worker, one after the other, with time for a program to start."""
    for item in items:
        if item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.xdist_group("e2e"))
            if not item.get_closest_marker("timeout"):
                item.add_marker(pytest.mark.timeout(E2E_TIMEOUT_S))


# --- the network ends at loopback ------------------------------------------------------------------------


class OutsideNetworkError(RuntimeError):
    """A test tried to reach further than this machine."""


class _NetworkGuard:
    """Refuses every address but loopback, and remembers attempts in case the code under test hides them."""

    def __init__(self) -> None:
        self.attempts: list[str] = []

    def hook(self, event: str, arguments: tuple[object, ...]) -> None:
        """Judge one audit event of the interpreter; an exception raised here stops the call."""
        if event in {"socket.connect", "socket.sendto"}:
            # An address is (host, port, ...) for the internet families and a path for a UNIX socket.
            host = cast("tuple[object, ...]", arguments[1])[0] if isinstance(arguments[1], tuple) else None
        elif event == "socket.getaddrinfo":
            host = arguments[0]
        else:
            return
        if isinstance(host, bytes):
            host = host.decode()
        if not isinstance(host, str) or _is_loopback(host):
            return
        self.attempts.append(f"{event}: {host}")
        raise OutsideNetworkError(self.attempts[-1])


def _is_loopback(host: str) -> bool:
    if host in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


_network = _NetworkGuard()
sys.addaudithook(_network.hook)


@pytest.fixture(autouse=True)
def only_loopback() -> Iterator[None]:
    _network.attempts.clear()
    yield
    if _network.attempts:
        pytest.fail(f"reached outside this machine: {', '.join(_network.attempts)}")


# --- a warning in the log fails the test -----------------------------------------------------------------


class ExpectedWarnings(logging.Handler):
    """Collects log records from WARNING up, and knows which of them the test announced."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []
        self._patterns: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record."""
        self.records.append(record)

    def expect(self, pattern: str) -> None:
        """Announce a warning: at least one must match this regular expression, and those that do are fine."""
        self._patterns.append(pattern)

    def problems(self) -> list[str]:
        """Return one sentence for each warning nobody announced and each announced one that never came."""
        messages = [f"{record.name}: {record.getMessage()}" for record in self.records]
        found = [
            f"unexpected {record.levelname} from {message}"
            for record, message in zip(self.records, messages, strict=True)
            if not any(re.search(pattern, message) for pattern in self._patterns)
        ]
        found += [
            f"expected a warning like {pattern!r}, but none came"
            for pattern in self._patterns
            if not any(re.search(pattern, message) for message in messages)
        ]
        return found


@pytest.fixture(autouse=True)
def expected_warnings() -> Iterator[ExpectedWarnings]:
    """Fail a test that logs a warning it did not announce with `expected_warnings.expect(pattern)`."""
    watch = ExpectedWarnings()
    root = logging.getLogger()
    root.addHandler(watch)
    yield watch
    root.removeHandler(watch)
    if problems := watch.problems():
        pytest.fail("\n".join(problems))


# --- nothing is left behind ------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    left = [t for t in threading.enumerate() if t.name == "posapp-io" or (t not in before and not t.daemon)]
    for thread in left:
        thread.join(THREAD_GRACE_S)
    if alive := [thread.name for thread in left if thread.is_alive()]:
        pytest.fail(f"threads still running after the test: {', '.join(alive)}")


@pytest.fixture(autouse=True, scope="session")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the user's settings and ledger out of reach: every default folder points into a temporary one."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for variable, folder in _HOME_FOLDERS.items():
            patch.setenv(variable, str(home / folder))
        yield


_HOME_FOLDERS = {
    "HOME": "",
    "XDG_CACHE_HOME": "cache",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_RUNTIME_DIR": "runtime",
    "XDG_STATE_HOME": "state",
}


# --- for tests that need it ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run tests marked `anyio` on asyncio, the loop posapp uses."""
    return "asyncio"


@pytest.fixture
def child_env(tmp_path: Path) -> dict[str, str]:
    """Return an environment for a child process: folders of its own, no Qt platform and no screen chosen."""
    env = {k: v for k, v in os.environ.items() if k not in {"QT_QPA_PLATFORM", *SCREEN_VARIABLES}}
    for variable, folder in _HOME_FOLDERS.items():
        path = tmp_path / "home" / folder
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        env[variable] = str(path)
    return env
