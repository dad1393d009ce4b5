"""Scenes of the gallery in which something waits for a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from posapp.domain.errors import Problem
from posapp.domain.inbox import InboxAction
from posapp.domain.money import Money
from posapp.domain.order import CodeKind, PaymentCode
from posapp.domain.refund import Refund, RefundRequest, RefundState
from posapp.domain.status import AlarmKind, AttemptState, ReviewReason

if TYPE_CHECKING:
    from posapp.domain.order import OrderSnapshot
    from tests.ui.fake_till import FakeTill
    from tests.ui.gallery import Scene

_CODE = PaymentCode(CodeKind.SCAN, "weixin://wxpay/bizpayurl?pr=inbox")
S = AttemptState


def with_refund(till: FakeTill, snapshot: OrderSnapshot, minor: int, state: RefundState, words: str = "") -> None:
    """Add a refund to an order."""
    attempt = snapshot.attempts[-1]
    request = RefundRequest(
        merchant_refund_id=f"R{len(snapshot.refunds)}-{attempt.merchant_order_id}"[:32],
        request_id=f"q-{minor}",
        merchant_order_id=attempt.merchant_order_id,
        payment_gateway_id=attempt.gateway_id,
        money=Money(minor, "HKD"),
    )
    at = datetime.now(UTC) - timedelta(minutes=6)
    refund = Refund(
        request, snapshot.order.order_id, attempt.provider, at.date(), at, state=state, problem_text=words or None
    )
    till.keep(replace(snapshot, refunds=(*snapshot.refunds, refund)))


def fill(till: FakeTill) -> dict[str, OrderSnapshot]:
    """Let one of everything wait."""
    now = datetime.now(UTC)

    def at(minutes: int) -> datetime:
        return now - timedelta(minutes=minutes)

    def paid(minor: int, minutes: int, note: str = "", alarm: AlarmKind | None = None) -> OrderSnapshot:
        return till.add(
            Money(minor, "HKD"), note=note, at=at(minutes), state=S.SUCCEEDED, gateway_id=f"25112200{minor}",
            shown_at=at(minutes), paid_at=at(minutes - 1), alarm=alarm,
        )  # fmt: skip

    made = {
        "late": paid(4550, 18, "Table 4", AlarmKind.PAID_LATE),
        "twice": paid(12850, 25, alarm=AlarmKind.PAID_TWICE),
        "closed": paid(3200, 140, "the gentleman with the blue umbrella", AlarmKind.PAID_AFTER_CANCEL),
        "mismatch": till.add(
            Money(6600, "HKD"), at=at(40), state=S.PENDING, shown_at=at(40), code=_CODE,
            review=ReviewReason.AMOUNT_DIFFERS, review_detail="HKD 66.00 / HKD 6.60",
        ),
        "unknown": till.add(Money(128000, "HKD"), at=at(12), state=S.UNKNOWN),
        "lapsed": till.add(Money(2800, "HKD"), at=at(60 * 24 * 15), state=S.LAPSED),
        "waiting": till.add(Money(5200, "HKD"), note="Table 9", at=at(4), state=S.PENDING, shown_at=at(4), code=_CODE),
    }  # fmt: skip
    with_refund(till, paid(9900, 90), 2000, RefundState.UNKNOWN)
    with_refund(till, paid(8800, 95), 8800, RefundState.FAILED, "余额不足")
    return made


def inbox_full(scene: Scene) -> None:
    """One of everything."""
    fill(scene.till)
    scene.till.signals.ready.emit()
    scene.settle()
    scene.window.navigator.show_inbox()
    scene.settle()


def inbox_reason(scene: Scene) -> None:
    """Somebody keeps money and writes why."""
    made = fill(scene.till)
    scene.window.navigator.show_item(made["late"].order.order_id)
    scene.settle()
    card = scene.window.pages.inbox.cards[made["late"].attempts[0].merchant_order_id, None]
    card.buttons[InboxAction.KEEP].click()
    card.reason.edit.setText("The tea was served")


def inbox_asked(scene: Scene) -> None:
    """One was asked about, one failed to be asked, one was settled a moment ago."""
    made = fill(scene.till)
    scene.window.navigator.show_inbox()
    scene.settle()
    inbox = scene.window.pages.inbox
    mismatch = inbox.cards[made["mismatch"].attempts[0].merchant_order_id, None]
    mismatch.buttons[InboxAction.ASK].click()
    scene.settle()
    scene.till.failures["decide"] = Problem("decision_not_honest", "")
    twice = inbox.cards[made["twice"].attempts[0].merchant_order_id, None]
    twice.acted.emit(twice.item, InboxAction.KEEP, "served twice")
    scene.settle()
    late = inbox.cards[made["late"].attempts[0].merchant_order_id, None]
    late.acted.emit(late.item, InboxAction.KEEP, "served")
    scene.settle()


def inbox_empty(scene: Scene) -> None:
    """Nothing waits."""
    scene.till.add(Money(4550, "HKD"), state=S.SUCCEEDED)
    scene.window.navigator.show_inbox()


def inbox_hint(scene: Scene) -> None:
    """The till opens, and three orders need a look."""
    fill(scene.till)
    scene.till.signals.ready.emit()
    scene.settle()


SCENES = (inbox_full, inbox_reason, inbox_asked, inbox_empty, inbox_hint)
