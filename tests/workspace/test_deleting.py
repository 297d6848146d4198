"""Deleting from the history: nothing shows it any more, undo brings it back, and after a while it is gone for good."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from helpers.histories import NOON, methods, only, record

from komet_console.workspace import removing
from komet_console.workspace.bodies import LARGE
from komet_console.workspace.history import Filter, History, insert
from komet_console.workspace.records import pack
from komet_console.workspace.trouble import WorkspaceError
from komet_console.workspace.workspace import Workspace


def words(workspace: Workspace) -> set[str]:
    """Everything that the index of texts knows."""
    with workspace.database.write() as connection:
        connection.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, history_text, row)")
        found = {row["term"] for row in connection.execute("SELECT term FROM temp.words")}
        connection.execute("DROP TABLE temp.words")
        connection.execute("INSERT INTO history_text (history_text, rank) VALUES ('integrity-check', 0)")
    return found


def test_what_was_deleted_is_gone_for_good_when_the_program_ends(history: History, workspace: Workspace) -> None:
    history.add(record("a.a", b'{"word": "petunia"}'))
    history.add(record("b.b", b'{"word": "gladiolus"}'))
    deleted = history.delete([only(history, Filter("petunia")), 999])
    assert deleted.entries == 1
    assert methods(history, Filter()) == ["b.b"]
    assert "petunia" in words(workspace)
    workspace.close()
    with Workspace.open(workspace.folder) as again:
        assert "gladiolus" in words(again)
        assert "petunia" not in words(again)
        assert again.database.read("SELECT count(*) FROM history_content")[0][0] == 1
        assert again.database.read("SELECT count(*) FROM history_trash")[0][0] == 0
        assert again.history.restore(deleted) == 0


def test_what_was_deleted_is_nowhere_and_comes_back_whole(history: History) -> None:
    large = b"petunia " * (LARGE // 4)
    for number in range(6):
        history.add(record(f"m.{number}", large if number == 2 else b"{}", at=NOON + timedelta(days=number % 2)))
    history.flush()
    before = [history.open(entry.id) for entry in history.search().entries]
    days = history.days()
    told: list[int] = []
    history.listeners.append(lambda: told.append(1))
    gone = next(kept.entry.id for kept in before if kept.entry.method == "m.2")
    for what in (lambda: history.delete([gone]), lambda: history.delete_day(days[1].day), history.clear):
        deleted = what()
        assert history.entry(gone) is None
        with pytest.raises(WorkspaceError, match="gone"):
            history.open(gone)
        with pytest.raises(WorkspaceError, match="gone"):
            history.draft(gone)
        assert methods(history, Filter("petunia")) == methods(history, Filter(method="m.2")) == []
        assert history.count() == 6 - deleted.entries
        assert sum(day.entries for day in history.days()) == 6 - deleted.entries
        history.tidy()
        assert history.restore(deleted) == deleted.entries
        assert history.restore(deleted) == 0
        assert [history.open(entry.id) for entry in history.search().entries] == before
        assert history.days() == days
        assert methods(history, Filter("petunia")) == ["m.2"]
    assert len(told) == 6
    assert history.delete_day("").entries == 0
    assert history.delete([]).entries == 0


def test_deleting_twice_brings_back_what_each_had_deleted(history: History) -> None:
    for number in range(3):
        history.add(record(f"m.{number}"))
    history.flush()
    first = history.delete([2])
    everything = history.clear()
    assert (first.entries, everything.entries) == (1, 2)
    assert history.restore(everything) == 2
    assert methods(history, Filter()) == ["m.2", "m.0"]
    assert history.restore(first) == 1


def test_undo_ends_after_a_while_in_every_window(history: History, workspace: Workspace) -> None:
    for number in range(5):
        history.add(record(f"m.{number}", b"petunia " * (LARGE // 4 if number == 1 else 1)))
    history.flush()
    first, second = history.delete([1, 2]), history.delete([3])
    with Workspace.open(workspace.folder) as other:
        other.history.flush()
        assert other.history.count() == 2
        # What a program that was killed has deleted is removed by the next one, but not before its time.
        other.settings.set("theme", "dark")
        other.flush()
        assert history.restore(second) == 1
        with workspace.database.write() as connection:
            connection.execute("UPDATE history_trash SET at = at - 61000")
        other.settings.set("theme", "light")
        other.flush()
        assert history.restore(first) == 0
        assert list((workspace.folder / "history").iterdir()) == []
    assert history.count() == 3


@pytest.mark.parametrize("left", [0, 3, 250])
def test_hundreds_are_removed_in_steps(
    left: int, history: History, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = [pack(record(f"m.{kind}", json.dumps({"word": kind}).encode()), {}) for kind in ("petunia", "gladiolus")]
    with workspace.database.write() as connection:
        for number in range(left + 450):
            insert(connection, packed[number >= left], 0)
    monkeypatch.setattr(removing, "UNDO_SECONDS", 0.0)
    monkeypatch.setattr(removing, "_UNINDEXED_AT_ONCE", 200)
    assert history.delete(range(left + 1, left + 451)).entries == 450
    there: list[int] = [left + 450]
    deadline = time.monotonic() + 20
    while there[-1] > left:
        assert time.monotonic() < deadline
        there.append(workspace.database.read("SELECT count(*) FROM history_content")[0][0])
        assert history.count() == history.count(Filter("word")) == left
        history.tidy()
    assert len(set(there)) > 2
    workspace.flush()
    assert ("gladiolus" in words(workspace), "petunia" in words(workspace)) == (False, left > 0)
    assert history.count(Filter("petunia")) == left
    history.add(record("m.new", b'{"word": "gladiolus"}'))
    assert methods(history, Filter("gladiolus")) == ["m.new"]


def test_what_the_next_start_has_to_remove(history: History, workspace: Workspace) -> None:
    packed = pack(record("m.old", b'{"word": "petunia"}'), {})
    with workspace.database.write() as connection:
        for _ in range(1_200):
            insert(connection, packed, 0)
    deleted = history.clear()
    assert deleted.entries == 1_200
    workspace.close()
    with Workspace.open(workspace.folder) as again:
        assert "petunia" not in words(again)
        assert again.database.read("SELECT count(*) FROM history")[0][0] == 1_200
        assert again.history.count() == 0
        assert again.history.restore(deleted) == 0, "the index of texts has forgotten them"
        again.settings.set("history.days", 30)
        again.history.tidy()  # as old as they are, they go that way too
        again.flush()
        again.flush()
        assert again.database.read("SELECT count(*) FROM history")[0][0] == 0
        assert words(again) == set()


def test_a_clock_that_was_set_back_keeps_nothing_for_ever(history: History, workspace: Workspace) -> None:
    history.add(record())
    deleted = history.delete([only(history)])
    with workspace.database.write() as connection:
        connection.execute("UPDATE history_trash SET at = at + 86400000")
    workspace.settings.set("theme", "dark")
    workspace.flush()
    assert history.restore(deleted) == 0
