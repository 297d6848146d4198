"""From an OpenAPI operation to a `Method`: pure functions over parsed data."""

from __future__ import annotations

from typing import Any, cast

from komet_console.catalogue.model import (
    Coverage,
    DateRange,
    Elements,
    Fee,
    Field,
    FieldType,
    ItemLimit,
    KnownError,
    Limits,
    Location,
    Method,
    Origin,
    Outcome,
    Places,
    Summary,
    TokenPlace,
    Value,
)

Schema = dict[str, Any]
Components = dict[str, Schema]
"""`components.schemas` of the document, by name."""

REF = "#/components/schemas/"
JSON = "application/json"
VERBS = ("get", "post", "put", "patch", "delete")
FILE_BYTES = 20 * 1024 * 1024
REQUEST_BYTES = 64 * 1024


def resolved(schema: Schema, components: Components) -> Schema:
    """The schema with its `$ref` merged in; keys beside the reference win, as OpenAPI 3.1 has it."""
    while "$ref" in schema:
        target = components[schema["$ref"].removeprefix(REF)]
        schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
    return schema


def _type_of(schema: Schema) -> FieldType:
    named = schema.get("x-komet-type")
    if named:
        return cast("FieldType", named)
    json_type = schema.get("type")
    if isinstance(json_type, list):
        json_type = next((one for one in json_type if one != "null"), None)
    if json_type in ("string", "integer", "boolean", "array", "object"):
        return cast("FieldType", json_type)
    return "decimal" if json_type == "number" else "any"


def _json_types(schema: Schema) -> tuple[str, ...]:
    json_type = schema.get("type")
    if json_type is None and "enum" in schema:
        kinds = {
            "boolean" if isinstance(one, bool) else "integer" if isinstance(one, int) else "string"
            for one in schema["enum"]
        }
        return tuple(sorted(kinds))
    if isinstance(json_type, list):
        return tuple(json_type)
    return (json_type,) if json_type else ()


def _length_of(schema: Schema) -> tuple[int | None, int | None]:
    documented = schema.get("x-komet-length", schema.get("maxLength"))
    if isinstance(documented, str):
        whole, _, decimals = documented.partition(",")
        return int(whole), int(decimals) if decimals else None
    return documented, None


def parse_field(
    name: str,
    schema: Schema,
    components: Components,
    location: Location,
    *,
    required: bool = False,
    description: str = "",
) -> Field:
    """One schema as a `Field`, with everything below it."""
    nullable = False
    if "anyOf" in schema and any(option.get("type") == "null" for option in schema["anyOf"]):
        option = next(one for one in schema["anyOf"] if one.get("type") != "null")
        schema = {**option, **{key: value for key, value in schema.items() if key != "anyOf"}}
        nullable = True
    schema = resolved(schema, components)
    kind = _type_of(schema)
    length, decimals = _length_of(schema)
    items = resolved(schema.get("items", {}), components)
    children: tuple[Field, ...] = ()
    element = entries = None
    if kind == "object" or (kind == "array" and items.get("type") == "object"):
        children = parse_object(schema if kind == "object" else items, components, location)
    elif kind == "array":
        element = parse_field("", items, components, location)
    if isinstance(schema.get("additionalProperties"), dict):
        entries = parse_field("", schema["additionalProperties"], components, location)
    inferred = schema.get("x-komet-inferred", False)
    origin = schema.get("x-komet-origin")
    conditional = schema.get("x-komet-conditional", "")
    return Field(
        name=name,
        location=location,
        type=kind,
        description=description or schema.get("description", ""),
        required=required,
        required_when=schema.get("x-komet-required-when", ""),
        length=length,
        decimals=decimals,
        values=tuple(Value(str(value), str(meaning)) for value, meaning in schema.get("x-komet-values", {}).items()),
        separator=schema.get("x-komet-separator", ""),
        format=schema.get("x-komet-format", ""),
        key_format=schema.get("x-komet-key-format", ""),
        spelling=schema.get("x-komet-spelling", ""),
        lookup=schema.get("x-komet-lookup", ""),
        origin=Origin(origin["method"], origin.get("list")) if origin else None,
        example=(schema.get("examples") or [None])[0],
        documented_type=schema.get("x-komet-documented-type", ""),
        inferred=inferred is True,
        inferred_parts=tuple(inferred) if isinstance(inferred, list) else (),
        conditional=conditional,
        transactional=schema.get("x-komet-transactional", False),
        nullable=nullable,
        json_types=_json_types(schema),
        pattern=schema.get("pattern", ""),
        children=children,
        element=element,
        entries=entries,
    )


