"""A ledger of three years in the real window: listed, searched and narrowed by what a person types and presses."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

import pytest

from posapp.domain.business_day import BusinessDay
from posapp.ui.tokens import LIGHT, ToneName
from tests.ledgers.shop import Shop
from tests.ledgers.writing import write_ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.till import Till
    from tests.e2e.till_window import TillWindow

pytest_plugins = ("tests.e2e.window_fixtures",)
pytestmark = pytest.mark.e2e

PAID_PILL = LIGHT.tones[ToneName.PAID].soft
PILL_PIXELS = 400


def test_a_long_ledger_is_listed_and_searched(
    open_window: Callable[..., TillWindow], make_till: Callable[..., Till]
) -> None:
    till = make_till("cbtis")
    till.data.mkdir(parents=True, exist_ok=True)
    today = BusinessDay("Asia/Hong_Kong", time(4)).of(datetime.now(UTC))
    write_ledger(till.data / "ledger.db", Shop(4_000, today, 400))
    window = open_window(till)
    window.key("F3")
    window.see("today's orders", lambda picture: picture.count(PAID_PILL) > PILL_PIXELS)
    window.key("ctrl+f")
    window.type("nothing of the kind")
    window.see("that nothing matches", lambda picture: picture.count(PAID_PILL) == 0)
    window.key("ctrl+a")
    window.type("tabl")
    window.see("orders of tables", lambda picture: picture.count(PAID_PILL) > PILL_PIXELS)
