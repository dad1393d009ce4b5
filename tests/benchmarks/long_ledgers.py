"""Ledgers of three years for the measurements: made once, kept in `build/ledgers`, and given to tills as copies."""

from __future__ import annotations

import hashlib
import shutil
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from posapp.store.schema import MIGRATIONS
from tests.benchmarks.surroundings import ROOT
from tests.ledgers import life, shop, writing
from tests.ledgers.shop import Shop
from tests.ledgers.writing import write_ledger

if TYPE_CHECKING:
    from pathlib import Path

    from tests.benchmarks.surroundings import Surroundings, Till

MILLION: Final = 1_000_000
THOUSAND: Final = 1_000
LAST_DAY: Final = date(2026, 10, 31)
BUSY_DAY_ORDERS: Final = 3_000


def till_with(around: Surroundings, orders: int) -> Till:
    """Return a till with a ledger of so many orders; its last day is a busy one where there are enough."""
    till = around.till()
    till.data.mkdir(parents=True)
    shutil.copyfile(_ledger(orders), till.data / "ledger.db")
    return till


def _ledger(orders: int) -> Path:
    path = ROOT / "build" / "ledgers" / f"{orders}-{_made_by()}.db"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(".half")
        half.unlink(missing_ok=True)
        write_ledger(half, Shop(orders, LAST_DAY, min(BUSY_DAY_ORDERS, orders // 5)))
        half.rename(path)
    return path


def _made_by() -> str:
    """Name what a ledger is made by: one of an older schema or generator is made anew."""
    texts = [files("posapp.store.migrations").joinpath(name).read_text(encoding="utf-8") for name in MIGRATIONS]
    texts += [str(module.__file__) and files("tests.ledgers").joinpath(f"{module.__name__.rsplit('.', 1)[1]}.py")
              .read_text(encoding="utf-8") for module in (life, shop, writing)]  # fmt: skip
    return hashlib.sha256("".join(texts).encode()).hexdigest()[:12]
