"""The drawer beside the order list: the facts of one order, its attempts and timeline, and what may be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from posapp.domain.status import Standing
from posapp.ui import fonts, text
from posapp.ui.icons import Icon
from posapp.ui.order_words import asked_sentence
from posapp.ui.presenters.orders_drawer import DrawerPresenter, DrawerState
from posapp.ui.presenters.orders_facts import (
    ID_FITS,
    all_ids,
    attempt_facts,
    breakable,
    order_cautions,
    order_facts,
    refund_facts,
)
from posapp.ui.presenters.orders_timeline import timeline_rows
from posapp.ui.presenters.refund import refundable_payment
from posapp.ui.tokens import GRID, ToneName
from posapp.ui.tooltip import set_tooltip
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.card import Card
from posapp.ui.widgets.label import FAINT, SOFT, Label
from posapp.ui.widgets.notice import Notice
from posapp.ui.widgets.order_actions import OrderActions
from posapp.ui.widgets.order_facts import AttemptCard, FactGrid
from posapp.ui.widgets.order_scroll import OrderScroll
from posapp.ui.widgets.order_timeline import OrderTimeline, refill
from posapp.ui.widgets.override_offer import OverrideOffer
from posapp.ui.widgets.pill import Pill

if TYPE_CHECKING:
    from posapp.bridge.facade import TillFacade
    from posapp.domain.errors import Problem
    from posapp.domain.order import OrderSnapshot
    from posapp.ui.approvals import Approvals
    from posapp.ui.presenters.orders_facts import Caution
    from posapp.ui.widgets.refund_sheet import RefundSheet

WIDTH: Final = 400
_SIDE: Final = 3 * GRID


class OrderDrawer(Card):
    """Shows one order while it is open. Lives on the GUI thread.

    Signals:
        show_code_requested(str): The code of this order is to be put before the shopper.
        closed(): The person closed it.
    """

    show_code_requested = Signal(str)
    closed = Signal()

    def __init__(self, facade: TillFacade, approvals: Approvals, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("orderDrawer")
        self.setAccessibleName(self.tr("Order details"))
        self._facade = facade
        self._approvals = approvals
        self.refund_sheet: RefundSheet | None = None
        self._facts = facade.facts
        self._drawn: OrderSnapshot | None = None
        self.presenter = DrawerPresenter(facade, self._show, self.show_code_requested.emit)
        self._pill = Pill(text.standing_look(Standing.WAITING))
        self._close = Button(kind=ButtonKind.QUIET, icon=Icon.CROSS)
        self._close.set_words("", self.tr("Close the details"))
        self._close.setObjectName("orderDrawerClose")
        set_tooltip(self._close, self.tr("Close the details (Esc)"))
        self._close.clicked.connect(self.close_order)
        self.setFocusProxy(self._close)
        self._currency = Label(size=fonts.LARGE, rank=FAINT)
        self._digits = Label(size=fonts.TITLE, weight=fonts.STRONG, tabular=True)
        self._note = Label(rank=SOFT, wrap=True)
        self._answer = Notice()
        self.buttons = OrderActions()
        self.override = OverrideOffer(facade, approvals)
        self._body = QWidget()
        self._scroll = OrderScroll(self._body)
        self._cautions = _section()
        self._facts_room = _section()
        self._refunds = _section(12)
        self._attempts = _section(12)
        self.timeline = OrderTimeline()
        self._timeline_problem = Notice()
        self._lay_out()
        self._connect()
        facade.signals.order_changed.connect(self.presenter.take)
        self.hide()

    def open_order(self, snapshot: OrderSnapshot) -> None:
        """Show an order, from its top."""
        if self.presenter.order_id != snapshot.order.order_id:
            self._scroll.verticalScrollBar().setValue(0)
        self.presenter.open(snapshot)

    def close_order(self) -> None:
        """Close the drawer."""
        self.presenter.close()
        self.closed.emit()

    def open_refund(self) -> None:
        """Open the sheet in which money of this order is given back."""
        state = self.presenter.state
        payment = refundable_payment(state.snapshot) if state is not None and state.may_refund else None
        if state is None or payment is None or state.view_only:
            return
        if self.refund_sheet is None:
            from posapp.ui.widgets.refund_sheet import RefundSheet

            self.refund_sheet = RefundSheet(self._facade, self._approvals, self.parentWidget() or self)
        self.refund_sheet.open(state.snapshot, payment)

    @property
    def is_sending(self) -> bool:
        """Whether the outcome of a refund is still to come."""
        return self.refund_sheet is not None and self.refund_sheet.is_sending

    def set_view_only(self, problem: Problem | None) -> None:
        """Let nothing be asked or changed while there is a reason, which the buttons tell; None allows it again."""
        self.buttons.set_reason(text.problem_text(problem, text.Situation.VIEWING)[0] if problem is not None else "")
        self.presenter.set_view_only(view_only=problem is not None)

    def _show(self, state: DrawerState | None) -> None:
        if state is None:
            self._drawn = None
            self.hide()
            return
        if state.snapshot != self._drawn:
            self._draw_order(state.snapshot)
        self._draw_answer(state)
        self._draw_timeline(state)
        self.buttons.show_state(state)
        freely = self._facts.can_cancel and state.problem is None
        self.override.show_order(None if freely or state.view_only else state.snapshot)
        self.show()
        # All heights depend on widths, level by level: settle them now, or half-made lines flash up.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)

    def _draw_order(self, snapshot: OrderSnapshot) -> None:
        self._drawn = snapshot
        currency, digits = text.money_parts(snapshot.order.money, self._facts)
        self._pill.set_look(text.standing_look(snapshot.standing))
        self._currency.setText(currency)
        self._digits.setText(digits)
        self._note.setText(breakable(text.gateway_words(snapshot.order.note)))
        self._note.setVisible(bool(snapshot.order.note))
        refill(self._cautions, [_notice(caution) for caution in order_cautions(snapshot, self._facts)])
        refill(self._facts_room, [FactGrid(order_facts(snapshot, self._facts))])
        refill(self._refunds, [AttemptCard(refund) for refund in refund_facts(snapshot, self._facts)])
        refill(self._attempts, [AttemptCard(attempt) for attempt in attempt_facts(snapshot, self._facts)])

    def _draw_answer(self, state: DrawerState) -> None:
        self._answer.setVisible(state.answered or state.problem is not None)
        if state.problem is not None:
            title, advice = text.problem_text(state.problem, text.Situation.ASKING)
            support = breakable(text.gateway_words(text.support_line(state.problem)), ID_FITS)
            self._answer.say(Icon.NO_SIGNAL, ToneName.NOT_KNOWN, title, advice, support)
        elif state.answered:
            look = text.standing_look(state.snapshot.standing)
            self._answer.say(look.icon, look.tone, asked_sentence(state.snapshot, self._facts))

    def _draw_timeline(self, state: DrawerState) -> None:
        self._timeline_problem.setVisible(state.timeline_problem is not None)
        if state.timeline_problem is not None:
            title, _ = text.problem_text(state.timeline_problem)
            support = text.support_line(state.timeline_problem)
            self._timeline_problem.say(Icon.WARNING, ToneName.NOT_KNOWN, title, small=support)
            self._timeline_problem.offer(self.tr("Try again"))
        self.timeline.show_rows(timeline_rows(state.snapshot, state.timeline or (), self._facts))

    def _on_copy(self) -> None:
        state = self.presenter.state
        if state is not None:
            QGuiApplication.clipboard().setText(all_ids(state.snapshot))
            self.buttons.say_copied()

    def _on_show_code(self) -> None:
        if self.presenter.order_id is not None:
            self.show_code_requested.emit(self.presenter.order_id)

    def _connect(self) -> None:
        self.buttons.ask_pressed.connect(self.presenter.ask_now)
        self.buttons.give_up_pressed.connect(self.presenter.give_up)
        self.buttons.new_code_pressed.connect(self.presenter.new_code)
        self.buttons.show_code_pressed.connect(self._on_show_code)
        self.buttons.refund_pressed.connect(self.open_refund)
        self.buttons.copy_pressed.connect(self._on_copy)
        self.override.begun.connect(self.show_code_requested)
        self._timeline_problem.first_pressed.connect(self.presenter.read_again)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(_SIDE, 12, 12, 0)
        head.addWidget(self._pill)
        head.addStretch(1)
        head.addWidget(self._close)
        column = QVBoxLayout(self._body)
        column.setContentsMargins(_SIDE, 4, _SIDE, _SIDE)
        column.setSpacing(2 * GRID)
        column.addLayout(self._amount_row())
        for room in (
            *(self._answer, self._cautions, self.buttons, self.override),
            *(self._facts_room, self._refunds, self._attempts),
        ):
            if isinstance(room, QVBoxLayout):
                column.addLayout(room)
            else:
                column.addWidget(room)
        column.addWidget(Label(self.tr("What happened"), weight=fonts.STRONG))
        column.addWidget(self._timeline_problem)
        column.addWidget(self.timeline)
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(self._scroll, 1)

    def _amount_row(self) -> QVBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(GRID)
        line.addWidget(self._currency, 0, Qt.AlignmentFlag.AlignBottom)
        line.addWidget(self._digits, 0, Qt.AlignmentFlag.AlignBottom)
        line.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addLayout(line)
        column.addWidget(self._note)
        return column


def _notice(caution: Caution) -> Notice:
    notice = Notice()
    notice.say(caution.icon, caution.tone, caution.title, caution.advice, caution.small)
    return notice


def _section(spacing: int = GRID) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(spacing)
    return column
