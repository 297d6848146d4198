"""What a form says about a field beside its control, in words. No Qt."""

from __future__ import annotations

from html import escape

from komet_console.catalogue import Field
from komet_console.gui.i18n import tr

__all__ = ["is_flag", "meta_of", "tooltip_of", "type_of"]

_YES_NO = frozenset({"yes", "no"})


def is_flag(field: Field) -> bool:
    """Whether a field is a plain yes or no; one whose two values mean something else is a choice."""
    meanings = {value.meaning for value in field.values}
    if field.type == "boolean":
        return meanings <= _YES_NO
    return {value.value for value in field.values} == {"0", "1"} and meanings == _YES_NO


def type_of(field: Field) -> str:
    """`integer · 20`, `decimal · 10,2`, `date`, `list of strings`."""
    if field.type == "array" and field.element is not None:
        return tr("list of {type}", type=field.element.type)
    if field.length is None:
        return field.type
    digits = field.length if field.decimals is None else f"{field.length},{field.decimals}"
    return f"{field.type} · {digits}"


def _sentences(field: Field) -> list[str]:
    found = []
    if field.required_when:
        found.append(tr("required when {condition}", condition=field.required_when))
    if field.description:
        found.append(field.description)
    return found


def meta_of(field: Field) -> str:
    """The quiet line beside a control: type, condition, meaning."""
    return "   ".join([type_of(field), *_sentences(field)])


def tooltip_of(field: Field) -> str:
    """Everything there is to say about a field, as rich text that wraps."""
    notes = []
    if field.required:
        notes.append(tr("Required."))
    if field.inferred:
        notes.append(tr("Inferred: nobody has read this field in the documentation."))
    elif field.inferred_parts:
        notes.append(tr("Inferred, not documented: {parts}.", parts=", ".join(field.inferred_parts)))
    if field.transactional:
        notes.append(tr("Needs a token with Transactional API Access."))
    if field.type == "file":
        notes.append(tr("How the file is to be encoded is not documented."))
    if field.separator:
        notes.append(tr("Several values are separated by “{separator}”.", separator=field.separator))
    if field.format:
        notes.append(tr("Written as {format}.", format=field.format))
    if field.lookup:
        notes.append(tr("{method} answers with valid values.", method=field.lookup))
    lines = [escape(line) for line in (type_of(field), *_sentences(field), *notes)]
    return f"<p><b>{escape(field.name)}</b><br>{'<br>'.join(lines)}</p>"
