"""Settings, the window's state, favourites and recent methods; and what writes them behind the caller's back."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from komet_console.exchange import Connection
from komet_console.workspace.opening import default_folder, open_workspace, set_aside, temporary_workspace
from komet_console.workspace.settings import SETTINGS, SettingError
from komet_console.workspace.trouble import DamagedWorkspaceError, WorkspaceError
from komet_console.workspace.workspace import Workspace, database_file


def reopened(workspace: Workspace) -> Workspace:
    workspace.close()
    return Workspace.open(workspace.folder)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_has_a_default_that_suits_it_and_a_sentence(setting: Any) -> None:
    assert setting.checked(setting.default) == setting.default
    assert setting.description.endswith(".")


def test_without_settings_calls_travel_as_the_exchange_has_it(workspace: Workspace) -> None:
    assert workspace.settings.connection == Connection()


def test_what_is_set_comes_back_and_is_told(workspace: Workspace) -> None:
    told: list[tuple[str, Any]] = []
    workspace.settings.listeners.append(lambda name, value: told.append((name, value)))
    workspace.settings.set("theme", "dark")
    workspace.settings.set("theme", "dark")
    workspace.settings.set_connection(Connection(5, None, 70.5, ca_file="/ca.pem", follow_redirects=False))
    assert ("theme", "dark") in told
    assert len(told) == 6
    with reopened(workspace) as again:
        assert again.settings["theme"] == "dark"
        assert again.settings.connection == Connection(5, None, 70.5, ca_file="/ca.pem", follow_redirects=False)
        again.settings.reset("theme")
        assert again.settings["theme"] == "system"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "pink"),
        ("welcome.dismissed", 1),
        ("connection.connect_timeout", 0),
        ("connection.connect_timeout", "10"),
        ("connection.connect_timeout", float("nan")),
        ("connection.read_timeout", True),
        ("history.days", 0),
        ("history.days", 1.5),
        ("history.bytes", None),
        ("environment", None),
        ("connection.ca_file", "a\x00b"),
        ("connection.proxy", "host:3128"),
        ("connection.proxy", "socks5://host:3128"),
        ("connection.proxy", "http://host:port"),
        ("connection.proxy", "http://a:hidden-word@ho st:1"),
    ],
)
def test_what_does_not_suit_is_refused_with_a_hint(workspace: Workspace, name: str, value: Any) -> None:
    before = workspace.settings[name]
    with pytest.raises(SettingError) as caught:
        workspace.settings.set(name, value)
    assert caught.value.hint
    assert "hidden-word" not in str(caught.value.lines())
    assert workspace.settings[name] == before
    with pytest.raises(KeyError):
        workspace.settings.set("nonsense", 1)


def test_a_connection_that_does_not_suit_changes_nothing(workspace: Workspace) -> None:
    with pytest.raises(SettingError):
        workspace.settings.set_connection(Connection(5, proxy="nonsense"))
    assert workspace.settings.connection == Connection()


def test_a_proxy_s_password_lives_as_long_as_the_program(workspace: Workspace) -> None:
    address = "http://user:p%40ss:w0rd-hidden@proxy.example:3128"
    workspace.settings.set("connection.proxy", address)
    workspace.settings.refresh()
    assert workspace.settings["connection.proxy"] == address
    workspace.flush()
    assert all(b"hidden" not in file.read_bytes() for file in workspace.folder.rglob("*") if file.is_file())
    with reopened(workspace) as again:
        assert again.settings["connection.proxy"] == "http://user@proxy.example:3128"


def test_unknown_names_are_kept_and_unsuitable_values_ignored(workspace: Workspace) -> None:
    with workspace.database.write() as connection:
        rows = [("of.the.future", '{"a": 1}'), ("theme", '"pink"'), ("environment", "not JSON")]
        connection.executemany("INSERT INTO settings VALUES (?, ?)", rows)
    with reopened(workspace) as again:
        assert again.settings["theme"] == "system"
        assert again.settings["environment"] == "sandbox"
        again.settings.set("theme", "dark")
        again.flush()
        rows = again.database.read("SELECT value FROM settings WHERE name = 'of.the.future'")
        assert [row["value"] for row in rows] == ['{"a": 1}']


def test_another_window_s_settings_are_seen_when_asked(workspace: Workspace) -> None:
    told: list[tuple[str, Any]] = []
    workspace.settings.listeners.append(lambda name, value: told.append((name, value)))
    with Workspace.open(workspace.folder) as other:
        other.settings.set("theme", "light")
    assert workspace.settings["theme"] == "system"
    workspace.settings.refresh()
    assert told == [("theme", "light")]


def test_the_state_of_the_window_comes_back(workspace: Workspace) -> None:
    workspace.state.put("window.geometry", {"x": 1, "splitters": [200, 0.5], "half": "\ud800"})
    assert workspace.state.toggle_favourite("b.b")
    assert workspace.state.toggle_favourite("a.a")
    assert workspace.state.toggle_favourite("c.c")
    assert not workspace.state.toggle_favourite("a.a")
    for method in ("x", "y", "x"):
        workspace.state.use(method)
    with reopened(workspace) as again:
        assert again.state.get("window.geometry") == {"x": 1, "splitters": [200, 0.5], "half": "\ud800"}
        assert again.state.get("nothing", 7) == 7
        assert again.state.favourites == ("b.b", "c.c")
        assert again.state.recents() == ("x", "y")
        assert again.state.recents(1) == ("x",)


def test_the_user_s_workspace_is_in_the_data_folder(komet_home: Path) -> None:
    with open_workspace() as workspace:
        assert workspace.folder == default_folder() == komet_home / "workspace"


def test_a_workspace_that_cannot_be_opened_has_a_stand_in_that_keeps_nothing() -> None:
    with temporary_workspace() as workspace:
        workspace.settings.set("theme", "dark")
        assert workspace.tabs.load() == []
        assert workspace.flush()
    assert not workspace.folder.exists()


def test_a_damaged_workspace_opens_empty_after_the_user_agreed(tmp_path: Path) -> None:
    file = database_file(tmp_path)
    file.write_bytes(b"damaged" * 100)
    with pytest.raises(DamagedWorkspaceError):
        open_workspace(tmp_path)
    aside = set_aside(file)
    with open_workspace(tmp_path) as workspace:
        assert workspace.settings["theme"] == "system"
    assert aside.read_bytes() == b"damaged" * 100


# --- writing behind the caller's back


def test_changes_of_the_same_thing_are_written_once(workspace: Workspace) -> None:
    done: list[int] = []
    for number in range(5):
        workspace.writer.later(lambda _, number=number: done.append(number), "same")
        workspace.writer.later(lambda _, number=number: done.append(10 + number))
    assert workspace.flush()
    assert sorted(done) == [4, 10, 11, 12, 13, 14]


def test_the_caller_does_not_wait_for_a_busy_disk(workspace: Workspace) -> None:
    release = threading.Event()
    workspace.writer.later(lambda _: release.wait(10), within=0)
    start = time.monotonic()
    workspace.settings.set("theme", "dark")
    assert time.monotonic() - start < 0.5
    assert not workspace.flush(0.05)
    release.set()
    assert workspace.flush()


def test_one_wrong_job_does_not_cost_the_others(workspace: Workspace, caplog: pytest.LogCaptureFixture) -> None:
    def wrong(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO ui_state VALUES ('half', '1')")
        raise ZeroDivisionError

    workspace.writer.later(wrong)
    workspace.writer.later(lambda connection: connection.execute("SELECT * FROM nowhere") and None)
    workspace.state.put("good", 1)
    assert workspace.flush()
    assert [row["name"] for row in workspace.database.read("SELECT name FROM ui_state")] == ["good"]
    assert workspace.writer.given_up == 2
    assert "could not be written" in caplog.text


def test_what_cannot_be_written_is_told_kept_and_written_later(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[WorkspaceError | None] = []
    workspace.on_trouble(told.append)
    workspace.database._writing.execute("PRAGMA busy_timeout = 20")
    other = sqlite3.connect(workspace.database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    workspace.settings.set("theme", "dark")
    assert not workspace.flush()
    assert workspace.trouble is not None
    assert "busy" in workspace.trouble.message
    workspace.settings.set("theme", "light")
    other.execute("ROLLBACK")
    other.close()
    assert workspace.flush()
    assert workspace.trouble is None
    assert [one is None for one in told] == [False, True]
    with reopened(workspace) as again:
        assert again.settings["theme"] == "light"


def test_a_program_that_ends_without_closing_loses_nothing(tmp_path: Path) -> None:
    program = f"""
from pathlib import Path
from komet_console.workspace.workspace import Workspace, database_file
workspace = Workspace.open(Path({str(tmp_path)!r}))
workspace.settings.set("theme", "dark")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    with Workspace.open(tmp_path) as workspace:
        assert workspace.settings["theme"] == "dark"


def test_closing_twice_is_allowed_and_changes_after_it_are_refused(workspace: Workspace) -> None:
    workspace.close()
    workspace.close()
    with pytest.raises(sqlite3.ProgrammingError):
        workspace.settings.set("theme", "dark")
