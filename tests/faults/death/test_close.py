"""The close of a day killed at each of its system calls: one whole Z or none, and the next try writes exactly one."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from posapp.app.compose import till_facts
from posapp.app.config import read_config
from posapp.app.system_clock import SystemClock
from posapp.domain.day_close import check_chain
from posapp.domain.day_text import report_from
from posapp.domain.staff import Authority
from posapp.services.day import TradingDay
from posapp.store.day_closes import close_rows
from posapp.store.ledger import open_ledger
from posapp.store.shifts import Shifts
from tests.faults.death.ward import Ward

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.faults.death.nursery import Nursery

pytestmark = [pytest.mark.xdist_group("faults-death"), pytest.mark.timeout(300)]
STRIDE: Final = 6
"""The quick share kills at every so manyeth call; the writes of the ledger are many of them."""


def test_k9_killed_while_closing_the_day_there_is_one_whole_z_or_none(
    make_till: Callable[..., Till],
    sandbox: SandboxProcess,
    nursery: Nursery,
    tmp_path: Path,
    figure: Callable[[str], None],
    *,
    campaign: bool,
) -> None:
    ward = Ward(make_till("cbtis"), "cbtis", sandbox, nursery)
    sold = a_day(ward, tmp_path / "sold")

    def again() -> None:
        shutil.rmtree(ward.till.data)
        shutil.copytree(sold, ward.till.data)

    again()
    calls = ward.calls("close")
    kills = unwritten = 0
    for call in calls if campaign else calls[::STRIDE]:
        again()
        said = ward.kill("close", call)
        if said is None:
            continue
        kills += 1
        words = {mark[0] for mark in said}
        with closing(open_ledger(ward.ledger)) as ledger:
            rows = list(close_rows(ledger.connection))
            counted = [shift.number for shift in Shifts(ledger).past(9)]
        assert len(rows) <= 1
        assert len(rows) >= ("closed" in words), "an acknowledged Z is lost"
        assert len(counted) >= ("counted" in words), "an acknowledged count is lost"
        assert check_chain(rows) is None
        assert ward.books().findings == ()
        unwritten += not rows
        ward.live("close")
        check(ward)
    assert 0 < unwritten < kills, "the kills were all on one side of the commit"
    figure(f"{kills} kills, {unwritten} of them before the commit")


def a_day(ward: Ward, copy: Path) -> Path:
    """Sell one thing, let it be paid while nobody asks, and begin a shift; returns a copy of the till's data."""
    ward.fresh()
    ((_, ref),) = [mark for mark in ward.live("sale") if mark[0] == "shown"]
    ward.sandbox.pay(ref)
    with closing(open_ledger(ward.ledger)) as ledger:
        Shifts(ledger).open(Authority(), SystemClock().now())
    return shutil.copytree(ward.till.data, copy)


def check(ward: Ward) -> None:
    """Look whether there is exactly one Z, with the sale in it, and one shift, with the same money."""
    facts = till_facts(read_config(ward.till.config), training=False)
    with closing(open_ledger(ward.ledger)) as ledger:
        (row,) = close_rows(ledger.connection)
        (shift,) = Shifts(ledger).past(9)
        told = report_from(row.report)
        live = TradingDay(ledger, facts, SystemClock()).report(told.day)
    assert [total.gross_minor for total in told.totals] == [1250], "the open order was not asked about"
    assert replace(live, sales=None) == told
    assert sum(line.money.minor for line in live.sales or ()) == sum(total.gross_minor for total in told.totals)
    assert shift.closed_seq is not None
    assert ward.books().findings == ()
