"""The providers, what they can do, and what choosing one loads."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from posapp.domain.currency import DECIMALS
from posapp.domain.order import Flow
from posapp.gateways.base import PaymentGateway
from posapp.gateways.registry import build_gateway, capabilities_for, providers
from posapp.gateways.settings import SettingsError
from tests.unit.gateways.samples import settings

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("provider", ["cbtis", "airwallex"])
async def test_builds_every_provider(provider: str) -> None:
    found: PaymentGateway = build_gateway(settings(provider, "https://gw.test"))
    assert found.capabilities == capabilities_for(provider)
    assert found.capabilities.provider == provider
    await found.aclose()


def test_knows_its_providers() -> None:
    assert providers() == ("cbtis", "airwallex")
    with pytest.raises(SettingsError) as caught:
        capabilities_for("stripe")
    assert caught.value.code == "provider_unknown"


@pytest.mark.parametrize("provider", ["cbtis", "airwallex"])
def test_capabilities_are_sound(provider: str) -> None:
    found = capabilities_for(provider)
    assert Flow.QRCODE in found.flows
    assert all(0 <= decimals < DECIMALS[code] for code, decimals in found.decimals.items())
    assert found.currencies is None or found.currencies <= DECIMALS.keys()


def test_what_the_two_differ_in() -> None:
    cbtis, airwallex = capabilities_for("cbtis"), capabilities_for("airwallex")
    assert (cbtis.idempotent_create, airwallex.idempotent_create) == (False, True)
    assert (cbtis.can_cancel, airwallex.can_cancel) == (False, True)
    assert Flow.MOBILE_WEB in airwallex.flows - cbtis.flows
    assert airwallex.currencies is not None
    assert "TWD" not in airwallex.currencies


def test_a_flow_the_provider_does_not_document_is_refused() -> None:
    with pytest.raises(SettingsError) as caught:
        build_gateway(settings("cbtis", "https://gw.test", Flow.MOBILE_WEB))
    assert caught.value.code == "flow_unsupported"


def test_an_address_without_tls_is_refused() -> None:
    for provider in providers():
        with pytest.raises(SettingsError):
            build_gateway(replace(settings(provider, "https://gw.test"), base_url="http://gw.test"))


def test_the_start_of_the_program_loads_no_http_library() -> None:
    code = (
        "import sys, posapp.gateways.base, posapp.gateways.registry\n"
        "posapp.gateways.registry.capabilities_for('cbtis')\n"
        "sys.exit(len({'httpx', 'httpcore', 'truststore', 'ssl', 'msgspec'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
