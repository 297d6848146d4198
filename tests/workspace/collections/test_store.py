"""Collections on the disk: what was saved is there, what was not changed is not touched, nothing gets out of the folder."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.exchange import Body, Draft, Pair
from komet_console.workspace.collections.library import Library
from komet_console.workspace.collections.model import (
    Auth,
    Capture,
    Check,
    Collection,
    Defaults,
    EnvironmentValues,
    Example,
    Folder,
    RequestItem,
    Script,
    find,
    requests,
    resolved,
)
from komet_console.workspace.collections.store import CollectionStore, Conflict

BY_HAND = """\
# Our customers
info:
  name: Add a customer   # the usual one
  type: http
  seq: 3
  tags: [write, daily]
  x-owner: Rosa
http:
  method: POST
  url: "https://api.kometsales.com/api/customer.add"
  headers:
  # who asks
  - name: X-Trace
    value: 'yes'   # a text
  - name: X-Old
    value: 00123
    disabled: true
  body:
    type: json
    data: |-
      {"authenticationToken": "{{token}}", "name": "Coral"}
  auth: inherit
runtime:
  assertions:
    - expression: res.status
      operator: eq
      value: "200"
    - expression: res.headers['content-type']
      operator: contains
      value: json
settings:
  timeout: 500
docs: |
  Two lines,
  kept.
