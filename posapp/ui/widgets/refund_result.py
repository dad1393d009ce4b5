"""What became of a refund, for as long as the sheet stays open: its state in big, what is safe, the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from posapp.ui import fonts, text
from posapp.ui.icons import Icon
from posapp.ui.presenters.orders_facts import ID_FITS, breakable
from posapp.ui.presenters.refund_words import refund_advice, refund_look, refund_small
from posapp.ui.tokens import GRID, ToneName
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.label import FAINT, SOFT, Label
from posapp.ui.widgets.notice import IconMark, Notice
from posapp.ui.widgets.pill import Pill

if TYPE_CHECKING:
    from posapp.domain.till import TillFacts
    from posapp.ui.presenters.refund import RefundSheetState

_MARK: Final = 56


class RefundResult(QWidget):
    """Shows a refund's life.

    Attributes:
        foot: What stays in sight below it when the rest scrolls: the buttons.

    Signals:
        ask_pressed(), again_pressed(), close_pressed(): The buttons.
    """

    ask_pressed = Signal()
    again_pressed = Signal()
    close_pressed = Signal()

    def __init__(self, facts: TillFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self._mark = IconMark(Icon.HOURGLASS, ToneName.WAITING, _MARK)
        self._pill = Pill(text.Look("", ToneName.WAITING, Icon.HOURGLASS))
        self.title = Label(size=fonts.TITLE, weight=fonts.STRONG, wrap=True)
        self.advice = Label(rank=SOFT, wrap=True)
        self.small = Label(size=fonts.SMALL, rank=SOFT, wrap=True)
        self._ref = Label(size=fonts.SMALL, rank=FAINT, tabular=True, wrap=True)
        for label in (self.small, self._ref):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.notice = Notice()
        self.ask = Button(self.tr("Ask now"), ButtonKind.PRIMARY, icon=Icon.REFRESH)
        self.ask.setObjectName("refundAsk")
        self.again = Button(self.tr("Try again"), ButtonKind.PRIMARY, icon=Icon.RETURN)
        self.again.setObjectName("refundAgain")
        self.done = Button(self.tr("Done"), ButtonKind.SECONDARY)
        self.done.setObjectName("refundDone")
        self.foot = QWidget()
        self._lay_out()
        self.ask.clicked.connect(self.ask_pressed)
        self.again.clicked.connect(self.again_pressed)
        self.done.clicked.connect(self.close_pressed)

    def show_state(self, state: RefundSheetState) -> None:
        """Show where the refund stands and what may be done."""
        refund = state.refund
        if refund is None:
            return
        look = refund_look(refund)
        title, advice = refund_advice(refund, self._facts)
        self._mark.set_mark(look.icon, look.tone)
        self._pill.set_look(look)
        self.title.setText(title)
        self.advice.setText(advice)
        small = breakable(refund_small(refund))
        self.small.setText(small)
        self.small.setVisible(bool(small))
        self._ref.setText(breakable(self.tr("Refund id {id}").format(id=refund.merchant_refund_id), ID_FITS))
        self.notice.setVisible(state.problem is not None)
        if state.problem is not None:
            problem = text.problem_text(state.problem, text.Situation.INPUT)[0]
            words = self.tr("Nothing has changed: it is still asked about.")
            self.notice.say(Icon.NO_SIGNAL, ToneName.NOT_KNOWN, problem, words)
        self.ask.setVisible(state.may_ask)
        self.ask.setEnabled(not state.asking)
        self.ask.set_words(self.tr("Asking…") if state.asking else self.tr("Ask now"))
        self.again.setVisible(state.may_try_again)
        self.setAccessibleName(title)
        self.setAccessibleDescription(advice)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2 * GRID)
        head.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(GRID)
        line = QHBoxLayout()
        line.addWidget(self._pill)
        line.addStretch(1)
        words.addLayout(line)
        for label in (self.title, self.advice, self.small, self._ref):
            words.addWidget(label)
        head.addLayout(words, 1)
        buttons = QHBoxLayout(self.foot)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(GRID)
        buttons.addStretch(1)
        for button in (self.done, self.again, self.ask):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * GRID)
        column.addLayout(head)
        column.addWidget(self.notice)
        column.addStretch(1)
