"""`python -m tests.faults.hostile.swallow PROVIDER URL CASE...`: swallows hostile answers and says what each cost.

A process of its own, so that the peak of its memory is its own too. Every case is asked for twice, by a question and by
a create, under the case's name as the order's id; each line of stdout is one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from typing import TYPE_CHECKING

from posapp.gateways.base import AttemptRef
from posapp.gateways.errors import GatewayError, Malformed, OutcomeUnknown
from tests.faults.gateway.live_till import gateway_at
from tests.unit.gateways import samples

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from posapp.gateways.base import PaymentGateway

KEYS = {"secret": samples.SECRET, "uid": "39172931", "client_id": "client-1"}


def peak_kb() -> int:
    """Return the most memory that this process ever held, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


async def swallow(case: str, call: str, answer: Awaitable[object]) -> None:
    """Wait for one answer and say what came of it."""
    began, busy, before = time.perf_counter(), time.process_time(), peak_kb()
    try:
        await answer
        kind, code = "answered", ""
    except GatewayError as error:
        unknown = "unknown" if isinstance(error, OutcomeUnknown) else "other"
        kind, code = "malformed" if isinstance(error, Malformed) else unknown, error.code
    said = {"case": case, "call": call, "kind": kind, "code": code}
    took = {"seconds": time.perf_counter() - began, "busy_s": time.process_time() - busy}
    sys.stdout.write(json.dumps(said | took | {"grown_kb": peak_kb() - before}) + "\n")
    sys.stdout.flush()


async def swallow_all(gateway: PaymentGateway, provider: str, cases: list[str]) -> None:
    """Warm up, so that what is loaded once is not taken for growth; then swallow every case."""
    await gateway.check()
    await swallow("warm", "query", gateway.query(AttemptRef("warm")))
    await swallow("warm", "create", gateway.create(samples.attempt(provider, merchant_order_id="warm")))
    for case in cases:
        await swallow(case, "query", gateway.query(AttemptRef(case)))
        await swallow(case, "create", gateway.create(samples.attempt(provider, merchant_order_id=case)))
    await gateway.aclose()


def main() -> None:
    """Swallow what the command line names."""
    provider, url, *cases = sys.argv[1:]

    async def run() -> None:
        await swallow_all(gateway_at(url, provider, KEYS), provider, cases)

    asyncio.run(run())


if __name__ == "__main__":
    main()
