"""Hides secrets in whatever is shown, logged or kept: URLs, headers, bodies, free text.

Two nets: the values that are known to be secret (as they are, percent-encoded, JSON-escaped), and every value that stands
behind a name that is known to hold one.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from urllib.parse import quote, quote_plus

from komet_console.exchange import jsonscan, jsontext
from komet_console.patterns import pattern
from komet_console.texts import Text

MASK = "•••"
SECRET_NAMES = (
    "authenticationToken",
    "companyToken",
    "access_token",
    "refresh_token",
    "token",
    "password",
    "passwd",
    "client_secret",
    "secret",
    "apiKey",
    "api_key",
    "api-key",
    "x-api-key",
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
)
"""Names of fields, parameters and headers whose value is never shown; compared without case."""
_FOLDED = frozenset(name.casefold() for name in SECRET_NAMES)
_STEMS = tuple(name for name in _FOLDED if not any(other != name and other in name for other in _FOLDED))
"""Every secret's name holds one of these: a text without them needs no search, which takes long where the text is."""
_LONGEST_HEAD = max(len(name) - len(stem) for name in _FOLDED for stem in _STEMS if stem in name)
"""How far before its stem a secret's name can begin."""
_HEADER_NAMES = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
_NAMES = "|".join(re.escape(name) for name in sorted(SECRET_NAMES, key=len, reverse=True))
_REFERENCE = r"(?!\s*(?:\{\{|%7B%7B))"
# name = value, "name": "value", \"name\": \"value\", name%3Dvalue, %22name%22%3A%22value%22
_BEHIND_NAME = pattern(
    rf"""(?:(?<![\w-])|(?<=%[0-9A-Fa-f]{{2}}))(?P<head>(?:{_NAMES})
        (?:\\*["']|%22|%27)?\s*(?:[:=]|%3A|%3D)(?:\s|%20|\+)*)
        (?:(?P<open>\\*["']|%22|%27){_REFERENCE}(?P<quoted>(?:(?!(?P=open))(?:\\.|[^\\\r\n]))*)
          |{_REFERENCE}(?P<plain>(?:(?:Bearer|Basic)\s+)?[^\s&,;"'<>(){{}}\[\]\\%]+(?:%(?!22|26|27|2C|7D)[0-9A-Fa-f]{{2}}[^\s&,;"'<>(){{}}\[\]\\%]*)*))""",
    re.VERBOSE | re.IGNORECASE,
)
# Every string of a JSON text; where it is the key of a plain value, with that value.
_VALUE = r'(?P<colon>\s*:\s*)(?P<value>"[^"\\]*(?:\\.[^"\\]*)*"|[^\s,\[\]{}"]+)'
_MEMBER = pattern(rf'(?P<key>"[^"\\]*(?:\\.[^"\\]*)*")(?:{_VALUE})?')
# The same for keys that need no decoding to be told.
_SECRET_MEMBER = pattern(rf'(?P<key>(?<!\\)"\s*(?:{_NAMES})\s*"){_VALUE}', re.IGNORECASE)
_USERINFO = pattern(r"(?P<head>\b[a-z][a-z0-9+.-]*://)[^/?#\s@\"']+@", re.IGNORECASE)


def _spellings(secret: str) -> set[str]:
    """All ways a value can be written in a URL, a form or JSON."""
    encoded = {quote(secret, safe=safe) for safe in ("", "/", "/:@!$&'()*+,;=~?")} | {quote_plus(secret)}
    lowered = {re.sub(r"%[0-9A-F]{2}", lambda match: match.group().lower(), text) for text in encoded}
    escaped = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    return {secret, *encoded, *lowered, *escaped, *(text.replace("/", "\\/") for text in escaped)}


@lru_cache(maxsize=32)
def _pattern(secrets: frozenset[str]) -> re.Pattern[str] | None:
    """What finds each of the values in whatever spelling; kept, for each call is masked in many places."""
    spellings = {spelling for secret in secrets for spelling in _spellings(secret)}
    ordered = sorted(spellings, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered))) if ordered else None


def _folded(text: str) -> str:
    """The text without case, each character where it was."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(one if len(low := one.lower()) != 1 else low for one in text)
    return lowered if lowered.isascii() else lowered.replace("\u017f", "s")


def _stems_in(text: str) -> list[int]:
    """Where the stems of secrets' names stand, in their order."""
    folded, found = _folded(text), []
    for stem in _STEMS:
        place = folded.find(stem)
        while place >= 0:
            found.append(place)
            place = folded.find(stem, place + 1)
    return sorted(found)


def _head(_text: str, done: int, place: int) -> range:
    return range(max(done, place - _LONGEST_HEAD), place + 1)


def _opening_quote(text: str, done: int, place: int) -> tuple[int, ...]:
    quote_at = text.rfind('"', done, place)
    return (quote_at,) if quote_at >= 0 else ()


def _near_stems(
    text: str,
    pattern: re.Pattern[str],
    begins: Callable[[str, int, int], Iterable[int]],
    hide: Callable[[re.Match[str]], str],
) -> str:
    """What `pattern.sub(hide, text)` gives for a pattern that begins with a secret's name.

    It is tried only around the stems of names: tried at every character it takes a second for a megabyte.

    Args:
        begins: Where a match for the stem at the last argument can begin, from the second one on.
    """
    out: list[str] = []
    done = 0
    for place in _stems_in(text):
        for start in begins(text, done, place):
            match = pattern.match(text, start)
            if match is not None:
                out += [text[done:start], hide(match)]
                done = match.end()
                break
    return "".join(out) + text[done:] if out else text


