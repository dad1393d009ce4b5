"""What a hostile body costs the loop that everybody waits for: as large as may come, in the shapes that parse worst."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from posapp.gateways.http import MAX_BODY
from posapp.gateways.strict_json import BadJson, parse_object
from tests.benchmarks.figures import Measured, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.benchmarks.surroundings import Surroundings

WANTED: Final = (
    Wanted("hostile_body_ms", "ms", 50.0, "256 kB of hostile JSON, the worst of nine kinds, read or refused"),
    Wanted("strict_json_x", "x", 8.0, "a sound reply of 256 kB read strictly, against `json.loads`"),
)
_ROUNDS: Final = 7


def sound() -> bytes:
    """Return a list reply as large as may come."""
    payment = {"id": f"int_{'x' * 20}", "amount": 128.5, "status": "SUCCEEDED"}
    return json.dumps({"items": [payment] * 3_400}).encode()


def hostile() -> dict[str, bytes]:
    """Return bodies just under the cap, by what is wrong with them."""
    room = MAX_BODY - 10
    return {
        "quotes": b'{"x":' + b'"' * room,
        "backslashes": b'{"x":"' + b"\\" * room,
        "open brackets": b"[" * room,
        "pairs of brackets": b'{"x":[' + b"[]," * (room // 3) + b"0]}",
        "pairs of quotes": b'{"x":[' + b'"",' * (room // 3) + b"0]}",
        "fractions": b'{"x":[' + b"1.5," * (room // 4) + b"0]}",
        "escapes": b'{"x":"' + b"\\u0041" * (room // 6) + b'"}',
        "names": b"{" + b",".join(b'"%d":0' % number for number in range(24_000)) + b"}",
        "digits": b'{"x":' + b"9" * room + b"}",
    }


def measure(_around: Surroundings) -> Mapping[str, Measured]:
    """Read each body some times; the quickest counts, since only the machine makes it slower."""
    costs = {name: _milliseconds(lambda body=body: parse_object(body)) for name, body in hostile().items()}
    worst = max(costs, key=lambda name: costs[name])
    body = sound()
    strict, plain = _milliseconds(lambda: parse_object(body)), _milliseconds(lambda: json.loads(body))
    return {
        "hostile_body_ms": Measured(costs[worst], f"worst: {worst}; a sound reply takes {strict:.1f} ms"),
        "strict_json_x": Measured(strict / plain, f"{strict:.1f} ms against {plain:.1f} ms, {len(body):,} bytes"),
    }


def _milliseconds(read: Callable[[], object]) -> float:
    taken: list[float] = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        with suppress(BadJson):  # refused is as good as read
            read()
        taken.append(time.process_time() - began)
    return min(taken) * 1000
