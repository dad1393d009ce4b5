"""A network of the test's own: its thread moves into an empty network namespace and back out again."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

T = TypeVar("T")
_NEWNET: Final = 0x40000000
_NEWNS: Final = 0x00020000
_TABLE: Final = "table inet faults {\n chain input {\n  type filter hook input priority 0\n"


class Net:
    """The network that this thread is in. Gone with the last process and thread in it."""

    def rules(self, *rules: str) -> None:
        """Judge arriving packets by these rules of nft alone, instead of any before: `tcp dport 80 drop`."""
        self.clear()
        _run("nft", "-f", "-", stdin="".join([_TABLE, *(f"  {rule}\n" for rule in rules), " }\n}\n"]))

    def clear(self) -> None:
        """Let every packet through."""
        _run("nft", "flush", "ruleset")

    def loopback(self, *, up: bool) -> None:
        """Switch this computer's way to itself on or off."""
        _run("ip", "link", "set", "lo", "up" if up else "down")

    def answer_for(self, address: str) -> None:
        """Take another computer's address."""
        _run("ip", "address", "add", address, "dev", "lo")


@contextmanager
def own_network() -> Generator[Net]:
    """Move this thread, and whatever it starts, into a network that has nothing but a loopback.

    Skips the test where this computer does not let us.
    """
    missing = [tool for tool in ("ip", "nft") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"a network of its own needs {', '.join(missing)}: see packaging/dev/system-packages.sh")
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        _move_out(_NEWNET)
        try:
            net = Net()
            net.loopback(up=True)
            yield net
        finally:
            if _libc().setns(home, _NEWNET):
                # Nothing of this process may go on in the wrong network.
                raise OSError(ctypes.get_errno(), "there is no way back into the computer's network")
    finally:
        os.close(home)


def with_file_in_place_of(path: str, file: Path, work: Callable[[], T]) -> T:
    """Do something on a thread for which, and for whose children, another file stands at a path.

    Skips the test where this computer does not let us.
    """
    if not Path(path).is_file():
        pytest.skip(f"there is no {path} here")

    def apart() -> T:
        _move_out(_NEWNS)
        _run("mount", "--make-rprivate", "/")
        _run("mount", "--bind", str(file), path)
        return work()

    with ThreadPoolExecutor(1) as thread:  # it ends with the block, and its mount with it
        return thread.submit(apart).result()


def name_servers() -> list[str]:
    """Name the addresses that this computer asks for names."""
    lines = Path("/etc/resolv.conf").read_text(encoding="utf-8").splitlines()
    return [line.split()[1] for line in lines if line.startswith("nameserver ")]


def _move_out(flags: int) -> None:
    if _libc().unshare(flags):
        pytest.skip(f"this computer does not allow namespaces: {os.strerror(ctypes.get_errno())}")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _run(*command: str, stdin: str = "") -> None:
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, timeout=10)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
