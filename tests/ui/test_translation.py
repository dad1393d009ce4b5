"""A made-up language, 40 % longer and in brackets, shows what was not translated and what does not fit."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtGui import QTextDocumentFragment
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QPushButton, QWidget

from posapp.domain.status import Standing
from posapp.domain.till import HealthState
from posapp.ui.text import standing_look
from tests.ui import gallery
from tests.ui.fake_till import FakeTill, facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from posapp.ui.main_window import MainWindow

ROOT = Path(__file__).resolve().parents[2]
TEXTS_AT_LEAST = 200

# What comes from outside or is no word: amounts, codes, clock times, ids, keys, marks, the shop's and the till's names.
DATA = re.compile(
    r"(HKD )?[\d,.:+ ]*|\d\d:\d\d:\d\d · \w+( · .*)?|F\d+|Ctrl\+.*|Harbour Tea|CBTIS|[A-Z]|0 … 9|\. ,|\+|⌫|Enter|Esc|"
    r"…\w+|Table 4|Oat milk.*|HKD|wechatpay is.*|\w{3} \d+ \w{3} \d{4}|T1|T1-\w+|"
    r"Chris Lam|Mei Ling Chan|Olivia Wong|Ada Ho|Refund HKD 20.00 of HKD 128.50|–|"
    r"Ada|Bo|Ming 明|Z \d{4}|[0-9a-f]{8}( [0-9a-f]{8}){7}|HKD -[\d.]+|"
    r"CSV|JSON|PDF|XLSX|/home/mei/.*|settlement\.csv|"
    r"Tea was cold|rid-\d+|R\d{10}|balance too low|insufficient balance of merchant account"
)


class Pseudo(QTranslator):
    """Translates everything, into itself."""

    def isEmpty(self) -> bool:
        return False

    def translate(
        self,
        context: bytes | bytearray | memoryview | str,
        sourceText: bytes | bytearray | memoryview | str,
        /,
        disambiguation: bytes | bytearray | memoryview | str | None = None,
        n: int = -1,
    ) -> str:
        source = sourceText if isinstance(sourceText, str) else bytes(sourceText).decode()
        if source.startswith("ddd"):
            return source
        return f"⟦{source}{' ~~~~' * (len(source) * 2 // 25)}{'~' * (len(source) * 2 // 5 % 5)}⟧"


@pytest.fixture
def pseudo(qapp: object) -> Iterator[None]:
    assert isinstance(qapp, QApplication)
    translator = Pseudo()
    assert QCoreApplication.installTranslator(translator)
    yield
    QCoreApplication.removeTranslator(translator)


def visible_texts(window: QWidget) -> dict[str, str]:
    """Every text that can be seen or is read out, with where it stands."""
    found: dict[str, str] = {}
    for widget in window.findChildren(QWidget):
        if not widget.isVisible():
            continue
        tooltip = QTextDocumentFragment.fromHtml(widget.toolTip()).toPlainText()
        texts = [widget.accessibleName(), tooltip]
        if isinstance(widget, QLabel | QAbstractButton):
            texts.append(widget.text())
        if isinstance(widget, QLineEdit):
            texts.append(widget.placeholderText())
        found.update({text: f"{type(widget).__name__} {widget.objectName()}" for text in texts if text})
    return found


def untranslated(window: QWidget) -> dict[str, str]:
    return {
        text: where
        for text, where in visible_texts(window).items()
        if "⟦" not in text
        and not DATA.fullmatch(text)
        and not all(DATA.fullmatch(part) for part in re.split(r", | \(|\)|\n", text))
    }


SCENES = [scene for scene in gallery.SCENES if scene.__name__ not in {"long_names"}]


@pytest.mark.usefixtures("pseudo")
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
@pytest.mark.parametrize("size", [(1024, 768), (960, 540)], ids=["1024x768", "960x540"])
def test_every_screen_is_translated_and_fits(
    open_window: Callable[..., MainWindow], scene: Callable[[gallery.Scene], None], size: tuple[int, int]
) -> None:
    till = FakeTill(facts(training=scene.__name__.startswith("training")))
    window = open_window(till, size=size)
    stage = gallery.Scene(till, window)
    scene(stage)
    stage.settle(40)
    assert untranslated(window) == {}
    assert window.size().toTuple() == size
    narrow = [
        f"{button.text()}: {button.width()} < {button.minimumSizeHint().width()}"
        for button in window.findChildren(QPushButton)
        if button.isVisible() and button.width() < button.minimumSizeHint().width()
    ]
    assert narrow == []
    assert window.pages.horizontalScrollBar().maximum() == 0


@pytest.mark.usefixtures("pseudo")
def test_words_from_tables_are_translated_when_they_are_used() -> None:
    assert all(standing_look(standing).word.startswith("⟦") for standing in Standing)


@pytest.mark.usefixtures("pseudo")
def test_health_is_translated(open_window: Callable[..., MainWindow]) -> None:
    till = FakeTill()
    window = open_window(till)
    for state in HealthState:
        till.health(state)
        assert window.top_bar.health.text().startswith("⟦")


def test_every_text_can_be_extracted(tmp_path: Path) -> None:
    """What lupdate does not find is never translated, however it is marked."""
    target = tmp_path / "all.ts"
    tool = Path(sys.executable).with_name("pyside6-lupdate")
    sources = [str(path) for path in (ROOT / "posapp" / "ui").rglob("*.py")]
    subprocess.run([tool, *sources, "-ts", target], check=True, capture_output=True, timeout=60)
    found = {
        (context.findtext("name"), message.findtext("source"))
        for context in ET.parse(target).getroot().iter("context")  # noqa: S314 - written by Qt's own tool just now
        for message in context.iter("message")
    }
    assert len(found) > TEXTS_AT_LEAST
    for needed in (
        ("text", "Not known yet"),
        ("text", "{gateway} answered {age}"),
        ("problem", "This PC's disk is full"),
        ("payment", "The gateway says: not paid yet."),
        ("orders", "Paid at {time}, {amount}."),
        ("shortcuts", "Keys and help"),
        ("ChargeView", "Charge {amount}"),
        ("PaidPane", "Back to the keypad in %n s"),
    ):
        assert needed in found
