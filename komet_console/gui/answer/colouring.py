"""The colours of one line of a document, for the part of it that is seen.

A line of laid-out JSON has one shape, so it is read by itself, however long it is. Markup needs its whole text to be
read; it is coloured once, and only while it is short.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from komet_console.gui.answer.layout import Document

__all__ = ["LineSpans", "json_spans", "line_spans", "markup_spans"]

LineSpans = list[tuple[int, int, str]]
"""Begin and end (columns) and colour token of each part of a line that is not plain."""

_JSON = re.compile(r'\s*(?:(?P<key>"[^"\\]*(?:\\.[^"\\]*)*")(?P<colon>: ))?(?P<rest>.?)', re.DOTALL)
_HEADER = re.compile(r"([\w!#$%&'*+.^`|~-]+)(: )")
_MOST = 200_000


def json_spans(line: str) -> LineSpans:
    """The parts of a line that `json_document` made."""
    match = _JSON.match(line)
    if match is None:
        return []
    found: LineSpans = []
    if match["key"]:
        found += [(*match.span("key"), "json_key"), (*match.span("colon"), "json_punct")]
    first, start, end = match["rest"], match.start("rest"), len(line)
    if first and first in "{}[]":
        return [*found, (start, end, "json_punct")]
    value_end = end - 1 if line.endswith(",") else end
    token = "json_string" if first == '"' else "violet" if first in ("t", "f", "n") else "json_number"
    found.append((start, value_end, token))
    if value_end < end:
        found.append((value_end, end, "json_punct"))
    return found


def line_spans(document: Document, number: int, markup: Mapping[int, LineSpans]) -> LineSpans:
    """The parts of one line; `markup` is what `markup_spans` found."""
    if document.language == "json":
        return json_spans(document.line(number))
    if document.language == "http":
        header = _HEADER.match(document.line(number))
        return [(*header.span(1), "json_key"), (*header.span(2), "json_punct")] if header else []
    return markup.get(number, [])


def markup_spans(document: Document) -> dict[int, LineSpans]:
    """The coloured parts of HTML or XML by line; empty for other languages and for long texts."""
    if document.language not in ("html", "xml") or len(document.text) > _MOST:
        return {}
    from komet_console.gui.text.highlighting import spans  # knows pygments; only when markup is shown

    found: dict[int, LineSpans] = {}
    for span in spans(document.language, document.text):
        start, end = span.start, span.start + span.length
        line = document.line_at(start)
        while start < end and line < document.lines:
            begins = document.starts[line]
            stop = min(end, document.end(line))
            if stop > start:
                found.setdefault(line, []).append((start - begins, stop - begins, span.token))
            line += 1
            start = max(start, document.starts[line])
    return found
