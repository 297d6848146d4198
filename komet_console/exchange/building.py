"""From a draft to the exact request. Pure: the same draft, method, token and environment give the same bytes.

A bad request is built as it was written: this is a testing console. Only what cannot be sent (`BuildError`), what would
travel unprotected (`InsecureAddressError`) and what would show a token to a stranger (`WrongHostError`) is refused.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

from komet_console import __version__
from komet_console.catalogue import Field, Method, Sample
from komet_console.errors import UserError
from komet_console.exchange import jsonscan, jsontext
from komet_console.exchange.model import (
    TOKEN_REFERENCE,
    Body,
    Draft,
    Environment,
    Pair,
    PreparedRequest,
    Token,
    TokenLocation,
)
from komet_console.patterns import pattern
from komet_console.texts import said

USER_AGENT = f"KometConsole/{__version__}"
ACCOUNT_HEADER = "X-ACCOUNT"
_TOKEN_NAME = pattern(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_REFERENCE = pattern(r"\{\{[ \t]*token[ \t]*\}\}")
_JSON = "application/json"


class BuildError(UserError):
    """The draft holds something that HTTP cannot carry."""


class InsecureAddressError(BuildError):
    """The address is not HTTPS and not on this machine."""


class WrongHostError(BuildError):
    """The token does not belong to the host that the request would go to."""


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def check_address(url: str) -> None:
    """Raise `BuildError` for what is no HTTP address, `InsecureAddressError` for plain HTTP to another machine."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise BuildError(
            said("The address {url} cannot be read.", url=url), "Check host and port.", str(error)
        ) from None
    if parts.scheme not in ("http", "https") or not host:
        raise BuildError("The address is no HTTP address.", "It begins with https:// and a host name.", url)
    if parts.scheme == "http" and not is_loopback(host):
        raise InsecureAddressError(
            said("{host} would be called without encryption.", host=host),
            "Use https://; plain http is for this machine only, anybody on the way could read the token.",
        )


def build(
    draft: Draft,
    method: Method,
    token: Token | None,
    environment: Environment,
    files: Mapping[str, bytes] | None = None,
) -> PreparedRequest:
    """The exact request of a draft.

    Args:
        token: Replaces `{{token}}` wherever it is written; where none of the method's token places is filled, it goes to
            the first documented one, or to the draft's own choice. None: nothing is placed.
        files: Contents of the files that the draft's multipart rows name, by path.

    Raises:
        BuildError, InsecureAddressError, WrongHostError: see there.
    """
    url = environment.base_url.rstrip("/") + "/" + _path(draft, method)
    check_address(url)
    parts = _Parts(
        query=[pair for pair in draft.query if pair.enabled and pair.name],
        headers=[pair for pair in draft.headers if pair.enabled and pair.name],
        body=draft.body,
    )
    _move_input(parts, draft, method)
    if token is not None:
        _place_token(parts, draft, method)
    _fill_account(parts, draft, method, environment)
    used = token is not None and _fill_references(parts, token)
    if token is not None and used and not token.belongs_to(url):
        raise WrongHostError(
            said(
                "The token {name} belongs to {host}, this request goes to {other}."
                if token.name
                else "The chosen token belongs to {host}, this request goes to {other}.",
                name=token.name,
                host=token.host,
                other=urlsplit(url).netloc,
            ),
            "Choose a token of this environment.",
        )
    content, content_type = _content(parts, files or {})
    if parts.query:
        url += "?" + "&".join(f"{_quoted(pair.name)}={_quoted(pair.value)}" for pair in parts.query)
    verb = (draft.verb or method.verb).strip().upper()
    if not _TOKEN_NAME.fullmatch(verb):
        raise BuildError(said('"{verb}" is no HTTP verb.', verb=verb), "Verbs are words like GET or POST.")
    headers, generated = _headers(parts, url, verb, content, content_type)
    secrets = (token.value,) if token is not None and used else ()
    return PreparedRequest(verb, url, headers, content, generated, secrets, tuple(parts.notes))


