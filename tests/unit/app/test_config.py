"""The configuration file: what is taken, and the sentence for what is not."""

from __future__ import annotations

import re
import time as wall
from datetime import time
from typing import TYPE_CHECKING

import pytest

from posapp.app.config import MAX_FILE_BYTES, ConfigError, read_config
from posapp.domain.order import Flow

if TYPE_CHECKING:
    from pathlib import Path

CBTIS = """\
[shop]
name = "Harbour Tea"
till = "T1"
time_zone = "Asia/Hong_Kong"
day_starts_at = "04:00"
[gateway]
provider = "cbtis"
base_url = "https://gateway.example/api/"
flow = "official_account"
currency = "HKD"
[gateway.cbtis]
uid = "39172931"
success_url = "https://shop.example/paid?till=1"
failed_url = "https://shop.example/failed"
canceled_url = "https://shop.example/cancelled"
notify_url = "https://relay.example/cbtis"
[gateway.airwallex]
client_id = "a-client"
return_url = "https://shop.example/back"
[polling]
base_seconds = 2.5
"""
AIRWALLEX = CBTIS.replace('"cbtis"', '"airwallex"').replace("official_account", "mobile_web")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "till.toml"


def complaint(file: Path, text: str) -> str:
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        read_config(file)
    said = str(caught.value)
    assert said.startswith(str(file))
    assert said.isprintable()
    return said.removeprefix(str(file))


def test_every_key_is_read(file: Path) -> None:
    file.write_text(CBTIS, "utf-8")
    config = read_config(file)
    assert (config.shop, config.till, config.time_zone) == ("Harbour Tea", "T1", "Asia/Hong_Kong")
    assert (config.day_starts_at, config.currency, config.base_seconds) == (time(4, 0), "HKD", 2.5)
    assert (config.provider, config.flow, config.account) == ("cbtis", Flow.OFFICIAL_ACCOUNT, "39172931")
    assert config.base_url == "https://gateway.example/api"
    assert config.success_url == "https://shop.example/paid?till=1"
    assert config.failed_url == "https://shop.example/failed"
    assert config.canceled_url == "https://shop.example/cancelled"
    assert config.notify_url == "https://relay.example/cbtis"
    assert config.return_url == "https://shop.example/back"


def test_the_account_is_that_of_the_provider(file: Path) -> None:
    file.write_text(AIRWALLEX, "utf-8")
    config = read_config(file)
    assert (config.account, config.flow) == ("a-client", Flow.MOBILE_WEB)


def test_what_may_be_left_out_has_its_default(file: Path) -> None:
    file.write_text(
        """
        [shop]
        name = "茶"
        till = "1"
        time_zone = "UTC"
        [gateway]
        provider = "cbtis"
        base_url = "http://127.0.0.1:8080"
        currency = "JPY"
        [gateway.cbtis]
        uid = 7
        """,
        "utf-8",
    )
    config = read_config(file)
    assert (config.shop, config.account, config.flow) == ("茶", "7", Flow.QRCODE)
    assert (config.day_starts_at, config.base_seconds, config.success_url) == (time(4, 0), 2.0, None)


@pytest.mark.parametrize(
    "spelling",
    [
        "\ufeff" + CBTIS,
        CBTIS.replace("\n", "\r\n"),
        CBTIS.replace('uid = "39172931"', "uid = 39172931"),
        "polling = { base_seconds = 2.5 }\n" + CBTIS.partition("[polling]")[0],
        CBTIS.replace("base_seconds = 2.5", "base_seconds = 2.5 # seconds"),
    ],
)
def test_other_spellings_of_the_same(file: Path, spelling: str) -> None:
    file.write_bytes(spelling.encode())
    config = read_config(file)
    assert (config.account, config.base_seconds) == ("39172931", 2.5)


@pytest.mark.parametrize("seconds,read", [("1", 1.0), ("1.0", 1.0), ("10", 10.0), ("10.0", 10.0)])
def test_the_ends_of_the_range_belong_to_it(file: Path, seconds: str, read: float) -> None:
    file.write_text(CBTIS.replace("2.5", seconds), "utf-8")
    assert read_config(file).base_seconds == read


