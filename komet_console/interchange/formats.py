"""Every format by name: what a file is, reading it whatever it is, writing a collection as one of them."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.interchange import curl, har, insomnia, opencollections, others, postman, postman_out, texts
from komet_console.interchange.imports import MAX_BYTES, Imported, read_json
from komet_console.texts import said
from komet_console.workspace.collections.files import reason_of
from komet_console.workspace.collections.model import Collection, requests

__all__ = ["EXPORTS", "Export", "cannot_carry", "read_bytes", "read_path", "write"]

_YAML_INSOMNIA = re.compile(
    rb"^(?:\xef\xbb\xbf)?(?:type:[ \t]*['\"]?[A-Za-z]+\.insomnia(?:\.rest)?/|__export_format:[ \t]*\d)", re.MULTILINE
)
_YAML_OPEN = re.compile(rb"^(?:\xef\xbb\xbf)?opencollection:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Export:
    """A format that can be written."""

    id: str
    label: str
    suffix: str
    write: Callable[[Collection, Catalogue], bytes]


EXPORTS: tuple[Export, ...] = (
    Export("postman", "Postman collection 2.1", ".postman_collection.json", postman_out.write),
    Export("har", "HAR 1.2", ".har", har.write),
    Export("http", ".http file", ".http", texts.write_http),
    Export("curl", "curl commands", ".sh", texts.write_curl),
    Export("opencollection", "OpenCollection file", ".yml", opencollections.write),
)


def write(collection: Collection, form: str, catalogue: Catalogue) -> bytes:
    """The collection in a format of `EXPORTS`; raises `UserError` for any other name."""
    found = next((one for one in EXPORTS if one.id == form), None)
    if found is None:
        raise UserError(said('There is no format "{form}".', form=form), f"Use {', '.join(one.id for one in EXPORTS)}.")
    return found.write(collection, catalogue)


def cannot_carry(collection: Collection, form: str) -> tuple[str, ...]:
    """What of a collection a format has no words for, in sentences; empty where nothing is lost."""
    items = [item for _above, item in requests(collection)]
    found: list[str] = []

    def count(what: str, number: int) -> None:
        if number:
            found.append(
                said(
                    "{what} of {number} requests cannot be written in this format."
                    if number > 1
                    else "{what} of 1 request cannot be written in this format.",
                    what=said(what),
                    number=number,
                )
            )

    if form in ("har", "http", "curl"):
        count("Checks and captures", sum(bool(one.checks or one.captures) for one in items))
        count("Scripts", sum(bool(one.scripts) for one in items))
        count("Rows that are switched off", sum(_has_off(one.draft.query + one.draft.headers) for one in items))
        count(
            "Own variables or authentication", sum(bool(one.variables or one.auth.kind != "inherit") for one in items)
        )
    if form in ("http", "curl"):
        count("Saved answers", sum(bool(one.examples) for one in items))
    if form == "har":
        count("Saved answers but the first", sum(len(one.examples) > 1 for one in items))
    if form == "postman":
        count("Tags", sum(bool(one.tags) for one in items))
        count("Scripts of other tools", sum(any(not _postmans(script.code) for script in one.scripts) for one in items))
    if form != "opencollection" and collection.environments:
        found.append("Environments are files of their own and are not in this one.")
    return tuple(found)


def _has_off(rows: tuple[object, ...]) -> bool:
    return any(not getattr(row, "enabled", True) for row in rows)


def _postmans(code: str) -> bool:
    return code.startswith("// Postman script")


def read_path(path: Path, catalogue: Catalogue) -> Imported:
    """Import a file or an OpenCollection folder, whatever its format.

    Raises:
        UserError: it cannot be read, is too large, or is in none of the formats.
    """
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            return opencollections.read_folder(path, catalogue)
        if not stat.S_ISREG(found.st_mode):
            raise UserError(said("{path} is no file.", path=path), "Choose a file or the folder of a collection.")
        if found.st_size > MAX_BYTES:
            raise UserError(
                said(
                    "{name} has {size} MB; at most {most} MB can be imported.",
                    name=path.name,
                    size=found.st_size // 1024 // 1024,
                    most=MAX_BYTES // 1024 // 1024,
                ),
                "Export a part of it, without saved answers.",
            )
        with path.open("rb") as file:
            # One more byte than allowed: a file that grows is noticed.
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UserError(
            said("{path} cannot be read: {reason}.", path=path, reason=reason_of(error)),
            "Check the name and your rights.",
        ) from error
    if path.name == "opencollection.yml" and b"\nitems:" not in data:
        return opencollections.read_folder(path.parent, catalogue)
    return read_bytes(data, catalogue, os.fsdecode(path.name))


def read_bytes(data: bytes, catalogue: Catalogue, name: str = "") -> Imported:
    """As `read_path`, of bytes that were dropped or pasted; `name` is a file's name where there is one."""
    stem = name.partition(".")[0]
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head:
        raise UserError(said("{name} is empty.", name=name or said("The file")), "Export it again.")
    if head[:1] in (b"{", b"[") or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _json(data, catalogue, name)
    if _YAML_INSOMNIA.search(data[:4096]):
        return insomnia.read(data, catalogue)
    if _YAML_OPEN.search(data[:65536]):
        return opencollections.read(data, catalogue, name)
    refusal = others.refusal_of_file(head, name)
    if refusal is not None:
        raise refusal
    suffix = name.rpartition(".")[2].casefold()
    if suffix in ("http", "rest"):
        return texts.read_http(data, catalogue, stem)
    text = head.decode("utf-8", "replace")
    if suffix in ("sh", "bash", "bat", "cmd", "curl") or curl.is_curl(text + " ") or re.search(r"(?m)^\s*curl\s", text):
        return texts.read_curl(data, catalogue, stem)
    if re.search(r"(?m)^(?:###|(?:GET|POST|PUT|PATCH|DELETE)[ \t]+\S)", text):
        return texts.read_http(data, catalogue, stem)
    raise UserError(
        said("{name} is in none of the formats that can be imported.", name=name or said("The file")),
        "These are: Postman collections and environments, OpenCollection, curl commands, HAR, Insomnia, .http files.",
    )


def _json(data: bytes, catalogue: Catalogue, name: str) -> Imported:
    value = read_json(data, name or "file")
    if har.is_har(value):
        return har.read_value(value, catalogue)
    if insomnia.is_insomnia(value):
        return insomnia.read_value(value, catalogue)
    if opencollections.is_bundled(value):
        # Its reader wants scalars as texts, as YAML gives them.
        return opencollections.read(json.dumps(value).encode(), catalogue, name)
    if postman.is_collection(value) or postman.is_environment(value):
        return postman.read_value(value, catalogue)
    raise others.refusal_of_value(value) or UserError(
        said("{name} is JSON, but in none of the formats that can be imported.", name=name or said("The file")),
        "These are: Postman collections and environments, HAR, Insomnia, OpenCollection.",
    )
