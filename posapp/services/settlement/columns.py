"""Which column of a settlement file means what: guessed from its name, and remembered once somebody has said so."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

from posapp.domain.settlement import Field
from posapp.services.exports.whole_file import TargetError, WholeFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

# The first match wins, field by field, so the more particular names come first. Letters and CJK only, lower case.
_NAMES: Final[Mapping[Field, tuple[str, ...]]] = {
    Field.MERCHANT_REFUND_ID: ("merchantrefundid", "refundmerchantid", "outrefundno", "refundid", "商户退款单号"),
    Field.MERCHANT_ORDER_ID: (
        *("merchantorderid", "merchantorderno", "outtradeno", "merchantreference", "merchantref"),
        *("商户订单号", "orderid", "orderno", "reference"),
    ),
    Field.FEE: ("transactionfee", "fees", "fee", "commission", "手续费"),
    Field.NET: ("netamount", "settlementamount", "net", "结算金额", "净额"),
    Field.AMOUNT: (
        *("grossamount", "transactionamount", "orderamount", "paymentamount", "amount", "gross"),
        *("订单金额", "交易金额", "金额"),
    ),
    Field.CURRENCY: ("transactioncurrency", "currencycode", "currency", "币种", "货币种类"),
    Field.PAID_AT: (
        *("paidat", "paytime", "paymenttime", "transactiontime", "tradetime", "createdat", "settledat", "time", "date"),
        *("交易时间", "支付时间", "时间"),
    ),
    Field.TYPE: ("transactiontype", "tradetype", "type", "交易类型", "类型"),
}
_MEMORY: Final = "settlement-columns.json"
_KEPT: Final = 50
_FIELDS: Final = frozenset(field.value for field in Field)

Known = dict[str, dict[str, int]]  # places by field, by the headers


def guess(headers: Sequence[str]) -> dict[Field, int]:
    """Guess the columns: one of exactly such a name first, else one that has it in its name; each column once."""
    plain = ["".join(character for character in header.lower() if character.isalnum()) for header in headers]
    mapping: dict[Field, int] = {}
    for exactly in (True, False):
        for field, names in _NAMES.items():
            place = None if field in mapping else _find(plain, names, set(mapping.values()), exactly=exactly)
            if place is not None:
                mapping[field] = place
    return mapping


def _find(plain: Sequence[str], names: Sequence[str], taken: set[int], *, exactly: bool) -> int | None:
    for name in names:
        for place, header in enumerate(plain):
            if place not in taken and (header == name if exactly else name in header):
                return place
    return None


class ColumnMemory:
    """What somebody once said about files with the same headers; a file beside the ledger, no harm if it is lost."""

    def __init__(self, folder: Path) -> None:
        """Remember in a folder."""
        self._path = folder / _MEMORY

    def recall(self, headers: Sequence[str]) -> dict[Field, int] | None:
        """Return the mapping for these headers; None where nobody has ever said one."""
        places = self._read().get(_key(headers))
        if places is None:
            return None
        return {Field(name): place for name, place in places.items() if name in _FIELDS and 0 <= place < len(headers)}

    def remember(self, headers: Sequence[str], mapping: Mapping[Field, int]) -> None:
        """Keep a mapping; where that fails it will be guessed again."""
        known = self._read()
        known.pop(_key(headers), None)
        known[_key(headers)] = {field.value: place for field, place in mapping.items()}
        file = WholeFile(self._path)
        try:
            file.begin()
            file.part.write_text(json.dumps(dict(list(known.items())[-_KEPT:])), encoding="utf-8")
            file.finish()
        except (OSError, TargetError):
            file.give_up()

    def _read(self) -> Known:
        try:
            return _checked(json.loads(self._path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, AttributeError):
            return {}


def _checked(told: dict[str, dict[str, int]]) -> Known:
    """Take what a file says only where it has the shape of what is written there."""
    return {key: {name: int(place) for name, place in places.items()} for key, places in told.items()}


def _key(headers: Sequence[str]) -> str:
    return hashlib.sha256("\x1f".join(headers).encode()).hexdigest()[:32]
