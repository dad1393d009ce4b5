"""People at a till in its window: signing in with real keys, wrong PINs, locking by itself, a restart."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

import pytest

from posapp.ui.tokens import LIGHT
from tests.e2e.eyes import Box
from tests.e2e.file_keyring import with_keyring
from tests.e2e.patience import pause
from tests.e2e.till import SECRET

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.eyes import Picture
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.e2e.till_window import TillWindow

    OpenWindow = Callable[..., TillWindow]

pytest_plugins = ("tests.e2e.window_fixtures",)
pytestmark = pytest.mark.e2e

RAIL = Box(0, 0, 96, 800)
LOCK_S = 10


@pytest.fixture
def staffed(till: Till, sandbox: SandboxProcess, tmp_path: Path) -> Till:
    """A till with a cashier, a manager and an owner, that locks after ten seconds."""
    with_keyring(till, tmp_path / "keyring.json")
    till.with_env(**{SECRET: sandbox.secret("cbtis")})
    till.config.write_text(f"{till.config.read_text('utf-8')}\n[people]\nlock_after_seconds = {LOCK_S}\n", "utf-8")
    for name, role, pin in (("Olivia", "owner", "2580"), ("Mei", "manager", "7391"), ("Chris", "cashier", "4826")):
        assert till.run("staff", "add", name, "--role", role, stdin=f"{pin}\n".encode()).code == 0
    return till


def is_locked(picture: Picture) -> bool:
    """Nothing of the rail is left: a cover of one colour lies over it."""
    return picture.part(RAIL).share(LIGHT.canvas) > 0.999


def test_a_day_at_a_till_with_people(open_window: OpenWindow, staffed: Till, sandbox: SandboxProcess) -> None:
    window = open_window(staffed)
    window.see("the till is locked", is_locked)
    window.type("9999")
    window.key("Return")
    window.see("a wrong PIN is said", lambda picture: is_locked(picture) and _warns(picture))
    window.type("4826")
    window.key("Return")
    window.see("signed in", lambda picture: not is_locked(picture))
    window.type("8800")
    window.key("Return")
    window.see_code()
    until = monotonic() + LOCK_S + 3
    while monotonic() < until:
        assert window.look().codes(), "a waiting payment was covered"
        pause(0.5)
    window.key("F10")
    locked = window.see("locked by hand", is_locked)
    assert not locked.codes()
    sandbox.pay(staffed.order()["merchant_order_id"])
    window.type("4826")
    window.key("Return")
    window.see("paid meanwhile", lambda picture: not is_locked(picture) and not picture.codes())
    assert staffed.order()["standing"] == "PAID"
    window.see("locked by itself", is_locked, LOCK_S + 20)
    window.kill()
    again = open_window(staffed)
    again.see("locked after the restart", is_locked)
    assert staffed.run("verify").code == 0


def test_three_wrong_pins_outlast_a_restart(open_window: OpenWindow, staffed: Till) -> None:
    window = open_window(staffed)
    window.see("the till is locked", is_locked)
    for _ in range(3):
        window.type("9999")
        window.key("Return")
        window.see("a wrong PIN is said", _warns)
    window.kill()
    again = open_window(staffed)
    again.see("still waiting after the restart", lambda picture: is_locked(picture) and _warns(picture))
    again.type("4826")
    again.key("Return")
    again.never("signed in", lambda picture: not is_locked(picture))
    again.settled()
    assert staffed.run("verify").code == 0


def _warns(picture: Picture) -> bool:
    """A line under the pad says why the PIN was not taken."""
    from posapp.ui.tokens import ToneName

    return picture.count(LIGHT.tones[ToneName.NOT_KNOWN].ink) > 10
