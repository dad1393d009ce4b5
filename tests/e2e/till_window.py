"""The program in its window, as a child process: driven by keys and clicks, judged by what it shows."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING, Final

from tests.e2e.eyes import Box, Picture
from tests.e2e.patience import pause, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.child import Child, Ended
    from tests.e2e.screen import Screen
    from tests.e2e.till import Till

START_S: Final = 30.0
_MOMENT_S: Final = 0.08
_KEY_DELAY_MS: Final = "15"


class TillWindow:
    """One run of a till's window. Every picture that is looked at is also judged by what must never be seen."""

    def __init__(self, till: Till, screen: Screen, pictures: Path) -> None:
        """Prepare a run.

        Args:
            till: Whose window it is.
            screen: Where it opens.
            pictures: Where pictures for people go.
        """
        self.till = till
        self._screen = screen
        self._pictures = pictures
        self._forbidden: list[tuple[str, Callable[[Picture], bool]]] = []
        self._child: Child | None = None
        self._id = ""
        self.box = Box(0, 0, 0, 0)
        self.visible_at = 0.0

    @property
    def child(self) -> Child:
        """The process."""
        assert self._child is not None, "the window was not opened"
        return self._child

    def open(self, *arguments: str) -> None:
        """Start the program, wait for its window and give it the keyboard."""
        self.till.with_env(DISPLAY=self._screen.display)
        where = ("--config", str(self.till.config), "--data-dir", str(self.till.data))
        self._child = self.till.start_bare(*where, "--theme", "light", *arguments)
        self._id = until("the window opens", self._find, START_S)
        self.visible_at = time.monotonic()
        self._screen.do("windowfocus", "--sync", self._id)
        self.measure()

    def _find(self) -> str:
        assert self.child.process.poll() is None, f"posapp ended with {self.child.end()}"
        return self._screen.window_of(self.child.process.pid)

    def measure(self) -> None:
        """Find out where the window is."""
        lines = self._screen.do("getwindowgeometry", "--shell", self._id).splitlines()
        facts = dict(line.split("=", 1) for line in lines)
        self.box = Box(int(facts["X"]), int(facts["Y"]), int(facts["WIDTH"]), int(facts["HEIGHT"]))

    # --- hands -----------------------------------------------------------------------------------------------

    def type(self, text: str) -> None:
        """Type as a fast cashier does."""
        self._screen.do("type", "--delay", _KEY_DELAY_MS, text)

    def key(self, *names: str) -> None:
        """Press keys by their X names, one after the other without a pause."""
        self._screen.do("key", "--delay", "0", *names)

    def do(self, *words: str) -> None:
        """Run any xdotool commands."""
        self._screen.do(*words)

    def click(self, box: Box | None) -> None:
        """Click into the middle of something that was seen in the window."""
        self._screen.do(*self.way_to(box), "click", "1")

    def way_to(self, box: Box | None) -> tuple[str, ...]:
        """Return the xdotool words that put the mouse onto something that was seen in the window."""
        assert box is not None, "there is nothing to put the mouse on"
        x, y = box.middle
        return "mousemove", str(self.box.x + x), str(self.box.y + y)

    def resize(self, width: int, height: int) -> None:
        """Give the window another size, in device pixels."""
        self._screen.do("windowmove", self._id, "0", "0", "windowsize", self._id, str(width), str(height))

        def done() -> bool:
            self.measure()
            return (self.box.width, self.box.height) == (width, height)

        until(f"the window is {width} x {height}", done)

    def move(self, x: int, y: int) -> None:
        """Put the window's corner somewhere, on a screen or off it."""
        self._screen.do("windowmove", self._id, str(x), str(y))

    # --- eyes ------------------------------------------------------------------------------------------------

    def never(self, what: str, look: Callable[[Picture], bool]) -> None:
        """Fail from now on at any picture that shows this."""
        self._forbidden.append((what, look))

    def look(self) -> Picture:
        """Return what the window shows now."""
        picture = self._screen.look(self.box)
        for what, look in self._forbidden:
            if look(picture):
                self.keep(picture, "forbidden")
                raise AssertionError(f"the window shows what it must not: {what}")
        return picture

    def see(self, what: str, check: Callable[[Picture], object], within: float = 20.0) -> Picture:
        """Look until the window shows something, and return that picture.

        Raises:
            AssertionError: It did not within so many seconds.
        """

        def look() -> Picture | None:
            picture = self.look()
            return picture if check(picture) else None

        try:
            seen = until(what, look, within)
        except AssertionError:
            self.keep(self._screen.look(self.box), "not-seen")
            raise
        self.keep(seen, "-".join(what.split()))
        return seen

    def settled(self) -> Picture:
        """Return what the window shows once two looks a moment apart see the same."""

        def look() -> Picture | None:
            before = self.look()
            pause(_MOMENT_S)
            after = self.look()
            return after if after == before else None

        return until("the window settles", look)

    def see_code(self, content: object = None) -> Picture:
        """Look until the window shows a code, which must be this one where one is given."""
        picture = self.see("a code", lambda picture: picture.codes())
        assert content in (None, picture.code())
        return picture

    def keep(self, picture: Picture, name: str) -> None:
        """Keep a picture for people."""
        count = len(list(self._pictures.glob("*.png"))) + 1
        picture.save(self._pictures / f"{count:02d}-{name}.png")

    # --- the end ---------------------------------------------------------------------------------------------

    def kill(self) -> None:
        """End it as a power cut would."""
        self.child.kill()
        until("the window is gone", lambda: not self._screen.window_of(self.child.process.pid))

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[Ended, float]:
        """Ask it to end; return what came of it and how many seconds it took."""
        began = time.monotonic()
        self.child.signal(number)
        ended = self.child.end()
        return ended, time.monotonic() - began