def is_secret_name(name: str) -> bool:
    """Whether a field, parameter or header of that name holds a secret."""
    return name.strip().casefold() in _FOLDED


@lru_cache(maxsize=2048)
def _is_secret_key(literal: str) -> bool:
    """Whether a JSON string, as it is written, names a secret; the same few names stand in every row of an answer."""
    return is_secret_name(json.loads(literal))


class Redactor:
    """Masks given secrets and everything behind a secret's name.

    Args:
        secrets: Values that must not show anywhere; shorter ones than four characters are left to their names, they
            would blot out half of every text.
    """

    def __init__(self, secrets: Iterable[str] = (), mask: str = MASK) -> None:
        self._known = _pattern(frozenset(secret for secret in secrets if len(secret) >= 4))
        self._mask = mask

    def known(self, text: str) -> str:
        """The text without the given secrets only."""
        if isinstance(text, Text):
            return text.changed(self.known)
        return self._known.sub(self._mask, text) if self._known else text

    def text(self, text: str) -> str:
        """Any text: a log line, a traceback, an error message, a URL, a form body, JSON or pieces of it."""
        if isinstance(text, Text):
            return text.changed(self.text)
        text = self.known(text)
        if "://" in text and "@" in text:
            text = _USERINFO.sub(rf"\g<head>{self._mask}@", text)
        return _near_stems(text, _BEHIND_NAME, _head, self._hide)

    def url(self, url: str) -> str:
        """A URL; its user information, secret parameters and known secrets are masked."""
        return self.text(url)

    def headers(self, headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Headers in their order."""
        return tuple((name, self.header(name, value)) for name, value in headers)

    def header(self, name: str, value: str) -> str:
        """The value of one header."""
        if is_secret_name(name) and not _is_reference(value):
            scheme = re.match(r"(?:Bearer|Basic)\s+", value, re.IGNORECASE)
            return (scheme.group() if scheme and name.casefold() in _HEADER_NAMES else "") + self._mask
        return self.text(value)

    def json(self, text: str) -> str:
        """JSON with every member of a secret's name masked, however its name is escaped; layout and numbers stay."""
        if jsonscan.is_plain(text):
            if "\\u" in text:  # a name may be spelled with escapes
                return self.text(_MEMBER.sub(self._hide_member, text))
            return self.text(_near_stems(text, _SECRET_MEMBER, _opening_quote, self._hide_member))
        out = []
        done = 0
        for member in jsontext.members(text, deep=True):
            start, end = member.value
            value = text[start:end]
            if start < done or not is_secret_name(member.name) or value in ("null", '""', "{", "["):
                continue
            if _is_reference(value.strip('"')):
                continue
            out += [text[done:start], json.dumps(self._mask, ensure_ascii=False)]
            done = end
        return self.text("".join(out) + text[done:])

    def body(self, body: bytes) -> bytes:
        """A body of any kind; bytes that are no UTF-8 text are searched for the known secrets only."""
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            return self.known(body.decode("latin-1")).encode("latin-1", "replace") if self._known else body
        stripped = text.lstrip("\ufeff \t\r\n")
        return (self.json(text) if stripped[:1] in ("{", "[") else self.text(text)).encode()

    def _hide_member(self, match: re.Match[str]) -> str:
        value = match["value"]
        if value is None or value in ("null", '""') or not _is_secret_key(match["key"]):
            return match.group()
        if _is_reference(value.strip('"')):
            return match.group()
        return f"{match['key']}{match['colon']}{json.dumps(self._mask, ensure_ascii=False)}"

    def _hide(self, match: re.Match[str]) -> str:
        opening = match["open"] or ""
        if (match["quoted"] if opening else match["plain"]) in ("", None, "null"):
            return match.group()
        return f"{match['head']}{opening}{self._mask}"


def _is_reference(value: str) -> bool:
    return value.strip().startswith("{{") and value.strip().endswith("}}")


class RedactingFilter(logging.Filter):
    """For handlers: masks message, arguments and traceback of every record that passes."""

    def __init__(self, redactor: Redactor | None = None) -> None:
        super().__init__()
        self.redactor = redactor or Redactor()

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True; the record is rewritten in place."""
        record.msg = self.redactor.text(record.getMessage())
        record.args = ()
        if record.exc_info:
            record.exc_text = self.redactor.text(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        if record.stack_info:
            record.stack_info = self.redactor.text(record.stack_info)
        return True


class _WarningsOnly(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING


def quiet_http_logs() -> None:
    """Silence the HTTP library below warnings: it logs whole URLs (INFO) and headers (DEBUG), tokens included."""
    for name in ("httpx", "httpcore", "httpcore.connection", "httpcore.http11", "httpcore.proxy", "httpcore.socks"):
        logger = logging.getLogger(name)
        if not any(isinstance(one, _WarningsOnly) for one in logger.filters):
            logger.addFilter(_WarningsOnly())
