"""U8: dark, large text, right to left: the code stays dark on white, and no state needs its colour to be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from posapp.domain.log_entry import LogLevel
from posapp.domain.money import Money
from posapp.domain.status import AttemptState, Standing
from posapp.domain.till import GatewayHealth, HealthState
from posapp.ui.health_text import health_look
from posapp.ui.log_words import level_look
from posapp.ui.main_window import MainWindow
from posapp.ui.payment_words import phase_mark, phase_word
from posapp.ui.presenters.payment_state import PaymentPhase
from posapp.ui.text import Look, attempt_look, standing_look
from posapp.ui.tokens import LIGHT, ToneName
from posapp.ui.widgets.pill import HEIGHT, paint_pill
from tests.e2e.eyes import Picture
from tests.ui.fake_till import CODE_URL, FakeTill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from posapp.ui.theme import ThemeMode
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.e2e.till_window import TillWindow

pytestmark = [pytest.mark.xdist_group("faults-look"), pytest.mark.qt_log_ignore("does not support propagateSizeHints")]

AMOUNT = Money(12850, "HKD")
NOW = datetime(2025, 11, 22, 6, 3, 22, tzinfo=UTC)
SIZES = ((1024, 768), (1280, 800), (1920, 1080))
PILL_WIDTH = 900
ARABIC = "ar_EG.UTF-8"
LARGE = {"QT_FONT_DPI": "192"}


# the code


@pytest.fixture
def direction(qapp: object, request: pytest.FixtureRequest) -> Iterator[Qt.LayoutDirection]:
    """Lay everything out in a reading direction."""
    assert isinstance(qapp, QApplication)
    before = qapp.layoutDirection()
    wanted: Qt.LayoutDirection = request.param
    qapp.setLayoutDirection(wanted)
    yield wanted
    qapp.setLayoutDirection(before)


@pytest.mark.parametrize(
    "direction",
    [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft],
    indirect=True,
    ids=["left-to-right", "right-to-left"],
)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_u8_the_code_is_black_on_white_with_its_quiet_zone_in_every_look(
    qtbot: QtBot, theme: ThemeMode, direction: Qt.LayoutDirection
) -> None:
    """Painted pixels are measured: whole ones, no grey, four modules of white around."""
    till = FakeTill()
    window = MainWindow(till, theme_mode=theme)
    assert window.layoutDirection() is direction
    window.show()
    order = till.add(AMOUNT, state=AttemptState.PENDING, shown_at=datetime.now(UTC), code=till.code)
    window.open_order(order)
    for size in SIZES:
        window.resize(*size)
        qtbot.waitUntil(lambda: till.on_screen is not None, timeout=2000)
        QTest.qWait(20)
        picture = Picture(window.grab().toImage())
        assert picture.codes() == [CODE_URL]
        assert picture.code_shape().module >= 6
    window.close()
    window.deleteLater()
    QTest.qWait(1)


@pytest.mark.e2e
@pytest.mark.parametrize("theme", [pytest.param("light", marks=pytest.mark.campaign), "dark"])
def test_u8_a_sale_in_arabic_with_large_text(
    open_window: Callable[..., TillWindow],
    make_till: Callable[..., Till],
    sandbox: SandboxProcess,
    figure: Callable[[str], None],
    theme: str,
) -> None:
    """The real window, mirrored and at twice the size: a code that can be paid, and then green."""
    till = make_till()
    till.with_env(LC_ALL=ARABIC, LANG=ARABIC, LANGUAGE="ar", **LARGE)
    window = open_window(till, "--theme", theme)
    window.resize(2048, 1536)
    window.type("12850")
    window.key("Return")
    picture = window.see_code()
    order = sandbox.order(till.order()["merchant_order_id"])
    assert [picture.code()] == order["qr_urls"]
    picture = window.settled()
    module = picture.code_shape().module
    assert module >= 12
    sandbox.pay(till.order()["merchant_order_id"])
    window.see("green", lambda picture: picture.is_green)
    figure(f"mirrored, twice as large, {theme}: {module} pixels a module")


# the states


def _drawn(look: Look) -> bytes:
    """Draw a state's pill in a look that has one and the same colour for everything."""
    grey = {name: replace(LIGHT.tones[ToneName.WAITING]) for name in ToneName}
    flat = Look(look.word, ToneName.WAITING, look.icon)
    image = QImage(QSize(PILL_WIDTH, HEIGHT), QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    paint_pill(painter, flat, image.rect().toRectF(), replace(LIGHT, tones=grey))
    painter.end()
    return bytes(image.constBits())


def _looks() -> dict[str, list[tuple[str, Look]]]:
    """Return every set of states that stand beside each other somewhere."""
    health = [(state.value, health_look(GatewayHealth(state, NOW, NOW), "CBTIS", NOW)) for state in HealthState]
    phases = [
        (phase.value, Look(phase_word(phase), phase_mark(phase)[1], phase_mark(phase)[0])) for phase in PaymentPhase
    ]
    return {
        "standings": [(one.value, standing_look(one)) for one in Standing],
        "attempts": [(one.value, attempt_look(one)) for one in AttemptState if one is not AttemptState.LAPSED],
        "health": health,
        "log": [(level.value, level_look(level)) for level in LogLevel],
        "phases": [one for one in phases if one[0] != PaymentPhase.HANDED_OFF],
    }


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("name", ["standings", "attempts", "health", "log", "phases"])
def test_u8_states_are_told_apart_without_their_colour(name: str, figure: Callable[[str], None]) -> None:
    looks = _looks()[name]
    assert all(look.word for _, look in looks)
    drawn = {state: _drawn(look) for state, look in looks}
    alike = [(a, b) for a in drawn for b in drawn if a < b and drawn[a] == drawn[b]]
    assert alike == []
    figure(f"{name}: {len(drawn)} in one colour, no two alike")


@pytest.mark.usefixtures("qapp")
def test_u8_paid_and_not_paid_differ_in_icon_and_in_word() -> None:
    """What money hangs on is told twice."""
    looks = [standing_look(standing) for standing in Standing]
    assert len({look.word for look in looks}) == len(looks)
    assert len({look.icon for look in looks}) == len(looks)
