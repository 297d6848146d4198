"""curl commands, as people write them and as browsers, Postman and Komet Console copy them."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import quote, unquote

from komet_console.errors import UserError
from komet_console.exchange import Body, Pair, find_error
from komet_console.interchange.curl_options import DATA, QUIET, SETTINGS, SHORT, VALUES
from komet_console.interchange.model import Request, body_of_text, parse_query, split_url, with_scheme
from komet_console.interchange.shell import Words, bash_commands, looks_like_cmd, windows_commands
from komet_console.texts import said

__all__ = ["is_curl", "parse_all", "parse_curl"]

_START = re.compile(r"^\s*(?:[$>#%]\s+)?(?:\S*[/\\])?curl(?:\.exe)?\s", re.IGNORECASE)
_GLOB = re.compile(r"\{[^{}]*,[^{}]*\}|\[\w+-\w+(?::\d+)?\]")
_TABLE = re.compile(r"^\s*(?:host|content-length|connection|accept-encoding|transfer-encoding)\s*:", re.IGNORECASE)


@dataclass(slots=True)
class _Curl:
    """A command while its options are read."""

    verb: str = ""
    urls: list[str] = field(default_factory=list)
    headers: list[Pair] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    forms: list[Pair] = field(default_factory=list)
    is_json: bool = False
    in_query: bool = False
    head: bool = False
    upload: bool = False
    cookies: list[str] = field(default_factory=list)
    more_query: list[Pair] = field(default_factory=list)
    globs: bool = True
    notes: list[str] = field(default_factory=list)


def is_curl(text: str) -> bool:
    """Whether a text begins like a curl command."""
    return bool(_START.match(text))


def parse_curl(text: str) -> Request:
    """The request of a curl command; of several commands the first.

    Raises:
        UserError: No curl command, no URL, or a quote that is never closed.
    """
    found = parse_all(text)
    if len(found) > 1:
        note = said(
            "The text holds {count} curl commands; this is the first. Import it as a file to get all.", count=len(found)
        )
        return replace(found[0], notes=(*found[0].notes, note))
    return found[0]


def parse_all(text: str) -> list[Request]:
    """The requests of all curl commands in a text; raises `UserError` as `parse_curl` does."""
    windows = looks_like_cmd(text)
    commands = windows_commands(text) if windows else bash_commands(text)
    found = []
    for command in commands:
        words = list(command.words)
        while words and (words[0] in ("$", ">", "sudo", "time", "%") or re.fullmatch(r"[A-Za-z_]\w*=.*", words[0])):
            words.pop(0)
        if words and re.split(r"[/\\]", words[0])[-1].casefold() in ("curl", "curl.exe"):
            notes = list(command.notes)
            if windows:
                notes.insert(0, "The command is written for the Windows command prompt; it was read by its rules.")
            found += [_request(Words(part, notes)) for part in _parts(words[1:])]
    if not found:
        raise UserError("The text holds no curl command.", 'A command begins with "curl" and names a URL.')
    return found


def _parts(words: list[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for word in words:
        if word in ("--next", "-:"):
            yield part
            part = []
        else:
            part.append(word)
    yield part


def _options(words: list[str], notes: list[str]) -> Iterator[tuple[str, str]]:
    """Options and their values in order; a URL comes as the option `url`."""
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if not word.startswith("-") or word == "-":
            yield "url", word
            continue
        if word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            # curl itself takes no "=", people write it all the same.
            if name in VALUES and not equals:
                if at >= len(words):
                    notes.append(said("The option {option} has no value and was left out.", option=f"--{name}"))
                    return
                value = words[at]
                at += 1
            yield name, value
            continue
        letters = word[1:]
        while letters:
            name = SHORT.get(letters[0], letters[0])
            letters = letters[1:]
            if name not in VALUES:
                yield name, ""
                continue
            if not letters and at >= len(words):
                notes.append(said("The option {option} has no value and was left out.", option=f"-{word[-1]}"))
                return
            if letters:
                yield name, letters
            else:
                yield name, words[at]
                at += 1
            break


def _request(command: Words) -> Request:
    curl = _Curl(notes=list(command.notes))
    for name, value in _options(command.words, curl.notes):
        handler = _HANDLERS.get(name)
        if handler is not None:
            handler(curl, value)
        elif name in DATA:
            _data(curl, name, value)
        elif name in SETTINGS:
            curl.notes.append(
                said("{option} is a setting of the environment here and was left out.", option=f"--{name}")
            )
        elif name == "insecure":
            curl.notes.append("--insecure was left out: certificates are always checked; an own CA file is a setting.")
        elif name not in QUIET:
            curl.notes.append(
                said("The option {option} was left out.", option=f"--{name}" if len(name) > 1 else f"-{name}")
            )
    return _finish(curl)


def _finish(curl: _Curl) -> Request:
    if not curl.urls:
        raise UserError("The curl command names no URL.", "Copy the whole command, with its address.")
    if len(curl.urls) > 1:
        curl.notes.append(said("The command names {count} URLs; the first was taken.", count=len(curl.urls)))
    url, query = split_url(_without_user(curl, with_scheme(curl.urls[0])))
    query = (*query, *curl.more_query)
    if curl.globs and _GLOB.search(re.sub(r"\{\{[^{}]*\}\}", "", curl.urls[0])):
        curl.notes.append(
            "curl would call several addresses, for { , } and [ - ] in the URL; here they stay as they are."
        )
    _put_cookies(curl)
    headers = [pair for pair in curl.headers if not _TABLE.match(f"{pair.name}:")]
    left = sorted({pair.name for pair in curl.headers if _TABLE.match(f"{pair.name}:")}, key=str.casefold)
    if left:
        curl.notes.append(
            said("Headers that every program writes by itself were left out: {listed}.", listed=", ".join(left))
        )
    sends = bool(curl.data or curl.forms or curl.upload)
    body = Body()
    if curl.data and curl.in_query:
        query = (*query, *parse_query("&".join(curl.data)))
    elif curl.data or curl.forms:
        body, headers = _body(curl, headers)
    verb = curl.verb or ("HEAD" if curl.head else "PUT" if curl.upload else "")
    return Request(
        (verb or ("POST" if sends and not curl.in_query else "GET")).upper(),
        url,
        query,
        tuple(headers),
        body,
        tuple(curl.notes),
    )


def _put_cookies(curl: _Curl) -> None:
    """One header with all cookies; curl sends them only where no header says so itself."""
    if curl.cookies and any(pair.name.casefold() == "cookie" for pair in curl.headers):
        curl.notes.append("The command has a header Cookie and --cookie; curl sends the header, and that was taken.")
    elif curl.cookies:
        curl.headers.append(Pair("Cookie", ";".join(curl.cookies)))


def _without_user(curl: _Curl, url: str) -> str:
    """The address without a user's name and password, which become the header that curl makes of them."""
    match = re.match(r"([A-Za-z][A-Za-z0-9+.-]*://)([^/?#@{}]*)@", url)
    if match is None:
        return url
    _user(curl, unquote(match[2]))
    return match[1] + url[match.end() :]


