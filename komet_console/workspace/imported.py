"""Environments of other tools, as the console's own: where their variables name an address that calls can go to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from komet_console.errors import UserError
from komet_console.exchange import Pair
from komet_console.texts import said
from komet_console.workspace.collections.model import EnvironmentValues
from komet_console.workspace.collections.references import FoundSecret
from komet_console.workspace.environments import Environments, StoredEnvironment, Variable

__all__ = ["Adopted", "address_row", "adopt_environments"]

_ADDRESSES = frozenset({"baseurl", "base_url", "base-url", "url", "host", "apiurl", "api_url", "endpoint", "server"})
"""Names under which people keep an address, without case."""
_KOMET = "api.kometsales.com"


@dataclass(frozen=True, slots=True)
class Adopted:
    """An environment that was added, and the secrets that it came with; they are still to be kept."""

    environment: StoredEnvironment
    secrets: tuple[FoundSecret, ...] = ()


def address_row(environment: EnvironmentValues) -> Pair | None:
    """The variable that says where calls go; without one an environment is no place to call."""
    return next(
        (row for row in environment.variables if row.enabled and row.name.casefold() in _ADDRESSES and row.value), None
    )


def adopt_environments(
    environments: Environments, found: Iterable[EnvironmentValues], secrets: Sequence[FoundSecret] = ()
) -> tuple[list[Adopted], list[str]]:
    """Add an environment for each that names an address; sentences say what could not be added, and why.

    Secrets are names only in what was imported. Whose value is not among `secrets` has to be entered, and a sentence says so.
    """
    made: list[Adopted] = []
    notes: list[str] = []
    for one in found:
        address = address_row(one)
        if address is None:
            notes.append(
                said("The environment {name} names no address; its variables stay with the collection.", name=one.name)
            )
            continue
        variables = tuple(
            Variable(pair.name, pair.value, enabled=pair.enabled)
            for pair in one.variables
            # The environment itself is `baseUrl`; under any other name requests refer to it.
            if pair is not address or pair.name.casefold() != "baseurl"
        )
        try:
            stored = environments.add(_free_name(environments, one.name), _base_url(address.value), variables=variables)
        except UserError as error:
            notes.append(said("The environment {name} was not added: {message}", name=one.name, message=error.message))
            continue
        own = tuple(secret for secret in secrets if secret.environment == one.name)
        made.append(Adopted(stored, own))
        if missing := [name for name in one.secrets if name not in {secret.name for secret in own}]:
            names = ", ".join(missing)
            notes.append(
                said(
                    "Secrets of {name} are not in the file; enter them in the environment: {names}.",
                    name=one.name,
                    names=names,
                )
            )
    return made, notes


def _base_url(text: str) -> str:
    """The address with what a Komet address needs: a scheme and the `/api` part."""
    url = text.strip().rstrip("/")
    if "://" not in url:
        url = f"https://{url}"
    parts = urlsplit(url)
    return f"{url}/api" if parts.hostname == _KOMET and not parts.path else url


def _free_name(environments: Environments, wanted: str) -> str:
    name = made = " ".join(wanted.split()) or "Imported"
    number = 2
    while environments.find(made) is not None:
        made, number = f"{name} {number}", number + 1
    return made
