"""What these tests share: tills on a real sandbox, and a screen with windows on it."""

from __future__ import annotations

from tests.e2e.conftest import make_till, sandbox, sandbox_process, till
from tests.e2e.window_fixtures import open_window, pictures, screen

__all__ = ["make_till", "open_window", "pictures", "sandbox", "sandbox_process", "screen", "till"]
