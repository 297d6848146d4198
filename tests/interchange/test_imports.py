"""Files as the real tools write them: what is carried over, what is listed, and that no secret stays inside."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from komet_console.catalogue import Catalogue
from komet_console.exchange import Body, Pair
from komet_console.interchange.formats import EXPORTS, read_bytes, read_path, write
from komet_console.interchange.imports import Imported, collections_of
from komet_console.workspace.collections.library import Library
from komet_console.workspace.collections.model import Auth, Capture, Check, Folder, RequestItem, requests, resolved
from komet_console.workspace.collections.store import CollectionStore

FIXTURES = Path(__file__).with_name("fixtures")
FILES = [
    "shop.postman_collection.json",
    "shop.postman_environment.json",
    "old.postman_collection.json",
    "insomnia.yaml",
    "insomnia-all.yaml",
    "insomnia-4.yaml",
    "recorded.har",
    "bruno",
    "calls.http",
    "calls.sh",
]


def items(imported: Imported) -> dict[str, RequestItem]:
    return {item.name: item for _above, item in requests(imported.collection)}


def says(imported: Imported) -> str:
    return "\n".join(map(str, imported.problems))


@pytest.mark.parametrize("name", FILES)
def test_no_secret_stays_in_what_was_imported(name: str, catalogue: Catalogue, tmp_path: Path) -> None:
    imported = read_path(FIXTURES / name, catalogue)
    values = [one.value for one in imported.secrets]
    assert values
    assert len(imported.secrets) == len({(one.value, one.environment) for one in imported.secrets})
    assert not [
        one
        for one in ("test-token", "test-password", "test-api", "test-bearer", "test-cookie", "test-pin")
        if one in repr(imported)
    ]
    whole = Library(tmp_path, catalogue).add(imported.collection)
    assert whole.secrets == ()
    stored = b"".join(file.read_bytes() for file in whole.folder.rglob("*") if file.is_file())
    exported = b"".join(write(imported.collection, one.id, catalogue) for one in EXPORTS)
    for value in values:
        assert value.encode() not in stored
        assert value.encode() not in exported


def test_postman(catalogue: Catalogue) -> None:
    imported = read_path(FIXTURES / "shop.postman_collection.json", catalogue)
    assert imported.format == "Postman collection 2.1"
    assert (imported.requests, imported.recognised) == (10, 2)
    made = imported.collection
    assert (made.name, made.description) == ("Flower shop", "Calls of the shop.\n\nKept by Rosa.")
    assert made.defaults.variables == (Pair("url", "https://api.kometsales.com/api"), Pair("old", "x", enabled=False))
    assert made.defaults.auth == Auth("apikey", key="X-Api-Key", value="{{xApiKey}}", placement="header")
    folder = made.items[0]
    assert isinstance(folder, Folder)
    assert (folder.description, folder.defaults.variables) == ("About customers", (Pair("region", "MIA"),))
    found = items(imported)

    listed = found["List customers"]
    assert listed.draft.method == "customer.list"
    assert listed.draft.query == (
        Pair("authenticationToken", "{{token}}"),
        Pair("name", "Rose & Co", description="a name"),
        Pair("code", "", enabled=False),
    )
    assert listed.draft.headers == (
        Pair("X-Trace", "{{$guid}}"),
        Pair("X-Off", "1", enabled=False, description="not now"),
    )
    assert (listed.description, listed.auth) == ("All **customers**", Auth("none"))
    assert listed.checks == (
        Check("status", value="200", description="Status code is 200"),
        Check("value", "status", "eq", "1", description="Komet says 1"),
        Check("time", operator="lt", value="2000", description="Komet says 1"),
        Check("value", "length(customers)", "gt", "0", description="Has rows"),
    )
    assert listed.captures == (Capture("customerId", "customers[0].id"),)
    assert "rows" in listed.scripts[0].code
    assert "Status code" not in listed.scripts[0].code
    (example,) = listed.examples
    assert (example.status, example.reason, example.headers) == (200, "OK", (Pair("Content-Type", "application/json"),))

    added = found["Add customer"]
    assert added.draft.body.text.startswith('{\n  "authenticationToken": "{{token}}",\n  "name": "Coral", // comment')
    above = (folder,)
    assert Pair("Authorization", f"Bearer {folder.defaults.auth.token}") in resolved(made, above, added).draft.headers
    assert not any(one.name == "Authorization" for one in resolved(made, above, listed).draft.headers)

    assert found["urlencoded"].draft.body.pairs == (
        Pair("username", "orders@petalstem.example"),
        Pair("password", "{{password}}"),
        Pair("old", "1", enabled=False),
    )
    form = found["formdata"]
    assert form.draft.body.pairs == (
        Pair("note", "hello", content_type="text/plain"),
        Pair("photo", file="/C:/roses/1.jpg"),
        Pair("photo", file="/C:/roses/2.jpg"),
        Pair("off", enabled=False, file="a.pdf"),
    )
    assert (form.draft.path, form.variables) == (
        "https://shop.example/upload/{{kind}}/x",
        (Pair("kind", "photo", description="which"),),
    )
    assert found["graphql"].draft.body.text == '{\n  "query": "{ roses { id } }",\n  "variables": {\n    "a": 1\n  }\n}'
    assert found["xml"].draft.body == Body("raw", "<a/>", content_type="application/xml")
    assert found["as text"].draft.query == (Pair("a", "1"),)

    told = says(imported)
    for part in ("/tmp/a.bin", "digest", "Bodies: An entry is no object", "no request", "Own logic", "whole folder"):
        assert part in told, part


def test_postman_environment_and_old_format(catalogue: Catalogue) -> None:
    imported = read_path(FIXTURES / "shop.postman_environment.json", catalogue)
    (environment,) = imported.environments
    assert environment.variables == (Pair("url", "http://127.0.0.1:8080/api"), Pair("unused", "", enabled=False))
    assert set(environment.secrets) == {"authenticationToken", "pin"}
    assert {(one.name, one.value) for one in imported.secrets} == {
        ("authenticationToken", "test-token-number-5"),
        ("pin", "test-pin-6"),
    }
    old = read_path(FIXTURES / "old.postman_collection.json", catalogue)
    item = items(old)["Invoices"]
    assert (item.draft.method, item.auth.username, item.auth.password) == ("invoice.list", "rosa", "{{password}}")
    assert item.draft.headers == (Pair("X-A", "1"), Pair("X-B", "2"))


def test_an_authentication_that_cannot_come_over_is_not_that_of_the_folder(catalogue: Catalogue) -> None:
    auth = {"type": "bearer", "bearer": [{"key": "token", "value": "{{shop}}"}]}
    item = {"name": "a", "request": {"url": "https://x.example/", "auth": {"type": "oauth2", "oauth2": []}}}
    value = {"info": {"name": "c"}, "item": [{"name": "f", "auth": auth, "item": [item]}]}
    imported = read_bytes(json.dumps(value).encode(), catalogue)
    ((above, found),) = requests(imported.collection)
    assert resolved(imported.collection, above, found).draft.headers == ()
    assert "kind oauth2" in says(imported)


def test_an_environment_covers_a_collection_as_in_the_tool_they_come_from(catalogue: Catalogue) -> None:
    rows = [{"key": key, "value": value} for key, value in (("who", "1"), ("page", "1"), ("size", "9"), ("token", "x"))]
    item = {"name": "a", "request": "https://x.example/"}
    collection = {"info": {"name": "Shop"}, "item": [item], "variable": rows}
    there = {
        "name": "There",
        "values": [{"key": "baseUrl", "value": "https://there.example"}, {"key": "who", "value": "7"}],
    }
    here = {"name": "Here", "values": [{"key": "url", "value": "https://here.example"}, {"key": "page", "value": "1"}]}
    nowhere = {"name": "Nowhere", "values": [{"key": "size", "value": "1000"}]}
    parts = [read_bytes(json.dumps(one).encode(), catalogue) for one in (there, collection, here, nowhere)]
    (made,) = collections_of(parts)
    assert (made.name, [one.name for one in made.environments]) == ("Shop", ["There", "Here", "Nowhere"])
    assert [(row.name, row.value) for row in made.defaults.variables if row.name != "token"] == [
        ("page", "1"),
        ("size", "9"),
    ]
    assert [(row.name, row.value) for row in made.environments[0].variables] == [
        ("baseUrl", "https://there.example"),
        ("who", "7"),
    ]
    assert Pair("who", "1") in made.environments[1].variables
    (alone,) = collections_of(parts[:1])
    assert (alone.name, len(alone.environments)) == ("There", 1)


def test_insomnia(catalogue: Catalogue) -> None:
    imported = read_path(FIXTURES / "insomnia.yaml", catalogue)
    assert [item.name for item in imported.collection.items] == ["Invoices", "Upload"]
    # The environment says otherwise, and a collection's variable would cover it.
    assert imported.collection.defaults.variables == ()
    assert [one.name for one in imported.environments] == ["Base Environment", "Staging"]
    assert imported.environments[0].variables == (Pair("base_url", "https://api.kometsales.com/api"),)
    assert imported.environments[1].secrets == ("token",)
    found = items(imported)
    assert list(found) == ["Add customer", "List invoices", "Upload"]
    listed = found["List invoices"]
    assert (listed.draft.method, listed.description) == ("invoice.list", "By day")
    assert [(row.name, row.value, row.enabled) for row in listed.draft.query][1:] == [
        ("orderDateFrom", "2026-01-05", True),
        ("orderDateTo", "{{$now|%Y-%m-%dT%H:%M:%SZ|UTC}}", False),
    ]
    added = found["Add customer"]
    assert added.draft.method == "customer.add"
    assert '"{{token}}"' in added.draft.body.text
    assert added.auth == Auth("bearer", token="{{token}}")
    upload = found["Upload"]
    assert upload.draft.path == "https://shop.example/upload/{{kind}}"
    assert upload.draft.body.pairs == (Pair("note", "hello"), Pair("photo", file="/tmp/rose.jpg"))
    folder = imported.collection.items[0]
    assert isinstance(folder, Folder)
    assert folder.defaults.variables == (Pair("region", "MIA"), Pair("nested.deep", "true"))
    for part in ("script", "Socket"):
        assert part in says(imported)


def test_har(catalogue: Catalogue) -> None:
    imported = read_path(FIXTURES / "recorded.har", catalogue)
    found = items(imported)
    assert list(found) == ["customer.list", "customer.add"]
    listed = found["customer.list"]
    assert listed.draft.query == (Pair("authenticationToken", "{{token}}"), Pair("name", "A&B"))
    assert listed.draft.headers == (Pair("accept", "application/json"), Pair("cookie", "{{cookie}}"))
    assert listed.examples[0].body == '{"status": 1}'
    assert "test-cookie-12" not in str(listed.examples)
    assert found["customer.add"].draft.body == Body("json", '{"authenticationToken": "{{token}}", "name": "Coral"}')
    assert found["customer.add"].examples == ()
    assert "1 entries load pages" in says(imported)
    assert "entry 4" in says(imported)


ONLY_OTHERS = {
    "Graph.yml": """\