# What stands on a line, what is written instead, and how the complaint goes on after the file's name.
WRONG = [
    ('name = "Harbour Tea"', "name = 7", ", line 2: [shop] name must be text in quotation marks"),
    ('name = "Harbour Tea"', 'name = " "', ", line 2: [shop] name must be one line of 1 to 200 characters"),
    ('name = "Harbour Tea"', 'name = "a\\nb"', ", line 2: [shop] name must be one line of 1 to 200 characters"),
    ('name = "Harbour Tea"', f'name = "{"x" * 201}"', ", line 2: [shop] name must be one line of"),
    ('till = "T1"', "till = 1", ", line 3: [shop] till must be text in quotation marks"),
    ('till = "T1"', 'till = "—"', ", line 3: [shop] till must have at least one letter or digit"),
    ('"Asia/Hong_Kong"', '"Asia/Atlantis"', ", line 4: [shop] time_zone "),
    ('"Asia/Hong_Kong"', '"../etc/passwd"', ", line 4: [shop] time_zone "),
    ('"Asia/Hong_Kong"', "8", ", line 4: [shop] time_zone must be text in quotation marks"),
    ('"04:00"', '"4:00"', ", line 5: [shop] day_starts_at must be a time like 04:00"),
    ('"04:00"', '"24:00"', ", line 5: [shop] day_starts_at must be a time like 04:00"),
    ('"04:00"', "04:00:00", ", line 5: [shop] day_starts_at must be text in quotation marks"),
    ('provider = "cbtis"', 'provider = "stripe"', ", line 7: [gateway] provider must be one of cbtis, airwallex"),
    ('provider = "cbtis"', 'provider = ["cbtis"]', ", line 7: [gateway] provider must be text"),
    ("https://gateway.example/api/", "http://gateway.example", ", line 8: [gateway] base_url cannot be used: plain"),
    ("https://gateway.example/api/", "gateway.example", ", line 8: [gateway] base_url cannot be used: "),
    ("https://gateway.example/api/", "https://me:pw@gateway.example", ", line 8: [gateway] base_url cannot be used: "),
    ("https://gateway.example/api/", "https://gateway.example/?a=1", ", line 8: [gateway] base_url cannot be used: "),
    ("https://gateway.example/api/", "https://gateway.example:99999", ", line 8: [gateway] base_url cannot be used: "),
    ('"official_account"', '"barcode"', ", line 9: [gateway] flow must be one of "),
    ('"official_account"', '"mobile_web"', ", line 9: [gateway] flow must be one of mini_program, official_account, "),
    ('"official_account"', "true", ", line 9: [gateway] flow must be text in quotation marks"),
    ('"HKD"', '"HKX"', ", line 10: [gateway] currency cannot be used: "),
    ('"HKD"', '"hkd"', ", line 10: [gateway] currency cannot be used: "),
    ('"HKD"', "344", ", line 10: [gateway] currency must be text in quotation marks"),
    ('uid = "39172931"', "uid = -1", ", line 12: [gateway.cbtis] uid must be text in quotation marks"),
    ('uid = "39172931"', "uid = true", ", line 12: [gateway.cbtis] uid must be text in quotation marks"),
    ('uid = "39172931"', "uid = 3.5", ", line 12: [gateway.cbtis] uid must be text in quotation marks"),
    ('uid = "39172931"', 'uid = "3917 2931"', ", line 12: [gateway.cbtis] uid must be letters, digits"),
    ("https://shop.example/paid?till=1", "shop/paid", ", line 13: [gateway.cbtis] success_url cannot be used: "),
    ('"https://shop.example/failed"', "1", ", line 14: [gateway.cbtis] failed_url must be text in quotation marks"),
    ("https://shop.example/cancelled", "http://shop.example", ", line 15: [gateway.cbtis] canceled_url cannot be used"),
    ("https://relay.example/cbtis", "http://relay.example", ", line 16: [gateway.cbtis] notify_url cannot be used: "),
    ('client_id = "a-client"', "client_id = 5", ", line 18: [gateway.airwallex] client_id must be text"),
    ("https://shop.example/back", "javascript:x", ", line 19: [gateway.airwallex] return_url cannot be used: "),
    ("base_seconds = 2.5", "base_seconds = 0.9", ", line 21: [polling] base_seconds must be 1 to 10"),
    ("base_seconds = 2.5", "base_seconds = 10.1", ", line 21: [polling] base_seconds must be 1 to 10"),
    ("base_seconds = 2.5", "base_seconds = nan", ", line 21: [polling] base_seconds must be 1 to 10"),
    ("base_seconds = 2.5", 'base_seconds = "2"', ", line 21: [polling] base_seconds must be a number of seconds"),
    ("base_seconds = 2.5", "base_seconds = true", ", line 21: [polling] base_seconds must be a number of seconds"),
]


@pytest.mark.parametrize("good,bad,said", WRONG)
def test_a_wrong_value_is_named_with_its_line(file: Path, good: str, bad: str, said: str) -> None:
    assert good in CBTIS
    assert complaint(file, CBTIS.replace(good, bad)).startswith(said)


# What is added after which line, and how the complaint goes on.
UNKNOWN = [
    ("[shop]", 'nmae = "x"', ", line 2: [shop] nmae is not known; [shop] has name, till, "),
    ("[gateway]", 'secret = "x"', ", line 7: [gateway] secret is not known; "),
    ("[gateway.cbtis]", "client_secret = 1", ", line 12: [gateway.cbtis] client_secret is not known; "),
    ("[gateway.cbtis]", '"my key" = 1', ", line 12: [gateway.cbtis] my key is not known; "),
    ("[gateway.cbtis]", '"schlüssel" = 1', ", line 12: [gateway.cbtis] schlüssel is not known; "),
    ("[gateway.airwallex]", "api_key = 1", ", line 18: [gateway.airwallex] api_key is not known; "),
    ("[polling]", "max = 1", ", line 21: [polling] max is not known; [polling] has base_seconds"),
    ("base_seconds = 2.5", "[printer]", ", line 22: printer is not known here; the tables are "),
    ("base_seconds = 2.5", "[gateway.stripe]", ", line 22: [gateway] stripe is not known; "),
    ("base_seconds = 2.5", "[gateway.cbtis.extra]", ", line 22: [gateway.cbtis] extra is not known; "),
]


