"""The configuration file: read strictly, so that a typing error is a sentence and never a surprise."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Any, Final, cast

from posapp.app.toml_lines import TomlLines
from posapp.domain.currency import decimals_of
from posapp.domain.errors import DomainError
from posapp.domain.order import Flow
from posapp.gateways.registry import capabilities_for
from posapp.gateways.settings import SettingsError, checked_base_url

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAX_FILE_BYTES: Final = 64 * 1024
MAX_TEXT: Final = 200
PROVIDERS: Final = ("cbtis", "airwallex")
BASE_SECONDS: Final = (1.0, 10.0)
LOCK_S: Final = (10, 3600)


class ConfigError(Exception):
    """The configuration cannot be used; the message names file, key and line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What the file says, checked.

    Attributes:
        shop: The shop's name, as the shopper reads it.
        till: The till's name; its letters and digits start every id.
        time_zone: IANA name; business days are the shop's, not the PC's.
        day_starts_at: Local time at which a business day begins.
        provider: `cbtis` or `airwallex`.
        base_url: The gateway's address.
        flow: How shoppers pay.
        currency: ISO 4217 code that the window charges.
        uid: CBTIS merchant number.
        success_url: CBTIS, optional; as are the next three.
        client_id: Airwallex client id.
        return_url: Airwallex, optional but for the H5 flow.
        base_seconds: Base interval of polling.
        blind_close: Whether a shift is counted before anybody is told what is expected.
        lock_after_s: Seconds without a key or a touch after which the till locks; 0 for never.
    """

    shop: str
    till: str
    time_zone: str
    day_starts_at: time
    provider: str
    base_url: str
    flow: Flow
    currency: str
    uid: str = ""
    success_url: str | None = None
    failed_url: str | None = None
    canceled_url: str | None = None
    notify_url: str | None = None
    client_id: str = ""
    return_url: str | None = None
    base_seconds: float = 2.0
    blind_close: bool = False
    lock_after_s: int = 120

    @property
    def account(self) -> str:
        """The gateway's name for us: merchant number or client id."""
        return self.uid if self.provider == "cbtis" else self.client_id


