"""Hold a call against its method: everything the documentation lets one know before sending, all at once.

Structure (types, lengths, patterns, closed sets, required and required-when) comes from the method's JSON Schema;
what JSON Schema cannot say (elements of separated lists, decimals, date ranges, sizes, places of the token) from
`rules`. Findings never forbid sending; a testing console must be able to send a bad request.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from komet_console.catalogue.calls import Call, Finding, JsonText, Severity, plain, read_json
from komet_console.catalogue.rules import field_findings, has_too_many_decimals, limit_findings, nearest_key
from komet_console.texts import either, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from komet_console.catalogue.loading import Catalogue
    from komet_console.catalogue.model import Field, Method
    from komet_console.catalogue.parsing import Schema

_TYPE_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list ([ ... ])",
    "object": "an object ({ ... })",
    "null": "null",
}
_MOST_SHOWN = 60
"""Longer offending values are shortened in messages."""


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."


def pointer_of(parts: Iterable[str | int]) -> str:
    """A JSON pointer from path parts."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def find_field(fields: Sequence[Field], path: Sequence[str | int]) -> Field | None:
    """The field at a path of keys and positions, or None where the documentation has none."""
    found: Field | None = None
    for part in path:
        if isinstance(part, int):
            continue
        found = next((field for field in fields if field.name == part), None)
        if found is None:
            return None
        fields = found.children
    return found


