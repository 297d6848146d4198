"""A secret that was taken out of a request goes where secrets belong: tokens to the token store, others to the environment."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Signal

from komet_console.errors import UserError
from komet_console.gui.aio import Tasks
from komet_console.gui.i18n import tr
from komet_console.records import field, record
from komet_console.session.choosing import TokenChoice
from komet_console.session.console import Console
from komet_console.workspace.collections.references import FoundSecret
from komet_console.workspace.environments import SANDBOX, StoredEnvironment
from komet_console.workspace.secrets import SecretLostError

__all__ = ["Replaced", "SecretKeeping", "variable_of"]


@record
class Replaced:
    """A variable's value that a found secret took the place of."""

    environment: str
    name: str
    value: str = field(repr=False)
    secret: bool


def variable_of(secret: FoundSecret) -> str:
    """The variable that a secret is kept in; any number of tokens are tokens."""
    return "token" if secret.name.rstrip("0123456789") == "token" else secret.name


class SecretKeeping(QObject):
    """Signals:
    said(str): What was done with the secret.
    failed(object): A `UserError`: it could not be kept.
    token_kept(object): The choice of the token that is kept now; a `TokenChoice`.
    """

    said = Signal(str)
    failed = Signal(object)
    token_kept = Signal(object)

    def __init__(self, console: Console, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._console = console
        self._tasks = tasks
        self._turn = asyncio.Lock()
        """One at a time: names are chosen, and the keyring is asked, before anything is stored under them."""

    def keep(self, name: str, value: str, environment: str, base_url: str = "") -> None:
        """Keep a secret.

        Args:
            name: of the reference that stands in the request now.
            environment: where the request goes.
            base_url: of the address that the secret was written for, where it is known.
        """
        self._tasks.start(self._keep(name, value, environment, base_url), name="keep a secret")

    async def _keep(self, name: str, value: str, environment: str, base_url: str) -> None:
        try:
            async with self._turn:
                stored = self._environment(environment, base_url)
                if name == "token":
                    await self._keep_token(value, stored)
                else:
                    await self._keep_variable(name, value, stored)
        except UserError as error:
            self.failed.emit(error)

    async def keep_found(self, secret: FoundSecret, environment: str) -> Replaced | None:
        """Keep a secret of many in an environment; who asks says so, once for all.

        Returns:
            What stood there before, where that was something else.

        Raises:
            UserError: it cannot be kept.
        """
        async with self._turn:
            stored = self._console.environments.get(environment)
            if (name := variable_of(secret)) == "token":
                await self._token_for(secret.value, stored)
                return None
            before = await self._value(stored, name)
            await self._console.keep_variable(stored.id, name, secret.value, secret=True)
        if before is None or before == secret.value:
            return None
        return Replaced(stored.id, name, before, name in stored.secret_names)

    async def _value(self, stored: StoredEnvironment, name: str) -> str | None:
        known = next((one for one in stored.variables if one.name == name), None)
        if known is None or not known.secret:
            return known.value if known is not None else None
        try:
            return await self._console.secrets.get(known.value)
        except SecretLostError:
            return None

    def _environment(self, environment: str, base_url: str) -> StoredEnvironment:
        """The environment that the address belongs to; a secret is never taken for another host's."""
        host = urlsplit(base_url).netloc.casefold()
        known = next((one for one in self._console.environments.all() if host and one.host.casefold() == host), None)
        return known or self._console.environments.get(environment)

    async def _keep_token(self, value: str, stored: StoredEnvironment) -> None:
        name = await self._token_for(value, stored)
        self._tell(name)
        self.token_kept.emit(TokenChoice("stored", name))

    async def _token_for(self, value: str, stored: StoredEnvironment) -> str:
        """The name of the stored token with that value, which is kept now where there was none."""
        tokens = self._console.tokens
        known = next((one for one in tokens.of(stored.id) if tokens.secrets.cached(one.id) == value), None)
        if known is not None:
            return known.name
        hosts = () if stored.id == SANDBOX else (stored.host,)
        name = tokens.free_name(tr("Pasted for {environment}", environment=stored.name))
        return (await tokens.add(name, value, environment=stored.id, hosts=hosts)).name

    def _tell(self, name: str) -> None:
        if self._console.tokens.secrets.persistent:
            self.said.emit(
                tr("The token was moved to the tokens as “{name}”; the request holds a reference.", name=name)
            )
        else:
            why = tr(self._console.secrets.explanation)
            self.said.emit(tr("The token was moved to the tokens as “{name}”. {why}", name=name, why=why))

    async def _keep_variable(self, name: str, value: str, stored: StoredEnvironment) -> None:
        await self._console.keep_variable(stored.id, name, value, secret=True)
        self.said.emit(
            tr(
                "The secret was moved to the variable {name} of {environment}; the request holds a reference.",
                name="{{" + name + "}}",
                environment=stored.name,
            )
        )
