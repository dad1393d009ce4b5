"""Turning errors into what a person is told."""

from __future__ import annotations

import pytest

from posapp.domain.errors import DomainError, Problem
from posapp.gateways.errors import AuthFailed, NotSent, Refused
from posapp.services.checkout import CheckoutError
from posapp.services.problems import problem_of
from posapp.store.errors import LedgerError, SecretError


@pytest.mark.parametrize(
    "error, problem",
    [
        (NotSent("dns", "no name"), Problem("dns", "no name")),
        (Refused("1001", "no", support_id="rid-1"), Problem("1001", "no", support_id="rid-1")),
        (AuthFailed("http_401", "rejected", sent=True), Problem("http_401", "rejected")),
        (LedgerError("disk_full", "the disk is full"), Problem("disk_full", "the disk is full")),
        (SecretError("secret_missing", "no secret"), Problem("secret_missing", "no secret")),
        (DomainError("amount_zero", "nothing"), Problem("amount_zero", "nothing")),
        (CheckoutError("code_gone", "gone"), Problem("code_gone", "gone")),
    ],
)
def test_what_the_world_did_to_us_has_a_name(error: Exception, problem: Problem) -> None:
    assert problem_of(error) == problem


@pytest.mark.parametrize("error", [ValueError("a bug"), LookupError("a bug"), KeyboardInterrupt()])
def test_what_can_only_be_a_bug_has_none(error: BaseException) -> None:
    assert problem_of(error) is None
