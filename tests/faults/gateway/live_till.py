"""A till inside the test whose services speak real HTTP to a real sandbox, and the audit of what they leave."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from posapp.app.system_clock import SystemClock
from posapp.domain.money import Money
from posapp.domain.order import Flow
from posapp.domain.status import AlarmKind, AttemptState
from posapp.gateways.airwallex.client import AirwallexGateway
from posapp.gateways.cbtis.client import CbtisGateway
from posapp.gateways.errors import GatewayError
from posapp.gateways.settings import GatewaySettings
from posapp.sandbox.orders import Provider
from posapp.sandbox.report import truth_json
from posapp.services.events import OrderChanged
from posapp.services.till import TillServices
from posapp.store.ledger import open_ledger
from posapp.store.ownership import Owner
from posapp.store.verify import verify
from tests.unit.services.bench import facts

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from posapp.domain.order import Attempt
    from posapp.gateways.base import PaymentGateway
    from posapp.sandbox.exchange import JsonObject
    from posapp.sandbox.orders import Order
    from posapp.sandbox.server import Sandbox
    from posapp.services.events import Event
    from posapp.store.ledger import Ledger

AMOUNT = Money(12850, "HKD")
SECONDS_TO_LET_GO = 5.0


def gateway_at(base_url: str, provider: str, keys: dict[str, str], flow: Flow = Flow.QRCODE) -> PaymentGateway:
    """Return the real adapter, with dice that never make it wait."""
    settings = GatewaySettings(
        provider=provider,
        base_url=base_url,
        flow=flow,
        secret=keys["secret"],
        uid=keys.get("uid", ""),
        client_id=keys.get("client_id", ""),
        return_url="https://shop.example/back",
        success_url="https://shop.example/paid",
    )
    return CbtisGateway(settings) if provider == "cbtis" else AirwallexGateway(settings, jitter=lambda: 0.0)


def field_name(provider: str, name: str) -> str:
    """Name a field of a payment as fault rules do: CBTIS wraps it into `data`."""
    return f"data.{name}" if provider == "cbtis" else name


@dataclass
class LiveTill:
    """Services on a real ledger file, a real adapter, and the sandbox's books beside them."""

    provider: str
    sandbox: Sandbox
    services: TillServices
    ledger: Ledger
    events: list[Event] = field(default_factory=list["Event"])

    def rule(self, attempt: Attempt | None, on: str, fault: str, **fields: object) -> None:
        """Order mischief, about one attempt or about everything."""
        rule = {"on": on, "fault": fault, "provider": self.provider, **fields}
        if attempt is not None:
            rule["merchant_order_id"] = attempt.merchant_order_id
        self.sandbox.scenarios.install(cast("JsonObject", rule))

    def clear(self) -> None:
        """Call the mischief off."""
        self.sandbox.scenarios.clear()

    def begin(self, money: Money = AMOUNT) -> Attempt:
        """Commit an order; nothing is sent."""
        return self.services.checkout.begin(money).leading

    async def send(self, attempt: Attempt) -> Attempt:
        """Send it and return how the order's last attempt stands then."""
        snapshot = self.services.listing.details(attempt.order_id).snapshot
        return (await self.services.checkout.create(snapshot)).attempts[-1]

    async def charge(self, money: Money = AMOUNT) -> Attempt:
        """Commit, send and show."""
        attempt = await self.send(self.begin(money))
        return self.services.checkout.show(attempt.merchant_order_id).attempts[-1]

    async def ask(self, attempt: Attempt) -> Attempt:
        """Ask the gateway; what it answers amiss changes nothing and is no failure of the test."""
        with suppress(GatewayError):
            await self.services.reconciler.ask(attempt.merchant_order_id)
        return self.now(attempt)

    async def asked_in_vain(self, attempt: Attempt) -> GatewayError:
        """Ask the gateway and return why that brought nothing."""
        try:
            await self.services.reconciler.ask(attempt.merchant_order_id)
        except GatewayError as error:
            return error
        raise AssertionError("the gateway answered")

    def now(self, attempt: Attempt) -> Attempt:
        """Read an attempt from the ledger."""
        snapshot = self.services.listing.details(attempt.order_id).snapshot
        return next(a for a in snapshot.attempts if a.merchant_order_id == attempt.merchant_order_id)

    def notes(self, attempt: Attempt) -> list[str]:
        """Return the names of an order's audit rows, oldest first."""
        return [entry.event for entry in self.services.listing.details(attempt.order_id).timeline]

    def rung(self) -> list[str]:
        """Return the orders that rang."""
        return [e.snapshot.order.order_id for e in self.events if isinstance(e, OrderChanged) and e.rings]

    def there(self, attempt: Attempt) -> Order | None:
        """Return the payment as the gateway has it."""
        return self.sandbox.truth.named(attempt.merchant_order_id)

    def pay(self, attempt: Attempt, *, force: bool = False) -> None:
        """Be the shopper who pays."""
        self.sandbox.truth.pay(self._known(attempt), force=force)

    def cancel(self, attempt: Attempt, *, force: bool = False) -> None:
        """Be the gateway that closes a payment."""
        self.sandbox.truth.cancel(self._known(attempt), force=force)

    def creates(self, attempt: Attempt) -> int:
        """Return how many create POSTs under its id reached the gateway."""
        return sum(cast("int", seen["create_posts"]) for seen in self._seen(attempt.merchant_order_id))

    def requests(self, operation: str) -> int:
        """Return how many requests of a kind reached the gateway."""
        counts = cast("dict[str, dict[str, int]]", truth_json(self.sandbox.truth)["requests"])
        return counts[self.provider].get(operation, 0)

    def login_again(self) -> None:
        """Let every token that was handed out end now."""
        self.sandbox.tokens.expire_all(Provider(self.provider))

    def audit(self) -> None:
        """Check what must hold whatever happened: the ledger is whole, knows all, sent once, and is green for money."""
        assert verify(self.ledger).is_whole
        rows = self.ledger.connection.execute("SELECT merchant_order_id, state, alarm FROM attempts").fetchall()
        attempts = {ref: (AttemptState(state), alarm) for ref, state, alarm in rows}
        for seen in self._seen():
            if seen["provider"] != self.provider:
                continue
            assert seen["merchant_order_id"] in attempts, "the gateway knows what the ledger does not"
            once = seen["create_posts"] == 1 if self.provider == "cbtis" else len(_texts(seen["request_ids"])) == 1
            assert once, f"sent twice: {seen}"
        for ref, (state, alarm) in attempts.items():
            if state is AttemptState.SUCCEEDED and alarm != AlarmKind.CONTRADICTED:
                order = self.sandbox.truth.named(ref)
                assert order is not None, f"green without a payment: {ref}"
                assert order.paid_at is not None, f"green without money: {ref}"

    def _known(self, attempt: Attempt) -> Order:
        order = self.there(attempt)
        assert order is not None
        return order

    def _seen(self, merchant_order_id: str | None = None) -> list[JsonObject]:
        return cast("list[JsonObject]", truth_json(self.sandbox.truth, merchant_order_id=merchant_order_id)["seen"])


@asynccontextmanager
async def live_till(sandbox: Sandbox, provider: str, folder: Path) -> AsyncGenerator[LiveTill]:
    """Open a till, and audit it at the end."""
    keys = sandbox.cbtis if provider == "cbtis" else sandbox.airwallex
    gateway = gateway_at(sandbox.base_url, provider, keys)
    ledger = open_ledger(folder / f"{provider}.db")
    events: list[Event] = []
    services = TillServices(
        facts(gateway.capabilities), ledger, gateway, SystemClock(), events.append, Owner(folder / "owners"), base_s=1.0
    )
    till = LiveTill(provider, sandbox, services, ledger, events)
    try:
        yield till
        till.clear()
        till.audit()
    finally:
        async with asyncio.timeout(SECONDS_TO_LET_GO):
            await services.stop()


def _texts(value: object) -> set[str]:
    return {str(each) for each in cast("list[object]", value)}
