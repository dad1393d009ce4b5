"""A business that is killed all the time: busy tills at a gateway in bad weather, shoppers who pay, and SIGKILL."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpx

from tests.e2e.patience import pause, until
from tests.faults.death.autopsy import audit, broken_words
from tests.faults.death.life import MarksReader
from tests.faults.death.ward import Ward

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.e2e.child import JsonObject
    from tests.e2e.sandbox_process import SandboxProcess

SHORTEST_S: Final = 0.02
SALES_LONG: Final = 1.2
"""The longest lives are as long as so many first sales, however fast this machine is just now."""
WEATHER_EVERY: Final = 5
"""After so many rounds the old mischief is called off and new is ordered."""
SHOPPER_S: Final = 0.01
CALM_S: Final = 1.0
"""Longer than the longest delay of `MISCHIEF`: what was on its way has arrived."""

FATES: Final = {"pay": 6, "cancel": 2, "leave": 2}
ALWAYS: Final[JsonObject] = {"on": "create", "fault": "drop_after"}
"""In all weathers: it tempts a till most to send again."""
MISCHIEF: Final[Sequence[JsonObject]] = (
    {"on": "any", "fault": "latency", "seconds": 0.3},
    {"on": "create", "fault": "latency", "seconds": 0.6},
    {"on": "query", "fault": "latency", "seconds": 0.2, "committed": False},
    {"on": "any", "fault": "drop_before"},
    {"on": "any", "fault": "drop_before", "reset": True},
    {"on": "any", "fault": "drop_after", "reset": True},
    {"on": "create", "fault": "status", "status": 502, "committed": True},
    {"on": "create", "fault": "status", "status": 500},
    {"on": "query", "fault": "status", "status": 503},
    {"on": "any", "fault": "expired_token"},
    {"on": "create", "fault": "malformed", "variant": "truncated"},
    {"on": "query", "fault": "malformed", "variant": "truncated"},
    {"on": "query", "fault": "not_found"},
    {"on": "query", "fault": "stale"},
    {"on": "query", "fault": "unknown_status", "word": "PROCESSING"},
    {"on": "query", "fault": "swap_amount", "amount": "7.77"},
    {"on": "query", "fault": "swap_order"},
    {"on": "create", "fault": "business_error", "code": 1001, "message": "no"},
)


class Shopper:
    """Everybody who stands at the tills: reads which codes are shown, and pays or closes some of them.

    A context manager; runs on a thread of its own.
    """

    def __init__(self, wards: Sequence[Ward], seed: int, fates: Mapping[str, int]) -> None:
        """Prepare.

        Args:
            wards: The tills.
            seed: For the dice.
            fates: How often, relative to each other, a code meets with `pay`, `cancel` or `leave`.
        """
        self._marks = [MarksReader(ward.marks) for ward in wards]
        self._fates = fates
        self._http = httpx.Client(base_url=str(wards[0].sandbox.ready["control_url"]), timeout=10, trust_env=False)
        self._dice = random.Random(seed)  # noqa: S311 - a test's dice
        self._gone = threading.Event()
        self._thread = threading.Thread(target=self._shop, name="shopper")
        self.did: Counter[str] = Counter()
        self.failure: BaseException | None = None

    def __enter__(self) -> Shopper:
        """Come."""
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Go."""
        self._gone.set()
        self._thread.join()
        self._http.close()
        if self.failure is not None:
            raise AssertionError("the shopper failed") from self.failure

    def _shop(self) -> None:
        try:
            while not self._gone.wait(SHOPPER_S):
                shown = [mark[1] for marks in self._marks for mark in marks.take() if mark[0] == "shown"]
                for ref in shown:
                    self._decide(ref)
        except BaseException as error:  # noqa: BLE001 - shown when the shopper goes
            self.failure = error

    def _decide(self, ref: str) -> None:
        fate = self._dice.choices(list(self._fates), list(self._fates.values()))[0]
        if fate == "leave":
            return
        reply = self._http.post(f"/orders/{ref}/{fate}", json={})
        # The till may have closed it a moment before.
        assert reply.status_code in (httpx.codes.OK, httpx.codes.CONFLICT), reply.text
        if reply.status_code == httpx.codes.OK:
            self.did[fate] += 1


@dataclass
class Tally:
    """What the loop did.

    Attributes:
        kills: How many lives it ended.
        at_kill: In which states it found the attempts of those lives.
        orders: How many orders the ledgers have at the end.
        shoppers: What shoppers did.
        troubles: How often a cashier read a sentence instead of a code.
    """

    kills: int = 0
    at_kill: Counter[str] = field(default_factory=Counter[str])
    orders: int = 0
    paid: int = 0
    shoppers: Counter[str] = field(default_factory=Counter[str])
    troubles: int = 0


