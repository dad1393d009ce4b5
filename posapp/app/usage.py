"""The error of a command line that asks for something that cannot be done."""

from __future__ import annotations


class UsageError(Exception):
    """The command line asks for something that cannot be done; the message says what to write instead."""
