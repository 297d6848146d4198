"""Open tabs: nothing typed is lost, no window takes another's tabs, no secret is written."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from komet_console.exchange import Body, Draft, Pair
from komet_console.workspace import codec
from komet_console.workspace.drafts import StoredTab, new_tab_id
from komet_console.workspace.scrubbing import cleaned
from komet_console.workspace.workspace import Workspace

TEXT = st.text(st.characters(codec=None, exclude_categories=[]), max_size=40)
PAIRS = st.lists(st.builds(Pair, TEXT, TEXT, st.booleans(), TEXT, TEXT, TEXT), max_size=4).map(tuple)
BODIES = st.builds(Body, st.sampled_from(["none", "json", "raw", "form", "multipart"]), TEXT, PAIRS, TEXT)
DRAFTS = st.builds(
    Draft,
    TEXT,
    PAIRS,
    PAIRS,
    BODIES,
    st.none() | TEXT,
    st.none() | TEXT,
    st.sampled_from([None, "query", "body"]),
    st.sampled_from([None, "query", "header", "body", "none"]),
)


def tab(method: str = "customer.list", **fields: object) -> StoredTab:
    return StoredTab(new_tab_id(), Draft(method), **fields)  # type: ignore[arg-type]


# --- a draft as text


@given(DRAFTS)
def test_a_draft_comes_back_as_it_was(draft: Draft) -> None:
    text = codec.dumps(draft)
    assert text.isascii()
    assert codec.loads(text) == draft


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '{"method": "a"}',
        '{"format": 2, "method": "a"}',
        '{"format": 1}',
        '{"format": 1, "method": 3}',
        '{"format": 1, "method": "a", "later": 1}',
        '{"format": 1, "method": "a", "query": {}}',
        '{"format": 1, "method": "a", "query": [{"value": "b"}]}',
        '{"format": 1, "method": "a", "query": [{"name": "b", "enabled": 1}]}',
        '{"format": 1, "method": "a", "body": {"kind": "soup"}}',
        '{"format": 1, "method": "a", "body": []}',
        '{"format": 1, "method": "a", "token_location": "cookie"}',
        '{"format": 1, "method": "a", "verb": 1}',
    ],
)
def test_what_is_no_draft_of_this_format_is_refused(text: str) -> None:
    with pytest.raises(codec.CodecError):
        codec.loads(text)


# --- journaling


def test_everything_about_a_tab_comes_back_after_a_restart(tmp_path: Path) -> None:
    draft = Draft(
        "prebook.create",
        (Pair("a", "1", False, "why"),),
        (Pair("X-ACCOUNT", "12"),),
        Body("json", '{"a": 1.50} // note'),
    )
    first = tab("customer.list", position=1)
    second = StoredTab(
        new_tab_id(), draft, Draft("prebook.create"), "orders/new", "json", {"json": {"cursor": 7}},
        "production", ("stored", "Main"), True, 0, True,
    )  # fmt: skip
    with Workspace.open(tmp_path) as workspace:
        workspace.tabs.journal(first)
        workspace.tabs.journal(second)
    with Workspace.open(tmp_path) as workspace:
        assert workspace.tabs.load() == [second, first]


def test_journaling_is_on_the_disk_within_a_second_without_being_asked(workspace: Workspace) -> None:
    one = tab()
    for number in range(20):
        workspace.tabs.journal(replace(one, view=str(number)))
    deadline = time.monotonic() + 1.0
    other = sqlite3.connect(workspace.database.path)
    while not (rows := other.execute("SELECT content FROM tabs").fetchall()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    other.close()
    assert [json.loads(row[0])["view"] for row in rows] == ["19"]


def test_a_closed_tab_is_gone_and_the_order_is_kept(tmp_path: Path) -> None:
    tabs = [tab(f"method.{number}", position=number) for number in range(4)]
    with Workspace.open(tmp_path) as workspace:
        for one in tabs:
            workspace.tabs.journal(one)
        workspace.tabs.forget(tabs[1].id)
        workspace.tabs.arrange([tabs[3].id, tabs[0].id, tabs[2].id], current=tabs[0].id)
    with Workspace.open(tmp_path) as workspace:
        loaded = workspace.tabs.load()
        assert [one.draft.method for one in loaded] == ["method.3", "method.0", "method.2"]
        assert [one.current for one in loaded] == [False, True, False]


def test_the_journal_takes_another_current_tab_for_the_only_one(workspace: Workspace) -> None:
    first, second = tab(current=True), tab(current=True, position=1)
    workspace.tabs.journal(first)
    workspace.tabs.flush()
    workspace.tabs.journal(second)
    assert [one.current for one in workspace.tabs.load()] == [False, True]


def test_a_tab_of_a_newer_version_stays_where_it_is(workspace: Workspace) -> None:
    workspace.tabs.journal(tab("a"))
    workspace.tabs.journal(tab("b", position=1))
    workspace.flush()
    with workspace.database.write() as connection:
        content = '{"draft": {"format": 99, "method": "b"}}'
        connection.execute("UPDATE tabs SET content = ? WHERE position = 1", (content,))
    assert [one.draft.method for one in workspace.tabs.load()] == ["a"]
    assert workspace.tabs.unreadable == 1
    assert len(workspace.database.read("SELECT 1 FROM tabs")) == 2


# --- windows


def test_two_windows_keep_their_own_tabs(workspace: Workspace) -> None:
    other = workspace.more_tabs()
    workspace.tabs.journal(tab("mine"))
    other.journal(tab("theirs"))
    assert [one.draft.method for one in other.load()] == ["theirs"]
    assert [one.draft.method for one in workspace.tabs.load()] == ["mine"]
    other.close()
    assert [one.draft.method for one in workspace.tabs.load()] == ["mine", "theirs"]
    assert [one.position for one in workspace.tabs.load()] == [0, 1]


CHILD = """
import sys
from pathlib import Path
from komet_console.exchange import Draft
from komet_console.workspace.drafts import StoredTab, new_tab_id
from komet_console.workspace.workspace import Workspace
workspace = Workspace.open(Path(sys.argv[1]))
workspace.tabs.journal(StoredTab(new_tab_id(), Draft("of.the.child"), current=True))
print(workspace.flush(), flush=True)
sys.stdin.read()
"""


def test_another_program_s_tabs_are_taken_over_only_when_it_is_gone(workspace: Workspace) -> None:
    workspace.tabs.journal(tab("mine", current=True))
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(workspace.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "True"
        assert [one.draft.method for one in workspace.tabs.load()] == ["mine"]
        child.kill()
        child.wait()
        assert [(one.draft.method, one.current) for one in workspace.tabs.load()] == [
            ("mine", True),
            ("of.the.child", False),
        ]
        assert len(list((workspace.folder / "windows").iterdir())) == 1


def test_lock_files_of_killed_windows_go_when_they_are_old(workspace: Workspace) -> None:
    folder = workspace.folder / "windows"
    own = workspace.tabs.window
    old, young, odd = folder / f"{'0' * 32}.lock", folder / f"{'1' * 32}.lock", folder / "other.lock"
    for file in (old, young, odd):
        file.touch()
    live = workspace.more_tabs()
    for file in (old, odd, folder / f"{own}.lock", folder / f"{live.window}.lock"):
        os.utime(file, (1, time.time() - 7200))
    workspace.more_tabs().load()
    assert not old.exists()
    assert young.exists()
    assert odd.exists()
    assert (folder / f"{live.window}.lock").exists()
    assert (folder / f"{own}.lock").exists()


def test_only_asking_for_tabs_makes_a_program_a_window(tmp_path: Path) -> None:
    with Workspace.open(tmp_path):
        assert not (tmp_path / "windows").exists()


def test_a_restored_window_name_leads_nowhere(workspace: Workspace) -> None:
    workspace.tabs.journal(tab("a"))
    workspace.flush()
    with workspace.database.write() as connection:
        connection.execute("UPDATE tabs SET window = '../../outside'")
    assert len(workspace.tabs.load()) == 1
    assert not (workspace.folder.parent / "outside.lock").exists()


# --- secrets

SECRET = "S3cr3t-Value/with+signs=="


@pytest.mark.parametrize(
    "draft",
    [
        Draft("a", (Pair("authenticationToken", SECRET),)),
        Draft("a", headers=(Pair("Authorization", f"Bearer {SECRET}"),)),
        Draft("a", body=Body("json", json.dumps({"user": {"password": SECRET}}))),
        Draft("a", body=Body("json", '{"pass\\u0077ord": ' + json.dumps(SECRET) + "}")),
        Draft("a", body=Body("json", '{"authenticationToken": "' + SECRET + '", ')),
        Draft("a", body=Body("raw", f"user=a&password={SECRET}")),
        Draft("a", body=Body("form", pairs=(Pair("password", SECRET),))),
        Draft("a", path=f"/customer/list?authenticationToken={SECRET}"),
        Draft("a", body=Body("raw", "https://user:S3cr3t-Value@host/")),
        Draft("a", body=Body("json", f'{{"a": 1}} // token: {SECRET}')),
    ],
    ids=range(10),
)
def test_a_secret_behind_its_name_becomes_a_reference(draft: Draft) -> None:
    made = cleaned(draft, {})[0]
    text = codec.dumps(made)
    assert SECRET not in text
    assert "S3cr3t" not in text
    assert "{{" in text or "@host" in text


@pytest.mark.parametrize("place", ["query", "headers", "text", "path", "name", "file", "description"])
def test_a_known_secret_becomes_a_reference_wherever_it_stands(place: str) -> None:
    draft = {
        "query": Draft("a", (Pair("q", f"see {SECRET}"),)),
        "headers": Draft("a", headers=(Pair("X-Note", SECRET),)),
        "text": Draft("a", body=Body("json", json.dumps({"note": SECRET}))),
        "path": Draft("a", path="/a/S3cr3t-Value%2Fwith%2Bsigns%3D%3D"),
        "name": Draft("a", (Pair(SECRET, "1"),)),
        "file": Draft("a", body=Body("multipart", pairs=(Pair("f", file=f"/tmp/{SECRET}"),))),
        "description": Draft("a", (Pair("q", "1", description=SECRET),)),
    }[place]
    text = codec.dumps(cleaned(draft, {SECRET: "token"})[0])
    assert "S3cr3t" not in text
    assert "{{token}}" in text


@given(DRAFTS)
def test_a_draft_without_secrets_is_left_alone(draft: Draft) -> None:
    made, found = cleaned(draft, {})
    if not found and "{{secret}}" not in codec.dumps(made):
        assert made == draft
