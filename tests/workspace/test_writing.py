"""What is written behind the caller's back: what takes long to prepare keeps nothing else waiting, and is not forgotten."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

from komet_console.exchange import Body, Draft, Exchange, PreparedRequest, Response
from komet_console.workspace.drafts import StoredTab, new_tab_id
from komet_console.workspace.history import Record
from komet_console.workspace.workspace import Workspace


def test_a_draft_does_not_wait_for_what_takes_long_to_prepare(tmp_path: Path) -> None:
    begun, may_end, written = threading.Event(), threading.Event(), threading.Event()

    def prepare() -> None:
        begun.set()
        assert may_end.wait(30)

    def job(_connection: sqlite3.Connection) -> None:
        written.set()

    with Workspace.open(tmp_path / "workspace") as workspace:
        workspace.writer.after(prepare, job)
        assert begun.wait(5)
        tab = StoredTab(new_tab_id(), Draft("customer.list", body=Body("json", '{"a": 1}')))
        workspace.tabs.journal(tab)
        deadline = time.monotonic() + 10
        while not workspace.database.read("SELECT 1 FROM tabs WHERE id = ?", (tab.id,)):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert not workspace.flush(0.2), "it says what is not on the disk yet"
        assert not written.is_set()
        may_end.set()
        assert workspace.flush(10)
        assert written.is_set()


def test_a_large_answer_that_has_just_come_is_kept_when_the_program_ends(tmp_path: Path) -> None:
    body = b'{"status": 1, "name": "x"}\n' * 200_000
    answer = Exchange(PreparedRequest("GET", "http://127.0.0.1/a", ()), Response(200, "OK", (), body, size=len(body)))
    with Workspace.open(tmp_path / "workspace") as workspace:
        for number in range(3):
            workspace.history.add(Record(Draft(f"a.{number}"), answer))
    with Workspace.open(tmp_path / "workspace") as workspace:
        entries = workspace.history.search().entries
        assert [entry.method for entry in entries] == ["a.2", "a.1", "a.0"]
        kept = workspace.history.open(entries[0].id).exchange.response
        assert kept is not None
        assert kept.body == body


def test_what_is_wrong_in_its_preparation_costs_nothing_else(tmp_path: Path) -> None:
    done: list[str] = []

    def fail() -> None:
        raise ValueError("a bug")

    with Workspace.open(tmp_path / "workspace") as workspace:
        workspace.writer.after(fail, lambda _: done.append("never"))
        workspace.writer.after(lambda: done.append("prepared"), lambda _: done.append("after"))
        assert workspace.flush(10)
        assert done == ["prepared", "after"]
        assert workspace.writer.given_up == 1
