"""The button that does something in an environment, in its colour; grey like any other while it is switched off."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QWidget

from komet_console.gui.theme.palette import environment_colour

__all__ = ["EnvironmentButton"]


class EnvironmentButton(QPushButton):
    """Never a dialog's default button: Enter somewhere else must not press it."""

    def __init__(self, text: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setObjectName(name)
        self.setAutoDefault(False)
        self.set_environment("sandbox")

    def set_environment(self, colour: str) -> None:
        """Name of a colour (`sandbox`, `production`, ...) or `#rrggbb`."""
        look = environment_colour(colour)
        filled = f"background: {look.colour}; border: 1px solid {look.colour}; color: {look.ink}; font-weight: 600;"
        self.setStyleSheet(
            f"QPushButton:enabled {{ {filled} }}"
            f"QPushButton:enabled:hover, QPushButton:enabled:pressed {{ {filled} border-color: {look.ink}; }}"
            f"QPushButton:enabled:focus {{ {filled} border: 2px solid {look.ink}; }}"
        )
