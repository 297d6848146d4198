"""The fields of a method as rows of a table, nested ones moved in. Escaped markup out, catalogue in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from komet_console.catalogue import Field, Method
from komet_console.gui.docs.markup import jump_link, mark, method_link, strong, table
from komet_console.gui.form.describing import type_of
from komet_console.gui.i18n import tr

__all__ = ["FieldRow", "answer_rows", "field_table", "matching", "request_rows"]

_STEP = 18
"""Pixels that each level of nesting moves a name in."""
_ROOTS = {"query": "/query", "header": "/headers", "body": "/body"}


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field in its place: `pointer` leads to it in the form (elements of lists: the first one), `path` for a reader."""

    field: Field
    depth: int
    pointer: str
    path: str


def _below(field: Field, root: str, path: str, depth: int) -> Iterator[FieldRow]:
    pointer = f"{root}/{field.name.replace('~', '~0').replace('/', '~1')}"
    own = f"{path}.{field.name}" if path else field.name
    yield FieldRow(field, depth, pointer, own)
    inside = f"{pointer}/0" if field.type == "array" else pointer
    inner = field.children or (field.element or field.entries or field).children
    for child in inner:
        yield from _below(child, inside, own, depth + 1)


def request_rows(method: Method) -> list[FieldRow]:
    """Every field that a caller can fill, wherever it travels."""
    return [row for field in method.input for row in _below(field, _ROOTS[field.location], "", 0)]


def answer_rows(method: Method) -> list[FieldRow]:
    """Every field of the answer."""
    return [row for field in method.answer for row in _below(field, "/answer", "", 0)]


def matching(rows: Sequence[FieldRow], query: str) -> list[FieldRow]:
    """The rows that hold every word of the query in name, meaning or values, and what they stand in."""
    words = query.casefold().split()
    kept: set[str] = set()
    for row in rows:
        field = row.field
        text = " ".join(
            (row.path, field.description, field.type, field.required_when, field.format, field.lookup)
            + tuple(f"{value.value} {value.meaning}" for value in field.values)
        ).casefold()
        if all(word in text for word in words):
            parts = row.path.split(".")
            kept.update(".".join(parts[: length + 1]) for length in range(len(parts)))
    return [row for row in rows if row.path in kept]


def field_table(rows: Sequence[FieldRow], *, linked: bool) -> str:
    """The rows as a table; `linked` names lead to the form."""
    made = []
    for row in rows:
        field = row.field
        name = (
            jump_link(row.pointer, field.name, bold=field.required)
            if linked
            else (strong(field.name) if field.required else escape(field.name))
        )
        made.append((name, f'<span class="muted">{escape(_type(field))}</span>', "<br>".join(_meaning(field))))
    columns = (tr("Name"), tr("Type"), tr("Meaning"))
    return table(columns, made, ("30%", "18%", "52%"), [row.depth * _STEP for row in rows])


def _type(field: Field) -> str:
    if field.spelling:
        return tr("{type}, {spelling}", type=type_of(field), spelling=field.spelling)
    return type_of(field)


def _meaning(field: Field) -> Iterator[str]:
    """Lines of markup."""
    if field.description:
        yield escape(field.description)
    if field.values:
        yield "<br>".join(
            f'<span class="code">{escape(one.value)}</span>&nbsp; <span class="muted">{escape(one.meaning)}</span>'
            for one in field.values
        )
    for part in (field.element, field.entries):
        if part is not None and part.description:
            yield escape(tr("Each: {description}", description=part.description))
    if facts := _facts(field):
        yield f'<span class="faint">{" · ".join(escape(fact) for fact in facts)}</span>'
    if field.documented_type:
        text = tr("The page calls it {type}; its own sample shows otherwise.", type=field.documented_type)
        yield f'<span class="faint">{escape(text)}</span>'
    if field.lookup:
        yield f'<span class="faint">{_named(tr("Valid values: {method}"), method=field.lookup)}</span>'
    if field.origin is not None:
        if field.origin.list:
            text = _named(tr("Made by {method}, listed by {list}"), method=field.origin.method, list=field.origin.list)
        else:
            text = _named(tr("Made by {method}"), method=field.origin.method)
        yield f'<span class="faint">{text}</span>'
    if field.inferred:
        yield mark(tr("inferred: not seen in the documentation"))
    elif field.inferred_parts:
        parts = ", ".join(_part_name(part) for part in field.inferred_parts)
        yield mark(tr("inferred, not documented: {parts}", parts=parts))


def _part_name(part: str) -> str:
    """A fact about a field in the user's language."""
    names = {
        "conditional": tr("when it is there"),
        "description": tr("meaning"),
        "format": tr("format"),
        "length": tr("length"),
        "lookup": tr("where valid values come from"),
        "origin": tr("where it comes from"),
        "place": tr("where it stands"),
        "required": tr("whether it is required"),
        "separator": tr("separator"),
        "type": tr("type"),
        "values": tr("values"),
    }
    return names.get(part, part)


def _named(text: str, **methods: str) -> str:
    """A translated sentence whose named places are methods: escaped, with links in them."""
    return escape(text).format(**{place: method_link(name) for place, name in methods.items()})


def _facts(field: Field) -> list[str]:
    facts = []
    if field.required:
        facts.append(tr("required"))
    if field.required_when:
        facts.append(tr("required when {condition}", condition=field.required_when))
    if field.location == "header":
        facts.append(tr("sent as a header"))
    if field.conditional:
        only = field.conditional.removeprefix("when ")
        said = tr("only there when {condition}", condition=only) if only != field.conditional else field.conditional
        facts.append(said)
    if field.separator:
        facts.append(tr("several values, separated by “{separator}”", separator=field.separator))
    if field.format:
        facts.append(tr("written as {format}", format=field.format))
    if field.key_format:
        facts.append(tr("keys written as {format}", format=field.key_format))
    if field.nullable:
        facts.append(tr("may be null"))
    if field.transactional:
        facts.append(tr("only with Transactional API Access"))
    return facts