def _body(curl: _Curl, headers: list[Pair]) -> tuple[Body, list[Pair]]:
    given = next((pair for pair in headers if pair.name.casefold() == "content-type"), None)
    content_type = given.value.strip() if given is not None else ""
    rest = [pair for pair in headers if pair is not given]
    if curl.forms:
        if curl.data:
            curl.notes.append("The command has both --data and --form; curl refuses that. The form was taken.")
        return Body("multipart", pairs=tuple(curl.forms)), rest
    text = ("" if curl.is_json else "&").join(curl.data)
    if curl.is_json and not content_type:
        content_type = "application/json"
    if not content_type:
        if text.lstrip()[:1] in ("{", "[") and find_error(text) is None:
            curl.notes.append("curl would send this JSON as a form; here it is sent as JSON.")
            return Body("json", text), rest
        content_type = "application/x-www-form-urlencoded"
    return body_of_text(text, content_type), rest


# -- options -----------------------------------------------------------------------------------------------------------


def _data(curl: _Curl, name: str, value: str) -> None:
    if name == "json":
        curl.is_json = True
    if name == "data-urlencode":
        head, sign, rest = value.partition("=")
        if sign:
            value = (head + "=" if head else "") + quote(rest, safe="")
        elif "@" in value:
            _file_note(curl, value.partition("@")[2])
            return
        else:
            value = quote(value, safe="")
    elif name != "data-raw" and value.startswith("@"):
        _file_note(curl, value[1:])
        return
    curl.data.append(value)


def _file_note(curl: _Curl, file: str) -> None:
    curl.data.append("")
    curl.notes.append(
        said("The data come from the file {file}, which was not read; put its content into the body.", file=file)
    )


