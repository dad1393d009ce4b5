"""Who is alive on a ledger: a lock that the operating system frees, however the process died."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from posapp.store.ownership import Owner, lock_alone

if TYPE_CHECKING:
    from collections.abc import Generator

ROOT = Path(__file__).parents[3]
OWNING = """
import sys
from pathlib import Path
from posapp.store.ownership import Owner, lock_alone
owner = Owner(Path(sys.argv[1]))
alone = lock_alone(Path(sys.argv[1]) / "window.lock")
print(owner.name, flush=True)
sys.stdin.readline()
owner.close()
"""


@contextmanager
def another_process(folder: Path) -> Generator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-c", OWNING, str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
        process.kill()


@pytest.fixture
def owner(tmp_path: Path) -> Generator[Owner]:
    owner = Owner(tmp_path / "owners")
    yield owner
    owner.close()


def test_we_are_alive(owner: Owner) -> None:
    assert owner.is_alive(owner.name)


def test_two_owners_in_one_process_are_two(owner: Owner, tmp_path: Path) -> None:
    other = Owner(tmp_path / "owners")
    assert other.name != owner.name
    assert owner.is_alive(other.name)
    assert other.is_alive(owner.name)
    other.close()
    assert not owner.is_alive(other.name)


def test_a_process_that_runs_is_seen(owner: Owner, tmp_path: Path) -> None:
    with another_process(tmp_path / "owners") as (_, name):
        assert owner.is_alive(name)
        assert owner.is_alive(name)  # asking takes nothing from it


def test_a_process_that_was_killed_is_gone_and_its_file_cleared_away(owner: Owner, tmp_path: Path) -> None:
    with another_process(tmp_path / "owners") as (process, name):
        assert owner.is_alive(name)
        process.kill()  # SIGKILL: it can clear nothing away itself
        process.wait(10)
        assert (tmp_path / "owners" / f"{name}.lock").exists()
        assert not owner.is_alive(name)
        assert not (tmp_path / "owners" / f"{name}.lock").exists()
        assert not owner.is_alive(name)


def test_a_process_that_ended_well_leaves_nothing(owner: Owner, tmp_path: Path) -> None:
    with another_process(tmp_path / "owners") as (process, name):
        process.communicate("\n", timeout=10)
        assert process.returncode == 0
    assert not owner.is_alive(name)
    assert [path.stem for path in (tmp_path / "owners").glob("*-*.lock")] == [owner.name]


def test_a_name_nobody_ever_had_is_not_alive(owner: Owner) -> None:
    assert not owner.is_alive("1-000000000000")


def test_a_process_id_used_again_does_not_stand_for_a_dead_owner(owner: Owner) -> None:
    assert not owner.is_alive(f"{os.getpid()}-000000000000")


def test_whose_lock_file_is_closed_to_us_counts_as_alive(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(_path: Path, _mode: str) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", closed)
    assert owner.is_alive("1-000000000000")


def test_what_a_dead_one_left_may_stay(owner: Owner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "owners" / "1-000000000000.lock").touch()

    def closed(_path: Path, *, missing_ok: bool) -> None:
        raise PermissionError(missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", closed)
        assert not owner.is_alive("1-000000000000")


def test_a_lock_that_cannot_be_had_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def always_the_same(count: int) -> bytes:
        return bytes(count)

    monkeypatch.setattr(os, "urandom", always_the_same)
    first = Owner(tmp_path)
    with pytest.raises(OSError, match="held by somebody else"):
        Owner(tmp_path)  # the same name: its file is locked already
    first.close()


def test_only_one_window(tmp_path: Path) -> None:
    path = tmp_path / "window.lock"
    with another_process(tmp_path) as (process, _):
        assert lock_alone(path) is None
        process.kill()
        process.wait(10)
        lock = lock_alone(path)
        assert lock is not None
    assert lock_alone(path) is None  # now it is ours
    lock.close()
    again = lock_alone(path)
    assert again is not None
    again.close()


def test_what_killed_processes_left_is_cleared_away_at_the_next_start(tmp_path: Path) -> None:
    owners = tmp_path / "owners"
    with another_process(owners) as (living, name):
        for serial in range(5):
            (owners / f"{1000 + serial}-{serial:012x}.lock").touch()
        (owners / "notes.lock").touch()
        owner = Owner(owners)
        assert {path.name for path in owners.iterdir()} == {
            f"{name}.lock",
            f"{owner.name}.lock",
            "notes.lock",
            "window.lock",
        }
        assert owner.is_alive(name)
        owner.close()
        living.kill()
        living.wait(10)


def test_a_file_that_is_taken_for_a_dead_one_s_while_it_is_made_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    removed: list[Path] = []
    real = os.path.samestat

    def remove_first(ours: os.stat_result, there: os.stat_result) -> bool:
        if not removed:  # a neighbour that sweeps, between our opening and our locking
            (path,) = tmp_path.iterdir()
            path.unlink()
            removed.append(path)
            return False
        return real(ours, there)

    monkeypatch.setattr(os.path, "samestat", remove_first)
    owner = Owner(tmp_path)
    assert owner.is_alive(owner.name)
    assert [path.stem for path in tmp_path.iterdir()] == [owner.name]
    assert removed[0].stem != owner.name
    owner.close()


def test_many_starts_at_once_never_take_each_other_for_dead(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        owners = list(pool.map(Owner, [tmp_path] * 64))
    assert {path.stem for path in tmp_path.iterdir()} == {owner.name for owner in owners}
    assert all(owners[0].is_alive(owner.name) for owner in owners)
    for owner in owners:
        owner.close()
