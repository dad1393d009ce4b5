"""Where a till's data may lie: on a network, behind blanks and other scripts, deep down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from posapp.services.events import ProblemRaised
from posapp.store import connection as connection_room
from posapp.store import ledger as ledger_room
from posapp.store.volume import VolumeKind
from tests.unit.services.bench import Bench, quick_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

pytestmark = pytest.mark.xdist_group("faults-storage")
LONG = "/".join(["a folder whose name is as long as somebody in a hurry would make it"] * 5)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A till in virtual time whose data lie on another computer, as far as anybody can tell from here."""
    from pathlib import Path

    def on_network(_path: Path) -> VolumeKind:
        return VolumeKind.NETWORK

    for room in (connection_room, ledger_room):
        monkeypatch.setattr(room, "kind_of", on_network)
    with quick_folder() as name:
        bench = Bench(Path(name))
        yield bench
        bench.close()


def test_s9_a_network_folder_is_warned_about_once_and_gets_no_write_ahead_log(bench: Bench) -> None:
    bench.watch()
    bench.watch()
    problems = [event.problem for event in bench.till.events if isinstance(event, ProblemRaised)]
    assert [problem.code for problem in problems] == ["ledger_on_network"]
    attempt = bench.charge_and_show()
    assert sorted(path.name for path in bench.folder.glob("ledger.db*")) == ["ledger.db"]
    bench.truth.pay(attempt.merchant_order_id)
    bench.let_pass(5)
    assert bench.attempt(attempt.merchant_order_id).state == "SUCCEEDED"
    other = bench.new_process()  # a second program on the same data sees it, and is seen
    assert other.services.listing.details(attempt.order_id).snapshot.leading.state == "SUCCEEDED"
    other.stop()


@pytest.mark.parametrize(
    "name",
    [
        "收银台 с кассой é🧾",
        pytest.param("with blanks and #?%41&;", marks=pytest.mark.campaign),
        pytest.param(LONG, marks=pytest.mark.campaign),
    ],
)
def test_s9_odd_names_and_long_paths_do(till: Till, sandbox: SandboxProcess, name: str) -> None:
    till.data = till.data / name
    assert len(str(till.data)) > 260 or name != LONG
    charge = till.charge()
    sandbox.pay(charge.until("qr")["merchant_order_id"])
    assert (charge.end().code, till.run("backup").code) == (0, 0)
    (till.data / "ledger.db").unlink()
    restored = till.run("restore", "latest", "--yes", "--json")
    assert (restored.code, restored.err) == (0, "")
    assert till.order()["state"] == "SUCCEEDED"
    assert till.run("verify").code == 0
