"""The shipped fonts: Inter for the interface, JetBrains Mono for code. Sizes are logical pixels."""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QFont, QFontDatabase

from komet_console.resources import resource_path

__all__ = ["code", "load", "ui"]

UI_FAMILY = "Inter"
CODE_FAMILY = "JetBrains Mono"
_FILES = (
    "Inter-Regular.otf",
    "Inter-Medium.otf",
    "Inter-SemiBold.otf",
    "JetBrainsMono-Regular.ttf",
    "JetBrainsMono-SemiBold.ttf",
)


@cache
def load() -> None:
    """Make the shipped fonts known to Qt, once; needs an application."""
    for name in _FILES:
        QFontDatabase.addApplicationFont(str(resource_path("fonts", name)))


@cache
def ui(size: float = 13, weight: int = 400) -> QFont:
    """The interface's font. Treat the result as read-only: it is shared."""
    return _font([UI_FAMILY, "Segoe UI", "Noto Sans", "DejaVu Sans"], size, weight)


@cache
def code(size: float = 12.5, weight: int = 400) -> QFont:
    """The code font. Treat the result as read-only: it is shared."""
    font = _font([CODE_FAMILY, "DejaVu Sans Mono"], size, weight)
    font.setStyleHint(QFont.StyleHint.Monospace)
    return font


def _font(families: list[str], size: float, weight: int) -> QFont:
    load()
    font = QFont(families)
    # Points at 96 per inch are pixels that may have a fraction; QFont's own pixel sizes are whole.
    font.setPointSizeF(size * 0.75)
    font.setWeight(QFont.Weight(weight))
    return font
