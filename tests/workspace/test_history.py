"""The history: everything is kept, found, opened again and deleted whole."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from helpers.histories import NOON, methods, only, record
from hypothesis import given
from hypothesis import strategies as st

from komet_console.exchange import Draft, Exchange, Failure, Hop, Pair, PreparedRequest, Response, Timing
from komet_console.workspace.bodies import INDEXED, LARGE, masked
from komet_console.workspace.finding import match_expression
from komet_console.workspace.history import Filter, History, Record, text_of
from komet_console.workspace.scrubbing import cleaned
from komet_console.workspace.trouble import WorkspaceError
from komet_console.workspace.workspace import Workspace

# --- kept and opened


def test_an_exchange_comes_back_whole(history: History) -> None:
    given_record = record(
        "prebook.create",
        b'{"status": 1, "id": 7}',
        body='{"customerId": 0012}',
        token="Main",
        sentence="It was created.",
        findings=2,
    )
    history.add(given_record)
    kept = history.open(only(history))
    assert kept.draft == given_record.draft
    assert kept.exchange == given_record.exchange
    entry = kept.entry
    assert (entry.method, entry.verb, entry.status, entry.token, entry.findings) == (
        "prebook.create",
        "POST",
        200,
        "Main",
        2,
    )
    assert (entry.at, entry.milliseconds, entry.size, entry.dropped, entry.failure) == (NOON, 12.5, 22, 0, "")
    assert (entry.sentence, entry.environment, entry.indexed_whole) == ("It was created.", "sandbox", True)
    assert history.entry(entry.id) == entry
    assert history.draft(entry.id) == given_record.draft


def test_a_failure_is_kept_with_what_had_arrived(history: History) -> None:
    failure = Failure(
        "cut-off", "The answer broke off.", "The server closed.", "Try again.", "download", "details", True
    )
    exchange = Exchange(
        PreparedRequest("GET", "http://127.0.0.1/api/a", ()),
        Response(200, "OK", (), b'{"a": ', size=6, truncated=True),
        failure,
        (Hop(302, "http://127.0.0.1/a", "http://127.0.0.1/b", True, False),),
        Timing(total=3),
    )
    history.add(Record(Draft("a.b"), exchange, sentence="It broke off."))
    refused = Failure("refused", "Nobody listens.", "", "", "connect")
    history.add(Record(Draft("a.c"), Exchange(PreparedRequest("GET", "http://127.0.0.1/api/a", ()), None, refused)))
    assert methods(history, Filter(outcome="failed")) == ["a.c", "a.b"]
    kept = history.open(only(history, Filter("broke")))
    assert kept.exchange == exchange
    assert kept.entry.failure == "cut-off"
    nothing = history.search(Filter(method="a.c")).entries[0]
    assert (nothing.status, nothing.failure) == (None, "refused")


def test_it_is_there_after_a_restart(workspace: Workspace) -> None:
    workspace.history.add(record())
    workspace.close()
    with Workspace.open(workspace.folder) as again:
        assert again.history.open(only(again.history)).entry.method == "customer.list"


def test_adding_tells_the_listeners(history: History) -> None:
    told: list[int] = []
    history.listeners.append(lambda: told.append(1))
    history.add(record())
    history.flush()
    assert told == [1]


def test_what_is_not_there_is_said(history: History) -> None:
    with pytest.raises(WorkspaceError, match="gone"):
        history.open(7)
    assert history.entry(7) is None


def test_an_entry_of_a_newer_version_is_said(history: History, workspace: Workspace) -> None:
    history.add(record())
    number = only(history)
    with workspace.database.write() as connection:
        connection.execute("UPDATE history_content SET facts = x'00'")
    with pytest.raises(WorkspaceError, match="cannot be read"):
        history.open(number)


def test_half_characters_do_not_stop_it(history: History) -> None:
    history.add(record("half.\ud800", sentence="\udfff and \x00", environment="\ud800"))
    assert history.open(only(history)).draft.method == "half.\ud800"


# --- found


def test_words_are_found_in_every_place_and_by_their_beginning(history: History) -> None:
    history.add(record("customer.list", b'{"name": "Hydrangea"}', sentence="Nothing of interest."))
    history.add(record("prebook.create", b"{}", body='{"note": "Freedom Roses"}'))
    history.add(record("login", b"{}", status=401, sentence="The password is wrong.", outcome="refused"))
    assert methods(history, Filter("hydra")) == ["customer.list"]
    assert methods(history, Filter("freedom roses")) == ["prebook.create"]
    assert methods(history, Filter("roses freedom")) == ["prebook.create"]
    assert methods(history, Filter('"roses freedom"')) == []
    assert methods(history, Filter('"freedom roses"')) == ["prebook.create"]
    assert methods(history, Filter("wrong")) == ["login"]
    assert methods(history, Filter("customer.li")) == ["customer.list"]
    assert methods(history, Filter("grün")) == ["login", "prebook.create", "customer.list"]
    assert methods(history, Filter("api/login")) == ["login"]
    assert methods(history, Filter("nowhere")) == []


def test_filters_work_alone_and_together(history: History) -> None:
    history.add(record("a.a", at=NOON, environment="production"))
    history.add(record("b.b", at=NOON + timedelta(days=1), status=404, outcome="http-failure"))
    history.add(record("c.c", at=NOON + timedelta(days=2), status=500, outcome="http-failure"))
    assert methods(history, Filter(method="a.a")) == ["a.a"]
    assert methods(history, Filter(status=404)) == ["b.b"]
    assert methods(history, Filter(status=(400, 599))) == ["c.c", "b.b"]
    assert methods(history, Filter(outcome="http-failure")) == ["c.c", "b.b"]
    assert methods(history, Filter(environment="production")) == ["a.a"]
    assert methods(history, Filter(since=NOON + timedelta(days=1))) == ["c.c", "b.b"]
    assert methods(history, Filter(until=NOON + timedelta(days=1))) == ["b.b", "a.a"]
    assert methods(history, Filter("b.b", status=(400, 499), environment="sandbox")) == ["b.b"]
    assert methods(history, Filter("b.b", status=500)) == []
    assert history.count(Filter(status=(400, 599))) == 2
    assert history.count() == 3


def test_entries_are_grouped_by_day_and_come_in_pages(history: History) -> None:
    for number in range(25):
        history.add(record(f"m.{number}", at=NOON + timedelta(days=number // 10)))
    history.flush()
    local = [(NOON + timedelta(days=one)).astimezone().date().isoformat() for one in range(3)]
    assert [(day.day, day.entries) for day in history.days()] == [(local[2], 5), (local[1], 10), (local[0], 10)]
    assert [(day.day, day.entries) for day in history.days(Filter("m.24"))] == [(local[2], 1)]
    assert len(history.search(Filter(day=local[1])).entries) == 10
    for wanted in (Filter(), Filter("page")):
        seen: list[int] = []
        more = None
        while True:
            page = history.search(wanted, before=more, limit=10)
            seen += [entry.id for entry in page.entries]
            more = page.more
            if more is None:
                break
        assert seen == list(range(25, 0, -1))


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE t USING fts5 (text, content = '')")
        connection.execute("INSERT INTO t (rowid, text) VALUES (1, 'and or not near a b c')")
        yield connection


@given(text=st.text(max_size=30) | st.text('"*^:(){}-+ANDORNEar.\x00\ud800 ', max_size=20))
def test_whatever_is_typed_is_no_operator(index: sqlite3.Connection, text: str) -> None:
    expression = match_expression(text)
    assert bool(expression) == any(character.isalnum() or character == "_" for character in text)
    if expression:
        index.execute("SELECT rowid FROM t WHERE t MATCH ?", (expression,)).fetchall()


# --- large bodies


def test_a_large_body_stands_in_a_file_and_is_found_by_its_beginning(history: History, workspace: Workspace) -> None:
    answer = json.dumps([{"name": f"flower{number}", "text": "x" * 50} for number in range(30_000)]).encode()
    assert len(answer) > 2 * LARGE
    history.add(record(answer=answer))
    number = only(history, Filter("flower7"))
    assert methods(history, Filter("flower29999")) == []
    kept = history.open(number)
    assert kept.exchange.response is not None
    assert kept.exchange.response.body == answer
    assert not kept.entry.indexed_whole
    files = list((workspace.folder / "history").iterdir())
    assert [file.suffix for file in files] == [".z"]
    assert files[0].stat().st_mode & 0o777 == 0o600
    assert history.delete([number]).entries == 1
    assert len(list((workspace.folder / "history").iterdir())) == 1
    workspace.close()
    assert list((workspace.folder / "history").iterdir()) == []


def test_an_answer_in_a_temporary_file_is_kept(history: History, tmp_path: Path) -> None:
    file = tmp_path / "answer"
    file.write_bytes(b"z" * (LARGE + 5))
    request = PreparedRequest("GET", "http://127.0.0.1/api/a", ())
    response = Response(200, "OK", (), b"", file, size=LARGE + 5)
    history.add(Record(Draft("a"), Exchange(request, response)))
    number = only(history)
    file.unlink()
    kept = history.open(number).exchange.response
    assert kept is not None
    assert (kept.body, kept.file) == (b"z" * (LARGE + 5), None)
    history.add(Record(Draft("b"), Exchange(request, response)))
    assert history.open(only(history, Filter(method="b"))).entry.dropped == LARGE + 5


def test_the_oldest_files_go_first_when_they_take_too_much(history: History, workspace: Workspace) -> None:
    for number in range(4):
        history.add(record(f"m.{number}", os.urandom(LARGE * 2 // 3).hex().encode()))
    history.flush()
    largest = max(file.stat().st_size for file in (workspace.folder / "history").iterdir())
    workspace.settings.set("history.bytes", 2 * largest)
    history.tidy()
    assert len(list((workspace.folder / "history").iterdir())) == 2
    dropped = {entry.method: entry.dropped for entry in history.search().entries}
    assert dropped["m.3"] == dropped["m.2"] == 0
    assert dropped["m.0"] == dropped["m.1"] == LARGE * 2 // 3 * 2 - INDEXED - 1
    kept = history.open(only(history, Filter(method="m.0"))).exchange.response
    assert kept is not None
    assert len(kept.body) == INDEXED + 1
    assert history.delete_day(NOON.astimezone().date().isoformat()).entries == 4


def test_a_missing_file_is_said_and_the_request_still_opens(history: History, workspace: Workspace) -> None:
    history.add(record(answer=b"z" * (LARGE + 1)))
    number = only(history)
    next((workspace.folder / "history").iterdir()).unlink()
    with pytest.raises(WorkspaceError, match="cannot be read"):
        history.open(number)
    assert history.draft(number).method == "customer.list"


def test_what_a_crash_left_over_is_removed_when_it_is_old(history: History, workspace: Workspace) -> None:
    history.add(record(answer=b"z" * (LARGE + 1)))
    history.flush()
    folder = workspace.folder / "history"
    old, new = folder / f"{'0' * 32}-answer.z", folder / f"{'1' * 32}-answer.z"
    for file in (old, new):
        file.write_bytes(b"left over")
    os.utime(old, (1, time.time() - 7200))
    history.tidy()
    assert not old.exists()
    assert new.exists()
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize(
    "whole", [b'{"token": "hidden-1", "a": "b"},', b"token=hidden-1&a=b&", '{"ü": 1},'.encode(), b"abc"]
)
def test_masking_in_pieces_is_masking(whole: bytes) -> None:
    from komet_console.exchange import Redactor

    redactor = Redactor(("hidden-2",))
    body = b"hidden-2".join([whole * (100_000 // len(whole))] * 4)
    made = masked(body, redactor)
    assert b"hidden" not in made
    assert made.count("ü".encode()) == body.count("ü".encode())
    assert made.count(redactor.known("hidden-2").encode()) >= 3


def test_the_history_is_kept_as_long_as_the_settings_say(history: History, workspace: Workspace) -> None:
    now = datetime.now(UTC)
    for days in (400, 31, 29, 0):
        history.add(record(f"before.{days}", at=now - timedelta(days=days)))
    history.flush()
    history.tidy()
    assert history.count() == 4
    workspace.settings.set("history.days", 30)
    history.tidy()
    assert methods(history, Filter()) == ["before.0", "before.29"]
    assert methods(history, Filter("before")) == ["before.0", "before.29"]


# --- compared


def test_two_entries_can_be_compared_as_text(history: History) -> None:
    history.add(record(answer=b'{"status":1,"items":[1,2]}', body='{"a": 1.50}'))
    history.add(record(answer=b"\xff\xfe\x00", body="not JSON"))
    history.flush()
    second, first = history.search().entries
    text = history.text_of(first.id)
    assert '  "a": 1.50' in text
    assert '  "status": 1,' in text
    assert "content-type: application/json" in text
    assert "today" not in text
    assert "(3 bytes that are no text)" in history.text_of(second.id)
    assert "not JSON" in text_of(history.open(second.id))


def test_a_reopened_request_holds_no_secret(history: History) -> None:
    draft = Draft("login", (Pair("login", "ann"), Pair("password", "hidden-password")))
    request = PreparedRequest("GET", "http://127.0.0.1/api/login?login=ann&password=hidden-password", ())
    history.add(Record(draft, Exchange(request)))
    number = only(history)
    assert history.draft(number) == cleaned(draft, {})[0]
    assert "hidden" not in repr(history.open(number))
    assert "hidden" not in history.text_of(number)
