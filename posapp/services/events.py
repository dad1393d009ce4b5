"""What the services tell the world: frozen news that may cross to another thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from posapp.domain.errors import Problem
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.progress import Progress
    from posapp.domain.staff import Crew
    from posapp.domain.till import AskedAnswer, GatewayHealth


@dataclass(frozen=True, slots=True)
class OrderChanged:
    """An order is new or changed, and the ledger has it; `rings` where a person must hear of it at once."""

    snapshot: OrderSnapshot
    rings: bool = False


@dataclass(frozen=True, slots=True)
class HealthChanged:
    """The gateway (or the ledger) is doing better or worse, or answered again."""

    health: GatewayHealth


@dataclass(frozen=True, slots=True)
class Asked:
    """The gateway was asked about an order that somebody is looking at."""

    answer: AskedAnswer


@dataclass(frozen=True, slots=True)
class ProblemRaised:
    """Something failed that nobody waits for."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class CrewChanged:
    """Somebody signed in, the till was locked, or the people of the till are others."""

    crew: Crew


@dataclass(frozen=True, slots=True)
class Progressed:
    """A long job has come further."""

    progress: Progress


Event = OrderChanged | HealthChanged | Asked | ProblemRaised | CrewChanged | Progressed
Publish = Callable[[Event], None]
