"""Exit codes and sentences of errors."""

from __future__ import annotations

import errno

import pytest

from posapp.app.config import ConfigError
from posapp.app.failures import sentence
from posapp.app.usage import UsageError
from posapp.domain.errors import DomainError
from posapp.gateways.errors import AuthFailed, NotSent, OutcomeUnknown, RateLimited, Refused
from posapp.gateways.settings import SettingsError
from posapp.store.errors import LedgerError, SecretError

TOLD = [
    (ConfigError("till.toml, line 3: wrong"), 2, "till.toml, line 3: wrong"),
    (UsageError("write 5.00"), 2, "write 5.00"),
    (SettingsError("base_url_invalid", "no address"), 2, "no address"),
    (DomainError("amount_zero", "above zero, please"), 1, "above zero, please"),
    (LedgerError("disk_full", "The disk is full."), 1, "The disk is full."),
    (SecretError("secret_missing", "There is none."), 1, "There is none."),
    (NotSent("dns", "no such name"), 1, "no such name"),
    (Refused("20007", "no such currency", support_id="abc"), 1, "no such currency (support id abc)"),
    (OutcomeUnknown("timeout", "no answer"), 1, "no answer"),
    (AuthFailed("credentials_rejected", "rejected", sent=False), 1, "rejected"),
    (RateLimited("http_429", "less often", retry_after_s=1, sent=True), 1, "less often"),
    (OSError(errno.ENOSPC, "No space left on device", "/data/x"), 1, "/data/x: No space left on device"),
    (OSError(errno.EIO, "Input/output error"), 1, "Input/output error"),
    (OSError(), 1, "the operating system refused"),
]


@pytest.mark.parametrize("error,code,text", TOLD, ids=lambda value: type(value).__name__)
def test_what_a_person_can_do_something_about_has_a_code_and_a_sentence(error: Exception, code: int, text: str) -> None:
    assert sentence(error) == (code, text)


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), AssertionError(), RuntimeError("x")])
def test_a_bug_has_none(error: Exception) -> None:
    assert sentence(error) is None
