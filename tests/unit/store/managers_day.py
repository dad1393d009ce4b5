"""One of everything that a manager's day leaves in a ledger besides orders: refunds, people, shifts, closed days."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from posapp.domain.day_close import GENESIS, close_hash
from posapp.domain.inbox import Decision
from posapp.domain.money import Money
from posapp.domain.order import CodeKind, PaymentCode
from posapp.domain.refund import Refund, RefundRequest, RefundReview, RefundState
from posapp.domain.status import AlarmKind, AttemptState
from posapp.store.audit import AuditEvent
from posapp.store.instants import to_us
from posapp.store.refunds import RefundStore
from posapp.store.vouching import TILL, VOUCHED, tell, vouch
from tests.fakes import NOON, ref
from tests.unit.store.books import OWNER

if TYPE_CHECKING:
    from datetime import datetime

    from posapp.domain.order import OrderSnapshot
    from tests.unit.store.books import Books

R = RefundState
LATER = NOON + timedelta(hours=1)
_ROUTES: dict[RefundState, tuple[RefundState, ...]] = {
    R.REQUESTED: (),
    R.NOT_SENT: (R.NOT_SENT,),
    R.PROCESSING: (R.PROCESSING,),
    R.SUCCEEDED: (R.PROCESSING, R.SUCCEEDED),
    R.FAILED: (R.FAILED,),
    R.UNKNOWN: (R.UNKNOWN,),
}


def refund_id(number: int) -> str:
    """Return the id of refund `number`."""
    return f"R1-{number:04}"


def a_refund(number: int, serial: int, minor: int, *, currency: str = "HKD", reason: str = "") -> Refund:
    """Return refund `number`, of the payment with that serial, as it is first committed."""
    request = RefundRequest(
        merchant_refund_id=refund_id(number),
        request_id=f"00000000-0000-4000-8000-{number:012}",
        merchant_order_id=ref(serial),
        payment_gateway_id=f"int_{serial}",
        money=Money(minor, currency),
        reason=reason,
    )
    return Refund(request, ref(serial), "cbtis", LATER.date(), LATER, asked_by="Mei", approved_by="Sam")


def give_back(books: Books, refund: Refund, state: RefundState) -> OrderSnapshot:
    """Commit a refund and bring it to a state by the transitions there are."""
    store = RefundStore(books.ledger)
    order = books.orders.snapshot(refund.order_id)
    attempt = books.orders.attempt(refund.request.merchant_order_id)
    assert order is not None
    assert attempt is not None
    seen = attempt.money.minor - order.refundable(attempt.merchant_order_id).minor
    snapshot, _ = store.add(refund, OWNER, seen_minor=seen)
    for step in _ROUTES[state]:
        now = store.refund(refund.merchant_refund_id)
        assert now is not None
        ended = LATER if step in (R.SUCCEEDED, R.FAILED) else None
        became = replace(now, state=step, gateway_refund_id="rfd_1", support_id="rid-9", final_at=ended)
        if step is R.FAILED:
            became = replace(became, problem_code="refused", problem_text="余额不足")
        changed = store.change(now, became, LATER)
        assert changed is not None
        snapshot = changed
    return snapshot


def write_row(books: Books, event: str, values: dict[str, str | int | None], at: datetime = LATER) -> None:
    """Write a row of a vouched table, or the same row anew, with its audit row."""
    vouched = VOUCHED[event]
    assert tuple(values) == vouched.columns
    key = values[vouched.key]
    assert key is not None
    names, places = ", ".join(values), ", ".join("?" * len(values))
    with books.ledger.writing() as connection:
        there = connection.execute(f"SELECT 1 FROM {vouched.table} WHERE {vouched.key} = ?", (key,)).fetchone()  # noqa: S608
        if there is None:
            query = f"INSERT INTO {vouched.table} ({names}) VALUES ({places})"  # noqa: S608 - our own names
            connection.execute(query, tuple(values.values()))
        else:
            marks = ", ".join(f"{name} = ?" for name in values)
            query = f"UPDATE {vouched.table} SET {marks} WHERE {vouched.key} = ?"  # noqa: S608 - our own names
            connection.execute(query, (*values.values(), key))
        vouch(connection, AuditEvent(to_us(at), TILL, None, event, {"what": "written"}), key)


def a_person(name: str, role: str, *, failures: int = 0, ceiling: int | None = None) -> dict[str, str | int | None]:
    """Return somebody's row."""
    return {
        "person_id": f"p-{name.lower()}",
        "name": name,
        "role": role,
        "active": 1,
        "pin_hash": "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA",
        "ceiling_minor": ceiling,
        "ceiling_currency": None if ceiling is None else "HKD",
        "failures": failures,
        "created_us": to_us(NOON),
    }


