"""When an outcome that nobody knows may be given up: pure rules, and no turned clock alone can bring it about.

Two weeks on the wall clock are not enough, since a clock that was turned lets them pass in a moment. What counts too
are the days on which the gateway did not find the payment, each kept in the audit; one turn of the clock adds one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from posapp.services.poll_schedule import TAIL_S

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

DAYS: Final = 7
"""On so many days it was not found: half of the two weeks, since a shop has days off."""

_APART_S: Final = 20 * 3600.0
"""How far apart two answers count as two days; an attempt that old is asked about once a day, give or take."""


def counts_anew(heard: Sequence[datetime], now: datetime) -> bool:
    """Tell whether "not found" heard now counts as one more day.

    Args:
        heard: When it was heard before, as far as it counted.
        now: By the same clock, which may have been turned back meanwhile.
    """
    return all(abs((now - before).total_seconds()) >= _APART_S for before in heard)


def is_over(created_at: datetime, heard: Sequence[datetime], now: datetime) -> bool:
    """Tell whether an attempt may lapse that the gateway has just not found.

    Args:
        created_at: When it was committed.
        heard: The days on which it was not found, today included.
        now: By the wall clock.
    """
    return len(heard) >= DAYS and (now - created_at).total_seconds() > TAIL_S
