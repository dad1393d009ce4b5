"""What the list and the drawer say, without a window."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from posapp.domain.order import CodeKind
from posapp.domain.order_query import StateFilter, TimelineEntry
from posapp.domain.refund import RefundState
from posapp.domain.status import AlarmKind, AttemptState, ReviewReason
from posapp.ui import order_text
from posapp.ui.order_text import (
    code_kind_text,
    event_details,
    event_sentence,
    filter_word,
    state_sentence,
    unknown_advice,
)
from posapp.ui.presenters.orders_clock import beside, day_name, moment
from posapp.ui.presenters.orders_empty import EmptyAction, empty_message
from posapp.ui.presenters.orders_facts import (
    ID_FITS,
    all_ids,
    attempt_facts,
    breakable,
    order_cautions,
    order_facts,
)
from posapp.ui.presenters.orders_filter import OrdersScope
from posapp.ui.presenters.orders_row_text import OrderColumn, RowWriter, column_title
from posapp.ui.presenters.orders_timeline import timeline_rows
from posapp.ui.tokens import ToneName
from tests.unit.ui.order_samples import DAY, FACTS, NOON, a_snapshot, with_refund, with_second

if TYPE_CHECKING:
    from collections.abc import Sequence

TODAY = date(2025, 11, 22)
WRITER = RowWriter(FACTS)


def test_every_member_has_words_of_its_own() -> None:
    for words in (
        [filter_word(state) for state in StateFilter],
        [code_kind_text(kind) for kind in CodeKind],
        [state_sentence(state) for state in AttemptState],
        [column_title(column) for column in OrderColumn],
        [unknown_advice(state)[1] for state in (AttemptState.UNKNOWN, AttemptState.ORPHAN, AttemptState.LAPSED)],
    ):
        assert all(words)
        assert len(set(words)) == len(words)


def test_a_code_that_was_shown_is_never_called_unseen() -> None:
    for state in (AttemptState.UNKNOWN, AttemptState.ORPHAN, AttemptState.LAPSED):
        advice = unknown_advice(state, shown=True)[1]
        assert "may still pay" in advice
        assert "Nobody" not in advice
        assert "never reached" not in advice
        assert "is safe" not in advice


def test_a_paid_row_tells_the_gateways_time() -> None:
    row = WRITER.write(a_snapshot(0, AttemptState.SUCCEEDED, minor=128050, note="Table 12"), with_day=False)
    assert row.cells == ("Paid", "12:00:00", "HKD 1,280.50", "Table 12", "000000", "Paid at 12:00:20")
    assert (row.currency, row.digits, row.attention, row.rings) == ("HKD", "1,280.50", "", False)


def test_a_refund_is_told_beside_the_state_and_changes_no_word_of_it() -> None:
    paid = a_snapshot(0, AttemptState.SUCCEEDED, minor=12850)
    row = WRITER.write(with_refund(paid, 2000), with_day=False)
    assert row.cells[OrderColumn.STATE] == "Paid"
    assert (row.refunded, row.cells[OrderColumn.PAYMENT]) == ("Refunded HKD 20.00", "Refunded HKD 20.00")
    twice = WRITER.write(with_refund(with_refund(paid, 2000), 500), with_day=False)
    assert twice.refunded == "Refunded HKD 25.00"
    going = WRITER.write(with_refund(paid, 2000, RefundState.PROCESSING), with_day=False)
    assert going.refunded == "Refund of HKD 20.00 under way"
    failed = WRITER.write(with_refund(paid, 2000, RefundState.FAILED), with_day=False)
    assert failed.refunded == ""


def test_an_alarm_speaks_first_and_a_screen_reader_hears_of_the_refund_all_the_same() -> None:
    late = a_snapshot(0, AttemptState.SUCCEEDED, alarm=AlarmKind.PAID_LATE)
    row = WRITER.write(with_refund(late, 2000), with_day=False)
    assert row.cells[OrderColumn.PAYMENT] == row.attention
    assert "Refunded HKD 20.00" in row.spoken[OrderColumn.AMOUNT]


def test_a_row_in_a_list_of_many_days_tells_its_day() -> None:
    assert WRITER.write(a_snapshot(0), with_day=True).cells[OrderColumn.TIME] == "22 Nov, 12:00:00"


def test_a_payment_on_another_day_tells_that_day() -> None:
    paid = a_snapshot(0, AttemptState.SUCCEEDED, paid_at=NOON + timedelta(days=1))
    assert WRITER.write(paid, with_day=False).cells[OrderColumn.PAYMENT] == "Paid at 23 Nov, 12:00:00"


def test_a_payment_without_a_time_is_not_given_one() -> None:
    paid = a_snapshot(0, AttemptState.SUCCEEDED, paid_at=None)
    assert WRITER.write(paid, with_day=False).cells[OrderColumn.PAYMENT] == "Paid, time not given"


def test_what_rings_stands_in_the_row() -> None:
    late = WRITER.write(a_snapshot(0, AttemptState.SUCCEEDED, alarm=AlarmKind.PAID_LATE), with_day=False)
    doubted = WRITER.write(a_snapshot(0, review=ReviewReason.WRONG_ORDER), with_day=False)
    twice = WRITER.write(with_second(a_snapshot(0, AttemptState.SUCCEEDED), AttemptState.SUCCEEDED), with_day=False)
    assert (late.attention, late.rings) == ("Money arrived late", True)
    assert doubted.attention
    assert not doubted.rings
    assert twice.attention == "Paid twice"


def test_a_note_from_outside_is_made_one_line() -> None:
    row = WRITER.write(a_snapshot(0, note="a\nb\x00c\u202ed"), with_day=False)
    assert row.cells[OrderColumn.NOTE] == "a b c d"


def test_an_empty_cell_is_spoken() -> None:
    assert WRITER.write(a_snapshot(0), with_day=False).spoken[OrderColumn.NOTE] == "Note: none"


def test_times_are_the_shops_whatever_the_pc_thinks() -> None:
    assert moment(NOON, DAY) == "22 Nov, 12:00:00"
    assert beside(NOON + timedelta(hours=1), NOON, DAY) == "13:00:00"
    assert beside(NOON + timedelta(hours=13), NOON, DAY) == "23 Nov, 01:00:00"


def test_days_are_called_as_people_call_them() -> None:
    assert day_name(TODAY, TODAY) == "Today"
    assert day_name(TODAY - timedelta(days=1), TODAY) == "Yesterday"
    assert day_name(date(2025, 11, 1), TODAY) == "Sat 1 Nov 2025"


def entry(event: str, new: str | None = None, **facts: str) -> TimelineEntry:
    return TimelineEntry(1, NOON, "T1-00000000000000000000000", event, "PENDING", new, facts)


@pytest.mark.parametrize(
    "row,sentence",
    [
        (entry("state", "SUCCEEDED"), "Paid"),
        (entry("state", "UNKNOWN"), "No clear answer: the payment may or may not exist"),
        (entry("given_up", "PENDING"), "Given up by the cashier; still being watched"),
        (entry("alarm", "SUCCEEDED", alarm="PAID_LATE"), "Alarm: Money arrived late"),
        (entry("alarm", "SUCCEEDED", alarm="NEW_KIND"), "Alarm"),
        (entry("code_dead", "PENDING"), "The gateway says that the code can no longer be paid"),
        (entry("state", "A_WORD_OF_TOMORROW"), "Recorded: state"),
        (entry("something_new"), "Recorded: something_new"),
    ],
)
def test_an_audit_row_becomes_a_sentence(row: TimelineEntry, sentence: str) -> None:
    assert event_sentence(row) == sentence


def test_the_details_of_an_audit_row_are_told_and_kept_plain() -> None:
    row = entry(
        "state", "UNKNOWN", problem="timeout", support_id="rid-1", detail="<b>oh\x07</b>", review_detail="a / b"
    )
    lines = event_details(row)
    assert "The gateway did not answer in time" in lines
    assert "Support id rid-1" in lines
    assert "a / b" in lines
    assert not any("oh" in line for line in lines)  # our adapter's words, not the gateway's


def test_the_gateways_own_words_are_quoted_in_the_timeline() -> None:
    row = entry("state", "REFUSED", problem="20006", detail="<b>no\x07</b>")
    assert "The gateway says: “<b>no </b>”" in event_details(row)


def test_both_sides_of_a_mismatch_are_named_in_the_timeline() -> None:
    row = entry("review", "PENDING", review="AMOUNT_DIFFERS", review_detail="HKD 1.00 / HKD 2.00")
    assert event_details(row) == ["Asked: HKD 1.00", "Gateway says: HKD 2.00"]


def events_in_the_program() -> set[str]:
    """Every event that is written into the audit, as the program's text has it."""
    package = Path(order_text.__file__).parents[1]
    writing = ("orders.py", "recording.py")
    rooms = [*(package / "store" / room for room in writing), *sorted((package / "services").rglob("*.py"))]
    found: set[str] = set()
    for node in (node for room in rooms for node in ast.walk(ast.parse(room.read_text(encoding="utf-8")))):
        named: Sequence[ast.expr] = ()
        if isinstance(node, ast.FunctionDef) and node.name == "event_of":
            named = [part for line in node.body for part in ast.walk(line) if isinstance(part, ast.Constant)][1:]
        elif isinstance(node, ast.Call):
            named = [word.value for word in node.keywords if word.arg in ("event", "note")]
            if isinstance(node.func, ast.Attribute) and node.func.attr == "note":
                named = [*named, *node.args[1:2]]
        found |= {one.value for one in named if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return found


def test_every_event_that_the_program_writes_has_words() -> None:
    events = events_in_the_program()
    assert {"resumed", "noted", "cancel_requested", "stale_answer", "success_out_of_turn", "state"} <= events
    nameless = {one for one in events if event_sentence(entry(one, "PENDING")).startswith("Recorded")}
    assert nameless == set()


def test_the_timeline_runs_from_the_newest_and_names_attempts_where_there_are_several() -> None:
    one = a_snapshot(0, AttemptState.CANCELLED)
    two = with_second(one, AttemptState.PENDING)
    log = (
        TimelineEntry(1, NOON, one.attempts[0].merchant_order_id, "state", "DRAFT", "CREATING"),
        TimelineEntry(2, NOON, one.attempts[0].merchant_order_id, "state", "PENDING", "CANCELLED"),
    )
    assert [row.title for row in timeline_rows(one, log, FACTS)] == [
        "Closed by the gateway, not paid",
        "Asked the gateway for a code",
    ]
    assert timeline_rows(two, log, FACTS)[0].title.endswith("(attempt 1)")
    assert [row.tone for row in timeline_rows(one, log, FACTS)] == [ToneName.UNPAID, None]


def test_the_facts_name_only_what_is_known() -> None:
    waiting = {fact.name for fact in order_facts(a_snapshot(0), FACTS)}
    paid = {fact.name: fact.value for fact in order_facts(a_snapshot(0, AttemptState.SUCCEEDED), FACTS)}
    assert "Cashier" not in waiting
    assert "Paid (gateway's clock)" not in waiting
    assert paid["Paid (gateway's clock)"] == "12:00:20"
    assert paid["Business day"] == "Sat 22 Nov 2025"


def test_an_unreadable_pay_time_is_shown_as_the_gateway_wrote_it() -> None:
    odd = a_snapshot(0, AttemptState.SUCCEEDED, paid_at=None, paid_at_raw="yesterday-ish")
    assert "yesterday-ish" in {fact.value for fact in order_facts(odd, FACTS)}


def test_attempts_come_newest_first_with_their_ids() -> None:
    two = with_second(a_snapshot(0, AttemptState.CANCELLED, support_id="rid-9"), AttemptState.PENDING)
    shown = attempt_facts(two, FACTS)
    assert [attempt.title for attempt in shown] == ["Attempt 2", "Attempt 1"]
    values = {fact.value for fact in shown[1].facts}
    assert {"rid-9", two.attempts[0].merchant_order_id, "int_000000", "QR code to scan"} <= values


def test_cautions_come_with_what_to_do() -> None:
    late = order_cautions(a_snapshot(0, AttemptState.SUCCEEDED, alarm=AlarmKind.PAID_LATE), FACTS)
    assert [caution.title for caution in late] == ["Money arrived late"]
    assert late[0].advice
    unknown = order_cautions(a_snapshot(0, AttemptState.UNKNOWN, problem_code="timeout"), FACTS)
    assert unknown[0].title == "Not known yet: do not charge again"
    refused = order_cautions(
        a_snapshot(0, AttemptState.REFUSED, problem_code="rejected", problem_text="no", support_id="rid-1"), FACTS
    )
    assert "rid-1" in refused[0].small
    assert "The gateway says: “no”\n" in refused[0].small
    assert order_cautions(a_snapshot(0), FACTS) == ()


def test_every_order_that_is_not_known_is_told_so_whatever_its_attempts_are() -> None:
    for state in (AttemptState.UNKNOWN, AttemptState.ORPHAN, AttemptState.LAPSED):
        replaced = with_second(a_snapshot(0, state), AttemptState.CANCELLED)
        assert order_cautions(replaced, FACTS)[0].tone is ToneName.NOT_KNOWN


def test_ids_for_the_clipboard_are_whole_and_plain() -> None:
    two = with_second(a_snapshot(0, AttemptState.CANCELLED), AttemptState.PENDING, support_id="x" * 60)
    lines = all_ids(two).splitlines()
    assert lines[0] == f"merchant_order_id: {two.attempts[0].merchant_order_id}"
    assert f"support_id: {'x' * 60}" in lines


def test_only_words_wider_than_the_drawer_are_broken() -> None:
    ours = "T1ABCDEF-01JD9999K7Q2M8ZP4XW000R"
    assert len(ours) == 32
    assert breakable(ours, ID_FITS) == ours
    assert breakable("a" * 40, ID_FITS) == "a" * 32 + "\u200b" + "a" * 8
    assert breakable("short " + "W" * 25) == "short " + "W" * 20 + "\u200b" + "W" * 5


@pytest.mark.parametrize(
    "scope,title,first",
    [
        (OrdersScope(), "No orders today yet", EmptyAction.NEW_CHARGE),
        (OrdersScope().all_days(), "No orders yet", EmptyAction.NEW_CHARGE),
        (OrdersScope().step(-1, TODAY), "No orders on Fri 21 Nov 2025", EmptyAction.TODAY),
        (OrdersScope(text="tea"), "Nothing matches", EmptyAction.ALL_DAYS),
        (OrdersScope(text="tea").all_days(), "Nothing matches", EmptyAction.CLEAR),
        (OrdersScope(state=StateFilter.PAID), "No such orders", EmptyAction.CLEAR),
        (OrdersScope(state=StateFilter.NEEDS_LOOK), "Nothing needs a look", EmptyAction.CLEAR),
    ],
)
def test_an_empty_list_says_why_and_has_a_way_out(scope: OrdersScope, title: str, first: EmptyAction) -> None:
    message = empty_message(scope, TODAY)
    assert message.title == title
    assert message.actions[0][0] is first
    assert 1 <= len(message.actions) <= 2


def test_a_snapshot_without_surprises_has_no_attention() -> None:
    plain = a_snapshot(0, AttemptState.CANCELLED)
    assert WRITER.write(replace(plain, version=9), with_day=False).attention == ""
