"""YAML of collection files: read with bounds and line numbers, changed without touching what did not change.

Scalars are read as they are written: `00123` stays `00123`, a date stays text. YAML is parsed by a library that costs a
tenth of a second to import, so it is imported when the first file is read.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from komet_console.texts import said

__all__ = ["MAX_BYTES", "MAX_DEPTH", "YamlError", "YamlTree", "dump", "patch", "read"]

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 40
MAX_NODES = 20_000
"""Values of one file; the parser needs about two seconds for so many."""
MAX_IMPORTED = 5 * MAX_NODES
"""Values of one file that holds a whole collection."""
_BOM = b"\xef\xbb\xbf"
_DASH = re.compile(r"^( *)[^\s#-][^\n]*:[ \t]*\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*( *)- ", re.MULTILINE)
_NULL = "tag:yaml.org,2002:null"


class YamlError(ValueError):
    """Why a text is no YAML that can be read here; `line` is counted from 1, 0 where it is not known."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(slots=True)
class YamlTree:
    """What a text holds: dicts, lists, texts, None. `lines` gives the line of a path such as `("http", "url")`."""

    value: Any
    lines: dict[tuple[str | int, ...], int] = field(default_factory=dict)

    def line(self, *path: str | int) -> int:
        """The line of the nearest known part of a path."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def decode(data: bytes) -> str:
    """The text of a file. Raises `YamlError`."""
    if len(data) > MAX_BYTES:
        raise YamlError(said("The file is larger than {most} MB.", most=MAX_BYTES // 1024 // 1024))
    data = data.removeprefix(_BOM)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise YamlError(said("Byte 0x{byte:02x} is not UTF-8.", byte=data[error.start]), line) from None
    if "\0" in text:
        raise YamlError("The file holds zero bytes: it is no text.", text.count("\n", 0, text.index("\0")) + 1)
    return text


def read(text: str, values: int = MAX_NODES) -> YamlTree:
    """Parse a text of at most so many values.

    Raises:
        YamlError: it is no YAML, too deep, too large, or grows by its own aliases.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _bounded_composer(values)
    try:
        nodes = list(yaml.compose_all(StringIO(text)))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(str(error.problem or error.context or "this is no YAML").split())
        raise YamlError(f"{what[:1].upper()}{what[1:]}.", mark.line + 1 if mark else 0) from None
    except YamlError:
        raise
    except (YAMLError, ValueError, AttributeError, TypeError, KeyError, IndexError) as error:
        raise YamlError(
            said("This is no YAML: {reason}", reason=str(error).splitlines()[0] if str(error) else type(error).__name__)
        ) from None
    if len(nodes) > 1:
        raise YamlError("The file holds several documents.", nodes[1].start_mark.line + 1)
    tree = YamlTree(None)
    if nodes and nodes[0] is not None:
        tree.value = _Walk(tree, values).plain(nodes[0], (), 0)
    return tree


def _bounded_composer(values: int) -> Any:
    """A composer that counts while it reads: a hostile file is refused before it is in memory."""
    from ruamel.yaml.composer import Composer

    class Bounded(Composer):
        left = values
        depth = 0

        def compose_node(self, parent: Any, index: Any) -> Any:
            self.left -= 1
            self.depth += 1
            if self.left < 0 or self.depth > MAX_DEPTH:
                line = self.parser.peek_event().start_mark.line + 1
                raise YamlError(
                    "The file holds too many values." if self.left < 0 else "The file is nested too deeply.", line
                )
            node = super().compose_node(parent, index)
            self.depth -= 1
            return node

    return Bounded


