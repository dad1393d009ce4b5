"""Who works at this till and what they may do."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from posapp.domain.staff import Person, Right
from posapp.ui import fonts
from posapp.ui.icons import Icon
from posapp.ui.staff_words import role_word
from posapp.ui.text import money_text, problem_text
from posapp.ui.tokens import ToneName
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.card import Card
from posapp.ui.widgets.label import Label
from posapp.ui.widgets.name_list import NameList
from posapp.ui.widgets.notice import Notice
from posapp.ui.widgets.person_form import PersonForm
from posapp.ui.widgets.rights_table import RightsTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent

    from posapp.bridge.facade import TillFacade
    from posapp.domain.errors import Problem
    from posapp.ui.approvals import Approvals

_LIST_WIDTH: Final = 296
_SLIM_WIDTH: Final = 216
_WIDE: Final = 860


class PeopleView(QWidget):
    """The page. Lives on the GUI thread; reads when it is shown.

    Signals:
        back_requested(): The person wants the keypad back.
    """

    back_requested = Signal()

    def __init__(self, facade: TillFacade, approvals: Approvals, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facade = facade
        self._approvals = approvals
        self._people: tuple[Person, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.notice = Notice(self)
        self.notice.hide()
        self.list = NameList(self)
        self.list.chosen.connect(self._on_chosen)
        self.add_button = Button(self.tr("Add somebody"), ButtonKind.PRIMARY, icon=Icon.PLUS)
        self.add_button.clicked.connect(self._on_add)
        self.form = PersonForm(facade.facts, self)
        self.form.added.connect(self._add)
        self.form.changed.connect(self._change)
        self.form.activated.connect(self._change)
        self.form.pin_given.connect(self._give_pin)
        self.form.closed.connect(self._close_form)
        self.rights = RightsTable(self)
        self._lay_out()
        facade.signals.crew_changed.connect(self._read_if_shown)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Label(self.tr("People"), size=fonts.TITLE, weight=fonts.STRONG), 1)
        head.addWidget(self.add_button)
        names = self._names = Card()
        inside = QVBoxLayout(names)
        inside.setContentsMargins(16, 16, 16, 16)
        inside.addWidget(self.list)
        self.list.setMinimumHeight(200)
        right = QVBoxLayout()
        right.setSpacing(16)
        right.addWidget(self.form)
        right.addWidget(self.rights)
        right.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(names)
        row.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 24)
        column.setSpacing(16)
        column.addLayout(head)
        column.addWidget(self.notice)
        column.addLayout(row, 1)
        self.form.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the form more room where there is little."""
        super().resizeEvent(event)
        self._names.setFixedWidth(_LIST_WIDTH if event.size().width() >= _WIDE else _SLIM_WIDTH)

    def showEvent(self, event: QShowEvent) -> None:
        """Read who there is."""
        super().showEvent(event)
        self._read()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back, first out of the form."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.form.isVisible():
            self._close_form()
        else:
            self.back_requested.emit()

    def _read_if_shown(self) -> None:
        if self.isVisible():
            self._read()

    def _read(self) -> None:
        self._facade.staff.people(self._show, self._on_unread)

    def _show(self, people: tuple[Person, ...]) -> None:
        self._people = people
        ordered = sorted(people, key=lambda one: not one.active)
        self._names.setVisible(bool(people))
        self.list.show_people([(one, self._word(one)) for one in ordered])
        if people:
            self.notice.hide()
        else:
            self.notice.say(
                Icon.INFO,
                ToneName.ACCENT,
                self.tr("Nobody is set up, so anybody may do everything"),
                self.tr("Add the owner first. From then on the till asks who is there, and for a PIN."),
            )
            self.notice.offer()
            self.notice.show()

    def _word(self, person: Person) -> str:
        word = role_word(person.role)
        if not person.active:
            return self.tr("{role}, may not sign in").format(role=word)
        if person.refund_ceiling is None:
            return word
        most = money_text(person.refund_ceiling, self._facade.facts)
        return self.tr("{role}, {amount} a day").format(role=word, amount=most)

    def _on_unread(self, problem: Problem) -> None:
        title, advice = problem_text(problem)
        self.notice.say(Icon.WARNING, ToneName.NOT_KNOWN, title, advice)
        self.notice.offer()
        self.notice.show()

    def _on_chosen(self, person: Person) -> None:
        self.list.mark(person)
        self._open_form(person)

    def _on_add(self) -> None:
        self.list.mark(None)
        self._open_form(None)

    def _open_form(self, person: Person | None) -> None:
        self.form.set_busy(busy=False)
        self.form.show()
        self.rights.hide()
        self.add_button.hide()
        self.form.open(person, first=not self._people)

    def _close_form(self) -> None:
        self.form.hide()
        self.rights.show()
        self.add_button.show()
        self.list.mark(None)
        self.setFocus()

    # Each needs the right to do so, or the word of somebody who has it.

    def _add(self, person: Person, pin: str) -> None:
        what = self.tr("Add {name} as {role}").format(name=person.name, role=role_word(person.role))
        self._with_right(what, lambda approval: self._facade.staff.add(person, pin, approval, self._done, self._failed))

    def _change(self, person: Person) -> None:
        what = self.tr("Change what {name} may do").format(name=person.name)
        self._with_right(what, lambda approval: self._facade.staff.change(person, approval, self._done, self._failed))

    def _give_pin(self, person: Person, pin: str) -> None:
        what = self.tr("Set another PIN for {name}").format(name=person.name)
        give = partial(self._facade.staff.set_pin, person.person_id, pin)
        self._with_right(what, lambda approval: give(approval, self._done, self._failed))

    def _with_right(self, what: str, then: Callable[[str | None], None]) -> None:
        def go_on(approval: str | None) -> None:
            self.form.set_busy(busy=True)
            then(approval)

        self._approvals.ask(Right.PEOPLE, what, go_on)

    def _done(self, person: Person) -> None:
        del person
        self.form.set_busy(busy=False)
        self._close_form()
        self._read()

    def _failed(self, problem: Problem) -> None:
        self.form.set_busy(busy=False)
        self.form.refuse(problem)
