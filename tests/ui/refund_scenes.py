"""Scenes of the gallery in which money is given back: the sheet, and the drawer with refunds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtTest import QTest

from posapp.domain.money import Money
from posapp.domain.refund import RefundReview, RefundState
from posapp.domain.status import AlarmKind, AttemptState

if TYPE_CHECKING:
    from posapp.domain.order import OrderSnapshot
    from posapp.ui.widgets.refund_sheet import RefundSheet
    from tests.ui.gallery import Scene


def _paid(scene: Scene, alarm: AlarmKind | None = None) -> OrderSnapshot:
    at = datetime.now(UTC) - timedelta(minutes=14)
    return scene.till.add(
        Money(12850, "HKD"),
        note="Table 4",
        at=at,
        state=AttemptState.SUCCEEDED,
        gateway_id="2511220000417",
        paid_at=at + timedelta(seconds=9),
        shown_at=at,
        alarm=alarm,
    )


def _sheet(scene: Scene, snapshot: OrderSnapshot) -> RefundSheet:
    _drawer(scene, snapshot)
    scene.window.orders_view.drawer.open_refund()
    scene.settle()
    sheet = scene.window.orders_view.drawer.refund_sheet
    assert sheet is not None
    return sheet


def _drawer(scene: Scene, snapshot: OrderSnapshot) -> None:
    scene.window.navigator.show_order(snapshot.order.order_id)
    scene.settle()


def _filled(scene: Scene, digits: str = "2000", tail: str = "") -> RefundSheet:
    snapshot = _paid(scene)
    sheet = _sheet(scene, snapshot)
    QTest.keyClicks(sheet.form.display, digits)
    QTest.keyClicks(sheet.form.tail.edit, tail or snapshot.order.order_id[-4:])
    QTest.keyClicks(sheet.form.reason.edit, "Tea was cold")
    return sheet


def _sent(scene: Scene, becomes: RefundState) -> RefundSheet:
    scene.till.refunds.becomes = becomes
    sheet = _filled(scene)
    sheet.form.send.click()
    scene.settle()
    return sheet


def refund_empty(scene: Scene) -> None:
    """Just opened; a part went back before."""
    snapshot = _paid(scene)
    snapshot = scene.till.refunds.add(snapshot.order.order_id, 2000, state=RefundState.SUCCEEDED)
    _sheet(scene, snapshot)


def refund_filled(scene: Scene) -> None:
    """Everything is entered."""
    _filled(scene)


def refund_too_much(scene: Scene) -> None:
    """More than was paid."""
    _filled(scene, "99900")


def refund_wrong_tail(scene: Scene) -> None:
    """Another order's characters."""
    _filled(scene, tail="XXXX").form.send.click()


def refund_asked(scene: Scene) -> None:
    """Pressed; the gateway is being asked."""
    _sent(scene, RefundState.REQUESTED)


def refund_processing(scene: Scene) -> None:
    """The gateway has it."""
    _sent(scene, RefundState.PROCESSING)


def refund_done(scene: Scene) -> None:
    """Given back."""
    _sent(scene, RefundState.SUCCEEDED)


def refund_unknown(scene: Scene) -> None:
    """No answer came."""
    sheet = _sent(scene, RefundState.UNKNOWN)
    state = sheet.presenter.state
    assert state is not None
    assert state.refund is not None
    scene.till.refunds.change(state.refund.merchant_refund_id, problem_code="timeout")


def refund_failed(scene: Scene) -> None:
    """The gateway said no."""
    sheet = _sent(scene, RefundState.FAILED)
    state = sheet.presenter.state
    assert state is not None
    assert state.refund is not None
    scene.till.refunds.change(
        state.refund.merchant_refund_id, problem_code="1042", problem_text="insufficient balance of merchant account"
    )


def refund_drawer(scene: Scene) -> None:
    """An order with refunds in the drawer."""
    ref = _paid(scene, AlarmKind.PAID_LATE).order.order_id
    refunds = scene.till.refunds
    refunds.add(ref, 2000, state=RefundState.SUCCEEDED, gateway_refund_id="R2511229081", final_at=datetime.now(UTC))
    refunds.add(ref, 3000, state=RefundState.FAILED, problem_code="1042", problem_text="balance too low")
    snapshot = refunds.add(ref, 550, state=RefundState.UNKNOWN, problem_code="timeout", support_id="rid-81")
    _drawer(scene, snapshot)


def refund_review(scene: Scene) -> None:
    """An answer about a refund that does not add up."""
    ref = _paid(scene).order.order_id
    snapshot = scene.till.refunds.add(
        ref,
        2000,
        state=RefundState.UNKNOWN,
        review=RefundReview.AMOUNT_DIFFERS,
        review_detail="HKD 20.00 / HKD 2.00",
        support_id="rid-81",
    )
    _drawer(scene, snapshot)


SCENES = (
    refund_empty, refund_filled, refund_too_much, refund_wrong_tail, refund_asked, refund_processing, refund_done,
    refund_unknown, refund_failed, refund_drawer, refund_review,
)  # fmt: skip
