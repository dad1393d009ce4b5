"""The bundled typeface, its sizes and its tabular figures."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from PySide6.QtGui import QFont, QFontDatabase

FAMILY: Final = "Inter Till"
FALLBACKS: Final = (
    "PingFang HK",
    "Microsoft JhengHei UI",
    "Microsoft YaHei UI",
    "Noto Sans CJK HK",
    "Noto Sans CJK TC",
    "Noto Sans CJK SC",
    "Segoe UI",
    "sans-serif",
)
"""Where scripts that the bundled face does not hold come from."""

SMALL: Final = 13
BODY: Final = 15
LARGE: Final = 18
TITLE: Final = 24
DISPLAY: Final = 64

REGULAR: Final = QFont.Weight.Normal
MEDIUM: Final = QFont.Weight.Medium
STRONG: Final = QFont.Weight.DemiBold

_FILES: Final = ("InterTill-Regular.otf", "InterTill-Medium.otf", "InterTill-SemiBold.otf")


def resources_dir() -> Path:
    """Return the folder of icons, fonts and translations: inside an installed package, or beside a source tree."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"


def load_fonts() -> bool:
    """Register the bundled faces; the system's own sans-serif stands in where that fails."""
    folder = resources_dir() / "fonts"
    return all(QFontDatabase.addApplicationFont(str(folder / name)) >= 0 for name in _FILES)


@cache
def font(size: int = BODY, weight: QFont.Weight = REGULAR, *, tabular: bool = False) -> QFont:
    """Return the typeface at a size in logical pixels; `tabular` gives every digit the same width."""
    face = QFont()
    face.setFamilies([FAMILY, *FALLBACKS])
    face.setPixelSize(size)
    face.setWeight(weight)
    face.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if tabular:
        face.setFeature(QFont.Tag("tnum"), 1)
    return face
