"""What the history keeps of an exchange, and how it is packed.

Record      what the caller hands over, secrets included
  Packed    the same without secrets, compressed, ready to be written
Entry       one line of the list
Kept        one entry, whole
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any
from urllib.parse import unquote_plus

from komet_console.exchange.model import Draft, Exchange, Failure, Hop, PreparedRequest, Response, Timing
from komet_console.exchange.redaction import Redactor
from komet_console.workspace import codec
from komet_console.workspace.bodies import INDEXED, LARGE, MOST, indexed_part, masked
from komet_console.workspace.scrubbing import cleaned

__all__ = [
    "Entry",
    "Kept",
    "Packed",
    "Record",
    "lost_with_files",
    "pack",
    "searchable",
    "storable",
    "tag",
    "tags",
    "text_of",
    "unpack",
]


@dataclass(frozen=True, slots=True)
class Record:
    """One exchange for the history. It may hold secrets: they are masked before anything is written."""

    draft: Draft
    exchange: Exchange = field(repr=False)
    environment: str = ""
    token: str = ""
    """The token's name, never its value."""
    outcome: str = ""
    """What the answer meant: a value of `catalogue.explaining.OutcomeKind`; empty where no whole answer came."""
    sentence: str = ""
    findings: int = 0
    """How many findings the documentation had about the request."""
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When it was sent."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Secrets besides those that the request names."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history."""

    id: int
    at: datetime
    """In UTC."""
    day: str
    """The user's day when it was sent, `YYYY-MM-DD`."""
    method: str
    verb: str
    url: str
    environment: str
    token: str
    status: int | None
    outcome: str
    failure: str
    """Kind of the failure; empty where a whole answer came."""
    sentence: str
    findings: int
    milliseconds: float
    size: int
    """Bytes of the answer's body."""
    indexed_whole: bool
    """False: only the beginning of a body is found by searching."""
    dropped: int
    """How many bytes of the bodies were not kept."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One entry, whole. The bodies are masked; `exchange.response.size` is the size as it came."""

    entry: Entry
    draft: Draft
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class Packed:
    """A record ready to be written."""

    columns: tuple[Any, ...]
    """All of `history` but the id."""
    facts: bytes
    request: bytes
    answer: bytes
    request_body: bytes | None
    """A body that is to stand in a file; None: `request` is the whole."""
    answer_body: bytes | None
    request_file: str
    answer_file: str
    text: str
    """What can be searched for."""
    tags: str


def pack(record: Record, known: dict[str, str], name: str | None = None) -> Packed:
    """Mask, compress and describe a record.

    Args:
        known: reference by secret value, see `KnownSecrets`.
        name: for the files of large bodies.
    """
    exchange = record.exchange
    secrets = {**dict.fromkeys((*exchange.request.secrets, *record.secrets), "token"), **known}
    draft, found = cleaned(record.draft, secrets)
    redactor = Redactor((*secrets, *(one.value for one in found)))
    request = replace(
        exchange.request, url=redactor.url(exchange.request.url), headers=redactor.headers(exchange.request.headers)
    )
    sent, dropped = _cut(exchange.request.body, redactor)
    response = exchange.response
    came = _read(response)
    received, lost = _cut(came, redactor)
    if response is not None:
        lost += max(0, response.size - len(came))
    dropped += lost
    sentence, url = storable(redactor.text(record.sentence)), storable(request.url)
    facts = {
        "draft": codec.to_json(draft),
        "request": {
            "headers": request.headers,
            "generated": sorted(request.generated),
            "notes": [redactor.text(note) for note in request.notes],
        },
        "response": None if response is None else _response(response, redactor),
        "failure": None if exchange.failure is None else _texts(asdict(exchange.failure), redactor),
        "hops": [_texts(asdict(hop), redactor) for hop in exchange.hops],
        "timing": asdict(exchange.timing),
        "lengths": {"request": len(sent), "answer": len(received)},
    }
    name = name or token_hex(16)
    large = [body if len(body) > LARGE else None for body in (sent, received)]
    method, environment = storable(draft.method), storable(record.environment)
    failure = "" if exchange.failure is None else exchange.failure.kind
    day = record.at.astimezone().date().isoformat()
    text, whole = searchable(method, url, sentence, sent, received)
    return Packed(
        (
            int(record.at.timestamp() * 1000),
            day,
            method,
            storable(request.verb),
            url,
            environment,
            storable(redactor.known(record.token)),
            None if response is None else response.status,
            record.outcome,
            failure,
            sentence,
            record.findings,
            exchange.timing.total,
            0 if response is None else response.size,
            whole,
            dropped,
        ),
        zlib.compress(json.dumps(facts, separators=(",", ":")).encode()),
        zlib.compress(sent if large[0] is None else sent[: INDEXED + 1]),
        zlib.compress(received if large[1] is None else received[: INDEXED + 1]),
        large[0],
        large[1],
        "" if large[0] is None else f"{name}-request.z",
        "" if large[1] is None else f"{name}-answer.z",
        text,
        tags(method, environment, None if response is None else response.status, record.outcome, failure, day),
    )


