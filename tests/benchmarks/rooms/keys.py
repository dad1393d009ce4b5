"""From a key press to the amount on screen."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Final

from tests.benchmarks.figures import Measured, Wanted, percentile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.benchmarks.surroundings import Surroundings

WANTED: Final = (Wanted("key_p95_ms", "ms", 50.0, "key press to its change on screen, p95"),)
KEYS: Final = 240


def measure(around: Surroundings) -> Mapping[str, Measured]:
    """Type and take back digits, one key at a time."""
    with around.till().play("keys", "--count", str(KEYS)) as process:
        milliseconds = [float(process.wait_for("key")["milliseconds"]) for _ in range(KEYS)]
    told = f"median {median(milliseconds):.1f} ms, longest {max(milliseconds):.1f} ms of {KEYS} keys"
    return {"key_p95_ms": Measured(percentile(milliseconds, 0.95), told)}
