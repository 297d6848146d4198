"""Insomnia's exports as its own schema and its exports in public say they are (fixtures/real/README.md)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.exchange import Pair
from komet_console.exchange.variables import resolve_text
from komet_console.interchange.formats import read_bytes, read_path
from komet_console.interchange.imports import Imported
from komet_console.workspace.collections.model import INHERITED, Auth, Capture, Check, Folder, RequestItem, requests

FIXTURES = Path(__file__).with_name("fixtures")
TOKEN = "{{BEARER_TOKEN}}"


def items(imported: Imported) -> dict[str, RequestItem]:
    return {item.name: item for _above, item in requests(imported.collection)}


def folders(imported: Imported) -> dict[str, Folder]:
    found: dict[str, Folder] = {}
    waiting = list(imported.collection.items)
    while waiting:
        one = waiting.pop()
        if isinstance(one, Folder):
            found[one.name] = one
            waiting += one.items
    return found


def says(imported: Imported) -> str:
    return "\n".join(map(str, imported.problems))


@pytest.fixture(scope="module")
def everything(catalogue: Catalogue) -> Imported:
    return read_path(FIXTURES / "insomnia-all.yaml", catalogue)


def test_a_request_comes_over_with_all_its_fields(everything: Imported) -> None:
    item = items(everything)["Close a line"]
    assert item.draft.path == "http://localhost:8080/orders/{{orderId}}:close/{{line.json}}"
    assert item.variables == (Pair("orderId", "o%2F7"), Pair("line.json", "{{line}}"))
    assert [(row.name, row.value, row.enabled) for row in item.draft.query] == [
        ("ms", "{% prompt 'How many milliseconds?', '', '500', '', false, true %}", True),
        ("id", "{{$uuid}}", True),
        ("at", "{{$now|%Y-%m-%dT%H:%M:%SZ|UTC}}", False),
    ]
    assert item.draft.headers == (
        Pair("User-Agent", "insomnia/12.6.0", False),
        Pair("{{header}}", "{{shop.keys.0}}"),
    )
    assert item.draft.body.pairs == (
        Pair("note", '{"n": 1}', content_type="application/json"),
        Pair("banner", "", False, file="C:\\Users\\rosa\\OneDrive\\Área de Trabalho\\banner.png"),
    )
    assert item.captures == (Capture("line", "line.id"),)
    assert item.checks == (Check("value", "keys(@)", "contains", "line", description="it has a line"),)
    assert item.scripts[0].code.endswith("// console.log('npm.example https://insomnia.rest/pm.html');")
    assert folders(everything)["Orders"].description == "Orders of a day, by the shop's own numbers."


def test_what_is_sent_to_prove_who_calls_is_what_insomnia_would_send(everything: Imported) -> None:
    found = items(everything)
    assert {name: found[name].auth for name in found} == {
        "Close a line": INHERITED,
        # The folder's token was not meant for a request that has its own way.
        "Ask": Auth("none"),
        # Switched off is as if there was none: the folder's holds.
        "Inherits": INHERITED,
        "in a cookie": Auth("apikey", key="Cookie", value=f"session={TOKEN}"),
        "in the query": Auth("apikey", key="k", value="{{line}}", placement="query"),
        "nothing typed": Auth("none"),
        "no token": Auth("none"),
        "no prefix": Auth("apikey", key="Authorization", value=TOKEN),
    }
    assert folders(everything)["Orders"].defaults.auth == Auth("bearer", token=TOKEN)
    assert folders(everything)["Closed to the folder's token"].defaults.auth == Auth("none")


def test_environments_cover_the_base_and_a_secret_is_a_name(everything: Imported) -> None:
    shared = everything.collection.defaults.variables
    assert shared == (
        Pair("header", "X-Petals"),
        Pair("scheme", "https"),
        Pair("BEARER_TOKEN", TOKEN),
        Pair("shop.keys", '["first", "second"]'),
        Pair("shop.keys.0", "first"),
        Pair("shop.keys.1", "second"),
        Pair("shop.open", "true"),
    )
    environments = {one.name: one for one in everything.environments}
    assert list(environments) == ["Base Environment", "Here", "Empty", "Other line"]
    values = {row.name: row.value for row in environments["Here"].variables if row.enabled}
    assert (values["line"], values["host"], values["header"]) == ("1", "localhost:8080", "X-Petals")
    assert environments["Here"].secrets == ("BEARER_TOKEN",)
    assert Pair("unused", "2", False) in environments["Empty"].variables
    assert [(one.environment, one.name, one.value) for one in everything.secrets] == [
        (name, "BEARER_TOKEN", "test-token-number-30") for name in environments
    ]
    collection = {row.name: row.value for row in shared}
    assert resolve_text("{{line}} {{BEARER_TOKEN}}", (collection, values | {"BEARER_TOKEN": "kept"})) == "1 kept"
    assert "test-token" not in repr(everything)


def test_addresses_get_the_scheme_that_insomnia_adds(everything: Imported) -> None:
    found = items(everything)
    assert found["Ask"].draft.path == "http://{{host}}/graphql"
    assert found["Inherits"].draft.path == "{{scheme}}://{{host}}/orders"
    assert found["in a cookie"].draft.path == "https://shop.example/a"


def test_nothing_is_left_out_without_a_word(everything: Imported) -> None:
    told = says(everything)
    for part in (
        "Orders/Close a line: The template tag {% prompt 'How many milliseconds?'",
        "Orders/Close a line: Redirects are not followed",
        "Orders/Close a line: The address is sent as it is written",
        "Orders/Close a line: A script is kept",
        "Orders: A script is kept",
        "Orders/Ask: The expression {{ _.line | int }} stays as text",
        "Orders/Ask: Authentication of the kind oauth2",
        "Keys/socket without an id: Only HTTP",
        "Other line: The template tag {% response 'body'",
        "cookies of the cookie jar",
        "API description",
        "Every night: A test suite",
    ):
        assert part in told, part
    for part in ("{% uuid", "{% now", "lost", "Here:"):
        assert part not in told, part


def test_version_4_is_read_as_version_5(catalogue: Catalogue) -> None:
    imported = read_path(FIXTURES / "insomnia-4.yaml", catalogue)
    assert (imported.format, imported.collection.name, imported.collection.description) == (
        "Insomnia 4",
        "Shop",
        "All of it",
    )
    found = items(imported)
    assert list(found) == ["Add an order", "List invoices"]
    listed = found["List invoices"]
    assert (listed.draft.method, listed.description) == ("invoice.list", "By day")
    assert listed.draft.query == (Pair("orderDateFrom", "2026-01-05", False),)
    assert listed.checks == (Check("status", value="200", description="it answers"),)
    assert found["Add an order"].auth == Auth("bearer", token="{{base_token}}")
    assert folders(imported)["Invoices"].defaults.variables == (Pair("customer", "7349"),)
    assert [one.name for one in imported.environments] == ["Base Environment", "Here"]
    assert imported.environments[1].variables == (Pair("base_url", "http://127.0.0.1:8080/api"),)
    told = says(imported)
    for part in (
        "Invoices/Remote call: Only HTTP",
        "2 entries belong to nothing",
        "Invoices/Add an order: The body is sent with its {{ }}",
        "Invoices/Add an order: Redirects",
    ):
        assert part in told, part


def old(*resources: dict[str, Any]) -> bytes:
    return json.dumps({"_type": "export", "__export_format": 4, "resources": resources}).encode()


def test_version_4_with_several_workspaces_or_none(catalogue: Catalogue) -> None:
    shop = {"_id": "wrk_1", "_type": "workspace", "name": "Shop", "scope": "collection"}
    other = {"_id": "wrk_2", "_type": "workspace", "name": "Other", "scope": "design"}
    values = {"_id": "wrk_3", "_type": "workspace", "name": "Everywhere", "scope": "environment"}
    base = {"_id": "env_1", "_type": "environment", "parentId": "wrk_3", "name": "All", "data": {"a": 1}}
    mine = {"_id": "env_2", "_type": "environment", "parentId": "wrk_1", "name": "Mine", "data": {"b": True}}
    request = {
        "_id": "req_1",
        "_type": "request",
        "parentId": "wrk_1",
        "name": "A",
        "url": "https://a.example",
        "method": "GET",
    }
    several = read_bytes(old(shop, other, values, base, mine, request), catalogue)
    assert [(one.name, len(folders(several)[one.name].items)) for one in several.collection.items] == [
        ("Shop", 1),
        ("Other", 0),
    ]
    assert folders(several)["Shop"].defaults.variables == (Pair("b", "true"),)
    assert [(one.name, one.variables) for one in several.environments] == [("All", (Pair("a", "1"),))]
    only = read_bytes(old(values, base), catalogue)
    assert (only.format, only.requests, only.environments[0].name) == ("Insomnia 4 environment", 0, "All")
    part = read_bytes(old(request), catalogue)
    assert list(items(part)) == ["A"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("type: mock.insomnia.rest/5.0\nname: My API Mock\nroutes: []\n", "mock server of Insomnia"),
        ("type: mcpClient.insomnia/5.0\nname: An MCP\n", "MCP client of Insomnia"),
        ("type: collection.insomnia.rest/6.0\nname: later\n", "Insomnia's format 6"),
        ("_type: export\n__export_format: 2\nitems: []\n", "Insomnia's format 2"),
        ("_type: export\n__export_format: 4\nresources: []\n", "nothing in this export"),
    ],
)
def test_other_files_of_insomnia_are_told_for_what_they_are(data: str, message: str, catalogue: Catalogue) -> None:
    with pytest.raises(UserError, match=message) as caught:
        read_bytes(data.encode(), catalogue, "Insomnia_2026.yaml")
    assert caught.value.hint


def test_environments_that_are_no_place_to_call_leave_the_collection_its_variables(catalogue: Catalogue) -> None:
    text = """
type: collection.insomnia.rest/5.0
name: Pages
collection:
  - {name: A, url: "https://x.example/", method: GET}
environments:
  data: {page: 1, size: 10}
  subEnvironments:
    - {name: Large, data: {size: 1000}}
"""
    imported = read_bytes(text.encode(), catalogue)
    assert imported.collection.defaults.variables == (Pair("page", "1"), Pair("size", "10"))
    assert imported.environments[1].variables == (Pair("page", "1"), Pair("size", "1000"))