def tags(method: str, environment: str, status: int | None, outcome: str, failure: str, day: str) -> str:
    """The facts of an entry that it can be filtered by, each as one word; must stay the same for ever, like `searchable`."""
    words = [tag("m", method), tag("e", environment), tag("o", outcome), "d" + day.replace("-", "")]
    if status is not None:
        words += [f"s{status}", f"s{status // 100}xx"]
    if failure:
        words.append("failed")
    return " ".join(words)


def tag(kind: str, value: str) -> str:
    """A fact as a word that no analysis of text takes apart."""
    return kind + value.encode("utf-8", "replace").hex()


def searchable(method: str, url: str, sentence: str, request: bytes, answer: bytes) -> tuple[str, bool]:
    """The text of an entry that can be searched for, and whether it holds the bodies whole.

    Like `indexed_part`, it must give the same text for the same entry for ever.
    """
    parts = [indexed_part(request), indexed_part(answer)]
    text = "\n".join((method, url, unquote_plus(url), sentence, *(part for part, _ in parts)))
    return text, all(whole for _, whole in parts)


def unpack(entry: Entry, facts: bytes, request: bytes, answer: bytes) -> Kept:
    """An entry as it was, without its secrets.

    Raises:
        CodecError: its draft was written by a newer version.
    """
    read = json.loads(zlib.decompress(facts))
    sent = read["request"]
    prepared = PreparedRequest(
        entry.verb, entry.url, _pairs(sent["headers"]), request, frozenset(sent["generated"]), (), tuple(sent["notes"])
    )
    came = read["response"]
    response = None
    if came is not None:
        timing = Timing(**came.pop("timing"))
        response = Response(**{**came, "headers": _pairs(came["headers"]), "timing": timing, "body": answer})
    failure = None if read["failure"] is None else Failure(**read["failure"])
    hops = tuple(Hop(**hop) for hop in read["hops"])
    exchange = Exchange(prepared, response, failure, hops, Timing(**read["timing"]))
    return Kept(entry, codec.from_json(read["draft"]), exchange)


def lost_with_files(row: Mapping[str, Any] | sqlite3.Row) -> int:
    """How many bytes of an entry's bodies go when their files are dropped; their beginnings stay.

    Args:
        row: `facts`, `request_file` and `answer_file`.
    """
    lengths = json.loads(zlib.decompress(row["facts"]))["lengths"]
    return sum(lengths[which] - INDEXED - 1 for which in ("request", "answer") if row[f"{which}_file"])


def storable(text: str) -> str:
    """The text as UTF-8 can say it; half a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


def _cut(body: bytes, redactor: Redactor) -> tuple[bytes, int]:
    """A body masked and no longer than `MOST`, and how many bytes that cost. Masked first: a cut may part a secret."""
    lost = max(0, len(body) - MOST)
    kept = masked(body[: MOST + LARGE] if lost else body, redactor)
    return (kept[:MOST], lost) if lost else (kept, 0)


def _read(response: Response | None) -> bytes:
    if response is None:
        return b""
    try:
        return response.read()
    except OSError:
        # The temporary file went with its transport; that the body is missing stands in `dropped`.
        return b""


def _response(response: Response, redactor: Redactor) -> dict[str, Any]:
    return {
        "status": response.status,
        "reason": redactor.text(response.reason),
        "headers": redactor.headers(response.headers),
        "size": response.size,
        "wire_size": response.wire_size,
        "http_version": response.http_version,
        "timing": asdict(response.timing),
        "truncated": response.truncated,
    }


def _texts(values: dict[str, Any], redactor: Redactor) -> dict[str, Any]:
    return {name: redactor.text(one) if isinstance(one, str) else one for name, one in values.items()}


def _pairs(rows: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in rows)


def text_of(kept: Kept) -> str:
    """Request and answer as text, for comparing two entries line by line: what varies by nature (times) is left out."""
    exchange = kept.exchange
    lines = [f"{exchange.request.verb} {exchange.request.url}"]
    lines += [f"{name}: {value}" for name, value in exchange.request.headers]
    lines += ["", *_readable(exchange.request.body), ""]
    if exchange.failure is not None:
        lines += [exchange.failure.message, exchange.failure.cause]
    if exchange.response is not None:
        lines.append(f"{exchange.response.status} {exchange.response.reason}".strip())
        lines += [f"{name}: {value}" for name, value in exchange.response.headers if name.casefold() != "date"]
        lines += ["", *_readable(exchange.response.body)]
    return "\n".join(lines) + "\n"


def _readable(body: bytes) -> list[str]:
    if not body:
        return []
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return [f"({len(body)} bytes that are no text)"]
    from komet_console.exchange.jsontext import JsonError, beautify, find_error

    if text.lstrip()[:1] in ("{", "[") and not isinstance(find_error(text), JsonError):
        text = beautify(text)
    return text.splitlines()
