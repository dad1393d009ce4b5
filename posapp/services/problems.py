"""Turning the errors of every layer into the `Problem` that a person is told."""

from __future__ import annotations

from posapp.domain.errors import DomainError, Problem
from posapp.gateways.errors import GatewayError
from posapp.store.errors import StoreError


def problem_of(error: BaseException) -> Problem | None:
    """Name what went wrong; None for what can only be a bug, which belongs into the crash log."""
    if isinstance(error, GatewayError):
        return Problem(error.code, error.message, support_id=error.support_id)
    if isinstance(error, StoreError):
        return Problem(error.code, error.message)
    if isinstance(error, DomainError):
        return Problem(error.code, str(error))
    return None
