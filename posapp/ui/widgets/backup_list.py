"""A few backups to choose one from: when each was taken and what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from posapp.ui import fonts
from posapp.ui.start_words import backup_words
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import TARGET

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from posapp.domain.backups import Backup
    from posapp.domain.till import TillFacts

_ROW: Final = 52
_SIDE: Final = 14
_RING: Final = 20
_ROW_RADIUS: Final = 10.0


class BackupRow(QAbstractButton):
    """One backup; a radio button with two lines."""

    def __init__(self, backup: Backup, facts: TillFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = backup.name
        self._when, self._what = backup_words(backup, facts)
        self.setText(self._when)
        self.setAccessibleName(f"{self._when}, {self._what}")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Two lines."""
        return QSize(280, max(TARGET, _ROW))

    def paintEvent(self, e: QPaintEvent) -> None:
        """Draw ground, ring and words; the chosen one has a filled ring on the accent's ground."""
        look = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        over = self.underMouse() and self.isEnabled()
        ground = look.accent.soft if self.isChecked() else look.sunken if over else ""
        painter.setPen(QPen(color(look.focus), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(color(ground) if ground else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, _ROW_RADIUS, _ROW_RADIUS)
        ring = QRectF(_SIDE, (self.height() - _RING) / 2, _RING, _RING).adjusted(1, 1, -1, -1)
        edge = look.accent.solid if self.isChecked() and self.isEnabled() else look.line_strong
        painter.setPen(QPen(color(edge), 2))
        painter.setBrush(color(look.surface))
        painter.drawEllipse(ring)
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(edge))
            painter.drawEllipse(ring.adjusted(4, 4, -4, -4))
        left = _SIDE + _RING + 12
        room = QRectF(left, 5, self.width() - left - _SIDE, 22)
        ink = look.ink if self.isEnabled() else look.disabled
        _draw_line(painter, self._when, room, fonts.font(fonts.BODY, fonts.MEDIUM, tabular=True), ink)
        soft = look.ink_soft if self.isEnabled() else look.disabled
        _draw_line(painter, self._what, room.translated(0, 21), fonts.font(fonts.SMALL, tabular=True), soft)


def _draw_line(painter: QPainter, words: str, room: QRectF, face: fonts.QFont, ink: str) -> None:
    painter.setFont(face)
    painter.setPen(color(ink))
    shown = QFontMetrics(face).elidedText(words, Qt.TextElideMode.ElideRight, int(room.width()))
    painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)


class BackupList(QWidget):
    """The backups, newest first; exactly one is chosen.

    Signals:
        picked(str): Name of the backup that was chosen.
    """

    picked = Signal(str)

    def __init__(self, facts: TillFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self._backups: tuple[Backup, ...] = ()
        self._rows: list[BackupRow] = []
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._on_clicked)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self.setAccessibleName(self.tr("Backups"))

    def rows(self) -> tuple[BackupRow, ...]:
        """Return the rows, newest first."""
        return tuple(self._rows)

    def show_backups(self, backups: tuple[Backup, ...], chosen: str | None) -> None:
        """Show these, one of them chosen."""
        if backups != self._backups:
            self._backups = backups
            self._fill()
        for row in self._rows:
            row.setChecked(row.name == chosen)

    def focus_chosen(self) -> bool:
        """Put the keyboard on the chosen one; returns whether there is one."""
        for row in self._rows:
            if row.isChecked():
                row.setFocus()
                return True
        return False

    def _fill(self) -> None:
        for row in self._rows:
            self._group.removeButton(row)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [BackupRow(backup, self._facts, self) for backup in self._backups]
        for row in self._rows:
            self._group.addButton(row)
            self._column.addWidget(row)

    def _on_clicked(self, button: QAbstractButton) -> None:
        if isinstance(button, BackupRow):
            self.picked.emit(button.name)