def read_config(path: Path) -> Config:
    """Read the configuration file.

    Raises:
        ConfigError: It is missing, unreadable, not TOML, or a key is unknown, missing or of the wrong type.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ConfigError(
            f"{path}: the configuration cannot be read ({error.strerror or 'no reason given'})"
        ) from error
    if len(raw) > MAX_FILE_BYTES:
        raise ConfigError(f"{path}: the configuration is larger than {MAX_FILE_BYTES // 1024} kB")
    try:
        text = raw.decode("utf-8-sig")  # Windows' editors like to begin a file with a byte order mark
        document = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: the configuration is not UTF-8 text") from error
    except RecursionError as error:
        raise ConfigError(f"{path}: the configuration is nested too deeply") from error
    except ValueError as error:  # a TOMLDecodeError, or a number with more digits than Python reads
        raise ConfigError(f"{path}: the configuration is not TOML: {error}") from error
    return _Reader(path, text, document).config()


class _Reader:
    """Takes known keys out of the document; what is left over at the end is unknown."""

    def __init__(self, path: Path, text: str, document: Mapping[str, Any]) -> None:
        self._path = path
        self._lines = TomlLines(text)
        self._document = document

    def config(self) -> Config:
        self._refuse_unknown()
        provider = self._choice("gateway", "provider", PROVIDERS)
        return Config(
            shop=self._text("shop", "name"),
            till=self._till(),
            time_zone=self._zone(),
            day_starts_at=self._time_of_day(),
            provider=provider,
            base_url=self._address("gateway", "base_url", plain_loopback=True),
            flow=self._flow(provider),
            currency=self._currency(),
            uid=self._merchant_number(required=provider == "cbtis"),
            success_url=self._optional_address("gateway.cbtis", "success_url"),
            failed_url=self._optional_address("gateway.cbtis", "failed_url"),
            canceled_url=self._optional_address("gateway.cbtis", "canceled_url"),
            notify_url=self._optional_address("gateway.cbtis", "notify_url"),
            client_id=self._credential("gateway.airwallex", "client_id", required=provider == "airwallex"),
            return_url=self._optional_address("gateway.airwallex", "return_url"),
            base_seconds=self._seconds(),
            blind_close=self._yes_or_no("day", "blind_close"),
            lock_after_s=self._lock_after(),
        )

    def _refuse_unknown(self) -> None:
        for name, value in self._document.items():
            if name not in _TABLES:
                tables = ", ".join(f"[{table}]" for table in _TABLES)
                raise self._problem("", name, f"is not known here; the tables are {tables}")
            if not isinstance(value, dict):
                raise self._problem("", name, f"must be a table, written as [{name}]")
        for table, keys in _KEYS.items():
            for key in self._table(table):
                if key not in keys and f"{table}.{key}" not in _KEYS:
                    raise self._problem(table, key, f"is not known; [{table}] has {', '.join(keys)}")

    def _table(self, table: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._document
        for part in table.split("."):
            inner: object = found.get(part, {})
            if not isinstance(inner, dict):
                raise self._problem(table.rpartition(".")[0], part, f"must be a table, written as [{table}]")
            found = cast("dict[str, Any]", inner)  # TOML's keys are text
        return found

    def _text(self, table: str, key: str, *, required: bool = True) -> str:
        value = self._table(table).get(key)
        if value is None:
            if required:
                raise self._missing(table, key)
            return ""
        if not isinstance(value, str):
            raise self._problem(table, key, "must be text in quotation marks")
        if not value.strip() or len(value) > MAX_TEXT or not value.isprintable():
            raise self._problem(table, key, f"must be one line of 1 to {MAX_TEXT} characters")
        return value

    def _choice(self, table: str, key: str, choices: tuple[str, ...], default: str | None = None) -> str:
        if default is not None and key not in self._table(table):
            return default
        value = self._text(table, key)
        if value not in choices:
            raise self._problem(table, key, f"must be one of {', '.join(choices)}")
        return value

    def _flow(self, provider: str) -> Flow:
        flow = Flow(self._choice("gateway", "flow", tuple(Flow), default=Flow.QRCODE))
        capabilities = capabilities_for(provider)
        if flow not in capabilities.flows:
            known = ", ".join(sorted(capabilities.flows))
            raise self._problem("gateway", "flow", f"must be one of {known} at {capabilities.name}")
        if flow is Flow.MOBILE_WEB and "return_url" not in self._table("gateway.airwallex"):
            raise self._missing("gateway.airwallex", "return_url", f"; the {flow} flow needs it")
        return flow

    def _till(self) -> str:
        till = self._text("shop", "till")
        if not any(character.isascii() and character.isalnum() for character in till):
            raise self._problem("shop", "till", "must have at least one letter or digit of ASCII, like T1")
        return till

    def _zone(self) -> str:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # after the cheap checks

        zone = self._text("shop", "time_zone")
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise self._problem("shop", "time_zone", "is no IANA time zone such as Asia/Hong_Kong") from error
        return zone

    def _time_of_day(self) -> time:
        text = self._text("shop", "day_starts_at", required=False) or "04:00"
        if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text):
            raise self._problem("shop", "day_starts_at", "must be a time like 04:00")
        return time.fromisoformat(text)

    def _currency(self) -> str:
        code = self._text("gateway", "currency")
        try:
            decimals_of(code)
        except DomainError as error:
            raise self._problem("gateway", "currency", f"cannot be used: {error}") from error
        return code

    def _address(self, table: str, key: str, *, plain_loopback: bool) -> str:
        text = self._text(table, key)
        try:
            return checked_base_url(text) if plain_loopback else _checked_link(text)
        except SettingsError as error:
            raise self._problem(table, key, f"cannot be used: {error}") from error

    def _optional_address(self, table: str, key: str) -> str | None:
        return self._address(table, key, plain_loopback=False) if key in self._table(table) else None

    def _merchant_number(self, *, required: bool) -> str:
        value = self._table("gateway.cbtis").get("uid")
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return str(value)
        return self._credential("gateway.cbtis", "uid", required=required)

    def _credential(self, table: str, key: str, *, required: bool) -> str:
        text = self._text(table, key, required=required)
        if text and not all("!" <= character <= "~" for character in text):
            raise self._problem(table, key, "must be letters, digits and signs of ASCII without blanks")
        return text

    def _seconds(self) -> float:
        value = self._table("polling").get("base_seconds", 2.0)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._problem("polling", "base_seconds", "must be a number of seconds")
        lowest, highest = BASE_SECONDS
        if not lowest <= value <= highest:
            raise self._problem("polling", "base_seconds", f"must be {lowest:g} to {highest:g}")
        return float(value)

    def _yes_or_no(self, table: str, key: str) -> bool:
        value = self._table(table).get(key, False)
        if not isinstance(value, bool):
            raise self._problem(table, key, "must be true or false")
        return value

    def _lock_after(self) -> int:
        value = self._table("people").get("lock_after_seconds", 120)
        least, most = LOCK_S
        if isinstance(value, bool) or not isinstance(value, int) or not (value == 0 or least <= value <= most):
            told = f"must be whole seconds, 0 for never or {least} to {most}"
            raise self._problem("people", "lock_after_seconds", told)
        return value

    def _missing(self, table: str, key: str, why: str = "") -> ConfigError:
        line = self._lines.line_of(table.split("."))
        where = f"line {line}" if line else f"line {len(self._lines)} (the end)"
        return ConfigError(f"{self._path}, {where}: key {key} is missing from [{table}]{why}")

    def _problem(self, table: str, key: str, what: str) -> ConfigError:
        parents = table.split(".") if table else []
        named = f"[{table}] {key}" if table else key
        return ConfigError(f"{self._path}, line {self._lines.line_of([*parents, key])}: {_shown(named)} {what}")


_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "shop": ("name", "till", "time_zone", "day_starts_at"),
    "gateway": ("provider", "base_url", "flow", "currency"),
    "gateway.cbtis": ("uid", "success_url", "failed_url", "canceled_url", "notify_url"),
    "gateway.airwallex": ("client_id", "return_url"),
    "polling": ("base_seconds",),
    "day": ("blind_close",),
    "people": ("lock_after_seconds",),
}
_TABLES: Final = tuple(table for table in _KEYS if "." not in table)


def _checked_link(text: str) -> str:
    """Check an address that the gateway is handed on to; it may have a query of its own."""
    checked_base_url(text.partition("?")[0].partition("#")[0])
    return text


def _shown(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text[:80])
