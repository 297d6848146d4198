from __future__ import annotations

import pytest

from komet_console.gui import theme
from komet_console.gui.theme import palette

SURFACES = ("bg", "panel", "rail", "raised")
READ_ON_SURFACES = ("text", "muted", "faint", "green", "blue", "amber", "red", "violet", "link")
JSON = ("json_key", "json_string", "json_number", "json_punct")
PAIRS = [
    *((ink, surface) for ink in READ_ON_SURFACES for surface in SURFACES),
    *((ink, surface) for ink in JSON for surface in ("bg", "panel", "redbg")),
    *((ink, f"{ink}bg") for ink in ("green", "blue", "amber", "red", "violet")),
    ("muted", "slatebg"),
    ("muted", "hover"),
    ("text", "hover"),
    ("seltext", "sel"),
    ("text", "accentbg"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "surface"), PAIRS)
def test_what_must_be_read_can_be_read(scheme: palette.Scheme, ink: str, surface: str) -> None:
    colours = palette.colours(scheme)
    assert palette.contrast(colours[ink], colours[surface]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_white_reads_on_the_accent(scheme: palette.Scheme) -> None:
    assert palette.contrast("#ffffff", palette.colours(scheme)["accent"]) >= 4.5


@pytest.mark.parametrize("name", ["sandbox", "production", "careful", "other", "#ffe08a", "#123456"])
def test_an_environments_name_reads_on_its_colour(name: str) -> None:
    found = palette.environment_colour(name)
    assert palette.contrast(found.ink, found.colour) >= 4.5


def test_both_schemes_say_the_same_tokens() -> None:
    assert palette.colours("light").keys() == palette.colours("dark").keys()


def test_switching_tells_everybody(qtbot: object) -> None:
    before = theme.color("text").name()
    with qtbot.waitSignal(theme.manager().changed):
        theme.manager().set_mode("dark")
    assert theme.color("text").name() != before
