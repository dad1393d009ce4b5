"""A further code though the one before can still be paid: offered quietly, with a reason and somebody's word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from posapp.domain.errors import Problem
from posapp.domain.staff import Right
from posapp.domain.status import AttemptState, OrderStatus
from posapp.ui.icons import Icon
from posapp.ui.text import Situation, money_text, order_tail, problem_text
from posapp.ui.tokens import GRID, ToneName
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.field import Field
from posapp.ui.widgets.notice import Notice, Reason

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from posapp.bridge.facade import TillFacade
    from posapp.domain.order import OrderSnapshot
    from posapp.ui.approvals import Approvals

MAX_REASON: Final = 120


def may_override(snapshot: OrderSnapshot) -> bool:
    """Tell whether only a manager's word can bring a further code: one that was seen can still be paid."""
    if snapshot.status in (OrderStatus.PAID, OrderStatus.OVERPAID):
        return False
    if snapshot.attempts[-1].state in (AttemptState.CREATING, AttemptState.CREATED):
        return False
    return any(attempt.may_still_be_paid for attempt in snapshot.attempts)


class OverrideOffer(QWidget):
    """Takes no room where it does not apply. Lives on the GUI thread.

    Signals:
        begun(str): Order id; the further code is on its way to the payment page.
    """

    begun = Signal(str)

    def __init__(self, facade: TillFacade, approvals: Approvals, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facade = facade
        self._approvals = approvals
        self._snapshot: OrderSnapshot | None = None
        self.open_button = Button(self.tr("New code anyway…"), ButtonKind.QUIET, icon=Icon.NEW_CODE)
        self.open_button.setObjectName("orderOverride")
        self.open_button.clicked.connect(self._open)
        self.warning = Notice(self)
        self.reason = Field(Icon.NOTE, self.tr("Why there has to be another code"))
        self.reason.edit.setMaxLength(MAX_REASON)
        self.reason.edit.textChanged.connect(self._enable)
        self.reason.edit.returnPressed.connect(self._go)
        self.said = Reason(Icon.WARNING)
        self.go_button = Button(self.tr("Make a further code"), ButtonKind.DANGER, icon=Icon.NEW_CODE)
        self.go_button.clicked.connect(self._go)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.open_button, self.warning, self.reason, self.said, self.go_button):
            column.addWidget(part)
        self._fold()
        self.hide()

    def show_order(self, snapshot: OrderSnapshot | None) -> None:
        """Offer it for this order where it applies; another order than before begins anew."""
        before = self._snapshot
        applies = snapshot is not None and may_override(snapshot)
        self._snapshot = snapshot if applies else None
        if before is None or self._snapshot is None or before.order.order_id != self._snapshot.order.order_id:
            self._fold()
        self.setVisible(applies)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep Enter in the reason from the page underneath, where it presses another button."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or not self.reason.edit.hasFocus():
            super().keyPressEvent(event)

    def _let_go(self) -> None:
        """Give the keyboard to what is around, or Qt would hand it to the next button."""
        around = self.parentWidget()
        if around is not None and any(part.hasFocus() for part in (self.open_button, self.reason.edit, self.go_button)):
            around.setFocus()

    def _bring_up(self) -> None:
        """Scroll to what has just unfolded where there is no room for all of it."""
        around: QWidget | None = self.parentWidget()
        while around is not None:
            if isinstance(around, QScrollArea):
                around.ensureWidgetVisible(self.go_button, 0, GRID)
            around = around.parentWidget()

    def _fold(self) -> None:
        self._let_go()
        self.open_button.show()
        for part in (self.warning, self.reason, self.go_button):
            part.hide()
        self.said.say("")
        self.reason.edit.clear()

    def _open(self) -> None:
        self.open_button.hide()
        self.warning.say(
            Icon.WARNING,
            ToneName.NOT_KNOWN,
            self.tr("The code before can still be paid"),
            self.tr("If both are paid, the customer has paid twice and the till rings. Both stay watched."),
        )
        for part in (self.warning, self.reason, self.go_button):
            part.show()
        self._enable()
        self.reason.setFocus()
        QTimer.singleShot(0, self, self._bring_up)

    def _enable(self) -> None:
        self.go_button.setEnabled(bool(self.reason.edit.text().strip()))

    def _go(self) -> None:
        snapshot, reason = self._snapshot, self.reason.edit.text().strip()
        if snapshot is None or not reason or not self.go_button.isEnabled():
            return
        order = snapshot.order
        words = self.tr("A further code for order {tail}, {amount}")
        what = words.format(tail=order_tail(order.order_id), amount=money_text(order.money, self._facade.facts))

        def go_on(approval: str | None) -> None:
            self._let_go()
            self.go_button.setEnabled(False)
            self._facade.staff.new_code_anyway(order.order_id, reason, approval, self._done, self._failed)

        self._approvals.ask(Right.OVERRIDE, what, go_on)

    def _done(self, snapshot: OrderSnapshot) -> None:
        self._fold()
        self.begun.emit(snapshot.order.order_id)

    def _failed(self, problem: Problem) -> None:
        self._enable()
        self.said.say(" ".join(part for part in problem_text(problem, Situation.INPUT) if part))
