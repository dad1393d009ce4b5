"""The code on screen, read back by an independent decoder from what was really painted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import zxingcpp

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage, QRegion
from PySide6.QtWidgets import QWidget

from posapp.domain.order import CodeKind, PaymentCode
from posapp.ui.qr_code import QUIET_ZONE, qr_matrix
from posapp.ui.widgets.qr_card import INSET, LEAST_MODULE, QrCard
from tests.ui.fake_till import CODE_URL

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

ROOT = Path(__file__).resolve().parents[2]
LONG = CODE_URL + "&k=" + "Zm9vYmFy" * 28


def read(image: QImage) -> list[str]:
    """Read every code in a picture as a phone would: no inverted ones."""
    found = zxingcpp.read_barcodes(
        image.convertToFormat(QImage.Format.Format_RGB888),
        try_invert=False,
        formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]),
    )
    return [code.text for code in found]


def grab(widget: QWidget) -> QImage:
    return widget.grab().toImage()


@pytest.fixture
def card(qtbot: QtBot) -> QrCard:
    card = QrCard()
    qtbot.addWidget(card)
    card.resize(400, 400)
    card.show()
    return card


@pytest.mark.parametrize("side", [192, 250, 333, 400, 601])
def test_it_can_be_read_at_every_size(card: QrCard, side: int) -> None:
    card.resize(side, side)
    card.set_matrix(qr_matrix(CODE_URL))
    assert read(grab(card)) == [CODE_URL]


def test_modules_are_whole_pixels_in_pure_black_and_white(card: QrCard) -> None:
    card.resize(333, 333)
    matrix = qr_matrix(CODE_URL)
    card.set_matrix(matrix)
    pixels = card.module_pixels()
    assert pixels == (333 - 2 * INSET) // matrix.full_size
    image = grab(card)
    left = round((333 - matrix.size * pixels) / 2)
    for y, row in enumerate(matrix.rows):
        for x, black in enumerate(row):
            for corner in (0, pixels - 1):
                shown = image.pixelColor(left + x * pixels + corner, left + y * pixels + corner)
                assert shown == QColor("#000000" if black else "#ffffff")


def test_the_quiet_zone_is_white_and_wide_enough(card: QrCard) -> None:
    matrix = qr_matrix(CODE_URL)
    card.set_matrix(matrix)
    image = grab(card)
    pixels = card.module_pixels()
    left = round((400 - matrix.size * pixels) / 2)
    assert left >= QUIET_ZONE * pixels
    middle = 200
    assert all(image.pixelColor(x, middle) == QColor("#ffffff") for x in range(1, left))


@pytest.mark.parametrize("side", range(192, 480, 7))
def test_round_corners_cut_nothing_off_the_quiet_zone(card: QrCard, side: int) -> None:
    matrix = qr_matrix(CODE_URL)
    card.resize(side, side)
    card.set_matrix(matrix)
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor("#ff0000"))
    card.render(image, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    whole = matrix.full_size * card.module_pixels()
    first = round((side - matrix.size * card.module_pixels()) / 2) - QUIET_ZONE * card.module_pixels()
    last = first + whole - 1
    corners = [image.pixelColor(x, y).name() for x in (first, last) for y in (first, last)]
    assert corners == ["#ffffff"] * 4


def test_it_tells_once_that_it_was_painted(card: QrCard, qtbot: QtBot) -> None:
    with qtbot.waitSignal(card.painted, timeout=1000):
        card.set_matrix(qr_matrix(CODE_URL))
    with qtbot.assertNotEmitted(card.painted, wait=30):
        card.update()


def test_a_code_without_room_is_not_painted(card: QrCard, qtbot: QtBot) -> None:
    card.setMinimumSize(0, 0)
    card.resize(90, 90)
    with qtbot.waitSignal(card.too_small, timeout=1000):
        card.set_matrix(qr_matrix(LONG))
    assert card.module_pixels() < LEAST_MODULE
    image = grab(card)
    assert all(image.pixelColor(x, 45) == QColor("#ffffff") for x in range(5, 85))
    with qtbot.waitSignal(card.painted, timeout=1000):
        card.resize(500, 500)


def test_taking_it_away_leaves_white_at_once(card: QrCard) -> None:
    card.set_matrix(qr_matrix(CODE_URL))
    assert read(grab(card))
    card.set_matrix(None)
    assert read(grab(card)) == []
    assert card.module_pixels() == 0


@pytest.mark.parametrize("scale", ["1", "1.25", "1.5", "2"])
def test_the_whole_window_can_be_scanned_in_light_and_dark(scale: str, tmp_path: Path) -> None:
    """Device scale is fixed when a program starts, so each one is a program of its own."""
    environment = {**os.environ, "QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "tests.ui.gallery", str(tmp_path)]
    subprocess.run(
        [*command, "pay_waiting,training_pay,pay_long", "light,dark", "1920x1080"],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        timeout=50,
    )
    shots = sorted(tmp_path.glob("*.png"))
    assert len(shots) == 8
    for shot in shots:
        wanted = LONG if shot.name.startswith("pay_long") else CODE_URL
        assert read(QImage(str(shot))) == [wanted], shot.name


def test_a_link_is_drawn_as_it_came(card: QrCard) -> None:
    code = PaymentCode(CodeKind.LINK, "https://open.example.test/connect?x=%E6%94%AF%E4%BB%98#wechat_redirect")
    card.set_matrix(qr_matrix(code.content))
    assert read(grab(card)) == [code.content]
