"""No text is cut off where the screen is scaled: the walks of other tests, in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = "1024x700 and (welcome or long or failure or settings or timing)"


def walked(factor: str, module: str, which: str) -> subprocess.CompletedProcess[str]:
    walk = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", module, "-k", which]
    environment = {**os.environ, "QT_SCALE_FACTOR": factor, "QT_QPA_PLATFORM": "offscreen"}
    environment.pop("PYTEST_XDIST_WORKER", None)
    return subprocess.run(walk, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=55, check=False)


@pytest.mark.parametrize("factor", ["1.5", "2"])
def test_the_walk_at_another_scale(factor: str) -> None:
    done = walked(factor, "tests/gui/test_accessibility.py", PLACES)
    assert done.returncode == 0, done.stdout[-4000:]
    assert "5 passed" in done.stdout


def test_all_dialogs_at_twice_the_size() -> None:
    done = walked("2", "tests/gui/test_dialogs.py", "by_keys_alone")
    assert done.returncode == 0, done.stdout[-4000:]
    assert "4 passed" in done.stdout
