"""Where the program's own files lie.

The same three lookups serve a frozen program, an installed wheel and a source checkout. Kept to `pathlib` because the
command line's start-up time depends on it (`importlib.resources` alone costs several milliseconds).
"""

from __future__ import annotations

import sys
from pathlib import Path

from komet_console.errors import InstallationError
from komet_console.texts import said

__all__ = ["resource_path"]

_PACKAGE = Path(__file__).resolve().parent


def _roots() -> list[Path]:
    """Folders that may hold the resources, best first."""
    roots: list[Path] = []
    unpacked = getattr(sys, "_MEIPASS", None)
    if unpacked:
        roots.append(Path(unpacked) / "komet_console" / "_resources")
    roots.append(_PACKAGE / "_resources")
    # A folder called `resources` beside an installed package would belong to somebody else.
    if (_PACKAGE.parent / "pyproject.toml").is_file():
        roots.append(_PACKAGE.parent / "resources")
    return roots


def resource_path(*parts: str) -> Path:
    """Path of a shipped file or folder, e.g. `resource_path("openapi", "openapi.yaml")`.

    Raises:
        InstallationError: nothing of that name was shipped.
    """
    roots = _roots()
    for root in roots:
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise InstallationError(
        said("The program's own file {path} is missing.", path="/".join(parts) or "resources"),
        hint="Install Komet Console again.",
        details="Looked in: " + ", ".join(str(root) for root in roots),
    )
