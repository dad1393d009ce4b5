"""What waits for a person: why an order needs a look, and the two honest things that can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from posapp.domain.refund import UNFINISHED_REFUNDS, RefundReview, RefundState
from posapp.domain.status import AlarmKind, AttemptState, OrderStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from posapp.domain.order import Attempt, OrderSnapshot
    from posapp.domain.refund import Refund


class InboxKind(StrEnum):
    """Why an order needs a look; the most pressing first."""

    PAID_TWICE = "PAID_TWICE"
    PAID_LATE = "PAID_LATE"  # after it was given up or cancelled
    MISMATCH = "MISMATCH"  # the gateway's answer is not what was asked
    CONTRADICTED = "CONTRADICTED"  # it takes its own word back
    REFUND_UNKNOWN = "REFUND_UNKNOWN"
    REFUND_FAILED = "REFUND_FAILED"
    UNKNOWN = "UNKNOWN"  # nobody knows whether it was paid
    ORPHAN = "ORPHAN"  # it exists at the gateway and its code was never shown
    LAPSED = "LAPSED"  # never found, for as long as it was asked about
    WAITING = "WAITING"  # its code was shown and it may still be paid


class Decision(StrEnum):
    """What a person decided; kept with the payment, the words beside it in the audit."""

    KEPT = "KEPT"  # the money is for goods that were given
    REFUNDED = "REFUNDED"  # the money went back
    WRITTEN_OFF = "WRITTEN_OFF"  # nobody paid, as far as anybody can tell
    SEEN = "SEEN"  # looked into; nothing is to be done


class InboxAction(StrEnum):
    """What can be done about it; each kind offers two."""

    ASK = "ASK"
    SHOW_CODE = "SHOW_CODE"
    NEW_CODE = "NEW_CODE"
    GIVE_UP = "GIVE_UP"
    REFUND = "REFUND"
    KEEP = "KEEP"
    WRITE_OFF = "WRITE_OFF"
    SEEN = "SEEN"


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One thing to decide.

    Attributes:
        kind: Why.
        snapshot: The order.
        merchant_order_id: The attempt that it is about.
        merchant_refund_id: The refund that it is about, where it is one.
    """

    kind: InboxKind
    snapshot: OrderSnapshot
    merchant_order_id: str
    merchant_refund_id: str | None = None

    @property
    def attempt(self) -> Attempt:
        """The attempt that it is about."""
        return next(one for one in self.snapshot.attempts if one.merchant_order_id == self.merchant_order_id)

    @property
    def refund(self) -> Refund | None:
        """The refund that it is about, where it is one."""
        return next((one for one in self.snapshot.refunds if one.merchant_refund_id == self.merchant_refund_id), None)


@dataclass(frozen=True, slots=True)
class InboxList:
    """What waits for a person, as far as it was read.

    Attributes:
        items: The most pressing kind first, within a kind the oldest first.
        to_look_at: How many orders need a look, waiting ones not among them; counted up to `COUNTED_UP_TO`.
        more: Whether there are items beyond these.
    """

    items: tuple[InboxItem, ...] = ()
    to_look_at: int = 0
    more: bool = False


COUNTED_UP_TO: Final = 100
"""Orders that need a look are counted so far: more than 99 is many."""
MAX_WORDS: Final = 128
"""Characters of the words beside a decision."""

_A = InboxAction
_K = InboxKind

ACTIONS: Final[Mapping[InboxKind, tuple[InboxAction, ...]]] = {
    _K.PAID_TWICE: (_A.REFUND, _A.KEEP),
    _K.PAID_LATE: (_A.REFUND, _A.KEEP),
    _K.MISMATCH: (_A.ASK, _A.SEEN),
    _K.CONTRADICTED: (_A.ASK, _A.SEEN),
    # A second refund could pay twice, "seen" would hide money whose whereabouts nobody knows: asking is all there is.
    _K.REFUND_UNKNOWN: (_A.ASK,),
    _K.REFUND_FAILED: (_A.REFUND, _A.SEEN),
    _K.UNKNOWN: (_A.ASK, _A.NEW_CODE),
    _K.ORPHAN: (_A.ASK, _A.GIVE_UP),
    _K.LAPSED: (_A.ASK, _A.WRITE_OFF),
    _K.WAITING: (_A.SHOW_CODE, _A.GIVE_UP),
}
"""What can be done about each kind; `actions_of` takes off what one item does not allow."""

DECIDES: Final[Mapping[InboxAction, Decision]] = {
    _A.KEEP: Decision.KEPT,
    _A.WRITE_OFF: Decision.WRITTEN_OFF,
    _A.SEEN: Decision.SEEN,
}
"""The actions that are a person's decision. That money went back (`REFUNDED`) only a refund that succeeded decides."""

_BY_ALARM: Final = {
    AlarmKind.PAID_TWICE: _K.PAID_TWICE,
    AlarmKind.PAID_LATE: _K.PAID_LATE,
    AlarmKind.PAID_AFTER_CANCEL: _K.PAID_LATE,
    AlarmKind.CONTRADICTED: _K.CONTRADICTED,
}
_RANK: Final = {kind: rank for rank, kind in enumerate(InboxKind)}


