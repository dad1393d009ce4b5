"""One token for many callers, on a clock that the test moves."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from posapp.gateways.errors import AuthFailed, GatewayError, NotSent
from posapp.gateways.token import HOLD_OFF_S, MIN_LIFE_S, Lease, TokenKeeper, clamped_life

pytestmark = pytest.mark.anyio


@dataclass
class Login:
    """A login that a test holds in its hand, and the clock beside it."""

    life_s: float = 3600.0
    now: float = 0.0
    logins: int = 0
    error: GatewayError | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def fetch(self) -> Lease:
        self.logins += 1
        number = self.logins
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return Lease(f"token-{number}", self.life_s)

    def monotonic(self) -> float:
        return self.now

    def keeper(self) -> TokenKeeper:
        return TokenKeeper(self.fetch, self.monotonic)


def soon(seconds: float = 5.0) -> float:
    return asyncio.get_running_loop().time() + seconds


async def test_one_login_serves_any_number_of_waiters() -> None:
    login = Login()
    login.gate.clear()
    keeper = login.keeper()
    waiters = [asyncio.create_task(keeper.token(soon())) for _ in range(50)]
    await asyncio.sleep(0)
    login.gate.set()
    assert await asyncio.gather(*waiters) == ["token-1"] * 50
    assert login.logins == 1


async def test_is_renewed_at_ninety_per_cent_of_its_life() -> None:
    login = Login(life_s=1000.0)
    keeper = login.keeper()
    await keeper.token(soon())
    login.now = 899.9
    assert await keeper.token(soon()) == "token-1"
    login.now = 900.0
    assert await keeper.token(soon()) == "token-2"


async def test_the_old_token_goes_on_while_the_login_fails() -> None:
    login = Login(life_s=1000.0)
    keeper = login.keeper()
    await keeper.token(soon())
    login.error = NotSent("dns", "-")
    login.now = 999.0
    assert await keeper.token(soon()) == "token-1"
    login.now = 1000.0
    with pytest.raises(NotSent):
        await keeper.token(soon())


async def test_a_rejected_token_is_replaced_once_for_all() -> None:
    login = Login()
    keeper = login.keeper()
    first = await keeper.token(soon())
    for _ in range(4):
        keeper.drop(first)
    assert await keeper.token(soon()) == "token-2"
    keeper.drop(first)  # a late answer to the old token
    assert await keeper.token(soon()) == "token-2"
    assert login.logins == 2


async def test_a_rejected_fresh_token_stops_the_logins_for_a_while() -> None:
    login = Login()
    keeper = login.keeper()
    keeper.reject(await keeper.token(soon()))
    for _ in range(20):
        with pytest.raises(AuthFailed) as caught:
            await keeper.token(soon())
        assert not caught.value.sent
    assert login.logins == 1
    login.now = HOLD_OFF_S
    assert await keeper.token(soon()) == "token-2"


async def test_rejected_credentials_are_not_tried_again_at_once() -> None:
    login = Login(error=AuthFailed("credentials_rejected", "-", sent=False))
    keeper = login.keeper()
    for _ in range(20):
        with pytest.raises(AuthFailed):
            await keeper.token(soon())
    assert login.logins == 1


async def test_a_person_who_asks_may_always_try() -> None:
    login = Login(error=AuthFailed("credentials_rejected", "-", sent=False))
    keeper = login.keeper()
    with pytest.raises(AuthFailed):
        await keeper.token(soon())
    login.error = None
    assert await keeper.renew(soon()) == "token-2"


async def test_a_caller_without_time_does_not_take_the_login_away() -> None:
    login = Login()
    login.gate.clear()
    keeper = login.keeper()
    patient = asyncio.create_task(keeper.token(soon()))
    with pytest.raises(NotSent) as caught:
        await keeper.token(soon(0.01))
    assert caught.value.code == "login_timeout"
    login.gate.set()
    assert await patient == "token-1"
    assert login.logins == 1


async def test_a_cancelled_caller_does_not_take_the_login_away() -> None:
    login = Login()
    login.gate.clear()
    keeper = login.keeper()
    gone, patient = (asyncio.create_task(keeper.token(soon())) for _ in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    login.gate.set()
    assert await patient == "token-1"


async def test_closing_ends_a_login_under_way() -> None:
    login = Login()
    login.gate.clear()
    keeper = login.keeper()
    waiter = asyncio.create_task(keeper.token(soon()))
    await asyncio.sleep(0)
    await keeper.aclose()
    assert (await asyncio.gather(waiter, return_exceptions=True))[0].__class__ is asyncio.CancelledError


@pytest.mark.parametrize(
    "given, expected",
    [(None, 3600.0), (0, MIN_LIFE_S), (-5, MIN_LIFE_S), (3600, 3600.0), (1e9, 86400.0), (1e300, 86400.0)],
)
async def test_a_life_is_believable(given: float | None, expected: float) -> None:
    assert clamped_life(given, 3600.0, 86400.0) == expected


async def test_a_lease_keeps_its_token_out_of_its_repr() -> None:
    assert "canary" not in repr(Lease("canary", 60.0))
