"""Plain HTTP clients of the pretend gateway, written from the documents for its own tests."""

from __future__ import annotations

import itertools
from typing import Any

import httpx

from posapp.sandbox.server import Sandbox

_numbers = itertools.count(1)

Json = dict[str, Any]


def new_id(prefix: str = "P") -> str:
    return f"{prefix}{next(_numbers):012d}"


class CbtisClient:
    """One merchant of the pretend CBTIS, logged in."""

    def __init__(self, http: httpx.Client, sandbox: Sandbox) -> None:
        self.http = http
        self.keys = sandbox.cbtis
        self.headers = {"authorization": f"Bearer {self.auth().json()['access_token']}"}

    def auth(self, **changes: str) -> httpx.Response:
        query = {
            "grant_type": "client_credentials",
            "uid": self.keys["uid"],
            "client_secret": self.keys["client_secret"],
        }
        return self.http.get("/mch-api/v1/auth", params=query | changes)

    def post(self, path: str, body: object) -> httpx.Response:
        return self.http.post(f"/mch-api/v1/pa/{path}", json=body, headers=self.headers)

    @staticmethod
    def order(**changes: object) -> Json:
        """Return the body of the documents' QR example under a new id, with changes."""
        body: Json = {
            "amount": "50",
            "currency": "HKD",
            "merchant_order_id": new_id(),
            "payment_method": {"type": "wechat", "wechat": {"flow": "qrcode"}},
            "description": "Online QRCode Payment",
            "notify_url": "https://put_your_site_here/example_url",
        }
        return body | changes

    def create(self, **changes: object) -> httpx.Response:
        return self.post("payment_intents/create", self.order(**changes))

    def created(self, **changes: object) -> Json:
        reply = self.create(**changes).json()
        assert reply["code"] == 0, reply
        return reply["data"]

    def query(self, **ids: object) -> httpx.Response:
        return self.post("payment_intents/query", ids)

    def refund(self, **fields: object) -> httpx.Response:
        return self.post("refunds/create", fields)


class AirwallexClient:
    """One merchant of the pretend Airwallex, logged in."""

    def __init__(self, http: httpx.Client, sandbox: Sandbox) -> None:
        self.http = http
        self.keys = sandbox.airwallex
        self.headers = {"authorization": f"Bearer {self.login().json()['token']}"}

    def login(self, **changes: str) -> httpx.Response:
        keys = {"x-client-id": self.keys["client_id"], "x-api-key": self.keys["api_key"]}
        return self.http.post("/api/v1/authentication/login", headers=keys | changes, json={})

    def post(self, path: str, body: object) -> httpx.Response:
        return self.http.post(f"/api/v1/pa/{path}", json=body, headers=self.headers)

    def get(self, path: str, **query: str | int) -> httpx.Response:
        return self.http.get(f"/api/v1/pa/{path}", params=query, headers=self.headers)

    @staticmethod
    def intent(**changes: object) -> Json:
        """Return the body of the documents' create example under new ids, with changes."""
        body: Json = {
            "request_id": new_id("req-"),
            "amount": 100,
            "currency": "CNY",
            "merchant_order_id": new_id("m-"),
            "return_url": "https://www.airwallex.com",
        }
        return body | changes

    def create(self, **changes: object) -> httpx.Response:
        return self.post("payment_intents/create", self.intent(**changes))

    def created(self, **changes: object) -> Json:
        reply = self.create(**changes)
        assert reply.status_code == 201, reply.text
        return reply.json()

    def confirm(self, intent_id: str, flow: str = "qrcode", /, **changes: object) -> httpx.Response:
        more = {k: v for k, v in changes.items() if k == "open_id"}
        rest = {k: v for k, v in changes.items() if k != "open_id"}
        method = {"type": "wechatpay", "wechatpay": {"flow": flow} | more}
        body = {"request_id": new_id("req-"), "payment_method": method} | rest
        return self.post(f"payment_intents/{intent_id}/confirm", body)

    def confirmed(self, flow: str = "qrcode", **changes: object) -> Json:
        reply = self.confirm(self.created(**changes)["id"], flow)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def retrieve(self, intent_id: str) -> httpx.Response:
        return self.get(f"payment_intents/{intent_id}")

    def cancel(self, intent_id: str, **fields: object) -> httpx.Response:
        body = {"request_id": new_id("req-"), "cancellation_reason": "shopper left"} | fields
        return self.post(f"payment_intents/{intent_id}/cancel", body)


class ControlClient:
    """The hand of the test."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def act(self, merchant_order_id: str, action: str, **body: object) -> httpx.Response:
        return self.http.post(f"/sandbox/orders/{merchant_order_id}/{action}", json=body)

    def pay(self, merchant_order_id: str, **body: object) -> None:
        reply = self.act(merchant_order_id, "pay", **body)
        assert reply.status_code == 200, reply.text

    def fault(self, **rule: object) -> Json:
        reply = self.http.post("/sandbox/faults", json=rule)
        assert reply.status_code == 200, reply.text
        return reply.json()["installed"][0]

    def settings(self, **values: float) -> None:
        reply = self.http.post("/sandbox/settings", json=values)
        assert reply.status_code == 200, reply.text

    def truth(self) -> Json:
        return self.http.get("/sandbox/truth").json()
