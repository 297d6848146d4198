"""No text is cut off where the screen is scaled: the walk of `test_accessibility`, in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACES = "1024x700 and (welcome or long or failure or settings or timing)"


@pytest.mark.parametrize("factor", ["1.5", "2"])
def test_the_walk_at_another_scale(factor: str) -> None:
    walk = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/gui/test_accessibility.py"]
    environment = {**os.environ, "QT_SCALE_FACTOR": factor, "QT_QPA_PLATFORM": "offscreen"}
    environment.pop("PYTEST_XDIST_WORKER", None)
    done = subprocess.run(
        [*walk, "-k", PLACES], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=55, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert "5 passed" in done.stdout
