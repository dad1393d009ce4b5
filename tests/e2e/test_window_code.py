"""The code as a phone's camera meets it: sharp, black on white and large enough, on every screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.eyes import CodeShape

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.e2e.till_window import TillWindow

    OpenWindow = Callable[..., TillWindow]

pytest_plugins = ("tests.e2e.window_fixtures",)
pytestmark = pytest.mark.e2e

LEAST_MODULE = 4
GOOD_MODULE = 6
SMALLEST = (720, 480)
LOOKS = [
    (scale, theme) for scale in (1.0, 1.25, 1.5, 2.0) for theme in ("light", "dark") if (scale, theme) != (1.0, "light")
]


def opened(open_window: OpenWindow, till: Till, scale: float, theme: str) -> TillWindow:
    till.with_env(QT_SCALE_FACTOR=f"{scale:g}")
    return open_window(till, "--theme", theme)


def shape_at(window: TillWindow, size: tuple[int, int], content: str) -> CodeShape:
    """Give the window a size in device pixels and measure the code in it."""
    window.resize(*size)
    picture = window.settled()
    window.keep(picture, f"{size[0]}x{size[1]}")
    assert picture.code() == content
    return picture.code_shape()


@pytest.mark.parametrize("scale,theme", LOOKS)
def test_every_look(
    open_window: OpenWindow, make_till: Callable[..., Till], sandbox: SandboxProcess, scale: float, theme: str
) -> None:
    window = opened(open_window, make_till(), scale, theme)
    window.type("12850")
    window.key("Return")
    content = str(window.see_code().code())
    assert [content] == sandbox.order(window.till.order()["merchant_order_id"])["qr_urls"]
    for size in ((round(1024 * scale), round(768 * scale)), (1920, 1080)):
        assert shape_at(window, size, content).module >= GOOD_MODULE
    smallest = (round(SMALLEST[0] * scale), round(SMALLEST[1] * scale))
    assert shape_at(window, smallest, content).module >= LEAST_MODULE


def test_a_long_code_is_shown_well_or_not_at_all(
    open_window: OpenWindow, make_till: Callable[..., Till], sandbox: SandboxProcess
) -> None:
    """A gateway may give out addresses of several hundred characters."""
    content = f"https://pay.example/{'9f1c73d255aa0e84' * 24}"
    sandbox.fault("create", "patch", set={"data.next_action.qrcode_url": content})
    window = open_window(make_till())
    window.resize(1920, 1080)
    window.type("12850")
    window.key("Return")
    window.see_code(content)
    assert shape_at(window, (1920, 1080), content).module >= GOOD_MODULE
    window.resize(*SMALLEST)
    picture = window.settled()
    window.keep(picture, "small")
    if picture.codes():
        assert picture.code_shape().module >= LEAST_MODULE
    shape_at(window, (1280, 800), content)
