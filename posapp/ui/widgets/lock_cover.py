"""The cover over a locked till: who is there, their PIN, and what rings. Nothing behind it can be read or pressed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from posapp.ui import fonts
from posapp.ui.icons import Icon
from posapp.ui.time_text import day_text
from posapp.ui.tokens import ToneName
from posapp.ui.widgets.banners import AlarmBanner
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.card import Card
from posapp.ui.widgets.label import SOFT, ElidedLabel, Label
from posapp.ui.widgets.notice import IconMark
from posapp.ui.widgets.pin_panel import PinPanel
from posapp.ui.widgets.veil import Veil

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from posapp.bridge.facade import TillFacade
    from posapp.domain.order import OrderSnapshot
    from posapp.domain.staff import Crew, Person

_WIDTH: Final = 680
_TALL: Final = 600
_SHORT_BELOW: Final = 560


class LockCover(Veil):
    """Lies over the window while nobody stands at the till, and while somebody else wants to sign in."""

    def __init__(self, facade: TillFacade, window: QWidget) -> None:
        super().__init__(window, opaque=True)
        self.setObjectName("lockCover")
        self._facts = facade.facts
        self._crew: Crew | None = None
        self._last: Person | None = None
        self.alarm = AlarmBanner(facade.facts, self)
        self.alarm.wanted_changed.connect(lambda: self.alarm.setVisible(self.alarm.is_wanted))
        self._mark = IconMark(Icon.LOCK, ToneName.ACCENT, 28)
        self.title = Label(size=fonts.TITLE, weight=fonts.STRONG)
        self._where = ElidedLabel(size=fonts.SMALL, rank=SOFT)
        self.cancel = Button(self.tr("Cancel"), ButtonKind.QUIET, icon=Icon.CROSS, key=self.tr("Esc", "the key"))
        self.cancel.clicked.connect(self._put_away)
        self.panel = PinPanel(facade.staff, facade.staff.sign_in, self)
        self.panel.accepted.connect(self.lift)
        self._lay_out()

    def _lay_out(self) -> None:
        card = Card(self)
        card.setMaximumSize(_WIDTH, _TALL)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.title)
        words.addWidget(self._where)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._mark)
        head.addLayout(words, 1)
        head.addWidget(self.cancel)
        self._inside = QVBoxLayout(card)
        self._inside.addLayout(head)
        self._inside.addWidget(self.panel, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(card, 24)
        row.addStretch(1)
        self._outside = QVBoxLayout(self)
        self._outside.addWidget(self.alarm)
        self._outside.addStretch(1)
        self._outside.addLayout(row, 24)
        self._outside.addStretch(1)

    def show_crew(self, crew: Crew, *, switching: bool) -> None:
        """Offer everybody who may sign in; the one who was here last is chosen already."""
        words = self.tr("{shop}, till {till}, {day}")
        today = day_text(self._facts.day.of(datetime.now(UTC)))
        self._where.setText(words.format(shop=self._facts.shop, till=self._facts.till, day=today))
        self.title.setText(self.tr("Who is at the till now?") if switching else self.tr("The till is locked"))
        self.setAccessibleName(self.title.text())
        self.cancel.setVisible(switching)
        same = self._crew is not None and self._crew.people == crew.people and not self.isHidden()
        if not same:
            others = tuple(one for one in crew.people if one != crew.signed_in)
            self.panel.show_people(others if switching else crew.people, None if switching else self._last)
        self._crew = crew
        self._last = crew.signed_in or self._last
        if self.isHidden():
            self.lay()
            self.setFocus()

    def note(self, crew: Crew) -> None:
        """Remember who stands at the till: that one is the likeliest to come back."""
        self._last = crew.signed_in or self._last

    def show_alarm(self, snapshot: OrderSnapshot | None, count: int) -> None:
        """Show what rings; it can be looked at once somebody has signed in."""
        self.alarm.show_alarm(snapshot, count)
        self.alarm.notice.offer()
        self.alarm.setVisible(self.alarm.is_wanted)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Type the PIN; Esc puts the cover away where somebody stands at the till."""
        if event.key() == Qt.Key.Key_Escape:
            self._put_away()
        else:
            self.panel.keyPressEvent(event)
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give up air before anything is cut off."""
        super().resizeEvent(event)
        short = event.size().height() < _SHORT_BELOW
        self.panel.set_short(short=short)
        edge = 12 if short else 24
        self._inside.setContentsMargins(edge, edge, edge, edge if not short else 4)
        self._inside.setSpacing(8 if short else 24)
        self._outside.setContentsMargins(edge, 4 if short else 8, edge, 4 if short else 8)
        self._outside.setSpacing(4 if short else 8)
        self.alarm.notice.set_brief(brief=short)

    def _put_away(self) -> None:
        if not self.cancel.isHidden():
            self.lift()
