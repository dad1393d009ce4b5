"""The charge page: the amount, the keypad, one button, and the last five orders."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from posapp.ui import fonts
from posapp.ui.icons import Icon
from posapp.ui.order_words import earlier_sentence
from posapp.ui.presenters.charge import ChargePhase, ChargePresenter, ChargeState
from posapp.ui.shortcuts import Action, bind
from posapp.ui.text import Situation, gateway_words, money_parts, money_text, problem_text, support_line
from posapp.ui.tokens import ToneName
from posapp.ui.views.recent_panel import RecentPanel
from posapp.ui.widgets.amount_display import AmountDisplay
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.field import Field
from posapp.ui.widgets.keypad import Keypad
from posapp.ui.widgets.notice import Notice, Reason
from posapp.ui.widgets.recent_orders import ROWS

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent

    from posapp.bridge.facade import TillFacade
    from posapp.domain.errors import Problem
    from posapp.domain.order import OrderSnapshot

_MAX_NOTE: Final = 80
_DENSE_BELOW: Final = 480
_ROOMY_FROM: Final = 560
_NARROW_BELOW: Final = 760


class ChargeView(QWidget):
    """Where a sale begins.

    Signals:
        charged(OrderSnapshot): An order was committed; its code is on the way.
        order_opened(OrderSnapshot): The cashier wants to see one of the last orders.
    """

    charged = Signal(object)
    order_opened = Signal(object)

    def __init__(self, facade: TillFacade, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facade = facade
        self._facts = facade.facts
        self.display = AmountDisplay(self)
        self.note = Field(Icon.NOTE, self.tr("Note (optional), like a table or a name"), self)
        self.note.edit.setObjectName("noteField")
        self.note.edit.setMaxLength(_MAX_NOTE)
        self.notice = Notice(self)
        self.notice.hide()
        self._recent_panel = RecentPanel(facade, self)
        self.recent = self._recent_panel.rows
        self.keypad = Keypad(self)
        self.charge_button = Button(kind=ButtonKind.PRIMARY, parent=self)
        self.charge_button.setObjectName("chargeButton")
        self.charge_button.set_size(fonts.LARGE, 72)
        self.why_not = Reason(Icon.LOCK, self)
        self._lay_out()
        self._presenter = ChargePresenter(facade, self._render, self._on_charged)
        self._connect()
        self._render(self._presenter.state)
        self.setFocusProxy(self.display)

    @property
    def state(self) -> ChargeState:
        """What the page shows."""
        return self._presenter.state

    def load_recent(self) -> None:
        """Read the last orders; called when the ledger is open."""
        self._recent_panel.load()

    def set_view_only(self, problem: Problem | None) -> None:
        """Start and ask nothing while there is a reason, which stands beside the button; None opens the page again."""
        self._presenter.lock(problem)
        self._recent_panel.set_may_ask(may_ask=problem is None)

    def _lay_out(self) -> None:
        self._left = QVBoxLayout()
        for part in (self.display, self.note, self.notice):
            self._left.addWidget(part)
        self._left.addWidget(self._recent_panel, 1)
        # Without a recent card (a short window that asks something) the rest stays at the top.
        self._left.addStretch(0)
        holder = self._pad = QWidget()
        holder.setMaximumWidth(480)
        self._right = QVBoxLayout(holder)
        self._right.setContentsMargins(0, 0, 0, 0)
        self._right.addWidget(self.keypad, 1)
        self._right.addWidget(self.why_not)
        self._right.addWidget(self.charge_button)
        self._row = QHBoxLayout(self)
        self._row.addLayout(self._left, 5)
        self._row.addWidget(holder, 4)
        self.set_room(QSize(_NARROW_BELOW, _ROOMY_FROM))
        self.setTabOrder(self.display, self.note.edit)

    def set_room(self, room: QSize) -> None:
        """Give up air before anything is cut off."""
        self._room = room.height()
        dense, narrow = room.height() < _DENSE_BELOW, room.width() < _NARROW_BELOW
        gap = 8 if dense else 16
        for column in (self._left, self._right):
            column.setSpacing(gap)
        self._row.setSpacing(gap + 8)
        edge = 12 if dense else 24
        self._row.setContentsMargins(24, edge, 24, edge)
        self._pad.setMinimumWidth(248 if narrow else 300)
        self.charge_button.set_size(fonts.LARGE, 56 if dense else 72)
        self._make_room()

    def _make_room(self) -> None:
        """Let the last orders go while there is a notice and no room for both, and at last the note."""
        self._recent_panel.setVisible(self.notice.isHidden() or self._room >= _ROOMY_FROM)
        self.note.setVisible(self.notice.isHidden() or self._room >= _DENSE_BELOW)

    def _connect(self) -> None:
        presenter = self._presenter
        pad = self.keypad
        pad.digit_pressed.connect(presenter.digit)
        pad.double_zero_pressed.connect(presenter.double_zero)
        pad.plus_pressed.connect(presenter.plus)
        pad.back_pressed.connect(presenter.backspace)
        pad.clear_pressed.connect(presenter.clear)
        self.charge_button.clicked.connect(self.charge)
        self.notice.first_pressed.connect(self._show_earlier)
        self.notice.second_pressed.connect(presenter.charge_again)
        self._recent_panel.order_opened.connect(self.order_opened.emit)
        for place in range(ROWS):
            bind(self, f"Ctrl+{place + 1}", partial(self._recent_panel.ask_place, place))
        self._facade.signals.order_changed.connect(self._on_order_changed)

    def charge(self) -> None:
        """Start the order; a second call before the first is answered does nothing."""
        self._presenter.charge(gateway_words(self.note.edit.text(), _MAX_NOTE))

    def press(self, action: Action) -> None:
        """Do what a key of the window stands for here: asking is about the last order."""
        if action is Action.ASK:
            self._recent_panel.ask_place(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take what was typed, wherever on the page the focus is."""
        if not self.take_key(event):
            super().keyPressEvent(event)

    def take_key(self, event: QKeyEvent) -> bool:
        """Take a key of the keypad; returns whether it was one."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self._presenter.paste(QGuiApplication.clipboard().text())
            return True
        plain = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        if plain != Qt.KeyboardModifier.NoModifier:
            return False
        if event.key() == Qt.Key.Key_Backspace:
            self._presenter.backspace()
            return True
        if event.isAutoRepeat():
            return True
        return self._take_once(event)

    def _take_once(self, event: QKeyEvent) -> bool:
        text, key = event.text(), event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.charge()
        elif key == Qt.Key.Key_Escape:
            self._escape()
        elif len(text) == 1 and text in "0123456789":
            self._presenter.digit(int(text))
        elif text == "+":
            self._presenter.plus()
        elif text in (".", ","):
            self._presenter.point()
        elif text.isprintable() and text:
            self._presenter.refuse_letter()
        else:
            return False
        if self.state.phase is ChargePhase.TYPING and key != Qt.Key.Key_Escape:
            self.display.setFocus()
        return True

    def _escape(self) -> None:
        if self.state.phase is ChargePhase.GUARD:
            self._presenter.dismiss()
        elif not self.note.edit.hasFocus():
            self._presenter.clear()
        self.display.setFocus()

    def _render(self, state: ChargeState) -> None:
        entry = state.entry
        code, digits = money_parts(entry.money, self._facts)
        refusal = problem_text(entry.problem, Situation.INPUT)[0] if entry.problem else ""
        terms = [money_parts(entry.as_money(term), self._facts)[1] for term in entry.terms]
        if terms and entry.value:
            terms.append(money_parts(entry.as_money(entry.value), self._facts)[1])
        working = " + ".join(terms) + (" +" if terms and not entry.value else "")
        self.display.show_amount(code, digits, working=working, refusal=refusal, zero=entry.is_zero)
        self._render_button(state, money_text(entry.money, self._facts))
        self._render_notice(state)

    def _render_button(self, state: ChargeState, amount: str) -> None:
        busy = state.phase in (ChargePhase.CHECKING, ChargePhase.CHARGING)
        if busy:
            self.charge_button.set_words(self.tr("Asking the gateway…"))
            self.charge_button.set_key("")
        else:
            self.charge_button.set_words(self.tr("Charge {amount}").format(amount=amount))
            self.charge_button.set_key(self.tr("Enter", "the key"))
        if self.charge_button.hasFocus() and not state.may_charge:
            self.display.setFocus()
        self.charge_button.setEnabled(state.may_charge)
        self.keypad.setEnabled(not busy and state.locked is None)
        self.note.setEnabled(state.locked is None)
        why_not = problem_text(state.locked, Situation.VIEWING)[0] if state.locked is not None else ""
        self.why_not.say(why_not)
        self.charge_button.setAccessibleDescription(why_not)

    def _render_notice(self, state: ChargeState) -> None:
        if state.earlier is not None:
            title, body = earlier_sentence(state.earlier, self._facts)
            self.notice.say(Icon.QUESTION, ToneName.NOT_KNOWN, title, body)
            self.notice.offer(self.tr("Show that one"), self.tr("Charge again"))
            if self.notice.isHidden():
                self.notice.show()
                self.notice.first.setFocus()
        elif state.problem is not None:
            title, advice = problem_text(state.problem, Situation.NOT_SENT)
            self.notice.say(Icon.BANG, ToneName.REFUSED, title, advice, support_line(state.problem))
            self.notice.offer()
            self.notice.show()
        elif not self.notice.isHidden():
            held = self.notice.first.hasFocus() or self.notice.second.hasFocus()
            self.notice.hide()
            if held:
                self.display.setFocus()
        self._make_room()

    def showEvent(self, event: QShowEvent) -> None:
        """Put the keyboard on the amount."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self.display.setFocus)

    def _on_charged(self, snapshot: OrderSnapshot) -> None:
        self.note.edit.clear()
        self.charged.emit(snapshot)

    def _show_earlier(self) -> None:
        earlier = self.state.earlier
        if earlier is not None:
            self._presenter.clear()
            self.order_opened.emit(earlier)

    def _on_order_changed(self, snapshot: OrderSnapshot) -> None:
        self._presenter.on_order_changed(snapshot)
