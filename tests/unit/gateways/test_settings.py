"""Addresses and credentials, checked before anything is sent."""

from __future__ import annotations

import pytest

from posapp.domain.order import Flow
from posapp.gateways.settings import GatewaySettings, SettingsError, checked_base_url, checked_credential
from tests.unit.gateways.samples import SECRET


@pytest.mark.parametrize(
    "text, expected",
    [
        ("https://api.airwallex.com", "https://api.airwallex.com"),
        ("https://gw.example/prefix/", "https://gw.example/prefix"),
        ("https://10.1.2.3:8443", "https://10.1.2.3:8443"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1:1/", "http://127.0.0.1:1"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_takes_an_address(text: str, expected: str) -> None:
    assert checked_base_url(text) == expected


@pytest.mark.parametrize(
    "text, code",
    [
        ("http://gw.example", "base_url_not_https"),
        ("http://127.0.0.1.example", "base_url_not_https"),
        ("http://128.0.0.1", "base_url_not_https"),
        ("http://192.168.1.1", "base_url_not_https"),
        ("http://[::2]", "base_url_not_https"),
        ("http://[::ffff:127.0.0.1]", "base_url_not_https"),
        ("http://localhost.evil.example", "base_url_not_https"),
        ("", "base_url_invalid"),
        ("gw.example", "base_url_invalid"),
        ("ftp://gw.example", "base_url_invalid"),
        ("https://", "base_url_invalid"),
        ("https://gw.example:port", "base_url_invalid"),
        ("https://gw.example:99999", "base_url_invalid"),
        ("https://[half", "base_url_invalid"),
        ("https://user:pass@gw.example", "base_url_invalid"),
        ("https://user@gw.example", "base_url_invalid"),
        ("https://gw.example?x=1", "base_url_invalid"),
        ("https://gw.example#x", "base_url_invalid"),
        ("https://gw.example/a b", "base_url_invalid"),
        ("https://gw.example\n", "base_url_invalid"),
        ("https://gw\u3002example", "base_url_invalid"),
    ],
)
def test_refuses_an_address(text: str, code: str) -> None:
    with pytest.raises(SettingsError) as caught:
        checked_base_url(text)
    assert caught.value.code == code


def test_a_secret_pasted_into_the_address_is_not_repeated() -> None:
    with pytest.raises(SettingsError) as caught:
        checked_base_url(f"https://[{SECRET}")
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "text, code",
    [
        ("", "credential_missing"),
        (f"{SECRET} ", "credential_invalid"),
        (f"{SECRET}\n", "credential_invalid"),
        (f"{SECRET}é", "credential_invalid"),
    ],
)
def test_refuses_a_credential_without_repeating_it(text: str, code: str) -> None:
    with pytest.raises(SettingsError) as caught:
        checked_credential(text, "client secret")
    assert caught.value.code == code
    assert SECRET not in str(caught.value)


def test_the_secret_is_not_in_the_repr() -> None:
    settings = GatewaySettings(provider="cbtis", base_url="https://gw.example", flow=Flow.QRCODE, secret=SECRET)
    assert SECRET not in repr(settings)