class Validator:
    """Checks calls of one method; keep one per method, compiling its schemas takes about a millisecond."""

    def __init__(self, catalogue: Catalogue, method: Method) -> None:
        self.method = method
        self._query_schema = catalogue.query_schema(method)
        self._body_schema = catalogue.body_schema(method)
        self._query = jsonschema_rs.Draft202012Validator(self._query_schema, validate_formats=True)
        self._body = (
            jsonschema_rs.Draft202012Validator(self._body_schema, validate_formats=True) if self._body_schema else None
        )

    def findings(self, call: Call) -> list[Finding]:
        """All findings, errors first; never raises, whatever the call holds."""
        found = [*self._whole(call), *self._headers(call)]
        parameters = self._parameters(call)
        body = read_json(call.body) if call.body is not None and call.body.strip() else None
        if self._input_travels_in_body(call, body):
            found += self._body_findings(call, body)
        else:
            found += self._query_findings(call, parameters)
        order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
        unique = {(one.pointer, one.message): one for one in found}
        return sorted(unique.values(), key=lambda one: order[one.severity])

    def _input_travels_in_body(self, call: Call, body: JsonText | None) -> bool:
        if "query" not in self.method.places.input:
            return True
        if "body" not in self.method.places.input:
            return False
        token_names = {place.name for place in self.method.places.token}
        return body is not None and all(name in token_names for name, _ in call.query)

    def _whole(self, call: Call) -> Iterator[Finding]:
        method = self.method
        if call.verb is not None and call.verb.upper() != method.verb:
            yield Finding(
                "",
                said(
                    "{name} is documented with {verb}, not {other}.",
                    name=method.name,
                    verb=method.verb,
                    other=call.verb.upper(),
                ),
                Severity.WARNING,
                said("Change the verb to {verb}.", verb=method.verb),
                "wrong-verb",
            )
        if call.token_kind is not None and not method.accepts(call.token_kind):
            kinds = ", ".join(method.tokens or ()) or said("no token at all")
            yield Finding(
                "",
                said(
                    "{name} takes {kinds}; the chosen token is a {token_kind} token.",
                    name=method.name,
                    kinds=kinds,
                    token_kind=call.token_kind,
                ),
                Severity.ERROR,
                "Choose a token of a kind that the method takes.",
                "token-kind",
            )

    def _headers(self, call: Call) -> Iterator[Finding]:
        token_names = {place.name for place in self.method.places.token}
        for field in self.method.headers:
            if field.name in token_names:
                continue
            value = call.header(field.name)
            pointer = pointer_of(("headers", field.name))
            if value is None or not value.strip():
                if field.required:
                    yield Finding(
                        pointer,
                        said("The header {name} is required.", name=field.name),
                        Severity.ERROR,
                        field.description,
                        "account-header" if field.name == "X-ACCOUNT" else "missing-required",
                    )
                continue
            yield from field_findings(field, value, pointer)
            allowed = [one.value for one in field.values]
            if allowed and value not in allowed:
                yield Finding(
                    pointer,
                    said("{value} is none of {listed}.", value=_shown(value), listed=", ".join(allowed)),
                    code="not-in-set",
                )
        yield from self._token(call, token_names)

    def _token(self, call: Call, names: set[str]) -> Iterator[Finding]:
        if not self.method.places.token:
            return
        values = {value for name, value in call.query if name in names and value}
        values |= {value for name in names if (value := call.header(name))}
        body = read_json(call.body) if call.body else JsonText()
        if isinstance(body.value, dict):
            values |= {str(body.value[name]) for name in names if body.value.get(name)}
        place = self.method.places.token[0]
        pointer = pointer_of(("headers" if place.location == "header" else place.location, place.name))
        unreadable = not body.readable and any(one.location == "body" for one in self.method.places.token)
        if not values and not unreadable:
            yield Finding(
                pointer,
                "The call carries no token.",
                Severity.ERROR,
                "Choose a token for this request.",
                "token-missing",
            )
        elif len(values) > 1:
            yield Finding(
                pointer, "The call carries two different tokens.", Severity.ERROR, "Send one.", "token-conflict"
            )

    def _parameters(self, call: Call) -> dict[str, str]:
        return dict(call.query)

    def _query_findings(self, call: Call, parameters: dict[str, str]) -> Iterator[Finding]:
        token_names = {place.name for place in self.method.places.token}
        counts: dict[str, int] = {}
        for name, _ in call.query:
            counts[name] = counts.get(name, 0) + 1
        for name, count in counts.items():
            if count > 1:
                yield Finding(
                    pointer_of(("query", name)),
                    said("{name} is given {count} times.", name=name, count=count),
                    Severity.WARNING,
                    code="given-twice",
                )
        filled = {name: value for name, value in parameters.items() if value != "" and name not in token_names}
        yield from self._structure(self._query, self._query_schema, filled, "query", self.method.parameters)
        yield from self._fields(self.method.parameters, filled, ("query",), token_names)
        yield from limit_findings(self.method, filled, "query")

    def _body_findings(self, call: Call, body: JsonText | None) -> Iterator[Finding]:
        if self._body is None or self._body_schema is None:
            if "query" in self.method.places.input and body is not None:
                yield from self._body_as_parameters(body)
            return
        if self.method.limits.request_bytes and len(call.body or b"") > self.method.limits.request_bytes:
            yield Finding(
                "/body",
                said("The body has {count:,} bytes; a request may have 64 kB.", count=len(call.body or b"")),
                Severity.ERROR,
                "Split the request into smaller ones.",
                "body-too-large",
            )
        if body is None:
            body = JsonText({})
        if not body.readable:
            yield self._unreadable(body)
            return
        for key in body.duplicates:
            yield Finding(
                "/body",
                said('The key "{key}" stands twice in one object.', key=key),
                Severity.WARNING,
                code="given-twice",
            )
        if not isinstance(body.value, dict):
            yield Finding(
                "/body", "The body must be a JSON object.", Severity.ERROR, "Start with {.", "body-not-object"
            )
            return
        token_names = {place.name for place in self.method.places.token}
        value = {key: one for key, one in body.value.items() if key not in token_names}
        yield from self._structure(self._body, self._body_schema, plain(value), "body", self.method.body)
        yield from self._fields(self.method.body, value, ("body",), token_names)
        yield from limit_findings(self.method, value, "body")

    def _body_as_parameters(self, body: JsonText) -> Iterator[Finding]:
        """A method of URL parameters whose sample shows a JSON body: the same fields, checked where they stand."""
        if not body.readable:
            yield self._unreadable(body)
        elif isinstance(body.value, dict):
            token_names = {place.name for place in self.method.places.token}
            value = {key: one for key, one in body.value.items() if key not in token_names}
            yield from self._structure(self._query, self._query_schema, plain(value), "body", self.method.parameters)
            yield from self._fields(self.method.parameters, value, ("body",), token_names)
            yield from limit_findings(self.method, value, "body")

    @staticmethod
    def _unreadable(body: JsonText) -> Finding:
        return Finding(
            "/body",
            said(
                "The body is not JSON: {message} (line {line}, column {column}).",
                message=body.message,
                line=body.line,
                column=body.column,
            ),
            Severity.ERROR,
            "Mend the text at that place; Beautify points at it.",
            "body-not-json",
            body.line,
            body.column,
        )

    def _fields(
        self, fields: Sequence[Field], value: dict[str, Any], path: tuple[str | int, ...], token_names: set[str]
    ) -> Iterator[Finding]:
        """Checks beyond the schema, for every value that is there; and unknown keys."""
        known = {field.name: field for field in fields}
        for key, one in value.items():
            here = (*path, key)
            field = known.get(key)
            if field is None:
                if known:
                    likely = nearest_key(key, known)
                    yield Finding(
                        pointer_of(here),
                        said('"{key}" is not a documented field.', key=key),
                        Severity.NOTE,
                        said('Did you mean "{likely}"?', likely=likely)
                        if likely
                        else "The API will most likely ignore it.",
                        "unknown-field",
                    )
                continue
            yield from field_findings(field, one, pointer_of(here))
            if field.children:
                for position, element in enumerate(one) if isinstance(one, list) else ((None, one),):
                    if isinstance(element, dict):
                        below = here if position is None else (*here, position)
                        yield from self._fields(field.children, element, below, token_names)
        for field in fields:
            if field.name not in value and "the company" in field.required_when:
                yield Finding(
                    pointer_of((*path, field.name)),
                    said("{name} is needed when {required_when}.", name=field.name, required_when=field.required_when),
                    Severity.NOTE,
                    code="company-setting",
                )

    def _structure(
        self,
        validator: jsonschema_rs.Draft202012Validator,
        schema: Schema,
        value: dict[str, Any],
        root: str,
        fields: Sequence[Field],
    ) -> Iterator[Finding]:
        token_names = {place.name for place in self.method.places.token}
        try:
            errors = list(validator.iter_errors(value))
        except ValueError as problem:
            # Lone surrogates and the like cannot be turned into JSON at all.
            yield Finding(
                f"/{root}", said("The values cannot be sent as JSON: {problem}.", problem=problem), code="not-sendable"
            )
            return
        for error in errors:
            finding = self._structure_finding(error, schema, root, fields)
            if finding and not (finding.code == "missing-required" and finding.pointer.split("/")[-1] in token_names):
                yield finding

    def _structure_finding(
        self, error: jsonschema_rs.ValidationError, schema: Schema, root: str, fields: Sequence[Field]
    ) -> Finding | None:
        path: list[str | int] = list(error.instance_path)
        kind: Any = error.kind
        field = find_field(fields, path)
        pointer = pointer_of((root, *path))
        hint = field.description if field else ""
        severity = Severity.WARNING if field and field.inferred else Severity.ERROR
        match kind.name:
            case "required":
                missing = find_field(fields, [*path, kind.property])
                uncertain = missing is not None and (missing.inferred or "required" in missing.inferred_parts)
                when = missing.required_when if missing else ""
                return Finding(
                    pointer_of((root, *path, kind.property)),
                    (
                        said("{name} is required when {condition}.", name=kind.property, condition=when)
                        if when
                        else said("{name} is required.", name=kind.property)
                    ),
                    Severity.WARNING if uncertain else Severity.ERROR,
                    missing.description if missing else "",
                    "missing-required",
                )
            case "anyOf":
                names = _required_names(schema, list(error.schema_path))
                if not names:
                    return None
                members = [find_field(fields, [*path, name]) for name in names]
                uncertain = any(
                    member is not None and (member.inferred or "required" in member.inferred_parts)
                    for member in members
                )
                return Finding(
                    pointer_of((root, *path, names[0])),
                    said("Send at least one: {names}.", names=either(names)),
                    Severity.WARNING if uncertain else Severity.ERROR,
                    members[0].description if members[0] else "",
                    "missing-one-of",
                )
            case "type":
                types = field.json_types if field else ()
                wanted = either(_TYPE_WORDS.get(one, one) for one in types) or said("another type")
                return Finding(
                    pointer,
                    said("{instance} is not {wanted}.", instance=_shown(error.instance), wanted=wanted),
                    severity,
                    hint,
                    "wrong-type",
                )
            case "enum":
                if field is None or field.type == "boolean":
                    accepted = either(field.spelling.split("/")) if field else ""
                    return Finding(
                        pointer,
                        said(
                            "{instance} is neither yes nor no; write {accepted}.",
                            instance=_shown(error.instance),
                            accepted=accepted,
                        ),
                        severity,
                        hint,
                        "not-in-set",
                    )
                listed = "; ".join(f"{one.value} ({one.meaning})" for one in field.values)
                if _differs_in_case_only(error.instance, field):
                    severity = Severity.WARNING
                return Finding(
                    pointer,
                    said(
                        "{instance} is none of the documented values: {listed}.",
                        instance=_shown(error.instance),
                        listed=listed,
                    ),
                    severity,
                    hint,
                    "not-in-set",
                )
            case "maxLength":
                length = len(error.instance) if isinstance(error.instance, str) else 0
                return Finding(
                    pointer,
                    said("The text has {length} characters; {limit} are documented.", length=length, limit=kind.limit),
                    severity,
                    hint,
                    "too-long",
                )
            case "maxItems":
                return Finding(
                    pointer, said("More than {limit} elements.", limit=kind.limit), severity, hint, "too-many"
                )
            case "maximum" | "minimum":
                if field is not None and set(str(kind.limit)) <= set("-9."):
                    # 99999 is how the schema says "five digits".
                    message = said(
                        "{instance} does not fit {type_label}.",
                        instance=_shown(error.instance),
                        type_label=field.type_label,
                    )
                else:
                    template = (
                        "{instance} is more than {limit}."
                        if kind.name == "maximum"
                        else "{instance} is less than {limit}."
                    )
                    message = said(template, instance=_shown(error.instance), limit=kind.limit)
                return Finding(pointer, message, severity, hint, "too-long")
            case "pattern" | "format":
                if (
                    field is not None
                    and field.decimals is not None
                    and re.fullmatch(r"-?\d+\.\d+", str(error.instance))
                ):
                    # `rules` says which part of the number is too long.
                    return (
                        None
                        if has_too_many_decimals(field, error.instance)
                        else Finding(
                            pointer,
                            said(
                                "{instance} does not fit {type_label}.",
                                instance=_shown(error.instance),
                                type_label=field.type_label,
                            ),
                            severity,
                            hint,
                            "too-long",
                        )
                    )
                return Finding(pointer, _pattern_message(field, error.instance), severity, hint, "wrong-format")
        return Finding(pointer, str(error.message), severity, hint, str(kind.name))


