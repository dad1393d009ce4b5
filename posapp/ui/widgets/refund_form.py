"""The entry of a refund: what was paid and what is left, the amount, the second check, the reason, one button."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from posapp.domain.refund import MAX_REASON, TAIL_LENGTH
from posapp.ui import fonts, text
from posapp.ui.icons import Icon
from posapp.ui.presenters.refund import RefundPhase
from posapp.ui.tokens import GRID, TARGET, ToneName
from posapp.ui.tooltip import set_tooltip
from posapp.ui.widgets.amount_display import AmountDisplay
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.field import Field
from posapp.ui.widgets.keypad import Keypad
from posapp.ui.widgets.label import FAINT, SOFT, Label
from posapp.ui.widgets.notice import Notice

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from posapp.domain.amount_entry import AmountEntry
    from posapp.domain.till import TillFacts
    from posapp.ui.presenters.refund import RefundSheetState

    Revise = Callable[[AmountEntry], AmountEntry]

_PAD_WIDTH: Final = 264
_AMOUNT_HEIGHT: Final = 104
_LOW_AMOUNT_HEIGHT: Final = 72
_SEND_HEIGHT: Final = 56
_FIELDS_PLACE: Final = 2
"""Behind the amount and the button for all of it."""


class RefundForm(QWidget):
    """Shows and lets go of what was typed; knows no rules.

    Attributes:
        foot: What stays in sight below it when the rest scrolls: the button, and what keeps it from being pressed.

    Signals:
        typed(object): A key changes the amount: what it makes of an `AmountEntry`.
        all_pressed(), send_pressed(): The buttons.
        tail_typed(str), reason_typed(str): The fields.
    """

    typed = Signal(object)
    all_pressed = Signal()
    send_pressed = Signal()
    tail_typed = Signal(str)
    reason_typed = Signal(str)

    def __init__(self, facts: TillFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self._figures = QHBoxLayout()
        self._figures.setSpacing(3 * GRID)
        self._values = [self._figure(name) for name in (self.tr("Paid"), self.tr("Refunded"), self.tr("Left"))]
        self._figures.addStretch(1)
        self.display = _AmountField(self)
        self.display.setFixedHeight(_AMOUNT_HEIGHT)
        self.all = Button(icon=Icon.RETURN)
        self.all.setObjectName("refundAll")
        self.tail = Field(Icon.RECEIPT, self.tr("Last {count} of the id").format(count=TAIL_LENGTH))
        self.tail.edit.setObjectName("refundTail")
        self.tail.edit.setMaxLength(TAIL_LENGTH)
        set_tooltip(self.tail, self.tr("The last characters of the order's id, as the customer has it"))
        self._tail_hint = Label(
            self.tr(
                "The end of the order's id, from the customer's receipt or WeChat bill: so that it is not another "
                "customer's money."
            ),
            size=fonts.SMALL,
            rank=SOFT,
            wrap=True,
        )
        self.reason = Field(Icon.NOTE, self.tr("Reason (optional)"))
        self.reason.edit.setObjectName("refundReason")
        self.reason.edit.setMaxLength(MAX_REASON)
        self.notice = Notice()
        self.notice.hide()
        self.send = Button(kind=ButtonKind.PRIMARY)
        self.send.setObjectName("refundSend")
        self.send.set_size(fonts.LARGE, _SEND_HEIGHT)
        self.foot = QWidget()
        self._low = False
        self._fields = QWidget()
        self._left = QVBoxLayout()
        self._row = QHBoxLayout()
        self.keypad = Keypad()
        self.keypad.setFixedWidth(_PAD_WIDTH)
        self._lay_out()
        self._connect()

    def set_room(self, *, narrow: bool, low: bool) -> None:
        """Leave the keypad away where there is no room for it, and use a low room's width for the fields.

        A keyboard does all that the keypad does.
        """
        self.keypad.setVisible(not (narrow or low))
        self.notice.set_brief(brief=low)
        self._tail_hint.setVisible(not low)
        self.display.setFixedHeight(_LOW_AMOUNT_HEIGHT if low else _AMOUNT_HEIGHT)
        self.send.set_size(fonts.LARGE, TARGET if low else _SEND_HEIGHT)
        if low is not self._low:
            self._low = low
            (self._left if low else self._row).removeWidget(self._fields)
            if low:
                self._row.insertWidget(1, self._fields, 1)
            else:
                self._left.insertWidget(_FIELDS_PLACE, self._fields)

    def show_state(self, state: RefundSheetState) -> None:
        """Show what may be given back and what was typed."""
        entry, facts = state.entry, self._facts
        for label, money in zip(self._values, (state.attempt.money, state.taken, state.left), strict=True):
            label.setText(text.money_text(money, facts))
        amount = text.money_text(entry.money, facts)
        code, digits = text.money_parts(entry.money, facts)
        working = "  +  ".join(text.money_parts(entry.as_money(term), facts)[1] for term in (*entry.terms, entry.value))
        self.display.show_amount(
            code, digits, working=working if entry.terms else "", refusal=self._refusal(state), zero=entry.is_zero
        )
        busy = state.phase is not RefundPhase.ENTRY
        self.all.set_words(self.tr("All of it: {amount}").format(amount=text.money_text(state.left, facts)))
        self.all.setEnabled(not busy and state.left.minor > 0)
        self.all.setVisible(state.partial)
        self.keypad.setEnabled(not busy and state.partial)
        for field, words in ((self.tail, state.tail), (self.reason, state.reason)):
            field.setEnabled(not busy)
            if field.edit.text() != words:
                field.edit.setText(words)
        self._show_send(state, amount)
        self._show_problem(state)

    def _show_send(self, state: RefundSheetState, amount: str) -> None:
        if state.phase is RefundPhase.COMMITTING:
            self.send.set_words(self.tr("Refunding {amount}…").format(amount=amount))
        elif state.entry.is_zero:
            self.send.set_words(self.tr("Refund"))
        else:
            self.send.set_words(self.tr("Refund {amount}").format(amount=amount))
        self.send.setEnabled(state.may_send)

    def _show_problem(self, state: RefundSheetState) -> None:
        self.notice.setVisible(state.problem is not None)
        if state.problem is not None:
            title, advice = text.problem_text(state.problem, text.Situation.INPUT)
            self.notice.say(Icon.WARNING, ToneName.NOT_KNOWN, title, advice)

    def _refusal(self, state: RefundSheetState) -> str:
        if state.entry.problem is not None:
            return text.problem_text(state.entry.problem, text.Situation.INPUT)[0]
        if state.is_too_much:
            return self.tr("Only {amount} left").format(amount=text.money_text(state.left, self._facts))
        return ""

    def _figure(self, name: str) -> Label:
        value = Label(size=fonts.LARGE, weight=fonts.STRONG, tabular=True)
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(Label(name, size=fonts.SMALL, rank=FAINT))
        column.addWidget(value)
        self._figures.addLayout(column)
        return value

    def _lay_out(self) -> None:
        fields = QVBoxLayout(self._fields)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(12)
        for part in (self.tail, self._tail_hint, self.reason):
            fields.addWidget(part)
        fields.addStretch(1)
        self._left.setSpacing(12)
        for part in (self.display, self.all, self._fields):
            self._left.addWidget(part)
        self._left.addStretch(1)
        self._row.setSpacing(3 * GRID)
        self._row.addLayout(self._left, 1)
        self._row.addWidget(self.keypad)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(self._figures)
        column.addLayout(self._row, 1)
        foot = QVBoxLayout(self.foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(12)
        foot.addWidget(self.notice)
        foot.addWidget(self.send)

    def _connect(self) -> None:
        pad = self.keypad
        pad.digit_pressed.connect(self._on_digit)
        pad.double_zero_pressed.connect(lambda: self._type(lambda entry: entry.double_zero()))
        pad.plus_pressed.connect(lambda: self._type(lambda entry: entry.plus()))
        pad.back_pressed.connect(lambda: self._type(lambda entry: entry.backspace()))
        pad.clear_pressed.connect(lambda: self._type(lambda entry: entry.clear()))
        self.display.revised.connect(self.typed)
        self.all.clicked.connect(self.all_pressed)
        self.tail.edit.textChanged.connect(self.tail_typed)
        self.reason.edit.textChanged.connect(self.reason_typed)
        self.send.clicked.connect(self.send_pressed)
        for edit in (self.tail.edit, self.reason.edit):
            edit.returnPressed.connect(self.send_pressed)

    def _on_digit(self, digit: int) -> None:
        self._type(lambda entry: entry.digit(digit))

    def _type(self, revise: Revise) -> None:
        self.typed.emit(revise)


class _AmountField(AmountDisplay):
    """The amount, typed with the keyboard as on the charge page.

    Signals:
        revised(object): What a key makes of an `AmountEntry`.
    """

    revised = Signal(object)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys of an amount; everything else goes on to the sheet."""
        revise = self._meant(event)
        if revise is None:
            super().keyPressEvent(event)
        else:
            self.revised.emit(revise)

    def _meant(self, event: QKeyEvent) -> Revise | None:
        if event.matches(QKeySequence.StandardKey.Paste):
            pasted = QGuiApplication.clipboard().text()
            return lambda entry: entry.text(pasted)
        typed = event.text()
        if len(typed) == 1 and typed in "0123456789":
            return lambda entry: entry.digit(int(typed))
        return _KEYS.get(typed) or _EDITING.get(Qt.Key(event.key()))


_KEYS: Final[dict[str, Revise]] = {
    "+": lambda entry: entry.plus(),
    ".": lambda entry: entry.point(),
    ",": lambda entry: entry.point(),
}
_EDITING: Final[dict[Qt.Key, Revise]] = {
    Qt.Key.Key_Backspace: lambda entry: entry.backspace(),
    Qt.Key.Key_Delete: lambda entry: entry.clear(),
}
