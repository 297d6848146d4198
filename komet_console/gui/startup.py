"""Imported before anything else of the window: from here on imports cost what they should.

PySide reads and tokenizes the source of every module that is imported after it, to find out whether the module may switch
PySide's naming features on. Nothing here does, and a quarter of all importing went into that. Nor is anything that is
imported garbage: looking for some took a twentieth of the start. `aio.Garbage` sees to it from then on.
"""

from __future__ import annotations

import gc
import sys

gc.disable()

import PySide6.QtCore  # noqa: E402, F401 - it brings what is spared here

__all__ = ["spare_reading_sources"]


def spare_reading_sources() -> None:
    """Let PySide take every module for one that switches no features, which is what it finds out anyway."""
    feature = sys.modules.get("shibokensupport.feature")
    # No public name: a PySide without it is only slower.
    if hasattr(feature, "_mod_uses_pyside"):
        feature._mod_uses_pyside = lambda _module: False  # type: ignore[union-attr]


spare_reading_sources()
