"""Whose answer stands there: nobody may take an answer of the sandbox for one of production after changing the environment."""

from __future__ import annotations

from PySide6.QtCore import QObject

from komet_console.gui.answer.view import AnswerView
from komet_console.gui.request.presenter import RequestPresenter

__all__ = ["AnswerOrigin"]


class AnswerOrigin(QObject):
    """Lets the answer of a request say where it came from, as soon as calls go to another environment."""

    def __init__(self, presenter: RequestPresenter, answer: AnswerView, parent: QObject) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self._answer = answer
        self._called = ""
        """The environment of the running call."""
        self._answered = ""
        self._said = ""
        presenter.model.sending_changed.connect(self._sending)
        presenter.model.answered.connect(self._arrived)
        presenter.place_changed.connect(self._show)

    def _sending(self) -> None:
        if self._presenter.model.sending:
            self._called = self._presenter.environment

    def _arrived(self) -> None:
        self._answered = self._called if self._presenter.model.sent is not None else ""
        self._show()

    def _show(self) -> None:
        elsewhere = bool(self._answered) and self._answered != self._presenter.environment
        known = {one.id: one.name for one in self._presenter.console.environments.all()} if elsewhere else {}
        name = known.get(self._answered, self._answered) if elsewhere else ""
        if name != self._said:
            self._said = name
            self._answer.header.say_origin(name)
