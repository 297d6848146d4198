"""One call as typed data: what the user wrote, what is sent, what came back. Nothing here does I/O.

    Draft            what the user wrote; may be wrong, may hold `{{token}}`
      Pair           one row of the parameter, header or form table
      Body           kind and text (or rows) of the body
    Token            a secret and the only host that may see it
    Environment      where a call goes and how
      Connection     timeouts, proxy, certificates, redirects
    PreparedRequest  exactly what goes over the wire
    Exchange         one request with its outcome
      Response       what came back, whole or in part
        Timing, Hop
      Failure        why nothing, or not everything, came back

Secrets never show in a `repr`: tracebacks and logs print those.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from komet_console.errors import UserError
from komet_console.records import field, record
from komet_console.texts import sentences

BodyKind = Literal["none", "json", "raw", "form", "multipart"]
TokenLocation = Literal["query", "header", "body", "none"]
InputLocation = Literal["query", "body"]
Phase = Literal["preparing", "name", "connect", "tls", "sending", "waiting", "download", "total"]
FailureKind = Literal[
    "name-not-found",
    "refused",
    "unreachable",
    "tls",
    "proxy",
    "timeout",
    "reset",
    "cut-off",
    "compression",
    "protocol",
    "redirect",
    "cancelled",
]
TOKEN_REFERENCE = "{{token}}"
"""Stands for the chosen token wherever it is written in a draft."""


@record
class Pair:
    """One row of a table. Duplicate names are kept; a row that is switched off is not sent.

    `file` (multipart only) is the path of a file whose content is the value; `content_type` its type.
    """

    name: str
    value: str = ""
    enabled: bool = True
    description: str = ""
    file: str = ""
    content_type: str = ""


@record
class Body:
    """The body as it was written. `text` belongs to the kinds json and raw, `pairs` to form and multipart.

    `content_type` overrides the type that follows from the kind.
    """

    kind: BodyKind = "none"
    text: str = ""
    pairs: tuple[Pair, ...] = ()
    content_type: str = ""


@record
class Draft:
    """A request as the user wrote it. None in an override means: as the catalogue says."""

    method: str
    """Name of the method in the catalogue."""
    query: tuple[Pair, ...] = ()
    headers: tuple[Pair, ...] = ()
    body: Body = Body()
    verb: str | None = None
    path: str | None = None
    """Address below the environment's base URL, with a leading slash."""
    input_location: InputLocation | None = None
    """"query" sends the members of a JSON body as URL parameters, "body" the URL parameters as a JSON object."""
    token_location: TokenLocation | None = None


@record
class Token:
    """A secret, and the one host (`api.example.com`, `127.0.0.1:8080`) that may see it."""

    value: str = field(repr=False)
    host: str
    name: str = ""

    def belongs_to(self, url: str) -> bool:
        """Whether the URL's host is the token's; the port counts where the token names one."""
        parts = urlsplit(url)
        wanted = urlsplit(f"//{self.host}")
        if not wanted.hostname or (parts.hostname or "").casefold() != wanted.hostname.casefold():
            return False
        return wanted.port is None or wanted.port == (parts.port or {"https": 443, "http": 80}.get(parts.scheme))


@record
class Connection:
    """How calls travel. Times are seconds, None waits for ever; paths are empty where there is none."""

    connect_timeout: float | None = 10.0
    read_timeout: float | None = 60.0
    """Longest silence of the server, before and within the answer."""
    total_timeout: float | None = 300.0
    proxy: str = field(default="", repr=False)
    """`http://user:password@host:port`; empty connects directly."""
    ca_file: str = ""
    """PEM file of authorities trusted besides the system's."""
    client_certificate: str = ""
    """PEM file; the key may stand in it or in `client_key`."""
    client_key: str = ""
    follow_redirects: bool = True


@record
class Environment:
    """Where calls go. `account` fills the documented `X-ACCOUNT` header where the draft leaves it out."""

    name: str
    base_url: str
    """With the `/api` part, without a final slash: `https://api.kometsales.com/api`."""
    account: str = ""
    connection: Connection = Connection()


PRODUCTION_URL = "https://api.kometsales.com/api"


@record
class PreparedRequest:
    """Exactly what goes over the wire. `notes` say what building could not do as expected."""

    verb: str
    url: str = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(default=b"", repr=False)
    generated: frozenset[str] = frozenset()
    """Lower-case names of the headers that the user did not write."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """The token's value as it stands in URL, headers or body; for masking and for redirects."""
    notes: tuple[str, ...] = ()

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever its case."""
        return next((value for key, value in self.headers if key.casefold() == name.casefold()), None)


@record
class Timing:
    """Milliseconds of each phase; None where it did not happen (a reused connection has no name, connect, tls)."""

    name: float | None = None
    connect: float | None = None
    tls: float | None = None
    waiting: float | None = None
    """From the request sent to the first byte of the answer."""
    download: float | None = None
    total: float = 0.0


@record
class Hop:
    """A redirect that a server asked for. URLs are masked. `reason` says why it was not followed."""

    status: int
    url: str
    location: str
    followed: bool
    with_token: bool
    reason: str = ""


_UNTIMED = Timing()


@record
class Response:
    """What came back. The body is what was received, decompressed and otherwise untouched."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(default=b"", repr=False)
    """Empty where `file` holds it."""
    file: Path | None = None
    """A temporary file, removed when the transport is closed."""
    size: int = 0
    """Bytes of the body, decompressed."""
    wire_size: int = 0
    """Bytes of the body as they travelled."""
    http_version: str = "HTTP/1.1"
    timing: Timing = _UNTIMED
    truncated: bool = False
    """The answer ended before its end."""

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever its case."""
        return next((value for key, value in self.headers if key.casefold() == name.casefold()), None)

    def read(self) -> bytes:
        """The whole body; reads the temporary file where there is one."""
        return self.body if self.file is None else self.file.read_bytes()


@record
class Failure:
    """Why a call got no answer, or not all of it, for a person to read. Holds no secret."""

    kind: FailureKind
    message: str
    """What happened, one sentence."""
    cause: str
    """Why, as far as it can be known."""
    hint: str
    """What to do next."""
    phase: Phase
    details: str = ""
    maybe_carried_out: bool = False
    """The request had left: the server may have done what it asks."""

    def as_error(self) -> UserError:
        """The failure as an exception for front ends that end on it."""
        return UserError(self.message, sentences(self.cause, self.hint), self.details)


@record
class Exchange:
    """One request with its outcome: a response, a failure, or both where the answer broke off."""

    request: PreparedRequest
    response: Response | None = None
    failure: Failure | None = None
    hops: tuple[Hop, ...] = ()
    timing: Timing = Timing()


@record
class Progress:
    """How far a call is: its phase, bytes received, milliseconds since its start."""

    phase: Phase
    received: int
    elapsed: float
