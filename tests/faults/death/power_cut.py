"""Power cuts: a till's writes are recorded once, and posapp is started on whatever a cut may have left of them."""

from __future__ import annotations

import random
import shutil
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from posapp.store.backup import list_backups
from posapp.store.errors import LedgerError
from posapp.store.ledger import open_ledger
from posapp.store.orders import OrderStore
from posapp.store.verify import verify
from tests.faults.death.autopsy import broken_words
from tests.faults.death.disk import Disk, Loss

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.faults.death.disk import Contents
    from tests.faults.death.recording import Step

SEED: Final = 20260314
_UNIMPORTANT: Final = ("run/", "logs/")


@dataclass(frozen=True)
class Cut:
    """What a cut left.

    Attributes:
        after: The last thing that the till did.
        loss: What became of that which was not synced.
        contents: The data folder.
        acknowledged: The marks that were made before the cut.
    """

    after: str
    loss: Loss
    contents: Contents
    acknowledged: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        return f"after '{self.after}', losing {self.loss}"


def cuts(before: Contents, steps: Sequence[Step], losses: Sequence[Loss]) -> Iterator[Cut]:
    """Cut the power after each step; what cannot be told from the cut before is left out."""
    dice = random.Random(SEED)  # noqa: S311 - a test's dice
    disk, acknowledged = Disk.of(before), list[tuple[str, ...]]()
    seen: set[tuple[int, int]] = set()
    for step in steps:
        if step.do is None:
            acknowledged.append(step.mark)
        else:
            step.do(disk)
        for loss in losses:
            contents = {
                path: held for path, held in disk.after(loss, dice).items() if not path.startswith(_UNIMPORTANT)
            }
            state = (hash(tuple(sorted(contents.items()))), len(acknowledged))
            if state not in seen:
                seen.add(state)
                yield Cut(step.what, loss, contents, tuple(acknowledged))


def start_on(cut: Cut, folder: Path) -> list[str]:
    """Start posapp on what a cut left; returns what is not as it must be."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path, content in cut.contents.items():
        file = folder / path
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
    try:
        with closing(open_ledger(folder / "ledger.db")) as ledger:
            found = [f"{finding.code}: {finding.message}" for finding in verify(ledger).findings]
            store = OrderStore(ledger)
            refs = {mark[1] for mark in cut.acknowledged if len(mark) > 1}
            attempts = {ref: attempt for ref in refs if (attempt := store.attempt(ref)) is not None}
            found += broken_words(map(list, cut.acknowledged), attempts)
    except LedgerError as error:
        found = [f"{error.code}: {error.message}"]
    return [f"{cut}: {one}" for one in (*found, *_spoilt(folder, cut))]


def _spoilt(folder: Path, cut: Cut) -> Iterator[str]:
    whole = {backup.name for backup in list_backups(folder / "backups")}
    for path in (folder / "backups").glob("*.db"):
        if path.name not in whole:
            yield f"half a backup has a name: {path.name}"
    for name in (mark[1] for mark in cut.acknowledged if mark[0] == "backup"):
        if name not in whole:
            yield f"LOST: the backup {name}"
