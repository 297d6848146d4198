"""What is exported, run by the real tools: the same requests arrive as if this program had sent them."""

from __future__ import annotations

import email.parser
import email.policy
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from helpers.echo import Arrived, Echo, echoing

from komet_console.catalogue import Catalogue
from komet_console.exchange import Body, Draft, Environment, Pair, build
from komet_console.interchange.formats import read_path, write
from komet_console.workspace.collections.model import Collection, Folder, RequestItem, requests

CURL, NODE = shutil.which("curl"), shutil.which("node")
NEWMAN = os.environ.get("KOMET_TEST_NEWMAN") or shutil.which("newman")
HTTPYAC = os.environ.get("KOMET_TEST_HTTPYAC") or shutil.which("httpyac")
HAR_VALIDATOR = os.environ.get("KOMET_TEST_HAR_VALIDATOR")
TRICKY = """{"a": "it's $HOME `x` \\\\ \\"q\\" ü", "big": 12345678901234567890, "price": 1.50}"""


NOTHING = Body()
VALIDATE = """
const [folder, file] = process.argv.slice(1);
require(folder).har(JSON.parse(require('fs').readFileSync(file, 'utf8'))).catch((error) => {
    console.error(JSON.stringify(error.errors));
    process.exit(1);
});
"""


def collection(url: str, photo: Path) -> Collection:
    """Requests of every kind of body, to `url`."""

    def one(
        name: str, verb: str, query: tuple[Pair, ...] = (), body: Body = NOTHING, headers: tuple[Pair, ...] = ()
    ) -> RequestItem:
        return RequestItem(name, Draft("", query, headers, body, verb=verb, path=f"{url}/{name}"), base_url="")

    query = (Pair("a b", "c+d & e=f"), Pair("ü", "✓"), Pair("off", "1", enabled=False), Pair("empty", ""))
    form = Body("form", pairs=(Pair("a b", "c+d & e=f"), Pair("ü", "✓"), Pair("off", "1", enabled=False)))
    parts = Body(
        "multipart",
        pairs=(
            Pair("note", "hello"),
            Pair("data", '{"a":1}', content_type="application/json"),
            Pair("photo", file=str(photo), content_type="image/png"),
            Pair("off", "1", enabled=False),
        ),
    )
    listed = Draft("customer.list", (Pair("authenticationToken", "{{token}}"), Pair("name", "Petal & Stem")))
    added = Draft("customer.add", body=Body("json", '{\n  "authenticationToken": "{{token}}",\n  "name": "Coral"\n}'))
    items = (
        one("query", "GET", query, headers=(Pair("X-A", 'it\'s "quoted"'), Pair("X-Off", "1", enabled=False))),
        one("json", "POST", body=Body("json", TRICKY)),
        one("text", "POST", body=Body("raw", "one\n\ntwo $5 'three'", content_type="text/plain")),
        one("xml", "PUT", body=Body("raw", '<rose a="1">&amp;</rose>', content_type="application/xml")),
        one("form", "POST", body=form),
        one("parts", "POST", body=parts),
        one("gone", "DELETE"),
        one("patched", "PATCH", body=Body("json", "[1,2]")),
    )
    return Collection(
        "Everything", (Folder("Plain", items), RequestItem("listed", listed), RequestItem("added", added))
    )


@pytest.fixture(scope="module")
def echo() -> Iterator[Echo]:
    with echoing() as server:
        yield server


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "rose.png"
    file.write_bytes(b"\x00\xff\r\n")
    return file


def wanted(made: Collection, url: str, photo: Path, catalogue: Catalogue) -> list[Arrived]:
    """What this program would send."""
    found = []
    for _above, item in requests(made):
        draft = item.draft
        method = catalogue.method(draft.method or "customer.list")
        base = url if draft.method else (draft.path or "")[: len(url)]
        path = draft.path[len(url) :] if draft.path else None
        plain = Draft(draft.method, draft.query, draft.headers, filled(draft.body), verb=draft.verb, path=path)
        plain = Draft(
            plain.method,
            tuple(Pair(row.name, row.value.replace("{{token}}", "TOKEN"), row.enabled) for row in plain.query),
            plain.headers,
            plain.body,
            verb=plain.verb,
            path=plain.path,
        )
        sent = build(plain, method, None, Environment("Echo", base_url=base), {str(photo): photo.read_bytes()})
        found.append(Arrived(sent.verb, sent.url[len(url) :], sent.headers, sent.body))
    return found


