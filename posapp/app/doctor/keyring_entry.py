"""The secret: is it there, and where is it kept? Its value is read and never shown."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from posapp.app.doctor.finding import Finding, fail, ok, warn

if TYPE_CHECKING:
    from posapp.app.doctor.ground import Ground

_ADVICE: Final = {
    "secret_missing": "Run posapp secret set.",
    "keyring_locked": "Unlock the keyring, and let it be unlocked at login.",
    "keyring_missing": "Install one (on Linux gnome-keyring), or set POSAPP_GATEWAY_SECRET for this program.",
    "secret_other_host": "Give the secret of the gateway in posapp.toml, or correct that file.",
}


def examine(ground: Ground) -> Finding:
    """Look for the secret of the configured gateway, account and host."""
    from posapp.app.compose import BINDING_VARIABLE, SECRET_VARIABLE
    from posapp.store.errors import SecretError
    from posapp.store.secrets import keyring_account, keyring_name

    config = ground.config()
    entry = keyring_account(config.provider, config.base_url, config.account)
    from_environment = bool(os.environ.get(SECRET_VARIABLE))
    name = None if from_environment else keyring_name()
    figures = {"entry": entry, "source": "environment" if from_environment else "keyring", "keyring": name}
    try:
        ground.secret()
    except SecretError as error:
        shown = f" ({name})" if name and error.code != "keyring_missing" else ""
        return fail(f"{error}{shown}", _ADVICE.get(error.code, ""), {**figures, "cause": error.code})
    if not from_environment:
        return ok(f"{name} holds the secret of {entry}.", figures)
    if not os.environ.get(BINDING_VARIABLE):
        return warn(
            f"The secret comes from {SECRET_VARIABLE}, which would be sent to whatever address posapp.toml names.",
            f"Set {BINDING_VARIABLE}={entry} beside it.",
            figures,
        )
    return ok(f"The secret of {entry} comes from {SECRET_VARIABLE}.", figures)
