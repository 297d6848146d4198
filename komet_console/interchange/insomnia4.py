"""Insomnia's exports before version 5, as JSON or YAML: a flat list of resources, each with the id of its parent.

They are put into the shape of version 5, so that one reader knows what everything means.
"""

from __future__ import annotations

from typing import Any

from komet_console.errors import UserError
from komet_console.interchange.imports import Notes, list_of, text_of
from komet_console.texts import said

__all__ = ["as_version_5", "is_old"]

_FORMATS = ("3", "4")
_OTHERS = frozenset({"grpc_request", "websocket_request", "socketio_request", "mcp_request"})


def is_old(value: dict[str, Any]) -> bool:
    """Whether a value looks like such an export."""
    return "__export_format" in value


def as_version_5(root: dict[str, Any]) -> tuple[list[dict[str, Any]], Notes]:
    """Each workspace as version 5 writes it, and what could not be carried over.

    Raises:
        UserError: it is of a format before 3, or empty.
    """
    version = text_of(root.get("__export_format"))
    if version not in _FORMATS:
        raise UserError(
            said("This is an export of Insomnia's format {version}.", version=version or "?"),
            "Open it in a present Insomnia and export it again: that writes version 5 (YAML).",
        )
    resources = [one for one in list_of(root.get("resources")) if isinstance(one, dict)]
    if not resources:
        raise UserError("There is nothing in this export of Insomnia.", "Choose what to export, and export it again.")
    found = _Resources(resources)
    roots = found.workspaces()
    notes = Notes()
    if found.left():
        notes.add(said("{count} entries belong to nothing in the file; they were left out.", count=found.left()))
    return roots, notes


class _Resources:
    def __init__(self, resources: list[dict[str, Any]]) -> None:
        self._all = resources
        self._below: dict[str, list[dict[str, Any]]] = {}
        for one in resources:
            self._below.setdefault(text_of(one.get("parentId")), []).append(one)

    def workspaces(self) -> list[dict[str, Any]]:
        """All of them; a part of one is exported without it, and then what has no parent in the file stands at the top."""
        found = [one for one in self._all if _type(one) == "workspace"]
        if not found:
            ids = {text_of(one.get("_id")) for one in self._all}
            found = [{"_id": parent} for parent in self._below if parent not in ids]
        return [self._workspace(one) for one in found]

    def left(self) -> int:
        """How many folders and requests stood nowhere."""
        return sum(_type(one) in ("request", "request_group") for rows in self._below.values() for one in rows)

    def _workspace(self, workspace: dict[str, Any]) -> dict[str, Any]:
        below = self._below.get(text_of(workspace.get("_id")), [])
        base = next((one for one in below if _type(one) == "environment"), {})
        subs = [one for one in self._below.get(text_of(base.get("_id")), []) if _type(one) == "environment"]
        scope = text_of(workspace.get("scope"))
        return {
            "type": f"{'environment' if scope == 'environment' else 'collection'}.insomnia.rest/5.0",
            "name": workspace.get("name"),
            "meta": _meta(workspace),
            "collection": self._items(workspace),
            "environments": {**base, "subEnvironments": subs} if base else {},
            "cookieJar": next((one for one in below if _type(one) == "cookie_jar"), {}),
            "testSuites": [one for one in below if _type(one) == "unit_test_suite"],
        }

    def _items(self, top: dict[str, Any]) -> list[dict[str, Any]]:
        """What stands below a workspace; each resource once, so that a circle of parents ends."""
        items: list[dict[str, Any]] = []
        waiting = [(text_of(top.get("_id")), items)]
        while waiting:
            parent, into = waiting.pop()
            for one in self._below.pop(parent, []):
                kind = _type(one)
                if kind == "request_group":
                    children: list[dict[str, Any]] = []
                    into.append(_folder(one) | {"children": children})
                    waiting.append((text_of(one.get("_id")), children))
                elif kind == "request" or kind in _OTHERS:
                    into.append(_request(one))
        return items


def _type(resource: dict[str, Any]) -> str:
    return text_of(resource.get("_type"))


def _meta(resource: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": resource.get("_id"),
        "description": resource.get("description"),
        "sortKey": resource.get("metaSortKey"),
    }


def _scripts(resource: dict[str, Any]) -> dict[str, Any]:
    return {
        "scripts": {
            "preRequest": resource.get("preRequestScript"),
            "afterResponse": resource.get("afterResponseScript"),
        }
    }


def _folder(resource: dict[str, Any]) -> dict[str, Any]:
    names = ("name", "environment", "headers", "authentication")
    return {name: resource.get(name) for name in names} | {"meta": _meta(resource)} | _scripts(resource)


def _request(resource: dict[str, Any]) -> dict[str, Any]:
    names = ("name", "url", "method", "body", "parameters", "headers", "authentication", "pathParameters")
    given = {name: resource[name] for name in names if name in resource}
    settings = {
        "followRedirects": resource.get("settingFollowRedirects"),
        "encodeUrl": resource.get("settingEncodeUrl"),
        "renderRequestBody": text_of(resource.get("settingDisableRenderRequestBody")) != "true",
    }
    return {"url": "", **given, "settings": settings, "meta": _meta(resource)} | _scripts(resource)
