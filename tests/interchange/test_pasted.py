"""What people paste becomes a draft of the right method, and its token leaves the draft."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.exchange import Environment, Pair, Token, build, draft_of_sample
from komet_console.exchange.snippets import snippet
from komet_console.interchange.curl import parse_all, parse_curl
from komet_console.interchange.pasted import looks_pasted, read_pasted
from komet_console.interchange.recognise import address_of

SECRET = "secret-for-tests-1"
API = "https://api.kometsales.com/api"


def test_a_url_with_a_token(catalogue: Catalogue) -> None:
    found = read_pasted(f"{API}/customer.list?authenticationToken={SECRET}&customerCode=A%26B", catalogue)
    assert found.draft.method == "customer.list"
    assert (found.draft.verb, found.draft.path) == (None, None)
    assert found.draft.query == (Pair("authenticationToken", "{{token}}"), Pair("customerCode", "A&B"))
    assert (found.token, found.base_url) == (SECRET, API)
    assert SECRET not in repr(found)


@pytest.mark.parametrize(
    ("text", "method", "base"),
    [
        ("{{baseUrl}}/customer.list", "customer.list", "{{baseUrl}}"),
        ("http://127.0.0.1:8080/api/customer.list", "customer.list", "http://127.0.0.1:8080/api"),
        ("/api/customer.add", "customer.add", "/api"),
        (
            "https://host.example/proxy/api/v2/standing-order",
            "v2/standing-order:post",
            "https://host.example/proxy/api",
        ),
        ("PUT https://host.example/api/v2/standing-order", "v2/standing-order:put", "https://host.example/api"),
        ("https://host.example/api/CUSTOMER.LIST", "customer.list", "https://host.example/api"),
        (f"{API}/picketicket.details.list", "pickticket.details.list", API),
    ],
)
def test_methods_are_recognised_on_any_host(catalogue: Catalogue, text: str, method: str, base: str) -> None:
    found = read_pasted(text, catalogue)
    assert (found.draft.method, found.base_url) == (method, base)


def test_an_address_that_no_method_has_is_refused_in_words(catalogue: Catalogue) -> None:
    with pytest.raises(UserError, match=r"No Komet method has the address https://example.com/orders"):
        read_pasted(f"curl 'https://example.com/orders?token={SECRET}'", catalogue)


@pytest.mark.parametrize("text", ["", "   ", "roses and lilies", "{", "curl", "curl -X POST", "curl 'https://x"])
def test_what_cannot_be_read_says_so(catalogue: Catalogue, text: str) -> None:
    with pytest.raises(UserError) as caught:
        read_pasted(text, catalogue)
    assert caught.value.hint


def test_a_json_body_is_for_the_open_method(catalogue: Catalogue) -> None:
    text = '{\n  "authenticationToken": "secret-for-tests-1", // mine\n  "name": "Coral", "code": 007\n}'
    found = read_pasted(text, catalogue, catalogue.method("customer.add"))
    assert found.draft.body.text == text.replace(SECRET, "{{token}}")
    assert found.token == SECRET


def test_json_for_a_method_that_takes_url_parameters_becomes_these(catalogue: Catalogue) -> None:
    text = '{"authenticationToken": "secret-for-tests-1", "name": "Coral & Co", "salesPersonId": 412}'
    found = read_pasted(text, catalogue, catalogue.method("customer.list"))
    assert found.draft.body.kind == "none"
    assert found.draft.query == (
        Pair("authenticationToken", "{{token}}"),
        Pair("name", "Coral & Co"),
        Pair("salesPersonId", "412"),
    )
    assert found.token == SECRET
    assert read_pasted('{"name": "x"}', catalogue, catalogue.method("customer.list")).draft.query == (
        Pair("authenticationToken", "{{token}}"),
        Pair("name", "x"),
    )


def test_a_json_body_names_its_method_by_its_keys(catalogue: Catalogue) -> None:
    body = '{"boxCode": "B1", "position": "C07", "companyLocationId": 1}'
    assert read_pasted(body, catalogue).draft.method == "box.warehouse.receive"


def test_what_is_searched_for_is_not_taken_for_something_pasted() -> None:
    assert not any(map(looks_pasted, ["customer", "curly", "get customer list", "POST", "{", ""][:4]))
    assert all(map(looks_pasted, [f"curl {API}/x", '{"a": 1}', f"{API}/login", "GET /api/login", "curl -X\\\n"]))


CHROME_CMD = (
    'curl ^"https://api.kometsales.com/api/customer.add^" ^\n'
    '  -H ^"content-type: application/json^" ^\n'
    '  --data-raw ^"^{^\\^"name^\\^":^\\^"50^% ^& more^\\^",^\\^"city^\\^":^\\^"Miami^\\^"^}^"'
)

COMMANDS: list[tuple[str, dict[str, Any]]] = [
    (f"curl {API}/login", {"verb": "GET", "url": f"{API}/login"}),
    ("curl api.kometsales.com/api/login", {"url": f"{API}/login"}),
    ("curl localhost:80/api/login", {"url": "http://localhost:80/api/login"}),
    (f"$ curl -sSL -XDELETE '{API}/x' -o /dev/null 2>&1 | jq .", {"verb": "DELETE", "url": f"{API}/x"}),
    (f"curl -G {API}/x -d a=1 --data-urlencode 'b=x y&z'", {"verb": "GET", "query": [("a", "1"), ("b", "x y&z")]}),
    (f"curl {API}/x -d a=1 -d b=2", {"verb": "POST", "kind": "form", "pairs": [("a", "1"), ("b", "2")]}),
    (f"curl {API}/x --json '{{\"a\":' --json '1}}'", {"verb": "POST", "kind": "json", "text": '{"a":1}'}),
    (f"curl {API}/x -d '{{\"a\": 1}}'", {"kind": "json", "text": '{"a": 1}', "headers": []}),
    (f"curl {API}/x -H 'Content-Type: application/json' -d 'no json'", {"kind": "json", "text": "no json"}),
    (f"curl {API}/x -H 'Content-Type: text/xml' --data-binary '<a/>'", {"kind": "raw", "text": "<a/>"}),
    (f"curl {API}/x --data-raw $'it\\'s \\u00e9\\n\\x41\\101'", {"kind": "raw", "text": "it's é\nAA"}),
    (f'curl {API}/x -d "a=\\"q\\" \\$5 $HOME"', {"pairs": [("a", '"q" $5 {{HOME}}')]}),
    (
        f"curl {API}/x \\\n  -H 'X-A: b c' \\\n  -H 'X-Empty;' -H 'Host: y'",
        {"headers": [("X-A", "b c"), ("X-Empty", "")]},
    ),
    (f"curl {API}/x -u ann:pw", {"headers": [("Authorization", "Basic YW5uOnB3")]}),
    (f"curl {API}/x -I", {"verb": "HEAD"}),
    (f"curl {API}/x -F 'a=b;type=text/csv' -F 'f=@/tmp/c d.pdf;type=application/pdf'", {"kind": "multipart"}),
    (f"curl.exe --request PATCH --url={API}/x", {"verb": "PATCH", "url": f"{API}/x"}),
    (f"A=1 curl '{API}/x?a={{{{v}}}}&b=1+2'", {"query": [("a", "{{v}}"), ("b", "1 2")]}),
    (f'curl "{API}/x" -H "Content-Type: application/json" -d "{{\\"a\\":\\"b\\"}}"', {"text": '{"a":"b"}'}),
    (CHROME_CMD, {"kind": "json", "text": '{"name":"50% & more","city":"Miami"}'}),
]


@pytest.mark.parametrize(("command", "wanted"), COMMANDS)
def test_curl(command: str, wanted: dict[str, Any]) -> None:
    request = parse_curl(command)
    seen: dict[str, Any] = {
        "verb": request.verb,
        "url": request.url,
        "query": [(one.name, one.value) for one in request.query],
        "headers": [(one.name, one.value) for one in request.headers],
        "kind": request.body.kind,
        "text": request.body.text,
        "pairs": [(one.name, one.value) for one in request.body.pairs],
    }
    assert {key: seen[key] for key in wanted} == wanted


def test_files_of_a_form_are_named_and_not_read() -> None:
    request = parse_curl(f"curl {API}/x -F 'f=@\"/tmp/a;b.pdf\";type=application/pdf' -F 'n=<notes.txt'")
    assert request.body.pairs == (Pair("f", file="/tmp/a;b.pdf", content_type="application/pdf"), Pair("n"))
    assert any("notes.txt" in note for note in request.notes)


def test_what_is_left_out_is_said() -> None:
    request = parse_curl(f"curl -k --proxy http://p -d @body.json --frobnicate {API}/x")
    said = " ".join(request.notes)
    assert all(word in said for word in ("--insecure", "--proxy", "body.json", "--frobnicate"))
    assert any("Windows command prompt" in note for note in parse_curl(CHROME_CMD).notes)


def test_several_commands_are_several_requests() -> None:
    text = f"#!/bin/sh\n# first\ncurl {API}/a && curl {API}/b; echo done\ncurl {API}/c --next {API}/d\n"
    assert [request.url[-1] for request in parse_all(text)] == ["a", "b", "c", "d"]


def test_secrets_of_other_kinds_leave_too(catalogue: Catalogue) -> None:
    text = (
        f"curl {API}/customer.list -H 'Authorization: Bearer {SECRET}' -H 'Cookie: sid=9' -H 'X-API-Key: other-secret'"
    )
    found = read_pasted(text, catalogue)
    assert [pair.value for pair in found.draft.headers] == ["Bearer {{token}}", "{{cookie}}", "{{xAPIKey}}"]
    assert {one.name: one.value for one in found.secrets} == {
        "token": SECRET,
        "cookie": "sid=9",
        "xAPIKey": "other-secret",
    }


def test_two_tokens_in_one_request_stay_two(catalogue: Catalogue) -> None:
    body = json.dumps({"authenticationToken": SECRET, "companyToken": "secret-for-tests-2"})
    found = read_pasted(body, catalogue, catalogue.method("customer.add"))
    assert [one.name for one in found.secrets] == ["token", "token2"]
    assert json.loads(found.draft.body.text) == {
        "authenticationToken": "{{token}}",
        "companyToken": "{{token2}}",
    }


@pytest.mark.parametrize(
    "text", ['{"authenticationToken": "secret-for-tests-1", "name": }', '{"a": {"password": "pw-1"}}']
)
def test_secrets_leave_broken_and_nested_json(catalogue: Catalogue, text: str) -> None:
    found = read_pasted(text, catalogue, catalogue.method("customer.add"))
    assert len(found.secrets) == 1
    assert found.secrets[0].value not in found.draft.body.text


def test_our_own_curl_comes_back_as_the_same_request(catalogue: Catalogue) -> None:
    """For all methods: sample, curl, pasted again: the same bytes on the wire."""
    environment = Environment("e", "https://sandbox.example/api")
    token = Token(SECRET, "sandbox.example")
    for name in catalogue.summaries:
        method = catalogue.method(name)
        draft = draft_of_sample(method, catalogue.sample(method, catalogue.anchor))
        sent = build(draft, method, token, environment)
        found = read_pasted(snippet(sent, "curl", reveal=True), catalogue)
        assert found.draft.method == name
        assert found.base_url == environment.base_url
        draft = found.draft
        for secret in found.secrets:
            if secret.name != "token":
                rows = (
                    replace(row, value=row.value.replace(f"{{{{{secret.name}}}}}", secret.value)) for row in draft.query
                )
                draft = replace(draft, query=tuple(rows))
        again = build(draft, method, Token(found.token or "none", "sandbox.example"), environment)
        assert (again.verb, again.url, again.body) == (sent.verb, sent.url, sent.body)


@pytest.mark.parametrize("number", range(2))
def test_addresses_without_api_in_them(catalogue: Catalogue, number: int) -> None:
    url = ["https://gateway.example/customer.list", "{{host}}/komet/customer.list"][number]
    address = address_of(catalogue, "GET", url)
    assert address.summary is not None
    assert address.base_url == url.removesuffix("/customer.list")
