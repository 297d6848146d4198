"""A workspace whose folder goes while it is open: it is said, and what is done meanwhile is not written where nobody finds it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from komet_console.exchange import Draft, Pair
from komet_console.workspace.drafts import StoredTab, new_tab_id
from komet_console.workspace.trouble import WorkspaceError
from komet_console.workspace.workspace import Workspace

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps open files where they are")


def tab(text: str) -> StoredTab:
    return StoredTab(new_tab_id(), Draft("customer.list", (Pair("name", text),)))


def test_a_moved_folder_is_said_and_what_was_done_is_written_when_it_is_back(tmp_path: Path) -> None:
    folder, away = tmp_path / "workspace", tmp_path / "away"
    told: list[WorkspaceError | None] = []
    with Workspace.open(folder) as workspace:
        workspace.on_trouble(told.append)
        workspace.tabs.journal(tab("before"))
        assert workspace.flush()
        folder.rename(away)
        workspace.tabs.journal(tab("meanwhile"))
        assert not workspace.flush()
        assert workspace.trouble is not None
        assert "moved or deleted" in workspace.trouble.message
        away.rename(folder)
        assert workspace.flush()
    assert [one is None for one in told] == [False, True]
    with Workspace.open(folder) as workspace:
        # Nobody has said in which order they stand.
        assert {one.draft.query[0].value for one in workspace.tabs.load()} == {"before", "meanwhile"}


@pytest.mark.parametrize("copied", [False, True], ids=["deleted", "a copy in its place"])
def test_a_deleted_folder_is_said(tmp_path: Path, copied: bool) -> None:
    folder = tmp_path / "workspace"
    with Workspace.open(folder) as workspace:
        workspace.tabs.journal(tab("before"))
        assert workspace.flush()
        shutil.copytree(folder, tmp_path / "copy")
        shutil.rmtree(folder)
        if copied:
            (tmp_path / "copy").rename(folder)
        workspace.tabs.journal(tab("meanwhile"))
        assert not workspace.flush()
        assert workspace.trouble is not None
        assert str(folder) in workspace.trouble.message
    assert folder.exists() == copied
