"""Turns a payment code into a matrix of black and white modules. Pure; run away from the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posapp.domain.errors import DomainError

QUIET_ZONE: Final = 4
"""Modules of white around the code that a scanner needs (ISO/IEC 18004)."""

MAX_CONTENT_BYTES: Final = 1200
"""Longer codes have so many modules that no till's window shows them large enough."""


@dataclass(frozen=True, slots=True)
class QrMatrix:
    """The modules of one code, without its quiet zone.

    Attributes:
        rows: One tuple a row, top to bottom; True is black.
    """

    rows: tuple[tuple[bool, ...], ...]

    @property
    def size(self) -> int:
        """Modules a side."""
        return len(self.rows)

    @property
    def full_size(self) -> int:
        """Modules a side with the quiet zone."""
        return self.size + 2 * QUIET_ZONE


def qr_matrix(content: str) -> QrMatrix:
    """Encode a text at error correction level M.

    Raises:
        DomainError: `code_empty` or `code_too_long`.
    """
    if not content:
        raise DomainError("code_empty", "the gateway's code is empty")
    if len(content.encode()) > MAX_CONTENT_BYTES:
        raise DomainError("code_too_long", "the gateway's code is too long to be drawn so that it can be scanned")
    # 24 ms of import that the first paint of the window must not pay for.
    from qrcode.constants import ERROR_CORRECT_M
    from qrcode.image.base import BaseImage
    from qrcode.main import QRCode

    code = QRCode(error_correction=ERROR_CORRECT_M, border=0, image_factory=BaseImage)
    code.add_data(content)
    code.make(fit=True)
    return QrMatrix(tuple(tuple(bool(module) for module in row) for row in code.get_matrix()))


def module_pixels(matrix: QrMatrix, side: int) -> int:
    """Return how many whole device pixels a module gets in a square of so many device pixels, quiet zone included."""
    return side // matrix.full_size
