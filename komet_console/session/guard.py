"""What is asked before a call: by what it does, in business words, made from the request and from answers already seen.

Reads are free. Writes ask on careful environments, deletes and voids want a word typed, read-only ones refuse. The first call
of a start to a real Komet, and that of a reopened tab, shows where it goes. Nothing here sends anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import urlsplit

from komet_console.catalogue import Catalogue, Field, Method
from komet_console.catalogue.calls import read_json
from komet_console.errors import UserError
from komet_console.exchange import Draft, is_secret_name, strip_comments
from komet_console.exchange.building import is_loopback
from komet_console.records import record
from komet_console.session.seen import Known, Seen, singular, stem_of
from komet_console.texts import said
from komet_console.workspace.environments import SANDBOX, StoredEnvironment

__all__ = ["Guard", "Question", "Refusal", "counts_as_write", "is_final", "is_real"]

MOST_LINES = 12
_EXEMPT = frozenset({"login"})
"""Changes nothing but hands out a token."""
_JOINTS = "of|to|from|as|in|on|with|has|have"
"""Words that end a noun in a method's title: "Delete a line of a prebook"."""
_PARTIES = frozenset({"customer", "vendor"})
QuestionKind = Literal["first-call", "write", "delete"]


@record
class Question:
    """What to ask before a call."""

    kind: QuestionKind
    title: str
    """`Void invoice 318402, Petal & Stem Wholesale`."""
    lines: tuple[str, ...]
    """What the request says, where it goes, with which token."""
    button: str
    """The verb: `Void`, `Create`, `Send`."""
    typed_word: str = ""
    """What has to be typed first; empty: nothing."""
    other_words: tuple[str, ...] = ()
    """What may be typed instead."""
    fee: str = ""
    """A sentence; empty where there is no fee."""

    def accepts(self, typed: str) -> bool:
        """Whether what was typed is enough to go on."""
        if not self.typed_word:
            return True
        words = " ".join(typed.split()).casefold()
        return words in {" ".join(word.split()).casefold() for word in (self.typed_word, *self.other_words)}


@record
class Refusal:
    """The call is not made at all."""

    message: str
    hint: str

    def as_error(self) -> UserError:
        """The same as an exception."""
        return UserError(self.message, self.hint)


def counts_as_write(draft: Draft, method: Method | None) -> bool:
    """Whether a call has to be taken for one that changes data: by effect; unknown methods and overridden addresses do."""
    if method is None:
        return True
    moved = draft.path is not None and draft.path.strip("/") != method.path.strip("/")
    turned = draft.verb is not None and draft.verb.strip().upper() != method.verb
    return moved or turned or (method.effect != "read" and method.name not in _EXEMPT)


def is_final(draft: Draft, method: Method | None) -> bool:
    """Whether what it does cannot be undone by another call: deletes and voids."""
    if draft.verb is not None and draft.verb.strip().upper() == "DELETE":
        return True
    if method is None:
        return False
    return method.effect == "delete" or bool(re.match(r"(?i)(?:void|cancel|delete)\b", method.summary.title))


def is_real(environment: StoredEnvironment) -> bool:
    """Whether calls leave this machine."""
    return environment.id != SANDBOX and not is_loopback(urlsplit(environment.base_url).hostname or "")


