"""What a method of the API is, as typed data.

The source is `resources/openapi` (OpenAPI 3.1 with `x-komet-*` keys); `compiling` turns it into an index and `loading`
turns the index into the classes below. Nothing here does I/O. All classes are immutable.

    Catalogue (loading.py)
      Summary          one line of the method list
      Method           everything known about one method
        Field          one input parameter, header, body key or answer key; nested
        Places         where token and input may travel
        Outcome        how an answer shows success, failure and per-element results
        Limits         documented limits that a request can be held against
        Coverage       how much of the documentation was seen
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from komet_console.records import record

if TYPE_CHECKING:
    from collections.abc import Iterator

Effect = Literal["read", "create", "update", "delete", "action"]
Fee = Literal["none", "possible", "documented"]
TokenKind = Literal["company", "customer", "vendor", "user"]
TOKEN_KINDS: tuple[TokenKind, ...] = ("company", "customer", "vendor", "user")
Location = Literal["query", "header", "body", "answer"]
FieldType = Literal[
    "string", "integer", "decimal", "boolean", "date", "datetime", "token", "file", "array", "object", "any"
]


@record
class Summary:
    """One row of the method list; cheap, held for all methods at once."""

    name: str
    """The operation id: the method's name, with `:verb` where two verbs share an address."""
    verb: str
    """GET, POST, PUT, PATCH or DELETE."""
    path: str
    """Address below `/api`, with a leading slash."""
    group: str
    title: str
    effect: Effect
    aliases: tuple[str, ...] = ()
    deprecated: bool = False


@record
class Value:
    """One member of a closed set, with its meaning."""

    value: str
    meaning: str


@record
class Origin:
    """The method that makes an id (a writer), and the list method that answers the same id."""

    method: str
    list: str | None = None


@record
class Field:
    """One field of a request or an answer; a form builder needs nothing else.

    `children` are the keys of an object or of the elements of an array of objects; `element` describes the
    elements of an array of plain values; `entries` the values of an object whose keys are data (dates).
    """

    name: str
    location: Location
    type: FieldType
    description: str = ""
    required: bool = False
    required_when: str = ""
    """The documented condition as text, without the leading "when"; empty when there is none."""
    length: int | None = None
    """Documented length: characters of a text, digits of a number; None when not stated."""
    decimals: int | None = None
    """Decimal places of a decimal; `length` then counts all digits."""
    values: tuple[Value, ...] = ()
    """Closed set with meanings; for a separated list the set of each element."""
    separator: str = ""
    """Set when one text holds several values."""
    format: str = ""
    key_format: str = ""
    spelling: str = ""
    """For flags: "1/0" or "true/false"."""
    lookup: str = ""
    """A read method that answers with valid values."""
    origin: Origin | None = None
    example: Any = None
    documented_type: str = ""
    """The page's word for the type where its own sample shows another one."""
    inferred: bool = False
    """Nobody has read this field in the documentation."""
    inferred_parts: tuple[str, ...] = ()
    """Which facts about a documented field are inferred: type, values, lookup, required, ..."""
    conditional: str = ""
    """For answers: when the field is there; empty when it always is."""
    transactional: bool = False
    """Needs (input) or is only answered to (output) a token with Transactional API Access."""
    nullable: bool = False
    json_types: tuple[str, ...] = ()
    """JSON types that the schema accepts: string, integer, number, boolean, array, object, null."""
    pattern: str = ""
    children: tuple[Field, ...] = ()
    element: Field | None = None
    entries: Field | None = None

    @property
    def type_label(self) -> str:
        """The type as the documentation writes it: `string:200`, `decimal:10,2`, `date`."""
        if self.length is None:
            return self.type
        if self.decimals is not None:
            return f"{self.type}:{self.length},{self.decimals}"
        return f"{self.type}:{self.length}"

    def walk(self, pointer: str = "") -> Iterator[tuple[str, Field]]:
        """This field and all below it with their schema pointers (`/items/*/price`)."""
        own = f"{pointer}/{self.name}"
        yield own, self
        inner = f"{own}/*" if self.type == "array" else own
        for child in self.children:
            yield from child.walk(inner)


@record
class TokenPlace:
    """One place where a page or a sample shows the token."""

    location: Literal["query", "header", "body"]
    name: str


@record
class Places:
    """Where token and input may travel; the first of each is the default."""

    token: tuple[TokenPlace, ...]
    input: tuple[Literal["query", "body"], ...]


@record
class Elements:
    """Per-element results of a method that works on many things at once."""

    list: str
    status: str
    success: tuple[int, ...]
    message: str | None = None
    id: str | None = None


@record
class Outcome:
    """How an answer of the method says what happened."""

    field: str | None
    """Key that tells success (`status`, `result`, `statusInventory`); None where there is no envelope."""
    success: tuple[int | str, ...]
    message: str | None = None
    list: str | None = None
    """The list a reading method answers; empty means nothing was found."""
    nothing_found: tuple[str, ...] = ()
    """Messages that mean the same."""
    elements: Elements | None = None
    failed: str | None = None
    """Key that lists the elements that failed (`failedBoxes`)."""


@record
class DateRange:
    """Two dates that may lie at most so far apart (`since` alone: at most so far back from now)."""

    start: str
    end: str | None
    days: int | None = None
    months: int | None = None


@record
class ItemLimit:
    """A list that may hold at most so many elements."""

    field: str
    most: int


@record
class Limits:
    """Documented limits. Sizes are bytes."""

    date_ranges: tuple[DateRange, ...] = ()
    items: tuple[ItemLimit, ...] = ()
    rows: int | None = None
    request_bytes: int | None = 65_536
    file_bytes: int | None = None


@record
class KnownError:
    """A failure message that the documentation names."""

    message: str
    code: int | None = None
    where: str = ""


@record
class Coverage:
    """How much of the documentation was seen: full, partial or none."""

    input: str
    output: str
    inferred: tuple[str, ...] = ()


@record
class Method:
    """Everything known about one method."""

    summary: Summary
    description: str
    tokens: tuple[TokenKind, ...] | None
    """Kinds that may call it; empty: it takes none; None: the documentation does not say."""
    fee: Fee
    places: Places
    parameters: tuple[Field, ...]
    headers: tuple[Field, ...]
    body: tuple[Field, ...]
    answer: tuple[Field, ...]
    outcome: Outcome
    limits: Limits
    coverage: Coverage
    rules: tuple[str, ...]
    errors: tuple[KnownError, ...]
    sources: tuple[str, ...]
    has_file: bool
    operation: dict[str, Any]
    """The OpenAPI operation; read-only by agreement."""

    @property
    def name(self) -> str:
        return self.summary.name

    @property
    def verb(self) -> str:
        return self.summary.verb

    @property
    def path(self) -> str:
        return self.summary.path

    @property
    def effect(self) -> Effect:
        return self.summary.effect

    @property
    def input(self) -> tuple[Field, ...]:
        """All fields a caller can fill, wherever they travel: parameters, body, headers."""
        return (*self.parameters, *self.body, *self.headers)

    def accepts(self, kind: str) -> bool:
        """Whether a token of this kind may call the method, as far as the documentation says."""
        return self.tokens is None or kind in self.tokens


@record
class Sample:
    """A request that works on a fresh sandbox, with its documented answer; dates are relative to a given day."""

    query: dict[str, Any] | None
    headers: dict[str, Any]
    body: dict[str, Any] | None
    response: Any


@record
class Problem:
    """Something wrong with a catalogue file: what, where (1-based line), so that it can be mended."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"
