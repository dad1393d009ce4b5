"""The shift card: begin a shift, count it, see the difference, and the last ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from posapp.domain.errors import DomainError, Problem
from posapp.domain.money import Money
from posapp.domain.shift import MAX_NOTE
from posapp.ui.day_words import hour_text
from posapp.ui.icons import Icon
from posapp.ui.presenters.orders_clock import moment, short_day
from posapp.ui.text import Situation, local, money_text, problem_text
from posapp.ui.tokens import GRID, ToneName
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.day_table import DayTable, SectionCard
from posapp.ui.widgets.field import Field
from posapp.ui.widgets.label import SOFT, Label
from posapp.ui.widgets.notice import Notice

if TYPE_CHECKING:
    from posapp.domain.shift import Shift, ShiftBoard
    from posapp.domain.till import TillFacts

SHOWN: Final = 5


class ShiftCard(SectionCard):
    """What runs, what was counted, and what came of the last shifts.

    Signals:
        open_wanted(): A shift shall begin.
        close_wanted(object, str): The counted money (a tuple) and a note.
    """

    open_wanted = Signal()
    close_wanted = Signal(object, str)

    def __init__(self, facts: TillFacts, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Shift"))
        self._facts = facts
        self._words = Label(rank=SOFT, wrap=True)
        self.outcome = Notice()
        self.outcome.hide()
        self.outcome.first_pressed.connect(self.outcome.hide)
        self.open_button = Button(self.tr("Begin a shift"), icon=Icon.CLOCK)
        self.close_button = Button(self.tr("Count and close"), ButtonKind.PRIMARY, icon=Icon.TICK)
        self.count = Field(Icon.CHARGE, self.tr("Counted, {currency}").format(currency=facts.currency))
        self.note = Field(Icon.NOTE, self.tr("Note, may be empty"))
        self.note.edit.setMaxLength(MAX_NOTE)
        self.past = DayTable()
        self.open_button.clicked.connect(self.open_wanted)
        self.close_button.clicked.connect(self._on_close)
        self.count.edit.returnPressed.connect(self._on_close)
        self._entry = QWidget()
        row = QHBoxLayout(self._entry)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.count, 2)
        row.addWidget(self.note, 3)
        row.addWidget(self.close_button)
        for widget in (self._words, self._entry):
            self.body.addWidget(widget)
        self.body.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.outcome)
        self.body.addWidget(self.past)
        self.body.addStretch(1)

    def show_board(self, board: ShiftBoard) -> None:
        """Show the running shift and the last ones."""
        running = board.running
        self._entry.setVisible(running is not None)
        self.open_button.setVisible(running is None)
        self.open_button.setEnabled(True)
        self.close_button.setEnabled(True)
        self._words.setText(self._running_words(running, board.expected) if running else self._no_shift())
        self.past.setVisible(bool(board.past))
        heads = ("", self.tr("Expected"), self.tr("Counted"), self.tr("Difference"))
        self.past.show_rows(heads, [self._past_row(shift) for shift in board.past[:SHOWN]])

    def show_outcome(self, shift: Shift) -> None:
        """Say what a count brought."""
        self.count.edit.clear()
        self.note.edit.clear()
        off = [money for money in shift.difference if money.minor]
        title = self.tr("Shift {number} is closed").format(number=shift.number)
        if off:
            sums = ", ".join(self._signed(money) for money in off)
            body = self.tr("The count is off by {sums}.").format(sums=sums)
            self.outcome.say(Icon.WARNING, ToneName.NOT_KNOWN, title, body)
        else:
            self.outcome.say(Icon.TICK_CIRCLE, ToneName.PAID, title, self.tr("The count is exact."))
        self.outcome.offer(self.tr("OK"))
        self.outcome.show()

    def show_problem(self, problem: Problem) -> None:
        """Say why something could not be done."""
        reason, advice = problem_text(problem, Situation.INPUT)
        self.outcome.say(Icon.WARNING, ToneName.REFUSED, reason, advice)
        self.outcome.offer(self.tr("OK"))
        self.outcome.show()
        self.open_button.setEnabled(True)
        self.close_button.setEnabled(True)

    def words(self) -> str:
        """Return what is said about the running shift."""
        return self._words.text()

    def clear(self) -> None:
        """Forget what was said to somebody who is gone."""
        self.outcome.hide()

    def _on_close(self) -> None:
        text = self.count.edit.text().strip()
        try:
            counted = Money.parse(text, self._facts.currency)
        except DomainError as error:
            self.show_problem(Problem(error.code, str(error)))
            self.count.edit.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.outcome.hide()
        self.close_wanted.emit((counted,), self.note.edit.text().strip())

    def _no_shift(self) -> str:
        return self.tr("No shift is running. A shift compares what the till took with what somebody counts.")

    def _running_words(self, shift: Shift, expected: tuple[Money, ...] | None) -> str:
        at = moment(shift.opened_at, self._facts.day)
        if shift.opened_by:
            since = self.tr("Shift {number}, since {at}, begun by {name}.")
            words = since.format(number=shift.number, at=at, name=shift.opened_by)
        else:
            words = self.tr("Shift {number}, since {at}.").format(number=shift.number, at=at)
        if expected is None:
            return f"{words} {self.tr('Count first; what is expected is told afterwards.')}"
        told = self.tr("Expected: {sums}.").format(sums=self._sums(expected) or self._zero())
        return f"{words} {told}"

    def _past_row(self, shift: Shift) -> tuple[str, ...]:
        begun, ended = shift.opened_at, shift.closed_at or shift.opened_at
        day = short_day(local(begun, self._facts.day).date())
        span = f"{day}, {hour_text(begun, self._facts)}–{hour_text(ended, self._facts)}"
        who = f" · {shift.closed_by}" if shift.closed_by else ""
        return (
            f"{shift.number} · {span}{who}",
            self._sums(shift.expected or ()) or self._zero(),
            self._sums(shift.counted or ()) or self._zero(),
            ", ".join(self._signed(money) for money in shift.difference if money.minor) or self.tr("exact"),
        )

    def _sums(self, moneys: tuple[Money, ...]) -> str:
        return ", ".join(money_text(money, self._facts) for money in moneys)

    def _zero(self) -> str:
        return money_text(Money(0, self._facts.currency), self._facts)

    def _signed(self, money: Money) -> str:
        plus = "+" if money.minor > 0 else ""
        code, digits = money.currency, money.grouped(self._facts.decimals(money.currency))
        return f"{code} {plus}{digits}"