def a_shift(number: int, opened_seq: int, closed_seq: int | None = None) -> dict[str, str | int | None]:
    """Return the row of a shift, which runs where it has no end."""
    ended = closed_seq is not None
    return {
        "number": number,
        "opened_us": to_us(NOON),
        "opened_by": "Mei",
        "opened_seq": opened_seq,
        "closed_us": to_us(LATER) if ended else None,
        "closed_by": "Mei" if ended else None,
        "closed_seq": closed_seq,
        "expected": '{"HKD":12850}' if ended else None,
        "counted": '{"HKD":12800}' if ended else None,
        "note": "one coin short" if ended else "",
    }


def a_day_close(number: int, day: str, prev_hash: str) -> dict[str, str | int | None]:
    """Return the row of a Z onto the one before."""
    report = f'{{"day":"{day}","shop":"Harbour Tea"}}'
    return {
        "number": number,
        "business_day": day,
        "closed_us": to_us(LATER),
        "closed_by": "Sam",
        "report": report,
        "prev_hash": prev_hash,
        "hash": close_hash(prev_hash, number, day, report),
    }


def fill(books: Books) -> None:
    """Write one of everything: orders 100 to 107, refunds in every state, three people, two shifts, two Zs, decisions.

    An order of its own for each refund that was not given back in full, so that each shows what it is.
    """
    for serial in range(100, 108):
        books.sell(
            serial,
            state=AttemptState.SUCCEEDED,
            gateway_id=f"int_{serial}",
            code=PaymentCode(CodeKind.SCAN, "weixin://wxpay/bizpayurl?pr=golden"),
            shown_at=NOON,
            final_at=NOON,
        )
    for name, role in (("Mei", "CASHIER"), ("Sam", "MANAGER"), ("Olu", "OWNER")):
        write_row(books, "person", a_person(name, role))
    write_row(books, "person", a_person("Mei", "CASHIER", failures=2, ceiling=20_000))
    give_back(books, a_refund(1, 100, 12_850, reason="spilt"), R.SUCCEEDED)
    give_back(books, a_refund(2, 101, 850), R.SUCCEEDED)
    give_back(books, a_refund(3, 101, 1_000), R.PROCESSING)
    for number, serial, state in ((4, 102, R.FAILED), (5, 103, R.UNKNOWN), (6, 104, R.NOT_SENT), (7, 105, R.REQUESTED)):
        give_back(books, a_refund(number, serial, 12_850), state)
    store = RefundStore(books.ledger)
    doubtful = store.refund(refund_id(3))
    assert doubtful is not None
    odd = replace(doubtful, review=RefundReview.AMOUNT_DIFFERS, review_detail="HKD 10.00 / HKD 1.00")
    store.change(doubtful, odd, LATER)
    books.move(106, alarm=AlarmKind.PAID_LATE)
    books.move(106, settled=Decision.KEPT)
    books.move(107, alarm=AlarmKind.CONTRADICTED)
    books.sell(108, state=AttemptState.LAPSED, final_at=NOON)
    books.move(108, settled=Decision.WRITTEN_OFF)
    write_row(books, "shift", a_shift(1, 0))
    write_row(books, "shift", a_shift(1, 0, 40))
    write_row(books, "shift", a_shift(2, 40))
    first = a_day_close(1, "2026-03-13", GENESIS)
    write_row(books, "day_close", first)
    write_row(books, "day_close", a_day_close(2, "2026-03-14", str(first["hash"])))
    with books.ledger.writing() as connection:
        tell(connection, to_us(LATER), "signed_in", {"who": "Mei"})
