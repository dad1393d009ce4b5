"""What these tests share: tills on a real sandbox, and small disks to put their data on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import make_till, sandbox, sandbox_process, till

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from tests.e2e.till import Till

__all__ = ["make_till", "sandbox", "sandbox_process", "small_disk", "till"]


@pytest.fixture
def stick(tmp_path: Path) -> Generator[Path]:
    """Plug a stick of one megabyte in, for files."""
    place = tmp_path / "stick"
    place.mkdir()
    _mount(place)
    yield place
    _unmount(place)


@pytest.fixture
def small_disk(till: Till, tmp_path: Path) -> Generator[Path]:
    """Put the till's data on a disk of one megabyte."""
    till.data.mkdir()
    _mount(till.data)
    yield till.data
    till.close()
    kept = shutil.copytree(till.data, tmp_path / "kept")  # for the audit, which comes after us
    _unmount(till.data)
    shutil.copytree(kept, till.data, dirs_exist_ok=True)


def _mount(place: Path) -> None:
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if sys.platform != "linux" or os.geteuid() != 0 or mount is None or umount is None:
        pytest.skip("only root on Linux can mount a small disk")
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", str(place)], check=False, capture_output=True
    )
    if done.returncode != 0:
        pytest.skip("this machine lets nobody mount a disk")


def _unmount(place: Path) -> None:
    subprocess.run([shutil.which("umount") or "umount", "--lazy", str(place)], check=True)
