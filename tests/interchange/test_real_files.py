"""Files that the real tools wrote (fixtures/real/README.md says how): what must come over, and what must be said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.exchange import Body, Pair
from komet_console.interchange.formats import EXPORTS, read_bytes, read_path, write
from komet_console.interchange.imports import Imported
from komet_console.workspace.collections.library import Library
from komet_console.workspace.collections.model import Auth, Capture, Check, Folder, RequestItem, requests

FIXTURES = Path(__file__).with_name("fixtures")
REAL = FIXTURES / "real"
JSON_BODY = """{
\t"authenticationToken": "{{token}}",
\t"name": "Rösé & Söhne",
\t"price": 12.50,
\t"big": 12345678901234567890
}"""
CHECKS = (
    Check("status", value="200", description="Status code is 200"),
    Check("status", "", "matches", "^(?:201|202)$", description="Successful POST request"),
    Check("status", value="200", description="Status code name has string"),
    Check("time", "", "lt", "200", description="Response time is less than 200ms"),
    Check("value", "status", "eq", "1", description="Your test name"),
    Check("status", value="200", description="is ok"),
    Check("value", "customers[0].name", "eq", "Rose", description="arrow in one line"),
    Check("value", "keys(@)", "contains", "customers", description="has property"),
    Check("value", "type(customers)", "eq", "array", description="rows"),
    Check("value", "length(customers)", "gt", "0", description="rows"),
)


def items(imported: Imported) -> dict[str, RequestItem]:
    return {item.name: item for _above, item in requests(imported.collection)}


def says(imported: Imported) -> str:
    return "\n".join(map(str, imported.problems))


def files() -> list[str]:
    found = [one.name for one in REAL.iterdir() if one.is_file() and one.suffix in (".json", ".har", ".yml")]
    return sorted([*(one for one in found if not one.startswith("transformed-1.0")), "bruno"])


def test_there_are_files_of_every_tool() -> None:
    assert {one.partition(".")[0].partition("-")[0] for one in files()} == {
        "bruno",
        "chromium",
        "mitmproxy",
        "newman",
        "openapi",
        "sdk",
        "transformed",
    }


@pytest.mark.parametrize("name", files())
def test_no_token_stays_in_what_was_imported(name: str, catalogue: Catalogue, tmp_path: Path) -> None:
    imported = read_path(REAL / name, catalogue)
    library = Library(tmp_path, catalogue)
    whole = library.add(imported.collection)
    stored = b"".join(one.read_bytes() for one in whole.folder.rglob("*") if one.is_file())
    exported = b"".join(write(imported.collection, one.id, catalogue) for one in EXPORTS)
    shown = repr(imported).encode() + stored + exported
    for word in ("test-token-of", "test-bearer-of", "test-password-of", "test-api-of", "test-cookie-of"):
        assert word.encode() not in shown
    again = [item.draft for _above, item in requests(library.open(whole.name).load())]
    wanted = [item.draft for _above, item in requests(imported.collection)]
    assert [(one.method, one.path, one.query, one.body.text) for one in again] == [
        (one.method, one.path, one.query, one.body.text) for one in wanted
    ]
    assert [[(row.name, row.value, row.file) for row in one.body.pairs] for one in again] == [
        [(row.name, row.value, row.file) for row in one.body.pairs] for one in wanted
    ]


@pytest.mark.parametrize("name", ["sdk.postman_collection.json", "transformed-2.0.postman_collection.json"])
def test_collections_of_postmans_own_library(name: str, catalogue: Catalogue) -> None:
    imported = read_path(REAL / name, catalogue)
    assert imported.format == f"Postman collection 2.{0 if '2.0' in name else 1}"
    assert (imported.requests, imported.recognised) == (22, 2)
    made = imported.collection
    assert (made.name, made.description) == ("SDK shop", "Made by the *SDK*.")
    assert made.defaults.variables == (
        Pair("base", "https://api.kometsales.com/api"),
        Pair("rows", "5"),
        Pair("off", "x", enabled=False),
    )
    assert made.defaults.auth == Auth("bearer", token="{{token}}")
    assert {(one.name, one.value) for one in imported.secrets} == {
        ("token", "test-bearer-of-the-sdk"),
        ("token2", "test-token-of-the-sdk"),
        ("password", "test-password-of-the-sdk"),
        ("xApiKey", "test-api-of-the-sdk"),
    }
    bodies = made.items[0]
    assert isinstance(bodies, Folder)
    assert (bodies.description, bodies.defaults.auth) == ("Every mode of a body", Auth("none"))
    assert [one.name for one in bodies.items if isinstance(one, Folder)] == ["Deeper"]
    found = items(imported)

    raw = found["raw json"]
    assert (raw.draft.method, raw.draft.body, raw.token) == ("customer.add", Body("json", JSON_BODY), "token2")
    assert raw.draft.headers == (Pair("Content-Type", "application/json"), Pair("X-Off", "no", enabled=False))
    assert found["raw text"].draft.body == Body("raw", "a=1&b=2\r\nline")
    assert found["raw xml"].draft.body == Body("raw", '<rose a="1">&amp;</rose>', content_type="application/xml")
    assert found["urlencoded"].draft.body.pairs == (
        Pair("a b", "c+d & e=f"),
        Pair("ünï", "{{rows}}", description="a reference"),
        Pair("off", "1", enabled=False),
    )
    assert found["formdata"].draft.body.pairs == (
        Pair("note", "hello\nworld"),
        Pair("typed", '{"a":1}', content_type="application/json"),
        Pair("photo", file="rose.jpg"),
        Pair("two", file="a.txt"),
        Pair("two", file="b.txt"),
        Pair("off", "x", enabled=False),
    )
    graph = json.loads(found["graphql"].draft.body.text)
    assert graph == {"query": "query ($a: Int) {\n  roses(first: $a) { id }\n}", "variables": {"a": 3}}
    boxes = found["path variables"]
    assert boxes.draft.path == "{{base}}/boxes/{{kind}}/{{id}}/labels"
    assert boxes.variables == (Pair("kind", "mixed"), Pair("id", "42", description="of the box"))
    assert [(one.name, one.value, one.enabled) for one in boxes.draft.query] == [
        ("size", "a b", True),
        ("size", "c", True),
        ("empty", "", True),
        ("none", "", True),
        ("off", "1", False),
    ]

    kinds = {name: found[name].auth for name in ("basic", "bearer", "apikey", "apikey in query", "inherited")}
    assert kinds == {
        "basic": Auth("basic", username="rosa", password="{{password}}"),
        "bearer": Auth("bearer", token="{{other}}"),
        "apikey": Auth("apikey", key="X-Api-Key", value="{{xApiKey}}"),
        "apikey in query": Auth("apikey", key="k", value="{{rows}}", placement="query"),
        "inherited": Auth(),
    }
    assert (found["inherited"].draft.path, found["inherited"].draft.query) == (
        "https://{{host}}:8443/auth/inherited",
        (Pair("x", "1"),),
    )

    listed = found["List customers"]
    assert listed.draft.query == (Pair("authenticationToken", "{{token}}"), Pair("name", "Rose"))
    assert listed.checks == CHECKS
    assert listed.captures == (Capture("customerId", "customers[0].id"),)
    assert "Body matches string" in listed.scripts[0].code
    assert "Status code" not in listed.scripts[0].code
    (example,) = listed.examples
    assert (example.status, example.body_type, example.body) == (
        200,
        "json",
        '{"status":1,"customers":[{"id":7},{"id":8}]}',
    )
    assert example.url.startswith("{{base}}/customer.list?authenticationToken=")

    told = says(imported)
    left = ("rose.jpg", "switched off", "before the request", "Body matches string", "Content-Type is present")
    for part in (*left, "digest", "oauth2", "oauth1", "hawk", "awsv4", "ntlm"):
        assert part in told, part


def test_a_collection_of_postmans_first_format_is_refused_with_the_way_out(catalogue: Catalogue) -> None:
    with pytest.raises(UserError, match="old format 1") as refused:
        read_path(REAL / "transformed-1.0.postman_collection.json", catalogue)
    assert "v2.1" in str(refused.value.hint)


def test_what_postman_makes_of_an_openapi_description(catalogue: Catalogue) -> None:
    komet = read_path(REAL / "openapi-komet.postman_collection.json", catalogue)
    assert (komet.requests, komet.recognised) == (5, 5)
    found = {item.draft.method: item for _above, item in requests(komet.collection)}
    assert set(found) == {"login", "customer.list", "customer.add", "invoice.list", "vendor.list"}
    assert found["customer.list"].draft.query[0].value == "{{token}}"
    assert found["customer.add"].draft.body.text.startswith('{\n  "authenticationToken": "{{token}}",\n')
    assert [one.status for one in found["customer.add"].examples] == [200, 0]

    shop = read_path(REAL / "openapi-shop.postman_collection.json", catalogue)
    made = items(shop)
    assert shop.collection.defaults.variables == (
        Pair("region", "mia"),
        Pair("baseUrl", "https://{{region}}.shop.example/v1"),
    )
    assert shop.collection.defaults.auth == Auth("apikey", key="X-Api-Key", value="{{apiKey}}")
    rose = made["One rose"]
    assert (rose.draft.path, rose.variables[0].value) == ("{{baseUrl}}/roses/{{id}}", "42")
    assert rose.draft.query == (Pair("fields", "name"), Pair("fields", "price"))
    assert [(one.status, one.body_type) for one in rose.examples] == [(200, "json"), (404, "json")]
    assert rose.examples[0].url == "{{baseUrl}}/roses/{{id}}?fields=price"
    assert made["Change a rose"].auth == Auth(
        "basic", username="{{basicAuthUsername}}", password="{{basicAuthPassword}}"
    )
    assert made["Order"].draft.body.pairs == (Pair("rose", "Freedom & Co"), Pair("boxes", "3"))
    papers = made["Attach papers"]
    assert papers.draft.body.kind == "multipart"
    assert not any(one.name == "Content-Type" for one in papers.draft.headers), "it would be sent without a boundary"
    assert "No file is chosen" in says(shop)


def test_what_newman_exports_after_a_run(catalogue: Catalogue) -> None:
    environment = read_path(REAL / "newman.postman_environment.json", catalogue)
    (one,) = environment.environments
    assert (one.name, one.secrets) == ("Echo", ("token",))
    assert one.variables == (Pair("base", "http://127.0.0.1:8080/api"), Pair("unused"), Pair("seen", "yes"))
    assert [(one.name, one.value) for one in environment.secrets] == [("token", "test-token-of-newman")]
    (everywhere,) = read_path(REAL / "newman.postman_globals.json", catalogue).environments
    assert (everywhere.name, everywhere.variables) == ("Globals", (Pair("from", "globals"), Pair("everywhere", "7")))
    ran = read_path(REAL / "newman.postman_collection.json", catalogue)
    (item,) = items(ran).values()
    assert (item.draft.method, item.draft.query) == ("customer.list", (Pair("authenticationToken", "{{token}}"),))
    assert item.checks == (CHECKS[0],)
    assert "pm.globals.set" in item.scripts[0].code


def test_a_recording_of_chromium(catalogue: Catalogue) -> None:
    imported = read_path(REAL / "chromium.har", catalogue)
    assert (imported.requests, imported.recognised) == (8, 3)
    found = items(imported)
    typed = found["vendor.list"]
    assert typed.examples[0].status == 200, "a call typed into the address bar is a call as well"
    assert found["customer.list"].draft.query == (
        Pair("authenticationToken", "{{token}}"),
        Pair("name", "Petal & Stem"),
    )
    assert found["customer.add"].draft.body == Body(
        "json", '{\n  "authenticationToken": "{{token}}",\n  "name": "Rösé & Söhne",\n  "price": 12.5\n}'
    )
    assert found["POST /form"].draft.body.pairs == (Pair("a b", "c+d & e=f"), Pair("ünï", "✓"), Pair("a b", ""))
    assert found["POST /text"].draft.body.text == "plain ✓"
    assert found["POST /upload"].draft.body == Body("multipart")
    assert "entry 5: The body was sent but not recorded" in says(imported)
    assert "entry 7: The body was sent but not recorded" in says(imported)
    names = {one.name.casefold() for item in found.values() for one in item.draft.headers}
    assert names == {"accept"}, "what a browser writes about itself stays out"


def test_recordings_of_a_proxy(catalogue: Catalogue) -> None:
    imported = read_path(REAL / "mitmproxy-curl.har", catalogue)
    assert (imported.requests, imported.recognised) == (6, 2)
    found = items(imported)
    assert (
        found["customer.add"].draft.body.text == '{\n  "authenticationToken": "{{token}}",\n  "name": "Rösé & Söhne"\n}'
    )
    assert found["POST /form"].draft.body.pairs == (Pair("a", "1"), Pair("ünï", "✓ &")), "bytes recorded one by one"
    assert found["POST /upload"].draft.body.pairs == (
        Pair("note", "hello"),
        Pair("photo", file="rose.png", content_type="image/png"),
    )
    assert "entry 5: The body had 3 bytes" in says(imported)
    assert found["HEAD /basic"].draft.headers == (
        Pair("Authorization", "Basic {{authorization}}"),
        Pair("Accept", "*/*"),
        Pair("Cookie", "{{cookie}}"),
    )
    (item,) = items(read_path(REAL / "mitmproxy-firefox.har", catalogue)).values()
    assert (item.draft.method, item.draft.query[0].value) == ("customer.list", "{{token}}")
    assert [one.name for one in item.draft.headers] == ["Accept"]


def test_a_folder_of_bruno(catalogue: Catalogue) -> None:
    imported = read_path(REAL / "bruno", catalogue)
    assert (imported.format, imported.requests) == ("OpenCollection folder", 4)
    assert imported.collection.defaults.auth == Auth("apikey", key="X-Api-Key", value="{{apiKey}}")
    (environment,) = imported.environments
    assert environment.variables == (Pair("baseUrl", "https://{{region}}.shop.example/v1"), Pair("region", "mia"))
    found = items(imported)
    rose = found["One rose"]
    assert (rose.draft.path, rose.variables) == ("{{baseUrl}}/roses/{{id}}", (Pair("id", "42"),))
    assert rose.draft.query == (Pair("fields", "name,price", enabled=False),), "Bruno lists it and does not send it"
    assert [one.status for one in rose.examples] == [200, 404]
    assert found["Change a rose"].draft.body == Body("json", '{\n  "name": "Freedom",\n  "price": 0.35\n}')
    assert found["Order"].draft.body.pairs == (Pair("rose", "Freedom & Co"), Pair("boxes", "3"))


def test_brunos_converters(catalogue: Catalogue) -> None:
    bundled = read_path(REAL / "bruno.opencollection.yml", catalogue)
    assert (bundled.requests, bundled.recognised) == (22, 2)
    found = items(bundled)
    assert json.loads(found["graphql"].draft.body.text)["variables"] == {"a": 3}
    assert found["raw json"].draft.body.text == JSON_BODY
    assert [one.file for one in found["formdata"].draft.body.pairs if one.name == "two"] == ["a.txt", "b.txt"]
    assert found["List customers"].examples[0].body == '{"status":1,"customers":[{"id":7},{"id":8}]}'
    assert "kept in the file" not in says(bundled)
    for part in ("digest", "ntlm", "the file rose.jpg"):
        assert part in says(bundled), part
    exported = read_path(REAL / "bruno.postman_collection.json", catalogue)
    assert (exported.requests, exported.recognised) == (22, 2)
    assert CHECKS[0] in items(exported)["List customers"].checks
    assert items(exported)["raw json"].draft.body.text == JSON_BODY


def test_insomnia_as_its_present_version_writes_it(catalogue: Catalogue) -> None:
    imported = read_path(FIXTURES / "insomnia-12.yaml", catalogue)
    found = items(imported)
    assert list(found) == ["Attach papers", "nothing typed yet"]
    papers = found["Attach papers"]
    assert papers.draft.path == "{{base-url}}/orders/{{id}}/papers"
    assert papers.draft.headers == (Pair("User-Agent", "insomnia/12.5.0"),)
    assert papers.draft.body.pairs == (Pair("note", "hello"), Pair("file", file="C:\\Users\\rosa\\papers.pdf"))
    assert papers.checks == (Check("status", value="200", description="Status is 200"),)
    assert papers.captures == (Capture("paper", "paper.id"),)
    assert "insomnia.expect(true)" in papers.scripts[0].code
    assert imported.collection.defaults.variables == (Pair("base-url", "https://staging.example/v1"),)
    told = says(imported)
    assert papers.auth == Auth("apikey", key="Authorization", value="Komet {{token}}")
    for part in ("vault", "Stream without an address: Only HTTP", "Remote call: Only HTTP"):
        assert part in told, part

    only = read_path(FIXTURES / "insomnia-12.environment.yaml", catalogue)
    assert (only.requests, [one.name for one in only.environments]) == (0, ["Base", "Production"])
    assert only.environments[0].secrets == ("token",)
    assert [(one.environment, one.name, one.value) for one in only.secrets] == [
        ("Base", "token", "test-token-number-14"),
        # The base's variables are the other's, too.
        ("Production", "token", "test-token-number-14"),
    ]


def test_tests_of_postman_before_the_object_pm(catalogue: Catalogue) -> None:
    code = [
        "var jsonData = JSON.parse(responseBody);",
        'tests["Status code is 200"] = responseCode.code === 200;',
        'tests["fast"] = responseTime < 500;',
        'tests["one"] = jsonData.status == "1";',
        'tests["body"] = responseBody.has("x");',
    ]
    event = {"listen": "test", "script": {"exec": code}}
    value = {"info": {"name": "old"}, "item": [{"name": "a", "request": "https://x.example/", "event": [event]}]}
    imported = read_bytes(json.dumps(value).encode(), catalogue)
    (item,) = items(imported).values()
    assert item.checks == (
        Check("status", value="200", description="Status code is 200"),
        Check("time", "", "lt", "500", description="fast"),
        Check("value", "status", "eq", '"1"', description="one"),
    )
    assert 'tests["body"]' in item.scripts[0].code
