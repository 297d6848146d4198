"""The colour of an environment: its own, else that of its kind. See `palette.environment_colour`."""

from __future__ import annotations

from typing import Protocol

__all__ = ["colour_of"]


class _Coloured(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def colour(self) -> str: ...

    @property
    def level(self) -> str: ...


def colour_of(environment: _Coloured) -> str:
    """A key of the theme's environments, or `#rrggbb`."""
    if environment.colour:
        return environment.colour
    if environment.id in ("sandbox", "production"):
        return environment.id
    return "careful" if environment.level == "careful" else "other"