def settled(draft: Draft, method: Method) -> Draft:
    """The same request with nothing left to decide: input and `{{token}}` stand in the draft where they will travel.

    For files of other tools, which know no overrides. A token that is not to be sent stays as a row that is switched off.
    """
    moves = draft.input_location == "body"
    off = [pair for pair in draft.query if not pair.enabled or not pair.name] if moves else []
    parts = _Parts([pair for pair in draft.query if pair not in off], list(draft.headers), draft.body)
    _move_input(parts, draft, method)
    parts.query += off
    _place_token(parts, draft, method)
    if draft.token_location == "none" and method.places.token:
        parts.query.insert(0, Pair(method.places.token[0].name, TOKEN_REFERENCE, enabled=False))
    return replace(
        draft,
        query=tuple(parts.query),
        headers=tuple(parts.headers),
        body=parts.body,
        input_location=None,
        token_location=None,
    )


def wants_token(draft: Draft, method: Method) -> bool:
    """Whether `build` would use a token: one is to be placed, or `{{token}}` is written somewhere."""
    parts = _Parts(
        [pair for pair in draft.query if pair.enabled], [pair for pair in draft.headers if pair.enabled], draft.body
    )
    _move_input(parts, draft, method)
    _place_token(parts, draft, method)
    rows = [*parts.query, *parts.headers, *(pair for pair in parts.body.pairs if pair.enabled)]
    texts = [parts.body.text, *(text for pair in rows for text in (pair.name, pair.value))]
    return any(_REFERENCE.search(text) for text in texts)


@dataclass(slots=True)
class _Parts:
    """A request on its way from draft to bytes."""

    query: list[Pair]
    headers: list[Pair]
    body: Body
    notes: list[str] = field(default_factory=list)


def _path(draft: Draft, method: Method) -> str:
    return quote((draft.path or method.path).lstrip("/"), safe="/:@!$&'()*+,;=~%-._")


def _quoted(text: str) -> str:
    return quote(text, safe="", errors="replace")


def _json_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


# -- where input travels -----------------------------------------------------------------------------------------------


def _move_input(parts: _Parts, draft: Draft, method: Method) -> None:
    if draft.input_location == "query" and parts.body.kind == "json" and parts.body.text.strip():
        text = parts.body.text
        if jsontext.find_error(text) or not jsontext.strip_comments(text).lstrip().startswith("{"):
            parts.notes.append("The body is no JSON object: it stays in the body.")
            return
        moved = [Pair(one.name, _as_parameter(text[slice(*one.value)])) for one in jsontext.members(text)]
        parts.query += moved
        parts.body = Body()
    elif draft.input_location == "body" and parts.body.kind in ("none", "json") and parts.query:
        fields = {one.name: one for one in method.input}
        text = parts.body.text if parts.body.kind == "json" and parts.body.text.strip() else "{}"
        for row in reversed(parts.query):
            filled = jsontext.insert_first(text, row.name, _as_json(row.value, fields.get(row.name)))
            if filled is None:
                parts.notes.append("The body is no JSON object: the parameters stay in the URL.")
                return
            text = filled
        parts.query = []
        parts.body = replace(parts.body, kind="json", text=text)


def _as_parameter(value: str) -> str:
    """A JSON value as URL parameter: texts without quotes, everything else as it is spelled."""
    if value.startswith('"'):
        return str(json.loads(value))
    return jsontext.compact(jsontext.strip_comments(value)) if value[:1] in "{[" and value[:2] != "{{" else value


def _as_json(value: str, known: Field | None) -> str:
    """A URL parameter as JSON value: bare where the field is no text and the spelling is JSON's."""
    bare = known is not None and set(known.json_types) & {"integer", "number", "boolean", "array", "object"}
    if bare and value.strip() and not jsontext.find_error(value, comments=False):
        return value
    return _json_text(value)


# -- the token ---------------------------------------------------------------------------------------------------------


def _place_token(parts: _Parts, draft: Draft, method: Method) -> None:
    places = method.places.token
    wanted: TokenLocation | None = draft.token_location
    if wanted is not None:
        for name in {place.name for place in places}:
            _take_out(parts, name)
        if wanted == "none":
            return
    elif not places or any(_is_there(parts, draft, place.location, place.name) for place in places):
        return
    location = wanted or places[0].location
    names = [place.name for place in places if place.location == location] or [place.name for place in places]
    _put_token(parts, location, names[0] if names else "authenticationToken")


