"""How far a long job has come."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """News of a long job.

    Attributes:
        job: Which, like `close_day`, `export` or `reconcile`.
        done: How much of it is done.
        total: How much there is; None where that is not known.
    """

    job: str
    done: int
    total: int | None = None
