"""What these tests share: a real sandbox process, and tills on it that are audited afterwards."""

from __future__ import annotations

from tests.e2e.conftest import make_till, sandbox, sandbox_process, till

__all__ = ["make_till", "sandbox", "sandbox_process", "till"]