def _header(curl: _Curl, value: str) -> None:
    if value.startswith("@"):
        curl.notes.append(said("Headers come from the file {file}, which was not read.", file=value[1:]))
        return
    name, colon, rest = value.partition(":")
    if not colon and value.endswith(";"):
        name = value[:-1]
    elif not rest.strip():
        curl.notes.append(said("The header {name} is switched off in the command and was left out.", name=name.strip()))
        return
    curl.headers.append(Pair(name.strip(), rest.strip()))


def _form(curl: _Curl, value: str, *, plain: bool = False) -> None:
    name, _, rest = value.partition("=")
    if plain:
        curl.forms.append(Pair(name, rest))
        return
    content_type = ""
    quoted = re.match(r'([@<]?)"((?:[^"\\]|\\.)*)"(.*)$', rest, re.DOTALL)
    if quoted:
        sign, text, options = quoted[1], re.sub(r"\\(.)", r"\1", quoted[2]), quoted[3]
    else:
        sign = rest[:1] if rest[:1] in "@<" else ""
        text, options = rest[len(sign) :], ""
        # curl ends the value here, whatever follows.
        text, semicolon, options = text.partition(";")
        options = semicolon + options
    if found := re.search(r";\s*type=([^;]+)", options):
        content_type = found[1].strip().strip('"')
    if re.search(r";\s*(?:filename|headers|encoder)=", options):
        curl.notes.append(
            said("Of the form field {name} the file's other name, headers or encoder were left out.", name=name)
        )
    elif re.search(r";\s*(?!type=)\S", options):
        curl.notes.append(
            said(
                "curl ends the value of {name} at its ; and so does this; quote it in the command to keep it whole.",
                name=name,
            )
        )
    if not name:
        curl.notes.append("A form field without a name cannot be sent from here and was left out.")
    if sign == "<":
        curl.notes.append(
            said("The value of {name} comes from the file {file}, which was not read.", name=name, file=text)
        )
        text = ""
    if sign == "@":
        curl.forms.append(Pair(name, file=text, content_type=content_type))
    else:
        curl.forms.append(Pair(name, text, content_type=content_type))


def _user(curl: _Curl, value: str) -> None:
    if not any(pair.name.casefold() == "authorization" for pair in curl.headers):
        curl.headers.append(Pair("Authorization", "Basic " + base64.b64encode(value.encode()).decode()))


def _cookie(curl: _Curl, value: str) -> None:
    if "=" in value:
        curl.cookies.append(value)
    else:
        curl.notes.append(said("Cookies come from the file {file}, which was not read.", file=value))


def _upload(curl: _Curl, value: str) -> None:
    curl.upload = True
    curl.notes.append(
        said("The body comes from the file {file}, which was not read; put its content into the body.", file=value)
    )


def _flag(name: str) -> Callable[[_Curl, str], None]:
    return lambda curl, _value: setattr(curl, name, True)


def _url_query(curl: _Curl, value: str) -> None:
    if value.startswith("+"):
        curl.more_query.append(Pair(*value[1:].partition("=")[::2]))
    elif "=" not in value and "@" in value:
        curl.notes.append(
            said("Parameters come from the file {file}, which was not read.", file=value.partition("@")[2])
        )
    else:
        name, sign, rest = value.partition("=")
        curl.more_query.append(Pair(name, rest) if sign else Pair(value, ""))


def _plain_header(name: str) -> Callable[[_Curl, str], None]:
    return lambda curl, value: curl.headers.append(Pair(name, value))


_HANDLERS: dict[str, Callable[[_Curl, str], None]] = {
    "url": lambda curl, value: curl.urls.append(value),
    "request": lambda curl, value: setattr(curl, "verb", value),
    "header": _header,
    "form": _form,
    "form-string": lambda curl, value: _form(curl, value, plain=True),
    "user": _user,
    "oauth2-bearer": lambda curl, value: curl.headers.append(Pair("Authorization", f"Bearer {value}")),
    "user-agent": _plain_header("User-Agent"),
    "referer": _plain_header("Referer"),
    "cookie": _cookie,
    "get": _flag("in_query"),
    "head": _flag("head"),
    "globoff": lambda curl, _value: setattr(curl, "globs", False),
    "url-query": _url_query,
    "upload-file": _upload,
}
