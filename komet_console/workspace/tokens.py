"""Tokens: what is known about each (database), its value by reference (`secrets`), what was proven with it.

A token belongs to the hosts it was made for. `exchange.building` refuses every other one, so no way of sending can leak it.
"""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from secrets import token_hex
from typing import Literal, get_args

from komet_console.catalogue import Method, TokenKind
from komet_console.catalogue.model import TOKEN_KINDS
from komet_console.errors import UserError
from komet_console.records import record
from komet_console.texts import said
from komet_console.workspace.memory import Records
from komet_console.workspace.secrets import Secrets
from komet_console.workspace.token_text import Cleaned, clean_pasted, ends, shape_trouble, shown

__all__ = [
    "KINDS",
    "Cleaned",
    "Kind",
    "Outcome",
    "Proof",
    "StoredToken",
    "TokenError",
    "Tokens",
    "clean_pasted",
    "ends",
    "kind_of",
    "now",
    "shape_trouble",
    "shown",
]

Kind = Literal["company", "customer", "vendor", "user", "unknown"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Outcome = Literal["accepted", "refused", "limited"]
"""accepted: the API took the token for the method; refused: it did not; limited: the day's quota was used up."""


class TokenError(UserError):
    """A token cannot be found, or cannot be kept as it was given."""


@record
class StoredToken:
    """All that is kept in the database about a token. Moments are milliseconds since 1970, None: never."""

    id: str
    """Also its reference in the secret store."""
    name: str
    kind: Kind
    environment: str
    """Id of the environment it was made for."""
    hosts: tuple[str, ...]
    """The only hosts that may see it. Empty for the sandbox's: they follow the sandbox to whatever port it has."""
    whose: str = ""
    """The customer, vendor, user or company, as the user calls it."""
    methods: tuple[str, ...] | None = None
    """Methods it may call, where known; None: nobody said."""
    head: str = ""
    tail: str = ""
    note: str = ""
    added: int = 0
    used: int | None = None
    checked: int | None = None
    result: str = ""
    """Verdict of the last check, see `session.doctor.Verdict`."""

    @property
    def shown(self) -> str:
        """First and last four characters."""
        return shown(self.head, self.tail)

    def may_call(self, method: Method) -> bool:
        """Whether nothing known speaks against it: kind, methods."""
        kind_fits = self.kind == "unknown" or method.accepts(self.kind)
        return bool(kind_fits and method.tokens != () and (self.methods is None or method.name in self.methods))


@record
class Proof:
    """What became of one method called with one token, the last time it was."""

    method: str
    outcome: Outcome
    at: int


def now() -> int:
    """This moment in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class Tokens:
    """The tokens of a workspace. Reading is cheap and blocks for no keyring; what touches values is a coroutine."""

    def __init__(self, records: Records, secrets: Secrets) -> None:
        self._records = records
        self.secrets = secrets
        self._known: tuple[StoredToken, ...] | None = None

    # --- looking

    def all(self) -> tuple[StoredToken, ...]:
        """Every token, by name."""
        if self._known is None:
            rows = self._records.read("SELECT * FROM tokens ORDER BY name COLLATE NOCASE")
            self._known = tuple(_of_row(row) for row in rows)
        return self._known

    def reload(self) -> None:
        """Read again what another window may have changed."""
        self._known = None

    def find(self, text: str) -> StoredToken | None:
        """The token of an id or a name, whatever its case; None where there is none."""
        folded = " ".join(text.split()).casefold()
        known = self.all()
        return next(
            (one for one in known if one.id == text),
            next((one for one in known if one.name.casefold() == folded), None),
        )

    def get(self, text: str) -> StoredToken:
        """The token of an id or a name; raises `TokenError`."""
        found = self.find(text)
        if found is None:
            names = ", ".join(one.name for one in self.all()) or "none"
            raise TokenError(
                said('There is no token "{text}".', text=text), said("Stored tokens: {names}.", names=names)
            )
        return found

    def search(self, text: str) -> list[StoredToken]:
        """Tokens whose name, owner, kind, note or ends hold every word of the text."""
        words = text.casefold().split()
        return [
            one
            for one in self.all()
            if all(
                word in f"{one.name} {one.whose} {one.kind} {one.note} {one.shown} {one.environment}".casefold()
                for word in words
            )
        ]

    def of(self, environment: str) -> list[StoredToken]:
        """Tokens made for an environment (its id), most recently used first."""
        found = [one for one in self.all() if one.environment == environment]
        return sorted(found, key=lambda one: (-(one.used or 0), -one.added))

    def fitting(self, environment: str, method: Method) -> list[StoredToken]:
        """Those of an environment that can call a method as far as is known; kinds that are known and most recent first."""
        found = [one for one in self.of(environment) if one.may_call(method)]
        return sorted(found, key=lambda one: one.kind == "unknown")

    # --- changing

    async def add(
        self,
        name: str,
        value: str,
        *,
        environment: str,
        hosts: Iterable[str],
        kind: Kind = "unknown",
        whose: str = "",
        methods: Iterable[str] | None = None,
        note: str = "",
    ) -> StoredToken:
        """Keep a new token; whether its value outlives the program stands in `secrets.persistent`.

        Raises:
            TokenError: no value, no name, or a name that is taken.
        """
        if not value or re.search(r"\s", value):
            raise TokenError(
                "There is no token in what was given.", "Copy it again, from its first to its last character."
            )
        head, tail = ends(value)
        token = StoredToken(
            id=token_hex(16),
            name=self._usable_name(name),
            kind=kind,
            environment=environment,
            hosts=tuple(dict.fromkeys(hosts)),
            whose=whose.strip(),
            methods=None if methods is None else tuple(dict.fromkeys(methods)),
            head=head,
            tail=tail,
            note=note,
            added=now(),
        )
        # The value first: a name without a value is a nuisance, a value without a name is lost.
        await self.secrets.put(token.id, value)
        try:
            self._write(token)
        except BaseException:
            await self.secrets.remove(token.id)
            raise
        return token

    async def replace_value(self, identifier: str, value: str) -> StoredToken:
        """Another value for a token that is there: after a keyring was lost, or a token was made anew."""
        token = self.get(identifier)
        if not value or re.search(r"\s", value):
            raise TokenError(
                "There is no token in what was given.", "Copy it again, from its first to its last character."
            )
        await self.secrets.put(token.id, value)
        head, tail = ends(value)
        made = replace(token, head=head, tail=tail, checked=None, result="")
        self._write(made)
        self.forget_proofs(token.id)
        return made

    def change(self, token: StoredToken) -> StoredToken:
        """Keep changed metadata (name, kind, whose, hosts, methods, note); raises `TokenError` for a name that is taken."""
        self.get(token.id)
        made = replace(token, name=self._usable_name(token.name, token.id))
        self._write(made)
        return made

    async def remove(self, identifier: str) -> StoredToken:
        """Forget a token, its value and its proofs."""
        token = self.get(identifier)
        with self._records.write() as connection:
            connection.execute("DELETE FROM tokens WHERE id = ?", (token.id,))
            connection.execute("DELETE FROM proofs WHERE token = ?", (token.id,))
        self._known = None
        await self.secrets.remove(token.id)
        return token

    def touch(self, identifier: str, at: int | None = None) -> None:
        """The token was used just now."""
        self._set(identifier, "used = ?", (at or now(),))

    def set_checked(self, identifier: str, result: str, at: int | None = None) -> None:
        """The token was checked just now, with this verdict."""
        self._set(identifier, "checked = ?, result = ?", (at or now(), result))

    async def value(self, identifier: str) -> str:
        """The token itself; raises `SecretLostError` where only its name is left."""
        return await self.secrets.get(self.get(identifier).id)

    # --- proofs

    def prove(self, token: str, method: str, outcome: Outcome, at: int | None = None) -> None:
        """Keep what became of a call. `token` is an id, or `sandbox:company` and its like for the sandbox's own."""
        with self._records.write() as connection:
            connection.execute(
                """INSERT INTO proofs (token, method, outcome, at) VALUES (?, ?, ?, ?)
                ON CONFLICT (token, method) DO UPDATE SET outcome = excluded.outcome, at = excluded.at""",
                (token, method, outcome, at or now()),
            )

    def proofs(self, token: str) -> Mapping[str, Proof]:
        """What is proven about a token, by method."""
        rows = self._records.read("SELECT method, outcome, at FROM proofs WHERE token = ?", (token,))
        return {row["method"]: Proof(row["method"], row["outcome"], row["at"]) for row in rows}

    def forget_proofs(self, token: str) -> None:
        """Nothing is proven about a token any more: it was made anew."""
        with self._records.write() as connection:
            connection.execute("DELETE FROM proofs WHERE token = ?", (token,))

    # --- inside

    def _usable_name(self, name: str, own: str = "") -> str:
        made = " ".join(name.split())
        if not made:
            raise TokenError("A token needs a name.", "Name it after whom it belongs to and what it is for.")
        taken = self.find(made)
        if taken is not None and taken.id != own:
            raise TokenError(said('There is a token "{name}" already.', name=taken.name), "Choose another name.")
        return made

    def free_name(self, wanted: str) -> str:
        """The name, with a number behind it where it is taken."""
        name, number = " ".join(wanted.split()) or "token", 2
        made = name
        while self.find(made) is not None:
            made, number = f"{name} {number}", number + 1
        return made

    def _set(self, identifier: str, change: str, values: tuple[object, ...]) -> None:
        with self._records.write() as connection:
            connection.execute(f"UPDATE tokens SET {change} WHERE id = ?", (*values, identifier))
        self._known = None

    def _write(self, token: StoredToken) -> None:
        row = {
            "id": token.id,
            "name": token.name,
            "kind": token.kind,
            "whose": token.whose,
            "environment": token.environment,
            "hosts": json.dumps(token.hosts),
            "methods": None if token.methods is None else json.dumps(token.methods),
            "head": token.head,
            "tail": token.tail,
            "note": token.note,
            "added": token.added,
            "used": token.used,
            "checked": token.checked,
            "result": token.result,
        }
        names = ", ".join(row)
        places = ", ".join(f":{name}" for name in row)
        try:
            with self._records.write() as connection:
                connection.execute(f"INSERT OR REPLACE INTO tokens ({names}) VALUES ({places})", row)
        finally:
            self._known = None


def _of_row(row: sqlite3.Row) -> StoredToken:
    values = dict(row)
    values["hosts"] = tuple(json.loads(values["hosts"]))
    values["methods"] = None if values["methods"] is None else tuple(json.loads(values["methods"]))
    return StoredToken(**values)


def kind_of(text: str) -> TokenKind | None:
    """A kind that the catalogue knows, or None for `unknown`."""
    return next((kind for kind in TOKEN_KINDS if kind == text), None)