def _is_there(parts: _Parts, draft: Draft, location: str, name: str) -> bool:
    """Whether the user has decided about this place: filled it, or switched its row off."""
    if location == "header":
        return any(pair.name.casefold() == name.casefold() for pair in draft.headers)
    if location == "query":
        return any(pair.name == name for pair in (*draft.query, *parts.query))
    if parts.body.kind in ("form", "multipart"):
        return any(pair.name == name for pair in parts.body.pairs)
    if parts.body.kind == "raw":
        return name in parts.body.text
    text = parts.body.text
    if name not in text and "\\u" not in text:
        return False
    return any(member.name == name for member in jsontext.members(text))


def _take_out(parts: _Parts, name: str) -> None:
    parts.query = [pair for pair in parts.query if pair.name != name]
    parts.headers = [pair for pair in parts.headers if pair.name.casefold() != name.casefold()]
    body = parts.body
    if body.kind == "json":
        parts.body = replace(body, text=jsontext.remove(body.text, name))
    else:
        parts.body = replace(body, pairs=tuple(pair for pair in body.pairs if pair.name != name))


def _put_token(parts: _Parts, location: str, name: str) -> None:
    row = Pair(name, TOKEN_REFERENCE)
    if location == "query":
        parts.query.insert(0, row)
    elif location == "header":
        parts.headers.insert(0, row)
    elif parts.body.kind in ("form", "multipart"):
        parts.body = replace(parts.body, pairs=(row, *parts.body.pairs))
    else:
        text = parts.body.text if parts.body.kind != "none" and parts.body.text.strip() else "{}"
        filled = jsontext.insert_first(text, name, _json_text(TOKEN_REFERENCE)) if parts.body.kind != "raw" else None
        if filled is None:
            parts.notes.append("The body is no JSON object, so the token was not put into it.")
        else:
            parts.body = replace(parts.body, kind="json", text=filled)


def _fill_references(parts: _Parts, token: Token) -> bool:
    """Replace `{{token}}` everywhere; True when the token's value is in the request, typed or filled in."""
    before = (tuple(parts.query), tuple(parts.headers), parts.body)

    def plain(text: str) -> str:
        return _REFERENCE.sub(lambda _match: token.value, text)

    def rows(pairs: Iterable[Pair]) -> list[Pair]:
        return [replace(pair, name=plain(pair.name), value=plain(pair.value)) for pair in pairs]

    parts.query, parts.headers = rows(parts.query), rows(parts.headers)
    body = parts.body
    text = _fill_json(body.text, token.value) if body.kind == "json" else plain(body.text)
    parts.body = replace(body, text=text, pairs=tuple(rows(body.pairs)))
    if (tuple(parts.query), tuple(parts.headers), parts.body) != before:
        return True
    everything = [pair.value for pair in (*parts.query, *parts.headers, *parts.body.pairs)] + [parts.body.text]
    return bool(token.value) and any(token.value in one for one in everything)


def _fill_json(text: str, value: str) -> str:
    """References within strings are escaped as JSON wants it; a bare one becomes a string; comments stay as they are."""
    escaped = _json_text(value)
    if jsonscan.is_plain(text):  # then they can stand in strings only
        return _REFERENCE.sub(lambda _match: escaped[1:-1], text)
    out = []
    for piece in jsontext.pieces(text):
        if piece.kind == "comment":
            out.append(piece.text)
        elif piece.kind == "variable":
            out.append(_REFERENCE.sub(lambda _match: escaped, piece.text))
        else:
            out.append(_REFERENCE.sub(lambda _match: escaped[1:-1], piece.text))
    return "".join(out)


def _fill_account(parts: _Parts, draft: Draft, method: Method, environment: Environment) -> None:
    documented = any(known.name.upper() == ACCOUNT_HEADER for known in method.headers)
    given = any(pair.name.upper() == ACCOUNT_HEADER for pair in draft.headers)
    if documented and not given and environment.account:
        parts.headers.append(Pair(ACCOUNT_HEADER, environment.account))


# -- bytes -------------------------------------------------------------------------------------------------------------


