"""The colours and measures of the look, as plain data: light, dark, and what each meaning looks like."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

GRID: Final = 8
RADIUS: Final = 12
TARGET: Final = 44
"""Least height and width of what a finger has to hit, in logical pixels."""


class ToneName(StrEnum):
    """What a patch of colour means; never shown without an icon and a word beside it."""

    WAITING = "waiting"
    NOT_KNOWN = "not_known"
    PAID = "paid"
    UNPAID = "unpaid"
    REFUSED = "refused"
    REVIEW = "review"
    REFUNDED = "refunded"
    ACCENT = "accent"


@dataclass(frozen=True, slots=True)
class Tone:
    """The colours of one meaning, as `#rrggbb`.

    Attributes:
        ink: Text and icons on `soft` and on every surface.
        soft: Quiet background of a pill or a banner.
        line: Border of the same.
        solid: Loud background.
        on_solid: Text and icons on `solid`.
    """

    ink: str
    soft: str
    line: str
    solid: str
    on_solid: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """One complete look.

    Attributes:
        dark: Whether this is the dark look.
        canvas: Behind everything.
        surface: Cards and fields.
        raised: What lies above cards: overlays, hovered keys.
        sunken: Keys, tracks, wells.
        pressed: A sunken thing under the finger.
        line: Hairlines.
        line_strong: Borders that must be seen to find a control.
        ink: Text.
        ink_soft: Text that steps back.
        ink_faint: Hints and units; still readable on canvas, surface and sunken.
        disabled: Text of what cannot be used now.
        focus: The focus ring.
        accent_hover: The accent under the mouse.
        accent_pressed: The accent under the finger.
        training: The frame and badge of training mode.
        tones: Colours by meaning.
    """

    dark: bool
    canvas: str
    surface: str
    raised: str
    sunken: str
    pressed: str
    line: str
    line_strong: str
    ink: str
    ink_soft: str
    ink_faint: str
    disabled: str
    focus: str
    accent_hover: str
    accent_pressed: str
    training: Tone
    tones: dict[ToneName, Tone]

    @property
    def accent(self) -> Tone:
        """The one accent colour."""
        return self.tones[ToneName.ACCENT]


LIGHT: Final = Tokens(
    dark=False,
    canvas="#f4f5f8",
    surface="#ffffff",
    raised="#ffffff",
    sunken="#eceef3",
    pressed="#dde1e9",
    line="#e2e5ec",
    line_strong="#868e9d",
    ink="#12161d",
    ink_soft="#454d5b",
    ink_faint="#5c6473",
    disabled="#9aa1ae",
    focus="#1740d6",
    accent_hover="#2445c4",
    accent_pressed="#1c38a6",
    training=Tone(ink="#6d28b8", soft="#f3e8ff", line="#d3b3f5", solid="#7b2ed0", on_solid="#ffffff"),
    tones={
        ToneName.WAITING: Tone("#44536a", "#e9edf3", "#cdd5e0", "#4c5b72", "#ffffff"),
        ToneName.NOT_KNOWN: Tone("#7f4700", "#fff0d2", "#f0cf8f", "#8f5200", "#ffffff"),
        ToneName.PAID: Tone("#0a6334", "#dbf4e4", "#a8debd", "#0d7a40", "#ffffff"),
        ToneName.UNPAID: Tone("#555c69", "#eeeff2", "#d6d9df", "#5d6472", "#ffffff"),
        ToneName.REFUSED: Tone("#a81f1b", "#fde8e6", "#f3b9b5", "#bb2621", "#ffffff"),
        ToneName.REVIEW: Tone("#a81f1b", "#ffffff", "#bb2621", "#bb2621", "#ffffff"),
        ToneName.REFUNDED: Tone("#0a559f", "#e0effd", "#aed2f5", "#0c62b8", "#ffffff"),
        ToneName.ACCENT: Tone("#2a4fdb", "#eaeffe", "#c3d0fa", "#2d52de", "#ffffff"),
    },
)

DARK: Final = Tokens(
    dark=True,
    canvas="#0e1115",
    surface="#171b21",
    raised="#20252d",
    sunken="#222830",
    pressed="#2f3742",
    line="#2a303a",
    line_strong="#6f7a8a",
    ink="#f2f4f7",
    ink_soft="#bcc4cf",
    ink_faint="#9aa4b2",
    disabled="#697382",
    focus="#a9bcff",
    accent_hover="#93aaff",
    accent_pressed="#a8bbff",
    training=Tone(ink="#d3b0ff", soft="#2d1d42", line="#5b3a85", solid="#a66bf0", on_solid="#170a28"),
    tones={
        ToneName.WAITING: Tone("#b9c6d8", "#252d38", "#3c4858", "#9fb0c8", "#10151c"),
        ToneName.NOT_KNOWN: Tone("#ffc65c", "#38290c", "#6b5016", "#f5b63f", "#221700"),
        ToneName.PAID: Tone("#5fdc98", "#10311f", "#1d5a39", "#0c6e3a", "#ffffff"),
        ToneName.UNPAID: Tone("#adb4bf", "#252931", "#3d434e", "#949ca9", "#12151a"),
        ToneName.REFUSED: Tone("#ff9b94", "#3d1a19", "#743230", "#f0736b", "#250605"),
        ToneName.REVIEW: Tone("#ff9b94", "#171b21", "#f0736b", "#f0736b", "#250605"),
        ToneName.REFUNDED: Tone("#84c1ff", "#12293f", "#234c73", "#5aa9f5", "#04182b"),
        ToneName.ACCENT: Tone("#8ea6ff", "#1c2545", "#33427a", "#819bff", "#0a1026"),
    },
)
