"""Importing after PySide costs what it should."""

from __future__ import annotations

import os
import subprocess
import sys

CODE = """
import inspect, sys
import komet_console.gui.startup
read = []
original = inspect.getsource
inspect.getsource = lambda module: read.append(module) or original(module)
import komet_console.catalogue.searching, komet_console.session.console
print(len(read))
"""


def test_no_source_is_read_for_what_is_imported_after_pyside() -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "0"
    without = CODE.replace("komet_console.gui.startup", "PySide6.QtCore")
    done = subprocess.run([sys.executable, "-c", without], capture_output=True, text=True, check=True, env=environment)
    assert int(done.stdout) > 20, "PySide does not read sources any more: the remedy can go"
