"""The payment page: the code before the shopper, the state before the cashier."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from posapp.ui import fonts, payment_words
from posapp.ui.presenters.payment import PaymentPresenter
from posapp.ui.presenters.payment_state import PaymentPhase, PaymentState
from posapp.ui.shortcuts import Action
from posapp.ui.text import alarm_text, clock_text, money_text, order_tail
from posapp.ui.widgets.button import Button
from posapp.ui.widgets.card import Card
from posapp.ui.widgets.cashier_side import CashierSide
from posapp.ui.widgets.label import SOFT, ElidedLabel, Label, ShrinkingLabel
from posapp.ui.widgets.override_offer import OverrideOffer
from posapp.ui.widgets.pages import CurrentSized
from posapp.ui.widgets.paid_pane import PaidPane
from posapp.ui.widgets.qr_card import QrCard
from posapp.ui.widgets.stage import Stage

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent

    from posapp.bridge.facade import TillFacade
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.till import AskedAnswer
    from posapp.ui.approvals import Approvals

_SECOND_MS: Final = 1000
RETURN_AFTER_S: Final = 6
_DENSE_BELOW: Final = 520
_NARROW_BELOW: Final = 760
_BEFORE_A_SHOPPER: Final = frozenset(
    {PaymentPhase.CREATING, PaymentPhase.DRAWING, PaymentPhase.WAITING, PaymentPhase.HANDED_OFF}
)


class PaymentView(QWidget):
    """One order, from asking for its code to the end.

    Signals:
        next_requested(): The cashier goes on; the order keeps being watched.
        show_code_requested(str): A further code came of somebody's word; this order's newest code is wanted.
    """

    next_requested = Signal()
    show_code_requested = Signal(str)

    def __init__(
        self,
        facade: TillFacade,
        approvals: Approvals,
        parent: QWidget | None = None,
        *,
        return_after_s: int = RETURN_AFTER_S,
    ) -> None:
        super().__init__(parent)
        self._facts = facade.facts
        self.override = OverrideOffer(facade, approvals)
        self._return_after_s = return_after_s
        self._presenter = PaymentPresenter(facade, self._render)
        self._shown_paid: str | None = None
        self._announced: PaymentPhase | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._build()
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setInterval(_SECOND_MS)
        self._timer.timeout.connect(self._tick)
        facade.signals.order_changed.connect(self._on_order_changed)
        facade.signals.asked.connect(self._on_asked)

    @property
    def state(self) -> PaymentState | None:
        """What the page shows; None while it shows no order."""
        return self._presenter.state

    @property
    def order_id(self) -> str | None:
        """Whose page this is now."""
        state = self._presenter.state
        return state.snapshot.order.order_id if state is not None else None

    @property
    def is_waiting(self) -> bool:
        """Whether a shopper may be about to pay what is on the page."""
        return self.state is not None and self.state.phase in _BEFORE_A_SHOPPER

    def open(self, snapshot: OrderSnapshot, *, show_code: bool = False) -> None:
        """Put an order on the page; `show_code` brings a code back that was given up."""
        self._shown_paid = self._announced = None
        self._presenter.open(snapshot, show_code=show_code)

    def leave(self) -> None:
        """Take the order off the page: its code is gone before anything else is shown."""
        self.qr_card.set_matrix(None)
        self._presenter.leave()

    def hold(self) -> None:
        """Take the second half of a double press on *Charge* for what it is."""
        self.side.hold()

    def press(self, action: Action) -> None:
        """Do what a key of the window stands for here, where the order allows it."""
        match action:
            case Action.ASK:
                self._presenter.ask_now()
            case Action.NEW_CODE:
                self._presenter.new_code()
            case Action.GIVE_UP:
                self._presenter.give_up()
            case _:
                pass

    def _build(self) -> None:
        self.shop = ElidedLabel(self._facts.shop, size=fonts.LARGE, weight=fonts.MEDIUM, rank=SOFT)
        self.amount = ShrinkingLabel(size=40, least=fonts.LARGE, weight=fonts.STRONG)
        self.help = Label(rank=SOFT, wrap=True)
        self.qr_card = QrCard(self)
        self.stage = Stage(self)
        self.side = CashierSide(self._facts, self)
        self.paid_pane = PaidPane(self)
        self.side.ask_pressed.connect(self._presenter.ask_now)
        self.side.new_code_pressed.connect(self._presenter.new_code)
        self.side.show_again_pressed.connect(self._presenter.show_again)
        self.side.give_up_pressed.connect(self._presenter.give_up)
        self.side.next_pressed.connect(self.next_requested.emit)
        self.side.add_offer(self.override)
        self.override.begun.connect(self.show_code_requested)
        self.paid_pane.next_pressed.connect(self.next_requested.emit)
        # Queued: what follows must not run inside a paint event.
        self.qr_card.painted.connect(self._on_painted, Qt.ConnectionType.QueuedConnection)
        self.qr_card.too_small.connect(self._presenter.not_painted, Qt.ConnectionType.QueuedConnection)

    def _lay_out(self) -> None:
        shopper = Card(self)
        column = self._shopper = QVBoxLayout(shopper)
        column.setSpacing(4)
        for label in (self.shop, self.amount):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)
        self._middle = CurrentSized()
        self._middle.add_page(self.stage)
        self._middle.add_page(self.qr_card)
        column.addWidget(self._middle, 1)
        self.help.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self.help)
        self._sale = QWidget()
        row = self._row = QHBoxLayout(self._sale)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(shopper, 1)
        row.addWidget(self.side)
        self._pages = CurrentSized()
        self._pages.add_page(self._sale)
        self._pages.add_page(self.paid_pane)
        self._frame = QVBoxLayout(self)
        self._frame.addWidget(self._pages)
        self.set_room(QSize(_NARROW_BELOW, _DENSE_BELOW))

    def set_room(self, room: QSize) -> None:
        """Give up air before anything is cut off."""
        dense, narrow = room.height() < _DENSE_BELOW, room.width() < _NARROW_BELOW
        edge = 12 if dense else 24
        self._frame.setContentsMargins(24, edge, 24, edge)
        self._row.setSpacing(16 if narrow else 24)
        self._shopper.setContentsMargins(edge, edge - 4, edge, edge - 4)
        self._shopper.setSpacing(2 if dense else 4)
        self.amount.set_size(32 if dense else 40)
        self.side.set_room(dense=dense, narrow=narrow)
        self.stage.set_dense(dense=dense)
        self.paid_pane.set_dense(dense=dense)

    def _render(self, state: PaymentState) -> None:
        # The code first: it leaves the screen the instant the state changes.
        announced, self._announced = self._announced, state.phase
        if state.matrix is not self.qr_card.matrix:
            self.qr_card.set_matrix(state.matrix)
        self._middle.show_page(self.qr_card if state.matrix else self.stage)
        if announced is not state.phase:
            self._announce(payment_words.phase_word(state.phase))
        if state.phase is PaymentPhase.PAID:
            self._render_paid(state)
            return
        self._pages.show_page(self._sale)
        amount = money_text(state.snapshot.order.money, self._facts)
        self.amount.setText(amount)
        self.qr_card.setAccessibleDescription(amount)
        self.help.setText(payment_words.help_line(state))
        self._render_stage(state)
        self.side.show_state(state)
        # Not while a code is before the shopper: that one is given up first.
        freely = self._facts.can_cancel and state.problem is None
        self.override.show_order(None if freely or self.is_waiting else state.snapshot)
        self._tick()

    def _render_stage(self, state: PaymentState) -> None:
        word = payment_words.stage_title(state)
        icon, tone = payment_words.phase_mark(state.phase)
        advice = payment_words.phase_advice(state)
        values, small = payment_words.facts_of(state)
        turning = state.phase in (PaymentPhase.CREATING, PaymentPhase.DRAWING)
        self.stage.say(icon, tone, (word, advice, values, small), turning=turning)

    def _announce(self, words: str) -> None:
        """Let a screen reader say what changed, wherever its focus is."""
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def _render_paid(self, state: PaymentState) -> None:
        order, attempt = state.snapshot.order, state.attempt
        parts = [self.tr("Order {tail}").format(tail=order_tail(order.order_id))]
        if attempt.paid_at is not None:
            parts.append(self.tr("paid at {time}").format(time=clock_text(attempt.paid_at, self._facts.day)))
        warning = alarm_text(attempt.alarm) if attempt.alarm is not None else None
        self._pages.show_page(self.paid_pane)
        key = f"{order.order_id}/{attempt.alarm}/{attempt.paid_at}"
        if self._shown_paid == key:
            return
        self._shown_paid = key
        amount = money_text(order.money, self._facts)
        word = payment_words.phase_word(state.phase)
        self.paid_pane.show_paid(word, amount, " · ".join(parts), warning, self._return_after_s)
        if self.isVisible():
            QApplication.beep()
            self.paid_pane.next_button.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on from a paid order and tries again what was not sent; nothing else happens by accident."""
        if not self.take_key(event):
            super().keyPressEvent(event)

    def take_key(self, event: QKeyEvent) -> bool:
        """Take a key that means something on this page; returns whether it was one."""
        state = self.state
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.isAutoRepeat() or state is None:
            return enter
        if event.key() == Qt.Key.Key_Escape:
            self.next_requested.emit()
            return True
        if enter and not self.side.is_held:
            self._take_enter(state)
        return enter

    def _take_enter(self, state: PaymentState) -> None:
        button = self.focusWidget()
        if isinstance(button, Button) and button.hasFocus() and self.side.isAncestorOf(button):
            button.click()  # Tab has led there
        elif state.phase is PaymentPhase.PAID:
            self.next_requested.emit()
        elif state.phase is PaymentPhase.NOT_SENT:
            self._presenter.new_code()
        elif state.phase is PaymentPhase.NOT_SHOWN:
            self._presenter.show_again()

    def showEvent(self, event: QShowEvent) -> None:
        """Take the keyboard, away from every button that could be pressed by accident."""
        super().showEvent(event)
        self._timer.start()
        state = self.state
        paid = state is not None and state.phase is PaymentPhase.PAID
        (self.paid_pane.next_button if paid else self).setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Count no seconds that nobody sees."""
        super().hideEvent(event)
        self._timer.stop()

    def _on_painted(self) -> None:
        if self.side.is_held:
            self.side.hold()  # a moment more: what came up in a flash is to be seen before it can be left
        self._presenter.painted()

    # Slots of a widget: Qt lets go of them with the widget, as it never would of a presenter's.

    def _on_order_changed(self, snapshot: OrderSnapshot) -> None:
        self._presenter.on_order_changed(snapshot)

    def _on_asked(self, answer: AskedAnswer) -> None:
        self._presenter.on_asked(answer)

    def _tick(self) -> None:
        state = self.state
        if state is None or state.phase is PaymentPhase.PAID:
            return
        self.side.show_ages(state, datetime.now(UTC))
