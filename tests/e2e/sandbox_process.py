"""The pretend gateway as a child process of the real `posapp sandbox`, and a hand on its control API."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import httpx

from tests.e2e.child import Child, JsonObject, wait_until

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass
class SandboxProcess:
    """A sandbox that runs until `close`."""

    child: Child
    ready: JsonObject
    http: httpx.Client

    @classmethod
    def start(cls, env: Mapping[str, str], folder: Path) -> SandboxProcess:
        """Start one on a free port and wait for its line."""
        child = Child.start(["sandbox", "--port", "0"], env, folder / "sandbox.err")
        ready = child.until("ready")
        return cls(child, ready, httpx.Client(base_url=str(ready["control_url"]), timeout=10, trust_env=False))

    def close(self) -> None:
        """Stop it as an operator would."""
        self.http.close()
        self.child.signal(signal.SIGTERM)
        try:
            ended = self.child.end()
            assert (ended.code, ended.err) == (0, "")
        finally:
            self.child.close()

    @property
    def base_url(self) -> str:
        """The address of both pretend gateways."""
        return str(self.ready["base_url"])

    def credentials(self, provider: str) -> dict[str, str]:
        """Return what a client of a provider has to be given."""
        return cast("dict[str, str]", self.ready[provider])

    def account(self, provider: str) -> str:
        """Return merchant number or client id."""
        return self.credentials(provider)["uid" if provider == "cbtis" else "client_id"]

    def secret(self, provider: str) -> str:
        """Return the secret that goes with it."""
        return self.credentials(provider)["secret"]

    def reset(self) -> None:
        """Make it forget every order and fault."""
        self._post("/reset")

    def truth(self) -> JsonObject:
        """Return everything that is true."""
        return self._get("/truth")

    def seen(self) -> list[JsonObject]:
        """Return every id that a create POST ever named."""
        return cast("list[JsonObject]", self.truth()["seen"])

    def order(self, merchant_order_id: object) -> JsonObject:
        """Return one order as it is at the gateway."""
        return cast("JsonObject", self._get(f"/orders/{merchant_order_id}")["order"])

    def pay(self, merchant_order_id: object, *, force: bool = False) -> None:
        """Be the shopper who pays."""
        self._post(f"/orders/{merchant_order_id}/pay", {"force": force})

    def cancel(self, merchant_order_id: object) -> None:
        """Be the gateway that closes an order."""
        self._post(f"/orders/{merchant_order_id}/cancel")

    def fault(self, on: str, fault: object, **fields: object) -> None:
        """Order mischief."""
        self.faults([{"on": on, "fault": fault, **fields}])

    def faults(self, rules: list[JsonObject]) -> None:
        """Order mischief of several kinds."""
        self._post("/faults", rules)

    def clear_faults(self) -> None:
        """Call the mischief off."""
        assert self.http.delete("/faults").status_code == httpx.codes.OK

    def requests(self, provider: str) -> dict[str, int]:
        """Return how many requests of each kind reached a provider."""
        counts = cast("dict[str, dict[str, int]]", self.truth()["requests"])
        return counts[provider]

    def wait_for_create(self, merchant_order_id: object) -> None:
        """Wait until a create POST with this id has arrived."""
        wait_until(
            lambda: any(seen["merchant_order_id"] == merchant_order_id for seen in self.seen()),
            f"no create POST for {merchant_order_id}",
        )

    def _get(self, path: str) -> JsonObject:
        reply = self.http.get(path)
        assert reply.status_code == httpx.codes.OK, reply.text
        return cast("JsonObject", reply.json())

    def _post(self, path: str, body: object = None) -> None:
        reply = self.http.post(path, json={} if body is None else body)
        assert reply.status_code == httpx.codes.OK, reply.text
