"""What an answer's body is, whatever its content type says. Needs no Qt."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Literal

from komet_console.exchange import Response, find_error
from komet_console.gui.i18n import tr

__all__ = ["Content", "ContentKind", "decoded", "hex_dump", "recognise"]

ContentKind = Literal["empty", "json", "html", "xml", "text", "image", "pdf", "binary"]
_MAGIC: tuple[tuple[bytes, ContentKind, str, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image", "PNG", "png"),
    (b"\xff\xd8\xff", "image", "JPEG", "jpg"),
    (b"GIF8", "image", "GIF", "gif"),
    (b"BM", "image", "BMP", "bmp"),
    (b"%PDF-", "pdf", "PDF", "pdf"),
    (b"PK\x03\x04", "binary", "ZIP", "zip"),
    (b"\x1f\x8b", "binary", "gzip", "gz"),
)
_CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)
_HTML = re.compile(r"(?is)\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b")
_XML = re.compile(r"(?s)\s*(?:<\?xml|<[A-Za-z_][\w:.-]*[\s/>])")
_HEX_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Content:
    """A body as what it is."""

    kind: ContentKind
    name: str
    """For a person: JSON, HTML, PNG, ..."""
    suffix: str
    """Of a file that holds it, without the dot."""
    text: str = ""
    """Decoded; empty for what is no text."""
    remark: str = ""
    """A sentence where the answer is not what it says; else empty."""


def decoded(body: bytes, content_type: str) -> str | None:
    """The body as text; None where it is none. UTF-8 first, then what the content type names, then Windows Latin 1."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    if b"\0" in body[:4096]:
        return None
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A last character that is cut in half does not make a text binary.
        if error.reason == "unexpected end of data" and error.start > len(body) - 4:
            return body.decode("utf-8-sig", "replace")
    named = _CHARSET.search(content_type)
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in body[:4096])
    if named is None and controls * 20 > min(len(body), 4096):
        return None
    try:
        return body.decode(named.group(1) if named else "cp1252", "replace")
    except LookupError:
        return body.decode("cp1252", "replace")


def recognise(body: bytes, response: Response) -> Content:
    """What the body is. For big ones off the window's thread."""
    stated = (response.header("content-type") or "").partition(";")[0].strip().casefold()
    content_type = response.header("content-type") or ""
    if not body:
        return Content("empty", tr("no body"), "txt")
    for magic, kind, name, suffix in _MAGIC:
        if body.startswith(magic) and (kind != "image" or suffix != "bmp" or "image" in stated):
            return Content(kind, name, suffix, "", _remark(kind, name, stated))
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return Content("image", "WebP", "webp", "", _remark("image", "WebP", stated))
    text = decoded(body, content_type)
    if text is None:
        return Content("binary", tr("binary data"), "bin", "", _remark("binary", tr("binary data"), stated))
    kind, name, suffix = _of_text(text, stated)
    # What was cut off cannot be held against what it says of itself.
    remark = "" if response.truncated else _remark(kind, name, stated)
    if kind == "text" and "json" in stated and remark and (error := find_error(text)) is not None:
        remark = tr(
            "It says it is JSON, but it is not: {why} (line {line}, column {column})",
            why=tr(error.message),
            line=error.line,
            column=error.column,
        )
    return Content(kind, name, suffix, text, remark)


def _of_text(text: str, stated: str) -> tuple[ContentKind, str, str]:
    first = text[:200].lstrip("\ufeff \t\r\n")[:1]
    if (first in ("{", "[") or (first and "json" in stated)) and _is_json(text):
        return "json", "JSON", "json"
    if first == "<":
        if _HTML.match(text[:4096]) or "html" in stated:
            return "html", "HTML", "html"
        if _XML.match(text[:4096]) or "xml" in stated:
            return "xml", "XML", "xml"
    return "text", tr("text"), "csv" if "csv" in stated else "txt"


def _is_json(text: str) -> bool:
    try:
        json.loads(
            text.removeprefix("\ufeff"),
            parse_int=_nothing,
            parse_float=_nothing,
            parse_constant=_refuse,
            object_pairs_hook=_nothing,
        )
    except (ValueError, RecursionError):
        return False
    return True


def _nothing(_part: object) -> None:
    """Nobody asks for the values, so none is kept; and Python refuses to read very long numbers."""


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _remark(kind: ContentKind, name: str, stated: str) -> str:
    said = (
        "json" if "json" in stated else "html" if "html" in stated else "xml" if "xml" in stated else
        "image" if stated.startswith("image/") else "pdf" if "pdf" in stated else
        "text" if stated.startswith("text/") else ""
    )  # fmt: skip
    if not stated:
        return tr("It does not say what it is; it is {name}.", name=name)
    fits = not said or said == kind or (said == "xml" and kind == "html") or (kind == "text" and said == "xml")
    return "" if fits else tr("It says it is {stated}, but it is {name}.", stated=stated, name=name)


def hex_dump(body: bytes) -> str:
    """The first 256 KiB as offset, 16 bytes and their characters a line."""
    lines = []
    for start in range(0, min(len(body), _HEX_BYTES), 16):
        row = body[start : start + 16]
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        lines.append(f"{start:08x}  {row[:8].hex(' '):<23}  {row[8:].hex(' '):<23}  {shown}")
    return "\n".join(lines)
