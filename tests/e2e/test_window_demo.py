"""`posapp demo --auto`: the sale that plays itself, with and without a screen, and the pictures it leaves."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

import httpx
import pytest

from posapp.ui.tokens import DARK, LIGHT, ToneName
from tests.e2e.child import Child
from tests.e2e.eyes import Picture

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.screen import Screen

pytest_plugins = ("tests.e2e.window_fixtures",)
pytestmark = pytest.mark.e2e

STEPS = [
    "the till is ready",
    "the window is painted",
    "the code is on screen",
    "wallet opened",
    "the wallet took the payment",
    "the payment page shows paid",
    "the green pane is painted",
    "the order list shows paid",
]
PICTURES = ["01-keypad.png", "02-amount.png", "03-code.png", "04-paid.png", "05-orders.png"]


@pytest.mark.parametrize(
    "has_screen,provider,theme", [(True, "cbtis", "light"), (False, "airwallex", "dark"), (False, "cbtis", "light")]
)
def test_the_sale_that_plays_itself(
    request: pytest.FixtureRequest,
    child_env: dict[str, str],
    tmp_path: Path,
    pictures: Path,
    has_screen: bool,
    provider: str,
    theme: str,
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    env = child_env | {"TMPDIR": str(scratch)}
    if has_screen:
        server: Screen = request.getfixturevalue("screen")
        env["DISPLAY"] = server.display
    arguments = ["demo", "--auto", str(pictures), "--provider", provider, "--theme", theme]
    ended = Child.start(arguments, env, tmp_path / "demo.err").end(patience_s=90)
    assert (ended.code, ended.err) == (0, "")
    assert "went through" in ended.out

    result = json.loads((pictures / "result.json").read_text("utf-8"))
    assert (result["ok"], result["problem"]) == (True, None)
    assert (result["amount"], result["state"], result["status"]) == ("HKD 128.50", "SUCCEEDED", "PAID")
    assert result["listed"] == ["PAID"]
    times = [step["at_ms"] for step in result["steps"]]
    assert all(early <= late for early, late in pairwise(times))
    assert [step["step"] for step in result["steps"] if "screenshot" not in step] == STEPS
    assert [step["screenshot"] for step in result["steps"] if "screenshot" in step] == PICTURES

    look = DARK if theme == "dark" else LIGHT
    keypad, amount, code, paid, orders = (Picture.of_file(pictures / name) for name in PICTURES)
    assert keypad.box_of(look.accent.solid) is None
    assert amount.box_of(look.accent.solid) is not None
    assert code.code() == result["qr_content"]
    assert code.code_shape().module >= 6
    assert [picture.is_green for picture in (keypad, amount, code, paid, orders)] == [False, False, False, True, False]
    assert orders.count(look.tones[ToneName.PAID].soft) > 400

    assert list(scratch.iterdir()) == [], "the demo left something in the folder for temporary files"
    with pytest.raises(httpx.ConnectError):
        httpx.get(result["qr_content"], trust_env=False)


def test_a_sale_that_cannot_be_written_down_fails(child_env: dict[str, str], tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file where a folder should be", "utf-8")
    ended = Child.start(["demo", "--auto", str(taken)], child_env, tmp_path / "demo.err").end(patience_s=60)
    assert ended.code != 0
    assert "Traceback" not in ended.err
    assert ended.err.startswith("posapp: ")
