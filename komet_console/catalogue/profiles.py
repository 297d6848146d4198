"""The strict answer profile: for testing servers that claim to behave as documented."""

from __future__ import annotations

from typing import Any

from komet_console.catalogue.parsing import REF, Components, Schema


def strict(schema: Schema, components: Components) -> Schema:
    """The schema with every documented key required unless marked conditional, and no undocumented key allowed."""
    if "anyOf" in schema:
        return {**schema, "anyOf": [strict(one, components) for one in schema["anyOf"]]}
    if "$ref" in schema:
        target = components[schema["$ref"].removeprefix(REF)]
        if "properties" not in target and "items" not in target:
            return schema
        schema = {**target, **{key: value for key, value in schema.items() if key != "$ref"}}
    made: dict[str, Any] = dict(schema)
    if "properties" in schema:
        made["properties"] = {name: strict(one, components) for name, one in schema["properties"].items()}
        made["required"] = [name for name, one in schema["properties"].items() if not one.get("x-komet-conditional")]
        made["additionalProperties"] = False
    if isinstance(schema.get("items"), dict):
        made["items"] = strict(schema["items"], components)
    if isinstance(schema.get("additionalProperties"), dict):
        made["additionalProperties"] = strict(schema["additionalProperties"], components)
    return made
