"""A till of the tests: a configuration, a data folder, commands as child processes, and the audit of what they left."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from tests.e2e.child import Child, Ended, JsonObject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tests.e2e.sandbox_process import SandboxProcess

SECRET = "POSAPP_GATEWAY_SECRET"
TOKEN = re.compile(rb"(?<![0-9a-f])[0-9a-f]{84}(?![0-9a-f])")
"""What the sandbox's access tokens look like, and nothing else posapp ever writes."""

MAX_SENTENCE = 500


def config_text(provider: str, base_url: str, account: str, flow: str = "qrcode") -> str:
    """Write a configuration that works, with as little waiting as it allows."""
    own = f"uid = {account}" if provider == "cbtis" else f'client_id = "{account}"'
    return f"""\
[shop]
name = "Harbour Tea"
till = "T1"
time_zone = "Asia/Hong_Kong"
day_starts_at = "04:00"

[gateway]
provider = "{provider}"
base_url = "{base_url}"
flow = "{flow}"
currency = "HKD"

[gateway.{provider}]
{own}
{'return_url = "https://shop.example/back"' if provider == "airwallex" else 'success_url = "https://shop.example/paid"'}

[polling]
base_seconds = 1.0
"""


@dataclass
class Till:
    """One till: what it wrote is in `data`, what its commands said is in `children`."""

    folder: Path
    env: Mapping[str, str]
    config: Path
    data: Path
    secrets: set[str]
    children: list[Child] = field(default_factory=list[Child])

    @classmethod
    def at(
        cls, sandbox: SandboxProcess, folder: Path, env: Mapping[str, str], provider: str, flow: str = "qrcode"
    ) -> Till:
        """Set up a till on one of the sandbox's gateways."""
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "posapp.toml"
        config.write_text(config_text(provider, sandbox.base_url, sandbox.account(provider), flow), "utf-8")
        secret = sandbox.secret(provider)
        return cls(folder, {**env, SECRET: secret}, config, folder / "data", {secret})

    def reconfigure(self, old: str, new: str) -> None:
        """Change the configuration file."""
        text = self.config.read_text("utf-8")
        assert old in text
        self.config.write_text(text.replace(old, new), "utf-8")

    def with_env(self, **changes: str | None) -> None:
        """Set or (with None) take away variables of the environment; a secret set so is looked for ever after."""
        env: dict[str, str | None] = {**self.env, **changes}
        self.env = {name: value for name, value in env.items() if value is not None}
        if self.env.get(SECRET):
            self.secrets.add(self.env[SECRET])

    def with_modules(self, folder: Path) -> None:
        """Let its commands import what lies in a folder, before everything else."""
        former = self.env.get("PYTHONPATH")
        self.with_env(PYTHONPATH=os.pathsep.join([str(folder), *([former] if former else [])]))

    def start(self, command: str, *arguments: str, stdin: bytes | None = None, stdout: int = -1) -> Child:
        """Start a command on this till's folder and configuration."""
        return self.start_bare(
            command, *arguments, "--data-dir", str(self.data), "--config", str(self.config), stdin=stdin, stdout=stdout
        )

    def start_bare(self, *arguments: str, stdin: bytes | None = None, stdout: int = -1) -> Child:
        """Start posapp with nothing but these arguments."""
        errors = self.folder / f"{len(self.children)}.err"
        child = Child.start(arguments, self.env, errors, stdin=stdin, stdout=stdout)
        self.children.append(child)
        return child

    def run(self, command: str, *arguments: str, stdin: bytes | None = None) -> Ended:
        """Run a command to its end."""
        return self.start(command, *arguments, stdin=stdin).end()

    def charge(self, amount: str = "12.50", currency: str = "HKD", *arguments: str, wait: float = 30) -> Child:
        """Start a charge."""
        return self.start("charge", amount, currency, *arguments, "--wait", f"{wait:g}")

    def orders(self, *arguments: str, code: int = 0) -> list[JsonObject]:
        """List orders as JSON."""
        ended = self.run("orders", "--json", *arguments)
        assert ended.code == code, ended
        return cast("list[JsonObject]", json.loads(ended.out))

    def order(self, *arguments: str, code: int = 0) -> JsonObject:
        """Return the one order there is."""
        (only,) = self.orders(*arguments, code=code)
        return only

    def ids(self) -> set[str]:
        """Return every id in the ledger, read straight from its file."""
        ledger = self.data / "ledger.db"
        if "attempts" not in _tables(ledger):
            return set()
        with closing(_opened(ledger)) as connection:
            return {ref for (ref,) in connection.execute("SELECT merchant_order_id FROM attempts")}

    def close(self) -> None:
        """End whatever still runs."""
        for child in self.children:
            child.close()

    def leaks(self) -> list[str]:
        """Name every place where a secret or a token can be read by somebody who should not."""
        places: dict[str, list[bytes]] = {}
        for path in (path for path in self.data.rglob("*") if path.is_file()):
            content = path.read_bytes()
            # A ledger's hashes lie side by side in its file, so tokens are looked for cell by cell.
            places[f"file {path.name}"] = [content] if path.suffix != ".db" else [*_cells(path)]
            if any(secret.encode() in content for secret in self.secrets):
                places[f"bytes of {path.name}"] = [content]
        for number, child in enumerate(self.children):
            said = ["".join(child.lines).encode(), child.stderr_file.read_bytes(), child.cmdline]
            places[f"stdout, stderr or argv of command {number}"] = said
        return [place for place, contents in places.items() if any(self._leaks(content) for content in contents)]

    def _leaks(self, content: bytes) -> bool:
        return any(secret.encode() in content for secret in self.secrets) or TOKEN.search(content) is not None

    def rants(self) -> list[str]:
        """Return what was said on stderr in any other form than one plain sentence for each command."""
        said = [child.said() for child in self.children]
        return [text for text in said if text and not _is_sentence(text)]


