"""The answer of one request tab: what happened in one sentence, what it means, and the answer itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QRect, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from komet_console.exchange import Redactor, Response
from komet_console.gui import theme
from komet_console.gui.answer import material as materials
from komet_console.gui.answer.body import QUICK, AnswerBody, views_of
from komet_console.gui.answer.explain import ExplanationPanel
from komet_console.gui.answer.findbar import FindBar
from komet_console.gui.answer.header import AnswerHeader
from komet_console.gui.answer.material import Material
from komet_console.gui.answer.pane import MARGIN, AnswerPane
from komet_console.gui.answer.reads import read_that_shows
from komet_console.gui.answer.saving import save_answer
from komet_console.gui.answer.sending import SendingVeil
from komet_console.gui.answer.verdict import of_sent, of_trouble, said_size, said_time
from komet_console.gui.answer.viewer import TextViewer
from komet_console.gui.background import Latest
from komet_console.gui.i18n import tr
from komet_console.gui.request.model import RequestModel
from komet_console.gui.widgets.empty import EmptyState
from komet_console.session.aside import LARGE
from komet_console.session.sending import Sent

if TYPE_CHECKING:
    from komet_console.catalogue import Catalogue
    from komet_console.gui.aio import Tasks

__all__ = ["AnswerView"]

_PATIENCE = 150
"""Milliseconds that an earlier answer stays as it is: most calls are over by then, and nothing flickers."""
_STEP = 20
"""Milliseconds between what is shown of a large answer: the window is painted and hears keys in between."""


class AnswerView(QWidget):
    """Belongs to one tab's model.

    Args:
        tasks: Where files are saved; without it nothing can be saved.
        catalogue: Names the reads that show what a call has changed; None loads it when it is first needed.

    Signals:
        cancel_requested(): The running call is to stop.
        jump_requested(str): The field of the request at that pointer is wanted.
        open_method(str): Another method is wanted.
        place_toggled(): The answer is wanted beside the request instead of below it, or the other way round.
    """

    cancel_requested = Signal()
    jump_requested = Signal(str)
    open_method = Signal(str)
    place_toggled = Signal()

    def __init__(
        self,
        model: RequestModel,
        parent: QWidget | None = None,
        *,
        tasks: Tasks | None = None,
        catalogue: Catalogue | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("answerView")
        self.setAccessibleName(tr("Answer"))
        self.model = model
        self._tasks = tasks
        self._catalogue = catalogue
        self._sent: Sent | None = None
        self._material: Material | None = None
        self._unexplained: tuple[Sent, str] | None = None
        """What the explanation is to be about (with its accent) as soon as it is shown."""
        self._row = 0
        """Where the same text is to be shown again, with its secrets hidden or not."""
        self._chosen = ""
        """The view that the user chose last; it is shown again where it is offered."""
        self._preparing = Latest(self)
        self._pages = QStackedWidget(self)
        self._empty = EmptyState(
            tr("Nothing sent yet"), tr("Press Send or Ctrl+Enter. The answer appears here."), self._pages
        )
        self._empty.setObjectName("answerEmpty")
        # Heights are set between two layouts, never within one: Qt loses the inner one's share.
        self._fit_soon = QTimer(self)
        self._fit_soon.setSingleShot(True)
        self._fit_soon.setInterval(0)
        self._fit_soon.timeout.connect(self._fit_panel)
        self._pane: AnswerPane | None = None
        self._place: Literal["below", "beside"] = "below"
        self._veil: SendingVeil | None = None
        self._pages.addWidget(self._empty)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE)
        self._patience.timeout.connect(self._show_veil)
        self._ahead = QTimer(self)
        self._ahead.setSingleShot(True)
        self._ahead.timeout.connect(lambda: self.pane)
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(_STEP)
        self._next.timeout.connect(self._go_on)
        model.sending_changed.connect(self._sending_changed)
        model.progress_changed.connect(self._progress_changed)
        model.answered.connect(self._answered)
        if model.sent is not None or model.trouble is not None:
            self._answered()

    def _make_pane(self) -> AnswerPane:
        pane = AnswerPane(self._pages)
        pane.header.view_chosen.connect(self._choose)
        pane.header.explain.toggled.connect(self._show_panel)
        pane.header.search.clicked.connect(self.open_find)
        pane.header.copy.clicked.connect(self.copy)
        pane.header.save.clicked.connect(self.save)
        pane.header.secrets.toggled.connect(self._reveal)
        pane.header.place.clicked.connect(self.place_toggled)
        pane.find_bar_made.connect(self._listen_to)
        pane.panel.jump_requested.connect(self.jump_requested)
        pane.panel.open_method.connect(self.open_method)
        pane.panel.resized.connect(self._fit_soon.start)
        pane.body.shown.connect(self._view_shown)
        self._pages.addWidget(pane)
        return pane

    def _listen_to(self, find_bar: FindBar) -> None:
        find_bar.wanted.connect(self._look_for)
        find_bar.step.connect(self.find_next)
        find_bar.closed.connect(self._focus_view)

    @property
    def pane(self) -> AnswerPane:
        """What shows an answer; made for the first one, for most open tabs have none."""
        if self._pane is None:
            self._pane = self._make_pane()
            self._show_place()
        return self._pane

    @property
    def header(self) -> AnswerHeader:
        """The line with status, sentence, views and tools."""
        return self.pane.header

    @property
    def find_bar(self) -> FindBar:
        """Find in the answer."""
        return self.pane.find_bar

    @property
    def panel(self) -> ExplanationPanel:
        """What the answer means."""
        return self.pane.panel

    @property
    def notice(self) -> QLabel:
        """A remark about how the answer is shown."""
        return self.pane.notice

    @property
    def body(self) -> AnswerBody:
        """The answer itself."""
        return self.pane.body

    @property
    def veil(self) -> SendingVeil:
        """What covers the answer while a call runs; made for the first call."""
        if self._veil is None:
            self._veil = SendingVeil(self)
            self._veil.cancelled.connect(self.cancel_requested)
            self._veil.hide()
        return self._veil

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still being made ready to be shown."""
        return self._preparing.busy or (self._pane is not None and self._pane.body.is_busy)

    # --- while a call runs

    def _sending_changed(self) -> None:
        if not self.model.sending:
            self._patience.stop()
            self._ahead.stop()
            if self._veil is not None:
                self._veil.end()
            return
        if self._pane is None:
            # While the call runs nobody waits for it; a large request is made ready first, on another thread.
            self._ahead.start(_STEP if len(self.model.draft.body.text) <= LARGE else 3 * _STEP)
        nothing_before = self._pages.currentWidget() is self._empty
        self.veil.begin(opaque=nothing_before)
        if nothing_before:
            self._show_veil()
        else:
            self._patience.start()

    def _show_veil(self) -> None:
        self._show_progress()
        self.veil.setGeometry(self.rect())
        self.veil.show()
        self.veil.raise_()

    def _progress_changed(self) -> None:
        if self._veil is not None and not self._veil.isHidden():
            self._show_progress()

    def _show_progress(self) -> None:
        if self.model.progress is not None:
            self.veil.show_progress(self.model.progress)

    # --- an answer

    def _answered(self) -> None:
        self._preparing.drop()
        self._next.stop()
        self._sent, self._material, self._row = self.model.sent, None, 0
        with self.header.changing():
            self._show_answered()

    def _show_answered(self) -> None:
        self.header.secrets.blockSignals(True)
        self.header.secrets.setChecked(False)
        self.header.secrets.blockSignals(False)
        self._name_eye()
        self.header.show_tool(self.header.secrets, on=False)
        self._pages.setCurrentWidget(self.pane)
        if self.model.trouble is not None:
            verdict = of_trouble(self.model.trouble)
            self.header.say(verdict, "")
            self._unexplained = None
            self.panel.show_trouble(self.model.trouble)
            self.body.show_sent(None, None, None)
            self._offer([])
            self._notify("")
        elif self._sent is not None:
            verdict = of_sent(self._sent)
            self._unexplained = (self._sent, verdict.accent)
            self._prepare()
        else:
            return
        if self._preparing.busy:
            # A large answer: its head is painted first, what it means comes next.
            with QSignalBlocker(self.header.explain):
                self.header.explain.setChecked(verdict.opens)
            if not verdict.opens:
                self.panel.hide()
            self._next.start()
        else:
            self.header.explain.setChecked(verdict.opens)
            self._show_panel(verdict.opens)

    def _go_on(self) -> None:
        self._show_panel(self.header.explain.isChecked())

    def _explain(self, sent: Sent, accent: str) -> None:
        exchange = sent.exchange
        if exchange.failure is not None:
            writes = sent.method.effect != "read"
            read = self._read(sent) if writes and exchange.failure.maybe_carried_out else None
            self.panel.show_failure(exchange, accent, writes=writes, read=read)
        elif sent.explanation is not None:
            self.panel.show_explanation(sent.explanation, accent, Redactor(exchange.request.secrets))

    def _read(self, sent: Sent) -> str | None:
        if self._catalogue is None:
            from komet_console.catalogue import load

            self._catalogue = load()
        return read_that_shows(self._catalogue, sent.method)

    def _redactor(self) -> Redactor | None:
        """What hides the secrets of this answer; None while they are shown."""
        if self.header.secrets.isChecked() or self._sent is None:
            return None
        return Redactor(self._sent.exchange.request.secrets)

    def _prepare(self) -> None:
        sent = self._sent
        assert sent is not None
        response, redactor = sent.exchange.response, self._redactor()
        if response is not None and _is_quick(response):
            self._prepared(materials.prepare(response, redactor))
            return
        self._say(sent)
        self.body.show_sent(sent, None, redactor)
        self._notify("")
        if response is None:
            self._offer([("request", tr("Request")), ("timing", tr("Timing"))])
        else:
            self._offer([("headers", tr("Headers")), ("timing", tr("Timing"))], show=False)
            self.body.show_page(tr("One moment"), tr("{size} are being laid out.", size=said_size(response.size)))
            self._preparing.start(lambda: materials.prepare(response, redactor), self._prepared, after=3 * _STEP)

    def _prepared(self, material: Material) -> None:
        sent = self._sent
        assert sent is not None
        response = sent.exchange.response
        assert response is not None
        self._material = material
        hidden = material.document.masked or Redactor().headers(response.headers) != response.headers
        with self.header.changing():
            self._say(sent)
            self.body.show_sent(sent, material, self._redactor())
            if hidden:
                self.header.show_tool(self.header.secrets, on=True)
            self._offer(views_of(material))
        remarks = [material.content.remark]
        if material.content.kind == "empty":
            remarks.append(tr("The answer has no body."))
        if hidden:
            remarks.append(tr("Secrets in it are hidden; the eye shows them."))
        self._notify(" ".join(remark for remark in remarks if remark))

    def _say(self, sent: Sent) -> None:
        """The head of an answer."""
        self.header.say(of_sent(sent), _meta(sent))
        self.body.sentence = self.header.sentence.text()

    def _notify(self, text: str) -> None:
        self.notice.setText(text)
        self.notice.setVisible(bool(text))

    def _reveal(self) -> None:
        self._name_eye()
        if self._sent is not None and self._sent.exchange.response is not None:
            self._row = self.viewer.verticalScrollBar().value() if self.viewer is not None else 0
            self._prepare()

    def _name_eye(self) -> None:
        shown = self.header.secrets.isChecked()
        tip = tr("Hide secrets of this answer") if shown else tr("Show secrets of this answer")
        self.header.secrets.setToolTip(tip)
        self.header.secrets.setAccessibleName(tip)

    # --- views

    @property
    def view(self) -> str:
        """The key of the view that is shown; empty where there is none."""
        return "" if self._pane is None else self._pane.body.view

    @property
    def viewer(self) -> TextViewer | None:
        """The text that is shown, where the view is one."""
        return None if self._pane is None else self._pane.body.viewer

    def _offer(self, views: list[tuple[str, str]], *, show: bool = True) -> None:
        keys = [key for key, _ in views]
        current = self._chosen if self._chosen in keys else (keys[0] if keys else "")
        self.header.offer(views, current if show else "")
        response = self._sent.exchange.response if self._sent is not None else None
        can_save = self._tasks is not None and response is not None and response.size > 0
        self.header.show_tool(self.header.save, on=can_save)
        if show and keys:
            self.show_view(current)
        else:
            self._view_shown()

    def _choose(self, key: str) -> None:
        self._chosen = key
        self.show_view(key)

    def show_view(self, key: str) -> None:
        """Show one of the views that are offered."""
        self.header.choose(key)
        self.body.show_view(key)

    def _view_shown(self) -> None:
        viewer = self.viewer
        if viewer is not None and self._row:
            viewer.verticalScrollBar().setValue(self._row)
            self._row = 0
        self.header.show_tool(self.header.search, on=viewer is not None)
        self.header.show_tool(self.header.copy, on=viewer is not None or self.view in ("timing", "image"))
        self._fit_panel()
        if not self.pane.finding:
            return
        if viewer is None:
            self.find_bar.close_bar()
        else:
            viewer.look_for(self.find_bar.field.text(), match_case=self.find_bar.case.isChecked())

    # --- what can be done with it

    def set_place(self, place: Literal["below", "beside"]) -> None:
        """Say where the answer stands, for the button that moves it."""
        self._place = place
        if self._pane is not None:
            self._show_place()

    def _show_place(self) -> None:
        beside = self._place == "beside"
        theme.icons.set_icon(self.header.place, "rows" if beside else "columns")
        tip = tr("Place the answer below the request") if beside else tr("Place the answer beside the request")
        self.header.place.setToolTip(tip)
        self.header.place.setAccessibleName(tip)

    def copy(self) -> None:
        """The selection, or all of what is shown, to the clipboard; hidden secrets stay hidden."""
        if self.body.copy():
            self.header.tell(tr("Copied"), self.header.copy)

    def save(self) -> None:
        """Ask for a file and write the answer's body; hidden secrets stay hidden."""
        if self._tasks is None or self._sent is None or self._sent.exchange.response is None:
            return
        self._tasks.start(
            save_answer(self, self._sent, self._material, self._redactor(), self._notify), name="save an answer"
        )

    def open_find(self) -> None:
        """Look for a text in what is shown."""
        if self.viewer is not None:
            self.find_bar.open_bar(self.viewer.selected_text())

    def find_next(self, step: int = 1) -> None:
        """Go to the next occurrence (-1: the one before)."""
        if self.viewer is not None:
            self.viewer.go_on(step)

    def _look_for(self, text: str, match_case: bool) -> None:
        if self.viewer is not None and (text or self.viewer.wanted):
            self.viewer.look_for(text, match_case=match_case)

    def _focus_view(self) -> None:
        if self.viewer is not None:
            self.viewer.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.model.sending:
            self.cancel_requested.emit()
        elif event.key() == Qt.Key.Key_Escape and self._pane is not None and self._pane.finding:
            self.find_bar.close_bar()
        elif event.matches(QKeySequence.StandardKey.Find):
            self.open_find()
        elif event.key() == Qt.Key.Key_F3:
            self.find_next(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        else:
            event.ignore()

    # --- room

    def _show_panel(self, on: bool) -> None:
        if on and self._unexplained is not None:
            self._explain(*self._unexplained)
            self._unexplained = None
        self.panel.setVisible(on)
        self._fit_panel()

    def _fit_panel(self) -> None:
        """As high as it wants to be, and never so high that the answer below it cannot be read."""
        width = self.width() - 2 * MARGIN
        if width <= 0 or self._pane is None or self.panel.isHidden():
            return
        self.panel.fit(width)
        left = self.height() - self.header.sizeHint().height() - 8
        if self.pane.finding:
            left -= self.find_bar.height()
        wanted = 0 if self.model.trouble is not None else min(left * 0.45, self.body.wanted_height())
        height = max(64, min(self.panel.wanted_height(width), int(left - wanted)))
        if height != self.panel.height():
            self.panel.setFixedHeight(height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._veil is not None:
            self._veil.setGeometry(QRect(0, 0, self.width(), self.height()))
        self._fit_soon.start()


def _is_quick(response: Response) -> bool:
    """Whether an answer is made ready at once: colours of markup take longer than all the rest."""
    return response.size <= QUICK and response.file is None and not response.body.lstrip().startswith(b"<")


def _meta(sent: Sent) -> str:
    took = said_time(sent.exchange.timing.total)
    if sent.exchange.response is None:
        return took
    return tr("{time} · {size}", time=took, size=said_size(sent.exchange.response.size))
