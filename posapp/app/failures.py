"""What a failed command says on stderr, and with which exit code."""

from __future__ import annotations

from posapp.app import exit_codes
from posapp.app.config import ConfigError
from posapp.app.usage import UsageError
from posapp.gateways.settings import SettingsError
from posapp.services.problems import problem_of


def sentence(error: BaseException) -> tuple[int, str] | None:
    """Return the exit code and the sentence for an error a person can do something about; None for a bug."""
    if isinstance(error, (ConfigError, UsageError, SettingsError)):
        return exit_codes.USAGE, str(error)
    problem = problem_of(error)
    if problem is not None:
        support = f" (support id {problem.support_id})" if problem.support_id else ""
        return exit_codes.FAILED, f"{problem.message}{support}"
    if isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        return exit_codes.FAILED, f"{name}{error.strerror or 'the operating system refused'}"
    return None