class Guard:
    """Knows which environments were confirmed in this start, and what answers said in each."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._confirmed: set[str] = set()
        self._seen: dict[str, Seen] = {}

    def seen(self, environment: str) -> Seen:
        """The index of an environment (its id)."""
        return self._seen.setdefault(environment, Seen())

    def confirm(self, environment: str) -> None:
        """The user has agreed to a question about this environment."""
        self._confirmed.add(environment)

    def refusal(self, draft: Draft, method: Method | None, environment: StoredEnvironment) -> Refusal | None:
        """Why the call may not be made there; None where it may."""
        if environment.level != "read-only" or not counts_as_write(draft, method):
            return None
        name = method.summary.title if method is not None else draft.method
        return Refusal(
            said("{place} is read-only, and this call may change data: {call}.", place=environment.name, call=name),
            "Choose another environment, or change its level.",
        )

    def ask(
        self,
        draft: Draft,
        method: Method | None,
        environment: StoredEnvironment,
        *,
        token: str = "",
        address: str = "",
        restored: bool = False,
    ) -> Question | Refusal | None:
        """What stands before a call; None: it may go.

        Args:
            draft: with its variables resolved, so that the question shows what will be sent.
            token: the token's name, for the lines.
            address: the base URL where it is known better than the environment does (the sandbox's).
            restored: the tab was reopened or restored and has not been sent since.
        """
        refused = self.refusal(draft, method, environment)
        if refused is not None:
            return refused
        first = is_real(environment) and (restored or environment.id not in self._confirmed)
        asks = environment.level == "careful" and counts_as_write(draft, method)
        if not asks and not first:
            return None
        where = self._where(draft, method, environment, token, address)
        if not asks:
            lines: tuple[str, ...] = where
            if restored and environment.id in self._confirmed:
                lines = (*where, "This request was reopened; it was not sent since.")
            return Question("first-call", said("Send to {name}?", name=environment.name), lines, "Send")
        if first:
            where = (*where, said("This is the first call to {name} since the program started.", name=environment.name))
        return self._write(draft, method, environment, where)

    def _where(
        self, draft: Draft, method: Method | None, environment: StoredEnvironment, token: str, address: str
    ) -> tuple[str, ...]:
        base = address or environment.base_url
        verb = (draft.verb or (method.verb if method else "GET")).upper()
        path = (draft.path or (method.path if method else "/")).strip("/")
        lines: list[str] = [
            said("To: {place}, {verb} {url}", place=environment.name, verb=verb, url=f"{base.rstrip('/')}/{path}")
            if base
            else said("To: {place}", place=environment.name)
        ]
        if environment.account:
            lines.append(said("Account: {number}", number=environment.account))
        if token:
            lines.append(said("Token: {name}", name=token))
        return tuple(lines)

    def _write(
        self, draft: Draft, method: Method | None, environment: StoredEnvironment, where: tuple[str, ...]
    ) -> Question:
        facts = _Facts(self._catalogue, draft, method, self.seen(environment.id))
        final = is_final(draft, method)
        lines: tuple[str, ...] = ("What this call does is not known.",)
        title: str = said("Call {method}", method=draft.method)
        if method is not None:
            title, lines = facts.title(), facts.lines()
            if method.effect == "read" or method.name in _EXEMPT:
                title = said("Call {method} in an undocumented way", method=method.name)
                lines = ("Its verb or address is not the documented one, so what it does is not known.", *lines)
        word, others = facts.words() if final else ("", ())
        if final and not word:
            word = method.name if method is not None else draft.method
        return Question(
            "delete" if final else "write",
            title,
            (*lines, *where),
            _button(method),
            word,
            others,
            _fee(method),
        )


def _fee(method: Method | None) -> str:
    if method is None or method.fee == "none":
        return ""
    if method.fee == "documented":
        return "Komet charges a fee for this order."
    return "Komet may charge a fee for this order."


def _button(method: Method | None) -> str:
    if method is None:
        return "Send"
    first = method.summary.title.split(" ", 1)[0]
    return first if first.isalpha() else "Send"


@record
class _Fact:
    """One filled field that names something."""

    field: Field
    value: str
    entity: str
    known: Known | None


class _Facts:
    """What a request says, with names from answers."""

    def __init__(self, catalogue: Catalogue, draft: Draft, method: Method | None, seen: Seen) -> None:
        self._catalogue = catalogue
        self._method = method
        self._seen = seen
        self._values = dict(_values(draft))
        fields = method.input if method is not None else ()
        self._things = [
            fact
            for one in fields
            if one.name in self._values and (fact := self._thing(one, self._values[one.name])) is not None
        ]
        self._subject = self._find_subject()

    def _thing(self, field: Field, value: Any) -> _Fact | None:
        text = _written(value)
        found = stem_of(field.name)
        if found is None or not text or "\n" in text or isinstance(value, (dict, list)):
            return None
        stem, kind = found
        entities = [stem, *self._entities(field)]
        known = next((one for entity in entities if (one := self._seen.find(entity, kind, text)) is not None), None)
        return _Fact(field, text, stem, known)

    def _entities(self, field: Field) -> Iterator[str]:
        """What the methods that answer valid values list."""
        for name in (field.lookup, field.origin.list if field.origin else None):
            if name and name in self._catalogue.summaries:
                listed = self._catalogue.method(name).outcome.list
                if listed:
                    yield singular(listed)

    def _find_subject(self) -> _Fact | None:
        """The thing that the call is about: the one that the method's title speaks of."""
        if self._method is None:
            return None
        title = self._method.summary.title.casefold()
        folded = re.sub(r"[^a-z]", "", title)

        def rank(fact: _Fact) -> tuple[int, int, int]:
            item = fact.entity.endswith("item") and bool(re.search(r"\b(?:line|item)s?\b", title))
            place = folded.rfind(fact.entity)
            return (2 if item else 1 if place >= 0 else 0, int(fact.field.required), place)

        found = max((one for one in self._things if one.field.location != "header"), key=rank, default=None)
        if found is None or rank(found)[0] or found.entity in _PARTIES:
            return found
        return found if found.field.required and self._method.effect != "create" else None

    def title(self) -> str:
        """The method's title about this very thing."""
        assert self._method is not None
        title = self._method.summary.title
        subject = self._subject
        if subject is None:
            name = _written(self._values.get("name", ""))
            return f"{title}: {name}" if self._method.effect == "create" and name else title
        label = subject.known.text if subject.known and subject.known.text else subject.value
        words = re.findall(r"[A-Za-z]+", subject.entity)
        nouns = ["line", "item"] if subject.entity.endswith("item") else words
        for noun in nouns:
            spelled = r"[\s-]?".join(noun)
            found = re.search(
                rf"\b(?:an?|the) ((?:[\w-]+ )?{spelled}(?: address)?)(?=$| (?:{_JOINTS})\b)", title, re.IGNORECASE
            )
            if found:
                return f"{title[: found.start()]}{found[1]} {label}{title[found.end() :]}"
        return f"{title}: {label}"

    def words(self) -> tuple[str, tuple[str, ...]]:
        """What to type for this thing, and what may be typed instead."""
        subject = self._subject
        if subject is None:
            return "", ()
        known = [part for part in (subject.known.name, subject.known.number) if part] if subject.known else []
        named = [one for one in known if one != subject.value]
        if subject.known and subject.known.party:
            named.append(subject.known.party)
        return subject.value, tuple(named)

    def lines(self) -> tuple[str, ...]:
        """What is filled in, most telling first."""
        lines = []
        told = set()
        for fact in self._things:
            told.add(fact.field.name)
            known = fact.known.text if fact.known else ""
            label = _label(fact.field.name)
            lines.append(
                f"{label}: {known} ({fact.value})" if known and known != fact.value else f"{label}: {fact.value}"
            )
        secret = {place.name.casefold() for place in self._method.places.token} if self._method else set()
        for name, value in self._values.items():
            if name in told or is_secret_name(name) or name.casefold() in secret:
                continue
            if isinstance(value, list):
                entries = said("1 entry") if len(value) == 1 else said("{count} entries", count=len(value))
                lines.append(said("{label}: {value}", label=_label(name), value=entries))
            elif not isinstance(value, dict) and (text := _written(value)):
                lines.append(f"{_label(name)}: {text[:80]}{'…' if len(text) > 80 else ''}")
        more = len(lines) - MOST_LINES
        return (*lines[:MOST_LINES], said("and {count} more", count=more)) if more > 0 else tuple(lines)


def _label(name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", re.sub(r"(?:Id|ID)s?$", "", name) or name)
    words = re.sub(r"[_-]+", " ", words).strip() or name
    return words[:1].upper() + words[1:].lower()


def _written(value: Any) -> str:
    if value is None or isinstance(value, (dict, list)):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(str(value).split())


def _values(draft: Draft) -> Iterator[tuple[str, Any]]:
    """The outermost values of a request, by name; secrets stay references."""
    for pair in (*draft.query, *(draft.body.pairs if draft.body.kind in ("form", "multipart") else ())):
        if pair.enabled and pair.name:
            yield pair.name, pair.value or pair.file
    if draft.body.kind == "json" and draft.body.text.strip():
        read = read_json(strip_comments(draft.body.text))
        if read.readable and isinstance(read.value, dict):
            yield from read.value.items()
