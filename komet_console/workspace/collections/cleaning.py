"""Takes every written secret out of what is about to be stored: the draft, but also variables, examples, scripts, texts."""

from __future__ import annotations

import re
from dataclasses import replace

from komet_console.exchange import Draft, Pair, Redactor
from komet_console.workspace.collections.model import (
    Auth,
    Collection,
    Defaults,
    EnvironmentValues,
    Example,
    Folder,
    RequestItem,
    Script,
)
from komet_console.workspace.collections.references import (
    FoundSecret,
    Taker,
    is_reference,
    is_secret_variable,
    reference,
)

__all__ = ["Cleaner"]

_SHORTEST = 8
"""Shorter secrets are replaced behind their names only: elsewhere they would blot out words that are none."""
_USER = re.compile(r"(?P<head>^[A-Za-z][A-Za-z0-9+.-]*://[^/?#@{}:]*:)(?P<secret>[^/?#@{}]+)@")
_LITERAL = re.compile(
    r"""(?P<head>\b(?P<name>authenticationToken|companyToken|token|password|secret|apiKey|api_key|access_token)
        ["']?\s*[:=,(]{1,2}\s*)(?P<quote>["'`])(?P<value>[^\s"'`{}$]{6,})(?P=quote)""",
    re.VERBOSE | re.IGNORECASE,
)


class Cleaner:
    """Cleans many things; the same secret gets the same reference in all of them.

    `secrets` are the values that were found, once each.
    """

    def __init__(self) -> None:
        self._taker = Taker()

    @property
    def secrets(self) -> tuple[FoundSecret, ...]:
        """What was taken out so far."""
        return tuple(self._taker.found)

    def request(self, item: RequestItem) -> RequestItem:
        """The request with references where secrets were written."""
        made = replace(
            item,
            draft=self._address(self._taker.draft(item.draft)),
            variables=self._taker.variables(item.variables),
            auth=self._auth(item.auth),
            scripts=self._scripts(item.scripts),
        )
        made = replace(
            made,
            name=self._known(made.name),
            description=self._known(made.description),
            draft=self._known_draft(made.draft),
            variables=self._known_rows(made.variables),
        )
        made = replace(made, examples=tuple(self._example(one) for one in item.examples))
        return item if made == item else made

    def folder(self, folder: Folder) -> Folder:
        """The folder with everything below it."""
        defaults = self.defaults(folder.defaults)
        items = tuple(self.request(one) if isinstance(one, RequestItem) else self.folder(one) for one in folder.items)
        return replace(folder, items=items, defaults=defaults, description=self._known(folder.description))

    def collection(self, collection: Collection) -> Collection:
        """The collection with everything in it."""
        defaults = self.defaults(collection.defaults)
        items = tuple(
            self.request(one) if isinstance(one, RequestItem) else self.folder(one) for one in collection.items
        )
        return replace(
            collection,
            items=items,
            defaults=defaults,
            description=self._known(collection.description),
            environments=tuple(self.environment(one) for one in collection.environments),
        )

    def defaults(self, defaults: Defaults) -> Defaults:
        """What is handed down, without secrets."""
        return replace(
            defaults,
            headers=self._known_rows(self._taker.rows(defaults.headers, "header", header=True)),
            variables=self._known_rows(self._taker.variables(defaults.variables)),
            auth=self._auth(defaults.auth),
            scripts=self._scripts(defaults.scripts),
        )

    def environment(self, environment: EnvironmentValues) -> EnvironmentValues:
        """The environment; a variable that holds a secret becomes the name of one."""
        rows, names = [], list(environment.secrets)
        for row in environment.variables:
            if row.name in names or (
                row.value.strip() and is_secret_variable(row.name) and not is_reference(row.value)
            ):
                if row.value.strip():
                    self._taker.add_of_environment(row.name, row.value, environment.name)
                names.append(row.name)
            else:
                rows.append(row)
        return replace(environment, variables=tuple(rows), secrets=tuple(dict.fromkeys(names)))

    # -- parts

    def _auth(self, auth: Auth) -> Auth:
        take = self._taker.take
        name = auth.key if auth.key.casefold() in ("authenticationtoken", "token", "x-api-key") else "apiKey"
        return replace(
            auth,
            password=take("password", auth.password, "authentication"),
            token=take("token", auth.token, "authentication"),
            value=take(name, auth.value, "authentication"),
        )

    def _scripts(self, scripts: tuple[Script, ...]) -> tuple[Script, ...]:
        return tuple(replace(one, code=self._known(_LITERAL.sub(self._literal, one.code))) for one in scripts)

    def _literal(self, match: re.Match[str]) -> str:
        value = self._taker.take(match["name"], match["value"], "script")
        return f"{match['head']}{match['quote']}{value}{match['quote']}"

    def _address(self, draft: Draft) -> Draft:
        match = _USER.match(draft.path or "")
        if match is None or is_reference(match["secret"]):
            return draft
        taken = self._taker.take("password", match["secret"], "address")
        return replace(draft, path=f"{match['head']}{taken}@{(draft.path or '')[match.end() :]}")

    def _example(self, example: Example) -> Example:
        redactor = Redactor(one.value for one in self._taker.found)

        def rows(pairs: tuple[Pair, ...]) -> tuple[Pair, ...]:
            return tuple(replace(one, value=redactor.header(one.name, one.value)) for one in pairs)

        def body(text: str) -> str:
            return redactor.body(text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace") if text else text

        return replace(
            example,
            headers=rows(example.headers),
            request_headers=rows(example.request_headers),
            url=redactor.url(example.url),
            body=body(example.body) if example.body_type != "binary" else example.body,
            request_body=body(example.request_body),
        )

    # -- known values, wherever they stand

    def _known(self, text: str) -> str:
        for one in self._taker.found:
            if len(one.value) >= _SHORTEST and one.value in text:
                text = text.replace(one.value, reference(one.name))
        return text

    def _known_rows(self, rows: tuple[Pair, ...]) -> tuple[Pair, ...]:
        return tuple(
            replace(row, value=self._known(row.value), description=self._known(row.description)) for row in rows
        )

    def _known_draft(self, draft: Draft) -> Draft:
        if not self._taker.found:
            return draft
        body = replace(draft.body, text=self._known(draft.body.text), pairs=self._known_rows(draft.body.pairs))
        return replace(
            draft,
            path=None if draft.path is None else self._known(draft.path),
            query=self._known_rows(draft.query),
            headers=self._known_rows(draft.headers),
            body=body,
        )
