"""The requests in the window: how they are made, where their answers stand, what they hand on and what is found in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from komet_console.exchange import Draft
from komet_console.gui.i18n import tr

if TYPE_CHECKING:
    from komet_console.catalogue import Method
    from komet_console.gui.request.model import RequestModel
    from komet_console.gui.request.view import AnswerPlace, RequestView
    from komet_console.gui.window.main import MainWindow

__all__ = ["RequestPart"]

_QUIET = 700
"""Milliseconds after a request was opened until the next one's view is made: by then it stands there and is read."""


class RequestPart(QObject):
    """Connects the view of every request with the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.answer_place: AnswerPlace = "below"
        self.answer_sizes: dict[str, list[int]] = {}
        """Sizes of request and answer, by place."""
        self.captured: dict[str, str] = {}
        """Values that checks of answers have captured, by the name of their variable."""
        self._ahead: RequestView | None = None
        """The view of the request that is opened next."""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_QUIET)
        self._soon.timeout.connect(self.make_ahead)
        self._closed = False

    def make(self, draft: Draft, place: QWidget) -> RequestView:
        """The view of a request, connected with the window; born where it stays."""
        method = self._window.console.catalogue.method(draft.method)
        self._soon.start()
        view, self._ahead = self._ahead, None
        if view is None or view.parentWidget() is not place:
            return self._made(method, draft, place)
        view.presenter.environment = self._window.places.environment
        self._window.token_part.equip(view.presenter)
        view.model.become(method, draft)
        view.presenter.refresh()
        view.place_answer(self.answer_place, self.answer_sizes.get(self.answer_place))
        return view

    def make_ahead(self) -> None:
        """Make the next request's view while nobody waits for it: what is the same for all of them is half the work."""
        if self._ahead is not None or self._closed:
            return
        catalogue, shown = self._window.console.catalogue, self._window.desk.request
        name = shown.model.method.name if shown is not None else next(iter(catalogue.summaries))
        place = self._window.desk.place
        view = self._made(catalogue.method(name), Draft(name), place)
        view.presenter.rest()
        view.resize(place.size())
        for part in (view, *view.findChildren(QWidget)):
            part.ensurePolished()
        self._ahead = view

    def close(self) -> None:
        """Make nothing ahead any more: the workspace is given up."""
        self._closed = True
        self._soon.stop()

    def _made(self, method: Method, draft: Draft, place: QWidget) -> RequestView:
        # With the first request: a window that starts without one answers sooner.
        from komet_console.gui.request.model import RequestModel
        from komet_console.gui.request.origin import AnswerOrigin
        from komet_console.gui.request.pasted_secrets import PastedSecrets
        from komet_console.gui.request.presenter import RequestPresenter
        from komet_console.gui.request.view import RequestView

        window = self._window
        model = RequestModel(method, draft)
        presenter = RequestPresenter(model, window.console, window.tasks, window.places.environment)
        window.token_part.equip(presenter)
        view = RequestView(presenter, window.console.catalogue, place)
        view.head.open_tokens.connect(window.token_part.add_token)
        view.head.save_asked.connect(window.saved_part.save)
        view.checks.results_changed.connect(lambda: self._capture(view))
        presenter.captured = self.captured
        AnswerOrigin(presenter, view.answer, view)
        PastedSecrets(model, view).taken.connect(view.secret_taken)
        model.setParent(view)
        presenter.setParent(view)
        view.open_method.connect(window.open_method)
        view.pasted.connect(window.open_pasted)
        view.address_edited.connect(self._address_edited)
        view.secret_taken.connect(lambda name, value: window.secrets.keep(name, value, presenter.environment))
        view.answer.place_toggled.connect(self.toggle_answer_place)
        view.place_answer(self.answer_place, self.answer_sizes.get(self.answer_place))
        view.splitter.splitterMoved.connect(lambda: self._answer_resized(view))
        model.findings_changed.connect(lambda: self._show_findings_of(model))
        model.answered.connect(lambda: window.remember_use(model.method.name))
        return view

    def _address_edited(self, text: str) -> None:
        request = self._window.desk.request
        if request is not None:
            trouble = request.take_address(text)
            if trouble is not None:
                self._window.notices.error(trouble)

    # --- where answers stand

    def set_answer_place(self, place: AnswerPlace) -> None:
        """Answers below the request, or beside it; in all tabs."""
        self.answer_place = place
        for tab in self._window.desk.tabs:
            if tab.request is not None:
                tab.request.place_answer(place, self.answer_sizes.get(place))

    def toggle_answer_place(self) -> None:
        """Answers to the other place."""
        self.set_answer_place("beside" if self.answer_place == "below" else "below")
        self._window.keeping.set("answer.place", self.answer_place)

    def _answer_resized(self, view: RequestView) -> None:
        self.answer_sizes[self.answer_place] = view.splitter.sizes()
        self._window.layout_changed.emit()

    # --- following

    def _capture(self, view: RequestView) -> None:
        """Values captured from an answer are variables from now on, for every request of the window."""
        found = {one.capture.variable: one.value for one in view.checks.captured if one.value is not None}
        if found:
            self.captured.update(found)
            for tab in self._window.desk.tabs:
                if tab.request is not None:
                    tab.request.presenter.refresh()

    def _show_findings_of(self, model: RequestModel) -> None:
        request = self._window.desk.request
        if request is not None and request.model is model:
            self.show_findings()

    def show_findings(self) -> None:
        """What is to be said about the request that is shown, in the status bar."""
        request = self._window.desk.request
        if request is None:
            self._window.status.show_findings("")
            return
        findings = request.model.findings
        if not findings:
            self._window.status.show_findings(tr("No findings"))
        elif len(findings) == 1:
            self._window.status.show_findings(tr("1 finding"), "status-amber")
        else:
            self._window.status.show_findings(tr("{count} findings", count=len(findings)), "status-amber")
        self._window.status.findings.setToolTip("\n".join(tr(finding.message) for finding in findings[:12]))

    def next_finding(self) -> None:
        """Go to the place of a finding; again goes to the next one."""
        request = self._window.desk.request
        if request is not None:
            request.next_finding()