"""


@pytest.fixture
def library(tmp_path: Path, catalogue: Catalogue) -> Library:
    return Library(tmp_path / "collections", catalogue)


@pytest.fixture
def store(library: Library) -> CollectionStore:
    made = library.create("Orders")
    made.load()
    return made


def a_request(name: str = "List") -> RequestItem:
    return RequestItem(name, Draft("customer.list", (Pair("authenticationToken", "{{token}}"),)))


def everything() -> RequestItem:
    draft = Draft(
        "customer.add",
        (Pair("a b", "c&d={{x}}", description="odd"), Pair("off", "1", enabled=False)),
        (Pair("X-One", "1"), Pair("X-Off", "2", enabled=False)),
        Body("json", '{\n  "authenticationToken": "{{token}}",\n  "n": 1.00 // kept\n}'),
    )
    return RequestItem(
        "Everything: at once?",
        draft,
        "Many lines\n\n  indented",
        ("a", "on", "12"),
        7,
        token="vendor",
        variables=(Pair("x", "1"), Pair("y", "true", enabled=False)),
        auth=Auth("basic", username="u", password="{{password}}"),
        checks=(
            Check("outcome", value="success"),
            Check("status", operator="lt", value="300"),
            Check("value", "customers[?id==`5`].name | [0]", "eq", "Coral"),
            Check("value", 'a."b-c"[0].length', "exists"),
            Check("value", "length(customers)", "gt", "2", enabled=False, description="why"),
            Check("value", "a.b", "matches", "^x.*$", description="two\nlines"),
            Check("schema", enabled=False),
            Check("time", operator="lt", value="2000"),
        ),
        captures=(Capture("id", "customers[0].id"), Capture("last", "customers[-1].id", enabled=False)),
        examples=(Example("Fine", 200, "OK", (Pair("Content-Type", "application/json"),), '{"status": 1}'),),
        scripts=(Script("tests", "test('x', () => {\n  expect(1).to.equal(1)\n})"),),
    )


def test_everything_comes_back_as_it_was_saved(store: CollectionStore) -> None:
    saved = store.save_request(everything())
    assert saved.item == replace(everything(), path="Everything- at once-.yml")
    assert saved.secrets == ()
    fresh = CollectionStore(store.folder, store.catalogue).load()
    assert [item for _above, item in requests(fresh)] == [saved.item]
    assert fresh.problems == ()


@pytest.mark.parametrize(
    "body",
    [
        Body(),
        Body("json", ""),
        Body("json", '{"a": "\ttab and \\u0000"}\n\n'),
        Body("raw", "<a/>", content_type="application/xml"),
        Body("raw", " leading\n\n  trailing \n"),
        Body("form", pairs=(Pair("a", "1"), Pair("b", "ä & ö", enabled=False, description="d"))),
        Body("multipart", pairs=(Pair("a", "1", content_type="text/csv"), Pair("f", file="/tmp/x.pdf"))),
        Body("json", "line separator \u2028, nothing \ufeff, rose \U0001f339"),
    ],
    ids=range(8),
)
def test_bodies_of_every_kind_survive(store: CollectionStore, body: Body) -> None:
    item = RequestItem("B", Draft("", verb="POST", path="https://example.com/x", body=body), seq=1)
    saved = store.save_request(item).item
    assert saved.draft.body == body
    before = (store.folder / saved.path).read_bytes()
    assert store.save_request(saved).written is False
    assert (store.folder / saved.path).read_bytes() == before


def test_saving_unchanged_work_changes_no_byte(store: CollectionStore) -> None:
    for text in (BY_HAND, BY_HAND.replace("\n", "\r\n"), "\ufeff" + BY_HAND):
        file = store.folder / "by hand.yml"
        file.write_bytes(text.encode())
        item = store.request("by hand.yml")
        before = file.stat().st_mtime_ns, file.read_bytes()
        assert store.save_request(item).written is False
        assert (file.stat().st_mtime_ns, file.read_bytes()) == before


def test_a_change_leaves_comments_unknown_keys_and_everything_else(store: CollectionStore) -> None:
    file = store.folder / "by hand.yml"
    file.write_text(BY_HAND)
    item = store.request("by hand.yml")
    assert item.draft.method == "customer.add"
    assert (item.base_url, item.seq, item.tags) == ("https://api.kometsales.com/api", 3, ("write", "daily"))
    draft = replace(item.draft, headers=(*item.draft.headers, Pair("X-New", "on")))
    checks = (replace(item.checks[0], value="201"), Check("time", operator="lt", value="900"))
    saved = store.save_request(replace(item, draft=draft, checks=checks, name="Add one")).item
    assert (saved.draft, saved.checks) == (draft, checks)
    expected = (
        BY_HAND.replace("Add a customer ", "Add one ")
        .replace("    disabled: true\n", '    disabled: true\n  - name: X-New\n    value: "on"\n')
        .replace('value: "200"', 'value: "201"')
    )
    lines = [" ".join(line.split()) for line in file.read_text().splitlines()]
    missing = [line for line in expected.splitlines() if " ".join(line.split()) not in lines]
    assert missing == []
    assert "res.headers['content-type']" in file.read_text()


def test_written_secrets_become_references_and_are_reported(store: CollectionStore) -> None:
    secret = "test-token-number-one"
    item = RequestItem(
        "Leaky",
        Draft(
            "customer.add",
            headers=(Pair("Authorization", f"Bearer {secret}"),),
            body=Body("json", f'{{"authenticationToken": "{secret}", "password": "test-password-1", "n": "{secret}"}}'),
        ),
        description=f"Use {secret}",
        variables=(Pair("token", "test-token-number-two"),),
        examples=(Example("e", body=f'{{"token": "{secret}", "echo": "{secret}"}}'),),
        scripts=(Script("tests", f'bru.setVar("token", "{secret}")'),),
    )
    saved = store.save_request(item)
    text = (store.folder / saved.item.path).read_text()
    assert "test-token" not in text
    assert "test-password-1" not in text
    assert {one.value for one in saved.secrets} == {secret, "test-token-number-two", "test-password-1"}
    assert saved.item.draft.body.text.startswith('{"authenticationToken": "{{token}}"')
    assert secret not in repr(saved)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("BEARER_TOKEN", True),
        ("auth_token", True),
        ("prodToken2", True),
        ("komet-api-key", True),
        ("dbPassword", True),
        ("SECRET", True),
        ("tokenKind", False),
        ("monkey", False),
        ("key", False),
        ("baseUrl", False),
    ],
)
def test_a_variable_whose_name_ends_as_a_secrets_keeps_its_name_and_loses_its_value(
    store: CollectionStore, name: str, is_one: bool
) -> None:
    secret = "test-token-number-three"
    saved = store.save_request(RequestItem("Named", Draft("customer.list"), variables=(Pair(name, secret),)))
    assert saved.item.variables == (Pair(name, "{{" + name + "}}" if is_one else secret),)
    found = store.save_environment(EnvironmentValues("Test", (Pair(name, secret),)))
    (environment,) = store.load().environments
    assert environment.secrets == ((name,) if is_one else ())
    assert ([(one.name, one.value) for one in found] == [(name, secret)]) is is_one


def test_a_file_that_changed_on_the_disk_is_never_written_over(store: CollectionStore) -> None:
    item = store.save_request(a_request()).item
    file = store.folder / item.path
    theirs = file.read_text().replace("name: List", "name: Theirs")
    file.write_text(theirs)
    assert store.changed_on_disk().changed == (item.path,)
    mine = replace(item, description="mine")
    with pytest.raises(Conflict) as caught:
        store.save_request(mine)
    assert caught.value.theirs == theirs
    assert "docs: mine" in caught.value.mine
    assert file.read_text() == theirs
    store.save_request(mine, overwrite=True)
    assert store.request(item.path).description == "mine"
    kept = [one for one in store.trash.rglob("*.yml") if one.read_text() == theirs]
    assert len(kept) == 1, "the other side is not lost"
    file.unlink()
    assert store.changed_on_disk().removed == (item.path,)
    with pytest.raises(Conflict) as caught:
        store.save_request(mine)
    assert caught.value.theirs is None


def test_what_others_did_is_seen_and_a_touch_is_no_change(store: CollectionStore) -> None:
    item = store.save_request(a_request()).item
    store.load()
    assert not store.changed_on_disk()
    os.utime(store.folder / item.path, ns=(1, 1))
    assert not store.changed_on_disk()
    (store.folder / "new.yml").write_text(BY_HAND)
    assert store.changed_on_disk().added == ("new.yml",)


BOMB = b"l0: &l0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + b"".join(
    b"l%d: &l%d [%s]\n" % (level, level, b", ".join([b"*l%d" % (level - 1)] * 9)) for level in range(1, 9)
)
BROKEN = {
    "tab.yml": (b"info:\n\tname: x\n", 2),
    "alias.yml": (b"a: &a [*a]\n", 1),
    "bomb.yml": (BOMB, 0),
    "deep.yml": (b"a: " + b"[" * 5_000, 1),
    "latin.yml": ("info:\n  name: Jard\xedn\n".encode("latin-1"), 2),
    "zero.yml": (b"info:\n  name: a\0b\n", 2),
    "list.yml": (b"- 1\n- 2\n", 1),
    "twice.yml": (b"info:\n  name: a\n  name: b\n", 3),
    "empty.yml": (b"", 1),
    "docs.yml": (b"info:\n  name: a\n---\nb: 1\n", 4),
    "graphql.yml": (b"info:\n  name: g\n  type: graphql\ngraphql:\n  url: x\n", 3),
    "large.yml": (b"#" * (5 * 1024 * 1024), 0),
}


def test_what_cannot_be_read_is_named_with_its_line_and_the_rest_loads(store: CollectionStore) -> None:
    good = store.save_request(a_request()).item
    for name, (data, _line) in BROKEN.items():
        (store.folder / name).write_bytes(data)
    collection = store.load()
    assert [item for _above, item in requests(collection)] == [good]
    lines = {problem.file: problem.line for problem in collection.problems}
    assert set(lines) == set(BROKEN)
    assert {name: lines[name] for name, (_data, line) in BROKEN.items() if line} == {
        name: line for name, (_data, line) in BROKEN.items() if line
    }
    rows = {entry.path: entry for entry in store.outline()}
    assert rows["graphql.yml"].kind == "graphql"
    assert rows["tab.yml"].problem
    for name, (data, _line) in BROKEN.items():
        with pytest.raises(UserError):
            store.save_request(replace(good, path=name))
        assert (store.folder / name).read_bytes() == data, "what is not understood is left alone"


def test_links_and_dots_do_not_lead_out_of_the_folder(store: CollectionStore, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.yml").write_text(BY_HAND)
    (store.folder / "link.yml").symlink_to(outside / "a.yml")
    (store.folder / "far").symlink_to(outside, target_is_directory=True)
    (outside / "folder.yml").write_text("info:\n  name: Stolen\n  type: folder\n")
    (store.folder / "inner").mkdir()
    (store.folder / "inner" / "folder.yml").symlink_to(outside / "folder.yml")
    collection = store.load()
    assert list(requests(collection)) == []
    assert {problem.file for problem in collection.problems} == {"link.yml", "far", "inner/folder.yml"}
    assert [item.name for item in collection.items] == ["inner"]
    assert [row.name for row in store.outline()] == ["inner"]
    for path in ("../outside/a.yml", "far/a.yml", "link.yml", "/etc/passwd", "a/../../outside/a.yml", "..", "a\\..\\b"):
        with pytest.raises(UserError):
            store.save_request(replace(a_request(), path=path))
        with pytest.raises(UserError):
            store.delete(path)
    with pytest.raises(UserError):
        store.new_folder("x", "../outside")
    assert sorted(one.name for one in outside.iterdir()) == ["a.yml", "folder.yml"]
    assert (outside / "a.yml").read_text() == BY_HAND


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "CON -"),
        ("folder", "folder -"),
        ("  a\tb\n", "a b"),
        ("...", "unnamed"),
        ("", "unnamed"),
        ("Año 2026 / niñas", "Año 2026 - niñas"),
        ("x" * 300, "x" * 80),
        ("\ud800", "unnamed"),
    ],
)
def test_names_become_names_of_files(store: CollectionStore, name: str, stem: str) -> None:
    saved = store.save_request(replace(a_request(), name=name)).item
    assert saved.path == f"{stem}.yml"
    assert (store.folder / saved.path).is_file()
    again = store.save_request(replace(a_request(), name=name)).item
    assert again.path != saved.path


def test_the_tree_can_be_arranged(store: CollectionStore) -> None:
    folder = store.new_folder("Sales")
    first = store.save_request(a_request("First"), parent=folder).item
    second = store.save_request(a_request("Second"), parent=folder).item
    assert (first.seq, second.seq) == (1, 2)
    copy = store.duplicate(second.path)
    assert [row.name for row in store.outline()[0].children] == ["First", "Second", "Second copy"]
    assert store.move(copy, folder, before=first.path).path == copy
    assert [row.name for row in store.outline()[0].children] == ["Second copy", "First", "Second"]
    assert store.move(first.path).path == "First.yml"
    assert store.rename(folder, "Selling") == "Selling"
    assert store.rename("Selling/Second.yml", "2nd") == "Selling/2nd.yml"
    twin = store.duplicate("Selling")
    assert [row.name for row in store.outline()] == ["Selling", "First", "Selling copy"]
    assert len(list(requests(store.load()))) == 5
    with pytest.raises(UserError, match="into itself"):
        store.move(twin, twin)
    undo = store.delete(twin)
    assert [row.name for row in store.outline()] == ["Selling", "First"]
    assert store.restore(undo) == twin
    assert len(list(requests(store.load()))) == 5
    with pytest.raises(UserError, match="trash"):
        store.restore(undo)
    assert not store.changed_on_disk()


def test_deleted_things_come_back_beside_what_took_their_place(store: CollectionStore) -> None:
    item = store.save_request(a_request()).item
    undo = store.delete(item.path)
    store.save_request(replace(a_request(), description="new"))
    assert store.restore(undo) == "List 2.yml"


def test_defaults_are_handed_down_nearest_first(store: CollectionStore) -> None:
    store.save_collection(
        "Orders", "All of them", Defaults((Pair("X-A", "1"), Pair("X-B", "1")), (Pair("v", "1"),), token="company")
    )
    path = store.new_folder("Sales")
    inner = Defaults((Pair("x-a", "2"),), (Pair("v", "2"), Pair("w", "2")), Auth("bearer", token="{{token}}"), "vendor")
    store.save_folder(Folder("Sales", (), "Words", ("t",), 1, inner, path))
    own = Draft("customer.list", headers=(Pair("X-B", "", enabled=False),))
    store.save_request(RequestItem("R", own, variables=(Pair("w", "3"),)), parent=path)
    collection = store.load()
    assert (collection.description, collection.problems) == ("All of them", ())
    above, item = next(requests(collection))
    assert above[0].defaults == inner
    assert find(collection, item.path) == (above, item)
    whole = resolved(collection, above, item)
    assert {(one.name, one.value) for one in whole.draft.headers if one.enabled} == {
        ("x-a", "2"),
        ("Authorization", "Bearer {{token}}"),
    }
    assert {one.name: one.value for one in whole.variables} == {"v": "2", "w": "3"}
    assert whole.token == "vendor"


def test_an_authentication_that_cannot_be_used_is_not_that_of_the_folder_and_stays_in_the_file(
    store: CollectionStore,
) -> None:
    path = store.new_folder("Shop")
    store.save_folder(Folder("Shop", path=path, seq=1, defaults=Defaults(auth=Auth("bearer", token="{{shop}}"))))
    file = store.folder / path / "Theirs.yml"
    theirs = "info:\n  name: Theirs\n  type: http\nhttp:\n  method: GET\n  url: https://x.example/\n  auth:\n    type: oauth2\n"
    file.write_text(theirs)
    whole = store.load()
    ((above, item),) = requests(whole)
    assert resolved(whole, above, item).draft.headers == ()
    assert any("oauth2" in one.message for one in whole.problems)
    store.save_request(replace(item, name="Renamed"))
    assert file.read_text() == theirs.replace("name: Theirs", "name: Renamed")


def test_a_variable_of_a_folder_may_build_on_the_same_one_above() -> None:
    item = RequestItem("list", Draft("invoice.list"), variables=(Pair("url", "{{ url }}/list"),))
    folder = Folder("Invoices", (item,), defaults=Defaults(variables=(Pair("url", "{{url}}/invoices"),)))
    collection = Collection("Shop", (folder,), defaults=Defaults(variables=(Pair("url", "https://x.example"),)))
    assert resolved(collection, (folder,), item).variables == (Pair("url", "https://x.example/invoices/list"),)


def test_environments_keep_names_of_secrets_only(store: CollectionStore) -> None:
    found = store.save_environment(
        EnvironmentValues("Test", (Pair("baseUrl", "http://x"), Pair("token", "test-token-1")))
    )
    assert [one.value for one in found] == ["test-token-1"]
    (environment,) = store.load().environments
    assert (environment.variables, environment.secrets) == ((Pair("baseUrl", "http://x"),), ("token",))
    assert "test-token-1" not in (store.folder / environment.path).read_text()


def test_a_collection_appears_whole_or_not_at_all(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Collection("C", (Folder("F", (a_request(), a_request("list"))), a_request()))
    assert library.add(made).name == "C"
    assert library.add(made).name == "C 2"
    loaded = library.open("C").load()
    assert [(len(above), item.path) for above, item in requests(loaded)] == [
        (1, "F/List.yml"),
        (1, "F/list 2.yml"),
        (0, "List.yml"),
    ]
    undo = library.delete("C")
    assert library.names() == ("C 2",)
    assert library.restore(undo) == "C"

    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(UserError, match="disk is full"):
        library.add(made)
    assert {one.name for one in library.folder.iterdir()} == {".trash", ".writing.lock", "C", "C 2"}


def test_a_failed_save_leaves_the_old_file(store: CollectionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    item = store.save_request(a_request()).item
    before = (store.folder / item.path).read_bytes()

    def broken(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(UserError, match="disk is full"):
        store.save_request(replace(item, description="new"))
    assert (store.folder / item.path).read_bytes() == before
    assert [one.name for one in store.folder.iterdir() if one.name.endswith(".tmp")] == []