class _Walk:
    def __init__(self, tree: YamlTree, values: int) -> None:
        self.tree = tree
        self.left = values

    def plain(self, node: Any, path: tuple[str | int, ...], depth: int) -> Any:
        line = node.start_mark.line + 1
        self.left -= 1
        if self.left < 0:
            raise YamlError("The file holds too many values, or aliases that multiply.", line)
        if depth > MAX_DEPTH:
            raise YamlError("The file is nested too deeply, or an alias stands within itself.", line)
        self.tree.lines[path] = line
        if isinstance(node.value, str):
            return None if str(node.tag) == _NULL else node.value
        if str(node.tag).endswith(":seq") or not (node.value and isinstance(node.value[0], tuple)):
            if str(node.tag).endswith(":map"):
                return {}
            return [self.plain(one, (*path, number), depth + 1) for number, one in enumerate(node.value)]
        found: dict[str, Any] = {}
        for key, value in node.value:
            name = key.value if isinstance(key.value, str) else str(key.start_mark.line)
            if name in found:
                raise YamlError(
                    said('The key "{name}" stands twice in one object.', name=name), key.start_mark.line + 1
                )
            found[name] = self.plain(value, (*path, name), depth + 1)
            self.tree.lines[(*path, name)] = key.start_mark.line + 1
        return found


# -- writing -----------------------------------------------------------------------------------------------------------


class _New(str):
    """A text that is written anew; what stands in a file already keeps its own quotes, or none."""

    __slots__ = ()


def _new(value: Any) -> Any:
    if isinstance(value, str):
        return _New(value)
    if isinstance(value, list):
        return [_new(one) for one in value]
    return {key: _new(one) for key, one in value.items()} if isinstance(value, dict) else value


def _writer(sequence: int = 4, offset: int = 2) -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.representer import RoundTripRepresenter

    class Representer(RoundTripRepresenter):
        pass

    Representer.add_representer(_New, _text)
    yaml = YAML(typ="rt", pure=True)
    yaml.Representer = Representer
    yaml.indent(mapping=2, sequence=sequence, offset=offset)
    yaml.width = 1_000_000
    yaml.preserve_quotes = True
    yaml.allow_unicode = True
    return yaml


_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9 _./()*+=<>@^~$,;?!'-]*(?<! )")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan", "inf"})
_ODD = re.compile(r"[\x7f-\x9f\ufeff\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_BLOCK = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\u2028\u2029\ud800-\udfff\ufffe\uffff]*")
_UNFIT = re.compile(r"\A\s|[ \t]$|\n\n\Z", re.MULTILINE)


def _style(value: str) -> str:
    """Plain where no reader could take it for anything else, a block for lines, else quoted."""
    if _PLAIN.fullmatch(value) and value.casefold() not in _WORDS:
        return "plain"
    return "block" if "\n" in value and _BLOCK.fullmatch(value) and not _UNFIT.search(value) else "quoted"


def _text(representer: Any, value: str) -> Any:
    style = {"plain": None, "block": "|", "quoted": '"'}[_style(value)]
    return representer.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def dump(value: dict[str, Any]) -> str:
    """A new file: its top-level parts stand apart by an empty line. Written by hand, the library takes fifty times longer."""
    parts = []
    for key, one in value.items():
        out: list[str] = []
        _emit_member(out, "", key, one)
        parts.append("\n".join(out) + "\n")
    return "\n".join(parts)


def _emit_member(out: list[str], gap: str, key: str, value: Any) -> None:
    """The lines of one member; `gap` is the indent, of which a list's dash may be a part."""
    inner = " " * len(gap) + "  "
    if isinstance(value, (dict, list)) and value:
        out.append(f"{gap}{_scalar(key)}:")
        _emit(out, inner, value)
    else:
        out.append(f"{gap}{_scalar(key)}: {_scalar(value, inner)}")


def _emit(out: list[str], gap: str, value: Any) -> None:
    if isinstance(value, dict):
        for key, one in value.items():
            _emit_member(out, gap, key, one)
            gap = " " * len(gap)
        return
    for one in value:
        if isinstance(one, (dict, list)) and one:
            _emit(out, gap + "- ", one)
        else:
            out.append(f"{gap}- {_scalar(one, ' ' * len(gap) + '  ')}")
        gap = " " * len(gap)


