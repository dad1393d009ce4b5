"""Which codes may be put before a shopper."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posapp.domain.order import CodeKind, PaymentCode
from posapp.gateways.payment_code import MAX_CONTENT, displayable, handoff
from posapp.gateways.strict_json import JsonValue


@pytest.mark.parametrize(
    "content",
    [
        "https://a.payment.link/code",
        "weixin://wxpay/s/An4baqw",
        "weixin://wxpay/bizpayurl?pr=PR6u79czz",
        "wxp://f2f0abc",
        "HTTPS://A.PAYMENT.LINK/CODE",
        "http://127.0.0.1:8080/wallet/x",
        "http://localhost/wallet/x",
        "http://[::1]:8080/x",
        "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx01&package=22149257",
        "https://x/" + "a" * (MAX_CONTENT - 10),
    ],
)
def test_documented_kinds_are_passed_on_exactly(content: str) -> None:
    assert displayable(CodeKind.SCAN, content) == PaymentCode(CodeKind.SCAN, content)


@pytest.mark.parametrize(
    "content",
    [
        "",
        " https://a.b/c",
        "https://a.b/c\n",
        "https://a.b/\x00",
        "https://a.b/\u202ecod.exe",
        "https://",
        "https:a.b",
        "https:///a",
        "//a.b/c",
        "a.b/c",
        "javascript:alert(1)",
        "JAVASCRIPT://a.b/%0aalert(1)",
        "file:///etc/passwd",
        "data:text/html,hi",
        "ftp://a.b/c",
        "http://a.b/c",
        "http://127.0.0.1.evil.example/c",
        "http://localhost.evil.example/c",
        "http://10.0.0.1/c",
        "http://[::ffff:127.0.0.1]/c",
        "https://[half/c",
        "alipays://platformapi",
        "https://x/" + "a" * (MAX_CONTENT - 9),
        "中文",
    ],
)
def test_anything_else_is_not_shown(content: str) -> None:
    assert displayable(CodeKind.SCAN, content) is None


@given(st.text(max_size=60))
def test_no_text_raises(content: str) -> None:
    found = displayable(CodeKind.LINK, content)
    assert found is None or found.content == content


PARAMETERS: dict[str, JsonValue] = {
    "timeStamp": "1585293957",
    "nonceStr": "n",
    "package": "prepay_id=wx1",
    "signType": "RSA",
    "paySign": "s",
}


def test_hands_over_the_parameters_of_a_mini_program() -> None:
    code = handoff({**PARAMETERS, "extra": 5})
    assert code is not None
    assert code.kind is CodeKind.HANDOFF
    assert json.loads(code.content) == PARAMETERS


@pytest.mark.parametrize("key", ["timeStamp", "nonceStr", "package", "paySign"])
@pytest.mark.parametrize("value", [None, "", 1585293957])
def test_hands_over_nothing_that_is_incomplete(key: str, value: JsonValue) -> None:
    assert handoff({**PARAMETERS, key: value}) is None


def test_hands_over_nothing_oversized() -> None:
    assert handoff({**PARAMETERS, "paySign": "s" * 5000}) is None


def test_parameters_for_an_app_are_no_use_here() -> None:
    assert handoff({"prepayId": "wx1", "partnerId": "p", "package": "Sign=WXPay", "nonceStr": "n", "sign": "s"}) is None
