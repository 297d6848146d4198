"""The colours of both schemes, as `resources/themes/komet.json` says them; no Qt needed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from komet_console.records import record
from komet_console.resources import resource_path

__all__ = ["EnvironmentColour", "Scheme", "colours", "environment_colour", "ink_on"]

Scheme = Literal["light", "dark"]


@record
class EnvironmentColour:
    """A colour that stands for a place where calls go, and the colour of text on it. Both `#rrggbb`."""

    colour: str
    ink: str


@cache
def _file() -> Mapping[str, Mapping[str, Any]]:
    content: Mapping[str, Mapping[str, Any]] = json.loads(
        resource_path("themes", "komet.json").read_text(encoding="utf-8")
    )
    return content


def colours(scheme: Scheme) -> Mapping[str, str]:
    """Token to `#rrggbb` or `#rrggbbaa` (alpha last) of a scheme."""
    return _file()[scheme]


def environment_colour(name: str) -> EnvironmentColour:
    """The colour of sandbox, production, careful or other; `#rrggbb` is taken as it is, with the ink that reads on it."""
    if name.startswith("#"):
        return EnvironmentColour(name, ink_on(name))
    known = _file()["environments"]
    found = known.get(name, known["other"])
    return EnvironmentColour(found["colour"], found["ink"])


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` as WCAG 2 defines it, 0 to 1."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two `#rrggbb` colours as WCAG 2 defines it, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(colour: str) -> str:
    """White or near black, whichever reads better on the colour."""
    return max(("#ffffff", "#1c2024"), key=lambda ink: contrast(ink, colour))
