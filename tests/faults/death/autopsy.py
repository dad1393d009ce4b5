"""What a killed till left behind, held against the gateway's own books."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, cast

from posapp.domain.order import OrderSnapshot
from posapp.domain.order_query import OrderFilter
from posapp.domain.status import AttemptState
from posapp.store.ledger import open_ledger
from posapp.store.listing import OrderList
from posapp.store.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from posapp.domain.order import Attempt
    from posapp.domain.order_query import PageKey, TimelineEntry
    from tests.e2e.child import JsonObject

S = AttemptState
PAID: Final = "paid"
_MAY_BE: Final = {
    PAID: {S.SUCCEEDED},
    "cancelled": {S.CANCELLED},
    "waiting": {S.CREATED, S.PENDING, S.ORPHAN},
    # An intent that was never confirmed has no code: where the confirming was refused, nobody can pay it.
    "new": {S.CREATED, S.PENDING, S.ORPHAN, S.REFUSED},
}
"""What a till must know once it has asked, by what is true at the gateway."""
_FINAL_UNPAID: Final = {S.NOT_SENT, S.REFUSED, S.LAPSED}
_NEVER_THERE: Final = {S.UNKNOWN, S.NOT_SENT, S.REFUSED}


@dataclass(frozen=True)
class Books:
    """A ledger as it was read at one moment.

    Attributes:
        orders: Every order.
        timelines: The audit rows of each order.
        findings: What `posapp verify` has to say.
    """

    orders: tuple[OrderSnapshot, ...]
    timelines: dict[str, tuple[TimelineEntry, ...]]
    findings: tuple[str, ...]

    @property
    def attempts(self) -> dict[str, Attempt]:
        """Every attempt by its id."""
        return {attempt.merchant_order_id: attempt for order in self.orders for attempt in order.attempts}

    @property
    def only(self) -> OrderSnapshot:
        """The one order there is."""
        (order,) = self.orders
        return order

    def states(self) -> list[str]:
        """Return the transitions of the one order there is, like `CREATING`, `CREATED`."""
        (timeline,) = self.timelines.values()
        return [str(entry.new_state) for entry in timeline if entry.event == "state"]


def read_books(ledger: Path) -> Books:
    """Read a ledger, as the next start of posapp would find it."""
    with closing(open_ledger(ledger)) as opened:
        listing = OrderList(opened)
        orders: list[OrderSnapshot] = []
        after: PageKey | None = None
        while True:
            page = listing.page(OrderFilter(), after)
            orders += page.orders
            after = page.next_key
            if after is None:
                break
        timelines = {order.order.order_id: listing.details(order.order.order_id).timeline for order in orders}
        findings = tuple(f"{finding.code}: {finding.message}" for finding in verify(opened).findings)
    return Books(tuple(orders), timelines, findings)


def audit(books: Books, truth: JsonObject, provider: str, *, asked: bool = True) -> list[str]:
    """Name everything that must never be, whatever died when.

    Args:
        books: The till's.
        truth: The sandbox's.
        provider: Whose payments the till makes.
        asked: Whether the till has asked about everything since the gateway was last heard of; without, what it
            knows may be older than the truth, but never wrong.
    """
    attempts = books.attempts
    there = {str(one["merchant_order_id"]): one for one in _of(truth, "orders", provider)}
    found = [f"the ledger is not whole: {finding}" for finding in books.findings]
    for seen in _of(truth, "seen", provider):
        found += _sends(seen, attempts)
    for ref, attempt in attempts.items():
        found += _knows(attempt, there.get(ref), asked=asked)
    for order in books.orders:
        payable = [a for a in order.attempts if a.shown_at and _is_payable(there.get(a.merchant_order_id))]
        if len(payable) > 1:
            found.append(f"two codes of {order.order.order_id} can be paid")
    for order_id, timeline in books.timelines.items():
        turned = (entry for entry in timeline if entry.event == "state" and entry.new_state == S.SUCCEEDED)
        green = Counter(entry.merchant_order_id for entry in turned)
        found += [f"{ref} of {order_id} turned green {times} times" for ref, times in green.items() if times > 1]
    return found


def broken_words(said: Iterable[list[str]], attempts: dict[str, Attempt]) -> Iterable[str]:
    """Name what posapp acknowledged and does not know any more; words that promise nothing are passed over."""
    for word, *subjects in said:
        if word not in ("begun", "shown", "paid"):
            continue
        attempt = attempts.get(subjects[0])
        if attempt is None:
            yield f"LOST: {subjects[0]} was {word}"
        elif (word == "shown" and attempt.shown_at is None) or (word == "paid" and attempt.state is not S.SUCCEEDED):
            yield f"LOST: {subjects[0]} was {word} and is {attempt.state}"


def _sends(seen: JsonObject, attempts: dict[str, Attempt]) -> Iterable[str]:
    ref = str(seen["merchant_order_id"])
    attempt = attempts.get(ref)
    if attempt is None:
        yield f"{ref} was sent and is in no ledger"
        return
    if attempt.provider == "cbtis" and seen["create_posts"] != 1:
        yield f"{ref} was sent {seen['create_posts']} times"
    keys = set(cast("list[str]", seen["request_ids"]))
    if attempt.provider == "airwallex" and keys != {attempt.request_id}:
        yield f"{ref} was sent under other keys than its own"


def _knows(attempt: Attempt, there: JsonObject | None, *, asked: bool) -> Iterable[str]:
    ref, state = attempt.merchant_order_id, attempt.state
    if there is None:
        if state not in _NEVER_THERE | (set() if asked else {S.CREATING}):
            yield f"{ref} is {state}, and the gateway never had it"
        return
    true = str(there["state"])
    possible = _MAY_BE[true] if asked else _MAY_BE[true] | (set(AttemptState) - _FINAL_UNPAID)
    if state is S.SUCCEEDED and (true != PAID or not _same_money(attempt, there)):
        yield f"FALSE GREEN: {ref} is {true} at the gateway, over {there['currency']} {there['amount']}"
    elif state not in possible:
        yield f"{ref} is {state}, and {true} at the gateway"


def _same_money(attempt: Attempt, there: JsonObject) -> bool:
    same = Decimal(str(there["amount"])) == attempt.money.to_decimal()
    return same and there["currency"] == attempt.money.currency


def _is_payable(there: JsonObject | None) -> bool:
    return there is not None and there["state"] in ("waiting", PAID)


def _of(truth: JsonObject, kind: str, provider: str) -> list[JsonObject]:
    return [one for one in cast("list[JsonObject]", truth[kind]) if one["provider"] == provider]
