"""Files that nobody exported: a clear message in bounded time, and never a crash."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from komet_console.catalogue import Catalogue, load
from komet_console.errors import UserError
from komet_console.interchange.formats import read_bytes, read_path
from komet_console.interchange.imports import MAX_BYTES, read_json
from komet_console.workspace.collections.library import Library
from komet_console.workspace.collections.model import requests

CATALOGUE = load()
POSTMAN = '{"info": {"name": "x", "schema": "collection/v2.1.0"}, "item": %s}'


def nested(depth: int) -> str:
    return '{"name": "f", "item": [' * depth + '{"name": "r", "request": "https://x.example/"}' + "]}" * depth


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"\x00\x01\x02\xff", "formats"),
        (b"just words", "formats"),
        (b"{", "no JSON: line 1"),
        (b'{"info": {"name": "\xff"}}', "not UTF-8"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a": ' * 100_000 + b"1" + b"}" * 100_000, "nested too deeply"),
        (b"[]", "none of the formats"),
        (b'{"openapi": "3.1.0"}', "OpenAPI"),
        (b'{"requests": [], "order": [], "name": "v1"}', "old format 1"),
        (b'{"_type": "export", "__export_format": 4}', "nothing in this export"),
        (b"type: collection.insomnia.rest/5.0\ncollection: [", "Line"),
        (b"type: collection.insomnia.rest/5.0\nname: &a [*a]\n", "alias"),
        (b"opencollection: 1.0.0\nitems:\n" + b"- " * 100 + b"x", "deeply"),
        (b'{"version": 1, "collections": [], "environments": []}', "data dump of Postman"),
        (b'{"collection": {"a-b": true}, "environment": {}}', "list of contents"),
        (b'{"name": "x", "version": "1", "items": [], "brunoConfig": {}}', "Bruno exported"),
        (b'{"version": "1", "name": "Shop", "type": "collection"}', ".bru files"),
        (b"meta {\n  name: List\n}\n\nget {\n  url: https://x.example\n}\n", ".bru files"),
        (b"openapi: 3.1.0\ninfo:\n  title: x\n", "OpenAPI"),
        (b"PK\x03\x04\x14\x00", "packed file (ZIP)"),
        (b'{"log": {"version": "1.2"}}', "no list of calls"),
        (b"curl 'https://x.example", "never closed"),
        (b"curl", "no URL"),
        (b"### nothing\n", "no request"),
    ],
    ids=range(26),
)
def test_what_is_none_of_the_formats_is_refused_with_a_sentence(data: bytes, message: str) -> None:
    with pytest.raises(UserError) as caught:
        read_bytes(data, CATALOGUE, "file")
    assert message in " ".join(caught.value.lines())


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "huge.json"
    with file.open("wb") as out:
        out.write(b'{"info": {}, "item": [')
        out.truncate(100 * 1024 * 1024)
    started = time.perf_counter()
    with pytest.raises(UserError, match="has 100 MB"):
        read_path(file, CATALOGUE)
    assert time.perf_counter() - started < 5
    with pytest.raises(UserError, match="MB"):
        read_bytes(b"{" + b" " * MAX_BYTES, CATALOGUE)


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")], ids=["pipe", "device"])
def test_what_is_no_file_is_not_read(make: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / "thing.json"
    make(path)
    with pytest.raises(UserError, match="is no file"):
        read_path(path, CATALOGUE)
    with pytest.raises(UserError, match="cannot be read"):
        read_path(tmp_path / "missing.json", CATALOGUE)
    with pytest.raises(UserError, match="holds no collection"):
        read_path(tmp_path, CATALOGUE)


def test_deep_folders_and_broken_items_do_not_take_the_rest_with_them(catalogue: Catalogue) -> None:
    items = f'[{nested(200)}, {{"name": "good", "request": "https://x.example/"}}, 5, null, {{"request": 7}}, {{"item": 9}}]'
    imported = read_bytes((POSTMAN % items).encode(), catalogue)
    assert "good" in [item.name for _above, item in requests(imported.collection)]
    assert any("too deeply" in str(one) for one in imported.problems)


def test_too_many_items_are_cut_off_and_it_says_so(catalogue: Catalogue) -> None:
    one = '{"name": "r", "request": "https://x.example/"}'
    imported = read_bytes((POSTMAN % f"[{','.join([one] * 20_050)}]").encode(), catalogue)
    assert imported.requests == 20_000
    assert "more than 20000" in str(imported.problems[0])
    assert len(imported.problems) < 600


def test_folders_that_go_down_for_ever_are_cut_off_and_it_says_so(catalogue: Catalogue) -> None:
    folders = [{"_type": "request_group", "_id": f"fld_{n}", "parentId": f"fld_{n - 1}"} for n in range(20_000)]
    value = {"__export_format": 4, "resources": folders}
    imported = read_bytes(json.dumps(value).encode(), catalogue)
    assert str(imported.problems[0]).endswith("nested too deeply; this one was left out.")


def test_names_never_lead_out_of_the_folder(catalogue: Catalogue, tmp_path: Path) -> None:
    evil = ["../../../evil", "/etc/evil", "..\\..\\evil", "C:\\evil", "a/../../evil", "\u0000evil", ".git", "~", "con"]
    items = [{"name": name, "item": [{"name": name, "request": "https://x.example/"}]} for name in evil]
    value = {"info": {"name": "../../evil", "schema": "v2.1.0"}, "item": items}
    folder = tmp_path / "deep" / "collections"
    written = Library(folder, catalogue).add(read_bytes(json.dumps(value).encode(), catalogue).collection)
    assert written.folder.parent == folder
    outside = [one for one in tmp_path.rglob("*") if not one.is_relative_to(written.folder)]
    assert {one.name for one in outside} == {"deep", "collections", ".writing.lock"}
    store = Library(folder, catalogue).open(written.name)
    assert [item.name for _above, item in requests(store.load())] == evil


KEYS = """info name item request url raw query key value header body mode formdata urlencoded auth type bearer event
script exec listen response code variable description disabled log entries postData text params mimeType content status
method collection children meta environments data authentication"""
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(KEYS.split()),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=25,
)


@given(json_values, json_values)
def test_any_values_at_all_are_read_or_refused(first: object, second: object) -> None:
    for value in (
        {"info": first, "item": [second, {"name": "a", "request": first, "event": second, "response": first}]},
        {"log": {"entries": [{"request": first, "response": second}, second]}},
        {"values": first, "name": second},
        {
            "__export_format": 4,
            "resources": [first, {"_type": "request", "url": second, "body": first, "headers": first}],
        },
        {"__export_format": 4, "resources": [second, {"_type": "environment", "data": first}, {"_type": "workspace"}]},
        first,
    ):
        with contextlib.suppress(UserError):
            read_bytes(json.dumps(value).encode(), CATALOGUE)


@settings(max_examples=15)
@given(json_values, json_values)
def test_any_yaml_at_all_is_read_or_refused(first: object, second: object) -> None:
    for head in (
        {
            "type": "collection.insomnia.rest/5.0",
            "collection": [first, {"url": second, "method": "GET", "body": first}],
        },
        {"opencollection": "1.0.0", "items": [first, {"info": {"type": "http"}, "http": second, "runtime": first}]},
    ):
        # JSON is YAML; the first key stands at the start of its line.
        text = "\n".join(f"{key}: {json.dumps(value)}" for key, value in head.items())
        with contextlib.suppress(UserError):
            read_bytes(text.encode(), CATALOGUE, "x.yml")


@given(st.binary(max_size=200), st.sampled_from(["x.http", "x.sh", "x.json", "x.yml", "x.bin", ""]))
def test_any_bytes_at_all_are_read_or_refused(data: bytes, name: str) -> None:
    for head in (b"", b"curl ", b"GET http://x.example/\n", b"type: collection.insomnia.rest/5.0\n", b"{"):
        with contextlib.suppress(UserError):
            read_bytes(head + data, CATALOGUE, name)


def test_large_files_are_read_as_small_ones_and_let_other_threads_run() -> None:
    value = {
        "rows": [{"name": f"Rösé {number}", "price": 1.5, "big": 10**30, "none": None} for number in range(40_000)]
    }
    small = json.dumps({"a": [1, "ü", None, True, {"b": 1e3}]}).encode()
    large = json.dumps(value, ensure_ascii=False).encode()
    assert len(large) > 2 * 1024 * 1024
    turns = 0
    over = threading.Event()

    def other() -> None:
        nonlocal turns
        while not over.wait(0.001):
            turns += 1

    thread = threading.Thread(target=other)
    thread.start()
    read = read_json(large, "file")
    over.set()
    thread.join()
    assert turns > 10, "the window's thread must get its turns while a file is read"
    assert len(read["rows"]) == 40_000
    # Longer numbers than any program computes with stay as they are spelled.
    assert read["rows"][39_999] == {"name": "Rösé 39999", "price": 1.5, "big": str(10**30), "none": None}
    assert read_json(small + b" " * len(large), "file") == read_json(small, "file")
    with pytest.raises(UserError, match="line 1, column"):
        read_json(large[:-5], "file")
    with pytest.raises(UserError):
        read_json(b"[" * 3_000_000, "file")
