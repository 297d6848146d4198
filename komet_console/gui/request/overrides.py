"""The menu behind the verb: what the documentation says about the way a call travels, and other ways to try."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import cast

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from komet_console.exchange import Body, Draft
from komet_console.exchange.model import BodyKind, InputLocation, TokenLocation
from komet_console.gui.i18n import tr
from komet_console.gui.request.model import RequestModel

__all__ = ["OverridesMenu"]

_VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class OverridesMenu(QMenu):
    """Closes and deletes itself like any menu; a choice changes the draft."""

    def __init__(self, model: RequestModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("overridesMenu")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._model = model
        draft, method = model.draft, model.method
        self._choices(
            tr("Verb"),
            [
                (None, tr("As documented: {verb}", verb=method.verb)),
                *((verb, verb) for verb in _VERBS if verb != method.verb),
            ],
            draft.verb,
            lambda draft, verb: replace(draft, verb=verb),
        )
        kinds: list[tuple[str, str]] = [
            ("none", tr("No body")),
            ("json", "JSON"),
            ("raw", tr("Raw text")),
            ("form", tr("Form (URL encoded)")),
            ("multipart", tr("Multipart")),
        ]
        self._choices(tr("Body"), kinds, draft.body.kind, self._with_body)
        documented = method.places.input[0] if method.places.input else "query"
        ways: list[tuple[str | None, str]] = [
            (None, tr("As documented: {place}", place=_place(documented))),
            *((way, _place(way)) for way in ("query", "body") if way != documented),
        ]
        self._choices(tr("Input travels in"), ways, draft.input_location, _with_input)
        token = method.places.token[0].location if method.places.token else "none"
        places: list[tuple[str | None, str]] = [
            (None, tr("As documented: {place}", place=_place(token))),
            *((place, _place(place)) for place in ("query", "header", "body", "none") if place != token),
        ]
        self._choices(
            tr("Token travels in"),
            places,
            draft.token_location,
            _with_token,
        )
        self.addSeparator()
        reset = self.addAction(tr("Everything as documented"), self._reset)
        reset.setEnabled((draft.verb, draft.path, draft.input_location, draft.token_location) != (None,) * 4)

    def _choices(
        self,
        title: str,
        choices: Sequence[tuple[str | None, str]],
        current: str | None,
        change: Callable[[Draft, str | None], Draft],
    ) -> None:
        menu = self.addMenu(title)
        group = QActionGroup(menu)
        for key, label in choices:
            action = group.addAction(label)
            action.setCheckable(True)
            action.setChecked(key == current)
            action.triggered.connect(
                lambda _=False, key=key: self._model.set_draft(change(self._model.draft, key), self)
            )
            menu.addAction(action)

    @staticmethod
    def _with_body(draft: Draft, kind: str | None) -> Draft:
        known: dict[str, BodyKind] = {
            "none": "none",
            "json": "json",
            "raw": "raw",
            "form": "form",
            "multipart": "multipart",
        }
        return replace(draft, body=Body(known[kind or "none"], draft.body.text, draft.body.pairs))

    def _reset(self) -> None:
        draft = replace(self._model.draft, verb=None, path=None, input_location=None, token_location=None)
        self._model.set_draft(draft, self)

    def open_at(self, place: QPoint) -> None:
        """Show the menu at a place on the screen."""
        self.popup(place)


def _with_input(draft: Draft, way: str | None) -> Draft:
    return replace(draft, input_location=cast("InputLocation | None", way))


def _with_token(draft: Draft, place: str | None) -> Draft:
    return replace(draft, token_location=cast("TokenLocation | None", place))


def _place(place: str) -> str:
    return {
        "query": tr("the address"),
        "body": tr("the body"),
        "header": tr("a header"),
        "none": tr("nowhere"),
    }[place]