def waits(snapshot: OrderSnapshot) -> bool:
    """Tell whether an order is unpaid and a code of it that somebody saw could still be paid."""
    return snapshot.status is OrderStatus.OPEN and any(attempt.may_still_be_paid for attempt in snapshot.attempts)


def items_of(snapshot: OrderSnapshot) -> tuple[InboxItem, ...]:
    """List what a person should look at in an order, the most pressing first; one item for each attempt and refund.

    There is one wherever `snapshot.needs_look` or `waits` says so, and nowhere else.
    """
    found: list[InboxItem] = []
    for attempt in snapshot.attempts:
        kind = _kind_of(attempt)
        if kind is None and attempt.may_still_be_paid and waits(snapshot):
            kind = _K.WAITING
        if kind is not None:
            found.append(InboxItem(kind, snapshot, attempt.merchant_order_id))
    for refund in snapshot.refunds:
        kind = _refund_kind_of(refund)
        if kind is not None:
            found.append(InboxItem(kind, snapshot, refund.request.merchant_order_id, refund.merchant_refund_id))
    paid = [attempt for attempt in snapshot.attempts if attempt.state is AttemptState.SUCCEEDED]
    told = {item.merchant_order_id for item in found if item.merchant_refund_id is None}
    # Paid twice and none of the payments rang: both were learnt from another ledger file, say.
    if len(paid) > 1 and all(attempt.settled is None and attempt.merchant_order_id not in told for attempt in paid):
        found.append(InboxItem(_K.PAID_TWICE, snapshot, paid[-1].merchant_order_id))
    return tuple(sorted(found, key=lambda item: _RANK[item.kind]))


def actions_of(item: InboxItem) -> tuple[InboxAction, ...]:
    """List what can honestly be done about one item now, the first of them the one to propose.

    Whether the gateway can refund at all is not looked at here.
    """
    refund = item.refund
    if refund is not None:
        return _actions_of_refund(item, refund)
    attempt, snapshot = item.attempt, item.snapshot
    actions = ACTIONS[item.kind]
    if InboxAction.REFUND in actions:
        mine = [one for one in snapshot.refunds if one.request.merchant_order_id == item.merchant_order_id]
        if any(one.state in UNFINISHED_REFUNDS for one in mine):
            return ()  # the money is on its way back: nobody may keep it or send it a second time
        return actions if snapshot.refundable(item.merchant_order_id).minor else (InboxAction.SEEN,)
    paid = any(other.state is AttemptState.SUCCEEDED for other in snapshot.attempts)
    taken_off = {
        InboxAction.NEW_CODE: paid,
        InboxAction.GIVE_UP: attempt.given_up_at is not None,
        InboxAction.SHOW_CODE: not _may_show(item),
    }
    left = [action for action in actions if not taken_off.get(action, False)]
    return tuple(left if InboxAction.ASK in left or InboxAction.SHOW_CODE in left else [InboxAction.ASK, *left])


def decisions_of(item: InboxItem) -> frozenset[Decision]:
    """Name what a person may decide about an item."""
    return frozenset(DECIDES[action] for action in actions_of(item) if action in DECIDES)


def _kind_of(attempt: Attempt) -> InboxKind | None:
    if attempt.state is AttemptState.UNKNOWN:
        return _K.UNKNOWN
    if attempt.state is AttemptState.ORPHAN:
        return _K.ORPHAN
    if not attempt.needs_look:
        return None
    if attempt.alarm is not None:
        return _BY_ALARM[attempt.alarm]
    return _K.MISMATCH if attempt.review is not None else _K.LAPSED


def _refund_kind_of(refund: Refund) -> InboxKind | None:
    if not refund.needs_look:
        return None
    if refund.state is RefundState.UNKNOWN:
        return _K.REFUND_UNKNOWN
    if refund.review is not None:
        return _K.CONTRADICTED if refund.review is RefundReview.CONTRADICTED else _K.MISMATCH
    return _K.REFUND_FAILED


def _actions_of_refund(item: InboxItem, refund: Refund) -> tuple[InboxAction, ...]:
    taken_off = {
        InboxAction.SEEN: refund.state in UNFINISHED_REFUNDS,  # it is asked about, so more will be known
        InboxAction.REFUND: not item.snapshot.refundable(item.merchant_order_id).minor,
    }
    return tuple(action for action in ACTIONS[item.kind] if not taken_off.get(action, False))


def _may_show(item: InboxItem) -> bool:
    """Tell whether the code may be put before the shopper again: it is alive, and the only one that could be paid."""
    attempt = item.attempt
    alone = sum(other.may_still_be_paid for other in item.snapshot.attempts) == 1
    alive = attempt.state is AttemptState.PENDING and not attempt.code_dead and attempt.review is None
    return alone and alive and attempt.code is not None and bool(attempt.code.content)
