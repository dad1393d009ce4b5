"""The login: does the gateway accept our secret? It only hands out a token; no payment is touched."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING, Final

from posapp.app.doctor.blame import elsewhere, try_to_reach
from posapp.app.doctor.finding import Finding, fail, ok, skipped, warn
from posapp.app.doctor.once import NotYet

if TYPE_CHECKING:
    from posapp.app.config import Config
    from posapp.app.doctor.ground import Ground
    from posapp.gateways.settings import GatewaySettings

_PATIENCE_S: Final = 8.0


def examine(ground: Ground) -> Finding:
    """Log in once."""
    from posapp.store.errors import SecretError

    reached, error = try_to_reach(ground)
    if reached is None:
        return elsewhere(error.code if error else "")
    try:
        secret = ground.secret(_PATIENCE_S)
    except NotYet:
        return skipped("Not tried: the keyring does not hand out the secret (see keyring).")
    except SecretError as missing:
        return skipped("Not tried: there is no secret to log in with (see keyring).", {"cause": missing.code})
    return _tried(ground.config(), secret)


def _tried(config: Config, secret: str) -> Finding:
    from posapp.app.compose import gateway_settings
    from posapp.gateways.errors import AuthFailed, GatewayError
    from posapp.gateways.settings import SettingsError

    try:
        seconds = asyncio.run(_log_in(gateway_settings(config, secret)))
    except AuthFailed as rejected:
        return fail(f"Refused: {rejected}.", _secret_anew(), {"cause": rejected.code})
    except SettingsError as unusable:
        advice = "Enter the secret anew, and check posapp.toml."
        return fail(f"Not tried: {unusable}.", advice, {"cause": unusable.code})
    except GatewayError as failed:
        advice = "Try again; then ask the gateway's support desk."
        return warn(f"No token came: {failed}.", advice, {"cause": failed.code})
    return ok("The gateway accepts our credentials.", {"ms": round(seconds * 1000, 1)})


def _secret_anew() -> str:
    """Name the place where the secret really comes from: the environment goes before the keyring."""
    from posapp.app.compose import SECRET_VARIABLE

    if os.environ.get(SECRET_VARIABLE):
        return f"Correct {SECRET_VARIABLE} and the account in posapp.toml."
    return "Enter the secret anew: posapp secret set."


async def _log_in(settings: GatewaySettings) -> float:
    from posapp.gateways.registry import build_gateway

    gateway = build_gateway(settings)
    began = time.perf_counter()
    try:
        await gateway.check()
    finally:
        await gateway.aclose()
    return time.perf_counter() - began