def _differs_in_case_only(value: Any, field: Field) -> bool:
    return isinstance(value, str) and value.casefold() in {one.value.casefold() for one in field.values}


def _pattern_message(field: Field | None, value: Any) -> str:
    shown = _shown(value)
    if field is None:
        return said("{shown} does not have the documented form.", shown=shown)
    if field.type in ("date", "datetime"):
        if field.type == "date":
            return said("{shown} is not a valid date; write it as {format}.", shown=shown, format=field.format)
        return said("{shown} is not a valid time; write it as {format}.", shown=shown, format=field.format)
    if field.type in ("integer", "decimal"):
        return said("{shown} does not fit {type_label}.", shown=shown, type_label=field.type_label)
    return said("{shown} does not have the form {format}.", shown=shown, format=field.format or field.pattern)


def _required_names(schema: Schema, path: list[str | int]) -> list[str]:
    """The fields named by the alternatives of an `anyOf` at a schema path; empty for any other `anyOf`."""
    node: Any = schema
    for part in path:
        if isinstance(node, dict) and part == "$ref":
            target = node["$ref"].removeprefix("#/").split("/")
            node = schema
            for step in target:
                node = node[step]
            continue
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            return []
    names = []
    for option in node if isinstance(node, list) else ():
        names += option.get("required", [])
    return list(dict.fromkeys(names))
