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
def small_disk(till: Till, tmp_path: Path) -> Generator[Path]:
    """Put the till's data on a disk of one megabyte."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if sys.platform != "linux" or os.geteuid() != 0 or mount is None or umount is None:
        pytest.skip("only root on Linux can mount a small disk")
    till.data.mkdir()
    done = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", str(till.data)], check=False, capture_output=True
    )
    if done.returncode != 0:
        pytest.skip("this machine lets nobody mount a disk")
    yield till.data
    till.close()
    kept = shutil.copytree(till.data, tmp_path / "kept")  # for the audit, which comes after us
    subprocess.run([umount, "--lazy", str(till.data)], check=True)
    shutil.copytree(kept, till.data, dirs_exist_ok=True)
