"""What waits for a person, the most pressing first, with what can honestly be done about each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from posapp.domain.inbox import InboxKind
from posapp.ui import fonts
from posapp.ui.icons import Icon
from posapp.ui.presenters.inbox import InboxPresenter, InboxState, key_of
from posapp.ui.text import Situation, problem_text, support_line
from posapp.ui.tokens import GRID, ToneName
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.inbox_card import InboxCard
from posapp.ui.widgets.inbox_group import InboxGroup
from posapp.ui.widgets.label import FAINT, SOFT, Label
from posapp.ui.widgets.order_list_states import ListMessage
from posapp.ui.widgets.order_scroll import OrderScroll

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QShowEvent

    from posapp.bridge.facade import TillFacade
    from posapp.domain.errors import Problem
    from posapp.domain.inbox import InboxAction, InboxItem
    from posapp.domain.order import OrderSnapshot
    from posapp.ui.approvals import Approvals
    from posapp.ui.presenters.inbox import Key
    from posapp.ui.shortcuts import Action
    from posapp.ui.widgets.refund_sheet import RefundSheet

AT_ONCE: Final = 20
"""Cards shown before somebody asks for more: each costs a few milliseconds to build."""
_AGES_MS: Final = 30_000
_TOLD_MS: Final = 8_000
_WIDEST: Final = 1120


class InboxView(QWidget):
    """The page. Lives on the GUI thread; reads whenever it is shown, and follows the news.

    Signals:
        back_requested(): The person wants the keypad back.
        order_wanted(str): The order's details are wanted.
        show_code_requested(str): The order's payment page is wanted.
    """

    back_requested = Signal()
    order_wanted = Signal(str)
    show_code_requested = Signal(str)

    def __init__(self, facade: TillFacade, approvals: Approvals, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facade = facade
        self._approvals = approvals
        self._most = AT_ONCE
        self._wanted: str | None = None
        self._view_only = False
        self._sheet: RefundSheet | None = None
        self.cards: dict[Key, InboxCard] = {}
        self._groups: dict[InboxKind, InboxGroup] = {}
        self.told = Label(rank=SOFT)
        self.more_button = Button(self.tr("Show more"), ButtonKind.SECONDARY)
        self._rest = Label(
            self.tr("There are older ones; they come up as these are dealt with."), rank=FAINT, wrap=True
        )
        self.message = ListMessage()
        self._lay_out()
        self._presenter = InboxPresenter(facade, approvals, self._render, self.show_code_requested.emit)
        self._ages = QTimer(self, interval=_AGES_MS)
        self._forget = QTimer(self, interval=_TOLD_MS, singleShot=True)
        self._ages.timeout.connect(self._show_ages)
        self._forget.timeout.connect(self.told.clear)
        self.more_button.clicked.connect(self._on_more)
        self.message.action.clicked.connect(self._on_way_out)
        facade.signals.order_changed.connect(self._on_order_changed)

    @property
    def state(self) -> InboxState:
        """What the page shows."""
        return self._presenter.state

    def set_view_only(self, problem: Problem | None) -> None:
        """Offer nothing where nothing can be written."""
        self._view_only = problem is not None
        for card in self.cards.values():
            card.set_view_only(view_only=self._view_only)

    def show_order(self, order_id: str) -> None:
        """Bring an order's item before the eyes; one that has none opens its details."""
        self._wanted = order_id
        self._presenter.read()

    def press(self, action: Action) -> None:
        """Do what a key of the window stands for here: nothing."""

    def showEvent(self, event: QShowEvent) -> None:
        """Read what waits now."""
        super().showEvent(event)
        self._presenter.read()
        self._ages.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """What nobody sees needs no ages."""
        super().hideEvent(event)
        self._ages.stop()
        self.told.clear()
        self._most = AT_ONCE

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hand the keys to the first card's first button, or to the way out."""
        super().focusInEvent(event)
        self._hand_on()

    def _hand_on(self) -> None:
        if not self.state.is_read and self.state.problem is None:
            return  # nothing is there to take them yet
        first = next((card for card in self._in_order() if card.buttons), None)
        place = self.message.action if first is None else next(iter(first.buttons.values()))
        place.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step back with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.back_requested.emit()
        else:
            super().keyPressEvent(event)

    def _on_order_changed(self, snapshot: OrderSnapshot) -> None:
        if self.isVisible():
            self._presenter.take(snapshot)

    def _render(self, state: InboxState) -> None:
        if state.told and state.told != self.told.text():
            self.told.setText(state.told)
            self._forget.start()
        shown = state.items[: self._most]
        self._show_cards(shown, state)
        self.more_button.setVisible(len(state.items) > self._most)
        self._rest.setVisible(state.more)
        if state.problem is not None and not state.items:
            title, advice = problem_text(state.problem, Situation.INPUT)
            support = support_line(state.problem)
            self.message.say(Icon.WARNING, title, advice, support, ToneName.NOT_KNOWN)
            self.message.offer(self.tr("Try again"))
            self._stack.setCurrentWidget(self.message)
        elif state.is_read and not state.items:
            words = self.tr("Every payment is what it should be, and nobody is waiting.")
            self.message.say(Icon.TICK, self.tr("Nothing needs a look"), words, "", ToneName.PAID)
            self.message.offer(self.tr("Next customer"))
            self._stack.setCurrentWidget(self.message)
        elif state.is_read:
            self._stack.setCurrentWidget(self._scroll)
        if self.hasFocus():
            self._hand_on()
        self._show_wanted(state)

    def _show_cards(self, shown: tuple[InboxItem, ...], state: InboxState) -> None:
        said = dict(state.said)
        for gone in self.cards.keys() - {key_of(item) for item in shown}:
            card = self.cards.pop(gone)
            if card.isAncestorOf(QApplication.focusWidget() or self):
                self.setFocus(Qt.FocusReason.OtherFocusReason)  # the keyboard goes to what is next
            card.hide()
            card.deleteLater()
        by_kind: dict[InboxKind, list[InboxCard]] = {kind: [] for kind in InboxKind}
        for item in shown:
            key = key_of(item)
            if key not in self.cards:
                self.cards[key] = self._made(item)
            self.cards[key].show_item(item, busy=key in state.busy, said=said.get(key, ""))
            by_kind[item.kind].append(self.cards[key])
        for kind, cards in by_kind.items():
            if cards or kind in self._groups:
                self._group(kind).show_cards(cards)

    def _made(self, item: InboxItem) -> InboxCard:
        card = InboxCard(item, self._facade.facts)
        card.set_view_only(view_only=self._view_only)
        card.acted.connect(self._on_acted)
        card.refund_wanted.connect(self._on_refund)
        card.order_wanted.connect(self.order_wanted)
        return card

    def _group(self, kind: InboxKind) -> InboxGroup:
        if kind not in self._groups:
            before = sum(other in self._groups for other in list(InboxKind)[: list(InboxKind).index(kind)])
            self._groups[kind] = InboxGroup(kind)
            self._column.insertWidget(before, self._groups[kind])
        return self._groups[kind]

    def _in_order(self) -> list[InboxCard]:
        return [self.cards[key_of(item)] for item in self.state.items if key_of(item) in self.cards]

    def _show_wanted(self, state: InboxState) -> None:
        if self._wanted is None or not state.is_read:
            return
        order_id, self._wanted = self._wanted, None
        of_order = (card for card in self._in_order() if card.item.snapshot.order.order_id == order_id)
        card = next(of_order, None)
        if card is None:
            self.order_wanted.emit(order_id)
            return
        place = next(iter(card.buttons.values()), card.open_button)
        place.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, card, partial(self._scroll.ensureWidgetVisible, card, 0, 4 * GRID))

    def _on_acted(self, item: InboxItem, action: InboxAction, words: str) -> None:
        self._presenter.act(item, action, words)

    @property
    def is_sending(self) -> bool:
        """Whether the outcome of a refund is still to come."""
        return self._sheet is not None and self._sheet.is_sending

    def _on_refund(self, item: InboxItem) -> None:
        if self._sheet is None:
            from posapp.ui.widgets.refund_sheet import RefundSheet

            self._sheet = RefundSheet(self._facade, self._approvals, self)
        self._sheet.open(item.snapshot, item.merchant_order_id)

    def _on_more(self) -> None:
        self._most += AT_ONCE
        self._render(self.state)

    def _on_way_out(self) -> None:
        if self.state.problem is not None:
            self._presenter.read()
        else:
            self.back_requested.emit()

    def _show_ages(self) -> None:
        for card in self.cards.values():
            card.show_age()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2 * GRID)
        head.addWidget(Label(self.tr("Needs a look"), size=fonts.TITLE, weight=fonts.STRONG))
        head.addStretch(1)
        head.addWidget(self.told)
        body = QWidget()
        within = QWidget()
        within.setMaximumWidth(_WIDEST)
        self._column = QVBoxLayout(within)
        self._column.setContentsMargins(0, 0, GRID, 0)
        self._column.setSpacing(GRID)
        self._column.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(self._rest)
        self._column.addStretch(1)
        across = QHBoxLayout(body)
        across.setContentsMargins(0, 0, 0, 0)
        across.addWidget(within, 1000)
        across.addStretch(1)
        self._scroll = OrderScroll(body)
        self._scroll.setAccessibleName(self.tr("What needs a look"))
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._stack = QStackedLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * GRID, 2 * GRID, 3 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addLayout(head)
        column.addLayout(self._stack, 1)
        self._stack.addWidget(QWidget())  # while nothing has been read yet
        self._stack.addWidget(self._scroll)
        self._stack.addWidget(self.message)
