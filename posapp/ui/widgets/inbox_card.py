"""One thing that waits for a person: amount, which order, what is particular about it, and what can be done."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from posapp.domain.inbox import MAX_WORDS, InboxAction
from posapp.ui import fonts
from posapp.ui.icons import Icon
from posapp.ui.inbox_words import action_word, amount_words, asks_for, confirm_words, detail_words, offered
from posapp.ui.presenters.inbox import needs_override
from posapp.ui.presenters.orders_clock import long_day
from posapp.ui.text import order_tail
from posapp.ui.time_text import age_text, clock_text, day_text, local
from posapp.ui.tokens import GRID
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.card import Card
from posapp.ui.widgets.field import Field
from posapp.ui.widgets.label import FAINT, SOFT, Label

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent

    from posapp.domain.inbox import InboxItem
    from posapp.domain.till import TillFacts

_AMOUNT_WIDTH: Final = 168


class InboxCard(Card):
    """Lives on the GUI thread.

    Signals:
        acted(InboxItem, InboxAction, str): A button was pressed; the reason where one is asked for.
        refund_wanted(InboxItem): The money is to be given back.
        order_wanted(str): The order's details are wanted.
    """

    acted = Signal(object, object, str)
    refund_wanted = Signal(object)
    order_wanted = Signal(str)

    def __init__(self, item: InboxItem, facts: TillFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self._item = item
        self._asked: InboxAction | None = None
        self._actions: tuple[InboxAction, ...] = ()
        self._view_only = False
        self._amount = Label(size=fonts.LARGE, weight=fonts.STRONG, tabular=True)
        self._which = Label(rank=SOFT, wrap=True)
        self._detail = Label(rank=SOFT, wrap=True)
        self._said = Label(weight=fonts.MEDIUM, wrap=True)
        self.buttons: dict[InboxAction, Button] = {}
        self.open_button = Button(self.tr("Details"), ButtonKind.QUIET)
        self.reason = Field(Icon.NOTE, "")
        self.reason.edit.setMaxLength(MAX_WORDS)
        self.confirm = Button(kind=ButtonKind.PRIMARY)
        self.back = Button(self.tr("Not now"), ButtonKind.QUIET)
        self._final = Label(size=fonts.SMALL, rank=FAINT, wrap=True)
        self._lay_out()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.open_button.clicked.connect(self._open)
        self.confirm.clicked.connect(self._on_confirm)
        self.reason.edit.returnPressed.connect(self._on_confirm)
        self.reason.edit.textChanged.connect(self._on_typed)
        self.back.clicked.connect(self.step_back)
        self.show_item(item, busy=False, said="")

    @property
    def item(self) -> InboxItem:
        """What it shows."""
        return self._item

    @property
    def asks(self) -> InboxAction | None:
        """Which action waits for its reason."""
        return self._asked

    def set_view_only(self, *, view_only: bool) -> None:
        """Offer nothing where nothing can be written."""
        self._view_only = view_only
        for button in self.buttons.values():
            button.setEnabled(not view_only)

    def show_item(self, item: InboxItem, *, busy: bool, said: str) -> None:
        """Show how it stands now."""
        self._item = item
        self._amount.setText(amount_words(item, self._facts))
        for label, words in ((self._detail, detail_words(item, self._facts)), (self._said, said)):
            label.setText(words)
            label.setVisible(bool(words))
        self.show_age()
        self._offer(offered(item, self._facts))
        for button in self.buttons.values():
            button.setEnabled(not busy and not self._view_only)
        if self._asked is not None and (busy or self._asked not in self._actions):
            self.step_back()

    def show_age(self) -> None:
        """Say how long ago it was."""
        attempt, refund = self._item.attempt, self._item.refund
        at = attempt.paid_at or attempt.final_at or attempt.created_at if refund is None else refund.created_at
        now = datetime.now(UTC)
        age = age_text((now - at).total_seconds())
        on = local(at, self._facts.day).date()
        day = day_text(on) if on.year == now.year else long_day(on)
        which = self.tr("Order {tail}").format(tail=order_tail(self._item.merchant_order_id))
        note = self._item.snapshot.order.note
        parts = (which, f"{day} {clock_text(at, self._facts.day)}", age, note)
        self._which.setText(" · ".join(part for part in parts if part))
        self.setAccessibleName(f"{self._amount.text()}, {self._which.text()}")

    def step_back(self) -> None:
        """Put the reason away."""
        had_focus = self._asking.isAncestorOf(QApplication.focusWidget() or self)
        action, self._asked = self._asked, None
        self._asking.hide()
        self._doing.show()
        if had_focus and action is not None and action in self.buttons:
            self.buttons[action].setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Put the reason away with Esc."""
        if event.key() == Qt.Key.Key_Escape and self._asked is not None:
            self.step_back()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the order where the card itself is pressed."""
        inside = self.rect().contains(event.position().toPoint())
        if inside and event.button() is Qt.MouseButton.LeftButton and self._asked is None:
            self._open()

    def _offer(self, actions: tuple[InboxAction, ...]) -> None:
        if actions == self._actions:
            return
        for button in self.buttons.values():
            button.hide()
            button.deleteLater()
        self.buttons.clear()
        self._actions = actions
        for place, action in enumerate(actions):
            icon, words = action_word(action)
            button = Button(words, ButtonKind.SECONDARY, icon=icon)
            button.setAccessibleDescription(self.accessibleName())
            button.clicked.connect(lambda _checked=False, action=action: self._on_action(action))
            self._row.insertWidget(place, button)
            self.buttons[action] = button

    def _on_action(self, action: InboxAction) -> None:
        if action is InboxAction.REFUND:
            self.refund_wanted.emit(self._item)
        elif not asks_for(action) or (action is InboxAction.NEW_CODE and not needs_override(self._item)):
            self.acted.emit(self._item, action, "")
        else:
            self._ask(action)

    def _ask(self, action: InboxAction) -> None:
        self._asked = action
        self.reason.edit.clear()
        self.reason.edit.setPlaceholderText(asks_for(action))
        self.reason.edit.setAccessibleName(asks_for(action))
        self.confirm.set_words(confirm_words(action, self._item, self._facts))
        self.confirm.setEnabled(False)
        is_decision = action is not InboxAction.NEW_CODE
        self._final.setText(
            self.tr("This is final. Reason and name stay in the books.")
            if is_decision
            else self.tr("Both codes can then be paid. Reason and name stay in the books.")
        )
        self._doing.hide()
        self._asking.show()
        self.reason.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_typed(self, words: str) -> None:
        self.confirm.setEnabled(bool(words.strip()))

    def _on_confirm(self) -> None:
        words = self.reason.edit.text().strip()
        if words and self._asked is not None:
            self.acted.emit(self._item, self._asked, words)

    def _open(self) -> None:
        self.order_wanted.emit(self._item.snapshot.order.order_id)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (self._amount, self._which, self._detail, self._said):
            words.addWidget(label)
        self._doing = QWidget()
        self._row = QHBoxLayout(self._doing)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GRID)
        self._row.addWidget(self.open_button)
        head = QHBoxLayout()
        head.setSpacing(2 * GRID)
        head.addLayout(words, 1)
        head.addWidget(self._doing, 0, Qt.AlignmentFlag.AlignVCenter)
        self._asking = QWidget()
        lines = QVBoxLayout(self._asking)
        lines.setContentsMargins(0, GRID, 0, 0)
        lines.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.reason, 1)
        row.addWidget(self.confirm)
        row.addWidget(self.back)
        lines.addLayout(row)
        lines.addWidget(self._final)
        self._asking.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 12, GRID, 12)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._asking)
