"""Every room there is, in the order in which they are measured. A new figure is a line in its room's `WANTED`."""

from __future__ import annotations

from typing import Final

from tests.benchmarks.figures import Room
from tests.benchmarks.rooms import (
    backups,
    day,
    event_loop,
    exports,
    fsyncs,
    hostile,
    keys,
    memory,
    recovery,
    sales,
    scale,
    search,
    start,
)

ROOMS: Final = (
    Room("start", start.WANTED, start.measure),
    Room("memory", memory.WANTED, memory.measure),
    Room("keys", keys.WANTED, keys.measure),
    Room("sales", sales.WANTED, sales.measure),
    Room("event_loop", event_loop.WANTED, event_loop.measure),
    Room("fsyncs", fsyncs.WANTED, fsyncs.measure),
    Room("recovery", recovery.WANTED, recovery.measure),
    Room("backups", backups.WANTED, backups.measure),
    Room("day", day.WANTED, day.measure),
    Room("hostile", hostile.WANTED, hostile.measure),
    Room("scale", scale.WANTED, scale.measure),
    Room("exports", exports.WANTED, exports.measure),
    Room("search", search.WANTED, search.measure),
)
