"""JSON text as a tree of places, so that an edit changes only the characters it must.

Key order, number spelling, unknown keys, `{{variables}}` and comments stay as they were written; a new member takes on the
indentation of its surroundings. Pointers are JSON pointers (RFC 6901) below the outermost value: "" is the value itself,
`/items/0/price` a member. Where a name is given twice the last one counts, as it does for servers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Literal

from komet_console.exchange import jsonscan
from komet_console.exchange.jsontext import find_error, pieces

__all__ = [
    "Node",
    "duplicate_element",
    "escape",
    "find",
    "insert_element",
    "move_element",
    "parse",
    "remove",
    "set_value",
    "unescape",
]

NodeKind = Literal["object", "array", "string", "number", "word", "variable"]
_INDENT = "  "


class Node:
    """One value and where it stands: character offsets of the value, and of the key in front of it.

    Made by `parse`. What stands within is looked for when it is first asked for: of a list of thousands of objects a form
    shows a few.

    Attributes:
        name: Name of the member; None for elements and for the outermost value.
    """

    __slots__ = ("_children", "_source", "end", "key", "kind", "name", "start")

    def __init__(
        self,
        kind: NodeKind,
        start: int,
        end: int,
        name: str | None = None,
        key: tuple[int, int] | None = None,
        source: tuple[str, str] | None = None,
    ) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.name = name
        self.key = key
        self._source = source
        """The whole text, and the same as JSON without extensions, until the children are looked for."""
        self._children: list[Node] = []

    @property
    def children(self) -> list[Node]:
        """Members or elements, in the order of the text."""
        if self._source is not None:
            text, plain = self._source
            self._source = None
            try:
                self._children = [_node(text, plain, entry) for entry in jsonscan.entries(text, plain, self.start)]
            except RecursionError:  # the reader got through when less stood on the stack
                self._children = _read_all(self.raw(text), self.start).children
        return self._children

    @property
    def first(self) -> int:
        """Where the member or the element begins, its key included."""
        return self.key[0] if self.key else self.start

    def raw(self, text: str) -> str:
        """The value as it is written."""
        return text[self.start : self.end]

    def child(self, name: str) -> Node | None:
        """The member of a name, or the element of a number; None where there is none."""
        if self.kind == "array":
            number = int(name) if name.isdecimal() else -1
            return self.children[number] if 0 <= number < len(self.children) else None
        return next((one for one in reversed(self.children) if one.name == name), None)


_KINDS: dict[str, NodeKind] = {"{": "object", "[": "array", '"': "string", "t": "word", "f": "word", "n": "word"}


def _node(text: str, plain: str, entry: jsonscan.Entry) -> Node:
    name, key, start, end = entry
    sign = plain[start]
    kind = "variable" if sign == " " else _KINDS.get(sign, "number")
    source = (text, plain) if kind in ("object", "array") else None
    return Node(kind, start, end, name, key, source)


def parse(text: str) -> Node | None:
    """The text as a tree; None where it is no JSON (with comments and variables)."""
    plain = jsonscan.plain_form(text)
    if plain is not None:
        return _node(text, plain, jsonscan.whole(text, plain))
    return None if find_error(text) else _read_all(text)


def _read_all(text: str, offset: int = 0) -> Node:
    """A text that is nested deeper than the standard library reads; `offset` is where it stands in a longer one."""
    stack: list[Node] = []
    pending: tuple[str, tuple[int, int]] | None = None
    last_string: tuple[str, tuple[int, int]] | None = None
    root: Node | None = None
    for piece in pieces(text):
        if piece.kind in ("space", "comment") or piece.text == ",":
            continue
        start, end = piece.start + offset, piece.end + offset
        if piece.text == ":" and stack and stack[-1].children and stack[-1].kind == "object" and last_string:
            # What looked like a value was a key.
            stack[-1].children.pop()
            pending, last_string = last_string, None
            continue
        if piece.text in ("}", "]"):
            stack.pop().end = end
            continue
        kind: NodeKind
        if piece.kind == "mark":
            kind = "object" if piece.text == "{" else "array"
        else:
            assert piece.kind in ("string", "number", "word", "variable"), "the text was found to be JSON"
            kind = piece.kind
        name, key = pending or (None, None)
        node = Node(kind, start, end, name, key)
        last_string = None
        if kind == "string" and not pending and stack and stack[-1].kind == "object":
            last_string = (json.loads(piece.text), (start, end))
        pending = None
        if stack:
            stack[-1].children.append(node)
        else:
            root = node
        if piece.kind == "mark":
            stack.append(node)
    assert root is not None, "the text was found to be JSON"
    return root


def escape(name: str) -> str:
    """A name as one part of a pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def unescape(part: str) -> str:
    """The name that one part of a pointer stands for."""
    return part.replace("~1", "/").replace("~0", "~")


