"""What the cashier reads and presses beside the code: state, ages, answers, and the few things that can be done."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from posapp.domain.status import OrderStatus
from posapp.ui import fonts, payment_words
from posapp.ui.icons import Icon
from posapp.ui.presenters.payment_state import FAILED, Doing, PaymentPhase, PaymentState
from posapp.ui.shortcuts import KEYS, Action
from posapp.ui.text import Situation, clock_text, elapsed_text, order_tail, problem_text, support_line
from posapp.ui.tokens import ToneName
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.label import SOFT, Label
from posapp.ui.widgets.notice import IconMark, Notice

if TYPE_CHECKING:
    from datetime import datetime

    from posapp.domain.till import TillFacts

WIDTH: Final = 312
NARROW: Final = 248
_GAP: Final = 8
_HOLD_S: Final = 0.6


class CashierSide(QWidget):
    """Shows a `PaymentState`; decides nothing.

    Signals:
        ask_pressed(), new_code_pressed(), show_again_pressed(), give_up_pressed(), next_pressed(): What was pressed.
    """

    ask_pressed = Signal()
    new_code_pressed = Signal()
    show_again_pressed = Signal()
    give_up_pressed = Signal()
    next_pressed = Signal()

    def __init__(self, facts: TillFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self._dense = False
        self._deaf_until = 0.0
        self.setFixedWidth(WIDTH)
        self._mark = IconMark(Icon.HOURGLASS, ToneName.WAITING, 28)
        self.state_word = Label(size=fonts.TITLE, weight=fonts.STRONG, wrap=True)
        self.state_word.setObjectName("stateWord")
        self._advice = Label(rank=SOFT, wrap=True)
        self._elapsed = Label(weight=fonts.MEDIUM, tabular=True, wrap=True)
        self.age = Label(rank=SOFT, wrap=True, tabular=True)
        self._order_line = Label(size=fonts.SMALL, rank=SOFT, tabular=True, wrap=True)
        self.notice = Notice(self)
        self.ask_button = self._button("askNowButton", Icon.REFRESH, KEYS[Action.ASK])
        self.show_again_button = self._button("showAgainButton", Icon.CODE)
        self.new_code_button = self._button("newCodeButton", Icon.NEW_CODE, KEYS[Action.NEW_CODE])
        self.give_up_button = self._button("giveUpButton", Icon.GIVE_UP, KEYS[Action.GIVE_UP], ButtonKind.DANGER)
        self.next_button = self._button("nextButton", Icon.NEXT, KEYS[Action.NEW_CHARGE])
        self.next_button.set_words(self.tr("Next customer"))
        self.next_button.set_size(fonts.LARGE, 64)
        self.ask_button.clicked.connect(self.ask_pressed.emit)
        self.new_code_button.clicked.connect(self.new_code_pressed.emit)
        self.show_again_button.clicked.connect(self.show_again_pressed.emit)
        self.give_up_button.clicked.connect(self.give_up_pressed.emit)
        self.next_button.clicked.connect(self._on_next)
        self._lay_out()

    @property
    def is_held(self) -> bool:
        """Whether the second half of a double press would still be taken for a wish of its own."""
        return monotonic() < self._deaf_until

    def hold(self) -> None:
        """Let nobody go on for a moment: *Next customer* has just come up where *Charge* was pressed."""
        self._deaf_until = monotonic() + _HOLD_S

    def _on_next(self) -> None:
        if not self.is_held:
            self.next_pressed.emit()

    def _button(self, name: str, icon: Icon, key: str = "", kind: ButtonKind = ButtonKind.SECONDARY) -> Button:
        button = Button("", kind, icon=icon, key=key, parent=self)
        button.setObjectName(name)
        # A mouse leaves the keyboard where it is: Enter shall never press what was only clicked.
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _lay_out(self) -> None:
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.state_word, 1)
        column.addLayout(head)
        column.addWidget(self._advice)
        for label in (self._elapsed, self.age, self._order_line):
            column.addWidget(label)
        column.addWidget(self.notice)
        column.addStretch(1)
        self._grid = QGridLayout()
        self._grid.setSpacing(_GAP)
        column.addLayout(self._grid)
        self._place_buttons()
        column.addWidget(self.next_button)

    def add_offer(self, offer: QWidget) -> None:
        """Put something above *Next customer* that is only offered now and then."""
        self._column.insertWidget(self._column.indexOf(self.next_button), offer)

    def set_room(self, *, dense: bool, narrow: bool) -> None:
        """Put two buttons in a row where the window is short, and be slimmer where it is narrow."""
        width = NARROW if narrow else WIDTH
        if (dense, width) != (self._dense, self.maximumWidth()):
            self._dense = dense
            self.setFixedWidth(width)
            self._place_buttons()
            self.next_button.set_size(fonts.LARGE, 52 if dense else 64)

    def _place_buttons(self) -> None:
        """Put the buttons that are offered into the grid, without gaps."""
        buttons = (self.ask_button, self.show_again_button, self.new_code_button, self.give_up_button)
        for button in buttons:
            self._grid.removeWidget(button)
        offered = [button for button in buttons if not button.isHidden()]
        row, column = 0, 0
        for place, button in enumerate(offered):
            beside = offered[place + 1] if place + 1 < len(offered) else None
            half = self._dense and self._fits_half(button)
            pairs = half and (column == 1 or (beside is not None and self._fits_half(beside)))
            self._grid.addWidget(button, row, column, 1, 1 if pairs else 2)
            row, column = (row, 1) if pairs and column == 0 else (row + 1, 0)

    def show_state(self, state: PaymentState) -> None:
        """Show everything but the ages."""
        word = payment_words.phase_word(state.phase)
        self._mark.set_mark(*payment_words.phase_mark(state.phase))
        self.state_word.setText(word)
        advice = payment_words.phase_advice(state) if state.matrix is not None else ""
        self._advice.setText(advice)
        order = state.snapshot.order
        words = self.tr("Order {tail}, charged at {time}")
        self._order_line.setText(
            words.format(tail=order_tail(order.order_id), time=clock_text(order.created_at, self._facts.day))
        )
        self._show_notice(state)
        self._show_buttons(state)

    def show_ages(self, state: PaymentState, now: datetime) -> None:
        """Show how long it takes already, and how old the gateway's last word is."""
        running = state.snapshot.status is OrderStatus.OPEN
        seconds = (now - state.attempt.created_at).total_seconds()
        self._elapsed.setText(self.tr("{time} since it was charged").format(time=elapsed_text(seconds)))
        self._elapsed.setVisible(running)
        self.age.setText(payment_words.age_line(state, now))
        self.age.setVisible(running and state.phase is not PaymentPhase.CREATING)

    def _show_notice(self, state: PaymentState) -> None:
        answer = payment_words.answer_line(state)
        warning = payment_words.link_warning(state) if state.matrix is not None else ""
        if state.problem is not None:
            situation = Situation.ASKING if state.after_asking else Situation.INPUT
            title, advice = problem_text(state.problem, situation)
            self.notice.say(Icon.WARNING, ToneName.NOT_KNOWN, title, advice, support_line(state.problem))
        elif answer:
            self.notice.say(Icon.INFO, ToneName.WAITING, answer)
        elif warning:
            self.notice.say(Icon.WARNING, ToneName.NOT_KNOWN, warning)
        said = bool(state.problem or answer or warning)
        self.notice.setVisible(said)
        self._advice.setVisible(bool(self._advice.text()) and not (said and self._dense))

    def _show_buttons(self, state: PaymentState) -> None:
        doing = state.doing
        self.ask_button.set_words(self.tr("Asking…") if doing is Doing.ASKING else self.tr("Ask now"))
        leaving = doing is Doing.GIVING_UP
        self.give_up_button.set_words(self.tr("Asking once more…") if leaving else self.tr("Give up"))
        again = self.tr("Try again") if state.phase in FAILED else self.tr("New code")
        self.new_code_button.set_words(again)
        self.new_code_button.set_icon(Icon.REFRESH if state.phase in FAILED else Icon.NEW_CODE)
        failed = state.phase is PaymentPhase.NOT_SHOWN
        self.show_again_button.set_words(self.tr("Show the code") if failed else self.tr("Show the code again"))
        self.show_again_button.set_key(self.tr("Enter", "the key") if failed else "")
        by_enter = state.phase is PaymentPhase.NOT_SENT
        self.new_code_button.set_key(self.tr("Enter", "the key") if by_enter else KEYS[Action.NEW_CODE])
        buttons = (
            (self.ask_button, state.may_ask, doing is Doing.ASKING),
            (self.new_code_button, state.may_new_code, doing is Doing.NEW_CODE),
            (self.show_again_button, state.may_show_again, False),
            (self.give_up_button, state.may_give_up, leaving),
        )
        for button, allowed, busy in buttons:
            if button.hasFocus() and not allowed:
                self.setFocus()  # or Qt would hand the keyboard to the next button
            button.setEnabled(allowed)
            button.setVisible(allowed or busy)
        self._place_buttons()

    def _fits_half(self, button: Button) -> bool:
        return button.minimumSizeHint().width() <= (self.maximumWidth() - _GAP) // 2