def parse_object(schema: Schema, components: Components, location: Location) -> tuple[Field, ...]:
    """The keys of an object schema, in documented order."""
    schema = resolved(schema, components)
    required = set(schema.get("required", ()))
    return tuple(
        parse_field(name, sub, components, location, required=name in required)
        for name, sub in schema.get("properties", {}).items()
    )


def body_schema(operation: Schema) -> Schema | None:
    """The schema of the JSON body, or None where the method takes none."""
    content = operation.get("requestBody", {}).get("content", {})
    return cast("Schema | None", content.get(JSON, {}).get("schema"))


def answer_schema(operation: Schema) -> Schema:
    """The schema of the documented answer."""
    return cast("Schema", operation["responses"]["200"]["content"][JSON]["schema"])


def parameter_schema(operation: Schema) -> Schema:
    """One object schema over all query parameters, with the conditions that OpenAPI cannot say across parameters."""
    parameters = [one for one in operation.get("parameters", ()) if one["in"] == "query"]
    schema: Schema = {
        "type": "object",
        "properties": {one["name"]: one["schema"] for one in parameters},
        "required": [one["name"] for one in parameters if one.get("required")],
    }
    if operation.get("x-komet-conditions"):
        schema["allOf"] = operation["x-komet-conditions"]
    return schema


def _outcome(data: Schema) -> Outcome:
    elements = data.get("elements")
    return Outcome(
        field=data.get("field"),
        success=tuple(data.get("success", ())),
        message=data.get("message"),
        list=data.get("list"),
        nothing_found=tuple(data.get("nothingFound", ())),
        elements=Elements(
            list=elements["list"],
            status=elements["status"],
            success=tuple(elements["success"]),
            message=elements.get("message"),
            id=elements.get("id"),
        )
        if elements
        else None,
        failed=data.get("failed"),
    )


def _limits(data: Schema, *, has_file: bool) -> Limits:
    return Limits(
        date_ranges=tuple(
            DateRange(one["from"], one.get("to"), one.get("days"), one.get("months"))
            for one in data.get("dateRanges", ())
        ),
        items=tuple(ItemLimit(one["field"], one["most"]) for one in data.get("items", ())),
        rows=data.get("rows"),
        request_bytes=None if has_file else REQUEST_BYTES,
        file_bytes=FILE_BYTES if has_file else None,
    )


def parse_summary(path: str, verb: str, operation: Schema) -> Summary:
    """The list row of an operation; raises KeyError when a key that every operation needs is missing."""
    return Summary(
        name=operation["operationId"],
        verb=verb.upper(),
        path=path,
        group=operation["tags"][0],
        title=operation["summary"],
        effect=operation["x-komet-effect"],
        aliases=tuple(operation.get("x-komet-aliases", ())),
        deprecated=operation.get("deprecated", False),
    )


def parse_method(summary: Summary, operation: Schema, components: Components) -> Method:
    """Everything known about one method; raises KeyError, TypeError or ValueError on a damaged operation."""

    def listed(place: str, location: Location) -> tuple[Field, ...]:
        return tuple(
            parse_field(
                one["name"],
                one["schema"],
                components,
                location,
                required=one.get("required", False),
                description=one.get("description", ""),
            )
            for one in operation.get("parameters", ())
            if one["in"] == place
        )

    body = parse_object(body_schema(operation) or {}, components, "body")
    parameters = listed("query", "query")
    has_file = any(field.type == "file" for top in (*body, *parameters) for _, field in top.walk())
    tokens = operation["x-komet-tokens"]
    places = operation["x-komet-places"]
    coverage = operation["x-komet-coverage"]
    return Method(
        summary=summary,
        description=operation.get("description", ""),
        tokens=None if tokens == "not-stated" else () if tokens == "none" else tuple(tokens),
        fee=cast("Fee", operation["x-komet-fee"]),
        places=Places(tuple(TokenPlace(one["in"], one["name"]) for one in places["token"]), tuple(places["input"])),
        parameters=parameters,
        headers=listed("header", "header"),
        body=body,
        answer=parse_object(answer_schema(operation), components, "answer"),
        outcome=_outcome(operation["x-komet-outcome"]),
        limits=_limits(operation.get("x-komet-limits") or {}, has_file=has_file),
        coverage=Coverage(coverage["input"], coverage["output"], tuple(coverage.get("inferred", ()))),
        rules=tuple(operation.get("x-komet-rules", ())),
        errors=tuple(
            KnownError(one["message"], one.get("code"), one.get("where", ""))
            for one in operation.get("x-komet-errors", ())
        ),
        sources=tuple(operation.get("x-komet-sources", ())),
        has_file=has_file,
        operation=operation,
    )
