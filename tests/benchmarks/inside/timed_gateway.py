"""The real adapter with a stop watch around it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from posapp.domain.order import Attempt
    from posapp.domain.refund import RefundRequest
    from posapp.gateways.base import (
        AttemptRef,
        Capabilities,
        Created,
        GatewayState,
        PaymentGateway,
        RefundAnswer,
        RefundRef,
    )


class TimedGateway:
    """Passes every call on and notes how long creates and queries took, in seconds. Lives on the io thread."""

    def __init__(self, inner: PaymentGateway) -> None:
        self._inner = inner
        self.creates: list[float] = []
        self.queries: list[float] = []

    @property
    def capabilities(self) -> Capabilities:
        return self._inner.capabilities

    @property
    def clock_ahead_s(self) -> float | None:
        return self._inner.clock_ahead_s

    async def create(self, attempt: Attempt) -> Created:
        began = time.perf_counter()
        try:
            return await self._inner.create(attempt)
        finally:
            self.creates.append(time.perf_counter() - began)

    async def query(self, ref: AttemptRef) -> GatewayState:
        began = time.perf_counter()
        try:
            return await self._inner.query(ref)
        finally:
            self.queries.append(time.perf_counter() - began)

    async def cancel(self, ref: AttemptRef) -> GatewayState:
        return await self._inner.cancel(ref)

    async def refund(self, refund: RefundRequest) -> RefundAnswer:
        return await self._inner.refund(refund)

    async def query_refund(self, ref: RefundRef) -> RefundAnswer:
        return await self._inner.query_refund(ref)

    async def check(self) -> None:
        await self._inner.check()

    async def aclose(self) -> None:
        await self._inner.aclose()
