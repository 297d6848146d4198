"""Takes secrets out of a draft and leaves references (`{{token}}`, `{{password}}`) in their places.

What is written to a file, imported or pasted passes here first. Values of secret names count wherever they stand: in the
URL's parameters, headers, form rows, JSON however deep, and in text that only resembles JSON.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace

from komet_console.exchange import Body, Draft, Pair, is_secret_name, jsonscan
from komet_console.exchange.jsontext import members
from komet_console.patterns import pattern
from komet_console.records import field, record

__all__ = [
    "TOKEN_NAMES",
    "FoundSecret",
    "TakenOut",
    "Taker",
    "is_reference",
    "is_secret",
    "is_secret_variable",
    "reference",
    "take_out",
    "variable_name",
]

TOKEN_NAMES = frozenset({"authenticationtoken", "companytoken", "authtoken"})
"""Names under which the API takes a token, without case."""
_REFERENCE = pattern(r"\s*(?:[A-Za-z-]{1,20}\s+|[\w.-]{1,64}=)?\{\{[^{}]+\}\}\s*")
_SCHEME = pattern(r"(Bearer|Basic|Token)\s+(.+)", re.IGNORECASE | re.DOTALL)
_FORM = pattern(r"(?P<head>[&?](?P<name>[A-Za-z_-]{1,40})=)(?P<value>[^&\s\"'<>{}]+)")
"""A row of a form; its first row is found where the text is given a `&` in front."""
_BROKEN = pattern(r'(?P<head>"(?P<name>[A-Za-z_-]{1,40})"\s*:\s*)"(?P<value>[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*)"')

_WORD = pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_LAST_WORDS = (["token"], ["password"], ["passwd"], ["secret"], ["apikey"], ["jwt"], ["api", "key"], ["access", "key"])


@record
class FoundSecret:
    """A secret that was written out, with the name of the variable that stands in its place now."""

    name: str
    """Name of the reference, without braces: `token`, `password`, ..."""
    value: str = field(repr=False)
    place: str = ""
    """Where it stood, for people: `URL parameter authenticationToken`."""
    environment: str = ""
    """The name of the environment whose variable it was; others may have a secret of the same name."""


@record
class TakenOut:
    """A draft without secrets, and what was taken out of it, each value once."""

    draft: Draft
    secrets: tuple[FoundSecret, ...] = ()

    @property
    def token(self) -> str | None:
        """The value that `{{token}}` stands for now; None where there was none."""
        return next((one.value for one in self.secrets if one.name == "token"), None)


def reference(name: str) -> str:
    """The text that stands for a variable."""
    return "{{" + name + "}}"


def is_reference(value: str) -> bool:
    """Whether a value is nothing but a reference, with `Bearer` and its like or a cookie's name in front."""
    return bool(_REFERENCE.fullmatch(value))


def variable_name(name: str) -> str:
    """The variable for a secret of a field, parameter or header: `token` for all places of the API's token."""
    if name.casefold() in TOKEN_NAMES or name.casefold() == "token":
        return "token"
    words = re.split(r"[^A-Za-z0-9]+", name)
    first, *rest = [word for word in words if word] or ["secret"]
    return first[:1].lower() + first[1:] + "".join(word[:1].upper() + word[1:] for word in rest)


def is_secret(name: str) -> bool:
    """Whether a field, parameter, header or variable of that name holds a secret."""
    return is_secret_name(name) or name.strip().casefold() in TOKEN_NAMES


def is_secret_variable(name: str) -> bool:
    """Whether a variable of that name holds a secret: people name their own, such as `prodToken` or `KOMET_API_KEY`."""
    words = [word.casefold() for word in _WORD.findall(name)]
    return is_secret(name) or words[-1:] in _LAST_WORDS or words[-2:] in _LAST_WORDS