class KillLoop:
    """Kills the business of two tills, one at each gateway, and holds the books against the truth afterwards."""

    def __init__(self, wards: Sequence[Ward], seed: int) -> None:
        self._wards = wards
        self._dice = random.Random(seed)  # noqa: S311 - a test's dice
        self._seed = seed
        self._readers = {ward.provider: MarksReader(ward.marks) for ward in wards}
        self._said: dict[str, list[list[str]]] = {ward.provider: [] for ward in wards}
        self.tally = Tally()

    @property
    def _sandbox(self) -> SandboxProcess:
        return self._wards[0].sandbox

    def run(self, rounds: int) -> None:
        """Kill both tills so many times each."""
        with Shopper(self._wards, self._seed, FATES) as shopper:
            longest_s = SALES_LONG * max(self._first_sale_s(ward) for ward in self._wards)
            for number in range(rounds):
                if number % WEATHER_EVERY == 0:
                    self._change_the_weather()
                self._kill_one_life_each(longest_s)
        self.tally.shoppers += shopper.did

    def settle(self) -> list[str]:
        """Let the weather clear up, restart each till and let it ask; returns everything that must never be."""
        self._sandbox.clear_faults()
        pause(CALM_S)
        found: list[str] = []
        for ward in self._wards:
            before = audit(ward.books(), self._sandbox.truth(), ward.provider, asked=False)
            found += [f"{ward.provider} before asking: {finding}" for finding in before]
            silent = ward.live_on("restart")[-1]
            if silent != ["refreshed", "0"]:
                found.append(f"{ward.provider}: no answer about {silent[1]} orders in fine weather")
            books = ward.books()
            found += [f"{ward.provider}: {one}" for one in audit(books, self._sandbox.truth(), ward.provider)]
            found += [f"{ward.provider}: {one}" for one in broken_words(self._said[ward.provider], books.attempts)]
            self.tally.orders += len(books.orders)
            self.tally.paid += sum(order.status.value in ("PAID", "OVERPAID") for order in books.orders)
        return found

    def _change_the_weather(self) -> None:
        self._sandbox.clear_faults()
        rules = [
            {**fault, "provider": ward.provider, "times": self._dice.randrange(1, 4), "after": self._dice.randrange(9)}
            for ward in self._wards
            for fault in (ALWAYS, *self._dice.sample(MISCHIEF, 6))
        ]
        self._sandbox.faults(rules)

    def _first_sale_s(self, ward: Ward) -> float:
        """Measure how long a life takes to its first code, and kill it there."""
        began = time.monotonic()
        pid = ward.nursery.begin(ward.job("business", seed=str(self._seed)))
        until("a first code", lambda: ward.marks.is_file() and b"shown" in ward.marks.read_bytes())
        seconds = time.monotonic() - began
        ward.nursery.kill(pid)
        self.tally.kills += 1
        self._count(ward)
        return seconds

    def _kill_one_life_each(self, longest_s: float) -> None:
        lives = {
            ward: ward.nursery.begin(ward.job("business", seed=str(self._dice.randrange(1 << 30))))
            for ward in self._wards
        }
        for ward, pid in self._dice.sample(list(lives.items()), len(lives)):
            pause(self._dice.uniform(SHORTEST_S, longest_s) / len(lives))
            code = ward.nursery.kill(pid)
            assert code == -9, f"a life of {ward.provider} ended by itself with {code}: {ward.said()}"
            self.tally.kills += 1
            self._count(ward)

    def _count(self, ward: Ward) -> None:
        fresh = self._readers[ward.provider].take()
        self._said[ward.provider] += fresh
        self.tally.troubles += sum(mark[0] == "trouble" for mark in fresh)
        begun = {mark[1] for mark in fresh if mark[0] == "begun"}
        states = _states(ward.ledger)
        self.tally.at_kill.update(states[ref] for ref in begun)
        if not begun:
            self.tally.at_kill["none yet"] += 1


def _states(ledger: Path) -> dict[str, str]:
    if not ledger.is_file():
        return {}
    with closing(sqlite3.connect(f"{ledger.as_uri()}?mode=ro", uri=True)) as reader:
        if not reader.execute("SELECT 1 FROM sqlite_schema WHERE name = 'attempts'").fetchone():
            return {}  # killed while it was being made
        return dict(reader.execute("SELECT merchant_order_id, state FROM attempts").fetchall())
