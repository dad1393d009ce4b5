"""What may be done with the order in the drawer: buttons that come and go with what the rules allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from posapp.ui.icons import Icon
from posapp.ui.presenters.payment_state import Doing
from posapp.ui.shortcuts import KEYS, Action
from posapp.ui.tooltip import set_tooltip
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.order_flow import FlowRow

if TYPE_CHECKING:
    from posapp.ui.presenters.orders_drawer import DrawerState

_COPIED_MS: Final = 2000


class OrderActions(FlowRow):
    """The buttons; what does not apply to the order is not there, what waits for an answer cannot be pressed.

    Signals:
        ask_pressed(), show_code_pressed(), new_code_pressed(), give_up_pressed(), refund_pressed(), copy_pressed()
    """

    ask_pressed = Signal()
    show_code_pressed = Signal()
    new_code_pressed = Signal()
    give_up_pressed = Signal()
    refund_pressed = Signal()
    copy_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reason = ""
        self.ask = Button(self.tr("Ask now"), ButtonKind.PRIMARY, icon=Icon.REFRESH, key=KEYS[Action.ASK])
        self.ask_again = Button(self.tr("Ask now"), icon=Icon.REFRESH, key=KEYS[Action.ASK])
        self.show_code = Button(self.tr("Show code"), icon=Icon.CODE)
        self.new_code = Button(self.tr("New code"), icon=Icon.NEW_CODE, key=KEYS[Action.NEW_CODE])
        self.give_up = Button(self.tr("Give up"), ButtonKind.DANGER, icon=Icon.GIVE_UP, key=KEYS[Action.GIVE_UP])
        self.refund = Button(self.tr("Refund…"), icon=Icon.RETURN)
        self.copy = Button(self.tr("Copy ids"), ButtonKind.QUIET, icon=Icon.COPY)
        names = (
            "orderAsk",
            "orderAskAgain",
            "orderShowCode",
            "orderNewCode",
            "orderGiveUp",
            "orderRefund",
            "orderCopy",
        )
        for name, button in zip(names, self._buttons(), strict=True):
            button.setObjectName(name)
            self.add(button)
        self.ask.clicked.connect(self.ask_pressed)
        self.ask_again.clicked.connect(self.ask_pressed)
        self.show_code.clicked.connect(self.show_code_pressed)
        self.new_code.clicked.connect(self.new_code_pressed)
        self.give_up.clicked.connect(self.give_up_pressed)
        self.refund.clicked.connect(self.refund_pressed)
        self.copy.clicked.connect(self.copy_pressed)
        self._copied = QTimer(self)
        self._copied.setSingleShot(True)
        self._copied.setInterval(_COPIED_MS)
        self._copied.timeout.connect(self._on_copied_over)

    def set_reason(self, reason: str) -> None:
        """Say on every button that asks or changes something why it cannot be pressed; empty where it can."""
        if reason == self._reason:
            return
        self._reason = reason
        for button in self._buttons()[:-1]:
            button.setAccessibleDescription(reason)
            set_tooltip(button, "")
            button.set_words(button.text())
        self._tell_reason()

    def _tell_reason(self) -> None:
        if self._reason:
            for button in self._buttons()[:-1]:
                set_tooltip(button, self._reason)

    def show_state(self, state: DrawerState) -> None:
        """Offer what the order allows now."""
        busy = state.doing is not Doing.NOTHING
        asking = state.doing is Doing.ASKING
        for button, offered in (
            (self.ask, (state.may_ask or asking) and state.is_unsettled),
            (self.ask_again, (state.may_ask or asking) and not state.is_unsettled),
            (self.show_code, state.may_show_code),
            (self.new_code, state.may_new_code or state.doing is Doing.NEW_CODE),
            (self.give_up, state.may_give_up or state.doing is Doing.GIVING_UP),
            (self.refund, state.may_refund),
        ):
            shown = not button.isHidden()
            if shown != offered:
                button.setVisible(offered)
            button.setEnabled(not busy and not state.view_only)
        words = self.tr("Asking…") if asking else self.tr("Ask now")
        self.ask.set_words(words)
        self.ask_again.set_words(words)
        self._tell_reason()
        self.arrange()

    def say_copied(self) -> None:
        """Say on the button that the ids are in the clipboard."""
        self.copy.set_icon(Icon.TICK)
        self.copy.set_words(self.tr("Copied"))
        self._copied.start()
        self.arrange()

    def _on_copied_over(self) -> None:
        self.copy.set_icon(Icon.COPY)
        self.copy.set_words(self.tr("Copy ids"))
        self.arrange()

    def _buttons(self) -> tuple[Button, ...]:
        return self.ask, self.ask_again, self.show_code, self.new_code, self.give_up, self.refund, self.copy