class Taker:
    """Takes secrets out of many things; the same value gets the same reference everywhere."""

    def __init__(self) -> None:
        self.found: list[FoundSecret] = []

    def take(self, name: str, value: str, place: str, *, header: bool = False) -> str:
        """The value with its secret replaced."""
        if not value.strip() or not is_secret(name) or is_reference(value):
            return value
        scheme = _SCHEME.fullmatch(value.strip()) if header else None
        secret = scheme[2] if scheme else value
        wanted = variable_name(name)
        if scheme and scheme[1].casefold() != "basic":
            wanted = "token"
        known = self.add(wanted, secret, f"{place} {name}")
        return (f"{scheme[1]} " if scheme else "") + reference(known.name)

    def add(self, wanted: str, secret: str, place: str) -> FoundSecret:
        """Keep a secret under a name, with a number where the name belongs to another one."""
        known = next((one for one in self.found if one.value == secret), None)
        if known is None:
            taken = {one.name for one in self.found}
            own, number = wanted, 2
            while own in taken:
                own = f"{wanted}{number}"
                number += 1
            known = FoundSecret(own, secret, place)
            self.found.append(known)
        return known

    def add_of_environment(self, variable: str, secret: str, environment: str) -> None:
        """Keep a secret of an environment, under the name that requests know."""
        made = FoundSecret(variable, secret, f"environment {environment}", environment)
        if made not in self.found:
            self.found.append(made)

    def rows(self, pairs: tuple[Pair, ...], place: str, *, header: bool = False) -> tuple[Pair, ...]:
        """The rows with their secrets replaced."""
        return tuple(replace(one, value=self.take(one.name, one.value, place, header=header)) for one in pairs)

    def variables(self, rows: tuple[Pair, ...]) -> tuple[Pair, ...]:
        """The variables with their secrets replaced; requests refer to them, so a secret has its variable's name."""
        return tuple(replace(one, value=self._variable(one)) for one in rows)

    def _variable(self, row: Pair) -> str:
        if not row.value.strip() or not is_secret_variable(row.name) or is_reference(row.value):
            return row.value
        wanted = "token" if variable_name(row.name) == "token" else row.name
        return reference(self.add(wanted, row.value, f"variable {row.name}").name)

    def draft(self, draft: Draft) -> Draft:
        """The draft with its secrets replaced."""
        return replace(
            draft,
            query=self.rows(draft.query, "URL parameter"),
            headers=self.rows(draft.headers, "header", header=True),
            body=self.body(draft.body),
        )

    def body(self, body: Body) -> Body:
        """The body with its secrets replaced."""
        pairs = self.rows(body.pairs, "form field")
        return replace(body, pairs=pairs, text=self.text(body.text) if body.text else "")

    def text(self, text: str) -> str:
        """JSON, or text that resembles it, with its secrets replaced."""
        if _has_no_secret_member(text):
            return self._form(text)
        out: list[str] = []
        done = 0
        for member in members(text, deep=True):
            start, end = member.value
            raw = text[start:end]
            if start < done or raw[:1] in "{[" or raw == "null" or not is_secret(member.name):
                continue
            value = json.loads(raw) if raw.startswith('"') else raw
            taken = self.take(member.name, str(value), "member")
            if taken != str(value):
                out += [text[done:start], json.dumps(taken, ensure_ascii=False)]
                done = end
        if out:
            return "".join(out) + text[done:]
        return self._form(_BROKEN.sub(self._broken, text))

    def _form(self, text: str) -> str:
        return _FORM.sub(self._in_form, "&" + text)[1:]

    def _in_form(self, match: re.Match[str]) -> str:
        """A secret in a form that is written as text."""
        return match["head"] + self.take(match["name"], match["value"], "form field")

    def _broken(self, match: re.Match[str]) -> str:
        """A secret in text that is no JSON (yet)."""
        value = match["value"]
        taken = self.take(match["name"], value, "member")
        return match.group() if taken == value else f'{match["head"]}"{taken}"'


def _has_no_secret_member(text: str) -> bool:
    """Whether a text is JSON whose members hold no secret; it is found at once, among tens of thousands, too."""
    if not jsonscan.is_plain(text):
        return False
    found = jsonscan.all_members(text)
    secret = {name for name in {name for name, _ in found} if is_secret(name)}
    return all(
        name not in secret or value is None or isinstance(value, list) or is_reference(str(value))
        for name, value in found
    )


def take_out(draft: Draft) -> TakenOut:
    """The draft with every written secret replaced by a reference; the same draft where there is none."""
    taker = Taker()
    made = taker.draft(draft)
    return TakenOut(made if taker.found else draft, tuple(taker.found))
