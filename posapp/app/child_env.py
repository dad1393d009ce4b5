"""What a child process of ours may see of our environment."""

from __future__ import annotations

import os

from posapp.app.compose import SECRET_VARIABLE


def child_env(**changes: str) -> dict[str, str]:
    """Return our environment without the gateway's secret, which none of our children needs; with these changes."""
    return {name: value for name, value in os.environ.items() if name != SECRET_VARIABLE} | changes
