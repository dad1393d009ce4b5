"""What is kept in the operating system's keyring: the gateway's secret, bound to its host, and the PINs' key."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol, cast
from urllib.parse import urlsplit

from posapp.store.errors import SecretError

if TYPE_CHECKING:
    from collections.abc import Generator

    class _Keyring(Protocol):
        """What we need of a keyring; the library's own types are only half there."""

        def get_password(self, service: str, username: str) -> str | None: ...
        def set_password(self, service: str, username: str, password: str) -> None: ...
        def delete_password(self, service: str, username: str) -> None: ...


SERVICE: Final = "posapp"
_NO_KEYRING: Final = (
    "This computer has no keyring that keeps secrets (Secret Service, Keychain, Credential Manager). "
    "Set POSAPP_GATEWAY_SECRET for this program instead."
)
_NOTHING_KEPT: Final = "The keyring holds no secret for this gateway and account."


def keyring_account(provider: str, base_url: str, account: str) -> str:
    """Name the keyring entry: provider, account and host, so that a changed address never gets another one's secret."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    port = f":{parts.port}" if parts.port else ""
    return f"{provider}:{account}@{shown}{port}"


def pin_key_account(key_id: str) -> str:
    """Name the keyring entry of a key without which the ledger's PINs cannot be guessed, by the id they carry."""
    return f"pin-key:{key_id}"


def read_secret(entry: str) -> str:
    """Read a secret. May block for as long as the operating system asks a person to unlock it.

    Raises:
        SecretError: `keyring_missing`, `keyring_locked` or `secret_missing`.
    """
    with _faults_named():
        secret = _backend().get_password(SERVICE, entry)
    if not secret:
        raise SecretError("secret_missing", _NOTHING_KEPT)
    return secret


def write_secret(entry: str, secret: str) -> None:
    """Keep a secret.

    Raises:
        SecretError: `secret_empty`, `keyring_missing` or `keyring_locked`.
    """
    if not secret:
        raise SecretError("secret_empty", "An empty secret cannot be kept.")
    with _faults_named():
        _backend().set_password(SERVICE, entry, secret)


def delete_secret(entry: str) -> None:
    """Forget a secret.

    Raises:
        SecretError: `secret_missing` where there was none, `keyring_missing` or `keyring_locked`.
    """
    with _faults_named():
        _backend().delete_password(SERVICE, entry)


def keyring_name() -> str | None:
    """Return the name of the keyring that would be used, like `SecretService Keyring`; None where there is none."""
    with _faults_named():
        try:
            backend: object = _backend()
        except SecretError:
            return None
        return str(getattr(backend, "name", type(backend).__name__))


@contextmanager
def _faults_named() -> Generator[None]:
    """Turn the keyring's errors into ours; none of them holds the secret."""
    import keyring.errors  # 90 ms, wanted only by those who need a secret

    try:
        yield
    except keyring.errors.KeyringLocked as error:
        raise SecretError("keyring_locked", "The keyring is locked; unlock it and try again.") from error
    except keyring.errors.PasswordDeleteError as error:
        raise SecretError("secret_missing", _NOTHING_KEPT) from error
    except keyring.errors.KeyringError as error:
        raise SecretError("keyring_missing", _NO_KEYRING) from error


def _backend() -> _Keyring:
    """Return the keyring, unless it is one that only pretends to keep secrets.

    Where keyring chains several and a pretender is among them, the first honest one is taken alone: the chain would
    write into, or read from, whichever answers.
    """
    import keyring  # as above
    from keyring.backends.chainer import ChainerBackend

    # The library wraps `set_password` so that its type is lost.
    backend = cast("_Keyring", keyring.get_keyring())
    chained = cast("list[_Keyring]", ChainerBackend.backends) if isinstance(backend, ChainerBackend) else [backend]
    honest = [candidate for candidate in chained if not _pretends(candidate)]
    if not honest:
        raise SecretError("keyring_missing", _NO_KEYRING)
    return backend if len(honest) == len(chained) else honest[0]


def _pretends(backend: _Keyring) -> bool:
    return type(backend).__module__.startswith(("keyring.backends.null", "keyrings.alt"))
