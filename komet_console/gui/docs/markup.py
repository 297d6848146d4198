"""Pieces of a documentation page as Qt's rich text. Everything that is not markup here is escaped.

Links name what they do: `method:customer.list`, `jump:/body/name`, or an address of the web.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from urllib.parse import quote

from komet_console.gui import theme
from komet_console.gui.text.highlighting import spans

__all__ = [
    "banner",
    "bullets",
    "code_block",
    "facts",
    "heading",
    "jump_link",
    "mark",
    "method_link",
    "note",
    "numbered",
    "paragraph",
    "strong",
    "style_sheet",
    "table",
    "web_link",
]


def style_sheet() -> str:
    """The page's style in the colours of the theme as it is now."""

    def ink(token: str) -> str:
        return theme.color(token).name()

    code = "font-family: 'JetBrains Mono', 'DejaVu Sans Mono'; font-size: 12px;"
    return f"""
        body, td {{ color: {ink("text")}; }}
        a {{ color: {ink("link")}; text-decoration: none; }}
        .title {{ font-size: 15px; font-weight: 600; margin: 22px 0 8px 0; }}
        .page-title {{ font-size: 20px; font-weight: 600; margin: 0 0 4px 0; }}
        .sub {{ font-weight: 600; margin: 12px 0 4px 0; }}
        .strong {{ font-weight: 600; }}
        p {{ margin: 0 0 8px 0; line-height: 140%; }}
        li {{ margin: 0 0 5px 0; line-height: 140%; }}
        .muted {{ color: {ink("muted")}; }}
        .faint {{ color: {ink("faint")}; font-size: 12px; }}
        .inferred {{ color: {ink("violet")}; font-size: 12px; }}
        .amber {{ color: {ink("amber")}; }}
        .code {{ {code} }}
        .head {{ color: {ink("muted")}; font-size: 12px; font-weight: 500; }}
        .GET {{ color: {ink("blue")}; {code} font-weight: 600; }}
        .POST {{ color: {ink("green")}; {code} font-weight: 600; }}
        .PUT, .PATCH {{ color: {ink("amber")}; {code} font-weight: 600; }}
        .DELETE {{ color: {ink("red")}; {code} font-weight: 600; }}
        .row {{ border-bottom: 1px solid {ink("line")}; }}
        pre {{ color: {ink("json_punct")}; {code} margin: 0; white-space: pre-wrap; }}
    """


def method_link(name: str, shown: str = "") -> str:
    """A method's name that opens it; `shown` where the name itself would repeat what stands beside it."""
    return f'<a href="method:{quote(name, safe="")}">{escape(shown or name)}</a>'


def jump_link(pointer: str, text: str, *, bold: bool) -> str:
    """A field's name that leads to the field in the form."""
    shown = strong(text) if bold else escape(text)
    # In the colour of text: a table of forty blue names would shout.
    return f'<a href="jump:{quote(pointer, safe="/")}">{_coloured(shown, "text")}</a>'


def web_link(address: str) -> str:
    """An address that the browser opens upon a click; anything but HTTPS is shown as text only."""
    shown = escape(address)
    return f'<a href="{shown}">{shown}</a>' if address.startswith("https://") else shown


def heading(text: str, anchor: str) -> str:
    """A section's heading that contents can lead to."""
    return f'<p class="title"><a name="{escape(anchor)}"></a>{escape(text)}</p>'


def paragraph(text: str, kind: str = "") -> str:
    """Plain text as a paragraph; `kind` is a class of the style sheet."""
    return f'<p class="{kind}">{escape(text)}</p>' if kind else f"<p>{escape(text)}</p>"


def strong(text: str) -> str:
    """Plain text in the heavier weight that the fonts have; `<b>` would be a weight that they lack."""
    return f'<span class="strong">{escape(text)}</span>'


def mark(text: str) -> str:
    """A short remark that something was not read in the documentation."""
    return f'<span class="inferred">{escape(text)}</span>'


def bullets(items: Iterable[str]) -> str:
    """Markup as a list."""
    return f"<ul style='margin: 0 0 8px 0; -qt-list-indent: 1'>{''.join(f'<li>{item}</li>' for item in items)}</ul>"


def numbered(items: Iterable[str]) -> str:
    """Markup as a list of steps."""
    return f"<ol style='margin: 0 0 8px 0; -qt-list-indent: 1'>{''.join(f'<li>{item}</li>' for item in items)}</ol>"


def _box(content: str, ground: str, edge: str, padding: int = 10) -> str:
    return (
        f'<table width="100%" cellspacing="0" cellpadding="{padding}" style="margin: 4px 0 10px 0"><tr>'
        f'<td width="3" style="background:{theme.color(edge).name()}; padding: 0"></td>'
        f'<td style="background:{theme.color(ground).name()}">{content}</td></tr></table>'
    )


def banner(text: str, tone: str = "amber") -> str:
    """A remark that must not be overlooked; markup. `tone` is amber, blue, violet or red."""
    return _box(text, f"{tone}bg", tone)


def note(text: str) -> str:
    """A quiet remark in the stream of text; markup."""
    return _box(text, "panel", "line2", 8)


def code_block(language: str, text: str) -> str:
    """Text in colours, on a panel."""
    parts, done = [], 0
    for span in spans(language, text):
        parts.append(escape(text[done : span.start]))
        done = span.start + span.length
        shown = escape(text[span.start : done])
        # The text around is punctuation; half of the elements less halve the time to read the page.
        parts.append(shown if span.token == "json_punct" else _coloured(shown, span.token))
    parts.append(escape(text[done:]))
    return (
        f'<table width="100%" cellspacing="0" cellpadding="10" style="margin: 4px 0 10px 0"><tr>'
        f'<td bgcolor="{theme.color("panel").name()}"><pre>{"".join(parts)}</pre></td></tr></table>'
    )


def _coloured(markup: str, token: str) -> str:
    # `font` and not `span`: a style attribute is parsed as CSS each time.
    return f'<font color="{theme.color(token).name()}">{markup}</font>'


def table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[str] = (), indents: Sequence[int] = ()
) -> str:
    """Rows of markup under headings (plain text), with a thin line under each row.

    `widths` are HTML widths of the columns, `indents` the pixels that the first cell of each row is moved in.
    """
    wide = [f' width="{width}"' if width else "" for width in widths] or [""] * len(columns)
    made = [
        '<table width="100%" cellspacing="0" cellpadding="5" style="border-collapse: collapse; margin: 0 0 10px 0">'
    ]
    if any(columns):
        cells = "".join(
            f'<td{width} class="row"><span class="head">{escape(column)}</span></td>'
            for width, column in zip(wide, columns, strict=True)
        )
        made.append(f"<tr>{cells}</tr>")
    for number, row in enumerate(rows):
        indent = indents[number] if indents else 0
        made.append("<tr>")
        for place, (width, cell) in enumerate(zip(wide, row, strict=True)):
            pad = f' style="padding-left: {5 + indent}px"' if indent and not place else ""
            made.append(f'<td{width} valign="top" class="row"{pad}>{cell}</td>')
        made.append("</tr>")
    made.append("</table>")
    return "".join(made)


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Labels (plain text) beside what they are (markup)."""
    rows = "".join(
        f'<tr><td width="22%" class="muted" valign="top">{escape(label)}</td><td width="78%">{content}</td></tr>'
        for label, content in pairs
    )
    return f'<table width="100%" cellspacing="0" cellpadding="4" style="margin: 0 0 10px -4px">{rows}</table>'
