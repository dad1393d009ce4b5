"""Adding somebody, or changing what they are: name, role, ceiling, PIN."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from posapp.domain.errors import DomainError, Problem
from posapp.domain.money import Money
from posapp.domain.staff import MAX_NAME, PIN_DIGITS, Person, Role, check_name, check_pin
from posapp.ui import fonts
from posapp.ui.icons import Icon
from posapp.ui.staff_words import role_word
from posapp.ui.text import Situation, problem_text
from posapp.ui.widgets.button import Button, ButtonKind
from posapp.ui.widgets.card import Card
from posapp.ui.widgets.field import Field
from posapp.ui.widgets.label import SOFT, Label
from posapp.ui.widgets.notice import Reason

if TYPE_CHECKING:
    from posapp.domain.till import TillFacts

_NEW = Person("", "", Role.CASHIER)


class PersonForm(Card):
    """Lives on the GUI thread; writes nothing itself.

    Signals:
        added(Person, str): Somebody new, and their PIN.
        changed(Person): Role or ceiling are others.
        pin_given(Person, str): Another PIN.
        activated(Person): Somebody may, or may no longer, sign in.
        closed(): It was put away.
    """

    added = Signal(object, str)
    changed = Signal(object)
    pin_given = Signal(object, str)
    activated = Signal(object)
    closed = Signal()

    def __init__(self, facts: TillFacts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self._person = _NEW
        self._role = Role.CASHIER
        self.title = Label(size=fonts.LARGE, weight=fonts.STRONG)
        self.name = Field(Icon.PERSON, self.tr("Name, as it stands on reports"))
        self.name.edit.setMaxLength(MAX_NAME)
        self.roles = {role: self._role_button(role) for role in Role}
        self.ceiling = Field(Icon.RETURN, self.tr("No limit"))
        self.pin = self._pin_field(self.tr("PIN of {few} to {many} digits"))
        self.again = self._pin_field(self.tr("The same PIN once more"))
        self.said = Reason(Icon.WARNING)
        words = self.tr("The most that may be given back on one day, in {currency}")
        self._ceiling_word = Label(words.format(currency=facts.currency), size=fonts.SMALL, rank=SOFT)
        self._pin_word = Label(size=fonts.SMALL, rank=SOFT)
        self._ending = QWidget(self)
        self.add = Button(self.tr("Add"), ButtonKind.PRIMARY, icon=Icon.TICK)
        self.save = Button(self.tr("Save"), ButtonKind.PRIMARY, icon=Icon.TICK)
        self.give_pin = Button(self.tr("Set this PIN"), icon=Icon.LOCK)
        self.activate = Button()
        self.close_button = Button(self.tr("Close"), ButtonKind.QUIET, icon=Icon.CROSS)
        self._connect()
        self._lay_out()

    def _connect(self) -> None:
        self.add.clicked.connect(self._on_save)
        self.save.clicked.connect(self._on_save)
        self.give_pin.clicked.connect(self._on_give_pin)
        self.activate.clicked.connect(self._on_activate)
        self.close_button.clicked.connect(self.closed)
        for field in (self.name, self.ceiling, self.pin, self.again):
            field.edit.textEdited.connect(lambda: self.said.say(""))
            field.edit.returnPressed.connect(self._on_return)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.name)
        column.addSpacing(8)
        self._lay_out_role(column)
        column.addWidget(self._pin_word)
        for part in (self.pin, self.again, self.said):
            column.addWidget(part)
        column.addSpacing(8)
        last = QHBoxLayout()
        last.addWidget(self.give_pin)
        last.addWidget(self.add)
        last.addStretch(1)
        column.addLayout(last)
        column.addStretch(1)

    def _lay_out_role(self, column: QVBoxLayout) -> None:
        """Put role and ceiling under each other, and what saves them for somebody who is there already."""
        roles = QHBoxLayout()
        roles.setSpacing(8)
        for button in self.roles.values():
            roles.addWidget(button, 1)
        column.addWidget(Label(self.tr("Role"), size=fonts.SMALL, rank=SOFT))
        column.addLayout(roles)
        column.addSpacing(8)
        column.addWidget(self._ceiling_word)
        column.addWidget(self.ceiling)
        saving = QHBoxLayout(self._ending)
        saving.setContentsMargins(0, 8, 0, 16)
        saving.setSpacing(8)
        saving.addWidget(self.save)
        saving.addWidget(self.activate)
        saving.addStretch(1)
        column.addWidget(self._ending)

    def open(self, person: Person | None, *, first: bool = False) -> None:
        """Show somebody, or ask for somebody new; the first one has to be an owner."""
        self._person = person or _NEW
        new = person is None
        self.title.setText(self.tr("Somebody new") if new else self._person.name)
        self.name.setVisible(new)
        self.name.edit.setText("")
        self._choose(Role.OWNER if first else self._person.role)
        for role, button in self.roles.items():
            button.setEnabled(not first or role is Role.OWNER)
        ceiling = self._person.refund_ceiling
        self.ceiling.edit.setText("" if ceiling is None else f"{ceiling.to_decimal()}")
        self.ceiling.edit.setEnabled(ceiling is None or ceiling.currency == self._facts.currency)
        for field in (self.pin, self.again):
            field.edit.clear()
        self._pin_word.setText(self.tr("PIN") if new else self.tr("Another PIN"))
        self.give_pin.setVisible(not new)
        self.add.setVisible(new)
        self._ending.setVisible(not new)
        self.activate.set_kind(ButtonKind.DANGER if self._person.active else ButtonKind.SECONDARY)
        self.activate.set_words(
            self.tr("May no longer sign in") if self._person.active else self.tr("May sign in again")
        )
        self.said.say("")
        (self.name if new else self.roles[self._role]).setFocus()

    def refuse(self, problem: Problem) -> None:
        """Say why it could not be done."""
        self.said.say(". ".join(part.rstrip(".") for part in problem_text(problem, Situation.INPUT) if part) + ".")

    def set_busy(self, *, busy: bool) -> None:
        """Let nothing be pressed twice."""
        for button in (self.add, self.save, self.give_pin, self.activate):
            button.setEnabled(not busy)

    def _role_button(self, role: Role) -> Button:
        button = Button(role_word(role))
        button.setCheckable(True)
        button.setObjectName(f"role_{role.value.lower()}")
        button.clicked.connect(lambda: self._choose(role))
        return button

    def _pin_field(self, words: str) -> Field:
        field = Field(Icon.LOCK, words.format(few=PIN_DIGITS[0], many=PIN_DIGITS[-1]))
        field.edit.setEchoMode(QLineEdit.EchoMode.Password)
        field.edit.setMaxLength(PIN_DIGITS[-1])
        return field

    def _choose(self, role: Role) -> None:
        self._role = role
        for one, button in self.roles.items():
            button.setChecked(one is role)
        refunds = role is not Role.CASHIER
        self._ceiling_word.setVisible(refunds)
        self.ceiling.setVisible(refunds)

    def _on_return(self) -> None:
        (self._on_save if self._person is _NEW or not self.pin.edit.text() else self._on_give_pin)()

    def _on_save(self) -> None:
        try:
            person = replace(self._person, role=self._role, refund_ceiling=self._typed_ceiling())
            if self._person is not _NEW:
                self.changed.emit(person)
                return
            person = replace(person, name=self.name.edit.text().strip())
            check_name(person.name)
            self.added.emit(person, self._typed_pin())
        except DomainError as error:
            self.refuse(Problem(error.code, str(error)))

    def _on_give_pin(self) -> None:
        try:
            self.pin_given.emit(self._person, self._typed_pin())
        except DomainError as error:
            self.refuse(Problem(error.code, str(error)))

    def _on_activate(self) -> None:
        self.activated.emit(replace(self._person, active=not self._person.active))

    def _typed_ceiling(self) -> Money | None:
        typed = self.ceiling.edit.text().strip()
        if not self.ceiling.edit.isEnabled():
            return self._person.refund_ceiling
        return Money.parse(typed, self._facts.currency) if typed and self._role is not Role.CASHIER else None

    def _typed_pin(self) -> str:
        pin, again = self.pin.edit.text(), self.again.edit.text()
        check_pin(pin)
        if pin != again:
            raise DomainError("pin_differs", "The two PINs are not the same.")
        return pin