def filled(body: Body) -> Body:
    return Body(body.kind, body.text.replace("{{token}}", "TOKEN"), body.pairs, body.content_type)


def content(one: Arrived) -> object:
    """A body so that other spellings of the same are the same."""
    kind = (one.header("content-type") or "").partition(";")[0]
    if kind == "application/x-www-form-urlencoded":
        return sorted(parse_qsl(one.body.decode(), keep_blank_values=True))
    if kind == "multipart/form-data":
        head = f"Content-Type: {one.header('content-type')}\r\n\r\n".encode()
        message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + one.body)
        return [
            (
                part.get_param("name", header="content-disposition"),
                part.get_filename(),
                part["content-type"] and part.get_content_type(),
                part.get_payload(decode=True),
            )
            for part in message.iter_parts()
        ]
    return one.body


def compare(got: list[Arrived], should: list[Arrived]) -> None:
    assert [(one.verb, one.target.partition("?")[0]) for one in got] == [
        (one.verb, one.target.partition("?")[0]) for one in should
    ]
    for mine, its in zip(should, got, strict=True):
        place = its.target
        assert parse_qsl(its.target.partition("?")[2], keep_blank_values=True) == parse_qsl(
            mine.target.partition("?")[2], keep_blank_values=True
        ), place
        assert content(its) == content(mine), place
        if its.body:
            assert (its.header("content-type") or "").partition(";")[0] == (
                mine.header("content-type") or ""
            ).partition(";")[0], place
        assert its.header("x-a") == mine.header("x-a"), place
        assert its.header("x-off") is None, place


def run(*command: str, folder: Path, environment: dict[str, str] | None = None) -> str:
    ran = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "NO_PROXY": "*", "HOME": str(folder), **(environment or {})},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    return ran.stdout


def exported(form: str, suffix: str, echo: Echo, photo: Path, catalogue: Catalogue) -> tuple[Path, list[Arrived]]:
    made = collection(echo.url, photo)
    file = photo.with_name(f"everything{suffix}")
    file.write_bytes(write(made, form, catalogue))
    echo.take()
    return file, wanted(made, echo.url, photo, catalogue)


@pytest.mark.skipif(CURL is None, reason="there is no curl here")
def test_curl_runs_the_exported_commands(echo: Echo, photo: Path, catalogue: Catalogue) -> None:
    file, should = exported("curl", ".sh", echo, photo, catalogue)
    run("sh", "-e", str(file), folder=photo.parent, environment={"baseUrl": echo.url, "token": "TOKEN"})
    compare(echo.take(), should)


@pytest.mark.skipif(NEWMAN is None, reason="newman is not installed (npm install -g newman, or KOMET_TEST_NEWMAN)")
def test_newman_sends_what_we_would(echo: Echo, photo: Path, catalogue: Catalogue) -> None:
    file, should = exported("postman", ".json", echo, photo, catalogue)
    values = ["--env-var", f"baseUrl={echo.url}", "--env-var", "token=TOKEN"]
    run(
        str(NEWMAN),
        "run",
        str(file),
        *values,
        "--working-dir",
        str(photo.parent),
        "--color",
        "off",
        folder=photo.parent,
    )
    compare(echo.take(), should)


@pytest.mark.skipif(HTTPYAC is None, reason="httpyac is not installed (npm install -g httpyac, or KOMET_TEST_HTTPYAC)")
def test_httpyac_runs_the_exported_file(echo: Echo, photo: Path, catalogue: Catalogue) -> None:
    file, should = exported("http", ".http", echo, photo, catalogue)
    values = ["--var", f"baseUrl={echo.url}", "token=TOKEN"]
    run(str(HTTPYAC), "send", str(file), "--all", *values, folder=photo.parent)
    compare(echo.take(), should)


