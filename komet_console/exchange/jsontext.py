"""JSON as text: every change leaves number spelling, key order, `{{variables}}` and comments as they were written.

Beyond RFC 8259 the text may hold `//` and `/* */` comments and, where a value may stand, a bare `{{name}}`. No function
here parses numbers or recurses, so neither big numbers nor deep nesting can do harm.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from komet_console.exchange import jsonscan
from komet_console.exchange.jsonscan import is_plain
from komet_console.patterns import pattern
from komet_console.records import record
from komet_console.texts import said

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["space", "comment", "string", "number", "word", "variable", "mark", "junk"]

_TOKEN = pattern(
    r"""(?P<space>[ \t\r\n]+)
    | (?P<comment>//[^\r\n]*|/\*(?s:.*?)\*/)
    | (?P<string>"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\x00-\x1f]*)*")
    | (?P<variable>\{\{[ \t]*[A-Za-z_$][\w.$-]*[ \t]*\}\})
    | (?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.+-]))
    | (?P<word>(?:true|false|null)(?!\w))
    | (?P<mark>[{}\[\]:,])
    | (?P<junk>"[^"\\\r\n]*(?:\\[^\r\n][^"\\\r\n]*)*"?|[^\s{}\[\]:,"/]+|.)""",
    re.VERBOSE,
)
_PLAIN = pattern(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')
"""Tokens of a text that is known to be JSON without extensions."""
_DEEPEST = 200
"""Levels up to which lines are indented further: beyond it a text of some kilobytes would become gigabytes of blanks."""
_VALUES = frozenset({"string", "number", "word", "variable"})


class Piece(NamedTuple):
    """A token: its kind and where it stands (character offsets, end exclusive)."""

    kind: Kind
    start: int
    end: int
    text: str


@record
class JsonError:
    """Why and where a text is no JSON: character offset from 0, line and column from 1."""

    message: str
    offset: int
    line: int
    column: int


@record
class Member:
    """One member of an object: its decoded name, where key and value stand, how deep (1 is the outermost object)."""

    name: str
    key: tuple[int, int]
    value: tuple[int, int]
    depth: int


def pieces(text: str) -> Iterator[Piece]:
    """All tokens of a text, gaps and comments included; never fails, what is no token is `junk`."""
    for match in _TOKEN.finditer(text):
        yield Piece(match.lastgroup, match.start(), match.end(), match.group())  # type: ignore[arg-type]


def _error(text: str, offset: int, message: str) -> JsonError:
    before = text[:offset]
    return JsonError(message, offset, before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


def _why(piece: Piece) -> str:
    if piece.text.startswith('"'):
        if len(piece.text) < 2 or not piece.text.endswith('"'):
            return "This text has no closing quote."
        return "This text holds a control character or an unknown escape."
    if piece.text == "/":
        return "This comment is not closed."
    if piece.text[0] in "-+.0123456789":
        return said("{text} is no JSON number.", text=piece.text)
    return said("{text} is neither a value nor a mark of JSON.", text=piece.text)


_EXPECTED = {
    "value": "A value is missing here.",
    "key": "A key in double quotes is missing here.",
    "key or }": "A key in double quotes or } is missing here.",
    "value or ]": "A value or ] is missing here.",
    ":": "A colon is missing here.",
    ", or }": "A comma or } is missing here.",
    ", or ]": "A comma or ] is missing here.",
    "end": "The value ended before this.",
}


def find_error(text: str, *, comments: bool = True, variables: bool = True) -> JsonError | None:
    """The first reason why a text is no JSON, or None. Both extensions can be refused."""
    if is_plain(text):
        return None
    cover = jsonscan.covered(text, comments=comments, variables=variables)
    if cover is not text and jsonscan.is_plain(cover):
        return None
    stack: list[str] = []
    expected = "value"

    def after_value() -> str:
        return "end" if not stack else (", or }" if stack[-1] == "{" else ", or ]")

    for piece in pieces(text):
        kind, sign = piece.kind, piece.text
        if kind == "space" or (kind == "comment" and comments):
            continue
        if kind == "junk":
            return _error(text, piece.start, _why(piece))
        if kind == "comment":
            return _error(text, piece.start, "JSON has no comments.")
        if kind == "variable" and not variables:
            return _error(text, piece.start, said("{sign} is not filled in.", sign=sign))
        wants_value = expected in ("value", "value or ]")
        if wants_value and kind in _VALUES:
            expected = after_value()
        elif wants_value and sign in ("{", "["):
            stack.append(sign)
            expected = "key or }" if sign == "{" else "value or ]"
        elif expected.startswith("key") and kind == "string":
            expected = ":"
        elif expected == ":" and sign == ":":
            expected = "value"
        elif expected in (", or }", ", or ]") and sign == ",":
            expected = "key" if stack[-1] == "{" else "value"
        elif (sign == "}" and expected in ("key or }", ", or }")) or (
            sign == "]" and expected in ("value or ]", ", or ]")
        ):
            stack.pop()
            expected = after_value()
        else:
            return _error(text, piece.start, _EXPECTED[expected])
    return None if expected == "end" else _error(text, len(text), _EXPECTED[expected])


def strip_comments(text: str) -> str:
    """The text without its comments; lines that held nothing else go with them."""
    if "//" not in text and "/*" not in text:
        return text
    out: list[str] = []
    done = 0
    for piece in pieces(text):
        if piece.kind != "comment":
            continue
        start, end = piece.start, piece.end
        line_start = text.rfind("\n", 0, start) + 1
        rest = re.compile(r"[ \t]*(?:\r?\n|$)").match(text, end)
        alone = done <= line_start and not text[line_start:start].strip(" \t")
        if alone and rest:
            start, end = line_start, rest.end()
        elif rest:
            start = max(done, len(text[:start].rstrip(" \t")))
        out.append(text[done:start])
        if not rest and not text[start - 1 : start].isspace() and not text[end : end + 1].isspace():
            out.append(" ")
        done = end
    return "".join(out) + text[done:]


class InvalidJsonError(ValueError):
    """A text that cannot be laid out anew because it is no JSON; `error` says where."""

    def __init__(self, error: JsonError) -> None:
        super().__init__(error.message)
        self.error = error


def _checked(text: str) -> list[Piece]:
    if error := find_error(text):
        raise InvalidJsonError(error)
    return list(pieces(text))


def _separator(before: Piece, piece: Piece, *, broken: bool) -> str:
    """What stands between two tokens of a laid-out text: nothing, a space or a line break."""
    opened = before.kind == "mark" and before.text in "{["
    closes = piece.kind == "mark" and piece.text in "}]"
    if before.kind == "comment" and before.text.startswith("//"):
        return "\n"
    if piece.kind == "comment":
        return "\n" if broken else " "
    if closes:
        return "" if opened else "\n"
    if before.kind == "comment":
        return "\n" if broken else ("" if piece.text in (",", ":") else " ")
    if opened or before.text == ",":
        return "\n"
    return " " if before.text == ":" else ""


def beautify(text: str, indent: int = 2) -> str:
    """The text with one member or element a line. Raises `InvalidJsonError`; laying out twice changes nothing more."""
    if is_plain(text):
        return _beautify_plain(text, indent)
    out: list[str] = []
    depth = 0
    broken = False
    before: Piece | None = None
    for piece in _checked(text):
        if piece.kind == "space":
            broken = "\n" in piece.text
            continue
        closes = piece.kind == "mark" and piece.text in "}]"
        depth -= closes
        if before is not None:
            gap = _separator(before, piece, broken=broken)
            out.append(gap + " " * (indent * min(depth, _DEEPEST)) if gap == "\n" else gap)
        out.append(piece.text)
        depth += piece.kind == "mark" and piece.text in "{["
        before = piece
        broken = False
    return "".join(out)


def _beautify_plain(text: str, indent: int) -> str:
    """What `beautify` makes of JSON without extensions, without the cost of looking for them."""
    out: list[str] = []
    line = "\n"
    depth = 0
    step = " " * indent
    before = ""
    for token in _PLAIN.findall(text):
        if token in ("}", "]"):
            if depth <= _DEEPEST:
                line = line[: len(line) - indent]
            depth -= 1
            if before not in ("{", "["):
                out.append(line)
        elif before in ("{", "[", ","):
            out.append(line)
        if token in ("{", "["):
            depth += 1
            if depth <= _DEEPEST:
                line += step
        out.append(": " if token == ":" else token)
        before = token
    return "".join(out)


def compact(text: str) -> str:
    """The text without gaps between tokens. Comments stay; a `//` comment keeps its line end. Raises `InvalidJsonError`."""
    if is_plain(text):
        return "".join(_PLAIN.findall(text))
    out = []
    found = [piece for piece in _checked(text) if piece.kind != "space"]
    for number, piece in enumerate(found):
        out.append(piece.text)
        if piece.text.startswith("//") and piece.kind == "comment" and number + 1 < len(found):
            out.append("\n")
    return "".join(out)


def _skip_value(solid: list[Piece], number: int) -> int:
    """The index of the last token of the value that begins at `number`."""
    depth = 0
    for index in range(number, len(solid)):
        if solid[index].kind == "mark":
            depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(solid[index].text, 0)
        if depth == 0:
            return index
    return len(solid) - 1


def members(text: str, *, deep: bool = False) -> list[Member]:
    """The members of the outermost object, or of all objects; empty where the text is no JSON (with extensions)."""
    if not deep and (plain := jsonscan.plain_form(text)) is not None:
        start = jsonscan.whole(text, plain)[2]
        inside = jsonscan.entries(text, plain, start) if plain[start] == "{" else ()
        return [Member(name, key, (start, end), 1) for name, key, start, end in inside if name is not None and key]
    if find_error(text):
        return []
    solid = [piece for piece in pieces(text) if piece.kind not in ("space", "comment")]
    if not deep and (not solid or solid[0].text != "{"):
        return []
    found: list[Member] = []
    depth = 0
    number = 0
    while number < len(solid):
        piece = solid[number]
        if piece.kind == "mark":
            depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(piece.text, 0)
        elif piece.kind == "string" and number + 1 < len(solid) and solid[number + 1].text == ":":
            first = solid[number + 2]
            opens = first.kind == "mark"
            if deep and opens:
                found.append(Member(json.loads(piece.text), (piece.start, piece.end), (first.start, first.end), depth))
                number += 2
                continue
            last = _skip_value(solid, number + 2)
            end = solid[last].end
            found.append(Member(json.loads(piece.text), (piece.start, piece.end), (first.start, end), depth))
            number = last
        number += 1
    return found


def insert_first(text: str, name: str, value: str) -> str | None:
    """The object with one more member in front, everything else untouched; None where the text is no JSON object.

    `value` is JSON text.
    """
    if find_error(text):
        return None
    opening = next((piece for piece in pieces(text) if piece.kind not in ("space", "comment")), None)
    if opening is None or opening.text != "{":
        return None
    rest = text[opening.end :]
    first = next(piece for piece in pieces(rest) if piece.kind not in ("space", "comment"))
    gap = re.match(r"[ \t]*\r?\n[ \t]*", rest)
    lead = gap.group() if gap else ""
    comma = "" if first.text == "}" else ("," if lead else ", ")
    member = f"{lead}{json.dumps(name, ensure_ascii=False)}: {value}{comma}"
    return text[: opening.end] + member + rest


def remove(text: str, name: str) -> str:
    """The object without its outermost members of that name (comma included), everything else untouched."""
    for member in reversed([one for one in members(text) if one.name == name]):
        solid = [piece for piece in pieces(text) if piece.kind not in ("space", "comment")]
        after = next(piece for piece in solid if piece.start >= member.value[1])
        before = [piece for piece in solid if piece.end <= member.key[0]][-1]
        if after.text == ",":
            following = next(piece for piece in solid if piece.start >= after.end)
            text = text[: member.key[0]] + text[following.start :]
        elif before.text == ",":
            text = text[: before.start] + text[member.value[1] :]
        else:
            text = text[: member.key[0]] + text[member.value[1] :]
    return text
