"""What these tests share: tills on a real sandbox, a screen with windows on it, and a till in virtual time."""

from __future__ import annotations

from tests.e2e.conftest import make_till, sandbox, sandbox_process, till
from tests.e2e.window_fixtures import open_window, pictures, screen
from tests.unit.services.conftest import bench, folder, loaded_dice

__all__ = [
    "bench",
    "folder",
    "loaded_dice",
    "make_till",
    "open_window",
    "pictures",
    "sandbox",
    "sandbox_process",
    "screen",
    "till",
]
