"""Every text and icon can be read: contrasts computed from the tokens as WCAG 2 defines them."""

from __future__ import annotations

import pytest

from posapp.ui.tokens import DARK, LIGHT, Tokens, ToneName

TEXT = 4.5
LARGE_OR_GRAPHIC = 3.0
LOOKS = pytest.mark.parametrize("look", [LIGHT, DARK], ids=["light", "dark"])


def luminance(color: str) -> float:
    def channel(value: int) -> float:
        part = value / 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (channel(int(color[place : place + 2], 16)) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_formula_knows_black_on_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@LOOKS
@pytest.mark.parametrize("ink", ["ink", "ink_soft", "ink_faint"])
@pytest.mark.parametrize("ground", ["canvas", "surface", "raised", "sunken", "pressed"])
def test_text_on_every_ground(look: Tokens, ink: str, ground: str) -> None:
    assert contrast(getattr(look, ink), getattr(look, ground)) >= TEXT


@LOOKS
@pytest.mark.parametrize("name", list(ToneName))
def test_every_meaning_on_its_grounds(look: Tokens, name: ToneName) -> None:
    tone = look.tones[name]
    for ground in (tone.soft, look.surface, look.canvas, look.sunken):
        assert contrast(tone.ink, ground) >= TEXT
    assert contrast(tone.on_solid, tone.solid) >= TEXT


@LOOKS
def test_soft_text_on_notices(look: Tokens) -> None:
    for tone in look.tones.values():
        assert contrast(look.ink, tone.soft) >= TEXT
        assert contrast(look.ink_soft, tone.soft) >= TEXT


@LOOKS
def test_the_accent_under_mouse_and_finger(look: Tokens) -> None:
    for ground in (look.accent_hover, look.accent_pressed):
        assert contrast(look.accent.on_solid, ground) >= TEXT


@LOOKS
def test_training_is_readable(look: Tokens) -> None:
    assert contrast(look.training.on_solid, look.training.solid) >= TEXT
    assert contrast(look.training.solid, look.canvas) >= LARGE_OR_GRAPHIC


@LOOKS
def test_controls_and_focus_can_be_found(look: Tokens) -> None:
    for ground in (look.canvas, look.surface):
        assert contrast(look.line_strong, ground) >= LARGE_OR_GRAPHIC
        assert contrast(look.focus, ground) >= LARGE_OR_GRAPHIC
    # Inside the ring of a loud button lies a second one in the colour of the surface.
    assert contrast(look.surface, look.accent.solid) >= LARGE_OR_GRAPHIC


@LOOKS
def test_a_look_has_every_meaning(look: Tokens) -> None:
    assert set(look.tones) == set(ToneName)