@pytest.mark.skipif(
    NODE is None or HAR_VALIDATOR is None,
    reason="har-validator is not installed (npm install har-validator, its folder in KOMET_TEST_HAR_VALIDATOR)",
)
def test_the_exported_har_is_valid(echo: Echo, photo: Path, catalogue: Catalogue) -> None:
    file, _should = exported("har", ".har", echo, photo, catalogue)
    run(str(NODE), "-e", VALIDATE, str(HAR_VALIDATOR), str(file), folder=photo.parent)


EDITORS = """
@host = URL
@name = Petal & Stem

### one
# @name first
GET {{host}}/one?x=1
    &y=a%20b
    &z=2
X-A: 1

### two
POST {{host}}/two
Content-Type: application/json

{
  "a": 1,

  "b": "{{name}}"
}

### three
POST {{host}}/three HTTP/1.1
Content-Type: application/x-www-form-urlencoded

a=1
&b=2
&c=three

### four
{{host}}/four

### five
PUT {{host}}/five
Content-Type: text/plain

line 1
line 2

### six
POST {{host}}/six
Content-Type: multipart/form-data; boundary=abc

--abc
Content-Disposition: form-data; name="note"

hello
--abc
Content-Disposition: form-data; name="photo"; filename="rose.png"
Content-Type: image/png

< ./rose.png
--abc--

### seven
DELETE {{host}}/seven
Authorization: Basic rosa test-password

### eight
GET {{host}}/eight
?a=1
&b=2
"""


def read_editors(url: str, photo: Path, catalogue: Catalogue) -> list[Arrived]:
    """What this program would send after importing `EDITORS`."""
    photo.with_name("calls.http").write_text(EDITORS.replace("URL", url), encoding="utf-8")
    imported = read_path(photo.with_name("calls.http"), catalogue)
    secrets = {f"{{{{{one.name}}}}}": one.value for one in imported.secrets}
    found = []
    for _above, item in requests(imported.collection):
        draft = item.draft
        headers = tuple(Pair(row.name, replaced(row.value, secrets)) for row in draft.headers)
        body = Body(
            draft.body.kind,
            draft.body.text.replace("{{name}}", "Petal & Stem"),
            draft.body.pairs,
            draft.body.content_type,
        )
        path = (draft.path or "").removeprefix("{{host}}")
        plain = Draft("", draft.query, headers, body, verb=draft.verb, path=path)
        files = {"./rose.png": photo.read_bytes()}
        sent = build(plain, catalogue.method("customer.list"), None, Environment("Echo", base_url=url), files)
        found.append(Arrived(sent.verb, sent.url[len(url) :], sent.headers, sent.body))
    return found


def replaced(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def test_files_of_editors_are_read(echo: Echo, photo: Path, catalogue: Catalogue) -> None:
    got = read_editors(echo.url, photo, catalogue)
    assert [(one.verb, one.target) for one in got] == [
        ("GET", "/one?x=1&y=a%20b&z=2"),
        ("POST", "/two"),
        ("POST", "/three"),
        ("GET", "/four"),
        ("PUT", "/five"),
        ("POST", "/six"),
        ("DELETE", "/seven"),
        ("GET", "/eight?a=1&b=2"),
    ]
    assert json.loads(got[1].body) == {"a": 1, "b": "Petal & Stem"}
    assert got[2].body == b"a=1&b=2&c=three"
    assert content(got[5]) == [
        ("note", None, None, b"hello"),
        ("photo", "rose.png", "image/png", b"\x00\xff\r\n"),
    ]
    assert got[6].header("authorization") == "Basic cm9zYTp0ZXN0LXBhc3N3b3Jk"


@pytest.mark.skipif(HTTPYAC is None, reason="httpyac is not installed (npm install -g httpyac, or KOMET_TEST_HTTPYAC)")
def test_httpyac_sends_the_same_as_the_import(echo: Echo, photo: Path, catalogue: Catalogue) -> None:
    should = read_editors(echo.url, photo, catalogue)
    echo.take()
    run(str(HTTPYAC), "send", str(photo.with_name("calls.http")), "--all", folder=photo.parent)
    got = echo.take()
    compare(got, should)
    assert got[6].header("authorization") == should[6].header("authorization")
