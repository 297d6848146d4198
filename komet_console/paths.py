"""The one folder that holds all of a user's data."""

from __future__ import annotations

import os
from pathlib import Path

from komet_console.errors import UserError
from komet_console.texts import said

__all__ = ["HOME_VARIABLE", "user_folder"]

HOME_VARIABLE = "KOMET_CONSOLE_HOME"
"""Environment variable that overrides the folder, for a second profile or a portable installation."""


def user_folder() -> Path:
    """The user's data folder, absolute; created, readable by its owner only, when it does not exist.

    Raises:
        UserError: the folder cannot be created.
    """
    override = os.environ.get(HOME_VARIABLE)
    if override:
        folder = Path(override).expanduser().absolute()
    else:
        import platformdirs  # imported late: most commands never need the folder

        folder = platformdirs.user_data_path("komet-console", appauthor=False)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        reason = "there is a file of that name" if isinstance(error, FileExistsError) else error.strerror or error
        raise UserError(
            said("The data folder {folder} cannot be created: {reason}.", folder=folder, reason=reason),
            hint=said("Set {home_variable} to a folder you may write to.", home_variable=HOME_VARIABLE),
        ) from error
    return folder
