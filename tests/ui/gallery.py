"""Renders every screen in every state, look and size for human eyes: `python -m tests.ui.gallery OUTDIR [FILTER]`."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from posapp.domain.errors import Problem
from posapp.domain.money import Money
from posapp.domain.order import CodeKind, PaymentCode
from posapp.domain.status import AlarmKind, AttemptState, ReviewReason
from posapp.domain.till import HealthState
from posapp.ui.main_window import MainWindow
from posapp.ui.shortcuts import Action
from tests.ui import day_scenes, export_scenes, inbox_scenes, order_scenes, refund_scenes, staff_scenes, trouble_scenes
from tests.ui.fake_till import CODE_URL, FakeTill, facts

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.domain.order import OrderSnapshot
    from posapp.ui.theme import ThemeMode
    from tests.ui.fake_till import Changes

SIZES = ((680, 440), (1024, 768), (1280, 800), (1920, 1080))
LOOKS: tuple[ThemeMode, ...] = ("light", "dark")
AMOUNT = Money(12850, "HKD")
_PATIENCE = 250
CODE = PaymentCode(CodeKind.SCAN, CODE_URL)


@dataclass
class Scene:
    """One window with its till."""

    till: FakeTill
    window: MainWindow

    def settle(self, ms: int = 60) -> None:
        """Let everything that waits happen."""
        QTest.qWait(ms)

    def type_amount(self, digits: str = "12850") -> None:
        """Type at the keypad."""
        QTest.keyClicks(self.window.charge_view.display, digits)

    def waiting(self) -> OrderSnapshot:
        """Bring a code on screen."""
        self.type_amount()
        self.window.charge_view.charge()
        drawn = self.till.code is not None and self.till.code.kind is not CodeKind.HANDOFF
        for _ in range(_PATIENCE):
            if self.till.on_screen is not None or not drawn:
                break
            self.settle(20)
        self.settle()
        order = list(self.till.orders_by_id.values())[-1]
        self.till.answered(order.order.order_id, seconds_ago=2)
        return order

    def open_as(self, **changes: Unpack[Changes]) -> OrderSnapshot:
        """Open an order in a given state."""
        self.till.code = None
        order = self.till.add(AMOUNT, **changes)
        self.window.open_order(order)
        return order


def past(till: FakeTill) -> None:
    """Fill the day with orders."""
    now = datetime.now(UTC)
    rows = (
        (4550, "Table 4", AttemptState.SUCCEEDED, 3),
        (12850, "", AttemptState.PENDING, 7),
        (2800, "Oat milk, no sugar, extra hot, for the gentleman with the blue umbrella", AttemptState.SUCCEEDED, 12),
        (128000, "", AttemptState.UNKNOWN, 16),
        (6600, "", AttemptState.CANCELLED, 22),
    )
    for minor, note, state, minutes in rows:
        at = now - timedelta(minutes=minutes)
        paid_at = at + timedelta(seconds=9) if state is AttemptState.SUCCEEDED else None
        till.add(Money(minor, "HKD"), note=note, at=at, state=state, code=CODE, shown_at=at, paid_at=paid_at)


def charge_empty(scene: Scene) -> None:
    """Nothing typed, nothing sold."""


def charge_typed(scene: Scene) -> None:
    """An amount and the last orders."""
    past(scene.till)
    scene.till.signals.ready.emit()
    scene.settle()
    scene.type_amount("4500+2800+5550")
    scene.till.health(HealthState.ANSWERING)


def charge_refused(scene: Scene) -> None:
    """A pasted text that is no amount; the gateway is silent."""
    past(scene.till)
    scene.till.signals.ready.emit()
    QApplication.clipboard().setText("1,280.50")
    QTest.keyClicks(scene.window.charge_view.display, "99999999999")
    QTest.keyClicks(scene.window.charge_view.display, "9")
    scene.till.health(HealthState.SILENT, seconds_ago=40)


def charge_guard(scene: Scene) -> None:
    """The same amount is open already."""
    past(scene.till)
    scene.till.add(AMOUNT, state=AttemptState.PENDING, shown_at=datetime.now(UTC), code=CODE)
    scene.till.signals.ready.emit()
    scene.type_amount()
    scene.window.charge_view.charge()


def charge_failed(scene: Scene) -> None:
    """The ledger cannot be written."""
    scene.till.failures["charge"] = Problem("disk_full", "no space left on device")
    scene.till.health(HealthState.LEDGER)
    scene.type_amount()
    scene.window.charge_view.charge()


def charge_busy(scene: Scene) -> None:
    """Pressed, and not yet committed."""
    scene.till.held.add("charge")
    scene.type_amount()
    scene.window.charge_view.charge()


def charge_asked(scene: Scene) -> None:
    """Two open orders behind the page, one was asked about."""
    past(scene.till)
    scene.till.signals.ready.emit()
    scene.settle()
    for order in scene.till.orders_by_id.values():
        scene.till.signals.order_changed.emit(order)
    scene.window.charge_view.press(Action.ASK)


def pay_creating(scene: Scene) -> None:
    """The gateway is asked for a code."""
    scene.open_as(state=AttemptState.CREATING)


def pay_waiting(scene: Scene) -> None:
    """The code is before the shopper."""
    scene.waiting()
    scene.till.health(HealthState.ANSWERING)


def pay_waiting_chips(scene: Scene) -> None:
    """The code, with two more orders open and an answer to *Ask now*."""
    past(scene.till)
    for order in scene.till.orders_by_id.values():
        scene.till.signals.order_changed.emit(order)
    scene.waiting()
    scene.window.payment_view.press(Action.ASK)


def pay_long(scene: Scene) -> None:
    """A long code."""
    scene.till.code = PaymentCode(CodeKind.SCAN, CODE_URL + "&k=" + "Zm9vYmFy" * 28)
    scene.waiting()


def pay_link(scene: Scene) -> None:
    """A page for inside WeChat."""
    scene.till.code = PaymentCode(CodeKind.LINK, "https://open.example.test/connect/oauth2/authorize?appid=wx12345678")
    scene.waiting()


def pay_handoff(scene: Scene) -> None:
    """A mini program."""
    scene.till.code = PaymentCode(CodeKind.HANDOFF, "{}")
    scene.waiting()


def pay_not_known(scene: Scene) -> None:
    """No certain answer to the create."""
    order = scene.open_as(state=AttemptState.UNKNOWN, problem_code="timeout", support_id="8f1c2a77b0")
    scene.till.answered(order.order.order_id, problem="timeout")
    scene.till.health(HealthState.SILENT, seconds_ago=40)


def pay_not_sent(scene: Scene) -> None:
    """Nothing left the machine."""
    scene.open_as(state=AttemptState.NOT_SENT, problem_code="dns")


def pay_refused(scene: Scene) -> None:
    """A definite no."""
    scene.open_as(
        state=AttemptState.REFUSED,
        problem_code="payment_method_not_allowed",
        problem_text="wechatpay is not enabled for account acct_Jd8",
        support_id="trace-4be1dd90a7",
    )


def pay_review(scene: Scene) -> None:
    """The amount differs."""
    scene.open_as(
        state=AttemptState.PENDING,
        shown_at=datetime.now(UTC),
        code=CODE,
        review=ReviewReason.AMOUNT_DIFFERS,
        review_detail="HKD 128.50 / HKD 12.85",
        support_id="rid-1177",
    )


def pay_unpaid(scene: Scene) -> None:
    """Closed by the gateway."""
    scene.open_as(state=AttemptState.CANCELLED, shown_at=datetime.now(UTC), code=CODE)


def pay_given_up(scene: Scene) -> None:
    """Given up, still watched."""
    scene.open_as(state=AttemptState.PENDING, shown_at=datetime.now(UTC), code=CODE, given_up_at=datetime.now(UTC))


def pay_override(scene: Scene) -> None:
    """Given up, and somebody wants another code all the same."""
    pay_given_up(scene)
    offer = scene.window.payment_view.override
    offer.open_button.click()
    QTest.keyClicks(offer.reason.edit, "Her phone ran flat")


def pay_paid(scene: Scene) -> None:
    """Green."""
    order = scene.waiting()
    scene.till.pay(order.order.order_id)


def pay_paid_late(scene: Scene) -> None:
    """Green, with an alarm."""
    scene.open_as(state=AttemptState.SUCCEEDED, paid_at=datetime.now(UTC), alarm=AlarmKind.PAID_LATE)


def alarm(scene: Scene) -> None:
    """Money arrived late while the cashier types."""
    past(scene.till)
    scene.till.signals.ready.emit()
    scene.type_amount("99")
    late = scene.till.add(AMOUNT, state=AttemptState.SUCCEEDED, paid_at=datetime.now(UTC), alarm=AlarmKind.PAID_LATE)
    scene.till.signals.alarm_raised.emit(late)
    scene.till.signals.problem_raised.emit(Problem("ledger_busy", "database is locked"))


def training_charge(scene: Scene) -> None:
    """Training mode on the charge page."""
    charge_typed(scene)


def training_pay(scene: Scene) -> None:
    """Training mode on the payment page."""
    pay_waiting(scene)


def training_paid(scene: Scene) -> None:
    """Training mode, paid."""
    pay_paid(scene)


def orders(scene: Scene) -> None:
    """The order list."""
    past(scene.till)
    scene.window.show_orders()


def training_orders(scene: Scene) -> None:
    """The order list in training mode."""
    orders(scene)


def help_panel(scene: Scene) -> None:
    """The keys."""
    charge_typed(scene)
    scene.window.toggle_help()


def long_names(scene: Scene) -> None:
    """A shop with a very long name, in Chinese and English."""
    past(scene.till)
    scene.waiting()


SCENES: tuple[Callable[[Scene], None], ...] = (
    charge_empty, charge_typed, charge_refused, charge_guard, charge_failed, charge_busy, charge_asked,
    pay_creating, pay_waiting, pay_waiting_chips, pay_long, pay_link, pay_handoff, pay_not_known, pay_not_sent,
    pay_refused, pay_review, pay_unpaid, pay_given_up, pay_override, pay_paid, pay_paid_late, alarm,
    training_charge, training_pay, training_paid, orders, training_orders, help_panel, long_names,
    *trouble_scenes.SCENES, *staff_scenes.SCENES, *order_scenes.SCENES,
    *refund_scenes.SCENES, *inbox_scenes.SCENES, *day_scenes.SCENES, *export_scenes.SCENES,
)  # fmt: skip


def render(scene: Callable[[Scene], None], mode: ThemeMode, size: tuple[int, int], folder: Path, scale: float) -> Path:
    """Draw one scene into a PNG."""
    name = scene.__name__
    till_facts = facts(training=name.startswith("training"))
    if name == "long_names":
        till_facts = facts(
            shop="海港茶餐廳（尖沙咀海港城店） The Harbour City Tea House and Bakery of Tsim Sha Tsui",
            till="Ground-floor-left-counter",
        )
    till = FakeTill(till_facts)
    window = MainWindow(till, theme_mode=mode)
    window.resize(round(size[0] / scale), round(size[1] / scale))
    window.show()
    stage = Scene(till, window)
    stage.settle()
    scene(stage)
    stage.settle(120)
    path = folder / f"{name}-{mode}-{size[0]}x{size[1]}{f'@{scale:g}' if scale != 1 else ''}.png"
    window.grab().save(str(path))
    window.close()
    window.deleteLater()
    stage.settle(5)
    return path


def main(arguments: list[str]) -> int:
    """Render what was asked for: folder, then beginnings of names, looks and sizes, each separated by commas."""
    folder, names, looks, sizes = (*arguments, *("", "", "", "")[len(arguments) :])
    Path(folder).mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    scale = float(os.environ.get("QT_SCALE_FACTOR", "1"))
    for scene in SCENES:
        if not scene.__name__.startswith(tuple(names.split(","))):
            continue
        for mode in LOOKS:
            for size in SIZES:
                wanted_look = not looks or mode in looks.split(",")
                if wanted_look and (not sizes or f"{size[0]}x{size[1]}" in sizes.split(",")):
                    sys.stdout.write(f"{render(scene, mode, size, Path(folder), scale)}\n")
    app.quit()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
