"""What is kept of a PIN: nothing from which it could be guessed without the keyring."""

from __future__ import annotations

import asyncio
import time

import pytest

from posapp.services.pins import KeyringPins
from posapp.store.errors import SecretError

PIN = "2580"


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A keyring in memory."""
    kept: dict[str, str] = {}

    def read(entry: str) -> str:
        if entry not in kept:
            raise SecretError("secret_missing", "The keyring holds no secret for this gateway and account.")
        return kept[entry]

    monkeypatch.setattr("posapp.services.pins.read_secret", read)
    monkeypatch.setattr("posapp.services.pins.write_secret", kept.__setitem__)
    return kept


async def matches(kept: str, pin: str) -> bool:
    """Compare as a program does that was just started."""
    pins = KeyringPins()
    await pins.ready(kept)
    return await pins.matches(kept, pin)


def test_only_the_right_pin_matches(keyring: dict[str, str]) -> None:
    kept = asyncio.run(KeyringPins().make(PIN, None))
    assert len(keyring) == 1
    assert PIN not in kept
    assert asyncio.run(matches(kept, PIN))
    assert not asyncio.run(matches(kept, "2581"))


def test_all_pins_of_a_till_share_a_key_and_no_two_hashes_are_alike(keyring: dict[str, str]) -> None:
    first = asyncio.run(KeyringPins().make(PIN, None))
    second = asyncio.run(KeyringPins().make(PIN, first))
    assert first != second
    assert len(keyring) == 1
    assert asyncio.run(matches(second, PIN))


def test_a_lost_key_is_said_and_a_pin_can_be_made_anew(keyring: dict[str, str]) -> None:
    kept = asyncio.run(KeyringPins().make(PIN, None))
    keyring.clear()
    with pytest.raises(SecretError) as lost:
        asyncio.run(matches(kept, PIN))
    assert lost.value.code == "pin_key_missing"
    anew = asyncio.run(KeyringPins().make(PIN, kept))
    assert asyncio.run(matches(anew, PIN))


def test_another_key_makes_another_hash(keyring: dict[str, str]) -> None:
    """Whoever has the ledger but not the key cannot tell whether a guess was right."""
    kept = asyncio.run(KeyringPins().make(PIN, None))
    (entry,) = keyring
    keyring[entry] = "00" * 32
    assert not asyncio.run(matches(kept, PIN))


def test_a_hash_that_is_none_matches_nothing(keyring: dict[str, str]) -> None:
    kept = asyncio.run(KeyringPins().make(PIN, None))
    assert keyring
    assert not asyncio.run(matches(kept.partition("$")[0] + "$rubbish", PIN))


def test_the_loop_goes_on_while_a_pin_is_compared(keyring: dict[str, str]) -> None:
    """A slow hash must not keep the payments from being asked about."""
    assert keyring == {}

    async def both() -> float:
        pins = KeyringPins()
        kept = await pins.make(PIN, None)
        comparing = asyncio.ensure_future(pins.matches(kept, PIN))
        longest = 0.0
        while not comparing.done():
            before = time.monotonic()
            await asyncio.sleep(0.001)
            longest = max(longest, time.monotonic() - before)
        assert await comparing
        return longest

    assert asyncio.run(both()) < 0.05
