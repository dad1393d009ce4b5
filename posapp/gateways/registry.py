"""Which adapters there are: the one place that a new provider is entered in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posapp.gateways.airwallex.capabilities import CAPABILITIES as AIRWALLEX
from posapp.gateways.cbtis.capabilities import CAPABILITIES as CBTIS
from posapp.gateways.settings import GatewaySettings, SettingsError

if TYPE_CHECKING:
    from posapp.gateways.base import Capabilities, PaymentGateway

__all__ = ["GatewaySettings", "SettingsError", "build_gateway", "capabilities_for", "providers"]

_CAPABILITIES = {found.provider: found for found in (CBTIS, AIRWALLEX)}


def providers() -> tuple[str, ...]:
    """Return the keys of all providers."""
    return tuple(_CAPABILITIES)


def capabilities_for(provider: str) -> Capabilities:
    """Return what a provider can do, without loading what speaks to it.

    Raises:
        SettingsError: `provider_unknown`.
    """
    found = _CAPABILITIES.get(provider)
    if found is None:
        raise SettingsError("provider_unknown", f"the provider must be one of: {', '.join(_CAPABILITIES)}")
    return found


def build_gateway(settings: GatewaySettings) -> PaymentGateway:
    """Return the adapter for these settings; nothing is sent yet. Call it on the io thread: it loads the HTTP library.

    Raises:
        SettingsError: Where the settings cannot work.
    """
    capabilities = capabilities_for(settings.provider)
    if settings.flow not in capabilities.flows:
        raise SettingsError("flow_unsupported", f"{capabilities.name} documents no {settings.flow.value} flow")
    if settings.provider == CBTIS.provider:
        from posapp.gateways.cbtis.client import CbtisGateway

        return CbtisGateway(settings)
    from posapp.gateways.airwallex.client import AirwallexGateway

    return AirwallexGateway(settings)
