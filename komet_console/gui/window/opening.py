"""Opening the workspace when the program starts, and what to do where that is not possible."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox

from komet_console.errors import UserError
from komet_console.gui import aio
from komet_console.gui.i18n import tr
from komet_console.workspace.opening import default_folder, open_workspace, set_aside, temporary_workspace
from komet_console.workspace.trouble import DamagedWorkspaceError, WorkspaceError
from komet_console.workspace.workspace import Workspace, database_file

__all__ = ["open_or_ask"]


async def open_or_ask() -> Workspace | None:
    """The user's workspace; where it cannot be opened, what the user chooses instead. None: they would rather end."""
    while True:
        try:
            return open_workspace()
        except DamagedWorkspaceError as error:
            choice = await _choose(error, tr("Set it aside and begin a new one"), tr("Work without keeping anything"))
            if choice == 0:
                try:
                    set_aside(database_file(default_folder()))
                except WorkspaceError as trouble:
                    await _choose(trouble)
                    return None
                continue
        except UserError as error:
            choice = await _choose(error, tr("Try again"), tr("Work without keeping anything"))
            if choice == 0:
                continue
        return temporary_workspace() if choice == 1 else None


async def _choose(error: UserError, *choices: str) -> int:
    """Show the trouble; the number of the choice, -1 for ending."""
    message, *rest = map(tr, error.lines())
    box = QMessageBox(QMessageBox.Icon.Warning, "Komet Console", message)
    box.setObjectName("workspaceTrouble")
    box.setInformativeText("\n".join(rest))
    buttons = [box.addButton(choice, QMessageBox.ButtonRole.AcceptRole) for choice in choices]
    end = box.addButton(tr("End"), QMessageBox.ButtonRole.RejectRole)
    box.setEscapeButton(end)
    await aio.show(box)
    clicked = box.clickedButton()
    return next((number for number, button in enumerate(buttons) if button is clicked), -1)
