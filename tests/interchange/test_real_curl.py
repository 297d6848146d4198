"""Command lines run by the real curl, and read by ours: the same request must arrive."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from helpers.echo import Arrived, Echo, echoing

from komet_console.catalogue import Catalogue
from komet_console.exchange import Environment, build
from komet_console.interchange.curl import parse_curl
from komet_console.interchange.curl_options import SHORT, VALUES
from komet_console.interchange.imports import drafted

CURL, BASH = shutil.which("curl"), shutil.which("bash")
pytestmark = pytest.mark.skipif(CURL is None or BASH is None, reason="there is no curl or no bash here")
OWN = {"host", "user-agent", "accept", "content-length", "connection", "accept-encoding", "expect"}
"""What every program writes by itself."""

COMMANDS = {
    "plain": "curl URL/a",
    "query kept as written": "curl 'URL/a?x=1&y=a%20b&z=%C3%BC&empty=&x=2'",
    "get with data": "curl -G URL/a -d x=1 --data-urlencode 'name=Petal & Stem' -d y=2",
    "get and a query": "curl -G 'URL/a?first=1' --data-urlencode 'q=ü ✓'",
    "data joined": "curl URL/a -d a=1 -d b=2",
    "data with spaces": "curl URL/a -d 'a=hello world&b=1+1'",
    "data raw with an at": "curl URL/a --data-raw '@home=1'",
    "data binary keeps lines": "curl URL/a -H 'Content-Type: text/plain' --data-binary $'one\\ntwo\\r\\n'",
    "data drops no lines": "curl URL/a -H 'Content-Type: text/plain' -d $'one\\ntwo'",
    "json": """curl URL/a --json '{"a": 1, "b": "ü"}'""",
    "json in parts": """curl URL/a --json '{"a":' --json '1}'""",
    "json as data": """curl -X POST URL/a -H 'Content-Type: application/json' -d '{"name": "O'\\''Hara", "price": 1.50}'""",
    "json with charset": """curl URL/a -H 'content-type: application/json; charset=utf-8' -d '{"a": 1}'""",
    "ansi quotes": """curl URL/a -H 'Content-Type: application/json' --data-raw $'{"a": "it\\'s \\u00fc\\t"}'""",
    "double quotes": """curl URL/a -H "X-Quoted: \\"yes\\" \\\\ \\$5" """,
    "quotes side by side": """curl URL/a -H 'X-A: '"b"'c'""",
    "line continuations": "curl \\\n  -X PUT \\\n  URL/a \\\n  -H 'X-A: 1' \\\n  -d x",
    "short options together": "curl -sSXPATCH URL/a -dx=1",
    "value on the option": "curl URL/a -HX-A:1 -dx=1",
    "user": "curl -u 'rosa:test-password' URL/a",
    "user with colons": "curl -u 'rosa:a:b' URL/a",
    "bearer": "curl --oauth2-bearer test-bearer URL/a",
    "cookie": "curl -b 'a=1; b=2' URL/a",
    "referer": "curl -e https://shop.example/ URL/a",
    "head": "curl -I URL/a",
    "delete with a body": "curl -X DELETE URL/a -d x=1",
    "empty header": "curl URL/a -H 'X-Empty;'",
    "header switched off": "curl URL/a -H 'X-Gone:' -d a=1 -H 'Content-Type: text/plain'",
    "same header twice": "curl URL/a -H 'X-A: 1' -H 'X-A: 2'",
    "urlencode without a name": "curl URL/a --data-urlencode '=a b&c'",
    "urlencode of a text": "curl URL/a --data-urlencode 'a b'",
    "urlencode keeps the name": "curl URL/a --data-urlencode 'a-b.c_d~e=1/2'",
    "empty data": "curl URL/a -d ''",
    "post without a body": "curl -X POST URL/a",
    "url option": "curl --url URL/a -d x=1",
    "url query": "curl URL/a --url-query 'x=a b' --url-query y=2",
    "an option with a value before the url": "curl --proto '=http' --tls-max 1.3 URL/a",
    "user in the address": "curl http://rosa:a%40b@HOST/a",
    "cookies twice": "curl URL/a -b a=1 -b b=2",
    "cookie and header": "curl URL/a -H 'Cookie: x=1' -b b=2",
    "fragment": "curl 'URL/a?x=1#part'",
    "comment at the end": "curl URL/a -d x=1 # the last one",
    "output elsewhere": "curl URL/a -d x=1 > /dev/null 2>&1",
    "braces": """curl -g 'URL/a?filter={x}&list[]=1'""",
    "form": "curl URL/a -F note=hello -F 'two=a b' --form-string 'at=@home'",
    "form with a type": """curl URL/a -F 'data={"a":1};type=application/json'""",
    "form with a semicolon": """curl URL/a -F 'q=a"b;c'""",
    "form with a header": "curl URL/a -F a=1 -H 'Content-Type: multipart/form-data'",
    "form with a quoted value": """curl URL/a -F 'a="x;y"'""",
}


