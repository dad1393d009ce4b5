"""What every command's exit code means; scripts of store IT rely on them."""

from __future__ import annotations

from typing import Final

OK: Final = 0
"""Done; for `charge`: paid; for `refund`: given back."""
FAILED: Final = 1
"""Anything that has no code of its own."""
USAGE: Final = 2
"""Bad usage or configuration."""
UNPAID: Final = 3
"""`charge`: closed without being paid."""
REFUSED: Final = 4
"""`charge`, `refund`: the gateway refused it."""
OPEN: Final = 5
"""`charge`, `refund`: still open, or the outcome is not known; it stays in the ledger and is asked about."""
