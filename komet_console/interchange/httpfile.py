"""`.http` files, as editors (VS Code's REST Client, JetBrains) read and write them.

### name of the request
# comment
@variable = value
POST {{baseUrl}}/customer.add
Content-Type: application/json

{"name": "Coral"}
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from urllib.parse import quote, quote_plus

from komet_console.errors import UserError
from komet_console.exchange import Body, Pair
from komet_console.interchange.model import Request, body_of_text, parts_of_text, same_type, split_url
from komet_console.texts import said

__all__ = ["HttpFile", "NamedRequest", "parse_file", "parse_requests", "write_file"]

_REQUEST = re.compile(r"^(?:([A-Za-z]+)[ \t]+)?(\S.*?)(?:[ \t]+HTTP/[\d.]+)?[ \t]*$")
_VERBS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT"})
_VARIABLE = re.compile(r"^@([\w.-]+)[ \t]*=[ \t]*(.*)$")
_HEADER = re.compile(r"^([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:[ \t]*(.*)$")
_NAME = re.compile(r"^(?:#|//)[ \t]*@name[ \t]+(.+)$")
_COMMENT = re.compile(r"^(?:#|//)[ \t]?(.*)$")
_FILE = re.compile(r"<@?(?:\w+)?[ \t]+(\S.*)")
_KEPT = re.compile(r"(\{\{[^{}]*\}\})")


@dataclass(frozen=True, slots=True)
class NamedRequest:
    """One request of a file with its heading and the comments above it."""

    name: str
    request: Request
    description: str = ""
    line: int = 1
    """Where it begins, from 1."""


@dataclass(frozen=True, slots=True)
class HttpFile:
    """A whole file: its variables in order, its requests, and what could not be carried over."""

    variables: tuple[Pair, ...] = ()
    requests: tuple[NamedRequest, ...] = ()
    notes: tuple[str, ...] = field(default=())


def parse_requests(text: str) -> list[NamedRequest]:
    """The requests of a file; raises `UserError` where there is none."""
    found = parse_file(text)
    if not found.requests:
        raise UserError(
            "The text holds no request.", "A request begins with a line like: GET https://host/api/customer.list"
        )
    return list(found.requests)


def parse_file(text: str) -> HttpFile:
    """Everything in a `.http` file; a block that is no request is named in the notes and left out."""
    variables: list[Pair] = []
    requests: list[NamedRequest] = []
    notes: list[str] = []
    for start, name, lines in _blocks(text.lstrip("\ufeff").splitlines()):
        block = _Block(start, name, lines, variables, notes)
        made = block.read()
        if made is not None:
            requests.append(made)
    return HttpFile(tuple(variables), tuple(requests), tuple(notes))


def _blocks(lines: list[str]) -> Iterable[tuple[int, str, list[str]]]:
    start, name = 1, ""
    block: list[str] = []
    for number, line in enumerate(lines, start=1):
        if line.startswith("###"):
            yield start, name, block
            start, name, block = number + 1, line[3:].strip().strip("#").strip(), []
        else:
            block.append(line)
    yield start, name, block


class _Block:
    """The text between two separators."""

    def __init__(self, start: int, name: str, lines: list[str], variables: list[Pair], notes: list[str]) -> None:
        self.start = start
        self.name = name
        self.lines = lines
        self.variables = variables
        self.notes = notes
        self.own_notes: list[str] = []
        self.comments: list[str] = []

    def read(self) -> NamedRequest | None:
        at = self._head()
        if at >= len(self.lines):
            return None
        line = self.start + at
        match = _REQUEST.match(self.lines[at].strip())
        verb, url = (match[1] or "", match[2]) if match else ("", "")
        if match and verb.upper() not in _VERBS:
            verb, url = "", self.lines[at].strip()
        if not re.match(r"https?://|\{\{|/|[\w.-]+(?::\d+)?/", url):
            self.notes.append(said("Line {line}: this is no request and was left out.", line=line))
            return None
        at += 1
        while at < len(self.lines) and re.match(r"[ \t]*[?&]|[ \t]+/", self.lines[at]):
            url += self.lines[at].strip()
            at += 1
        headers, at = self._headers(at)
        text = self._body(self.lines[at:])
        kind = next((one for one in headers if one.name.casefold() == "content-type"), None)
        body = Body()
        if text:
            body = _body_of(text, kind.value if kind else "")
            headers = [one for one in headers if one is not kind]
        headers = [self._encoded(one) for one in headers]
        address, query = split_url(url)
        request = Request((verb or "GET").upper(), address, query, tuple(headers), body, tuple(self.own_notes))
        return NamedRequest(self.name or address, request, "\n".join(self.comments).strip(), line)

    def _head(self) -> int:
        """Comments and variables above the request line; the number of that line."""
        for at, line in enumerate(self.lines):
            if match := _VARIABLE.match(line):
                self.variables.append(Pair(match[1], match[2].strip()))
            elif match := _NAME.match(line):
                self.name = self.name or match[1].strip()
            elif line.startswith(("< {%", "{%", "%}")):
                self.own_notes.append(said("The script on line {line} was left out.", line=self.start + at))
            elif match := _COMMENT.match(line):
                self.comments.append(match[1])
            elif line.strip():
                return at
        return len(self.lines)

    def _headers(self, at: int) -> tuple[list[Pair], int]:
        headers = []
        while at < len(self.lines) and self.lines[at].strip():
            line = self.lines[at]
            match = _HEADER.match(line)
            if line.startswith(("# ", "//")) or (line.startswith("#") and not match):
                switched = _HEADER.match(line.lstrip("#/ "))
                if switched:
                    headers.append(Pair(switched[1], switched[2].strip(), enabled=False))
            elif match:
                headers.append(Pair(match[1], match[2].strip()))
            else:
                self.own_notes.append(said("Line {line} is no header and was left out.", line=self.start + at))
            at += 1
        return headers, at + 1

    def _encoded(self, header: Pair) -> Pair:
        """`Basic name password` in plain words, as editors encode it when they send."""
        match = re.fullmatch(r"[Bb]asic[ \t]+([^\s:]+)(?::|[ \t]+)(\S*)", header.value)
        if header.name.casefold() != "authorization" or match is None:
            return header
        if "{{" in header.value:
            self.own_notes.append("Name and password behind Basic are variables; they are not encoded here.")
            return header
        return replace(header, value="Basic " + base64.b64encode(f"{match[1]}:{match[2]}".encode()).decode())

    def _body(self, lines: list[str]) -> str:
        kept: list[str] = []
        script = False
        for number, line in enumerate(lines):
            if script:
                script = "%}" not in line
            elif line.startswith("> {%"):
                self.own_notes.append("The script that handles the answer was left out.")
                script = "%}" not in line
            elif re.match(r"(?:>>?!?|<>)[ \t]+\S", line):
                self.own_notes.append(said("What to do with the answer was left out: {line}", line=line.strip()))
            elif number == 0 and re.match(r"<@?[ \t]+\S", line):
                self.own_notes.append(
                    said("The body comes from the file {file}, which was not read.", file=line.split(None, 1)[1])
                )
            else:
                kept.append(line)
        return "\n".join(kept).strip("\r\n")


def _body_of(text: str, content_type: str) -> Body:
    """A body; forms may be written over several lines, and parts of a form may name files."""
    if same_type(content_type, "application/x-www-form-urlencoded"):
        text = re.sub(r"[ \t]*\n[ \t]*&", "&", text)
    if same_type(content_type, "multipart/form-data"):
        rows = tuple(_part(row) for row in parts_of_text(text, content_type))
        return Body("multipart", pairs=rows) if rows else Body("raw", text, content_type=content_type)
    return body_of_text(text, content_type)


def _part(row: Pair) -> Pair:
    """A part; `< name` in the place of its content names the file that is sent."""
    named = _FILE.fullmatch(row.value)
    if named is None and not row.file:
        return row
    return replace(row, value="", file=named[1] if named else row.file)


def _written(text: str) -> str:
    parts = _KEPT.split(text)
    return "".join(part if number % 2 else quote(part, safe="") for number, part in enumerate(parts))


def _disposition(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _block(one: NamedRequest) -> list[str]:
    request = one.request
    lines = [f"### {' '.join(one.name.split())}"]
    lines += [f"# {line}".rstrip() for line in one.description.splitlines()]
    url = request.url
    sent = [pair for pair in request.query if pair.enabled]
    if sent:
        url += "?" + "&".join(f"{_written(pair.name)}={_written(pair.value)}" for pair in sent)
    lines += [f"# switched off: {pair.name}={pair.value}" for pair in request.query if not pair.enabled]
    lines.append(f"{request.verb} {url}")
    lines += [f"{'' if pair.enabled else '# '}{pair.name}: {pair.value}" for pair in request.headers]
    body = request.body
    content_type = body.content_type or {"json": "application/json", "form": "application/x-www-form-urlencoded"}.get(
        body.kind, ""
    )
    if body.kind == "multipart":
        boundary = "komet-form"
        lines += [f"Content-Type: multipart/form-data; boundary={boundary}", ""]
        for pair in (pair for pair in body.pairs if pair.enabled):
            head = f'Content-Disposition: form-data; name="{_disposition(pair.name)}"'
            if pair.file:
                name = pair.file.replace("\\", "/").rpartition("/")[2]
                head += f'; filename="{_disposition(name)}"'
            kind = pair.content_type or ("application/octet-stream" if pair.file else "")
            lines += [f"--{boundary}", head, *([f"Content-Type: {kind}"] if kind else []), ""]
            lines.append(f"< {pair.file}" if pair.file else pair.value)
        return [*lines, f"--{boundary}--", ""]
    if body.kind == "form":
        pairs = "&".join(f"{quote_plus(pair.name)}={_written(pair.value)}" for pair in body.pairs if pair.enabled)
        return [*lines, f"Content-Type: {content_type}", "", pairs, ""]
    if body.text:
        lines += [f"Content-Type: {content_type}"] if content_type else []
        # A line of the body must not read as the next request.
        lines += ["", *(f" {line}" if line.startswith("###") else line for line in body.text.splitlines())]
    return [*lines, ""]


def write_file(file: HttpFile) -> str:
    """The text of a file; variables first, then the requests."""
    lines = [f"@{pair.name} = {' '.join(pair.value.split())}" for pair in file.variables]
    lines += [""] if lines else []
    for one in file.requests:
        lines += _block(one)
    return "\n".join(lines).rstrip("\n") + "\n"
