"""Banners under the bar: money that arrived when nobody looked, and failures that nobody waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from posapp.domain.status import AlarmKind
from posapp.ui.icons import Icon
from posapp.ui.text import Situation, alarm_text, money_text, order_tail, problem_text, support_line
from posapp.ui.tokens import ToneName
from posapp.ui.widgets.notice import Notice

if TYPE_CHECKING:
    from posapp.domain.errors import Problem
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.till import TillFacts


class _Banner(QWidget):
    """A notice with the page's margins; takes no room while it says nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice = Notice(self, compact=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 0)
        column.addWidget(self.notice)
        self.hide()


class AlarmBanner(_Banner):
    """Stays until someone has opened the order.

    Signals:
        opened(str): Order id.
    """

    opened = Signal(str)

    def __init__(self, facts: TillFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("alarmBanner")
        self._facts = facts
        self._order_id = ""
        self.notice.first_pressed.connect(lambda: self.opened.emit(self._order_id))

    def show_alarm(self, snapshot: OrderSnapshot | None, count: int) -> None:
        """Show an alarm and how many more there are, or nothing."""
        if snapshot is None:
            self.hide()
            return
        order = snapshot.order
        self._order_id = order.order_id
        alarm = next((one.alarm for one in snapshot.attempts if one.alarm is not None), AlarmKind.PAID_LATE)
        title, advice = alarm_text(alarm)
        amount = self.tr("{amount}, order {tail}").format(
            amount=money_text(order.money, self._facts), tail=order_tail(order.order_id)
        )
        more = self.tr("%n more", "", count - 1) if count > 1 else ""
        self.notice.say(Icon.BELL, ToneName.REFUSED, f"{title}: {amount}", advice, more)
        self.notice.offer(self.tr("Look at it"))
        self.show()


class ProblemBanner(_Banner):
    """Says what failed in the background; stays until it is put away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problemBanner")
        self.notice.second_pressed.connect(self.hide)

    def show_problem(self, problem: Problem) -> None:
        """Show a problem in place of the one before."""
        title, advice = problem_text(problem, Situation.BACKGROUND)
        self.notice.say(Icon.WARNING, ToneName.NOT_KNOWN, title, advice, support_line(problem))
        self.notice.offer("", self.tr("Understood"))
        self.show()
