"""Writes `ledger_v2.db`, a real ledger of schema 2: run once when the schema was new, kept for ever after.

    python -m tests.golden.ledger.make_v2

Never run it again once schema 2 was released: the point of the file is that a program of its time wrote it.
"""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from posapp.domain.money import Money
from posapp.domain.order import CodeKind, Flow, Payer, PaymentCode
from posapp.domain.status import AlarmKind, AttemptState, ReviewReason
from posapp.store.errors import LedgerError
from posapp.store.schema import SCHEMA_VERSION
from tests.fakes import NOON, Progress, an_attempt, ref
from tests.unit.store.books import OWNER, Books
from tests.unit.store.managers_day import fill

PATH = Path(__file__).with_name("ledger_v2.db")
_S = AttemptState
_CODE = PaymentCode(CodeKind.SCAN, "weixin://wxpay/bizpayurl?pr=golden")


def write(path: Path) -> None:
    """Write an order of every kind over some days and currencies, and one of everything that schema 2 brought."""
    books = Books.at(path)
    paid: Progress = {"gateway_id": "int_golden_1", "code": _CODE, "shown_at": NOON, "final_at": NOON, "paid_at": NOON}
    books.sell(1, note="two milk teas 奶茶")
    books.walk(1, _S.SUCCEEDED, **paid)
    books.sell(2, state=_S.CANCELLED, shown_at=NOON, final_at=NOON, code=_CODE)
    books.sell(3, state=_S.REFUSED, problem_code="refused", problem_text="金额超限")
    books.sell(4, state=_S.NOT_SENT, problem_code="dns")
    books.sell(5, state=_S.UNKNOWN, problem_code="interrupted")
    books.sell(6, state=_S.ORPHAN, at=NOON - timedelta(days=1))
    books.sell(7, state=_S.LAPSED, at=NOON - timedelta(days=14), final_at=NOON)
    books.sell(8, state=_S.PENDING, shown_at=NOON, given_up_at=NOON, code=_CODE, code_dead=True)
    books.sell(9, state=_S.CREATED, code=PaymentCode(CodeKind.LINK, "https://pay.example/golden"))
    books.sell(10)
    books.sell(11, money=Money(128, "JPY"), state=_S.PENDING, shown_at=NOON, code=_CODE)
    books.move(11, review=ReviewReason.AMOUNT_DIFFERS, review_detail="JPY 128 / JPY 1")
    books.sell(12, money=Money(1, "KWD"), state=_S.SUCCEEDED, final_at=NOON)
    books.sell(13, money=Money(99_999_999_999, "CNY"), state=_S.CANCELLED, shown_at=NOON, final_at=NOON)
    books.move(13, state=_S.SUCCEEDED, alarm=AlarmKind.PAID_AFTER_CANCEL)
    books.sell(14, state=_S.CANCELLED, shown_at=NOON, final_at=NOON, note="gave up")
    # A second attempt of order 2, paid through a mini program, and a third that was paid as well.
    handoff = PaymentCode(CodeKind.HANDOFF, '{"timeStamp":"1"}')
    for serial, number, alarm in ((20, 2, None), (21, 3, AlarmKind.PAID_TWICE)):
        fresh = an_attempt(serial, order_id=ref(2), number=number, flow=Flow.MINI_PROGRAM, payer=Payer("o-1", "wx-1"))
        books.orders.add(None, fresh, OWNER)
        books.walk(serial, _S.SUCCEEDED, shown_at=NOON, code=handoff, alarm=alarm)
    fill(books)
    books.ledger.close()


if __name__ == "__main__":
    if SCHEMA_VERSION != 2:
        raise LedgerError("ledger_newer", "This program no longer writes schema 2; the file must stay as it is.")
    with TemporaryDirectory() as folder:  # where its lock stays behind
        made = Path(folder) / PATH.name
        write(made)
        shutil.move(made, PATH)
