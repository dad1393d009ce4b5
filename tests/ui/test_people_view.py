"""The page of people: who there is, adding, changing, PINs, and whose word that needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from PySide6.QtCore import Qt

from posapp.domain.errors import Problem
from posapp.domain.money import Money
from posapp.domain.staff import RIGHTS, Person, Right, Role
from posapp.ui.widgets.notice import IconMark
from tests.ui.fake_staff_desk import CASHIER, FORMER, MANAGER, OWNER, PIN
from tests.ui.hands import press, type_keys

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from posapp.ui.main_window import MainWindow
    from posapp.ui.views.people_view import PeopleView
    from tests.ui.fake_till import FakeTill


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow, till: FakeTill) -> PeopleView:
    """The page at a till where the owner stands."""
    till.staff.set_up(CASHIER, MANAGER, OWNER, FORMER, signed_in=OWNER)
    window.navigator.show_people()
    page = window.pages.people
    qtbot.waitUntil(lambda: len(page.list.buttons) == 4)
    return page


def choose(page: PeopleView, person: Person) -> None:
    next(one for one in page.list.buttons if one.person.person_id == person.person_id).click()


def fill(page: PeopleView, name: str, pin: str, again: str | None = None) -> None:
    page.form.name.edit.setText(name)
    page.form.pin.edit.setText(pin)
    page.form.again.edit.setText(pin if again is None else again)


def test_everybody_is_there_and_who_may_not_sign_in_is_last(page: PeopleView) -> None:
    assert [one.person for one in page.list.buttons] == [CASHIER, MANAGER, OWNER, FORMER]
    words = [one.accessibleDescription() for one in page.list.buttons]
    assert words == ["Cashier", "Manager, HKD 2,000.00 a day", "Owner", "Cashier, may not sign in"]


def test_the_first_one_is_an_owner(qtbot: QtBot, window: MainWindow, till: FakeTill) -> None:
    window.navigator.show_people()
    page = window.pages.people
    qtbot.waitUntil(page.notice.isVisible)
    page.add_button.click()
    assert [role for role, button in page.form.roles.items() if button.isEnabled()] == [Role.OWNER]
    fill(page, "Olivia Wong", PIN)
    page.form.add.click()
    qtbot.waitUntil(lambda: len(page.list.buttons) == 1)
    assert till.staff.called("add") == [(Person("", "Olivia Wong", Role.OWNER), PIN, None)]
    assert not page.notice.isVisible()
    assert window.door.cover is None


@pytest.mark.parametrize(
    "name, pin, again, says",
    [
        ("Kim", "1234", None, "first that anybody would guess"),
        ("Kim", "12", None, "4 to 8 digits"),
        ("Kim", "2580", "2581", "not the same"),
        ("  ", "2580", None, "one short line"),
    ],
)
def test_what_cannot_be_is_said_and_not_asked(
    page: PeopleView, till: FakeTill, name: str, pin: str, again: str | None, says: str
) -> None:
    page.add_button.click()
    fill(page, name, pin, again)
    page.form.add.click()
    assert says in page.form.said.words()
    assert till.staff.called("add") == []


def test_a_ceiling_is_an_amount_or_none(qtbot: QtBot, page: PeopleView, till: FakeTill) -> None:
    choose(page, MANAGER)
    assert page.form.ceiling.edit.text() == "2000.00"
    page.form.ceiling.edit.setText("12.345")
    page.form.save.click()
    assert page.form.said.words() != ""
    assert till.staff.called("change") == []
    page.form.ceiling.edit.setText("500")
    page.form.save.click()
    qtbot.waitUntil(lambda: not page.form.isVisible())
    (changed,) = till.staff.called("change")
    assert changed == (Person(MANAGER.person_id, MANAGER.name, Role.MANAGER, refund_ceiling=Money(50000, "HKD")), None)
    choose(page, MANAGER)
    page.form.ceiling.edit.setText("")
    page.form.save.click()
    qtbot.waitUntil(lambda: len(till.staff.called("change")) == 2)
    assert till.staff.called("change")[1][0] == Person(MANAGER.person_id, MANAGER.name, Role.MANAGER)


def test_somebody_leaves_and_comes_back(qtbot: QtBot, page: PeopleView, till: FakeTill) -> None:
    choose(page, CASHIER)
    page.form.activate.click()
    qtbot.waitUntil(lambda: not page.list.buttons[2].person.active)
    assert till.staff.called("change")[-1][0] == Person(CASHIER.person_id, CASHIER.name, Role.CASHIER, active=False)
    choose(page, FORMER)
    page.form.activate.click()
    qtbot.waitUntil(lambda: len(till.staff.called("change")) == 2)
    assert till.staff.called("change")[-1][0] == Person(FORMER.person_id, FORMER.name, Role.CASHIER)


def test_a_cashier_needs_the_owners_word(qtbot: QtBot, window: MainWindow, page: PeopleView, till: FakeTill) -> None:
    till.staff.set_up(CASHIER, MANAGER, OWNER, FORMER, signed_in=CASHIER)
    qtbot.wait(5)
    choose(page, CASHIER)
    page.form.pin.edit.setText("8520")
    page.form.again.edit.setText("8520")
    page.form.give_pin.click()
    sheet = window.approvals.sheet
    assert sheet is not None
    assert till.staff.called("set_pin") == []
    type_keys(sheet, PIN)
    press(sheet, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(till.staff.called("set_pin")))
    assert till.staff.called("set_pin") == [(CASHIER.person_id, "8520", f"token-of-{MANAGER.person_id}")]


def test_a_refusal_is_said_in_the_form(qtbot: QtBot, page: PeopleView, till: FakeTill) -> None:
    till.staff.failures["change"] = Problem("owner_missing", "no owner")
    choose(page, OWNER)
    page.form.activate.click()
    qtbot.waitUntil(lambda: "There has to be an owner" in page.form.said.words())
    assert page.form.save.isEnabled()


def test_the_table_is_the_rights_themselves(page: PeopleView) -> None:
    ticks = [mark for mark in page.rights.findChildren(IconMark) if mark.accessibleName() == "alone"]
    assert len(ticks) == sum(len(rights) for rights in RIGHTS.values())
    assert set().union(*RIGHTS.values()) == set(Right)


def test_esc_goes_out_of_the_form_and_then_back(window: MainWindow, page: PeopleView) -> None:
    page.add_button.click()
    press(page, Qt.Key.Key_Escape)
    assert not page.form.isVisible()
    press(page, Qt.Key.Key_Escape)
    assert window.pages.stack.current() is window.charge_view
