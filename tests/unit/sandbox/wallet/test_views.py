"""The wallet page: look, pay, cancel."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import httpx
import pytest

from tests.unit.sandbox.clients import AirwallexClient, CbtisClient, ControlClient


class Page(HTMLParser):
    """The text, tags and ids of one page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: set[str] = set()
        self.forms: dict[str, str] = {}
        self.links: list[str] = []
        self.words: list[str] = []
        self._form = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        if tag == "form":
            assert found.get("method") == "post"
            self._form = found.get("action") or ""
        if found.get("id"):
            self.ids.add(found["id"] or "")
            self.forms[found["id"] or ""] = self._form
        if tag == "a":
            self.links.append(found.get("href") or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(self.words)


def look(http: httpx.Client, url: str) -> Page:
    reply = http.get(url)
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/html")
    return Page(reply.text)


def test_a_waiting_code_shows_what_is_asked_and_two_buttons(cbtis: CbtisClient, http: httpx.Client) -> None:
    made = cbtis.created(amount="1234.5", description="Harbour Tea")
    page = look(http, made["next_action"]["qrcode_url"])
    assert page.ids == {"pay", "cancel"}
    assert "Harbour Tea" in page.text
    assert "HKD" in page.text
    assert "1,234.50" in page.text


def test_pay_turns_the_order_paid_and_shows_it(cbtis: CbtisClient, http: httpx.Client) -> None:
    made = cbtis.created(amount="128.5")
    url = made["next_action"]["qrcode_url"]
    reply = http.post(look(http, url).forms["pay"], follow_redirects=True)
    page = Page(reply.text)
    assert reply.url == url
    assert page.ids == set()
    assert "Payment successful" in page.text
    assert "128.50" in page.text
    assert f"…{made['merchant_order_id'][-8:]}" in page.text
    assert re.search(r"Paid at\s+\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", page.text)
    assert cbtis.query(order_id=made["order_id"]).json()["data"]["status"] == "SUCCEEDED"


def test_cancel_closes_an_order_at_cbtis(cbtis: CbtisClient, http: httpx.Client) -> None:
    made = cbtis.created()
    url = made["next_action"]["qrcode_url"]
    assert http.post(look(http, url).forms["cancel"]).status_code == 303
    assert "Payment cancelled" in look(http, url).text
    assert cbtis.query(order_id=made["order_id"]).json()["data"]["status"] == "CANCELLED"


def test_cancel_drops_an_intent_back_at_airwallex(airwallex: AirwallexClient, http: httpx.Client) -> None:
    made = airwallex.confirmed()
    url = made["next_action"]["qrcode"]
    http.post(look(http, url).forms["cancel"])
    assert "Payment cancelled" in look(http, url).text
    intent = airwallex.retrieve(made["id"]).json()
    assert (intent["status"], intent["latest_payment_attempt"]["status"]) == (
        "REQUIRES_PAYMENT_METHOD",
        "CANCELLED",
    )


def test_airwallex_is_paid_like_any_other(airwallex: AirwallexClient, http: httpx.Client) -> None:
    made = airwallex.confirmed(descriptor="Harbour Tea")
    page = look(http, made["next_action"]["qrcode"])
    assert "Harbour Tea" in page.text
    http.post(page.forms["pay"])
    assert airwallex.retrieve(made["id"]).json()["status"] == "SUCCEEDED"


@pytest.mark.parametrize("late", ["pay", "cancel"])
def test_a_button_pressed_too_late_changes_nothing(cbtis: CbtisClient, http: httpx.Client, late: str) -> None:
    made = cbtis.created()
    url = made["next_action"]["qrcode_url"]
    http.post(f"{url}/pay")
    paid = cbtis.query(order_id=made["order_id"]).json()["data"]
    assert http.post(f"{url}/{late}").status_code == 303
    assert "Payment successful" in look(http, url).text
    assert cbtis.query(order_id=made["order_id"]).json()["data"] == paid


def test_a_dead_code_says_why_and_cannot_be_paid(
    cbtis: CbtisClient, airwallex: AirwallexClient, control: ControlClient, http: httpx.Client
) -> None:
    expired, cancelled, replaced = cbtis.created(), cbtis.created(), airwallex.confirmed()
    control.act(expired["merchant_order_id"], "expire")
    control.act(cancelled["merchant_order_id"], "cancel")
    airwallex.confirm(replaced["id"])
    for made, words in (
        (expired["next_action"]["qrcode_url"], "This code has expired"),
        (cancelled["next_action"]["qrcode_url"], "Payment cancelled"),
        (replaced["next_action"]["qrcode"], "This code was replaced"),
    ):
        http.post(f"{made}/pay")
        page = look(http, made)
        assert words in page.text
        assert page.ids == set()
    assert cbtis.query(order_id=expired["order_id"]).json()["data"]["status"] == "CANCELLED"


@pytest.mark.parametrize("method, path", [("GET", "/wallet/nope"), ("POST", "/wallet/nope/pay")])
def test_an_unknown_code_is_404_and_says_so(http: httpx.Client, method: str, path: str) -> None:
    reply = http.request(method, path)
    assert reply.status_code == 404
    assert "This code is not known" in Page(reply.text).text


def test_an_unknown_button_is_404(cbtis: CbtisClient, http: httpx.Client) -> None:
    url = cbtis.created()["next_action"]["qrcode_url"]
    assert http.post(f"{url}/steal").status_code == 404
    assert http.get(f"{url}/pay").status_code == 405


def test_outside_text_is_escaped(cbtis: CbtisClient, http: httpx.Client) -> None:
    wicked = "<script>alert(1)</script>\"'&amp;<img src=x>"
    made = cbtis.created(description=wicked, merchant_order_id='"><b>x</b>')
    url = made["next_action"]["qrcode_url"]
    for _ in range(2):
        page = look(http, url)
        assert not {"script", "img"} & set(page.tags)
        assert page.tags.count("b") == 1
        assert wicked in page.text
        http.post(f"{url}/pay")


def test_nothing_is_fetched_and_nothing_is_run(cbtis: CbtisClient, http: httpx.Client) -> None:
    reply = http.get(cbtis.created()["next_action"]["qrcode_url"])
    page = Page(reply.text)
    assert "script" not in page.tags
    assert not re.search(r"https?://|@import|url\(", reply.text)
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert reply.headers["cache-control"] == "no-store"
    assert {"viewport", "color-scheme"} <= set(re.findall(r'meta name="([a-z-]+)"', reply.text))


@pytest.mark.parametrize(
    "url, shown", [("https://shop.example/done?a=1&b=%222", True), ("javascript://x/%0aalert(1)", False)]
)
def test_the_way_back_to_the_shop_is_a_web_address_only(
    cbtis: CbtisClient, http: httpx.Client, url: str, *, shown: bool
) -> None:
    flow = {"flow": "official_account", "success_url": url}
    action = cbtis.created(payment_method={"type": "wechat", "wechat": flow})["next_action"]
    wallet = action["data"]["url"]
    http.post(f"{wallet}/pay")
    assert look(http, wallet).links == ([url] if shown else [])


def test_whole_currencies_show_no_decimals(cbtis: CbtisClient, http: httpx.Client) -> None:
    page = look(http, cbtis.created(amount="1250", currency="TWD")["next_action"]["qrcode_url"])
    assert "1,250 " in f"{page.text} "
    assert "1,250.0" not in page.text
