"""What is kept of a PIN: argon2id over the PIN and a key that only the keyring has.

Ten thousand PINs of four digits are guessed from a stolen backup in minutes, however slow the hash is. So the hash is
over an HMAC of the PIN whose key never is in the ledger; what is kept names the key by an id of its own.
"""

from __future__ import annotations

import asyncio
import hmac
import os
from typing import TYPE_CHECKING, Final, Protocol

from posapp.services.waited import waited
from posapp.store.errors import SecretError
from posapp.store.secrets import pin_key_account, read_secret, write_secret

if TYPE_CHECKING:
    from argon2 import PasswordHasher

_KEY_BYTES: Final = 32
_ID_BYTES: Final = 8
_ROUNDS: Final = 3
_MEMORY_KIB: Final = 32 * 1024
_MARK: Final = "$"


class PinKeeper(Protocol):
    """Turns PINs into what may be kept, and compares. Lives on the io thread, and does not block it."""

    async def make(self, pin: str, beside: str | None) -> str:
        """Return what is to be kept of a PIN.

        Args:
            pin: Digits.
            beside: What is kept of another PIN of the same till, whose key is used where it is still there.

        Raises:
            SecretError: `keyring_missing` or `keyring_locked`.
        """
        ...

    async def ready(self, kept: str) -> None:
        """Have what a comparison needs.

        Raises:
            SecretError: `pin_key_missing` where the keyring has lost it, `keyring_missing` or `keyring_locked`.
        """
        ...

    async def matches(self, kept: str, pin: str) -> bool:
        """Tell whether a PIN is the one that was kept; `ready` came before."""
        ...


class KeyringPins:
    """Keeps the key in the operating system's keyring, and in memory once it was read."""

    def __init__(self) -> None:
        """Begin without any key; nothing is asked of the keyring before it is needed."""
        self._keys: dict[str, bytes] = {}

    async def make(self, pin: str, beside: str | None) -> str:
        """Return what is to be kept of a PIN."""
        key_id = await self._key_beside(beside)
        secret = _secret(self._keys[key_id], pin)
        return f"{key_id}{_MARK}{await asyncio.to_thread(_hash, secret)}"

    async def ready(self, kept: str) -> None:
        """Have the key that a kept PIN names."""
        key_id = kept.partition(_MARK)[0]
        if key_id in self._keys:
            return
        try:
            self._keys[key_id] = bytes.fromhex(await waited(lambda: read_secret(pin_key_account(key_id))))
        except SecretError as error:
            if error.code != "secret_missing":
                raise _of_people(error) from error
            told = "The keyring has lost the key of the PINs; they have to be set anew (posapp staff reset-pin)."
            raise SecretError("pin_key_missing", told) from error

    async def matches(self, kept: str, pin: str) -> bool:
        """Tell whether a PIN is the one that was kept."""
        key_id, _, kept_hash = kept.partition(_MARK)
        return await asyncio.to_thread(_verify, kept_hash, _secret(self._keys[key_id], pin))

    async def _key_beside(self, beside: str | None) -> str:
        if beside is not None:
            try:
                await self.ready(beside)
            except SecretError as error:
                if error.code != "pin_key_missing":
                    raise
            else:
                return beside.partition(_MARK)[0]
        key_id, key = os.urandom(_ID_BYTES).hex(), os.urandom(_KEY_BYTES)
        try:
            await waited(lambda: write_secret(pin_key_account(key_id), key.hex()))
        except SecretError as error:
            raise _of_people(error) from error
        self._keys[key_id] = key
        return key_id


def _of_people(error: SecretError) -> SecretError:
    """Say of a missing keyring what that means for people; other troubles say enough."""
    if error.code != "keyring_missing":
        return error
    return SecretError(error.code, "This computer has no keyring that keeps secrets; without one nobody has a PIN.")


def _secret(key: bytes, pin: str) -> bytes:
    return hmac.digest(key, pin.encode("ascii", "replace"), "sha256")


def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher  # only those who type a PIN need it

    return PasswordHasher(time_cost=_ROUNDS, memory_cost=_MEMORY_KIB, parallelism=1)


def _hash(secret: bytes) -> str:
    return _hasher().hash(secret)


def _verify(kept_hash: str, secret: bytes) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(kept_hash, secret)
    except (VerificationError, InvalidHashError):
        return False
