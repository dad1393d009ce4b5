"""Deciding about what is odd: a person's word beside the gateway's, never in its place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from posapp.domain.errors import DomainError
from posapp.domain.inbox import MAX_WORDS, decisions_of, items_of
from posapp.domain.staff import Right

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from posapp.domain.inbox import Decision, InboxItem
    from posapp.domain.order import Attempt, OrderSnapshot
    from posapp.services.journal import Journal
    from posapp.services.staff import Staff


class Inbox:
    """The decisions of a till. Lives on the io thread."""

    def __init__(
        self,
        journal: Journal,
        staff: Staff,
        settle_refund: Callable[[str, Decision, Mapping[str, str]], OrderSnapshot],
    ) -> None:
        """Write into this journal, in the name of who stands at the till.

        Args:
            journal: Where attempts are settled.
            staff: Who may.
            settle_refund: Settles a refund of that id, with facts for the audit.
        """
        self._journal = journal
        self._staff = staff
        self._settle_refund = settle_refund

    def decide(
        self,
        merchant_order_id: str,
        merchant_refund_id: str | None,
        decision: Decision,
        words: str,
        *,
        approval: str | None = None,
    ) -> OrderSnapshot:
        """Commit what a person decided about an odd payment or refund. The state stays what the gateway said.

        What turns odd anew takes the decision back.

        Args:
            merchant_order_id: The attempt that it is about, or whose refund it is about.
            merchant_refund_id: The refund, where it is one.
            decision: One of `decisions_of` its item.
            words: Why: one line of at most `MAX_WORDS` characters, never empty.
            approval: Token of who allowed it, where somebody had to.

        Raises:
            DomainError: `reason_unusable`, `order_unknown`, `decided_already` where nothing about it
                is odd any more, `decision_not_honest` where more will be known or it is not what happened, and what
                `Staff.authorise` says.
            LedgerError: It was not written.
        """
        reason = _checked(words)
        self._check_allowed(merchant_order_id, merchant_refund_id, decision)
        authority = self._staff.authorise(Right.SETTLE, approval)
        facts = {"words": reason, "asked_by": authority.asked_by, "approved_by": authority.approved_by}
        told = {name: value for name, value in facts.items() if value}
        if merchant_refund_id is not None:
            return self._settle_refund(merchant_refund_id, decision, told)

        def settled(attempt: Attempt) -> Attempt:
            self._check_allowed(merchant_order_id, None, decision)  # as it stands now: the gateway may have spoken
            return replace(attempt, settled=decision)

        return self._journal.rewrite(merchant_order_id, settled, told)

    def _check_allowed(self, merchant_order_id: str, merchant_refund_id: str | None, decision: Decision) -> None:
        item = self._item(merchant_order_id, merchant_refund_id)
        if item is None:
            raise DomainError("decided_already", "Nothing is to be decided about it any more.")
        if decision not in decisions_of(item):
            raise DomainError("decision_not_honest", "That cannot be decided about it now.")

    def _item(self, merchant_order_id: str, merchant_refund_id: str | None) -> InboxItem | None:
        attempt = self._journal.store.attempt(merchant_order_id)
        if attempt is None:
            raise DomainError("order_unknown", "The ledger has no such order.")
        for item in items_of(self._journal.snapshot(attempt.order_id)):
            if (item.merchant_order_id, item.merchant_refund_id) == (merchant_order_id, merchant_refund_id):
                return item
        return None


def _checked(words: str) -> str:
    reason = words.strip()
    if not reason or len(reason) > MAX_WORDS or not reason.isprintable():
        raise DomainError("reason_unusable", f"A reason is one line of at most {MAX_WORDS} characters.")
    return reason
