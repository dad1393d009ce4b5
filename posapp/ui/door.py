"""The till's door: locking and unlocking, by hand and by itself, and letting somebody else sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from posapp.domain.staff import Crew
from posapp.ui.auto_lock import AutoLock

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow

    from posapp.bridge.facade import TillFacade
    from posapp.ui.views.till_pages import TillPages
    from posapp.ui.widgets.lock_cover import LockCover
    from posapp.ui.widgets.news_strip import NewsStrip
    from posapp.ui.widgets.top_bar import TopBar


class Door(QObject):
    """One for the whole window. Lives on the GUI thread.

    Attributes:
        cover: What lies over a locked till; built when it is first locked.
    """

    def __init__(self, facade: TillFacade, window: QMainWindow, bar: TopBar, news: NewsStrip, pages: TillPages) -> None:
        super().__init__(window)
        self._facade = facade
        self._window = window
        self._bar = bar
        self._news = news
        self._pages = pages
        self._crew = Crew()
        self.cover: LockCover | None = None
        self.auto_lock = AutoLock(window, facade.facts.lock_after_s, lambda: pages.is_busy)
        self.auto_lock.due.connect(self.lock)
        bar.person.switch_pressed.connect(self.switch)
        bar.person.lock_pressed.connect(self.lock)
        news.alarm_changed.connect(self._on_alarm)
        facade.signals.crew_changed.connect(self._on_crew)

    def lock(self) -> None:
        """Lock the till; where nobody was set up, nothing happens."""
        if self._crew.people and not self._crew.locked:
            self._facade.staff.lock(_nothing)

    def switch(self) -> None:
        """Let somebody else sign in; who stands there stays until that has happened."""
        if self._crew.people and not self._crew.locked:
            self._cover(switching=True)

    def _on_crew(self, crew: Crew) -> None:
        self._crew = crew
        self._bar.set_crew(crew)
        if crew.locked:
            self._cover(switching=False)
        elif self.cover is not None:
            self.cover.note(crew)
            self.cover.lift()
        self.auto_lock.run(running=crew.signed_in is not None)

    def _cover(self, *, switching: bool) -> None:
        if self.cover is None:
            from posapp.ui.widgets.lock_cover import LockCover

            self.cover = LockCover(self._facade, self._window)
            self.cover.lifted.connect(self._on_lifted)
        self.cover.show_crew(self._crew, switching=switching)
        self._on_alarm()
        # Behind the cover nothing takes a key, and an alarm that rings has been seen by nobody.
        self._window.centralWidget().setEnabled(False)

    def _on_lifted(self) -> None:
        self._window.centralWidget().setEnabled(True)
        self._pages.focus_current()

    def _on_alarm(self) -> None:
        if self.cover is not None:
            self.cover.show_alarm(*self._news.alarm)


def _nothing(_result: None) -> None:
    return
