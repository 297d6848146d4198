"""The user's settings as data: name, kind, default, bounds, meaning. Setting one checks it first.

A proxy's password is a secret and is never stored: `http://user:password@host` is kept as `http://user@host`, and the
password lives as long as the program. Names that this version does not know are kept as they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from komet_console.errors import UserError
from komet_console.records import record
from komet_console.texts import said

if TYPE_CHECKING:
    from komet_console.exchange.model import Connection
    from komet_console.workspace.database import Database
    from komet_console.workspace.writing import Writer

__all__ = ["SETTINGS", "Setting", "SettingError", "Settings"]

Kind = Literal["text", "flag", "number", "seconds", "choice", "file", "proxy"]
Listener = Callable[[str, Any], None]


class SettingError(UserError):
    """The value does not suit the setting; nothing was changed."""


@record
class Setting:
    """One setting. `seconds` may be None: without limit; `number` may be None where `optional` says so."""

    name: str
    kind: Kind
    default: Any
    description: str
    choices: tuple[str, ...] = ()
    least: float = 0
    most: float = 10**15
    optional: bool = False

    def checked(self, value: Any) -> Any:
        """The value as it is kept.

        Raises:
            SettingError: it does not suit.
        """
        match self.kind:
            case "flag" if isinstance(value, bool):
                return value
            case "choice" if value in self.choices:
                return value
            case "number" | "seconds":
                return self._number(value)
            case "text" | "file" if isinstance(value, str) and "\x00" not in value:
                return value
            case "proxy" if isinstance(value, str):
                return self._proxy(value.strip())
        allowed = ", ".join(self.choices) or said({"flag": "yes or no"}.get(self.kind, "text"))
        raise SettingError(
            said("{value!r} does not suit the setting {name}.", value=value, name=self.name),
            said("Allowed: {values}.", values=allowed),
        )

    def _number(self, value: Any) -> float | int | None:
        if value is None and (self.optional or self.kind == "seconds"):
            return None
        whole = self.kind == "number"
        fits = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
        if not fits or not self.least <= value <= self.most:
            raise SettingError(
                said("{value!r} does not suit the setting {name}.", value=value, name=self.name),
                said(
                    "Allowed: whole numbers from {least:g} to {most:g}."
                    if whole
                    else "Allowed: numbers from {least:g} to {most:g}.",
                    least=self.least,
                    most=self.most,
                ),
            )
        return int(value) if whole else float(value)

    def _proxy(self, value: str) -> str:
        if not value:
            return ""
        hint = "It looks like http://host:port or http://user:password@host:port."
        try:
            parts = urlsplit(value)
            _ = parts.port
        except ValueError:
            # Without the value and its chain: it may hold a password.
            raise SettingError("This is not the address of a proxy.", hint) from None
        if parts.scheme not in ("http", "https") or not parts.hostname or any(one.isspace() for one in value):
            raise SettingError("This is not the address of a proxy.", hint)
        return value


_CONNECTION = {
    "connect_timeout": "connection.connect_timeout",
    "read_timeout": "connection.read_timeout",
    "total_timeout": "connection.total_timeout",
    "proxy": "connection.proxy",
    "ca_file": "connection.ca_file",
    "client_certificate": "connection.client_certificate",
    "client_key": "connection.client_key",
    "follow_redirects": "connection.follow_redirects",
}
"""Fields of `Connection` and the settings that fill them."""

_DAY = 86_400.0
SETTINGS: tuple[Setting, ...] = (
    Setting("theme", "choice", "system", "Light or dark colours.", ("system", "light", "dark")),
    Setting("language", "text", "", "Language of the window as a code such as en; empty follows the system."),
    Setting("answer.place", "choice", "below", "Where the answer stands.", ("below", "beside")),
    Setting("environment", "text", "sandbox", "Name of the environment that was used last."),
    Setting("welcome.dismissed", "flag", False, "The welcome is not shown any more."),
    Setting("connection.connect_timeout", "seconds", 10.0, "Longest time to connect.", least=0.1, most=_DAY),
    Setting("connection.read_timeout", "seconds", 60.0, "Longest silence of the server.", least=0.1, most=_DAY),
    Setting("connection.total_timeout", "seconds", 300.0, "Longest time for a whole call.", least=0.1, most=_DAY),
    Setting("connection.proxy", "proxy", "", "Address of a proxy; empty connects directly."),
    Setting("connection.ca_file", "file", "", "PEM file of authorities trusted besides the system's."),
    Setting("connection.client_certificate", "file", "", "PEM file with the client's certificate."),
    Setting("connection.client_key", "file", "", "PEM file with the certificate's key, where it stands apart."),
    Setting("connection.follow_redirects", "flag", True, "Follow redirects, never with the token to another host."),
    Setting(
        "history.days",
        "number",
        None,
        "Days that exchanges are kept; without a number for ever.",
        least=1,
        optional=True,
    ),
    Setting("history.bytes", "number", 4 * 1024**3, "Bytes that large bodies may take on the disk.", least=1024**2),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}


class Settings:
    """The values. Reading costs nothing, setting returns at once and is written soon; any thread may do both.

    Attributes:
        listeners: called with name and new value, on the thread that set it, where the value is another one.
    """

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer
        self._values: dict[str, Any] = {}
        self._seen = -1
        self.listeners: list[Listener] = []
        self._load()

    def __getitem__(self, name: str) -> Any:
        """The value of a setting, its default where it was never set."""
        return self._values.get(name, _BY_NAME[name].default)

    def set(self, name: str, value: Any) -> None:
        """Set one.

        Raises:
            SettingError: the value does not suit; KeyError: there is no such setting.
        """
        value = _BY_NAME[name].checked(value)
        if value == self[name]:
            return
        self._values[name] = value
        kept = json.dumps(_without_password(value) if _BY_NAME[name].kind == "proxy" else value)
        self._writer.later(
            lambda connection: _put(connection, "INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, kept)),
            ("setting", name),
        )
        for listener in list(self.listeners):
            listener(name, value)

    def reset(self, name: str) -> None:
        """Back to the default."""
        self.set(name, _BY_NAME[name].default)

    def refresh(self) -> None:
        """See what other windows' programs have set meanwhile; tells the listeners."""
        self._writer.flush()
        before = {setting.name: self[setting.name] for setting in SETTINGS}
        self._load()
        for name, value in before.items():
            if self[name] != value:
                for listener in list(self.listeners):
                    listener(name, self[name])

    @property
    def connection(self) -> Connection:
        """How calls travel."""
        from komet_console.exchange.model import Connection

        return Connection(**{field: self[name] for field, name in _CONNECTION.items()})

    def set_connection(self, connection: Connection) -> None:
        """Set all that a connection consists of.

        Raises:
            SettingError: one of the values does not suit; nothing was changed.
        """
        values = {name: getattr(connection, field) for field, name in _CONNECTION.items()}
        for name, value in values.items():
            _BY_NAME[name].checked(value)
        for name, value in values.items():
            self.set(name, value)

    def _load(self) -> None:
        proxy = self._values.get("connection.proxy", "")
        for row in self._database.read("SELECT name, value FROM settings"):
            setting = _BY_NAME.get(row["name"])
            if setting is None:
                continue
            try:
                self._values[setting.name] = setting.checked(json.loads(row["value"]))
            except (ValueError, SettingError):
                # Another version meant something else by it; the default is better than no program.
                self._values.pop(setting.name, None)
        if proxy and _without_password(proxy) == self._values.get("connection.proxy"):
            self._values["connection.proxy"] = proxy


def _put(connection: Any, sql: str, arguments: tuple[Any, ...]) -> None:
    connection.execute(sql, arguments)


def _without_password(proxy: str) -> str:
    scheme, _, rest = proxy.partition("://")
    user, at, host = rest.rpartition("@")
    return f"{scheme}://{user.partition(':')[0]}{at}{host}" if at else proxy
