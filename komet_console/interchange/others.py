"""Files of known tools that are in none of the formats read here: what each is, and what to do about it."""

from __future__ import annotations

import re
from typing import Any

from komet_console.errors import UserError
from komet_console.interchange.imports import object_of
from komet_console.texts import said

__all__ = ["refusal_of_file", "refusal_of_value"]

_OPENAPI = re.compile(r"^(?:openapi|swagger):", re.MULTILINE)
_BRU = re.compile(r"^meta \{", re.MULTILINE)
_PACKED = {b"PK\x03\x04": "ZIP", b"\x1f\x8b": "gzip", b"7z\xbc\xaf": "7-Zip"}


def refusal_of_value(value: Any) -> UserError | None:
    """Why a JSON value is not imported, where it is known what it is."""
    given = object_of(value)
    keys = set(given)
    if keys & {"openapi", "swagger"}:
        return _openapi()
    if {"collections", "environments"} <= keys and "version" in keys:
        return UserError(
            "This is a data dump of Postman, with everything of an account.",
            "In Postman, export each collection by itself, as Collection v2.1.",
        )
    if keys == {"collection", "environment"}:
        return UserError(
            "This is the list of contents of Postman's data export.",
            "Import the files in the folders collection and environment beside it.",
        )
    if "brunoConfig" in keys:
        return UserError(
            "This is a collection that Bruno exported as its own JSON.",
            "In Bruno, export it as OpenCollection (YAML) or as a Postman collection.",
        )
    if {"version", "name", "type"} <= keys and given.get("type") == "collection":
        return _bru()
    if "log" in keys:
        return UserError(
            "This looks like a HAR recording, but it has no list of calls.", "Record the calls and export them again."
        )
    return None


def refusal_of_file(head: bytes, name: str) -> UserError | None:
    """Why a file is not imported, by its first bytes, where it is known what it is."""
    packed = next((kind for start, kind in _PACKED.items() if head.startswith(start)), "")
    if packed:
        return UserError(
            said("{name} is a packed file ({kind}).", name=name or said("The file"), kind=packed),
            "Unpack it and import the files in it.",
        )
    text = head.decode("utf-8", "replace")
    if _OPENAPI.search(text):
        return _openapi()
    if name.casefold().endswith(".bru") or _BRU.match(text):
        return _bru()
    return None


def _openapi() -> UserError:
    return UserError("This is an OpenAPI description, no collection.", "The methods of Komet are built in already.")


def _bru() -> UserError:
    return UserError(
        "This belongs to a collection in Bruno's old format (.bru files).",
        "Open the collection in Bruno 3 or later and migrate it to OpenCollection (YAML), then import its folder.",
    )
