"""The doctor's round: every look on a thread of its own, none longer than its limit, all within twenty seconds."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Final

from posapp.app.config import ConfigError
from posapp.app.doctor.finding import Examined, Finding, fail, skipped
from posapp.app.usage import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from posapp.app.doctor.ground import Ground

DEADLINE_S: Final = 20.0
_IN_THE_WAY: Final = "Something on this computer is in its way; look at the other findings, then run this again."


@dataclass(frozen=True, slots=True)
class Look:
    """One thing to look at.

    Attributes:
        id: Its stable name in the report.
        room: Module whose `examine(ground)` looks.
        limit_s: After how many seconds it is given up.
        network: Whether it sends anything.
        stuck: What to do where it was given up.
    """

    id: str
    room: str
    limit_s: float
    network: bool = False
    stuck: str = _IN_THE_WAY


_ROOMS: Final = "posapp.app.doctor"
LOOKS: Final = (
    Look("configuration", f"{_ROOMS}.configuration", 5),
    Look("clock", f"{_ROOMS}.clock", 15, network=True),
    Look(
        "dns", f"{_ROOMS}.names", 10, network=True, stuck="Ask whoever looks after the network about its name server."
    ),
    Look("proxy", f"{_ROOMS}.proxy", 15, network=True),
    Look("gateway", f"{_ROOMS}.gateway", 15, network=True),
    Look("tls", f"{_ROOMS}.tls", 18, network=True),
    Look(
        "keyring",
        f"{_ROOMS}.keyring_entry",
        8,
        stuck="Look for a window that asks for a password, and unlock the keyring.",
    ),
    Look("login", f"{_ROOMS}.login", 18, network=True),
    Look(
        "disk", f"{_ROOMS}.disk", 10, stuck="The disk or the network folder does not answer; keep the ledger elsewhere."
    ),
    Look("ledger", f"{_ROOMS}.ledger_file", 15),
    Look("backups", f"{_ROOMS}.backups", 15),
    Look("printer", f"{_ROOMS}.printer", 8),
    Look("monitors", f"{_ROOMS}.monitors", 15),
    Look("fonts", f"{_ROOMS}.fonts", 15),
    Look("versions", f"{_ROOMS}.versions", 5),
    Look("leftovers", f"{_ROOMS}.leftovers", 5),
)


@dataclass
class _Visit:
    """One look under way."""

    look: Look
    done: threading.Event = field(default_factory=threading.Event)
    examined: Examined | None = None

    def run(self, ground: Ground) -> None:
        began = time.monotonic()
        finding = _looked(self.look, ground)
        self.examined = Examined(self.look.id, finding, round(time.monotonic() - began, 3))
        self.done.set()


def examine_all(ground: Ground, looks: Sequence[Look] = LOOKS, deadline_s: float = DEADLINE_S) -> tuple[Examined, ...]:
    """Look at everything; what does not come to an end is a finding, too.

    Args:
        ground: The visit.
        looks: What to look at.
        deadline_s: Seconds for all of it.

    Returns:
        One entry for each look, in their order.
    """
    began = time.monotonic()
    visits = [_Visit(look) for look in looks]
    for visit in visits:
        # Daemons: one that hangs in the keyring or in a dead network folder must not keep the program from ending.
        threading.Thread(target=visit.run, args=(ground,), name=f"doctor {visit.look.id}", daemon=True).start()
    return tuple(_awaited(visit, began, deadline_s) for visit in visits)


def _awaited(visit: _Visit, began: float, deadline_s: float) -> Examined:
    limit = min(visit.look.limit_s, deadline_s)
    visit.done.wait(max(0.0, began + limit - time.monotonic()))
    if visit.examined is not None:
        return visit.examined
    finding = fail(f"This brought no result within {limit:g} s and was given up.", visit.look.stuck)
    return Examined(visit.look.id, finding, limit)


def _looked(look: Look, ground: Ground) -> Finding:
    if look.network and not ground.network:
        return skipped("Not looked at, as was asked.")
    try:
        finding: Finding = import_module(look.room).examine(ground)
    except (ConfigError, UsageError):
        return skipped("Not looked at: there is no usable configuration.")
    except Exception as error:  # noqa: BLE001 - a bug in one look is one finding, never the end of the round
        return fail(
            f"This could not be looked at ({type(error).__name__}).",
            "Hand the support bundle to whoever looks after posapp.",
            {"error": type(error).__name__},
        )
    return finding
