"""JSON text as a tree of places, so that an edit changes only the characters it must.

Key order, number spelling, unknown keys, `{{variables}}` and comments stay as they were written; a new member takes on the
indentation of its surroundings. Pointers are JSON pointers (RFC 6901) below the outermost value: "" is the value itself,
`/items/0/price` a member. Where a name is given twice the last one counts, as it does for servers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

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


@dataclass(slots=True, eq=False)
class Node:
    """One value and where it stands: character offsets of the value, and of the key in front of it."""

    kind: NodeKind
    start: int
    end: int
    name: str | None = None
    """Name of the member; None for elements and for the outermost value."""
    key: tuple[int, int] | None = None
    children: list[Node] = field(default_factory=list)

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


def parse(text: str) -> Node | None:
    """The text as a tree; None where it is no JSON (with comments and variables)."""
    if find_error(text):
        return None
    stack: list[Node] = []
    pending: tuple[str, tuple[int, int]] | None = None
    last_string: tuple[str, tuple[int, int]] | None = None
    root: Node | None = None
    for piece in pieces(text):
        if piece.kind in ("space", "comment") or piece.text == ",":
            continue
        if piece.text == ":" and stack and stack[-1].children and stack[-1].kind == "object" and last_string:
            # What looked like a value was a key.
            stack[-1].children.pop()
            pending, last_string = last_string, None
            continue
        if piece.text in ("}", "]"):
            stack.pop().end = piece.end
            continue
        kind: NodeKind
        if piece.kind == "mark":
            kind = "object" if piece.text == "{" else "array"
        elif piece.kind in ("string", "number", "word", "variable"):
            kind = piece.kind
        else:
            return None
        name, key = pending or (None, None)
        node = Node(kind, piece.start, piece.end, name, key)
        last_string = None
        if kind == "string" and not pending and stack and stack[-1].kind == "object":
            last_string = (json.loads(piece.text), (piece.start, piece.end))
        pending = None
        if stack:
            stack[-1].children.append(node)
        else:
            root = node
        if piece.kind == "mark":
            stack.append(node)
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


def set_value(text: str, pointer: str, raw: str, order: Sequence[str] = ()) -> str:
    """The text with another value at the pointer; missing parents and members are made.

    Args:
        raw: JSON text of the value.
        order: Names in the order that new members of the innermost object should stand in.

    Raises:
        ValueError: The text is no JSON, or the pointer leads through a plain value or past the end of an array.
    """
    root = parse(text) if text.strip() else None
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


def remove(text: str, pointer: str) -> str:
    """The text without a member or an element (all members of that name); unchanged where there is none."""
    *above, name = _parts(pointer)
    while True:
        root = parse(text)
        parent = find(root, "".join(f"/{escape(part)}" for part in above))
        child = parent.child(name) if parent else None
        if parent is None or child is None:
            return text
        text = _without(text, parent, parent.children.index(child))
        if parent.kind == "array":
            return text


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


def _array(text: str, pointer: str) -> Node:
    node = find(parse(text), pointer)
    if node is None or node.kind != "array":
        raise ValueError(f"there is no array at {pointer}")
    return node


def insert_element(text: str, pointer: str, index: int, raw: str) -> str:
    """The text with one more element in the array at the pointer; raises ValueError where there is no array."""
    return _insert(text, _array(text, pointer), index, None, raw)


def duplicate_element(text: str, pointer: str, index: int) -> str:
    """The text with an element of the array at the pointer twice; raises ValueError where there is none."""
    array = _array(text, pointer)
    if not 0 <= index < len(array.children):
        raise ValueError(f"there is no element {index}")
    child = array.children[index]
    raw = child.raw(text)
    lead = _indent_of(text, child.first)
    plain = "\n".join(line.removeprefix(lead) if number else line for number, line in enumerate(raw.split("\n")))
    return _insert(text, array, index + 1, None, plain)


def move_element(text: str, pointer: str, index: int, to: int) -> str:
    """The text with an element of the array at the pointer elsewhere; raises ValueError where there is none.

    What stands between the elements (commas, comments) stays where it is.
    """
    array = _array(text, pointer)
    values = [child.raw(text) for child in array.children]
    if not (0 <= index < len(values) and 0 <= to < len(values)):
        raise ValueError(f"there is no element {index} or {to}")
    values.insert(to, values.pop(index))
    for child, value in reversed(list(zip(array.children, values, strict=True))):
        text = text[: child.start] + value + text[child.end :]
    return text
