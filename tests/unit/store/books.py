"""A till's books for tests: one real ledger in a temporary folder, with shortcuts to fill it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from posapp.domain.status import AttemptState
from posapp.store.ledger import Ledger, open_ledger, open_ledger_to_view
from posapp.store.listing import OrderList
from posapp.store.orders import OrderStore
from tests.fakes import NOON, Progress, an_attempt, an_order, ref

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import datetime
    from typing import Unpack

    from posapp.domain.order import OrderSnapshot

OWNER = "1234-abcdef"
SEEN = {"state": AttemptState.PENDING, "shown_at": NOON}


@dataclass(frozen=True)
class Books:
    """An open ledger with all that reads and writes it."""

    path: Path
    ledger: Ledger
    orders: OrderStore
    list: OrderList

    @classmethod
    def at(cls, path: Path) -> Books:
        """Open (or make) the ledger at a path."""
        ledger = open_ledger(path)
        return cls(path, ledger, OrderStore(ledger), OrderList(ledger))

    @classmethod
    def viewed(cls, path: Path) -> Books:
        """Open the ledger at a path for viewing alone."""
        ledger = open_ledger_to_view(path)
        return cls(path, ledger, OrderStore(ledger), OrderList(ledger))

    @classmethod
    def copied(cls, template: Path, folder: Path) -> Books:
        """Open a copy of a closed ledger in a folder, without syncing to the disk: no test here cuts the power."""
        books = cls.at(Path(shutil.copy(template, folder / "ledger.db")))
        books.connection.execute("PRAGMA synchronous = OFF")
        return books

    @property
    def connection(self) -> sqlite3.Connection:
        """The ledger's own connection."""
        return self.ledger.connection

    def sell(self, serial: int, *, at: datetime = NOON, note: str = "", **progress: Unpack[Progress]) -> OrderSnapshot:
        """Commit order and attempt number `serial`, and bring the attempt as far as `progress` says."""
        fresh = an_attempt(serial, created_at=at)
        if "money" in progress:
            fresh = replace(fresh, money=progress["money"])
        snapshot = self.orders.add(an_order(serial, fresh.money, at=at, note=note), fresh, OWNER)
        goal = progress.get("state", AttemptState.CREATING)
        return self.walk(serial, goal, **progress) if progress else snapshot

    def walk(self, serial: int, goal: AttemptState, **progress: Unpack[Progress]) -> OrderSnapshot:
        """Bring an attempt to a state by the transitions there are, and to the rest of `progress` with the last."""
        snapshot = None
        for state in _ROUTES[goal]:
            last = state is _ROUTES[goal][-1]
            snapshot = self.move(serial, **{**progress, "state": goal} if last else {"state": state})
        if snapshot is None:
            snapshot = self.move(serial, **progress)
        return snapshot

    def move(self, serial: int, *, at: datetime = NOON, **progress: Unpack[Progress]) -> OrderSnapshot:
        """Change an attempt once, as it now stands."""
        old = self.orders.attempt(ref(serial))
        assert old is not None
        snapshot = self.orders.change(old, replace(old, **progress), at)
        assert snapshot is not None
        return snapshot

    def content(self) -> list[object]:
        """Return what is in the file: its tables' rows and its schema."""
        return content_of(self.connection)

    @contextmanager
    def tampering(self) -> Generator[sqlite3.Connection]:
        """Let a test do what somebody with a database tool could do: no triggers, no foreign keys, no checks."""
        with closing(sqlite3.connect(self.path, isolation_level=None)) as tool:
            triggers = tool.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
            for name, _ in triggers:
                tool.execute(f"DROP TRIGGER {name}")
            tool.execute("PRAGMA synchronous = OFF")
            tool.execute("PRAGMA ignore_check_constraints = ON")
            yield tool
            for _, sql in triggers:
                tool.execute(sql)


def content_of(connection: sqlite3.Connection) -> list[object]:
    """Return every row of every table that can be read row by row, and the schema."""
    schema = connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY name").fetchall()
    readable = [name for kind, name, sql in schema if kind == "table" and not sql.startswith("CREATE VIRTUAL")]
    rows = [(name, connection.execute(f'SELECT * FROM "{name}"').fetchall()) for name in readable]  # noqa: S608
    return [connection.execute("PRAGMA user_version").fetchone(), *schema, *rows]


_S = AttemptState
_ROUTES: dict[AttemptState, tuple[AttemptState, ...]] = {
    _S.CREATING: (),
    _S.NOT_SENT: (_S.NOT_SENT,),
    _S.REFUSED: (_S.REFUSED,),
    _S.CREATED: (_S.CREATED,),
    _S.PENDING: (_S.CREATED, _S.PENDING),
    _S.UNKNOWN: (_S.UNKNOWN,),
    _S.ORPHAN: (_S.UNKNOWN, _S.ORPHAN),
    _S.SUCCEEDED: (_S.CREATED, _S.PENDING, _S.SUCCEEDED),
    _S.CANCELLED: (_S.CREATED, _S.PENDING, _S.CANCELLED),
    _S.LAPSED: (_S.UNKNOWN, _S.LAPSED),
}
