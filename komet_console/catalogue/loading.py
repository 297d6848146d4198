"""The catalogue as the program uses it: loaded from the compiled index, methods decoded when first asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from komet_console.catalogue.model import Method, Problem, Sample, Summary
from komet_console.catalogue.parsing import (
    Components,
    Schema,
    answer_schema,
    body_schema,
    parameter_schema,
    parse_method,
)
from komet_console.errors import UserError
from komet_console.texts import said

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from komet_console.catalogue.calls import Call, Finding
    from komet_console.catalogue.explaining import Explanation
    from komet_console.catalogue.searching import Hit, SearchIndex
    from komet_console.catalogue.validating import Validator


def _summary(row: list[Any]) -> Summary:
    name, verb, path, group, title, effect, aliases, deprecated = row
    return Summary(name, verb, path, group, title, effect, tuple(aliases), deprecated)


class UnknownMethodError(UserError):
    """A name that no method has; `nearest` holds the likeliest names, best first."""

    def __init__(self, name: str, nearest: tuple[str, ...]) -> None:
        hint = (
            said("Did you mean {listed}?", listed=", ".join(nearest))
            if nearest
            else "`komet-console methods` lists all of them."
        )
        super().__init__(said('There is no method "{name}".', name=name), hint)
        self.nearest = nearest


class Catalogue:
    """All methods of the API and the general knowledge around them.

    Attributes:
        summaries: name -> list row, in the order of the groups.
        groups: group names in a sensible order.
        problems: lines of the index that could not be read; the rest is loaded all the same.
    """

    def __init__(self, lines: list[bytes], source: str) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._methods: dict[str, Method] = {}
        self._knowledge: Mapping[str, Any] | None = None
        self._search: SearchIndex | None = None
        self._validators: dict[str, Validator] = {}
        self._lines = lines
        head = self._decode(1, "methods", "document") or {}
        rows = [_summary(row) for row in head.get("methods", ())]
        self.summaries: dict[str, Summary] = {row.name: row for row in rows}
        self._line_numbers = {row.name: number for number, row in enumerate(rows, start=4)}
        self.document: dict[str, Any] = head.get("document", {})
        self._anchor: str = head.get("anchor") or "2026-01-01"
        self.groups: tuple[str, ...] = tuple(tag["name"] for tag in self.document.get("tags", ()))
        self._by_alias = {alias.casefold(): row.name for row in rows for alias in row.aliases}
        self._by_folded = {row.name.casefold(): row.name for row in rows}
        if not rows and not self.problems:
            self.problems.append(Problem(source, 1, "the index names no methods"))

    def _decode(self, number: int, *keys: str, kind: type[dict[str, Any] | list[Any]] = dict) -> Any:
        """The JSON value on a line (1-based), or None after noting a problem: not readable, not `kind`, without `keys`."""
        try:
            value = json.loads(self._lines[number - 1])
            if not isinstance(value, kind) or not all(key in value for key in keys):
                raise ValueError("not what belongs on this line")
            return value
        except (IndexError, ValueError) as error:
            problem = Problem(self._source, number, f"not readable: {error}")
            if problem not in self.problems:
                self.problems.append(problem)
            return None

    @property
    def anchor(self) -> date:
        """The day that stands for "today" in the stored samples."""
        from datetime import date

        return date.fromisoformat(self._anchor)

    @property
    def components(self) -> Components:
        """The shared schemas by name."""
        schemas: Components = self.document.get("components", {}).get("schemas", {})
        return schemas

    @property
    def knowledge(self) -> Mapping[str, Any]:
        """General knowledge, one entry per file of resources/knowledge: `statuses`, `outcomes`, `guides`, `pages`, ..."""
        if self._knowledge is None:
            self._knowledge = self._decode(2) or {}
        return self._knowledge

    def search(self, text: str, *, limit: int | None = None) -> list[Hit]:
        """Methods that fit the text, best first, tolerant to typing errors; an empty text finds nothing."""
        if self._search is None:
            from komet_console.catalogue.searching import SearchIndex

            self._search = SearchIndex(self, self._decode(3, kind=list) or [])
        return self._search.search(text, limit=limit)

    def in_group(self, group: str) -> list[Summary]:
        """The methods of a group, in documented order."""
        return [row for row in self.summaries.values() if row.group == group]

    def resolve(self, name: str) -> str | None:
        """The method's own name for a name, an alias or another case of either; None when nobody has it."""
        folded = name.strip().strip("/").casefold()
        return self._by_folded.get(folded) or self._by_alias.get(folded)

    def method(self, name: str) -> Method:
        """Everything about one method, by name or alias; raises `UnknownMethodError` with the nearest names."""
        own = self.resolve(name)
        if own is None:
            from komet_console.catalogue.searching import nearest_names

            raise UnknownMethodError(name, nearest_names(self, name))
        if own not in self._methods:
            line = self._decode(self._line_numbers[own], "operation")
            if line is None:
                raise UserError(
                    said("The catalogue's entry for {own} is damaged.", own=own),
                    "Install Komet Console again; all other methods still work.",
                    str(self.problems[-1]),
                )
            self._methods[own] = parse_method(self.summaries[own], line["operation"], self.components)
        return self._methods[own]

    def at(self, verb: str, path: str) -> Summary | None:
        """The method at a verb and an address below `/api` (with leading slash), aliases included."""
        wanted = path.strip("/")
        candidates = [row for row in self.summaries.values() if row.path.strip("/") == wanted or wanted in row.aliases]
        return next((row for row in candidates if row.verb == verb.upper()), None)

    def _rooted(self, schema: Schema) -> Schema:
        return {**schema, "components": {"schemas": self.components}}

    def query_schema(self, method: Method) -> Schema:
        """Self-contained JSON Schema (2020-12) of the URL parameters as one object."""
        return self._rooted(parameter_schema(method.operation))

    def body_schema(self, method: Method) -> Schema | None:
        """Self-contained JSON Schema of the JSON body; None where the method takes none."""
        schema = body_schema(method.operation)
        return None if schema is None else self._rooted(schema)

    def answer_schema(self, method: Method) -> Schema:
        """Self-contained JSON Schema of the answer, accepting what the real API is known to send."""
        return self._rooted(answer_schema(method.operation))

    def strict_answer_schema(self, method: Method) -> Schema:
        """The answer schema for testing servers: every field not marked conditional, and no other."""
        from komet_console.catalogue.profiles import strict

        return self._rooted(strict(answer_schema(method.operation), self.components))

    def sample(self, method: Method, today: date, *, required_only: bool = False) -> Sample:
        """The documented sample with dates relative to `today`; it works on a fresh sandbox.

        With `required_only` optional fields are left out; conditional ones that the sample fills stay.
        """
        from komet_console.catalogue.samples import build_sample

        return build_sample(method, self.anchor, today, required_only=required_only)

    def validate(self, method: Method, call: Call) -> list[Finding]:
        """All findings about a call, errors first; see `validating`. Never raises, whatever the call holds."""
        return self._validator(method).findings(call)

    def explain(
        self, method: Method, call: Call | None, status: int, headers: Mapping[str, str], body: bytes
    ) -> Explanation:
        """What an answer means, with causes that point into the call; see `explaining`. Never raises."""
        from komet_console.catalogue.explaining import explain

        return explain(self, method, call, status, headers, body)

    def _validator(self, method: Method) -> Validator:
        if method.name not in self._validators:
            from komet_console.catalogue.validating import Validator

            self._validators[method.name] = Validator(self, method)
        return self._validators[method.name]

    def openapi(self) -> dict[str, Any]:
        """One bundled OpenAPI 3.1 document of all methods that could be read."""
        paths: dict[str, Any] = {}
        for name in self.summaries:
            try:
                method = self.method(name)
            except UserError:
                continue  # noted in `problems`
            paths.setdefault(method.path, {})[method.verb.lower()] = method.operation
        order = ("openapi", "info", "servers", "tags")
        head = {key: self.document[key] for key in order if key in self.document}
        rest = {key: value for key, value in self.document.items() if key not in order}
        return {**head, "x-komet-sample-anchor": self.anchor.isoformat(), "paths": paths, **rest}


def load(path: Path | None = None) -> Catalogue:
    """Load the catalogue from its index; raises `UserError` when the file is not there at all."""
    if path is None:
        from komet_console.resources import resource_path

        path = resource_path("catalogue", "index.jsonl")
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise UserError(
            "The catalogue of methods cannot be read.", "Install Komet Console again.", f"{path}: {error}"
        ) from error
    return Catalogue(lines, path.name)
