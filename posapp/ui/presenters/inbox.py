"""What the inbox shows: what waits, kept up to date by the news, and what came of each press. No widgets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from posapp.domain.inbox import DECIDES, InboxAction, InboxKind, items_of
from posapp.domain.staff import Right
from posapp.ui.inbox_words import confirm_words, done_words
from posapp.ui.order_words import asked_sentence
from posapp.ui.problem_text import problem_text
from posapp.ui.text import Situation

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.bridge.facade import TillFacade
    from posapp.domain.errors import Problem
    from posapp.domain.inbox import InboxItem, InboxList
    from posapp.domain.order import OrderSnapshot
    from posapp.ui.approvals import Approvals

Key = tuple[str, str | None]
"""Names an item: its attempt, and its refund where it is one."""
_RANK = {kind: rank for rank, kind in enumerate(InboxKind)}


@dataclass(frozen=True, slots=True)
class InboxState:
    """What the page shows.

    Attributes:
        items: What waits, the most pressing kind first, within a kind the oldest first.
        more: Whether the ledger has items beyond these.
        is_read: Whether it was read at all.
        problem: Why it could not be read.
        busy: Items of which an answer is awaited.
        said: What came of the last press at each item that is still there.
        told: What came of the last one that left by it; empty for nothing.
    """

    items: tuple[InboxItem, ...] = ()
    more: bool = False
    is_read: bool = False
    problem: Problem | None = None
    busy: frozenset[Key] = frozenset()
    said: tuple[tuple[Key, str], ...] = ()
    told: str = ""


def key_of(item: InboxItem) -> Key:
    """Name an item."""
    return item.merchant_order_id, item.merchant_refund_id


class InboxPresenter:
    """Lives on the GUI thread."""

    def __init__(
        self,
        facade: TillFacade,
        approvals: Approvals,
        render: Callable[[InboxState], None],
        show: Callable[[str], None],
    ) -> None:
        """Tell `render` what to show, and `show` which order is wanted on the payment page."""
        self._facade = facade
        self._approvals = approvals
        self._render = render
        self._show = show
        self.state = InboxState()

    def read(self) -> None:
        """Read the inbox anew."""
        self._facade.inbox.items(self._on_items, self._on_unread)

    def take(self, snapshot: OrderSnapshot) -> None:
        """Bring the items of an order up to date."""
        if not self.state.is_read:
            return
        order_id = snapshot.order.order_id
        now = [item for item in self.state.items if item.snapshot.order.order_id == order_id]
        new = items_of(snapshot)
        if (not now and not new) or any(item.snapshot.version > snapshot.version for item in now):
            return
        kept = [item for item in self.state.items if item.snapshot.order.order_id != order_id]
        self._set(replace(self.state, items=tuple(sorted((*kept, *new), key=_place))))

    def act(self, item: InboxItem, action: InboxAction, words: str = "") -> None:
        """Do what a button stands for; `words` are the reason where one is asked for."""
        order_id = item.snapshot.order.order_id
        done, failed = partial(self._on_done, item, action), partial(self._on_failed, item)
        if action is InboxAction.SHOW_CODE:
            self._show(order_id)
        elif action in DECIDES:
            self._decide(item, action, words)
        elif action is InboxAction.NEW_CODE:
            self._new_code(item, words)
        elif action is InboxAction.GIVE_UP:
            self._begin(item)
            self._facade.give_up(order_id, done, failed)
        elif action is InboxAction.ASK:
            self._begin(item)
            if item.merchant_refund_id is not None:
                self._facade.refunds.ask_now(item.merchant_refund_id, done, failed)
            else:
                self._facade.ask_now(order_id, done, failed)

    def _decide(self, item: InboxItem, action: InboxAction, words: str) -> None:
        def allowed(approval: str | None) -> None:
            self._begin(item)
            done, failed = partial(self._on_done, item, action), partial(self._on_failed, item)
            self._facade.inbox.decide(item, DECIDES[action], words, approval, done, failed)

        self._approvals.ask(Right.SETTLE, confirm_words(action, item, self._facade.facts), allowed)

    def _new_code(self, item: InboxItem, words: str) -> None:
        order_id = item.snapshot.order.order_id

        def done(snapshot: OrderSnapshot) -> None:
            self._on_done(item, InboxAction.NEW_CODE, snapshot)
            self._show(order_id)

        def allowed(approval: str | None) -> None:
            self._begin(item)
            failed = partial(self._on_failed, item)
            self._facade.staff.new_code_anyway(order_id, words, approval, done, failed)

        if needs_override(item):
            what = confirm_words(InboxAction.NEW_CODE, item, self._facade.facts)
            self._approvals.ask(Right.OVERRIDE, what, allowed)
            return
        self._begin(item)
        self._facade.new_code(order_id, done, partial(self._on_failed, item))

    def _on_items(self, read: InboxList) -> None:
        self._set(replace(self.state, items=read.items, more=read.more, is_read=True, problem=None))

    def _on_unread(self, problem: Problem) -> None:
        self._set(replace(self.state, problem=problem))

    def _begin(self, item: InboxItem) -> None:
        self._set(replace(self.state, busy=self.state.busy | {key_of(item)}, said=self._others(item), told=""))

    def _on_done(self, item: InboxItem, action: InboxAction, snapshot: OrderSnapshot) -> None:
        self._end(item, "")
        self.take(snapshot)
        asked = asked_sentence(snapshot, self._facade.facts)
        if not any(key_of(one) == key_of(item) for one in self.state.items):
            self._set(replace(self.state, told=done_words(action, item, asked)))
        elif item.merchant_refund_id is None:
            self._set(replace(self.state, said=(*self._others(item), (key_of(item), asked))))

    def _on_failed(self, item: InboxItem, problem: Problem) -> None:
        title, advice = problem_text(problem, Situation.INPUT)
        self._end(item, f"{title}. {advice}".strip() if advice else title)
        if problem.code == "decided_already":
            self.read()

    def _end(self, item: InboxItem, words: str) -> None:
        said = (*self._others(item), (key_of(item), words)) if words else self._others(item)
        self._set(replace(self.state, busy=self.state.busy - {key_of(item)}, said=said))

    def _others(self, item: InboxItem) -> tuple[tuple[Key, str], ...]:
        return tuple((key, words) for key, words in self.state.said if key != key_of(item))

    def _set(self, state: InboxState) -> None:
        self.state = state
        self._render(state)


def needs_override(item: InboxItem) -> bool:
    """Tell whether a new code would stand beside one that somebody saw and could still pay."""
    return any(attempt.may_still_be_paid for attempt in item.snapshot.attempts)


def _place(item: InboxItem) -> tuple[int, float, str]:
    return _RANK[item.kind], item.snapshot.order.created_at.timestamp(), item.merchant_order_id
