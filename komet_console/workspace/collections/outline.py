"""The tree of a collection without reading its requests: what a sidebar shows, for thousands of files at once.

Only the head of each file is looked at, and only where it is written the way this program and Bruno write it; any other
file is parsed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from komet_console.workspace.collections.values import Reader, object_of, text_of
from komet_console.workspace.collections.yamltext import YamlError, YamlTree, decode, read

__all__ = ["Entry", "Head", "head_of"]

_HEAD = 4 * 1024
"""Characters that are looked at; a longer head is parsed."""
_LINE = re.compile(r"^(?P<gap> *)(?P<key>[A-Za-z][\w-]*):(?:[ ]+(?P<value>\S.*?))?[ ]*$")
_ROW = re.compile(r"^ +- +(?P<value>\S.*?)[ ]*$")
# Some readers of YAML end a line at more signs than others do, and skip some.
_UNSURE = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff"
# Other signs are harmless in a value that begins with none of them.
_WORDS = rf"(?!(?:null|Null|NULL) *(?:\n|\Z))[A-Za-z0-9/.][^#:{_UNSURE}]*"
_ADDRESS = rf"[A-Za-z/][^#\s'\"`{_UNSURE}]*"
_UNESCAPED = rf'"[^"\\{_UNSURE}]*"'
_PLAIN, _PLAIN_URL = re.compile(_WORDS), re.compile(_ADDRESS)
_USUAL = re.compile(
    r"info:\n"
    rf"(?:  (?:name: (?P<name>{_UNESCAPED} *|{_WORDS})|type: http|seq: (?P<seq>\d{{1,9}})|"
    rf"tags:(?P<tags>(?:\n    - (?:{_UNESCAPED} *|{_WORDS}))+))\n){{2,4}}"
    rf"\n?http:\n  method: (?P<verb>[A-Z]+)\n  url: (?P<url>{_UNESCAPED}|{_ADDRESS}) *\n"
)
"""The head as this program writes it, all of it in one step: there are thousands of them."""
_QUOTED = re.compile(rf'"(?:[^"\\{_UNSURE}]|\\.)*"')


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a file says."""

    kind: str
    name: str
    seq: float = 0
    tags: tuple[str, ...] = ()
    verb: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the tree. `problem` says why a file cannot be read; it is shown all the same."""

    path: str
    kind: str
    """folder, http, or another tool's kind of request (graphql, grpc, websocket)."""
    name: str
    seq: float = 0
    tags: tuple[str, ...] = ()
    verb: str = ""
    url: str = ""
    children: tuple[Entry, ...] = ()
    problem: str = ""


def _scalar(text: str | None, plain: re.Pattern[str] = _PLAIN) -> str | None:
    """A value that means the same to every reader; None for everything else."""
    if text is None:
        return None
    if text[0] == '"':
        if not _QUOTED.fullmatch(text):
            return None
        try:
            return str(json.loads(text))
        except ValueError:
            return None
    return text if plain.fullmatch(text) else None


def _usual(text: str) -> Head | None:
    match = _USUAL.match(text)
    if match is None:
        return None
    name, seq, tags, verb, url = match.groups()
    if name is None:
        return None
    rows = tuple([_bare(line[6:]) for line in tags.split("\n")[1:]]) if tags else ()
    return Head("http", _bare(name), float(seq or 0), rows, verb, _bare(url))


def _bare(value: str) -> str:
    """A value without its quotes and the spaces behind it; nothing in it is escaped."""
    value = value.rstrip(" ")
    return value[1:-1] if value[0] == '"' else value


def _quick(text: str) -> Head | None:
    found: dict[str, str] = {}
    tags: list[str] = []
    section, key = "", ""
    # The last line may be cut.
    seen = text if len(text) <= _HEAD else text[:_HEAD].rpartition("\n")[0]
    for line in seen.splitlines():
        if not line:
            continue
        match = _LINE.match(line)
        if match is None:
            row = _ROW.match(line)
            value = _scalar(row["value"]) if row else None
            if value is None or (section, key) != ("info", "tags"):
                return None
            tags.append(value)
            continue
        gap, key = len(match["gap"]), match["key"]
        if gap == 0:
            if section == "info" and found.get("info.type") == "folder":
                break
            if match["value"] is not None or key != ("http" if section else "info"):
                return None
            section = key
            continue
        if gap != 2 or (key == "tags" and match["value"] is not None):
            return None
        if key != "tags":
            value = _scalar(match["value"], _PLAIN_URL if key == "url" else _PLAIN)
            if value is None:
                return None
            found[f"{section}.{key}"] = value
        if "http.url" in found and "http.method" in found:
            break
    kind = found.get("info.type", "")
    if not found.get("info.name") or kind not in ("http", "folder") or (kind == "http" and "http.url" not in found):
        return None
    try:
        seq = float(found.get("info.seq", "0"))
    except ValueError:
        return None
    return Head(kind, found["info.name"], seq, tuple(tags), found.get("http.method", ""), found.get("http.url", ""))


def head_of(data: bytes, file: str) -> Head:
    """The head of a request's or folder's file. Raises `YamlError` where it cannot be read."""
    text = decode(data)
    quick = _usual(text) or _quick(text)
    if quick is not None:
        return quick
    tree = read(text)
    if not isinstance(tree.value, dict):
        raise YamlError("The file holds no object.", 1)
    reader = Reader(YamlTree(tree.value, tree.lines), file)
    info, http = object_of(tree.value.get("info")), object_of(tree.value.get("http"))
    return Head(
        text_of(info.get("type")) or "http",
        text_of(info.get("name")) or reader.stem,
        reader.seq(),
        reader.tags(),
        text_of(http.get("method")),
        text_of(http.get("url")),
    )
