"""The code's matrix: square, decodable, and refused where it would be too dense to scan."""

from __future__ import annotations

import pytest

from posapp.domain.errors import DomainError
from posapp.ui.qr_code import MAX_CONTENT_BYTES, QUIET_ZONE, module_pixels, qr_matrix


def test_a_url_becomes_a_square() -> None:
    matrix = qr_matrix("https://pay.example.test/" + "x" * 95)
    assert matrix.size == 45
    assert {len(row) for row in matrix.rows} == {45}
    assert matrix.full_size == 45 + 2 * QUIET_ZONE
    # The finder pattern's corner: seven black modules, then one white.
    assert matrix.rows[0][:8] == (True,) * 7 + (False,)


def test_different_texts_give_different_codes() -> None:
    assert qr_matrix("a") != qr_matrix("b")
    assert qr_matrix("a") == qr_matrix("a")


@pytest.mark.parametrize("content, code", [("", "code_empty"), ("x" * (MAX_CONTENT_BYTES + 1), "code_too_long")])
def test_what_cannot_be_shown_is_refused(content: str, code: str) -> None:
    with pytest.raises(DomainError) as caught:
        qr_matrix(content)
    assert caught.value.code == code


def test_bytes_count_not_letters() -> None:
    with pytest.raises(DomainError):
        qr_matrix("支" * (MAX_CONTENT_BYTES // 3 + 1))


@pytest.mark.parametrize("side, pixels", [(0, 0), (28, 0), (29, 1), (57, 1), (58, 2), (300, 10)])
def test_modules_are_whole_pixels(side: int, pixels: int) -> None:
    matrix = qr_matrix("a")
    assert matrix.full_size == 29
    assert module_pixels(matrix, side) == pixels
