"""Insomnia's templates: references to variables become this program's, its tags where there is the same thing here.

    {{ _.shop.url }} {{ _['base-url'] }} {{ _.rows[0] }}     {{shop.url}} {{base-url}} {{rows.0}}
    {% uuid 'v4' %} {% now 'unix' %} {% now 'iso-8601' %}    {{$uuid}} {{$timestamp}} {{$now|...}}

Everything else stays as it is written; `left` names it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from komet_console.interchange.imports import text_of

__all__ = ["flat", "left", "translated", "variable_name"]

_STEP = r"""\.\s*([^\W\d][\w$-]*)|\[\s*(?:"([^"{}]+)"|'([^'{}]+)'|(\d+))\s*\]"""
_STEPS = re.compile(_STEP)
_ALL_STEPS = re.sub(r"\((?!\?)", "(?:", _STEP)
_REFERENCE = re.compile(r"\{\{-?\s*(?P<head>[^\W\d][\w$-]*)(?P<steps>(?:" + _ALL_STEPS + r")*)\s*-?\}\}")
# None of these looks at a place twice, however long a text of opened braces is.
_TAG = re.compile(r"\{%-?\s*(?P<name>\w+)(?P<options>(?:(?!\{%|%\}).)*)%\}", re.DOTALL)
_LEFT = re.compile(r"\{%(?:(?!\{%|%\}).)*%\}|\{\{[^{}]*\}\}", re.DOTALL)
_KNOWN = re.compile(r"\{\{(?:\$[^{}]+|[A-Za-z_][\w.-]*)\}\}")
_NOW = "{{$now|%Y-%m-%dT%H:%M:%SZ|UTC}}"
_TAGS = {
    ("uuid", ""): "{{$uuid}}",
    ("uuid", "v4"): "{{$uuid}}",
    ("faker", "guid"): "{{$uuid}}",
    ("timestamp", ""): "{{$timestamp}}",
    ("now", "unix"): "{{$timestamp}}",
    ("now", "iso-8601"): _NOW,
    ("now", ""): _NOW,
}
_MOST_ROWS = 100
"""Rows of a list that get a variable each."""
_DEEPEST = 8


def variable_name(name: str) -> str:
    """A name as variables have it here: letters, digits and `_.-`, no digit in front."""
    made = re.sub(r"[^\w.-]+", "_", name)
    return made if re.match(r"[A-Za-z_]", made) else f"_{made}"


def translated(text: str) -> str:
    """A text with its templates as this program writes them."""
    if "{{" in text:
        text = _REFERENCE.sub(_reference, text)
    return _TAG.sub(_tag, text) if "{%" in text else text


def left(text: str) -> list[str]:
    """The templates of a translated text that nothing here works out, each once."""
    if "{{" not in text and "{%" not in text:
        return []
    return list(dict.fromkeys(one for one in _LEFT.findall(text) if not _KNOWN.fullmatch(one)))


def flat(value: dict[str, Any], above: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """The variables of an environment's data: what lies deeper has the names on the way, with dots between."""
    for key, one in value.items():
        name = f"{above}.{key}" if above else key
        if not key.strip():
            # Insomnia keeps rows without a name; nothing can refer to them.
            continue
        if isinstance(one, dict) and depth < _DEEPEST:
            yield from flat(one, name, depth + 1)
            continue
        whole = json.dumps(one, ensure_ascii=False) if isinstance(one, (dict, list)) else text_of(one)
        yield variable_name(name), translated(whole)
        if isinstance(one, list) and depth < _DEEPEST:
            yield from flat({str(number): row for number, row in enumerate(one[:_MOST_ROWS])}, name, depth + 1)


def _reference(match: re.Match[str]) -> str:
    steps = [next(part for part in one.groups() if part is not None) for one in _STEPS.finditer(match["steps"])]
    if match["head"] != "_":
        steps.insert(0, match["head"])
    return "{{" + variable_name(".".join(steps)) + "}}" if steps else match.group()


def _tag(match: re.Match[str]) -> str:
    options = [one.strip().strip("'\"").strip() for one in match["options"].removesuffix("-").split(",")]
    if any(options[1:]):
        return match.group()
    return _TAGS.get((match["name"], options[0]), match.group())