@pytest.fixture(scope="module")
def echo() -> Iterator[Echo]:
    with echoing() as server:
        yield server


def ours(command: str, echo: Echo, catalogue: Catalogue) -> Arrived:
    """What the import of a command would send."""
    draft, _base = drafted(parse_curl(command), catalogue)
    assert (draft.path or "").startswith(echo.url)
    draft = type(draft)(
        "", draft.query, draft.headers, draft.body, verb=draft.verb, path=(draft.path or "")[len(echo.url) :]
    )
    prepared = build(draft, catalogue.method("customer.list"), None, Environment("Echo", base_url=echo.url))
    return Arrived(prepared.verb, prepared.url[len(echo.url) :], prepared.headers, prepared.body)


def theirs(command: str, echo: Echo, folder: Path) -> Arrived:
    """What the real curl sends."""
    echo.take()
    # No settings of the person who runs the tests, no proxy.
    line = command.replace("curl ", "curl -q --noproxy '*' -s ", 1)
    subprocess.run([str(BASH), "-c", line], cwd=folder, check=True, capture_output=True, timeout=20)
    (arrived,) = echo.take()
    return arrived


def decoded(target: str) -> list[tuple[str, str]]:
    return parse_qsl(target.partition("?")[2], keep_blank_values=True)


def headers(one: Arrived) -> list[tuple[str, str]]:
    return sorted((name.casefold(), value) for name, value in one.headers if name.casefold() not in OWN)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_same_request_arrives(name: str, echo: Echo, catalogue: Catalogue, tmp_path: Path) -> None:
    command = COMMANDS[name].replace("URL", echo.url).replace("HOST", echo.url.partition("://")[2])
    wanted, got = theirs(command, echo, tmp_path), ours(command, echo, catalogue)
    assert got.verb == wanted.verb
    assert got.target.partition("?")[0] == wanted.target.partition("?")[0]
    assert decoded(got.target) == decoded(wanted.target)
    if b"form-data" in wanted.body:
        assert without_boundary(got) == without_boundary(wanted)
        return
    assert headers(got) == headers(wanted)
    if "urlencoded" in (wanted.header("content-type") or ""):
        # Other spellings of the same text are the same form.
        assert decoded("?" + got.body.decode()) == decoded("?" + wanted.body.decode())
    else:
        assert got.body == wanted.body


def test_every_option_of_the_real_curl_that_has_a_value_is_known() -> None:
    told = subprocess.run([str(CURL), "--help", "all"], capture_output=True, text=True, check=True, timeout=20).stdout
    options = re.findall(r"(?m)^\s*(?:-(\S), |\s+)--([\w.-]+) (<|\[)?", told)
    assert len(options) > 150
    for short, name, value in options:
        if name not in ("proxy", "help"):
            assert (name in VALUES) == bool(value), name
        if short and value and name != "help":
            assert SHORT[short] == name


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("curl 'https://x.example/[1-9]'", "several addresses"),
        ("curl 'https://x.example/{a,b}'", "several addresses"),
        ("curl https://x.example/ -F =1", "without a name"),
        ("curl https://x.example/ -F 'a=1;2'", "at its ;"),
        ("curl https://x.example/ -H 'Cookie: a=1' -b b=2", "curl sends the header"),
    ],
)
def test_what_is_not_the_same_is_said(command: str, said: str) -> None:
    assert any(said in one for one in parse_curl(command).notes)


def test_references_and_switched_off_globs_are_no_globs() -> None:
    for command in ("curl 'https://x.example/{{a}}/$b'", "curl -g 'https://x.example/[1-9]'"):
        assert not any("several" in one for one in parse_curl(command).notes)


def without_boundary(one: Arrived) -> bytes:
    kind = re.search(r"boundary=(\S+)", one.header("content-type") or "")
    assert kind is not None
    return one.body.replace(kind[1].encode(), b"BOUNDARY")
