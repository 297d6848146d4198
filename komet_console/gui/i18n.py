"""Every text that a person reads in the window passes through here."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from komet_console.errors import UserError
from komet_console.texts import Text, sentences

__all__ = ["told", "tr"]

_CONTEXT = "komet"


def tr(text: str, /, **values: object) -> str:
    """The text in the user's language, its named places filled: `tr("{count} of {all}", count=3, all=8)`.

    A text is a whole sentence or label; one that is glued from pieces cannot be translated. What rooms below say
    (`error.message`, `finding.hint`) comes here when it is shown, and brings its values along where it has some.
    """
    if isinstance(text, Text):
        return text.worded(_translated)
    if not text:
        return text
    filled = {name: value.worded(_translated) if isinstance(value, Text) else value for name, value in values.items()}
    return _translated(text).format(**filled) if filled else _translated(text)


def told(error: UserError) -> str:
    """What happened and what to do next, where there is one place for both."""
    return tr(sentences(error.message, error.hint))


def _translated(text: str) -> str:
    return QCoreApplication.translate(_CONTEXT, text)
