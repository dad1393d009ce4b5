"""A till whose gateway answers exactly as it is told: real services, ledger, adapter and HTTP, one bent reply each."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from posapp.app.system_clock import SystemClock
from posapp.domain.status import AttemptState
from posapp.gateways.errors import GatewayError
from posapp.services.till import TillServices
from posapp.store.ledger import open_ledger
from posapp.store.ownership import Owner
from posapp.store.verify import verify
from tests.faults.gateway.bending import OURS, THEIRS, Answer
from tests.faults.gateway.live_till import AMOUNT, gateway_at
from tests.faults.gateway.oracle import Asked
from tests.unit.gateways import samples
from tests.unit.gateways.line_server import LineServer, json_reply, reply
from tests.unit.services.bench import facts, quick_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from posapp.domain.order import Attempt, Flow, OrderSnapshot
    from tests.unit.gateways.line_server import Action, Heard

KEYS = {"secret": samples.SECRET, "uid": "39172931", "client_id": "client-1"}
STRANGER = {THEIRS: "T9-SOMEBODYELSE", f"{THEIRS}-id": "int_SOMEBODYELSE"}


def _nothing(_ids: Mapping[str, str]) -> Answer:
    """Answer nothing that could be believed."""
    return Answer(b"", 502)


class BentLine:
    """One till and what its gateway is to say. Everything here runs the loop for as long as it needs.

    Attributes:
        said: What goes out next, by the end of the request's path; made once the ids are known.
        sent: What went out since `begin_example`.
    """

    def __init__(self, provider: str, flow: Flow, folder: Path) -> None:
        self.provider = provider
        self.said: dict[str, Callable[[Mapping[str, str]], Answer]] = {}
        self.ids: dict[str, str] = dict(STRANGER)
        self.sent: list[Answer] = []
        self._runner = asyncio.Runner()
        self._flow = flow
        self._server = LineServer(self._script)
        self._runner.run(self._open(folder))

    async def _open(self, folder: Path) -> None:
        await self._server.__aenter__()
        gateway = gateway_at(self._server.url, self.provider, KEYS, self._flow)
        self.ledger = open_ledger(folder / "ledger.db")
        facts_ = facts(gateway.capabilities)
        self.services = TillServices(
            facts_, self.ledger, gateway, SystemClock(), lambda _event: None, Owner(folder / "owners"), base_s=1.0
        )

    def _script(self, heard: Heard) -> Action:
        if heard.path.endswith(("/auth", "/login")):
            return json_reply(samples.golden(f"{self.provider}/login.json"))
        end = heard.path.rsplit("/", 1)[-1]
        answer = (self.said.get(end) or self.said.get("*", _nothing))(self.ids)
        self.sent.append(answer)
        return reply(answer.raw, answer.status, answer.kind or None)

    def create(self, **said: Callable[[Mapping[str, str]], Answer]) -> OrderSnapshot:
        """Charge, answered so; returns the order as it then stands."""
        snapshot = self.services.checkout.begin(AMOUNT)
        self.expect(snapshot.leading, said)
        return self._runner.run(self.services.checkout.create(snapshot))

    def unknown(self) -> Attempt:
        """Charge, and let nothing that can be believed come back."""
        return self.create().leading

    def shown(self, **said: Callable[[Mapping[str, str]], Answer]) -> Attempt:
        """Charge, honestly answered, and show the code."""
        made = self.create(**said).leading
        return self.services.checkout.show(made.merchant_order_id).leading

    def ask(self, attempt: Attempt, said: Callable[[Mapping[str, str]], Answer], *, cancel: bool = False) -> Attempt:
        """Ask (or cancel), answered so; returns the attempt as it then stands. Only gateway errors may come out."""
        self.expect(attempt, {"*": said})
        ref = attempt.merchant_order_id

        async def question() -> None:
            with suppress(GatewayError):
                await (self.services.reconciler.cancel(ref) if cancel else self.services.reconciler.ask(ref))

        self._runner.run(question())
        snapshot = self.services.listing.details(attempt.order_id).snapshot
        return next(one for one in snapshot.attempts if one.merchant_order_id == ref)

    def expect(self, attempt: Attempt, said: dict[str, Callable[[Mapping[str, str]], Answer]]) -> None:
        """Say what goes out from now on, about this attempt."""
        self.said, self.sent = said, []
        own = {OURS: attempt.merchant_order_id, f"{OURS}-id": attempt.gateway_id or f"int_{attempt.merchant_order_id}"}
        self.ids = {**STRANGER, **own}

    def asked(self, attempt: Attempt) -> Asked:
        """Tell the referee what the till knows of an attempt."""
        money = attempt.money
        return Asked(self.provider, attempt.merchant_order_id, attempt.gateway_id, money.to_decimal(), money.currency)

    def close(self) -> None:
        """Stop the till; its ledger must be whole, whatever it was told."""
        assert verify(self.ledger).is_whole
        states = {state for (state,) in self.ledger.connection.execute("SELECT DISTINCT state FROM attempts")}
        assert states <= set(AttemptState)
        self._runner.run(self.services.stop())
        self._runner.run(self._server.__aexit__(None, None, None))
        self._runner.close()


@contextmanager
def bent_line(provider: str, flow: Flow) -> Generator[BentLine]:
    """Open a till on a ledger of its own."""
    with quick_folder() as name:
        line = BentLine(provider, flow, Path(name))
        yield line
        line.close()
