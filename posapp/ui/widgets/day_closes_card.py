"""The Zs of a till: each opens its day, and can be copied, which is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from posapp.domain.day_text import report_from
from posapp.ui import fonts
from posapp.ui.day_words import amount, hash_words, z_name
from posapp.ui.icons import Icon
from posapp.ui.presenters.orders_clock import long_day, moment
from posapp.ui.tokens import GRID, ToneName
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.day_table import SectionCard
from posapp.ui.widgets.label import FAINT, SOFT, ElidedLabel, Label
from posapp.ui.widgets.notice import Notice

if TYPE_CHECKING:
    from posapp.domain.day_close import DayClose, Reprint
    from posapp.domain.till import TillFacts

AT_FIRST: Final = 5


class _Row(QWidget):
    """One Z: number and day, who closed it and when, and its two buttons."""

    def __init__(self, close: DayClose, facts: TillFacts) -> None:
        super().__init__()
        self.close_ = close
        name = Label(f"{z_name(close.number)}", weight=fonts.STRONG, tabular=True)
        day = Label(long_day(close.day), tabular=True)
        words = moment(close.closed_at, facts.day) + (f" · {close.closed_by}" if close.closed_by else "")
        self.show_button = Button(self.tr("Show"), ButtonKind.QUIET, icon=Icon.DAY)
        self.copy_button = Button(self.tr("Copy"), ButtonKind.QUIET, icon=Icon.COPY)
        for button, hint in ((self.show_button, self.tr("Show {z}")), (self.copy_button, self.tr("Copy {z}"))):
            button.setAccessibleName(hint.format(z=z_name(close.number)))
        lines = QVBoxLayout()
        lines.setSpacing(0)
        first = QHBoxLayout()
        first.setSpacing(GRID)
        first.addWidget(name)
        first.addWidget(day)
        first.addStretch(1)
        lines.addLayout(first)
        lines.addWidget(ElidedLabel(words, size=fonts.SMALL, rank=SOFT))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(4)
        row.addLayout(lines, 1)
        row.addWidget(self.show_button)
        row.addWidget(self.copy_button)


class DayClosesCard(SectionCard):
    """The newest Zs.

    Signals:
        day_wanted(date): A Z's day is to be shown.
        copy_wanted(int): The number of a Z that is to be copied.
    """

    day_wanted = Signal(object)
    copy_wanted = Signal(int)

    def __init__(self, facts: TillFacts, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Closed days"))
        self._facts = facts
        self._closes: tuple[DayClose, ...] = ()
        self._count = AT_FIRST
        self.rows: list[_Row] = []
        self.copy_notice = Notice()
        self.copy_notice.hide()
        self._text = ""
        self._empty = Label(self.tr("No day has been closed at this till yet."), rank=FAINT, wrap=True)
        self.more = Button(kind=ButtonKind.QUIET)
        self.more.clicked.connect(self._on_more)
        self.copy_notice.first_pressed.connect(self._on_clipboard)
        self.copy_notice.second_pressed.connect(self.copy_notice.hide)
        self.body.addWidget(self.copy_notice)
        self.body.addWidget(self._empty)
        self._column = QVBoxLayout()
        self._column.setSpacing(2)
        self.body.addLayout(self._column)
        self.body.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addStretch(1)
        self._fill()

    def show_closes(self, closes: tuple[DayClose, ...]) -> None:
        """Show these, newest first."""
        if closes != self._closes:
            self._closes = closes
            self._fill()

    def show_copy(self, copy: Reprint) -> None:
        """Show a Z that was copied: what it says is what was written, only the count of the copy is new."""
        report = report_from(copy.text)
        sums = " · ".join(amount(total.net_minor, total.currency, self._facts) for total in report.totals)
        title = self.tr("{z}, COPY {count}").format(z=z_name(copy.close.number), count=copy.copy)
        words = self.tr("{day}, net {sums}").format(day=long_day(copy.close.day), sums=sums or self.tr("nothing"))
        self._text = f"COPY {copy.copy}\n{copy.text}\n"
        self.copy_notice.say(Icon.RECEIPT, ToneName.ACCENT, title, words, hash_words(copy.close.hash))
        self.copy_notice.offer(self.tr("To the clipboard"), self.tr("Put away"))
        self.copy_notice.show()
        self.copy_notice.first.setFocus(Qt.FocusReason.OtherFocusReason)

    def clear(self) -> None:
        """Forget the copy: somebody else may stand here now."""
        self._text = ""
        self.copy_notice.hide()

    def _on_clipboard(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        self.copy_notice.first.set_words(self.tr("Copied"))

    def _on_more(self) -> None:
        self._count = len(self._closes)
        self._fill()

    def _fill(self) -> None:
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [_Row(close, self._facts) for close in self._closes[: self._count]]
        for row in self.rows:
            row.show_button.clicked.connect(lambda _=False, day=row.close_.day: self.day_wanted.emit(day))
            row.copy_button.clicked.connect(lambda _=False, number=row.close_.number: self.copy_wanted.emit(number))
            self._column.addWidget(row)
        self._empty.setVisible(not self._closes)
        left = len(self._closes) - len(self.rows)
        self.more.set_words(self.tr("Show %n more", "", left))
        self.more.setVisible(left > 0)
