"""A token as text: taken out of whatever was pasted, judged by its shape, shown without being shown. Pure."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, unquote, urlsplit

from komet_console.patterns import pattern
from komet_console.records import record
from komet_console.texts import said

__all__ = ["Cleaned", "clean_pasted", "ends", "shape_trouble", "shown"]

_SHORTEST_SHOWN = 16
"""Of a shorter value not even the ends are shown: they would be too much of it."""
_EXPECTED = pattern(r"[A-Za-z0-9._~+/=-]+")


@record
class Cleaned:
    """What was pasted, repaired, and what was done to it, each a sentence."""

    value: str
    repairs: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Cleaned(repairs={self.repairs!r})"


_NAMES = "authenticationToken|companyToken|authToken|access_token|apiKey|token"
_NAMED = pattern(
    rf"""(?<![A-Za-z0-9_-])(?P<name>{_NAMES})["']?\s*(?:=|:|%3D)\s*["']?(?P<value>[^\s"'&,;{{}}\\]+)""", re.IGNORECASE
)
_BEARER = pattern(r"(?:Authorization\s*:\s*)?(?:Bearer|Token)\s+(?P<value>\S+(?:\s*[\r\n]\s*\S+)*)", re.IGNORECASE)
_HEADER = pattern(rf"(?:-H|--header)\s+[\"']?(?:{_NAMES}|Authorization)\s*:\s*(?P<value>[^\"']+)", re.IGNORECASE)
_QUOTES = ('"', "'", "`", "“”", "‘’", "«»", "<>")
_INVISIBLE = pattern("[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u00ad]")


def clean_pasted(text: str) -> Cleaned:
    """The token in whatever was pasted: with blanks, quotes, line breaks or `Bearer `, as a parameter, URL, curl command or
    JSON. The value is empty where there is none."""
    repairs: list[str] = []
    visible = _INVISIBLE.sub("", text)
    if visible != text:
        repairs.append("Invisible characters were removed.")
    value = visible.strip()
    if value != visible:
        repairs.append("Blanks around it were removed.")
    found = _wrapped(value)
    if found is not None:
        value, repair = found
        repairs.append(repair)
    value, unquoted = _unquoted(value)
    if unquoted:
        repairs.append("Quotes around it were removed.")
    bearer = _BEARER.fullmatch(value)
    if bearer:
        value = bearer["value"]
        repairs.append("“Bearer” in front of it was removed.")
        value, _again = _unquoted(value)
    if re.search(r"\s", value):
        broken = bool(re.search(r"[\r\n]", value))
        value = "".join(value.split())
        repairs.append("Line breaks within it were removed." if broken else "Blanks within it were removed.")
    if re.search(r"%[0-9A-Fa-f]{2}", value):
        value = unquote(value)
        repairs.append("Its URL encoding was undone.")
    return Cleaned(value, tuple(dict.fromkeys(repairs)))


def _unquoted(value: str) -> tuple[str, bool]:
    done = False
    while len(value) >= 2:
        pair = next((one for one in _QUOTES if value[0] == one[0] and value[-1] == one[-1]), None)
        if pair is None:
            break
        value, done = value[1:-1].strip(), True
    return value, done


def _wrapped(text: str) -> tuple[str, str] | None:
    """The token within a command, an address, JSON or a parameter, with what is said about it."""
    if re.match(r"(?:\$\s+)?curl(?:\.exe)?\s", text):
        header = _HEADER.search(text)
        if header:
            return re.sub(
                r"(?i)^(?:Bearer|Token)\s+", "", header["value"].strip()
            ), "It was taken out of a curl command."
        named = _NAMED.search(text.replace('\\"', '"'))
        return (named["value"] if named else ""), "It was taken out of a curl command."
    if re.match(r"https?://", text, re.IGNORECASE):
        wanted = set(_NAMES.casefold().split("|"))
        pairs = parse_qsl(urlsplit("".join(text.split())).query)
        value = next((value for name, value in pairs if name.casefold() in wanted), "")
        return value, "It was taken out of an address."
    if text[:1] in "{[":
        return _in_json(text), "It was taken out of JSON."
    named = _NAMED.fullmatch(text.strip("\"'?& ,;")) or _NAMED.match(text.lstrip("\"'?& "))
    if named:
        return named["value"], said("“{name}” in front of it was removed.", name=named["name"])
    return None


def _in_json(text: str) -> str:
    try:
        waiting = [json.loads(text)]
    except (ValueError, RecursionError):
        named = _NAMED.search(text)
        return named["value"] if named else ""
    wanted = set(_NAMES.casefold().split("|"))
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, dict):
            for name, value in one.items():
                if name.casefold() in wanted and isinstance(value, str):
                    return value
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return ""


def ends(value: str) -> tuple[str, str]:
    """First and last four characters, all that is ever kept in clear; both empty where that would be too much of it."""
    return (value[:4], value[-4:]) if len(value) >= _SHORTEST_SHOWN else ("", "")


def shown(head: str, tail: str) -> str:
    """How a token is written wherever people see it."""
    return f"{head}…{tail}" if head else "•••"


def shape_trouble(value: str) -> tuple[str, ...]:
    """What is odd about a token's shape; none of it proves anything, the format is not documented."""
    found = []
    if not value:
        return ("It is empty.",)
    if re.search(r"\s", value):
        found.append("It holds blanks or line breaks.")
    strange = sorted({one for one in value if not _EXPECTED.fullmatch(one) and not one.isspace()})
    if strange:
        listed = " ".join(one if one.isprintable() else f"U+{ord(one):04X}" for one in strange[:5])
        found.append(said("It holds characters that tokens rarely have: {listed}", listed=listed))
    if len(value) < _SHORTEST_SHOWN:
        found.append(said("It has {count} characters only; part of it may be missing.", count=len(value)))
    elif len(value) > 500:
        found.append(said("It has {count} characters; more than the token may have been copied.", count=len(value)))
    return tuple(found)
