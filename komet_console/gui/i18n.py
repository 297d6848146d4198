"""Every text that a person reads in the window passes through here."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

__all__ = ["tr"]

_CONTEXT = "komet"


def tr(text: str, /, **values: object) -> str:
    """The text in the user's language, its named places filled: `tr("{count} of {all}", count=3, all=8)`.

    A text is a whole sentence or label; one that is glued from pieces cannot be translated.
    """
    translated = QCoreApplication.translate(_CONTEXT, text)
    return translated.format(**values) if values else translated
