"""The sandbox's own API for tests and people: the truth, the shopper's hand, faults and settings.

Everything is JSON under /sandbox; an error is `{"error": sentence, "field": name or null}`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from posapp.sandbox.door import House
from posapp.sandbox.exchange import JsonObject, JsonValue, encode
from posapp.sandbox.orders import AttemptState, Order, Provider, RefundState
from posapp.sandbox.report import order_json, truth_json
from posapp.sandbox.request_body import BadBodyError, read_object, read_value
from posapp.sandbox.rule_fields import BadRuleError
from posapp.sandbox.truth import NotAllowedError

Endpoint = Callable[[Request], Awaitable[Response]]

_REFUND_ACTIONS = {
    "accept": RefundState.ACCEPTED,
    "settle": RefundState.DONE,
    "fail": RefundState.FAILED,
}
_LONGEST_SETTING_S = 10_000_000.0


class ControlError(Exception):
    """A control request that cannot be done; carries its HTTP status and the field at fault."""

    def __init__(self, status: int, message: str, field: str | None = None) -> None:
        """Keep what the answer needs."""
        super().__init__(message)
        self.status = status
        self.field = field


def answer(payload: JsonValue, status: int = 200) -> Response:
    """Return a JSON response."""
    return Response(encode(payload), status, media_type="application/json", headers={"cache-control": "no-store"})


def _guarded(endpoint: Endpoint) -> Endpoint:
    """Turn the errors an endpoint may raise into JSON answers."""

    async def guarded(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ControlError as exc:
            return answer({"error": str(exc), "field": exc.field}, exc.status)
        except NotAllowedError as exc:
            return answer({"error": str(exc), "field": None}, 409)
        except BadRuleError as exc:
            return answer({"error": str(exc), "field": exc.field}, 400)
        except BadBodyError as exc:
            return answer({"error": str(exc), "field": None}, 400)

    return guarded


async def _options(request: Request, known: tuple[str, ...]) -> JsonObject:
    """Return the request's body, which may be empty, checked for unknown names."""
    body = await request.body()
    given = read_object(body) if body.strip() else {}
    for key in given:
        if key not in known:
            raise ControlError(400, f"{key}: is not known here; known are {', '.join(known)}", key)
    return given


def _flag(given: JsonObject, key: str) -> bool:
    value = given.get(key, False)
    if not isinstance(value, bool):
        raise ControlError(400, f"{key}: must be true or false", key)
    return value


class Control:
    """The endpoints under /sandbox."""

    def __init__(self, house: House, reset: Callable[[], None]) -> None:
        """Serve one sandbox; `reset` makes it forget everything."""
        self._house = house
        self._reset = reset

    def routes(self) -> list[Route]:
        """Return every control address."""
        table: list[tuple[str, str, Endpoint]] = [
            ("GET", "/sandbox", self._index),
            ("GET", "/sandbox/truth", self._truth),
            ("POST", "/sandbox/orders/{id:path}/pay", self._pay),
            ("POST", "/sandbox/orders/{id:path}/cancel", self._cancel),
            ("POST", "/sandbox/orders/{id:path}/expire", self._expire),
            ("GET", "/sandbox/orders/{id:path}", self._order),
            ("POST", "/sandbox/refunds/{id}/{action}", self._refund),
            ("POST", "/sandbox/faults", self._install),
            ("GET", "/sandbox/faults", self._faults),
            ("DELETE", "/sandbox/faults", self._clear),
            ("DELETE", "/sandbox/faults/{number:int}", self._clear),
            ("GET", "/sandbox/settings", self._settings),
            ("POST", "/sandbox/settings", self._set),
            ("POST", "/sandbox/reset", self._forget),
        ]
        return [Route(path, _guarded(endpoint), methods=[method]) for method, path, endpoint in table]

    async def _index(self, _request: Request) -> Response:
        known = sorted({f"{method} {route.path}" for route in self.routes() for method in route.methods or ()})
        return answer({"control": [*known]})

    async def _truth(self, request: Request) -> Response:
        merchant_order_id = request.query_params.get("merchant_order_id")
        return answer(truth_json(self._house.truth, merchant_order_id=merchant_order_id))

    def _found(self, request: Request) -> Order:
        wanted = request.query_params.get("provider")
        if wanted is not None and wanted not in tuple(Provider):
            raise ControlError(400, f"provider: must be one of {', '.join(Provider)}", "provider")
        any_id = request.path_params["id"]
        order = self._house.truth.named(any_id, None if wanted is None else Provider(wanted))
        if order is None:
            raise ControlError(404, "no order has this merchant_order_id or order id")
        return order

    def _shown(self, order: Order) -> Response:
        return answer({"order": order_json(self._house.truth, order)})

    async def _order(self, request: Request) -> Response:
        return self._shown(self._found(request))

    async def _pay(self, request: Request) -> Response:
        force = _flag(await _options(request, ("force",)), "force")
        with self._house.truth.lock:
            order = self._found(request)
            self._house.truth.pay(order, force=force)
            return self._shown(order)

    async def _cancel(self, request: Request) -> Response:
        force = _flag(await _options(request, ("force",)), "force")
        with self._house.truth.lock:
            order = self._found(request)
            self._house.truth.cancel(order, force=force)
            return self._shown(order)

    async def _expire(self, request: Request) -> Response:
        await _options(request, ())
        with self._house.truth.lock:
            order = self._found(request)
            self._house.truth.end_attempt(order, AttemptState.EXPIRED)
            return self._shown(order)

    async def _refund(self, request: Request) -> Response:
        state = _REFUND_ACTIONS.get(request.path_params["action"])
        if state is None:
            raise ControlError(404, f"the action must be one of {', '.join(_REFUND_ACTIONS)}")
        truth, any_id = self._house.truth, request.path_params["id"]
        with truth.lock:
            found = truth.refund(any_id)
            for provider in Provider:
                found = found or truth.refund_of(provider, any_id)
            if found is None:
                raise ControlError(404, "no refund has this id")
            truth.set_refund(found[1], state)
            return self._shown(found[0])

    async def _install(self, request: Request) -> Response:
        rules = self._house.scenarios.install(read_value(await request.body()))
        return answer({"installed": [rule.describe() for rule in rules]})

    async def _faults(self, _request: Request) -> Response:
        return answer({"faults": [rule.describe() for rule in self._house.scenarios.installed()]})

    async def _clear(self, request: Request) -> Response:
        number = request.path_params.get("number")
        cleared = self._house.scenarios.clear(number)
        if number is not None and not cleared:
            raise ControlError(404, "no fault has this id")
        return answer({"cleared": cleared})

    async def _settings(self, _request: Request) -> Response:
        return answer({"settings": dataclasses.asdict(self._house.truth.settings)})

    async def _set(self, request: Request) -> Response:
        truth = self._house.truth
        given = await _options(request, tuple(f.name for f in dataclasses.fields(truth.settings)))
        new: dict[str, float] = {}
        for key, value in given.items():
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise ControlError(400, f"{key}: must be a number of seconds", key)
            if not 0 <= value <= _LONGEST_SETTING_S:
                raise ControlError(400, f"{key}: must be from 0 to {_LONGEST_SETTING_S:.0f}", key)
            new[key] = float(value)
        with truth.lock:
            truth.settings = dataclasses.replace(truth.settings, **new)
            return await self._settings(request)

    async def _forget(self, _request: Request) -> Response:
        self._reset()
        return answer({"reset": True})
