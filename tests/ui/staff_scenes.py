"""Scenes of the gallery about people: the locked till, switching, a manager's word, the page of people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from posapp.domain.money import Money
from posapp.domain.order import CodeKind, PaymentCode
from posapp.domain.staff import Right
from posapp.domain.status import AlarmKind, AttemptState
from tests.ui.fake_staff_desk import CASHIER, FORMER, MANAGER, OWNER
from tests.ui.fake_till import CODE_URL

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ui.gallery import Scene

CODE = PaymentCode(CodeKind.SCAN, CODE_URL)


def locked(scene: Scene) -> None:
    """Locked, as after every start."""
    scene.till.staff.set_up(CASHIER, MANAGER, OWNER)
    scene.settle()


def locked_wait(scene: Scene) -> None:
    """Too many wrong PINs, while a payment rings."""
    scene.till.staff.waits[CASHIER.person_id] = 272
    locked(scene)
    order = scene.till.add(Money(12850, "HKD"))
    paid = scene.till.pay(order.order.order_id, alarm=AlarmKind.PAID_LATE)
    scene.till.signals.alarm_raised.emit(paid)
    scene.settle()


def locked_typed(scene: Scene) -> None:
    """Three digits typed, over a code that must not show."""
    scene.till.staff.set_up(CASHIER, MANAGER, OWNER, signed_in=CASHIER)
    scene.waiting()
    scene.window.door.lock()
    scene.settle()
    cover = scene.window.door.cover
    assert cover is not None
    for digit in (2, 5, 8):
        cover.panel.pad.press(digit)


def switching(scene: Scene) -> None:
    """Somebody else wants to sign in."""
    scene.till.staff.set_up(CASHIER, MANAGER, OWNER, signed_in=CASHIER)
    scene.window.door.switch()
    scene.settle()


def chip_menu(scene: Scene) -> None:
    """Somebody stands at the till."""
    scene.till.staff.set_up(CASHIER, MANAGER, OWNER, signed_in=MANAGER)
    scene.settle()


def approval(scene: Scene) -> None:
    """A cashier asks for a manager's word."""
    scene.till.staff.set_up(CASHIER, MANAGER, OWNER, signed_in=CASHIER)
    scene.settle()
    scene.window.approvals.ask(Right.REFUND, "Refund HKD 20.00 of HKD 128.50", lambda _token: None)
    scene.settle()


def people_none(scene: Scene) -> None:
    """Nobody was set up yet."""
    scene.window.navigator.show_people()
    scene.settle()


def people_list(scene: Scene) -> None:
    """Four people."""
    scene.till.staff.set_up(CASHIER, MANAGER, OWNER, FORMER, signed_in=OWNER)
    scene.window.navigator.show_people()
    scene.settle()


def people_new(scene: Scene) -> None:
    """Somebody new, with a PIN that everybody would guess."""
    people_list(scene)
    page = scene.window.pages.people
    page.add_button.click()
    page.form.name.edit.setText("Kim Lee")
    page.form.pin.edit.setText("1234")
    page.form.again.edit.setText("1234")
    page.form.add.click()
    scene.settle()


def people_change(scene: Scene) -> None:
    """A manager's ceiling."""
    people_list(scene)
    next(one for one in scene.window.pages.people.list.buttons if one.person == MANAGER).click()
    scene.settle()


def override(scene: Scene) -> None:
    """A further code though the one before can still be paid."""
    scene.till.staff.set_up(CASHIER, MANAGER, OWNER, signed_in=CASHIER)
    now = datetime.now(UTC)
    order = scene.till.add(Money(12850, "HKD"), state=AttemptState.PENDING, shown_at=now, code=CODE)
    scene.window.navigator.show_order(order.order.order_id)
    scene.settle(200)
    offer = scene.window.orders_view.drawer.override
    offer.open_button.click()
    offer.reason.edit.setText("The customer's phone broke while paying")
    scene.settle()


SCENES: tuple[Callable[[Scene], None], ...] = (
    locked,
    locked_wait,
    locked_typed,
    switching,
    chip_menu,
    approval,
    people_none,
    people_list,
    people_new,
    people_change,
    override,
)