def _scalar(value: Any, inner: str = "") -> str:
    """A value in place; a block's lines begin with `inner`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return json.dumps(value)
    style = _style(value)
    if style == "plain":
        return value
    if style == "block" and inner:
        lines = value.removesuffix("\n").split("\n")
        mark = "|" if value.endswith("\n") else "|-"
        return "\n".join([mark, *(inner + line if line else "" for line in lines)])
    return _ODD.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))


def patch(text: str, old: dict[str, Any], new: dict[str, Any]) -> str:
    """The text with the differences between two plain values applied; all else, comments and unknown keys too, stays.

    `old` is what the writer would have written for what was read from the text. Raises `YamlError`.
    """
    if old == new:
        return text
    from ruamel.yaml.error import YAMLError

    read(text)  # bounds
    crlf = text.count("\r\n") * 2 > text.count("\n")
    plain = text.replace("\r\n", "\n")
    found = _DASH.search(plain)
    offset = len(found[2]) - len(found[1]) if found else 2
    yaml = _writer(max(offset, 0) + 2, max(offset, 0))
    if plain.lstrip("\ufeff").startswith("---"):
        yaml.explicit_start = True
    try:
        document = yaml.load(plain)
        if not isinstance(document, dict):
            return dump(new)
        _merge(document, old, new)
        out = StringIO()
        yaml.dump(document, out)
    except (YAMLError, RecursionError, ValueError) as error:
        raise YamlError(said("The file cannot be changed in place: {error}", error=error)) from None
    made = out.getvalue()
    return made.replace("\n", "\r\n") if crlf else made


def _merge(document: Any, old: dict[str, Any], new: dict[str, Any]) -> None:
    """Apply what differs between `old` and `new` to an object of a document."""
    for key in [key for key in old if key not in new]:
        document.pop(key, None)
    for key, value in new.items():
        before = old.get(key)
        if key in old and before == value:
            continue
        there = document.get(key)
        if isinstance(value, dict) and isinstance(before, dict) and isinstance(there, dict):
            _merge(there, before, value)
        elif isinstance(value, list) and isinstance(before, list) and isinstance(there, list):
            _merge_list(there, before, value)
        else:
            document[key] = _new(value)


def _covers(there: Any, row: Any) -> bool:
    """Whether a row of the document is the one that `row` was read from."""
    if isinstance(row, dict):
        return isinstance(there, dict) and all(key in there and _covers(there[key], one) for key, one in row.items())
    if isinstance(row, list):
        return isinstance(there, list) and len(there) == len(row)
    return bool(there == row) or str(there).casefold() == str(row).casefold()


def _places(document: Any, old: list[Any]) -> list[int] | None:
    """Where the rows that were read stand in the document, among others that could not be read."""
    if len(document) == len(old):
        return list(range(len(old)))
    found: list[int] = []
    at = 0
    for row in old:
        while at < len(document) and not _covers(document[at], row):
            at += 1
        if at == len(document):
            return None
        found.append(at)
        at += 1
    return found


def _merge_list(document: Any, old: list[Any], new: list[Any]) -> None:
    places = _places(document, old)
    if places is None:
        document[:] = _new(new)
        return
    # Rows that stay keep their comments: the same rows in front and at the end are not touched.
    front = 0
    while front < min(len(old), len(new)) and old[front] == new[front]:
        front += 1
    back = 0
    while back < min(len(old), len(new)) - front and old[-1 - back] == new[-1 - back]:
        back += 1
    changed_old, changed_new = len(old) - front - back, len(new) - front - back
    for number in range(min(changed_old, changed_new)):
        at = places[front + number]
        before, after, there = old[front + number], new[front + number], document[at]
        if isinstance(before, dict) and isinstance(after, dict) and isinstance(there, dict):
            _merge(there, before, after)
        else:
            document[at] = _new(after)
    for number in reversed(range(changed_new, changed_old)):
        del document[places[front + number]]
    end = places[front + changed_old] if back else len(document)
    for number in range(changed_old, changed_new):
        document.insert(end + number - changed_old, _new(new[front + number]))
