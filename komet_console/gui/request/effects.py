"""What a method does to the data, in words and in a tone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from komet_console.gui.i18n import tr

if TYPE_CHECKING:
    from komet_console.gui.widgets.pill import Tone

__all__ = ["EFFECT_TONES", "effect_name"]

EFFECT_TONES: dict[str, Tone] = {
    "read": "slate",
    "create": "green",
    "update": "amber",
    "delete": "red",
    "action": "violet",
}


def effect_name(effect: str) -> str:
    """The effect of a method in the user's language."""
    return {
        "read": tr("read"),
        "create": tr("create"),
        "update": tr("update"),
        "delete": tr("delete"),
        "action": tr("action"),
    }[effect]
