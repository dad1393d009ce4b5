"""The looks that weigh what they measured: where ok ends, where to look begins, and what is said."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from posapp.app.doctor import backups, clock, disk, ledger_file, leftovers, names, printer, proxy, qt_probe, tls
from posapp.app.doctor.certificate import Certificate
from posapp.app.doctor.finding import Examined, Finding, Verdict, fail, ok, skipped, warn
from posapp.app.doctor.ground import Ground
from posapp.app.doctor.handshake import Shown
from posapp.app.doctor.once import Once
from posapp.app.doctor.reach import Reached
from posapp.app.doctor.report import as_json, as_text
from posapp.app.paths import DataFolder
from posapp.gateways.errors import NotSent
from posapp.store.backup import take_backup
from posapp.store.ledger import open_ledger
from tests.e2e.till import config_text

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    """Return a visit to a till at a gateway far away, that nothing is sent to."""
    file = tmp_path / "posapp.toml"
    file.write_text(config_text("cbtis", "https://gateway.example", "39172931"), "utf-8")
    return Ground(lambda: file, DataFolder(tmp_path / "data"))


def reached(ground: Ground, ahead: timedelta | None) -> Ground:
    """Have the gateway answer with this clock, or without one."""
    its = None if ahead is None else NOW - ahead
    ground.reached = Once(lambda: Reached(404, 0.05, its, NOW))
    return ground


def unreached(ground: Ground, code: str) -> Ground:
    """Have no connection come about."""

    def refuse() -> Reached:
        raise NotSent(code, "in words")

    ground.reached = Once(refuse)
    return ground


CLOCKS = {0: Verdict.OK, 120: Verdict.OK, 121: Verdict.WARN, 600: Verdict.WARN, 601: Verdict.FAIL, 86_400: Verdict.FAIL}


@pytest.mark.parametrize("seconds", CLOCKS)
@pytest.mark.parametrize("sign", [1, -1])
def test_the_clock_is_weighed_by_its_distance(ground: Ground, seconds: int, sign: int) -> None:
    found = clock.examine(reached(ground, timedelta(seconds=sign * seconds)))
    assert (found.verdict, found.figures["ahead_s"]) == (CLOCKS[seconds], sign * seconds)
    if seconds > 120:
        assert ("ahead of" if sign > 0 else "behind") in found.sentence


def test_a_clock_that_cannot_be_measured_is_not_called_right(ground: Ground) -> None:
    assert clock.examine(reached(ground, None)).verdict is Verdict.SKIPPED
    assert "tls" in clock.examine(unreached(ground, "tls_clock")).sentence


def test_lengths_of_time_are_said_in_their_unit() -> None:
    assert [clock.span(s) for s in (59, 120, 7_200, 400 * 86_400)] == ["59 s", "2 minutes", "2 hours", "400 days"]


MB = 1024 * 1024
DISKS = [
    (20 * MB - 1, 1.0, "local", Verdict.FAIL),
    (20 * MB, 1.0, "local", Verdict.WARN),
    (200 * MB - 1, 1.0, "local", Verdict.WARN),
    (200 * MB, 1.0, "local", Verdict.OK),
    (900 * MB, 151.0, "local", Verdict.WARN),
    (900 * MB, 1.0, "network", Verdict.WARN),
    (900 * MB, 1.0, "memory", Verdict.WARN),
    (900 * MB, 1.0, "unknown", Verdict.OK),
]


@pytest.mark.parametrize("free, fsync_ms, volume, verdict", DISKS)
def test_the_disk_is_weighed(tmp_path: Path, free: int, fsync_ms: float, volume: str, verdict: Verdict) -> None:
    assert disk.judge(tmp_path, free, fsync_ms, volume).verdict is verdict


def test_the_disk_is_left_as_it_was(ground: Ground) -> None:
    found = disk.examine(ground)
    assert found.figures["fsync_p95_ms"]
    assert list(ground.folder.root.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_a_finding(ground: Ground, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder", "utf-8")
    assert disk.examine(ground).verdict is Verdict.FAIL


def test_a_ledger_that_is_gone_is_something_to_mend(ground: Ground) -> None:
    path = ground.folder.ledger
    path.parent.mkdir(parents=True, exist_ok=True)
    open_ledger(path).close()
    path.unlink()
    assert ledger_file.examine(ground).verdict is Verdict.FAIL
    path.touch()
    assert ledger_file.examine(ground).figures["cause"] == "ledger_missing"


def test_the_ledgers_look_tells_none_empty_foreign_and_damaged_apart(ground: Ground) -> None:
    assert ledger_file.examine(ground).verdict is Verdict.OK
    ground.folder.make()
    ground.folder.ledger.write_bytes(b"")
    assert ledger_file.examine(ground).verdict is Verdict.WARN
    ground.folder.ledger.write_bytes(b"rubbish" * 500)
    found = ledger_file.examine(ground)
    assert (found.verdict, found.figures["cause"]) == (Verdict.FAIL, "ledger_corrupt")
    assert "Do not delete it" in found.advice


def test_leftovers_are_named(ground: Ground) -> None:
    assert leftovers.examine(ground).verdict is Verdict.OK
    ground.folder.logs.mkdir(parents=True)
    (ground.folder.logs / "crash.log").write_text("", "utf-8")
    assert leftovers.examine(ground).verdict is Verdict.OK, "an empty crash file is no crash"
    (ground.folder.logs / "crash.log").write_text("Fatal Python error: Aborted", "utf-8")
    (ground.folder.root / "ledger.set-aside-20260314T120000Z.db").write_bytes(b"")
    found = leftovers.examine(ground)
    assert found.verdict is Verdict.WARN
    assert found.figures["crash_files"] == ["crash.log"]
    assert "crashed" in found.sentence
    os.utime(ground.folder.logs / "crash.log", (0, 0))
    assert "crashed" not in leftovers.examine(ground).sentence, "an old crash is history"
    assert found.figures["set_aside"] == ["ledger.set-aside-20260314T120000Z.db"]


# --- the network ---------------------------------------------------------------------------------------------


def test_a_proxy_applies_to_others_and_never_to_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", ".inside.example")
    assert proxy.proxy_for("https://gateway.example") == "http://proxy.example:3128"
    assert proxy.proxy_for("https://a.inside.example") is None
    assert proxy.proxy_for("https://127.0.0.1:8443") is None


PROXIES = {
    "http://user:pa55@proxy.example:3128/": "http://proxy.example:3128",
    "http://user:p@55/w@proxy.example:3128": "http://proxy.example:3128",
    "socks5://proxy.example": "socks5://proxy.example",
}


@pytest.mark.parametrize("address", PROXIES)
def test_a_proxys_password_is_never_shown(address: str) -> None:
    assert proxy.shown_proxy(address) == PROXIES[address]


def test_a_proxys_credentials_are_known_to_be_blanked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:pa55word@proxy.example:3128")
    assert {"user", "pa55word", "user:pa55word"} <= proxy.proxy_credentials()


def test_a_proxy_in_the_way_is_the_proxys_fault_and_nobody_elses(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:pa55word@proxy.example:3128")
    blamed = unreached(ground, "proxy_auth")
    assert proxy.examine(blamed).verdict is Verdict.FAIL
    assert "pa55word" not in proxy.examine(blamed).sentence
    assert clock.examine(blamed).verdict is Verdict.SKIPPED
    assert tls.examine(blamed).verdict is Verdict.SKIPPED


def test_a_name_that_is_none_is_said(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_arguments: object, **_named: object) -> None:
        raise OSError(-2, "Name or service not known")

    monkeypatch.setattr(names.socket, "getaddrinfo", unknown)
    found = names.examine(ground)
    assert found.verdict is Verdict.FAIL
    assert "gateway.example" in found.sentence


CERTIFICATE = Certificate(
    ("other.example", "b.example"), "Box Ltd", datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)
)
WORDS = {
    "tls_expired": "ended",
    "tls_wrong_host": "other.example, b.example, not for gateway.example",
    "tls_unknown_ca": "Box Ltd",
    "tls_protocol": "TLSv1.1",
    "tls_failed": "in words",
}


@pytest.mark.parametrize("code", WORDS)
def test_tls_is_explained_by_what_the_certificate_says(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    def look_at(_url: str, *, proxied: bool) -> Shown | None:
        return None if proxied else Shown(CERTIFICATE, "TLSv1.1")

    monkeypatch.setattr("posapp.app.doctor.handshake.look_at", look_at)
    found = tls.examine(unreached(ground, code))
    assert found.verdict is Verdict.FAIL
    assert WORDS[code] in found.sentence
    assert found.advice


# --- the rest ------------------------------------------------------------------------------------------------


def test_the_printers_are_read_off_the_printing_system(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = {
        "-a": "Till_Printer accepting requests since Sun\nOffice accepting\n",
        "-d": "system default destination: Office\n",
    }

    def run(command: list[str], **_named: object) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess(command, 0, lines[command[1]].encode(), b"")

    monkeypatch.setattr(printer.shutil, "which", str)
    monkeypatch.setattr(printer.subprocess, "run", run)
    found = printer.examine(ground)
    assert found.figures == {"printers": ["Till_Printer", "Office"], "default": "Office"}
    lines.update({"-a": "", "-d": "no system default destination\n"})
    assert (printer.examine(ground).verdict, printer.examine(ground).sentence) == (Verdict.OK, "None found.")


def test_a_qt_that_cannot_start_tells_its_own_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    said = b"Traceback\nImportError: libEGL.so.1: cannot open shared object file\n"

    def run(command: list[str], **_named: object) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess(command, 1, b"", said)

    monkeypatch.setattr(qt_probe.subprocess, "run", run)
    with pytest.raises(qt_probe.QtBroken, match="libEGL"):
        qt_probe.ask_qt("monitors")


def test_the_report_begins_with_the_verdict_and_counts_what_is_to_be_done() -> None:
    def examined(*findings: Finding) -> list[Examined]:
        return [Examined(f"look{number}", finding, 0.1) for number, finding in enumerate(findings)]

    good, odd, bad = ok("fine"), warn("odd", "see to it"), fail("two\nlines", "mend it")
    assert as_text(examined(good, skipped("no")), network=True).startswith("Ready to sell.\n\nok")
    assert as_text(examined(good, odd), network=True).startswith("Ready to sell; 1 thing to look at.\n")
    assert "the gateway was not asked" in as_text(examined(good), network=False)
    text = as_text(examined(good, odd, bad, bad), network=True)
    assert text.startswith("Not ready: 2 things to mend.\n")
    assert "two lines" in text
    assert "-> mend it" in text
    report = json.loads(json.dumps(as_json(examined(bad, odd), network=True)))
    assert (report["format"], report["ready"], report["verdict"]) == (1, False, "Not ready: 1 thing to mend.")
    assert report["checks"][0].keys() == {"id", "verdict", "sentence", "advice", "seconds", "figures"}


def test_the_newest_whole_backup_is_named_and_weighed_by_its_age(ground: Ground) -> None:
    assert backups.examine(ground).verdict is Verdict.SKIPPED
    ground.folder.make()
    open_ledger(ground.folder.ledger).close()
    assert (backups.examine(ground).verdict, backups.examine(ground).figures) == (Verdict.WARN, {"count": 0})
    ground.folder.backups.mkdir()
    take_backup(ground.folder.ledger, ground.folder.backups, datetime.now(UTC) - timedelta(days=4))
    assert backups.examine(ground).verdict is Verdict.WARN
    newest = take_backup(ground.folder.ledger, ground.folder.backups, datetime.now(UTC))
    found = backups.examine(ground)
    assert (found.verdict, found.figures["count"], found.figures["newest"]) == (Verdict.OK, 2, newest.name)
