"""Which part of a text has which colour. JSON is read by a small grammar of our own, because a body may hold comments and
`{{variables}}`, also within texts; everything else by Pygments, which is loaded when it is first needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pygments.lexer import Lexer

__all__ = ["Span", "json_spans", "spans"]


class Span(NamedTuple):
    """A part of a text: characters from `start`, and the theme's name of its colour."""

    start: int
    length: int
    token: str


_JSON = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))
  | (?P<variable>\{\{[^{}\n]*\}\})
  | (?P<string>"[^"\\\n]*(?:\\.[^"\\\n]*)*(?:"|(?=\n)|\Z))
  | (?P<number>-?[0-9][0-9.eE+-]*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<punct>[{}\[\],:])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_COLON = re.compile(r"\s*:")
_INNER_VARIABLE = re.compile(r"\{\{[^{}\n]*\}\}")
_TOKENS = {"comment": "faint", "variable": "violet", "number": "json_number", "punct": "json_punct", "other": "red"}
_WORDS = {"true": "violet", "false": "violet", "null": "violet"}
_HTTP = re.compile(r"(?m)^([\w!#$%&'*+.^`|~-]+)(:)")
_FAMILIES = (
    ("Token.Comment", "faint"),
    ("Token.Keyword", "violet"),
    ("Token.Name.Tag", "violet"),
    ("Token.Name.Attribute", "blue"),
    ("Token.Name.Function", "blue"),
    ("Token.Name.Builtin", "blue"),
    ("Token.Name.Class", "blue"),
    ("Token.Name.Variable", "amber"),
    ("Token.Literal.String", "json_string"),
    ("Token.Literal.Number", "json_number"),
    ("Token.Operator", "json_punct"),
    ("Token.Punctuation", "json_punct"),
)


def spans(language: str, text: str) -> list[Span]:
    """The coloured parts of a text in order; what lies between them has the plain colour. Never raises.

    Args:
        language: `json`, `http`, or an alias of a Pygments lexer; unknown ones have no colours.
    """
    if language == "json":
        return list(json_spans(text))
    if language == "http":
        return [Span(match.start(1), match.end(1) - match.start(1), "json_key") for match in _HTTP.finditer(text)]
    lexer = _lexer(language)
    if lexer is None:
        return []
    found: list[Span] = []
    for start, kind, part in lexer.get_tokens_unprocessed(text):
        token = _token(str(kind))
        if token and part.strip():
            found.append(Span(start, len(part), token))
    return found


def json_spans(text: str) -> Iterator[Span]:
    """The parts of JSON, however broken; comments and `{{variables}}` are part of it here."""
    for match in _JSON.finditer(text):
        kind = match.lastgroup or ""
        start, end = match.span()
        if kind == "space":
            continue
        if kind == "string":
            yield from _string(text, start, end)
        elif kind == "word":
            yield Span(start, end - start, _WORDS.get(match.group(), "red"))
        else:
            yield Span(start, end - start, _TOKENS[kind])


def _string(text: str, start: int, end: int) -> Iterator[Span]:
    token = "json_key" if _COLON.match(text, end) else "json_string"
    for variable in _INNER_VARIABLE.finditer(text, start, end):
        if variable.start() > start:
            yield Span(start, variable.start() - start, token)
        yield Span(variable.start(), variable.end() - variable.start(), "violet")
        start = variable.end()
    if end > start:
        yield Span(start, end - start, token)


@cache
def _token(kind: str) -> str:
    return next((token for family, token in _FAMILIES if kind == family or kind.startswith(family + ".")), "")


@cache
def _lexer(language: str) -> Lexer | None:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    if language in ("", "text"):
        return None
    try:
        # stripnl and the like would move every position.
        lexer: Lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
    return lexer
