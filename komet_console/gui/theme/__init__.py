"""How the window looks: colours, fonts, icons and one stylesheet, light and dark.

theme.manager().changed      emitted when the scheme changes; painted widgets repaint, bound icons follow by themselves
theme.color("muted")         QColor of a token
theme.fonts.ui(), .code()    the shipped fonts
theme.icons.set_icon(button, "copy", "muted")
theme.set_role(button, "primary")   chooses a look from the stylesheet
"""

from __future__ import annotations

from komet_console.gui.theme import fonts, icons
from komet_console.gui.theme.manager import Mode, ThemeManager, color, install, manager, set_role

__all__ = ["Mode", "ThemeManager", "color", "fonts", "icons", "install", "manager", "set_role"]
