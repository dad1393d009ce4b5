"""The watch list: which attempts are asked about, how urgently, and whose turn it is. Asks and writes nothing."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from posapp.domain.status import AttemptState
from posapp.services.poll_schedule import QUICK_TRIES, PollClass, SlowDown, back_off_s, interval_s, jittered

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from posapp.domain.order import Attempt

SPREAD_S: Final = 5.0
SPREAD_ABOVE: Final = 4
BACKGROUND_SHARE: Final = 10
"""Every so many requests one goes to whoever waits longest, however many codes are on screens."""


@dataclass(slots=True)
class Watched:
    """One attempt on the watch list. Times are monotonic seconds."""

    merchant_order_id: str
    order_id: str
    state: AttemptState
    born: float  # when it was created
    ended: float | None  # when it was cancelled
    next_at: float
    given_up: bool = False
    shown_since: float | None = None  # since when its code is before the shopper
    asked: int = 0
    failures: int = 0

    @property
    def poll_class(self) -> PollClass:
        """How urgently it is asked about."""
        if self.state is AttemptState.CANCELLED:
            return PollClass.SOFT_FINAL
        if self.shown_since is not None:
            return PollClass.SHOWN
        quick = self.state is AttemptState.UNKNOWN and self.asked < QUICK_TRIES
        return PollClass.UNKNOWN if quick else PollClass.BACKGROUND

    def age_s(self, now: float) -> float:
        """Return the age that its class counts by."""
        since = {PollClass.SHOWN: self.shown_since, PollClass.SOFT_FINAL: self.ended}.get(self.poll_class)
        return now - (self.born if since is None else since)


class WatchList:
    """Who is watched and when each is due. Lives on the io thread; `now` is always monotonic seconds."""

    def __init__(self, base_s: float, slow_down: SlowDown) -> None:
        """Begin empty, with the base interval of a shown code and what the gateway's 429s add to it."""
        self._base_s = base_s
        self._slow_down = slow_down
        self._watched: dict[str, Watched] = {}
        self._on_screen: str | None = None
        self._turn = 0

    def __len__(self) -> int:
        return len(self._watched)

    def __iter__(self) -> Iterator[Watched]:
        return iter(self._watched.values())

    def __contains__(self, merchant_order_id: object) -> bool:
        return merchant_order_id in self._watched

    def take(self, attempt: Attempt, now: float, wall: datetime) -> None:
        """Take note of an attempt as the ledger has it: it comes onto the list, moves on it, or leaves it."""
        ref = attempt.merchant_order_id
        soft_final = attempt.state is AttemptState.CANCELLED and attempt.shown_at is not None
        if not attempt.is_watched and not soft_final:
            self._watched.pop(ref, None)
            return
        watched = self._watched.get(ref)
        if watched is None or watched.state is not attempt.state:
            watched = Watched(
                merchant_order_id=ref,
                order_id=attempt.order_id,
                state=attempt.state,
                # What is known already keeps its age: the wall clock may have been turned since.
                born=now - _age_s(attempt.created_at, wall) if watched is None else watched.born,
                ended=None if attempt.final_at is None else now - _age_s(attempt.final_at, wall),
                next_at=now,
            )
            self._watched[ref] = watched
            self._set_next(watched, now)
        watched.given_up = attempt.given_up_at is not None
        self._set_shown(watched, now)

    def put_on_screen(self, order_id: str | None, now: float) -> None:
        """Take note of whose code is before the shopper."""
        self._on_screen = order_id
        for watched in self._watched.values():
            self._set_shown(watched, now)

    def hurry(self, now: float) -> None:
        """Make everything due now, spread over a few seconds where it is much."""
        due = [watched for watched in self if watched.poll_class is not PollClass.SOFT_FINAL]
        due.sort(key=lambda watched: (watched.poll_class, -watched.born))
        spread = SPREAD_S if len(due) > SPREAD_ABOVE else 0.0
        for place, watched in enumerate(due):
            watched.next_at = min(watched.next_at, now + spread * place / len(due))
            watched.failures = 0

    def choose(self, now: float, busy: Collection[str], *, probing: bool = False) -> Watched | None:
        """Pick whom to ask now; None for nobody. Changes nothing: tell `asked` when the question has left.

        The most urgent class goes first and the longest overdue within it; every tenth question goes to the longest
        overdue of all that are on no screen.

        Args:
            now: The moment.
            busy: Those being asked already.
            probing: The gateway is silent and one question may go out to see whether it is back: anybody will do.
        """
        may_go = [
            watched
            for watched in self
            if (watched.next_at <= now or (probing and watched.poll_class is not PollClass.SOFT_FINAL))
            and watched.merchant_order_id not in busy
            and self._slow_down.wait_s(watched.poll_class, now) <= 0
        ]
        waiting = [watched for watched in may_go if watched.poll_class is not PollClass.SHOWN]
        if waiting and (self._turn + 1) % BACKGROUND_SHARE == 0:
            return min(waiting, key=lambda watched: watched.next_at)
        return min(may_go, key=lambda watched: (watched.poll_class, watched.next_at), default=None)

    def asked(self) -> None:
        """Count a question that has left."""
        self._turn += 1

    def rest_s(self, now: float, busy: Collection[str]) -> float | None:
        """Return how long nobody more will be due; None where nobody will ever be."""
        waits = [
            max(watched.next_at - now, self._slow_down.wait_s(watched.poll_class, now))
            for watched in self
            if watched.merchant_order_id not in busy
        ]
        return min((wait for wait in waits if wait > 0), default=None)

    def answered(self, merchant_order_id: str, now: float) -> None:
        """Set the next moment, counted from the end of a question that was answered."""
        watched = self._watched.get(merchant_order_id)
        if watched is not None:
            watched.asked += 1
            watched.failures = 0
            self._set_next(watched, now)

    def failed(self, merchant_order_id: str, now: float) -> None:
        """Set the next moment after a question that brought nothing: full-jitter back-off."""
        watched = self._watched.get(merchant_order_id)
        if watched is not None:
            watched.asked += 1
            watched.failures += 1
            dice = random.random()  # noqa: S311 - spreads load, guards nothing
            watched.next_at = now + back_off_s(watched.poll_class, watched.failures, self._base_s, dice)

    def _set_next(self, watched: Watched, now: float) -> None:
        """Set when to ask next; who has nothing left to be asked for leaves the list."""
        poll_class = watched.poll_class
        base_s = self._base_s + self._slow_down.extra_s
        interval = interval_s(poll_class, watched.age_s(now), watched.asked, base_s)
        if interval is None:
            del self._watched[watched.merchant_order_id]
            return
        dice = random.random()  # noqa: S311 - spreads load, guards nothing
        if poll_class is PollClass.SOFT_FINAL:
            dice = 0.5 + dice / 2  # its ages are fixed: asked early, the same age would come up again and again
        watched.next_at = now + jittered(interval, dice)

    def _set_shown(self, watched: Watched, now: float) -> None:
        shown = watched.order_id == self._on_screen and watched.state is AttemptState.PENDING and not watched.given_up
        if not shown:
            watched.shown_since = None
        elif watched.shown_since is None:
            watched.shown_since = now
            watched.asked = 0
            watched.next_at = now + self._base_s


def _age_s(since: datetime, wall: datetime) -> float:
    return max(0.0, (wall - since).total_seconds())
