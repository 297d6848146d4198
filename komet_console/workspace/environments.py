"""Where calls go: Sandbox, Production, and what the user adds. Kept in the database; secrets only as references.

The two built-in ones cannot be renamed, moved to another address or removed; everything else of them can be set.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from secrets import token_hex
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from komet_console.errors import UserError
from komet_console.exchange import PRODUCTION_URL, Connection
from komet_console.exchange.building import check_address
from komet_console.records import field, record
from komet_console.texts import said
from komet_console.workspace.memory import Records

__all__ = [
    "LEVELS",
    "PRODUCTION",
    "SANDBOX",
    "Environments",
    "Level",
    "MultiLocation",
    "StoredEnvironment",
    "UnusableEnvironmentError",
    "Variable",
]

SANDBOX = "sandbox"
PRODUCTION = "production"
Level = Literal["free", "careful", "read-only"]
"""free: nothing asks; careful: writes ask; read-only: writes are refused."""
LEVELS: tuple[Level, ...] = get_args(Level)
MultiLocation = Literal["yes", "no", "unknown"]


class UnusableEnvironmentError(UserError):
    """An environment cannot be found, or cannot be kept as it was given."""


@record
class Variable:
    """One variable. The value of a secret one lies in the secret store; `value` is its reference then."""

    name: str
    value: str = ""
    secret: bool = False
    enabled: bool = True


@record
class StoredEnvironment:
    """One environment as the user keeps it."""

    id: str
    """What everything else refers to; the built-in ones have their names."""
    name: str
    base_url: str
    """With the `/api` part, without a final slash. Empty for the sandbox: its address is known when it runs."""
    colour: str = ""
    """`#rrggbb`; empty: the theme's own for the environment's level."""
    level: Level = "careful"
    account: str = ""
    """Number for `X-ACCOUNT`."""
    multi_location: MultiLocation = "unknown"
    paid_users: int | None = None
    """None: not known. The daily limit is 1,000 times this."""
    zone: str = ""
    """IANA name of the time zone for dates; empty: UTC."""
    connection: Connection = field(default_factory=Connection)
    variables: tuple[Variable, ...] = ()
    reserve: int = 0
    """Calls of a day that actions of several calls leave alone."""

    @property
    def built_in(self) -> bool:
        """Whether it belongs to the program."""
        return self.id in (SANDBOX, PRODUCTION)

    @property
    def host(self) -> str:
        """Host and port of the base URL; empty for the sandbox."""
        return urlsplit(self.base_url).netloc.rpartition("@")[2]

    @property
    def quota_account(self) -> str:
        """What calls are counted under: the account where it is known, else the host."""
        return self.id if self.id == SANDBOX else f"{self.host}/{self.account}"

    def values(self, secrets: Mapping[str, str] | None = None) -> dict[str, str]:
        """The switched-on variables as one scope; secret ones only where `secrets` (reference to value) has them."""
        found = {}
        for one in self.variables:
            if not one.enabled:
                continue
            if not one.secret:
                found[one.name] = one.value
            elif secrets is not None and one.value in secrets:
                found[one.name] = secrets[one.value]
        return found

    @property
    def secret_names(self) -> frozenset[str]:
        """Names of the variables whose values are not to be shown."""
        return frozenset(one.name for one in self.variables if one.secret)


def _standard() -> tuple[StoredEnvironment, StoredEnvironment]:
    return (
        StoredEnvironment(SANDBOX, "Sandbox", "", level="free"),
        StoredEnvironment(PRODUCTION, "Production", PRODUCTION_URL, level="careful"),
    )


def _checked(one: StoredEnvironment) -> StoredEnvironment:
    """The environment with blanks removed; raises `UnusableEnvironmentError` for what cannot be kept."""
    name = " ".join(one.name.split())
    if not name:
        raise UnusableEnvironmentError("An environment needs a name.", "Give it the name of the company or the system.")
    url = one.base_url.strip().rstrip("/")
    if one.id != SANDBOX:
        check_address(url)
        parts = urlsplit(url)
        if parts.username or parts.password:
            raise UnusableEnvironmentError(
                "The address holds a user name or a password.", "Leave it out: the API is called with a token."
            )
        if parts.query or parts.fragment:
            raise UnusableEnvironmentError("The address has a ? or # part.", "It ends with /api.")
    if one.level not in LEVELS:
        raise UnusableEnvironmentError(said('"{level}" is no level.', level=one.level), f"Use {', '.join(LEVELS)}.")
    if one.paid_users is not None and not 0 < one.paid_users <= 100_000:
        raise UnusableEnvironmentError(
            "The number of paid users lies between 1 and 100,000.", "Leave it empty if unknown."
        )
    if one.colour and not _is_colour(one.colour):
        raise UnusableEnvironmentError(
            said('"{colour}" is no colour.', colour=one.colour), "Write # and six hexadecimal digits."
        )
    if one.zone:
        _check_zone(one.zone)
    password = urlsplit(one.connection.proxy).password if one.connection.proxy else None
    if password and not password.startswith("{{"):
        raise UnusableEnvironmentError(
            "The proxy's address holds a password, which would be kept in clear.",
            "Write it as a secret variable: http://user:{{proxyPassword}}@host:port.",
        )
    names = [variable.name for variable in one.variables]
    double = next((each for each in names if names.count(each) > 1), None)
    if double is not None or "" in names:
        raise UnusableEnvironmentError(
            said('The variable "{name}" is there more than once or has no name.', name=double or ""),
            "Every variable has its own name.",
        )
    return replace(one, name=name, base_url=url, account=one.account.strip())


def _is_colour(text: str) -> bool:
    return len(text) == 7 and text[0] == "#" and all(one in "0123456789abcdefABCDEF" for one in text[1:])


def _check_zone(name: str) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnusableEnvironmentError(
            said('There is no time zone "{name}".', name=name),
            "Write it like America/Bogota, or leave it empty for UTC.",
        ) from None


class Environments:
    """All environments of a workspace, in the user's order, the built-in ones first. Reads are cached; writes are small."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._known: tuple[StoredEnvironment, ...] | None = None

    def all(self) -> tuple[StoredEnvironment, ...]:
        """Every environment."""
        if self._known is None:
            rows = self._records.read("SELECT id, record FROM environments ORDER BY position, id")
            kept = {row["id"]: _read(row["id"], row["record"]) for row in rows}
            standard = [kept.pop(one.id, None) or one for one in _standard()]
            self._known = (*standard, *(one for one in kept.values() if one is not None))
        return self._known

    def reload(self) -> None:
        """Read again what another window may have changed."""
        self._known = None

    def get(self, text: str) -> StoredEnvironment:
        """The environment of an id or a name, whatever its case.

        Raises:
            UnusableEnvironmentError: there is none, with those that there are.
        """
        found = self.find(text)
        if found is None:
            names = ", ".join(one.name for one in self.all())
            raise UnusableEnvironmentError(
                said('There is no environment "{text}".', text=text), said("There are: {names}.", names=names)
            )
        return found

    def find(self, text: str) -> StoredEnvironment | None:
        """The environment of an id or a name, or None."""
        folded = " ".join(text.split()).casefold()
        known = self.all()
        return next(
            (one for one in known if one.id == text),
            next((one for one in known if one.name.casefold() == folded), None),
        )

    def add(self, name: str, base_url: str, **values: Any) -> StoredEnvironment:
        """A new environment; `values` are further fields of `StoredEnvironment`.

        Raises:
            UnusableEnvironmentError: name or address cannot be used.
            InsecureAddressError, BuildError: the address is not HTTPS (but for this machine), or none at all.
        """
        return self.save(StoredEnvironment(token_hex(6), name, base_url, **values))

    def save(self, environment: StoredEnvironment) -> StoredEnvironment:
        """Keep an environment, new or changed; the same errors as `add`."""
        made = _checked(environment)
        for standard in _standard():
            if made.id == standard.id and (made.name, made.base_url) != (standard.name, standard.base_url):
                raise UnusableEnvironmentError(
                    said("{name} keeps its name and address.", name=standard.name),
                    "Add an environment of your own for another address.",
                )
        other = self.find(made.name)
        if other is not None and other.id != made.id:
            raise UnusableEnvironmentError(
                said('There is an environment "{name}" already.', name=other.name), "Choose another name."
            )
        with self._records.write() as connection:
            connection.execute(
                """INSERT INTO environments (id, position, record)
                VALUES (?, (SELECT coalesce(max(position), 0) + 1 FROM environments), ?)
                ON CONFLICT (id) DO UPDATE SET record = excluded.record""",
                (made.id, json.dumps(_written(made), ensure_ascii=False)),
            )
        self._known = None
        return made

    def remove(self, identifier: str) -> None:
        """Remove one of the user's own; raises `UnusableEnvironmentError` for a built-in one."""
        found = self.get(identifier)
        if found.built_in:
            raise UnusableEnvironmentError(
                said("{name} cannot be removed.", name=found.name), "Only environments that you added can be."
            )
        with self._records.write() as connection:
            connection.execute("DELETE FROM environments WHERE id = ?", (found.id,))
        self._known = None


def _written(one: StoredEnvironment) -> dict[str, Any]:
    record = asdict(one)
    del record["id"]
    return record


def _read(identifier: str, text: str) -> StoredEnvironment | None:
    """A kept environment; unknown keys of a later version are left aside, None where it cannot be read at all."""
    try:
        record = json.loads(text)
        known = {one.name for one in fields(StoredEnvironment)} - {"id"}
        values = {key: value for key, value in record.items() if key in known}
        inner = {one.name for one in fields(Connection)}
        values["connection"] = Connection(**{k: v for k, v in record.get("connection", {}).items() if k in inner})
        own = {one.name for one in fields(Variable)}
        values["variables"] = tuple(
            Variable(**{k: v for k, v in one.items() if k in own}) for one in record.get("variables", ())
        )
        return StoredEnvironment(identifier, **values)
    except (ValueError, TypeError, AttributeError):
        return None
