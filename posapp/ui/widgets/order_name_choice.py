"""A button that narrows the order list to one name (a cashier, a till), and the popup that offers the names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from posapp.ui.text import gateway_words
from posapp.ui.theme import color, tokens_of
from posapp.ui.tokens import GRID, RADIUS, TARGET
from posapp.ui.widgets.button import Button, ButtonKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    from posapp.ui.icons import Icon

_WIDTH: Final = 232
_MOST_SHOWN: Final = 8
_LONGEST: Final = 16


class NamePopup(QFrame):
    """The names, one below the other. Not modal; a click elsewhere or Esc closes it.

    Signals:
        picked(object): A name, or None for all of them.
    """

    picked = Signal(object)

    def __init__(self, names: Sequence[tuple[str | None, str]], chosen: str | None, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        self.buttons: list[Button] = []
        for name, words in names:
            kind = ButtonKind.PRIMARY if name == chosen else ButtonKind.QUIET
            button = Button(words, kind)
            button.clicked.connect(lambda _checked=False, name=name: self._pick(name))
            self.buttons.append(button)
            rows.addWidget(button)
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for ground in (inside, scroll.viewport()):  # only now: a scroll area fills what it is given
            ground.setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID, GRID, GRID)
        column.addWidget(scroll)
        self._height = min(len(names), _MOST_SHOWN) * (TARGET + 4) + 2 * GRID

    def open_at(self, corner: QPoint) -> None:
        """Open below a point (global)."""
        self.resize(self.sizeHint())
        screen = self.screen().availableGeometry()
        x = max(screen.left(), min(corner.x(), screen.right() - self.width()))
        y = max(screen.top(), min(corner.y(), screen.bottom() - self.height()))
        self.move(x, y)
        self.show()
        self.buttons[0].setFocus(Qt.FocusReason.PopupFocusReason)

    def sizeHint(self) -> QSize:
        """A few names high; the others are scrolled to."""
        return QSize(_WIDTH, self._height)

    def paintEvent(self, arg__1: QPaintEvent) -> None:
        """Draw a raised card."""
        look = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color(look.line_strong), 1))
        painter.setBrush(color(look.raised))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)

    def _pick(self, name: str | None) -> None:
        self.picked.emit(name)
        self.close()


class OrderNameChoice(Button):
    """Says whose orders are shown; not there where there is nothing to choose.

    Signals:
        picked(object): A name, or None for all of them.
    """

    picked = Signal(object)

    def __init__(self, icon: Icon, everyone: str, nobody: str, spoken: str, parent: QWidget | None = None) -> None:
        """Make the button.

        Args:
            icon: Its picture.
            everyone: Its words while nothing is chosen.
            nobody: What stands for the empty name.
            spoken: What a screen reader says, with `{name}` in it.
            parent: Its parent.
        """
        super().__init__(kind=ButtonKind.SECONDARY, icon=icon, parent=parent)
        self._everyone, self._nobody, self._spoken = everyone, nobody, spoken
        self._names: tuple[str, ...] = ()
        self._chosen: str | None = None
        self._narrow = False
        self.clicked.connect(self.open_names)
        self._show()

    def set_names(self, names: tuple[str, ...]) -> None:
        """Offer these names."""
        self._names = names
        self._show()

    def show_name(self, name: str | None) -> None:
        """Show which is chosen; fires nothing."""
        self._chosen = name
        self._show()

    @property
    def has_name(self) -> bool:
        """Whether one is chosen."""
        return self._chosen is not None

    def set_narrow(self, *, narrow: bool) -> None:
        """Do with the picture alone while nothing is chosen."""
        self._narrow = narrow
        self._show()

    def open_names(self) -> NamePopup:
        """Open the names below the button."""
        names = [(None, self._everyone), *((name, self._written(name)) for name in self._names)]
        popup = NamePopup(names, self._chosen, self)
        popup.picked.connect(self.picked)
        popup.open_at(self.mapToGlobal(QPoint(0, self.height() + 4)))
        return popup

    def _show(self) -> None:
        words = self._everyone if self._chosen is None else self._written(self._chosen)
        shown = "" if self._narrow and self._chosen is None else words
        self.set_words(shown, self._spoken.format(name=words))
        self.setVisible(len(self._names) > 1 or self._chosen is not None)

    def _written(self, name: str) -> str:
        words = gateway_words(name) or self._nobody
        return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
