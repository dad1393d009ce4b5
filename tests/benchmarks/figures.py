"""A figure, its limit, and the arithmetic that figures are made with."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.benchmarks.surroundings import Surroundings


class BenchError(Exception):
    """A figure could not be measured; the message says why."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A figure before it is measured.

    Attributes:
        name: Its name in `build/bench.json`; later issues and readers depend on it.
        unit: `x` for a ratio, `ms`, or a word.
        limit: The largest value that is good enough; the smallest where more is better.
        what: What is measured, for the table.
        at_least: Whether more is better.
    """

    name: str
    unit: str
    limit: float
    what: str
    at_least: bool = False

    def allows(self, value: float) -> bool:
        """Tell whether a value is good enough."""
        return value >= self.limit if self.at_least else value <= self.limit


@dataclass(frozen=True, slots=True)
class Measured:
    """What came out.

    Attributes:
        value: In the unit of the figure.
        against: The yardstick and what else a reader wants to know.
    """

    value: float
    against: str


@dataclass(frozen=True, slots=True)
class Room:
    """A group of figures that are measured together.

    Attributes:
        name: What `--only` takes.
        wanted: Its figures.
        measure: Measures all of them; returns them by name. Raises `BenchError`.
    """

    name: str
    wanted: tuple[Wanted, ...]
    measure: Callable[[Surroundings], Mapping[str, Measured]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    Attributes:
        wanted: What was asked for.
        measured: What came out; None where it could not be measured.
        trouble: Why it could not.
    """

    wanted: Wanted
    measured: Measured | None
    trouble: str = ""

    @property
    def ok(self) -> bool:
        """Whether it was measured and is within its limit."""
        return self.measured is not None and self.wanted.allows(self.measured.value)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of all values does not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]