def _content(parts: _Parts, files: Mapping[str, bytes]) -> tuple[bytes, str]:
    """The body's bytes and the content type that goes with them."""
    body = parts.body
    rows = [pair for pair in body.pairs if pair.enabled and pair.name]
    if body.kind == "json" and body.text.strip():
        text = body.text
        # What is no JSON goes out as it was typed: the comments in it may be what is being tested.
        if not jsontext.find_error(text):
            text = jsontext.strip_comments(text)
        return text.encode("utf-8", "replace"), body.content_type or _JSON
    if body.kind == "raw":
        return body.text.encode("utf-8", "replace"), body.content_type or "text/plain; charset=utf-8"
    if body.kind == "form":
        pairs = (f"{quote_plus(row.name)}={quote_plus(row.value, errors='replace')}" for row in rows)
        return "&".join(pairs).encode(), body.content_type or "application/x-www-form-urlencoded"
    if body.kind == "multipart":
        return _multipart(rows, files, body.content_type)
    return b"", ""


def _multipart(rows: list[Pair], files: Mapping[str, bytes], content_type: str) -> tuple[bytes, str]:
    blocks = []
    for row in rows:
        if row.file and row.file not in files:
            raise BuildError(
                said("The file {file} of {name} was not read.", file=row.file, name=row.name), "Choose the file again."
            )
        head = f'Content-Disposition: form-data; name="{_disposition(row.name)}"'
        if row.file:
            name = row.file.replace("\\", "/").rpartition("/")[2]
            head += f'; filename="{_disposition(name)}"'
        kind = row.content_type or ("application/octet-stream" if row.file else "")
        if kind:
            head += f"\r\nContent-Type: {kind}"
        content = files[row.file] if row.file else row.value.encode("utf-8", "replace")
        blocks.append(head.encode("utf-8", "replace") + b"\r\n\r\n" + content + b"\r\n")
    # From the content, so that the same draft gives the same bytes, and no content can hold its own boundary.
    boundary = "komet-" + hashlib.sha256(b"\0".join(blocks)).hexdigest()[:32]
    data = b"".join(b"--" + boundary.encode() + b"\r\n" + block for block in blocks)
    return data + f"--{boundary}--\r\n".encode(), f"{content_type or 'multipart/form-data'}; boundary={boundary}"


def _disposition(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _headers(
    parts: _Parts, url: str, verb: str, content: bytes, content_type: str
) -> tuple[tuple[tuple[str, str], ...], frozenset[str]]:
    own = [(pair.name.strip(), pair.value.strip(" \t")) for pair in parts.headers]
    for name, value in own:
        if not _TOKEN_NAME.fullmatch(name):
            raise BuildError(
                said('"{name}" is no name of a header.', name=name), "Names hold letters, digits and hyphens."
            )
        if re.search(r"[\r\n\0]", value):
            raise BuildError(
                said("The header {name} holds a line break.", name=name), "A header is one line; remove the break."
            )
    given = {name.casefold() for name, _value in own}
    made = [("Host", urlsplit(url).netloc.rpartition("@")[2])]
    if content_type:
        made.append(("Content-Type", content_type))
    if content or verb in ("POST", "PUT", "PATCH"):
        made.append(("Content-Length", str(len(content))))
    made += [
        ("Accept", "application/json, */*;q=0.5"),
        ("Accept-Encoding", "gzip, deflate"),
        ("Connection", "keep-alive"),
        ("User-Agent", USER_AGENT),
    ]
    added = [(name, value) for name, value in made if name.casefold() not in given]
    return (*added[:1], *own, *added[1:]), frozenset(name.casefold() for name, _value in added)


# -- samples -----------------------------------------------------------------------------------------------------------


def draft_of_sample(method: Method, sample: Sample) -> Draft:
    """The documented sample as a draft, values in the spelling that each field documents."""
    fields = {(known.location, known.name): known for known in method.input}

    def rows(values: Mapping[str, Any] | None, location: str) -> tuple[Pair, ...]:
        found = (values or {}).items()
        return tuple(Pair(name, _spelled(value, fields.get((location, name)))) for name, value in found)  # type: ignore[arg-type]

    body = Body() if sample.body is None else Body("json", json.dumps(sample.body, ensure_ascii=False, indent=2))
    return Draft(method.name, rows(sample.query, "query"), rows(sample.headers, "header"), body)


def _spelled(value: Any, known: Field | None) -> str:
    if isinstance(value, bool):
        ones = known is not None and known.spelling == "1/0"
        return str(int(value)) if ones else str(value).lower()
    if isinstance(value, list) and not any(isinstance(one, (dict, list)) for one in value):
        return ((known.separator if known else "") or ",").join(_spelled(one, None) for one in value)
    return value if isinstance(value, str) else _json_text(value)
