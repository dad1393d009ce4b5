"""Who, and their PIN: names to choose from, the pad, and what came of the last try."""

from __future__ import annotations

import math
from time import monotonic
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from posapp.ui import fonts
from posapp.ui.icons import Icon
from posapp.ui.staff_words import role_word, wait_words
from posapp.ui.text import Situation, problem_text
from posapp.ui.widgets.label import Label
from posapp.ui.widgets.name_list import NameList
from posapp.ui.widgets.notice import Reason
from posapp.ui.widgets.pin_pad import PinPad

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent

    from posapp.bridge.staff_desk import StaffDesk
    from posapp.domain.errors import Problem
    from posapp.domain.staff import Person, PinAnswer

    Check = Callable[[str, str, Callable[[PinAnswer], None], Callable[[Problem], None]], None]

_SECOND_MS: Final = 1000
_PAD_WIDTH: Final = 288


class PinPanel(QWidget):
    """Asks for one person's PIN. Lives on the GUI thread.

    Signals:
        accepted(PinAnswer): The PIN was right.
    """

    accepted = Signal(object)

    def __init__(self, desk: StaffDesk, check: Check, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._check = check
        self._person: Person | None = None
        self._until = 0.0
        self._busy = False
        self._tries = 0  # an answer to an earlier one than the last is nobody's any more
        self.names = NameList(self)
        self.names.chosen.connect(self.choose)
        self.pad = PinPad(self)
        self.pad.setFixedWidth(_PAD_WIDTH)
        self.pad.entered.connect(self._on_entered)
        self.pad.typed.connect(self._on_typed)
        self.who = Label(size=fonts.LARGE, weight=fonts.STRONG)
        self.who.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.said = Reason(Icon.LOCK)
        self._timer = QTimer(self)
        self._timer.setInterval(_SECOND_MS)
        self._timer.timeout.connect(self._count_down)
        self._lay_out()

    def _lay_out(self) -> None:
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self.who)
        right.addWidget(self.pad, 1)
        place = QWidget()  # keeps its room while it says nothing: the keys must not move under a finger
        place.setFixedHeight(44)
        line = QVBoxLayout(place)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.said)
        line.addStretch(1)
        right.addWidget(place)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        row.addWidget(self.names, 1)
        row.addLayout(right)

    def set_short(self, *, short: bool) -> None:
        """Leave out what the list of names says already where the window is low."""
        self.who.setVisible(not short)

    def show_people(self, people: tuple[Person, ...], chosen: Person | None = None) -> None:
        """Offer these; the one who is most likely may be chosen already."""
        self.names.show_people([(one, role_word(one.role)) for one in people])
        known = next((one for one in people if chosen is not None and one.person_id == chosen.person_id), None)
        self.choose(known or (people[0] if people else None))

    def choose(self, person: Person | None) -> None:
        """Ask for this one's PIN from now on."""
        self._tries += 1
        self._person, self._busy, self._until = person, False, 0.0
        self._timer.stop()
        self.pad.clear()
        self.said.say("")
        self.names.mark(person)
        self.who.setText(person.name if person is not None else "")
        self._enable()
        if person is not None:
            self._desk.wait_for(person.person_id, self._on_wait(self._tries), self._on_failed(self._tries))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits go to the pad wherever the focus is; up and down choose the name."""
        if self.pad.take_key(event):
            return
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.choose(self.names.beside(self._person, 1 if event.key() == Qt.Key.Key_Down else -1))
            return
        super().keyPressEvent(event)

    def _on_entered(self, pin: str) -> None:
        if self._person is None or self._busy:
            return
        self._tries += 1
        tried = self._tries
        self._busy = True
        self.said.say("")
        self._enable()

        def done(answer: PinAnswer) -> None:
            if tried != self._tries:
                return
            self._busy = False
            if answer.accepted:
                self._enable()
                self.accepted.emit(answer)
                return
            self._wait(answer.wait_s, self.tr("That is not the PIN."))

        self._check(self._person.person_id, pin, done, self._on_failed(tried))

    def _on_typed(self) -> None:
        if self._until == 0:
            self.said.say("")

    def _on_wait(self, tried: int) -> Callable[[int], None]:
        def done(seconds: int) -> None:
            if tried == self._tries and seconds > 0:
                self._wait(seconds, "")

        return done

    def _on_failed(self, tried: int) -> Callable[[Problem], None]:
        def failed(problem: Problem) -> None:
            if tried == self._tries:
                self._busy = False
                self._enable()
                self.said.say(" ".join(part for part in problem_text(problem, Situation.INPUT) if part))

        return failed

    def _wait(self, seconds: int, why: str) -> None:
        self._until = monotonic() + seconds if seconds > 0 else 0.0
        self._enable()
        if seconds > 0:
            self._count_down()
            self._timer.start()
        else:
            self.said.say(why)

    def _count_down(self) -> None:
        left = math.ceil(self._until - monotonic())
        if left > 0:
            self.said.say(wait_words(left))
            return
        self._timer.stop()
        self._until = 0.0
        self.said.say("")
        self._enable()

    def _enable(self) -> None:
        self.pad.setEnabled(self._person is not None and not self._busy and self._until == 0)
