"""The bar on top: which shop and till, which business day, how the gateway is doing, whether this is training."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from posapp.domain.till import GatewayHealth, HealthState
from posapp.ui import fonts
from posapp.ui.health_text import health_look
from posapp.ui.icons import Icon, paint_icon
from posapp.ui.theme import color, tokens_of
from posapp.ui.time_text import day_text
from posapp.ui.tooltip import set_tooltip
from posapp.ui.widgets.label import SOFT, ElidedLabel, Label
from posapp.ui.widgets.notice import IconMark
from posapp.ui.widgets.person_chip import PersonChip

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent

    from posapp.domain.staff import Crew
    from posapp.domain.till import TillFacts

HEIGHT: Final = 64
_SECOND_MS: Final = 1000
_SLIM_BELOW: Final = 880
_EDGES: Final = 100
"""Pixels of the bar that are no words."""
_HEALTH_SHARE: Final = 3 / 5
_SLACK: Final = 60
_ANY_WIDTH: Final = 16_777_215
"""What Qt takes for no limit."""


class TrainingBadge(QWidget):
    """Says that no real money moves."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = self.tr("TRAINING")
        self.setAccessibleName(self.tr("Training mode: no real money moves"))
        set_tooltip(self, self.accessibleName())
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Icon and word."""
        return QSize(QFontMetrics(fonts.font(fonts.SMALL, fonts.STRONG)).horizontalAdvance(self._text) + 50, 32)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the badge."""
        tone = tokens_of(self).training
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(tone.solid))
        painter.drawRoundedRect(QRectF(self.rect()), self.height() / 2, self.height() / 2)
        paint_icon(painter, Icon.TRAINING, QRectF(12, 7, 18, 18), color(tone.on_solid), 2.0)
        painter.setPen(color(tone.on_solid))
        painter.setFont(fonts.font(fonts.SMALL, fonts.STRONG))
        painter.drawText(self.rect().adjusted(36, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._text)


class TopBar(QWidget):
    """One line of facts; its ages grow every second while it is seen."""

    def __init__(self, facts: TillFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self._health = GatewayHealth(HealthState.UNASKED)
        self.setFixedHeight(HEIGHT)
        self.shop = ElidedLabel(facts.shop, size=fonts.LARGE, weight=fonts.STRONG)
        self.till = ElidedLabel(size=fonts.SMALL, rank=SOFT)
        self._mark = IconMark(Icon.SIGNAL, health_look(self._health, facts.gateway_name, datetime.now(UTC)).tone, 20)
        self.health = Label(size=fonts.SMALL, weight=fonts.MEDIUM, wrap=True)
        self.health.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.person = PersonChip(self)
        self._timer = QTimer(self)
        self._timer.setInterval(_SECOND_MS)
        self._timer.timeout.connect(self.refresh)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addStretch(1)
        left.addWidget(self.shop)
        left.addWidget(self.till)
        left.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 0, 24, 0)
        row.setSpacing(8)
        row.addLayout(left, 2)
        if facts.training:
            row.addWidget(TrainingBadge(self))
            row.addSpacing(8)
        row.addWidget(self.health, 3)
        row.addWidget(self._mark)
        row.addSpacing(8)
        row.addWidget(self.person)
        self.refresh()

    def set_health(self, health: GatewayHealth) -> None:
        """Take news of the gateway."""
        self._health = health
        self.refresh()

    def set_crew(self, crew: Crew) -> None:
        """Show who stands at the till."""
        self.person.set_crew(crew)
        self._balance()

    def refresh(self) -> None:
        """Write the day and the ages of this moment."""
        now = datetime.now(UTC)
        words = self.tr("Till {till}, {day}")
        self.till.setText(words.format(till=self._facts.till, day=day_text(self._facts.day.of(now))))
        look = health_look(self._health, self._facts.gateway_name, now)
        if self.health.text() != look.word:
            self.health.setText(look.word)
            self._balance()
        self._mark.set_mark(look.icon, look.tone)
        self._mark.setAccessibleName(look.word)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the words anew."""
        super().resizeEvent(event)
        self.person.set_slim(slim=event.size().width() < _SLIM_BELOW)
        self._balance()

    def _balance(self) -> None:
        """Break words that need two lines in their middle: a single word on the second one looks lost."""
        needs = self.health.fontMetrics().horizontalAdvance(self.health.text())
        room = (self.width() - _EDGES - self.person.sizeHint().width()) * _HEALTH_SHARE
        halves = needs // 2 + _SLACK
        self.health.setMaximumWidth(halves if room < needs and halves < room else _ANY_WIDTH)

    def showEvent(self, event: QShowEvent) -> None:
        """Let the ages grow."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody sees the ages."""
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground and the line to the page."""
        look = tokens_of(self)
        painter = QPainter(self)
        painter.fillRect(self.rect(), color(look.surface))
        painter.fillRect(0, self.height() - 1, self.width(), 1, color(look.line))