def _parts(pointer: str) -> list[str]:
    return [unescape(part) for part in pointer.split("/")[1:]]


def find(root: Node | None, pointer: str) -> Node | None:
    """The node at a pointer; None where there is none."""
    node = root
    for part in _parts(pointer):
        if node is None:
            return None
        node = node.child(part)
    return node


def set_value(text: str, pointer: str, raw: str, order: Sequence[str] = (), root: Node | None = None) -> str:
    """The text with another value at the pointer; missing parents and members are made.

    Args:
        raw: JSON text of the value.
        order: Names in the order that new members of the innermost object should stand in.
        root: What `parse` makes of the text, where it is known; for the other edits, too.

    Raises:
        ValueError: The text is no JSON, or the pointer leads through a plain value or past the end of an array.
    """
    root = root or (parse(text) if text.strip() else None)
    if root is None and text.strip():
        raise ValueError("the text is no JSON")
    parts = _parts(pointer)
    if root is None:
        return _indented(_wrapped(parts, raw), "")
    node = root
    for number, part in enumerate(parts):
        child = node.child(part)
        if child is None:
            if node.kind not in ("object", "array"):
                raise ValueError(f"{'/'.join(parts[:number])} is a plain value")
            if node.kind == "array" and int(part) != len(node.children):
                raise ValueError(f"there is no element {part}")
            inner = _wrapped(parts[number + 1 :], raw)
            name = part if node.kind == "object" else None
            last = number == len(parts) - 1
            return _insert(text, node, _place(node, part, order) if last else len(node.children), name, inner)
        node = child
    return text[: node.start] + _indented(raw, _indent_of(text, node.first)) + text[node.end :]


def _wrapped(parts: Sequence[str], raw: str) -> str:
    for part in reversed(parts):
        body = _indented(raw, _INDENT)
        is_element = part == "0"
        raw = (
            f"[\n{_INDENT}{body}\n]"
            if is_element
            else f"{{\n{_INDENT}{json.dumps(part, ensure_ascii=False)}: {body}\n}}"
        )
    return raw


def _place(node: Node, name: str, order: Sequence[str]) -> int:
    if node.kind != "object" or name not in order:
        return len(node.children)
    after = set(order[order.index(name) + 1 :])
    return next((number for number, child in enumerate(node.children) if child.name in after), len(node.children))


def _line_lead(text: str, offset: int) -> str | None:
    """The white space between the beginning of the line and the offset; None where something else stands there."""
    begin = text.rfind("\n", 0, offset) + 1
    lead = text[begin:offset]
    return lead if not lead.strip() and (begin or not lead) else None


def _indent_of(text: str, offset: int) -> str:
    begin = text.rfind("\n", 0, offset) + 1
    return re.match(r"[ \t]*", text[begin:offset]).group()  # type: ignore[union-attr]  # it always matches


def _indented(raw: str, indent: str) -> str:
    return raw.replace("\n", "\n" + indent) if indent else raw


def _unit(text: str) -> str:
    """One step of indentation as the text uses it."""
    found = re.search(r"\n([ \t]+)\S", text)
    return found.group(1) if found else _INDENT


def _insert(text: str, parent: Node, index: int, name: str | None, raw: str) -> str:
    key = "" if name is None else f"{json.dumps(name, ensure_ascii=False)}: "
    if not parent.children:
        inside = text[parent.start + 1 : parent.end - 1]
        outer = _indent_of(text, parent.start)
        indent = outer + _unit(text)
        item = key + _indented(raw, indent)
        kept = inside.rstrip() if inside.strip() else ""
        return f"{text[: parent.start + 1]}{kept}\n{indent}{item}\n{outer}{text[parent.end - 1 :]}"
    if index < len(parent.children):
        at = parent.children[index].first
        lead = _line_lead(text, at)
        gap = " " if lead is None else "\n" + lead
        return f"{text[:at]}{key}{_indented(raw, lead or '')},{gap}{text[at:]}"
    last = parent.children[-1]
    lead = _line_lead(text, last.first)
    if lead is None:
        return f"{text[: last.end]}, {key}{raw}{text[last.end :]}"
    after = _end_of_remark(text, last.end)
    return f"{text[: last.end]},{text[last.end : after]}\n{lead}{key}{_indented(raw, lead)}{text[after:]}"


