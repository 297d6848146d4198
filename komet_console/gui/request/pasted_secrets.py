"""A token or a password that is pasted anywhere in a request leaves it at once; a reference stands in its place.

What is typed letter by letter is left alone while it is typed: nobody could finish it otherwise. Saving looks again.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from komet_console.exchange import Draft
from komet_console.gui.request.model import RequestModel
from komet_console.workspace.collections.references import take_out

__all__ = ["PastedSecrets"]

_TYPED = 1
"""Characters by which one key changes a request."""
_SHORTEST = 6
"""Characters of a secret that nobody types with one key over what was selected."""
_MOST = 2_000_000
"""Characters of a body up to which looking for secrets is not felt; the body's editor looks at what is pasted by itself."""


class PastedSecrets(QObject):
    """Watches one request, from its making on.

    Signals:
        taken(str, str): A secret was taken out: name of the reference that stands there now, value.
    """

    taken = Signal(str, str)

    def __init__(self, model: RequestModel, parent: QObject) -> None:
        super().__init__(parent)
        model.cleaning = self._clean

    def _clean(self, before: Draft, after: Draft) -> Draft:
        if abs(_length(after) - _length(before)) <= _TYPED or len(after.body.text) > _MOST:
            return after
        found = take_out(after)
        old = _texts(before)
        if not any(len(one.value) >= _SHORTEST and not any(one.value in text for text in old) for one in found.secrets):
            return after
        for secret in found.secrets:
            self.taken.emit(secret.name, secret.value)
        return found.draft


def _texts(draft: Draft) -> list[str]:
    rows = (*draft.query, *draft.headers, *draft.body.pairs)
    return [draft.body.text, *(text for row in rows for text in (row.name, row.value))]


def _length(draft: Draft) -> int:
    return sum(map(len, _texts(draft)))
