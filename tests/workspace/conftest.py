from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from komet_console.workspace.history import History
from komet_console.workspace.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "workspace") as workspace:
        yield workspace


@pytest.fixture
def history(workspace: Workspace) -> History:
    return workspace.history
