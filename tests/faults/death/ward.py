"""A till that is killed again and again: the same beginning each time, and a restart that must find its way."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.e2e.patience import pause
from tests.faults.death.autopsy import Books, audit, broken_words, read_books
from tests.faults.death.life import Job, MarksReader
from tests.faults.death.tracing import calls_of, killed_at

if TYPE_CHECKING:
    from tests.e2e.child import JsonObject
    from tests.e2e.sandbox_process import SandboxProcess
    from tests.e2e.till import Till
    from tests.faults.death.nursery import Nursery
    from tests.faults.death.tracing import Call

CYCLES: Final = 2
"""How often a restarted till may ask until it must know."""
_ARRIVAL_S: Final = 0.03


@dataclass(eq=False)
class Ward:
    """One till, its gateway and its nursery."""

    till: Till
    provider: str
    sandbox: SandboxProcess
    nursery: Nursery

    @property
    def ledger(self) -> Path:
        """The ledger."""
        return self.till.data / "ledger.db"

    @property
    def marks(self) -> Path:
        """Where lives say what was acknowledged."""
        return self.till.folder / "marks"

    def job(self, act: str, **options: str) -> Job:
        """Return a job for this till."""
        errors = str(self.till.folder / "life.err")
        secret = self.sandbox.secret(self.provider)
        return Job(act, str(self.till.config), str(self.till.data), secret, str(self.marks), errors, "", options)

    def live(self, act: str, **options: str) -> list[list[str]]:
        """Let a life end by itself, which it must do well; returns what it acknowledged."""
        self.marks.unlink(missing_ok=True)
        return self.live_on(act, **options)

    def live_on(self, act: str, **options: str) -> list[list[str]]:
        """Do the same, where the marks are kept and every life adds to them; returns all of them."""
        code = self.nursery.live(self.job(act, **options))
        assert code == 0, f"{act} ended with {code}: {self.said()}"
        assert self.said() == ""
        return MarksReader(self.marks).take()

    def fresh(self, template: Path | None = None) -> None:
        """Begin anew: a gateway that knows nothing, and the data folder of a template, or an empty ledger."""
        self.sandbox.reset()
        shutil.rmtree(self.till.data, ignore_errors=True)
        if template is not None:
            shutil.copytree(template, self.till.data)
        else:
            self.live("migrate")

    def calls(self, act: str) -> list[Call]:
        """Return the calls of an act that nobody kills and that matter, from the state of things right now.

        The shared memory beside a ledger is worth nothing once its processes are dead.
        """
        made = calls_of(self.nursery, self.job(act), self.till.folder)
        return [call for call in made if not call.subject.endswith("-shm")]

    def kill(self, act: str, call: Call, **options: str) -> list[list[str]] | None:
        """Kill an act as it is about to make a call; returns what it had acknowledged, None where it never came."""
        self.marks.unlink(missing_ok=True)
        made = killed_at(self.nursery, self.job(act, **options), self.till.folder, call)
        assert self.said() == ""
        pause(_ARRIVAL_S)  # what had left may still be on its way
        if made is None:
            return None
        said = MarksReader(self.marks).take()
        if len(said) > 1:  # more than that it began
            assert [*broken_words(said, self.books().attempts)] == [], call
        return said

    def books(self) -> Books:
        """Read the ledger."""
        return read_books(self.ledger)

    def restart(self) -> Books:
        """Start again and let it ask, at most two cycles; returns the books, which must then agree with the gateway."""
        found: list[str] = []
        for _ in range(CYCLES):
            self.live("restart")
            books = self.books()
            found = audit(books, self.sandbox.truth(), self.provider)
            if not found:
                return books
        raise AssertionError("\n".join(found))

    def there(self, ref: str) -> JsonObject:
        """Return an order as it is at the gateway."""
        return self.sandbox.order(ref)

    def said(self) -> str:
        """Return what lives said on stderr."""
        errors = self.till.folder / "life.err"
        return errors.read_text("utf-8") if errors.exists() else ""


def share(calls: list[Call], campaign: bool) -> list[Call]:
    """Choose where to kill: everywhere in the campaign, else at both edges of a phase, where mistakes live."""
    return calls if campaign else list(dict.fromkeys((calls[0], calls[-1])))


def runs(calls: list[Call], name: str) -> list[tuple[int, int]]:
    """Return where calls of one name follow each other: first and last place of each run."""
    found: list[tuple[int, int]] = []
    for place, call in enumerate(calls):
        if call.name != name:
            continue
        if found and found[-1][1] == place - 1:
            found[-1] = (found[-1][0], place)
        else:
            found.append((place, place))
    return found
