"""U7: the code as a phone's camera meets it, at every scale and on every screen, and a window that is always seen."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.e2e.eyes import CodeShape
from tests.e2e.patience import pause, until
from tests.e2e.screen import Screen
from tests.e2e.till_window import TillWindow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till

    OpenWindow = Callable[..., TillWindow]

pytestmark = pytest.mark.e2e

LEAST_MODULE = 4
GOOD_MODULE = 6
SMALLEST = (720, 480)
SMALL_SCREEN = (1024, 768)
SECOND = "beside"
QUICK = [(1.25, "light"), (2.0, "dark")]
LONG = [(1.0, "dark"), (1.25, "dark"), (1.5, "light"), (1.5, "dark"), (2.0, "light")]
LOOKS = [*QUICK, *(pytest.param(*look, marks=pytest.mark.campaign) for look in LONG)]


def shape_at(window: TillWindow, size: tuple[int, int], content: str) -> CodeShape:
    """Give the window a size in device pixels and measure the code in it: whole pixels, black on white, quiet zone."""
    window.resize(*size)
    picture = window.settled()
    window.keep(picture, f"{size[0]}x{size[1]}")
    assert picture.code() == content
    return picture.code_shape()


@pytest.mark.parametrize("scale,theme", LOOKS)
def test_u7_the_code_is_read_off_the_screen_at_every_scale(
    open_window: OpenWindow,
    make_till: Callable[..., Till],
    sandbox: SandboxProcess,
    figure: Callable[[str], None],
    scale: float,
    theme: str,
) -> None:
    till = make_till()
    till.with_env(QT_SCALE_FACTOR=f"{scale:g}")
    window = open_window(till, "--theme", theme)
    window.type("12850")
    window.key("Return")
    content = str(window.see_code().code())
    assert [content] == sandbox.order(window.till.order()["merchant_order_id"])["qr_urls"]
    modules: list[int] = []
    for size in ((round(1024 * scale), round(768 * scale)), (1920, 1080)):
        modules.append(shape_at(window, size, content).module)
        assert modules[-1] >= GOOD_MODULE
    smallest = (round(SMALLEST[0] * scale), round(SMALLEST[1] * scale))
    modules.append(shape_at(window, smallest, content).module)
    assert modules[-1] >= LEAST_MODULE
    figure(f"{scale:g} x: {modules[0]}, {modules[1]}, {modules[2]} whole pixels a module")


def test_u7_a_long_code_is_shown_well_or_not_at_all(
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


def set_monitors(screen: Screen, *words: str) -> None:
    """Tell the X server which monitors there are."""
    # Its exit code is 1 with the first monitor that stands for an output, although it is there afterwards.
    subprocess.run(["xrandr", "--display", screen.display, *words], check=False, capture_output=True, timeout=20)  # noqa: S607


@pytest.fixture
def monitor(tmp_path: Path) -> Iterator[Screen]:
    """Two monitors side by side: a small one, and one that a test may unplug."""
    if shutil.which("Xvfb") is None or shutil.which("xrandr") is None:
        pytest.skip("a monitor that goes needs Xvfb and xrandr: see packaging/dev/system-packages.sh")
    folder = tmp_path / "monitor"
    folder.mkdir()
    screen = Screen(folder)
    width, height = SMALL_SCREEN
    set_monitors(screen, "--setmonitor", "main", f"{width}/300x{height}/200+0+0", "screen")
    set_monitors(screen, "--setmonitor", SECOND, f"1536/400x1600/400+{width}+0", "none")
    yield screen
    screen.close()


def test_u7_a_window_on_a_monitor_that_goes_comes_back_with_its_code(
    make_till: Callable[..., Till], monitor: Screen, pictures: Path, figure: Callable[[str], None]
) -> None:
    """The second monitor is unplugged: what is left is a small screen, and the window was not on it."""
    window = TillWindow(make_till(), monitor, pictures)
    window.open()
    assert window.box.width <= SMALL_SCREEN[0], "it opened wider than its screen"
    assert window.box.height <= SMALL_SCREEN[1], "it opened higher than its screen"
    window.type("12850")
    window.key("Return")
    content = window.see_code().code()
    window.move(1200, 700)
    pause(1.0)  # it may stay there: the monitor shows it
    window.measure()
    assert (window.box.x, window.box.y) == (1200, 700)
    set_monitors(monitor, "--delmonitor", SECOND)

    def back() -> bool:
        window.measure()
        box = window.box
        inside = box.x >= 0 and box.y >= 0
        return inside and box.x + box.width <= SMALL_SCREEN[0] and box.y + box.height <= SMALL_SCREEN[1]

    until("the window is back on the screen", back)
    picture = window.settled()
    window.keep(picture, "back")
    assert picture.code() == content
    module = picture.code_shape().module
    assert module >= GOOD_MODULE
    figure(f"back on {SMALL_SCREEN[0]} x {SMALL_SCREEN[1]} with {module} pixels a module")
    ended, _ = window.end()
    assert (ended.code, ended.err) == (0, "")


def test_u7_a_window_moved_out_of_sight_comes_back(open_window: OpenWindow) -> None:
    window = open_window()
    window.move(5000, 4000)

    def back() -> bool:
        window.measure()
        return window.box.x < 2000 and window.box.y < 1200

    until("the window is back on the screen", back)