def _cells(ledger: Path) -> Iterable[bytes]:
    tables = _tables(ledger)
    with closing(_opened(ledger)) as connection:
        for table in tables:
            for row in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608 - names from the file itself
                yield from (str(cell).encode() for cell in row)


_REAL_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL TABLE%'"
"""What a virtual table holds lies in real ones."""


def _tables(ledger: Path) -> set[str]:
    """Name the tables of a ledger; there are none where there is no file, or one that is no ledger."""
    if not ledger.is_file():
        return set()
    with closing(_opened(ledger)) as connection, suppress(sqlite3.DatabaseError):
        return {name for (name,) in connection.execute(_REAL_TABLES)}
    return set()


def _opened(ledger: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{ledger.as_uri()}?mode=ro", uri=True)


def _is_sentence(text: str) -> bool:
    one_line = text.endswith("\n") and text.count("\n") == 1 and text[:-1].isprintable()
    return one_line and text.startswith(("posapp: ", "The sandbox ")) and len(text) <= MAX_SENTENCE


def audit(tills: list[Till], sandbox: SandboxProcess) -> None:
    """Check what must hold after every test, whatever happened in it.

    Every id the gateway ever saw is in a ledger; a gateway without an idempotency key got at most one create POST for
    each, one with a key got the same key each time; nothing secret is to be read anywhere; errors are sentences.
    """
    known = {ref for till in tills for ref in till.ids()}
    truth = sandbox.truth()
    there = {str(order["merchant_order_id"]) for order in cast("list[JsonObject]", truth["orders"])}
    for seen in cast("list[JsonObject]", truth["seen"]):
        there.add(str(seen["merchant_order_id"]))
        once = seen["create_posts"] == 1 if seen["provider"] == "cbtis" else _one_key(seen)
        assert once, f"sent twice: {seen}"
    assert there <= known, f"the gateway knows what no ledger does: {there - known}"
    for till in tills:
        assert till.leaks() == []
        assert till.rants() == []


def _one_key(seen: JsonObject) -> bool:
    return len(set(cast("list[str]", seen["request_ids"]))) == 1
