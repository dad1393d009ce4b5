"""Writing pretend orders into a real ledger: the program's own schema and chain, but in bulk and without syncing."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Final

from posapp.domain.search_text import spaced
from posapp.store import audit
from posapp.store.note_index import place_of
from posapp.store.refund_rows import REFUND_PROGRESS_COLUMNS, REFUND_REQUEST_COLUMNS
from posapp.store.rows import PROGRESS_COLUMNS, REQUEST_COLUMNS
from posapp.store.schema import migrate
from tests.ledgers.life import life_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ledgers.life import Life, Step, Values
    from tests.ledgers.shop import Sale, Shop

_BATCH: Final = 5_000
_ENCODE: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
_SORTED: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), sort_keys=True).encode
_ORDERS: Final = (
    "INSERT INTO orders (order_id, amount_minor, currency, note, till, cashier, business_day, created_us, status, "
    "needs_look, refunded_minor, version, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def write_ledger(path: Path, shop: Shop) -> None:
    """Make a ledger of all of a shop's sales at a path where no file is.

    Triggers and indexes are taken away before and made again after, word for word, since they cost more than all rows.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        migrate(connection)
        parts = connection.execute(
            "SELECT type, name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
        ).fetchall()
        connection.execute("BEGIN")
        for kind, name, _ in parts:
            connection.execute(f"DROP {kind} {name}")
        _Writer(connection, shop).write()
        for _, _, sql in parts:
            connection.execute(sql)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")


class _Writer:
    def __init__(self, connection: sqlite3.Connection, shop: Shop) -> None:
        self._connection = connection
        self._shop = shop
        self._seq = 0
        self._hash = audit.GENESIS
        self._orders: list[Values] = []
        self._attempts: list[Values] = []
        self._refunds: list[Values] = []
        self._audit: list[Values] = []
        self._noted: list[tuple[int, int]] = []
        self._words: list[tuple[int, str]] = []

    def write(self) -> None:
        for number, sale in enumerate(self._shop.sales(), 1):
            self._take(number, sale, life_of(sale, self._shop))
            if number % _BATCH == 0:
                self._flush()
        self._flush()

    def _take(self, number: int, sale: Sale, life: Life) -> None:
        for step in life.steps:
            self._chain(sale.order_id, step)
        self._orders.append((*life.order, life.status, life.needs_look, life.refunded_minor, self._seq, number))
        self._attempts += [(*asked, *became, "") for asked, became in life.attempts]
        self._refunds += [(*asked, *became, "") for asked, became in life.refunds]
        if sale.note:
            place = place_of(date.fromisoformat(sale.business_day), sale.created_us)
            self._noted.append((number, place))
            self._words.append((place, spaced(sale.note)))

    def _chain(self, order_id: str, step: Step) -> None:
        self._seq += 1
        content: Values = (
            self._seq, step.at_us, order_id, step.ref, step.event, step.old, step.new, _SORTED(step.facts),
            hashlib.sha256(_ENCODE(step.vouched).encode()).hexdigest(), self._hash,
        )  # fmt: skip
        self._hash = hashlib.sha256(_ENCODE(content).encode()).hexdigest()
        self._audit.append((*content, self._hash))

    def _flush(self) -> None:
        into = self._connection.executemany
        into(_ORDERS, self._orders)
        into(_insert("attempts", (*REQUEST_COLUMNS, *PROGRESS_COLUMNS, "owner")), self._attempts)
        into(_insert("refunds", (*REFUND_REQUEST_COLUMNS, *REFUND_PROGRESS_COLUMNS, "owner")), self._refunds)
        into(_insert("audit", tuple(audit.COLUMNS.split(", "))), self._audit)
        into("INSERT INTO noted (order_row, place) VALUES (?, ?)", self._noted)
        into("INSERT INTO note_words (rowid, note) VALUES (?, ?)", self._words)
        for rows in (self._orders, self._attempts, self._refunds, self._audit, self._noted, self._words):
            rows.clear()


def _insert(table: str, columns: tuple[str, ...]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
