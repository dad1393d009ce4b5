"""Looks, typeface, icons and keys: complete, consistent, and switched without a restart."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontInfo,
    QFontMetrics,
    QFontMetricsF,
    QImage,
    QKeySequence,
    QPainter,
    QTextDocumentFragment,
)
from PySide6.QtWidgets import QApplication, QLabel

from posapp.ui import fonts
from posapp.ui.icons import Icon, icon_path, paint_icon
from posapp.ui.shortcuts import KEYS, Action, conflicts, key_table
from posapp.ui.theme import STYLE, STYLE_VARIABLE, apply_theme, choose_style, tokens_of
from posapp.ui.tokens import DARK, LIGHT
from posapp.ui.tooltip import set_tooltip
from posapp.ui.widgets.label import ElidedLabel, Label, ShrinkingLabel

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def app(qapp: object) -> QApplication:
    assert isinstance(qapp, QApplication)
    return qapp


def test_a_look_can_be_fixed_and_changed(app: QApplication, qtbot: QtBot) -> None:
    apply_theme(app)  # the program puts its look on before there is a widget; so does this test, whichever runs first
    label = QLabel("x")
    qtbot.addWidget(label)
    theme = apply_theme(app, "dark")
    assert tokens_of(label) is DARK
    assert apply_theme(app, "light") is theme
    assert tokens_of(label) is LIGHT
    assert theme.mode == "light"


def test_the_system_look_is_followed(app: QApplication, qtbot: QtBot) -> None:
    theme = apply_theme(app, "system")
    dark = app.styleHints().colorScheme() is Qt.ColorScheme.Dark
    label = QLabel("x")
    qtbot.addWidget(label)
    assert tokens_of(label) is (DARK if dark else LIGHT)
    assert theme.mode == "system"
    apply_theme(app, "light")


def test_the_bundled_typeface_is_there_in_three_weights(app: QApplication) -> None:
    apply_theme(app, "light")
    for weight in (fonts.REGULAR, fonts.MEDIUM, fonts.STRONG):
        info = QFontInfo(fonts.font(20, weight))
        assert info.family() == fonts.FAMILY
        assert info.weight() == QFont.Weight(weight).value


def test_tabular_digits_stand_in_columns(app: QApplication) -> None:
    apply_theme(app, "light")
    metrics = QFontMetricsF(fonts.font(64, fonts.STRONG, tabular=True))
    widths = [metrics.horizontalAdvance(digit) for digit in "0123456789"]
    assert max(widths) - min(widths) < 0.2


def test_the_typeface_is_small_and_quick() -> None:
    files = list((fonts.resources_dir() / "fonts").glob("*.otf"))
    assert len(files) == 3
    assert sum(path.stat().st_size for path in files) < 250_000
    assert (fonts.resources_dir() / "fonts" / "OFL.txt").is_file()
    started = time.process_time()
    assert fonts.load_fonts()
    assert time.process_time() - started < 0.2


@pytest.mark.parametrize("icon", list(Icon))
def test_every_icon_draws_within_its_grid(icon: Icon) -> None:
    box = icon_path(icon).boundingRect()
    assert QRectF(1.5, 1.5, 21, 21).contains(box), box
    image = QImage(48, 48, QImage.Format.Format_ARGB32)
    image.fill(QColor("#ffffff"))
    painter = QPainter(image)
    paint_icon(painter, icon, QRectF(0, 0, 48, 48), QColor("#ff0000"))
    painter.end()
    painted = sum(image.pixelColor(x, y) != QColor("#ffffff") for x in range(48) for y in range(48))
    assert painted > 40


def test_no_two_icons_are_the_same() -> None:
    assert len({icon.value for icon in Icon}) == len(list(Icon.__members__))


def test_every_action_has_a_key_and_no_two_the_same() -> None:
    assert set(KEYS) == set(Action)
    assert all(QKeySequence(key).count() == 1 for key in KEYS.values())
    assert conflicts(KEYS) == ()
    assert conflicts({**KEYS, Action.ORDERS: "F2"}) == ((Action.NEW_CHARGE, Action.ORDERS),)


@pytest.mark.usefixtures("qapp")
def test_the_help_lists_every_key() -> None:
    listed = {key.keys for key in key_table()}
    assert set(KEYS.values()) <= listed
    assert all(key.does for key in key_table())


def test_text_from_outside_is_never_markup(qtbot: QtBot) -> None:
    label = Label("<b>bold</b>")
    qtbot.addWidget(label)
    assert label.textFormat() is Qt.TextFormat.PlainText


def test_what_is_cut_off_is_in_the_tooltip(qtbot: QtBot) -> None:
    label = ElidedLabel("a very long name of a very small shop")
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.show()
    label.grab()
    assert "a very long name of a very small shop" in label.toolTip()
    label.resize(900, 20)
    label.grab()
    assert label.toolTip() == ""


@pytest.mark.parametrize("words", ["<img src='x'>", "a < b & c", "<qt>x</qt>"])
def test_a_tooltip_says_what_it_was_given_and_is_never_markup(qtbot: QtBot, words: str) -> None:
    label = ElidedLabel(words)
    qtbot.addWidget(label)
    label.resize(10, 20)
    label.grab()
    assert QTextDocumentFragment.fromHtml(label.toolTip()).toPlainText() == words
    set_tooltip(label, "")
    assert label.toolTip() == ""


def test_every_tooltip_is_set_in_the_one_place_that_escapes_it() -> None:
    ui = Path(fonts.__file__).parent
    setting = {path.name for path in ui.rglob("*.py") if ".setToolTip(" in path.read_text(encoding="utf-8")}
    assert setting == {"tooltip.py"}


def test_the_amount_shrinks_before_it_is_cut(qtbot: QtBot) -> None:
    label = ShrinkingLabel(size=40, least=18)
    label.setText("HKD 9,999,999.99")
    qtbot.addWidget(label)
    widest = QFontMetrics(fonts.font(40, tabular=True)).horizontalAdvance(label.text())
    assert label.minimumSizeHint().width() < widest // 2 + 8
    label.resize(widest // 2 + 8, 60)
    image = label.grab().toImage()
    ground = image.pixelColor(0, 0)
    edges = [image.pixelColor(x, y) for x in (0, image.width() - 1) for y in range(image.height())]
    assert set(map(QColor.name, edges)) == {ground.name()}
    inked = [y for y in range(image.height()) for x in range(image.width()) if image.pixelColor(x, y) != ground]
    assert inked


def test_the_base_style_can_be_chosen_before_qt_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STYLE_VARIABLE, "Windows")
    choose_style()
    assert os.environ[STYLE_VARIABLE] == STYLE == "Fusion"
