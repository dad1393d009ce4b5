"""The front door of a provider's address: read a request, count it, let mischief in, answer.

Lives on the server's event loop; the work itself runs under the book's lock.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from posapp.sandbox.connections import Connections
from posapp.sandbox.exchange import About, Call, Operation, RefusedError, Reply, Route, Wire
from posapp.sandbox.line import ClientGoneError, Line, TooLongError
from posapp.sandbox.mischief import Work, perform
from posapp.sandbox.orders import Refusal
from posapp.sandbox.request_body import MOST_BYTES
from posapp.sandbox.scenarios import Scenarios
from posapp.sandbox.tokens import TokenBook
from posapp.sandbox.truth import Truth

_TOO_LARGE = 413
_ID_KEPT = 256


@dataclass(frozen=True, slots=True)
class House:
    """What every address of one sandbox shares."""

    truth: Truth
    scenarios: Scenarios
    tokens: TokenBook
    connections: Connections = field(default_factory=Connections)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)


class Door:
    """One provider address as an ASGI application."""

    def __init__(self, house: House, wire: Wire, route: Route) -> None:
        """Open the door of one address."""
        self._house = house
        self._wire = wire
        self._route = route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        house, operation = self._house, self._route.operation
        line = Line(scope, receive, send, house.connections, house.stopping)
        try:
            body = await line.read(MOST_BYTES)
        except TooLongError:
            await line.send(self._wire.http_error(_TOO_LARGE))
            return
        except ClientGoneError:
            return
        connection = HTTPConnection(scope)
        call = Call(
            method=scope["method"],
            path=scope["path"],
            path_params={key: str(value) for key, value in connection.path_params.items()},
            query=dict(connection.query_params),
            headers=dict(connection.headers),
            body=body,
        )
        about = self._note(call)
        delays, rule = house.scenarios.strike(self._wire.provider, operation, about.merchant_order_id)
        work = Work(self._wire, operation, call, about, self._do, house.truth, house.tokens)
        await perform(work, line, delays, rule)

    def _note(self, call: Call) -> About:
        """Write down that the request reached the server, before anything can go wrong with it."""
        truth, operation = self._house.truth, self._route.operation
        with truth.lock:
            truth.traffic.request(self._wire.provider, operation)
            about = self._wire.about(operation, call)
            if about.merchant_order_id is not None:
                name = about.merchant_order_id[:_ID_KEPT]
                if operation is Operation.CREATE:
                    truth.traffic.create_post(self._wire.provider, name, (about.request_id or "")[:_ID_KEPT] or None)
                elif operation in (Operation.QUERY, Operation.LIST):
                    truth.traffic.query(self._wire.provider, name)
            return about

    def _do(self, call: Call) -> Reply:
        """Do what the request asks, or refuse it in the provider's shape."""
        truth, operation = self._house.truth, self._route.operation
        with truth.lock:
            try:
                if operation is not Operation.AUTH:
                    self._wire.authorize(call)
                return self._route.handler(call)
            except RefusedError as exc:
                about = self._wire.about(operation, call).merchant_order_id
                refusal = Refusal(
                    provider=self._wire.provider,
                    operation=operation,
                    merchant_order_id=about[:_ID_KEPT] if about else None,
                    code=exc.code,
                    message=exc.message,
                    at=truth.now(),
                )
                truth.traffic.refusal(refusal)
                return exc.reply()
