"""G21 in the window: a code that comes after *Give up* is never put before anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from PySide6.QtCore import Qt

from posapp.domain.status import AttemptState
from tests.ui.conftest import open_window
from tests.ui.fake_till import FakeTill
from tests.ui.hands import press, type_keys
from tests.ui.test_qr_card import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from posapp.domain.order import OrderSnapshot
    from posapp.ui.main_window import MainWindow

__all__ = ["open_window"]

pytestmark = [
    pytest.mark.xdist_group("faults-gateway"),
    pytest.mark.qt_log_ignore("does not support propagateSizeHints"),
]


def test_g21_the_window_does_not_show_a_code_that_comes_after_giving_up(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    till = FakeTill()
    code, till.code = till.code, None  # the gateway takes its time
    window = open_window(till)
    type_keys(window.charge_view.display, "12850")
    press(window.charge_view.display, Qt.Key.Key_Return)
    page = window.payment_view
    qtbot.waitUntil(lambda: page.isVisible() and page.order_id is not None)
    order_id = page.order_id
    assert order_id is not None
    given_up: list[OrderSnapshot] = []
    till.give_up(order_id, given_up.append)
    qtbot.waitUntil(lambda: bool(given_up))
    late = till.give_code(order_id, code)
    assert (late.leading.state, late.leading.given_up_at is not None) == (AttemptState.CREATED, True)
    qtbot.wait(200)
    assert till.called("show_code") == []
    assert till.on_screen is None
    assert read(window.grab().toImage()) == []
