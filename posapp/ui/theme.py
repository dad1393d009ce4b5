"""Puts a look on the program: palette, typeface, a few style rules; follows the system's light and dark."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QPalette

from posapp.ui import fonts
from posapp.ui.tokens import DARK, LIGHT, Tokens

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget

ThemeMode = Literal["system", "light", "dark"]

STYLE: Final = "Fusion"
STYLE_VARIABLE: Final = "QT_STYLE_OVERRIDE"
_NAME: Final = "posappTheme"
_MIDDLE: Final = 128
"""Of Qt's lightness, 0 to 255."""

_RULES: Final = """
QToolTip { background: %(raised)s; color: %(ink)s; border: 1px solid %(line_strong)s; padding: 6px 8px; }
QScrollArea, QAbstractScrollArea#plain { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 2px; }
QScrollBar::handle { background: %(line_strong)s; border-radius: 4px; }
QScrollBar::handle:vertical { min-height: 40px; }
QScrollBar::handle:horizontal { min-width: 40px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""


class Theme(QObject):
    """Keeps the program's look; one hangs on the application. Lives on the GUI thread."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.setObjectName(_NAME)
        self._app = app
        self._mode: ThemeMode = "system"
        fonts.load_fonts()
        if os.environ.get(STYLE_VARIABLE, "").casefold() != STYLE.casefold():
            app.setStyle(STYLE)
        app.setFont(fonts.font())
        app.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)

    @property
    def mode(self) -> ThemeMode:
        """What was asked for last."""
        return self._mode

    def set_mode(self, mode: ThemeMode) -> None:
        """Show the light or the dark look, or whichever the system has."""
        self._mode = mode
        hints = self._app.styleHints()
        if mode == "system":
            hints.unsetColorScheme()
        else:
            # The title bar that the system draws goes with it.
            hints.setColorScheme(Qt.ColorScheme.Dark if mode == "dark" else Qt.ColorScheme.Light)
        self._show(self._wanted())

    def _wanted(self) -> Tokens:
        if self._mode == "system":
            return DARK if self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark else LIGHT
        return DARK if self._mode == "dark" else LIGHT

    def _on_scheme_changed(self) -> None:
        self._show(self._wanted())

    def _show(self, look: Tokens) -> None:
        self._app.setPalette(palette(look))
        sheet = _RULES % {name: getattr(look, name) for name in ("raised", "ink", "line_strong")}
        if self._app.styleSheet() != sheet:
            self._app.setStyleSheet(sheet)


def choose_style() -> None:
    """Choose Qt's base style before there is an application: 6 ms less than changing it afterwards.

    Whatever the user has chosen in the environment gives way: every colour here is made for this one.
    """
    os.environ[STYLE_VARIABLE] = STYLE


def apply_theme(app: QApplication, mode: ThemeMode = "system") -> Theme:
    """Give the program its look, or change it; windows follow at once.

    Args:
        app: The one application.
        mode: `light`, `dark`, or `system` to follow the system whenever it changes.
    """
    theme = app.findChild(Theme, _NAME) or Theme(app)
    theme.set_mode(mode)
    return theme


def tokens_of(widget: QWidget) -> Tokens:
    """Return the look a widget is painted with; cheap enough for every paint event."""
    return DARK if widget.palette().color(QPalette.ColorRole.Window).lightness() < _MIDDLE else LIGHT


@cache
def color(name: str) -> QColor:
    """Return a token's colour. Not to be changed: it is shared."""
    return QColor(name)


def palette(look: Tokens) -> QPalette:
    """Build the palette of a look.

    Three roles carry text of ours: `WindowText` ink, `Mid` soft ink, `PlaceholderText` faint ink.
    """
    role = QPalette.ColorRole
    colors = {
        role.Window: look.canvas,
        role.WindowText: look.ink,
        role.Base: look.surface,
        role.AlternateBase: look.sunken,
        role.Text: look.ink,
        role.Button: look.sunken,
        role.ButtonText: look.ink,
        role.BrightText: look.accent.on_solid,
        role.Highlight: look.accent.solid,
        role.HighlightedText: look.accent.on_solid,
        role.Accent: look.accent.solid,
        role.Link: look.accent.ink,
        role.LinkVisited: look.accent.ink,
        role.PlaceholderText: look.ink_faint,
        role.Mid: look.ink_soft,
        role.Midlight: look.line,
        role.Light: look.raised,
        role.Dark: look.line_strong,
        role.Shadow: look.line_strong,
        role.ToolTipBase: look.raised,
        role.ToolTipText: look.ink,
    }
    result = QPalette()
    for which, name in colors.items():
        result.setColor(which, QColor(name))
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        result.setColor(QPalette.ColorGroup.Disabled, which, QColor(look.disabled))
    return result
