"""The application's one stylesheet: `resources/themes/komet.qss`, filled with a scheme's colours."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template

from komet_console.resources import resource_path

__all__ = ["stylesheet"]


def stylesheet(colours: Mapping[str, str], scheme: str) -> str:
    """The stylesheet in a scheme's colours (`light` or `dark` names its own drawings)."""
    template = Template(resource_path("themes", "komet.qss").read_text(encoding="utf-8"))
    return template.substitute(colours, icons=resource_path("icons").as_posix(), scheme=scheme)
