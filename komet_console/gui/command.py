"""`window`: the command that opens the window; what plain `komet-console` does where there is a display."""

from __future__ import annotations

import os
import sys

import click

from komet_console.errors import UserError

__all__ = ["has_display", "window"]


def has_display() -> bool:
    """Whether this session has a place for windows; asks for nothing but the environment."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@click.command()
def window() -> None:
    """Open the window.

    It starts the local sandbox by itself; nothing is sent to the real Komet before you choose it.
    """
    if not has_display() and not os.environ.get("QT_QPA_PLATFORM"):
        raise UserError(
            "No window can be opened: this session has no display.",
            "Work in a desktop session, or use the commands: komet-console --help lists them.",
        )
    from komet_console.gui.program import run

    click.get_current_context().exit(run())