info: {name: Graph, type: graphql}
graphql:
  url: https://roses.example/graphql
  headers: [{name: X-A, value: '1'}]
  body:
    - {title: Old, selected: false, body: {query: '{ old }'}}
    - {title: New, selected: true, body: {query: '{ roses }', variables: '{"token": "test-token-number-one", "n": 1}'}}
  auth: {type: oauth2, flow: client_credentials}
""",
    "Upload.yml": """\
info: {name: Upload, type: http}
http:
  method: PUT
  url: https://roses.example/photo
  body: {type: file, data: [{filePath: a.jpg, selected: false}, {filePath: rose.jpg, selected: true}]}
runtime:
  assertions: [{expression: 'res.headers.x', operator: eq, value: '1'}]
  actions: [{type: fly, variable: {name: a}}]
""",
    "Stream.yml": "info: {name: Stream, type: grpc}\ngrpc: {url: roses.example}\n",
}


def test_what_only_other_tools_can_do_is_carried_over_or_said_to_be_left_out(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "opencollection.yml").write_text("opencollection: 1.0.0\ninfo: {name: Theirs}\n", encoding="utf-8")
    for name, text in ONLY_OTHERS.items():
        (folder / name).write_text(text, encoding="utf-8")
    bundle = tmp_path / "theirs.yml"
    items_of_all = "".join("  - " + text.replace("\n", "\n    ").rstrip(" ") for text in ONLY_OTHERS.values())
    bundle.write_text(f"opencollection: 1.0.0\ninfo: {{name: Theirs}}\nbundled: true\nitems:\n{items_of_all}")
    for source in (folder, bundle):
        imported = read_path(source, catalogue)
        found = items(imported)
        assert set(found) == {"Graph", "Upload"}
        graph = found["Graph"].draft
        assert (graph.verb, graph.path, graph.headers) == ("POST", "https://roses.example/graphql", (Pair("X-A", "1"),))
        assert json.loads(graph.body.text) == {"query": "{ roses }", "variables": {"token": "{{token}}", "n": 1}}
        assert [one.value for one in imported.secrets] == ["test-token-number-one"]
        assert sorted(one.message for one in imported.problems if "No Komet method" not in one.message) == [
            "A request of the kind grpc was left out; only HTTP requests and GraphQL over HTTP can be imported.",
            "An action was left out; it cannot be run from here.",
            "An assertion was left out; it cannot be run from here.",
            "Authentication of the kind oauth2 was left out; it cannot be used from here.",
            "The body is the file rose.jpg; bodies from files cannot be sent from here, so it was left out.",
        ]
    # The same files as a collection of one's own: nothing of them goes, and that is what is said.
    store = CollectionStore(folder, catalogue)
    assert [one.message for one in store.load().problems] == [
        "A request of the kind graphql is kept as it is; only HTTP requests can be opened.",
        "A request of the kind grpc is kept as it is; only HTTP requests can be opened.",
        "A body of the kind file is kept in the file and not sent from here.",
        "An assertion is kept as it is; it cannot be run from here.",
        "An action is kept as it is; it cannot be run from here.",
    ]
    upload = store.request("Upload.yml")
    store.save_request(replace(upload, description="Roses"))
    for kept in ("filePath: rose.jpg", "res.headers.x", "type: fly"):
        assert kept in (store.text("Upload.yml") or "")


def test_brunos_folder(catalogue: Catalogue) -> None:
    imported = read_path(FIXTURES / "bruno", catalogue)
    assert (imported.format, imported.collection.name) == ("OpenCollection folder", "Bruno's flowers")
    found = items(imported)
    assert set(found) == {"List customers", "Shop"}
    assert found["Shop"].draft.body.text == '{\n  "query": ""\n}', "it has no query"
    item = found["List customers"]
    assert (item.draft.method, item.tags, item.description) == ("customer.list", ("read",), "All of them.")
    assert item.draft.query == (
        Pair("authenticationToken", "{{token}}"),
        Pair("name", ""),
        Pair("code", "7", enabled=False),
    )
    assert item.checks == (Check("status", value="200"),)
    assert item.captures == (Capture("customerId", "customers[0].id"),)
    assert item.examples[0].body == '{"status": 1}'
    assert imported.environments[0].secrets == ("token",)
    assert "Customers/List customers.yml:29: An assertion" in says(imported)
    assert read_path(FIXTURES / "bruno" / "opencollection.yml", catalogue) == imported


def test_http_file_and_curl(catalogue: Catalogue) -> None:
    imported = read_path(FIXTURES / "calls.http", catalogue)
    assert imported.collection.defaults.variables[1] == Pair("day", "2026-01-05")
    found = items(imported)
    assert list(found) == ["Customers by name", "Add one"]
    first = found["Customers by name"]
    assert (first.draft.method, first.description) == ("customer.list", "Those of Miami")
    assert first.draft.query == (Pair("authenticationToken", "{{token}}"), Pair("name", "Rose"))
    assert first.draft.headers == (Pair("Accept", "application/json"), Pair("X-Off", "1", enabled=False))
    assert found["Add one"].draft.method == "customer.add"
    assert "script" in says(imported)
    assert "is no request" in says(imported)
    commands = read_path(FIXTURES / "calls.sh", catalogue)
    listed, added = items(commands).values()
    assert (listed.draft.method, added.draft.method) == ("customer.list", "customer.add")
    assert added.draft.body.text == '{"authenticationToken": "{{token}}", "name": "O\'Hara"}'
    assert (listed.token, added.token) == ("", "token2"), "another token keeps its own name beside the draft"
