"""The error of the domain and the `Problem` that any layer reports to a person."""

from __future__ import annotations

from dataclasses import dataclass


class DomainError(ValueError):
    """A value breaks a rule of the domain.

    Attributes:
        code: Stable word for programs and for the translated text in `ui/text.py`.
    """

    def __init__(self, code: str, message: str) -> None:
        """Keep the code beside the plain English message."""
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Problem:
    """Something went wrong and a person has to know.

    Attributes:
        code: Stable word; `ui/text.py` holds its sentence in the reader's language.
        message: One plain English sentence for logs and the command line; never holds a secret.
        support_id: The gateway's own handle for its support desk (`rid`, `trace_id`), where it gave one.
        detail: Words from outside (a gateway's message, an operating system's reason); plain, untrusted text.
    """

    code: str
    message: str
    support_id: str | None = None
    detail: str | None = None
