"""The palette, filled with what a window has, and what its choices do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from komet_console.gui.i18n import tr
from komet_console.gui.palette.view import Entry, Palette
from komet_console.gui.window.actions import spoken_keys

if TYPE_CHECKING:
    from komet_console.gui.window.main import MainWindow

__all__ = ["open_palette"]


def open_palette(window: MainWindow, text: str = "") -> Palette:
    """Open the window's palette."""
    palette = window.palette_popup
    if palette is None:
        palette = window.palette_popup = Palette(window.console.catalogue, window)
        palette.method_chosen.connect(lambda name, new: window.open_method(name, preview=not new))
        palette.tab_chosen.connect(lambda identity: _show_tab(window, identity))
        palette.action_chosen.connect(window.actions_table.run)
        palette.guide_chosen.connect(window.desk.open_guide)
        palette.pasted.connect(window.open_pasted)
    tabs = [
        Entry("tab", tab.id, tab.title, tr("unsaved") if tab.unsaved else "", tab.verb)
        for tab in window.desk.recent
        if tab is not window.desk.current
    ]
    actions = [
        Entry("action", row.key, row.text, row.section, spoken_keys(row.keys[0]) if row.keys else "")
        for row in window.actions_table.rows
        if row.in_palette and row.enabled()
    ]
    palette.open(tabs, actions, window.recents, text)
    return palette


def _show_tab(window: MainWindow, identity: str) -> None:
    tab = next((one for one in window.desk.tabs if one.id == identity), None)
    if tab is not None:
        window.desk.show_tab(tab)
