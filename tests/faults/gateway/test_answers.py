"""A gateway that misbehaves when it is asked: what an answer may change, and what it never can."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from posapp.app.system_clock import SystemClock
from posapp.domain.status import AlarmKind, AttemptState, ReviewReason
from posapp.services.till import TillServices
from posapp.store.ledger import open_ledger
from posapp.store.ownership import Owner
from tests.faults.gateway.live_till import field_name, gateway_at, live_till
from tests.unit.services.bench import facts, quick_folder

if TYPE_CHECKING:
    from posapp.sandbox.server import Sandbox
    from tests.faults.gateway.live_till import LiveTill

pytestmark = [pytest.mark.anyio, pytest.mark.xdist_group("faults-gateway")]

S = AttemptState


async def test_g2_a_5xx_to_a_question_changes_nothing(till: LiveTill) -> None:
    attempt = await till.charge()
    till.pay(attempt)
    for status in (500, 502, 503, 504):
        till.rule(attempt, "query", "status", status=status)
        assert (await till.asked_in_vain(attempt)).code == f"http_{status}"
        assert till.now(attempt) == attempt
    assert (await till.ask(attempt)).state is S.SUCCEEDED


async def test_g8_not_found_right_after_a_create_closes_nothing(till: LiveTill) -> None:
    shown = await till.charge()
    lost = till.begin()
    till.rule(lost, "create", "drop_after", times=4)
    unknown = await till.send(lost)
    assert unknown.state is S.UNKNOWN
    for attempt in (shown, unknown):
        for on in ("query", "list"):
            till.rule(attempt, on, "not_found", times=3)
        for _ in range(3):
            assert (await till.ask(attempt)).state is attempt.state
            assert till.now(attempt).is_watched
    till.clear()
    assert (await till.ask(shown)).state is S.PENDING
    assert (await till.ask(unknown)).state is S.ORPHAN


async def test_g9_pending_after_paid_changes_nothing_but_the_audit(till: LiveTill) -> None:
    attempt = await till.charge()
    till.pay(attempt)
    paid = await till.ask(attempt)
    assert paid.state is S.SUCCEEDED
    till.rule(attempt, "query", "stale")
    assert await till.ask(attempt) == paid
    assert till.notes(attempt)[-1] == "stale_answer"
    assert till.rung() == []


async def test_g10_cancelled_then_paid_is_paid_and_rings(till: LiveTill) -> None:
    attempt = await till.charge()
    till.cancel(attempt)
    assert (await till.ask(attempt)).state is S.CANCELLED
    till.pay(attempt, force=True)
    paid = await till.ask(attempt)
    assert (paid.state, paid.alarm) == (S.SUCCEEDED, AlarmKind.PAID_AFTER_CANCEL)
    assert till.rung() == [attempt.order_id]
    await till.ask(attempt)
    assert till.rung() == [attempt.order_id], "it rings once"


async def test_g11_paid_then_cancelled_stays_paid_and_rings(till: LiveTill) -> None:
    attempt = await till.charge()
    till.pay(attempt)
    await till.ask(attempt)
    till.cancel(attempt, force=True)
    for _ in range(2):
        contradicted = await till.ask(attempt)
        assert (contradicted.state, contradicted.alarm) == (S.SUCCEEDED, AlarmKind.CONTRADICTED)
    assert till.rung() == [attempt.order_id]


WORDS: list[object] = [
    *"PROCESSING REFUNDED PAID SUCCESS succeeded Succeeded SUCCEED SUCCEEDED! _SUCCEEDED".split(),
    *(" SUCCEEDED", "SUCCEEDED ", "SUCCEEDED\n", "SUCCEEDED\u200b", "\u202eDEDEECCUS", "SUCCEEDED,PENDING"),
    "ＳＵＣＣＥＥＤＥＤ",
    *(None, 1, 0, True, "", [], {}, ["SUCCEEDED"], {"status": "SUCCEEDED"}, "x" * 10_000),
]


async def test_g12_a_word_that_is_nearly_the_right_one_is_never_green(till: LiveTill) -> None:
    attempt = await till.charge()
    till.pay(attempt)
    for word in WORDS:
        till.rule(attempt, "query", "patch", set={field_name(till.provider, "status"): word})
        odd = await till.ask(attempt)
        assert (odd.state, odd.review) == (S.PENDING, ReviewReason.UNKNOWN_STATUS), repr(word)
        assert odd.review_detail is not None
        assert odd.review_detail.isprintable()
        assert len(odd.review_detail) <= 64
    sound = await till.ask(attempt)
    assert (sound.state, sound.review) == (S.SUCCEEDED, None)


MONEY: dict[str, dict[str, object]] = {
    "fifty times": {"amount": "6425.00"},
    "a speck more": {"amount": "128.500000001"},
    "a cent less": {"amount": "128.49"},
    "minor units": {"amount": "12850"},
    "nothing": {"amount": "0"},
    "other currency": {"currency": "TWD"},
    "lower case": {"currency": "hkd"},
    "no amount": {"amount": None},
    "no currency": {"currency": None},
    "blank currency": {"currency": "HKD "},
}


async def test_g13_another_amount_or_currency_is_not_green_and_both_values_are_kept(till: LiveTill) -> None:
    for case, fields in MONEY.items():
        attempt = await till.charge()
        till.pay(attempt)
        told = {field_name(till.provider, name): value for name, value in fields.items()}
        till.rule(attempt, "query", "patch", set=told)
        odd = await till.ask(attempt)
        assert (odd.state, odd.review) == (S.PENDING, ReviewReason.AMOUNT_DIFFERS), case
        ours, _, theirs = (odd.review_detail or "").partition(" / ")
        assert ours == "HKD 128.50"
        currency, amount = theirs.split()
        assert currency == str(fields.get("currency", "HKD") or "?").strip()
        said = fields.get("amount", "128.5")
        assert amount == "?" if said is None else Decimal(amount) == Decimal(str(said))
        sound = await till.ask(attempt)
        assert (sound.state, sound.review) == (S.SUCCEEDED, None), case


NO_AMOUNTS: list[object] = ["nonsense", "-128.50", "1e2", "128,50", "١٢٨٫٥٠", True, [], {}, "NaN", "", -128.5]


async def test_g13_an_amount_that_is_none_is_no_answer(till: LiveTill) -> None:
    attempt = await till.charge()
    till.pay(attempt)
    for amount in NO_AMOUNTS:
        till.rule(attempt, "query", "patch", set={field_name(till.provider, "amount"): amount})
        error = await till.asked_in_vain(attempt)
        assert error.code == "amount_unreadable", repr(amount)
        assert till.now(attempt) == attempt


async def test_g14_the_same_amount_in_other_digits_is_equal(till: LiveTill) -> None:
    for amount in ("128.5", "128.50", "128.500", "0128.50", "128.5000000000", 128.5):
        attempt = await till.charge()
        till.pay(attempt)
        till.rule(attempt, "query", "patch", set={field_name(till.provider, "amount"): amount})
        assert (await till.ask(attempt)).state is S.SUCCEEDED, repr(amount)


async def test_g15_the_answer_about_another_order_changes_nobody(till: LiveTill) -> None:
    """B is asked about and the gateway tells of A, which is paid: B is not green, and A learns it only for itself."""
    paid, waiting = await till.charge(), await till.charge()
    till.pay(paid)
    till.rule(waiting, "query", "swap_order", other=paid.merchant_order_id)
    till.rule(waiting, "query", "patch", set=_all_of(till, paid.merchant_order_id, paid.gateway_id))
    for _ in range(2):
        odd = await till.ask(waiting)
        assert (odd.state, odd.review) == (S.PENDING, ReviewReason.WRONG_ORDER)
        assert odd.gateway_id == waiting.gateway_id
        assert till.now(paid) == paid
    assert (await till.ask(waiting)).review is None
    assert (await till.ask(paid)).state is S.SUCCEEDED


async def test_g15_an_answer_that_mixes_two_orders_ids_is_about_nobody(till: LiveTill) -> None:
    paid, waiting = await till.charge(), await till.charge()
    till.pay(paid)
    for theirs, ours in ((paid.merchant_order_id, waiting.gateway_id), (waiting.merchant_order_id, paid.gateway_id)):
        till.rule(waiting, "query", "patch", set=_all_of(till, theirs, ours))
        odd = await till.ask(waiting)
        assert (odd.state, odd.review) == (S.PENDING, ReviewReason.WRONG_ORDER)


async def test_g15_replies_to_two_creates_that_were_swapped_show_neither_code(till: LiveTill) -> None:
    one, two = till.begin(), till.begin()
    till.rule(one, "create", "swap_order", other=two.merchant_order_id)
    swapped = await till.send(one)
    assert (swapped.state, swapped.review, swapped.code) == (S.UNKNOWN, ReviewReason.WRONG_ORDER, None)
    assert swapped.gateway_id is None, "that id is another payment's"
    right = await till.send(two)
    assert (right.state, right.review) == (S.CREATED, None)
    assert (await till.ask(swapped)).state is S.ORPHAN


def _all_of(till: LiveTill, merchant_order_id: str, gateway_id: str | None) -> dict[str, object]:
    theirs = "order_id" if till.provider == "cbtis" else "id"
    told = {"merchant_order_id": merchant_order_id, theirs: gateway_id, "status": "SUCCEEDED"}
    return {field_name(till.provider, name): value for name, value in told.items()}


async def test_g20_everybody_who_asks_while_an_answer_is_late_gets_that_one(till: LiveTill) -> None:
    attempt = await till.charge()
    till.rule(attempt, "query", "latency", seconds=0.4)
    asked = [asyncio.ensure_future(till.ask(attempt)) for _ in range(20)]
    await asyncio.sleep(0.1)
    till.pay(attempt)
    answers = await asyncio.gather(*asked)
    assert {answer.state for answer in answers} == {S.PENDING}, "made before the payment, delivered after it"
    assert till.requests("query") == 1
    assert (await till.ask(attempt)).state is S.SUCCEEDED


async def test_g20_an_older_answer_that_arrives_last_overrides_nothing(gateway_books: Sandbox, provider: str) -> None:
    """Two processes of one till: the question that left first comes back last, and tells of before the payment."""
    with quick_folder() as name:
        folder = Path(name)
        async with live_till(gateway_books, provider, folder) as till:
            attempt = await till.charge()
            keys = gateway_books.cbtis if provider == "cbtis" else gateway_books.airwallex
            gateway = gateway_at(gateway_books.base_url, provider, keys)
            await gateway.check()
            slow = TillServices(
                facts(gateway.capabilities),
                open_ledger(folder / f"{provider}.db"),
                gateway,
                SystemClock(),
                lambda _event: None,
                Owner(folder / "owners"),
                base_s=1.0,
            )
            till.rule(attempt, "query", "latency", seconds=0.5)
            older = asyncio.ensure_future(slow.reconciler.ask(attempt.merchant_order_id))
            await asyncio.sleep(0.2)
            till.pay(attempt)
            paid = await till.ask(attempt)
            assert paid.state is S.SUCCEEDED
            assert (await older).leading == paid
            assert till.notes(attempt)[-1] == "stale_answer"
            await slow.stop()


TIMES: dict[str, tuple[object, datetime | None]] = {
    "Z": ("2026-03-14T12:00:00Z", datetime(2026, 3, 14, 12, tzinfo=UTC)),
    "lower case": ("2026-03-14t12:00:00z", datetime(2026, 3, 14, 12, tzinfo=UTC)),
    "an offset": ("2026-03-14T20:00:00+08:00", datetime(2026, 3, 14, 12, tzinfo=UTC)),
    "an offset without a colon": ("2026-03-14T20:00:00+0800", datetime(2026, 3, 14, 12, tzinfo=UTC)),
    "nine digits": ("2026-03-14T12:00:00.123456789Z", datetime(2026, 3, 14, 12, 0, 0, 123456, tzinfo=UTC)),
    "ten years ahead": ("2036-03-14T12:00:00Z", datetime(2036, 3, 14, 12, tzinfo=UTC)),
    "long ago": ("1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
    "the year one": ("0001-01-01T00:00:00+14:00", None),
    "the end of time": ("9999-12-31T23:59:59-14:00", None),
    "a leap second": ("2016-12-31T23:59:60Z", None),
    "no zone": ("2026-03-14T12:00:00", None),
    "the 30th of February": ("2026-02-30T12:00:00Z", None),
    "Arabic digits": ("٢٠٢٦-03-14T12:00:00Z", None),
    "ten digits": ("2026-03-14T12:00:00.1234567890Z", None),
    "words": ("yesterday\x1b[2J<b>", None),
    "10 kB": ("2026" * 2_500, None),
    "empty": ("", None),
    "a number": (1773489600, None),
    "null": (None, None),
    "a list": (["2026-03-14T12:00:00Z"], None),
}


async def test_g22_an_odd_pay_time_is_kept_raw_and_never_in_the_way_of_green(till: LiveTill) -> None:
    names = ["data.pay_time"] if till.provider == "cbtis" else ["latest_payment_attempt.updated_at", "updated_at"]
    for case, (said, read) in TIMES.items():
        attempt = await till.charge()
        till.pay(attempt)
        till.rule(attempt, "query", "patch", set=dict.fromkeys(names, said))
        paid = await till.ask(attempt)
        assert (paid.state, paid.paid_at) == (S.SUCCEEDED, read), case
        raw = paid.paid_at_raw
        assert raw == said if read is not None else raw is None or (raw.isprintable() and len(raw) <= 200), case


async def test_g22_a_missing_pay_time_is_none(till: LiveTill) -> None:
    attempt = await till.charge()
    till.pay(attempt)
    names = ["data.pay_time"] if till.provider == "cbtis" else ["updated_at", "latest_payment_attempt"]
    till.rule(attempt, "query", "patch", remove=names)
    paid = await till.ask(attempt)
    assert (paid.state, paid.paid_at, paid.paid_at_raw) == (S.SUCCEEDED, None, None)
