"""A day's report as canonical JSON: one text for one report for ever, and the same report read back from it.

Keys are sorted, amounts are integers of minor units, instants are UTC with microseconds; nothing but ASCII, no blanks.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any, Final, cast

from posapp.domain.day_report import (
    DayReport,
    GroupKind,
    GroupTotals,
    HourTotal,
    OddLine,
    OddReason,
    RefundLine,
    SaleLine,
    StateCount,
    Totals,
)
from posapp.domain.inbox import Decision
from posapp.domain.money import Money
from posapp.domain.refund import RefundState
from posapp.domain.status import Standing

FORMAT: Final = 1
"""Grows when a later program writes another shape; the old ones stay readable."""

Row = dict[str, Any]  # one JSON object


def report_text(report: DayReport) -> str:
    """Write a report without its single sales, whose sums it keeps."""
    laid_out: Row = {field.name: _plain(getattr(report, field.name)) for field in fields(report)}
    del laid_out["sales"]
    laid_out["format"] = FORMAT
    return json.dumps(laid_out, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def report_from(text: str) -> DayReport:
    """Read a report back; its `sales` are None.

    Raises:
        ValueError: It is not a report's text, or one of a later program.
    """
    try:
        row: Row = json.loads(text)
        if row["format"] != FORMAT:
            raise ValueError("this report was written by a newer posapp")
        return _report(row)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("this is not the text of a day's report") from error


def _plain(value: object) -> object:
    """Turn a value into what JSON has."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        case StrEnum():
            return value.value
        case date() | time():
            return value.isoformat()
        case tuple():
            return [_plain(one) for one in cast("tuple[object, ...]", value)]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        case _:
            return value


def _report(row: Row) -> DayReport:
    return DayReport(
        shop=row["shop"],
        till=row["till"],
        training=row["training"],
        day=date.fromisoformat(row["day"]),
        zone=row["zone"],
        starts_at=time.fromisoformat(row["starts_at"]),
        begins=_instant(row["begins"]),
        ends=_instant(row["ends"]),
        made_at=_instant(row["made_at"]),
        as_of=row["as_of"],
        totals=tuple(Totals(**one) for one in row["totals"]),
        groups=tuple(
            GroupTotals(GroupKind(one["kind"]), one["name"], Totals(**one["totals"])) for one in row["groups"]
        ),
        hours=tuple(_hour(one) for one in row["hours"]),
        states=tuple(
            StateCount(Standing(one["standing"]), one["currency"], one["count"], one["minor"]) for one in row["states"]
        ),
        refunds=tuple(_refund(one) for one in row["refunds"]),
        odd=tuple(_odd(one) for one in row["odd"]),
        crossed=tuple(_sale(one) for one in row["crossed"]),
        late=tuple(_sale(one) for one in row["late"]),
        late_refunds=tuple(_refund(one) for one in row["late_refunds"]),
        late_totals=tuple(Totals(**one) for one in row["late_totals"]),
        unclosed_days=tuple(date.fromisoformat(one) for one in row["unclosed_days"]),
        close_number=row["close_number"],
        closed_by=row["closed_by"],
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _hour(row: Row) -> HourTotal:
    starts_at = None if row["starts_at"] is None else _instant(row["starts_at"])
    return HourTotal(starts_at, row["currency"], row["count"], row["minor"])


def _sale(row: Row) -> SaleLine:
    told: Row = {
        **row,
        "money": Money(**row["money"]),
        "business_day": date.fromisoformat(row["business_day"]),
        "created_at": _instant(row["created_at"]),
        "settled_at": _instant(row["settled_at"]),
    }
    return SaleLine(**told)


def _refund(row: Row) -> RefundLine:
    told: Row = {
        **row,
        "money": Money(**row["money"]),
        "state": RefundState(row["state"]),
        "business_day": date.fromisoformat(row["business_day"]),
        "order_day": date.fromisoformat(row["order_day"]),
        "created_at": _instant(row["created_at"]),
        "settled_at": None if row["settled_at"] is None else _instant(row["settled_at"]),
    }
    return RefundLine(**told)


def _odd(row: Row) -> OddLine:
    told: Row = {
        **row,
        "reason": OddReason(row["reason"]),
        "money": Money(**row["money"]),
        "created_at": _instant(row["created_at"]),
        "decision": None if row["decision"] is None else Decision(row["decision"]),
    }
    return OddLine(**told)