@pytest.mark.parametrize("after,line,said", UNKNOWN)
def test_an_unknown_key_is_named_with_its_line(file: Path, after: str, line: str, said: str) -> None:
    assert complaint(file, CBTIS.replace(f"{after}\n", f"{after}\n{line}\n", 1)).startswith(said)


# A key that is left out, and the line of its table.
MISSING = [
    ("name", CBTIS, 1, "shop"),
    ("till", CBTIS, 1, "shop"),
    ("time_zone", CBTIS, 1, "shop"),
    ("provider", CBTIS, 6, "gateway"),
    ("base_url", CBTIS, 6, "gateway"),
    ("currency", CBTIS, 6, "gateway"),
    ("uid", CBTIS, 11, "gateway.cbtis"),
    ("client_id", AIRWALLEX, 17, "gateway.airwallex"),
    ("return_url", AIRWALLEX, 17, "gateway.airwallex"),
]


@pytest.mark.parametrize("key,text,line,table", MISSING)
def test_a_missing_key_is_named_with_the_line_of_its_table(
    file: Path, key: str, text: str, line: int, table: str
) -> None:
    without = re.sub(rf"(?m)^{key} = .*\n", "", text, count=1)
    assert complaint(file, without).startswith(f", line {line}: key {key} is missing from [{table}]")


def test_a_missing_table_is_missed_at_the_end(file: Path) -> None:
    assert complaint(file, "[shop]\n\n") == ", line 1 (the end): key provider is missing from [gateway]"
    assert complaint(file, "") == ", line 1 (the end): key provider is missing from [gateway]"


ODD_PLACES = [
    ("shop = 3\n[gateway]\nprovider = 1", ", line 1: shop must be a table, written as [shop]"),
    ("\n[[shop]]\nname = 'x'", ", line 2: shop must be a table, written as [shop]"),
    ("[gateway]\ncbtis = 5", ", line 2: [gateway] cbtis must be a table, written as [gateway.cbtis]"),
    ("[gateway]\ncbtis = { uid = true, key = 1 }", ", line 2: [gateway.cbtis] key is not known; "),
    ("# name = 1\n[shop]\n# name = 1\n'name' = 1", None),
    ("gateway.provider = 'x'", ", line 1: [gateway] provider must be one of cbtis, airwallex"),
    ("[gateway]\nflow = '''\nkey = 1\n'''\nkey = 2", ", line 5: [gateway] key is not known; "),
    ("[gateway]\nkey = [\n1,\n2,\n]\nflow = 'x'", ", line 2: [gateway] key is not known; "),
    ("[gateway.cbtis]\nuid = 1\n[gateway]\nkey = 1", ", line 4: [gateway] key is not known; "),
    ('[shop]\n"a\\u2028\\u001bb" = 1', ", line 2: [shop] a??b is not known; "),
]


@pytest.mark.parametrize("text,said", ODD_PLACES)
def test_the_line_is_right_wherever_toml_lets_a_key_stand(file: Path, text: str, said: str | None) -> None:
    told = complaint(file, text)
    assert said is None or told.startswith(said)


BROKEN = [
    ("[shop\n", "the configuration is not TOML: "),
    ("[shop]\nname = Harbour\n", "(at line 2, "),
    ('[shop]\nname = "a"\nname = "b"\n', "(at line 3, "),
    ("[shop]\nopen = 2026-99-99\n", "the configuration is not TOML: "),
    (f"[shop]\nname = {'9' * 5_000}\n", "the configuration is not TOML: "),
    (f"[shop]\nname = {'[' * 20_000}", "the configuration is "),
    ("\0", "the configuration is not TOML: "),
    ("# x" + "x" * MAX_FILE_BYTES, "the configuration is larger than 64 kB"),
]


@pytest.mark.parametrize("text,said", BROKEN)
def test_what_is_no_toml_is_said_with_its_line(file: Path, text: str, said: str) -> None:
    assert said in complaint(file, text)


@pytest.mark.parametrize("raw", [b'[shop]\nname = "\xff"', "[shop]".encode("utf-16")])
def test_what_is_not_utf_8_is_said(file: Path, raw: bytes) -> None:
    file.write_bytes(raw)
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        read_config(file)


def test_a_missing_file_and_a_folder_are_said(file: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"till\.toml: the configuration cannot be read \(No such file"):
        read_config(file)
    with pytest.raises(ConfigError, match=r"the configuration cannot be read \(Is a directory\)"):
        read_config(tmp_path)


def test_finding_a_line_in_the_longest_file_takes_no_time(file: Path) -> None:
    longest = CBTIS + "# a comment\n" * (60_000 // 12) + "max = 1\n"
    began = wall.monotonic()
    assert complaint(file, longest).startswith(f", line {longest.count(chr(10))}: [polling] max is not known")
    assert wall.monotonic() - began < 10.0