def _end_of_remark(text: str, offset: int) -> int:
    """Behind the comments that follow on the same line."""
    end = offset
    for piece in pieces(text[offset:]):
        if piece.kind == "comment":
            end = offset + piece.end
            if "\n" in piece.text:
                break
        elif piece.kind != "space" or "\n" in piece.text:
            break
    return end


def remove(text: str, pointer: str, root: Node | None = None) -> str:
    """The text without a member or an element (all members of that name); unchanged where there is none."""
    *above, name = _parts(pointer)
    while True:
        parent = find(root or parse(text), "".join(f"/{escape(part)}" for part in above))
        child = parent.child(name) if parent else None
        if parent is None or child is None:
            return text
        alone = parent.kind == "array" or sum(one.name == name for one in parent.children) == 1
        text = _without(text, parent, parent.children.index(child))
        if alone:
            return text
        root = None


def _without(text: str, parent: Node, index: int) -> str:
    child = parent.children[index]
    if index + 1 < len(parent.children):
        comma = next(p.start for p in _from(text, child.end) if p.text == ",")
        after = _end_of_remark(text, comma + 1)
        rest = text[after:].lstrip()
        return text[: child.first] + rest
    if index:
        before = parent.children[index - 1]
        comma = next(p.start for p in _from(text, before.end) if p.text == ",")
        between = text[comma + 1 : child.first].rstrip()
        return text[:comma] + between + text[_end_of_remark(text, child.end) :]
    rest = text[parent.start + 1 : child.first] + text[_end_of_remark(text, child.end) : parent.end - 1]
    return text[: parent.start + 1] + (rest if rest.strip() else "") + text[parent.end - 1 :]


def _from(text: str, offset: int) -> list[Any]:
    """The pieces behind an offset up to the first mark."""
    found = []
    for piece in pieces(text[offset:]):
        found.append(piece._replace(start=piece.start + offset, end=piece.end + offset))
        if piece.kind == "mark":
            break
    return found


def _array(text: str, pointer: str, root: Node | None) -> Node:
    node = find(root or parse(text), pointer)
    if node is None or node.kind != "array":
        raise ValueError(f"there is no array at {pointer}")
    return node


def insert_element(text: str, pointer: str, index: int, raw: str, root: Node | None = None) -> str:
    """The text with one more element in the array at the pointer; raises ValueError where there is no array."""
    return _insert(text, _array(text, pointer, root), index, None, raw)


def duplicate_element(text: str, pointer: str, index: int, root: Node | None = None) -> str:
    """The text with an element of the array at the pointer twice; raises ValueError where there is none."""
    array = _array(text, pointer, root)
    if not 0 <= index < len(array.children):
        raise ValueError(f"there is no element {index}")
    child = array.children[index]
    raw = child.raw(text)
    lead = _indent_of(text, child.first)
    plain = "\n".join(line.removeprefix(lead) if number else line for number, line in enumerate(raw.split("\n")))
    return _insert(text, array, index + 1, None, plain)


def move_element(text: str, pointer: str, index: int, to: int, root: Node | None = None) -> str:
    """The text with an element of the array at the pointer elsewhere; raises ValueError where there is none.

    What stands between the elements (commas, comments) stays where it is.
    """
    array = _array(text, pointer, root)
    places = array.children
    if not (0 <= index < len(places) and 0 <= to < len(places)):
        raise ValueError(f"there is no element {index} or {to}")
    low, high = min(index, to), max(index, to) + 1
    values = [child.raw(text) for child in places[low:high]]
    values.insert(to - low, values.pop(index - low))
    out: list[str] = []
    done = places[low].start
    for child, value in zip(places[low:high], values, strict=True):
        out += (text[done : child.start], value)
        done = child.end
    return text[: places[low].start] + "".join(out) + text[done:]
