"""What follows an import: its environments become places to call, its secrets go where they belong, one Undo takes all back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from komet_console.errors import UserError
from komet_console.gui.i18n import told, tr
from komet_console.workspace.imported import adopt_environments

if TYPE_CHECKING:
    from komet_console.gui.collections.shelf import Shelf
    from komet_console.gui.importing.dialog import Done
    from komet_console.gui.window.main import MainWindow
    from komet_console.gui.window.secret_keeping import Replaced

__all__ = ["AfterImport"]


class AfterImport:
    """Follows one import.

    Args:
        say: shows the sentences; called again, with all of them, when there are more.
    """

    def __init__(self, window: MainWindow, shelf: Shelf, done: Done, say: Callable[[str], None]) -> None:
        self._window = window
        self._console = window.console
        self._shelf = shelf
        self._done = done
        self._say = say
        self._lines = [done.sentence]
        self._places: list[str] = []
        """Ids of the environments that came with it."""
        self._replaced: list[Replaced] = []
        self._taken_back = False

    async def run(self) -> None:
        """Adopt environments and keep secrets, and say so."""
        self._say(self._done.sentence)
        try:
            await self._adopt()
        except UserError as error:
            self._lines.append(told(error))
        if len(self._lines) > 1 and not self._is_over():
            self._say("\n".join(self._lines))

    def _is_over(self) -> bool:
        """Whether it was taken back, which may happen while anything is waited for."""
        return self._taken_back

    async def _adopt(self) -> None:
        secrets = self._done.secrets
        found = [one for name in self._done.names for one in (await self._shelf.load(name)).environments]
        if self._is_over():
            return
        made, notes = adopt_environments(self._console.environments, found, secrets)
        self._places = [one.environment.id for one in made]
        self._lines += [tr("The environment {name} was added.", name=one.environment.name) for one in made]
        self._lines += map(tr, notes)
        self._window.places.refresh()
        owner = {id(secret): one.environment.id for one in made for secret in one.secrets}
        here = self._window.places.environment
        for secret in secrets:
            if self._is_over():
                return
            before = await self._window.secrets.keep_found(secret, owner.get(id(secret), here))
            if before is not None:
                self._replaced.append(before)
        if len(secrets) == 1:
            self._lines.append(tr("A secret in it was moved to where secrets are kept; references stand in its place."))
        elif secrets:
            self._lines.append(
                tr(
                    "{count} secrets in it were moved to where secrets are kept; references stand in their places.",
                    count=len(secrets),
                )
            )
        if self._replaced:
            names = ", ".join("{{" + one.name + "}}" for one in self._replaced)
            self._lines.append(
                tr("They took the place of what {names} was before; Undo brings that back.", names=names)
            )

    async def take_back(self) -> None:
        """Undo the import. Secrets that are new in an environment that was there before stay in it."""
        self._taken_back = True
        await self._shelf.delete(list(self._done.names))
        for place in self._places:
            if self._console.environments.find(place) is not None:
                for token in self._console.tokens.of(place):
                    await self._console.tokens.remove(token.id)
                await self._console.remove_environment(place)
        for one in reversed(self._replaced):
            await self._console.keep_variable(one.environment, one.name, one.value, secret=one.secret)
        self._window.places.refresh()
