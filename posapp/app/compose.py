"""The composition root: where configuration becomes a gateway, a ledger and the services on top of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from posapp.app.redaction import hide
from posapp.domain.business_day import BusinessDay
from posapp.domain.errors import DomainError
from posapp.domain.till import TillFacts
from posapp.gateways.registry import build_gateway, capabilities_for
from posapp.gateways.settings import GatewaySettings, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from posapp.app.config import Config
    from posapp.app.paths import DataFolder
    from posapp.services.events import Publish
    from posapp.services.till import TillServices

SECRET_VARIABLE: Final = "POSAPP_GATEWAY_SECRET"  # noqa: S105 - the name of a variable, not a secret
BINDING_VARIABLE: Final = "POSAPP_GATEWAY_SECRET_FOR"


def till_facts(config: Config, *, training: bool) -> TillFacts:
    """Gather what the screens need to know of the till; imports no HTTP library."""
    capabilities = capabilities_for(config.provider)
    return TillFacts(
        shop=config.shop,
        till=config.till,
        currency=config.currency,
        provider=config.provider,
        gateway_name=capabilities.name,
        flow=config.flow,
        day=BusinessDay(config.time_zone, config.day_starts_at),
        training=training,
        can_cancel=capabilities.can_cancel,
        gateway_decimals=capabilities.decimals,
        can_refund=capabilities.can_refund,
        partial_refund=capabilities.partial_refund,
        blind_close=config.blind_close,
        lock_after_s=config.lock_after_s,
    )


def gateway_secret(config: Config) -> str:
    """Return the gateway's secret from the environment where it is set, else from the operating system's keyring.

    May block while a person unlocks the keyring, so never on the GUI thread.

    Raises:
        SecretError: The keyring has none or does not let us have it; `secret_other_host` where the environment's was
            given for another gateway, account or host.
    """
    from posapp.store.errors import SecretError  # not before a start wants it: loads SQLite
    from posapp.store.secrets import keyring_account, read_secret  # the keyring itself costs 90 ms

    entry = keyring_account(config.provider, config.base_url, config.account)
    given = os.environ.get(SECRET_VARIABLE)
    if given:
        hide(given)
        if os.environ.get(BINDING_VARIABLE, entry) != entry:
            raise SecretError("secret_other_host", "The secret was given for another gateway; it was not used.")
        return given
    secret = read_secret(entry)
    hide(secret)
    return secret


def gateway_settings(config: Config, secret: str) -> GatewaySettings:
    """Say how to reach the gateway."""
    return GatewaySettings(
        provider=config.provider,
        base_url=config.base_url,
        flow=config.flow,
        secret=secret,
        uid=config.uid,
        client_id=config.client_id,
        success_url=config.success_url,
        failed_url=config.failed_url,
        canceled_url=config.canceled_url,
        notify_url=config.notify_url,
        return_url=config.return_url,
    )


def build_services(
    facts: TillFacts,
    settings: GatewaySettings,
    folder: DataFolder,
    publish: Publish,
    base_s: float,
) -> TillServices:
    """Open the ledger, prepare the gateway and put the services on top. Called on the thread that will own them.

    Raises:
        LedgerError: The ledger cannot be opened.
        DomainError: The settings of the gateway cannot work.
    """
    from posapp.app.system_clock import SystemClock
    from posapp.services.till import TillServices
    from posapp.store.ledger import open_ledger
    from posapp.store.ownership import Owner

    ledger = open_ledger(ledger_file(folder, training=facts.training), anew=facts.training)
    try:
        gateway = build_gateway(settings)
        owner = Owner(folder.owners)
    except SettingsError as error:
        ledger.close()
        raise DomainError(error.code, str(error)) from error
    except OSError:
        ledger.close()
        raise
    return TillServices(facts, ledger, gateway, SystemClock(), publish, owner, base_s)


def ledger_file(folder: DataFolder, *, training: bool) -> Path:
    """Return the ledger of real sales or of training."""
    return folder.training_ledger if training else folder.ledger
