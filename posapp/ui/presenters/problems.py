"""Failures that nobody waits for: each code is said once, however often it happens. No widgets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from posapp.domain.errors import Problem

QUIET_S: Final = 60.0
"""Seconds for which a failure that was put away does not come back, however often it happens again."""


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure as it is shown.

    Attributes:
        problem: What was said last with this code.
        times: How often it has happened since it was put away.
    """

    problem: Problem
    times: int = 1


class Problems:
    """Failures that nobody has put away yet, the newest kind first."""

    def __init__(self) -> None:
        self._waiting: dict[str, Failure] = {}
        self._put_away_at: dict[str, float] = {}

    @property
    def first(self) -> Failure | None:
        """The one that is shown."""
        return next(reversed(self._waiting.values()), None)

    @property
    def count(self) -> int:
        """How many kinds there are."""
        return len(self._waiting)

    def take(self, problem: Problem, now: float) -> None:
        """Take a failure at a moment of a monotonic clock.

        One of a kind that is shown already only counts; one of a kind that was put away a moment ago says nothing new.
        """
        known = self._waiting.get(problem.code)
        if known is not None:
            self._waiting[problem.code] = replace(known, problem=problem, times=known.times + 1)
        elif now - self._put_away_at.get(problem.code, -QUIET_S) >= QUIET_S:
            self._waiting[problem.code] = Failure(problem)

    def put_away(self, now: float) -> None:
        """Somebody has read the one that is shown."""
        if self._waiting:
            code, _ = self._waiting.popitem()
            self._put_away_at[code] = now
