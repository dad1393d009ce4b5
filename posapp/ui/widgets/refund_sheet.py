"""The sheet in which money is given back: over its page, never modal, put away with Esc."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from posapp.ui import fonts, text
from posapp.ui.icons import Icon
from posapp.ui.presenters.refund import RefundPhase, RefundPresenter, RefundSheetState
from posapp.ui.theme import tokens_of
from posapp.ui.tokens import GRID
from posapp.ui.tooltip import set_tooltip
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.card import Card
from posapp.ui.widgets.label import SOFT, Label
from posapp.ui.widgets.order_scroll import OrderScroll
from posapp.ui.widgets.pages import Pages
from posapp.ui.widgets.refund_form import RefundForm
from posapp.ui.widgets.refund_result import RefundResult

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from posapp.bridge.facade import TillFacade
    from posapp.domain.order import OrderSnapshot
    from posapp.ui.approvals import Approvals

_WIDE: Final = 720
_SLIM: Final = 480
_RESULT: Final = 560
_LOW: Final = 480
"""Lower than this the fields stand beside the amount and the keypad stays away."""
_MARGIN: Final = 2 * GRID
_SIDE: Final = 3 * GRID


class RefundSheet(QWidget):
    """A veil over the page with a card. Lives on the GUI thread; a refund goes on when the sheet is put away.

    Signals:
        closed(): It was put away.
    """

    closed = Signal()

    def __init__(self, facade: TillFacade, approvals: Approvals, parent: QWidget) -> None:
        """Make it for a page; it lies over what can be seen of it and goes away with it."""
        room = _room_of(parent)
        super().__init__(room)
        self.setObjectName("refundSheet")
        self.setAccessibleName(self.tr("Give money back"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._facts = facade.facts
        self._approvals = approvals
        self._page = parent
        self._room = room
        self._focused: QWidget | None = None
        self.presenter = RefundPresenter(facade, approvals, self._show)
        self.form = RefundForm(facade.facts)
        self.result = RefundResult(facade.facts)
        self._which = Label(rank=SOFT, wrap=True)
        self._close = Button(kind=ButtonKind.QUIET, icon=Icon.CROSS)
        self._close.set_words("", self.tr("Put the sheet away"))
        set_tooltip(self._close, self.tr("Put the sheet away (Esc)"))
        self._card = Card(self)
        self._body = QWidget()
        self._scroll = OrderScroll(self._body)
        self._lay_out()
        self._connect()
        facade.signals.order_changed.connect(self.presenter.take)
        parent.installEventFilter(self)
        room.installEventFilter(self)
        self.hide()

    @property
    def is_sending(self) -> bool:
        """Whether a refund's outcome is still to come; nobody is to be sent away meanwhile."""
        return self.presenter.state is not None and self.presenter.state.is_sending

    def open(self, snapshot: OrderSnapshot, merchant_order_id: str) -> None:
        """Begin a refund of a payment of this order."""
        self._focused = self.window().focusWidget()
        self.setGeometry(self._room.rect())
        self.presenter.open(snapshot, merchant_order_id)
        self._scroll.verticalScrollBar().setValue(0)
        self.raise_()
        self.show()
        place = self.form.display if self._facts.partial_refund else self.form.tail
        place.setFocus(Qt.FocusReason.OtherFocusReason)

    def put_away(self) -> None:
        """Put the sheet away; a refund that was written down goes on and stands in the order's details."""
        if self.presenter.state is None:
            return
        self.presenter.close()
        if self._page.isVisible() and self._focused is not None:
            # What had the keyboard may be gone with what it was about: an item of the inbox that was settled meanwhile.
            place = self._focused if isValid(self._focused) else self._page
            place.setFocus(Qt.FocusReason.OtherFocusReason)
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc puts it away, Enter presses the button; no other key reaches the page underneath."""
        if event.key() == Qt.Key.Key_Escape:
            self.put_away()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self._on_send()

    def focusNextPrevChild(self, next: bool) -> bool:
        """Keep the keyboard within the sheet."""
        start = self.window().focusWidget()
        first = start if self.isAncestorOf(start) else self
        place = _beside(first, forward=next)
        while place is not None and place is not first:
            takes_tab = bool(place.focusPolicy() & Qt.FocusPolicy.TabFocus) and place.focusProxy() is None
            if takes_tab and self.isAncestorOf(place) and place.isVisible() and place.isEnabled():
                place.setFocus(Qt.FocusReason.TabFocusReason if next else Qt.FocusReason.BacktabFocusReason)
                break
            place = _beside(place, forward=next)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the size of what can be seen of the page, and go away with it."""
        if event.type() is QEvent.Type.Resize and watched is self._room:
            self.setGeometry(self._room.rect())
        elif event.type() is QEvent.Type.Hide and watched is self._page:
            self.put_away()
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the keypad away where it does not fit, and scroll where nothing else helps."""
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the veil."""
        veil = QColor("#000000")
        veil.setAlphaF(0.55 if tokens_of(self).dark else 0.35)
        QPainter(self).fillRect(self.rect(), veil)

    def _show(self, state: RefundSheetState | None) -> None:
        if state is None:
            self.hide()
            return
        sent = state.phase is RefundPhase.SENT
        self._which.setText(self._payment_words(state))
        if sent:
            self.result.show_state(state)
        else:
            if state.phase is RefundPhase.COMMITTING:
                self.setFocus(Qt.FocusReason.OtherFocusReason)  # what was pressed lets go of it: Esc must still arrive
            self.form.show_state(state)
        if self.form.isHidden() is not sent:
            for part, shown in ((self.form, not sent), (self.result, sent)):
                part.setVisible(shown)
                part.foot.setVisible(shown)
            (self.result.done if sent else self.form.display).setFocus(Qt.FocusReason.OtherFocusReason)
        self._fit()

    def _payment_words(self, state: RefundSheetState) -> str:
        order, attempt = state.snapshot.order, state.attempt
        amount = text.money_text(attempt.money, self._facts)
        time = text.clock_text(order.created_at, self._facts.day)
        parts = [self.tr("{amount}, charged at {time}").format(amount=amount, time=time)]
        if len(state.snapshot.attempts) > 1:
            parts.append(self.tr("attempt {number}").format(number=attempt.number))
        if order.note:
            parts.append(text.gateway_words(order.note, 60))
        return " · ".join(parts)

    def _fit(self) -> None:
        room_w, room_h = self.width() - 2 * _MARGIN, self.height() - 2 * _MARGIN
        narrow, low = room_w < _WIDE, room_h < _LOW
        self.form.set_room(narrow=narrow, low=low)
        self._foot_column.setContentsMargins(_SIDE, GRID, _SIDE, 2 * GRID if low else _SIDE)
        sent = self.form.isHidden()
        width = min(room_w, _RESULT if sent else (_SLIM if narrow and not low else _WIDE))
        height = min(room_h, sum(_height_at(part, width) for part in (self._head, self._body, self._foot)) + 2)
        self._card.setGeometry((self.width() - width) // 2, max(_MARGIN, (self.height() - height) // 2), width, height)

    def _on_send(self) -> None:
        state = self.presenter.state
        if state is None:
            return
        if state.phase is RefundPhase.SENT:
            return
        amount = text.money_text(state.entry.money, self._facts)
        what = self.tr("Refund {amount}").format(amount=amount)
        person = self._approvals.crew.signed_in
        above = self.tr("{refund}, above the limit of {name}")
        self.presenter.send(what, above.format(refund=what, name=person.name) if person is not None else what)

    def _connect(self) -> None:
        self._close.clicked.connect(self.put_away)
        self.form.typed.connect(self.presenter.type)
        self.form.all_pressed.connect(self.presenter.take_all)
        self.form.tail_typed.connect(self.presenter.type_tail)
        self.form.reason_typed.connect(self.presenter.type_reason)
        self.form.send_pressed.connect(self._on_send)
        self.result.ask_pressed.connect(self.presenter.ask_now)
        self.result.again_pressed.connect(self.presenter.try_again)
        self.result.close_pressed.connect(self.put_away)

    def _lay_out(self) -> None:
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(_SIDE, 2 * GRID, 12, GRID)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label(self.tr("Give money back"), size=fonts.TITLE, weight=fonts.STRONG))
        words.addWidget(self._which)
        head.addLayout(words, 1)
        head.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        body = QVBoxLayout(self._body)
        body.setContentsMargins(_SIDE, GRID, _SIDE, GRID)
        body.addWidget(self.form)
        body.addWidget(self.result)
        self._foot = QWidget()
        self._foot_column = foot = QVBoxLayout(self._foot)
        foot.setContentsMargins(_SIDE, GRID, _SIDE, _SIDE)
        foot.addWidget(self.form.foot)
        foot.addWidget(self.result.foot)
        self.result.hide()
        self.result.foot.hide()
        column = QVBoxLayout(self._card)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self._head)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._foot)


def _beside(widget: QWidget, *, forward: bool) -> QWidget | None:
    return widget.nextInFocusChain() if forward else widget.previousInFocusChain()


def _height_at(part: QWidget, width: int) -> int:
    layout = part.layout()
    if layout is not None and layout.hasHeightForWidth():
        return layout.totalHeightForWidth(width)
    return part.sizeHint().height()


def _room_of(page: QWidget) -> QWidget:
    """Return what the sheet lies in: what can be seen of a page that scrolls, else the page itself."""
    above: QWidget | None = page
    while above is not None:
        if isinstance(above, Pages):
            return above.viewport()
        above = above.parentWidget()
    return page
