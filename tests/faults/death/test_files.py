"""Migration, backup, restore and export, killed or unplugged at every step: the old file or the new one, never half."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from posapp.store.backup import list_backups
from posapp.store.ledger import open_ledger
from posapp.store.schema import SCHEMA_VERSION
from tests.faults.death.autopsy import read_books
from tests.faults.death.disk import Loss
from tests.faults.death.power_cut import cuts, start_on
from tests.faults.death.recording import WORDS, Step, read_steps
from tests.faults.death.tracing import traced
from tests.faults.death.ward import Ward
from tests.unit.services.bench import quick_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.faults.death.disk import Contents
    from tests.faults.death.nursery import Nursery
    from tests.faults.death.tracing import Call

    Figure = Callable[[str], None]

pytestmark = [pytest.mark.xdist_group("faults-death"), pytest.mark.timeout(600)]
GOLDEN: Final = sorted((Path(__file__).parents[2] / "golden" / "ledger").glob("ledger_v*.db"))
LOSSES: Final = (Loss.ALL, Loss.NOTHING, Loss.LAST_TORN, Loss.SOME)
QUICK: Final = 4
ORDERS: Final = 3
"""In the data folder `before`."""


@pytest.fixture
def ward(make_till: Callable[..., Till], sandbox: SandboxProcess, nursery: Nursery) -> Ward:
    """A till that has no ledger yet."""
    return Ward(make_till("cbtis"), "cbtis", sandbox, nursery)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory, where posapp is started again and again."""
    with quick_folder() as name:
        yield Path(name) / "data"


@pytest.fixture
def before(ward: Ward, tmp_path: Path) -> Path:
    """A data folder with two orders that are in its backup, and a third that is not."""
    ward.fresh()
    for act in ("sale", "sale", "backup", "sale"):
        ward.live(act)
    return shutil.copytree(ward.till.data, tmp_path / "before")


def killed_everywhere(ward: Ward, act: str, template: Path, *, campaign: bool) -> Iterator[Call]:
    """Kill an act at each of its calls, on a fresh copy of a data folder each time; yields after each kill."""

    def put() -> None:
        shutil.rmtree(ward.till.data, ignore_errors=True)
        shutil.copytree(template, ward.till.data)

    put()
    calls = ward.calls(act)
    for call in calls if campaign else _some(calls):
        put()
        assert ward.kill(act, call) is not None, f"{act} never came to {call}"
        yield call


def _some(calls: list[Call]) -> list[Call]:
    """Choose a few calls, and every one that gives another name: there a mistake would show."""
    names = [call for call in calls if call.name == "rename"]
    return list(dict.fromkeys(names + calls[:: len(calls) // QUICK + 1]))


@pytest.mark.parametrize("golden", [None, *GOLDEN], ids=lambda path: path.stem if path else "empty")
def test_k9_killed_while_migrating_it_is_the_old_schema_or_the_new_one(
    ward: Ward, tmp_path: Path, golden: Path | None, campaign: bool, figure: Figure
) -> None:
    template = tmp_path / "template"
    template.mkdir()
    orders = ()
    if golden is not None:
        shutil.copy(golden, template / "ledger.db")
        migrated = shutil.copy(golden, tmp_path / "migrated.db")
        orders = read_books(Path(migrated)).orders
    kills = 0
    for call in killed_everywhere(ward, "migrate", template, campaign=campaign):
        kills += 1
        books = ward.books()
        assert (books.orders, books.findings) == (orders, ()), call
        with closing(open_ledger(ward.ledger)) as ledger:
            assert ledger.connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,), call
    figure(f"migration of {golden.stem if golden else 'nothing'}: {kills} kills")


def test_k9_killed_while_backing_up_the_good_backups_stay_and_no_half_one_counts(
    ward: Ward, before: Path, campaign: bool, figure: Figure
) -> None:
    orders = read_books(shutil.copytree(before, before.with_name("read")) / "ledger.db").orders
    (good,) = list_backups(before / "backups")
    kills = 0
    for call in killed_everywhere(ward, "backup", before, campaign=campaign):
        kills += 1
        backups = ward.till.data / "backups"
        whole = list_backups(backups)
        assert good in whole, call
        assert {backup.name for backup in whole} == {path.name for path in backups.glob("*.db")}, call
        assert (ward.books().orders, ward.books().findings) == (orders, ()), call
        ((_, name),) = [mark for mark in ward.live("backup") if mark[0] == "backup"]
        assert list_backups(backups)[0].name == name, f"after a kill at {call} no further backup could be made"
    figure(f"backup: {kills} kills")


def test_k9_killed_while_restoring_it_is_the_former_ledger_or_the_restored_one_and_no_order_is_lost(
    ward: Ward, before: Path, campaign: bool, figure: Figure
) -> None:
    known = set(read_books(shutil.copytree(before, before.with_name("read")) / "ledger.db").attempts)
    kills = 0
    for call in killed_everywhere(ward, "restore", before, campaign=campaign):
        kills += 1
        books = ward.books()
        assert set(books.attempts) == known, call
        assert books.findings == (), call
        assert list_backups(ward.till.data / "backups"), call
        assert [mark[0] for mark in ward.live("restore")] == ["go", "restored"], call
        assert set(ward.books().attempts) == known, call
    figure(f"restore: {kills} kills")


def test_k9_killed_while_exporting_it_is_the_old_file_or_the_whole_new_one(
    ward: Ward, before: Path, campaign: bool, figure: Figure
) -> None:
    (before / "orders.csv").write_text("old", encoding="utf-8")
    kills = 0
    for call in killed_everywhere(ward, "export", before, campaign=campaign):
        kills += 1
        target = ward.till.data / "orders.csv"
        text = target.read_text(encoding="utf-8")
        whole = text.startswith("\ufeffbusiness_day") and text.endswith("\n") and text.count("\n") == 1 + ORDERS
        assert text == "old" or whole, call
        assert [mark[0] for mark in ward.live("export")][-1] == "exported", call
        assert [path.name for path in ward.till.data.iterdir() if path.name.endswith(".part")] == [], call
    figure(f"export: {kills} kills")


@pytest.mark.parametrize("act", ["backup", "restore"])
def test_k9_unplugged_while_backing_up_or_restoring_nothing_is_half(
    ward: Ward, before: Path, folder: Path, act: str, campaign: bool, figure: Figure
) -> None:
    known = read_books(shutil.copytree(before, before.with_name("read")) / "ledger.db").attempts
    contents: Contents = {
        str(path.relative_to(before)): path.read_bytes() for path in before.rglob("*") if path.is_file()
    }
    log = ward.till.folder / "writes.strace"
    assert traced(ward.nursery, ward.job(act), log, WORDS) == 0
    told = [Step(f"{word} {ref}", mark=(word, ref)) for ref in known for word in ("begun", "shown")]
    told += [Step("backup", mark=("backup", path.name)) for path in (before / "backups").glob("*.db")]
    states = list(cuts(contents, [*told, *read_steps(log, ward.till.data, ward.marks)], LOSSES))
    decisive = [cut for cut in states if cut.loss is Loss.ALL and cut.after.startswith(("rename", "sync", "remove"))]
    looked_at = states if campaign else [*decisive, *states[:: max(1, len(states) // 30)]]
    assert [finding for cut in looked_at for finding in start_on(cut, folder)] == []
    figure(f"{act}: {len(looked_at)} states after power cuts")
