"""The answer itself, in the view that is chosen: text, times, a picture, or a page that says why there is nothing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QStackedWidget, QWidget

from komet_console.exchange import Redactor
from komet_console.gui.answer import material as materials
from komet_console.gui.answer.layout import Document, plain_document
from komet_console.gui.answer.material import Material
from komet_console.gui.answer.picture import PictureView
from komet_console.gui.answer.timing import TimingView, facts_of
from komet_console.gui.answer.verdict import said_size
from komet_console.gui.answer.viewer import ROW, TextViewer
from komet_console.gui.background import Latest
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.empty import EmptyState
from komet_console.session.sending import Sent

__all__ = ["QUICK", "AnswerBody", "views_of"]

QUICK = 64 * 1024
"""Texts up to this length are made ready at once, longer ones on another thread."""


def views_of(material: Material) -> list[tuple[str, str]]:
    """The views that make sense for a body, the best first: key and label."""
    views = {
        "json": [("json", "JSON"), ("raw", tr("Raw"))],
        "html": [("html", "HTML")],
        "xml": [("xml", "XML")],
        "text": [("text", tr("Text"))],
        "image": [("image", material.content.name), ("hex", tr("Bytes"))],
        "pdf": [("pdf", "PDF"), ("hex", tr("Bytes"))],
        "binary": [("hex", tr("Bytes"))],
        "empty": [],
    }[material.content.kind]
    return [*views, ("headers", tr("Headers")), ("timing", tr("Timing"))]


class AnswerBody(QStackedWidget):
    """Views are made when they are first shown.

    Signals:
        shown(): Another view is there; texts that are laid out on another thread come later than they are asked for.
        found(int, int, bool): see `TextViewer.found`.
    """

    shown = Signal()
    found = Signal(int, int, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("answerBody")
        self.view = ""
        """The key of the view that is shown; empty where there is none."""
        self.sentence = ""
        """What happened, for those who listen to the text."""
        self._timing: TimingView | None = None
        self._picture: PictureView | None = None
        self.page = EmptyState(parent=self)
        self.page.setObjectName("answerPage")
        self.addWidget(self.page)
        self._sent: Sent | None = None
        self._material: Material | None = None
        self._redactor: Redactor | None = None
        self._viewers: dict[str, TextViewer] = {}
        """Kept from answer to answer: a new one costs more than a new text in an old one."""
        self._filled: set[str] = set()
        """Those that show this answer."""
        self._stale: set[str] = set()
        """Those that still hold the answer before."""
        self._laying = Latest(self)

    @property
    def timing(self) -> TimingView:
        """How long each part of the call took."""
        if self._timing is None:
            self._timing = TimingView(self)
            self.addWidget(self._timing)
        return self._timing

    @property
    def picture(self) -> PictureView:
        """The answer, where it is a picture."""
        if self._picture is None:
            self._picture = PictureView(self)
            self.addWidget(self._picture)
        return self._picture

    @property
    def viewer(self) -> TextViewer | None:
        """The text that is shown, where the view is one."""
        shown = self.currentWidget()
        return shown if isinstance(shown, TextViewer) else None

    @property
    def is_busy(self) -> bool:
        """Whether a text is still being laid out."""
        return self._laying.busy

    def show_sent(self, sent: Sent | None, material: Material | None, redactor: Redactor | None) -> None:
        """Take another answer, or the same one with its secrets shown or hidden.

        Shows no view yet: with `material` the answer before stays until `show_view`, which follows at once.
        """
        self._laying.drop()
        self._sent, self._material, self._redactor = sent, material, redactor
        self.view = ""
        self._stale |= self._filled
        self._filled.clear()
        if material is None:
            self.show_page("", "")
            self._empty_stale()

    def _empty_stale(self) -> None:
        for key in self._stale - self._filled:
            self._viewers[key].show_document(plain_document(""))
        self._stale.clear()

    def show_page(self, headline: str, sentence: str) -> None:
        """Show words instead of an answer."""
        self.page.headline.setText(headline)
        self.page.sentence.setText(sentence)
        self.setCurrentWidget(self.page)

    def show_view(self, key: str) -> None:
        """Show one of the views of `views_of`, or `request`: the call as it was sent."""
        self.view = key
        self._laying.drop()
        sent, material = self._sent, self._material
        if sent is None:
            return
        response = sent.exchange.response
        if key == "timing":
            self.timing.show_exchange(sent.exchange)
            self.setCurrentWidget(self.timing)
        elif key in self._filled:
            self.setCurrentWidget(self._viewers[key])
        elif key in ("headers", "request"):
            self._show_document(key, materials.headers_document(sent, self._redactor), numbered=False)
        elif material is None or response is None:
            self.show_page("", "")
        elif key == "image":
            self.picture.show_response(response, material.content.name)
            self.setCurrentWidget(self.picture)
        elif key == "pdf":
            self.show_page(tr("A PDF document, {size}", size=said_size(response.size)), tr("Save it to read it."))
        elif key == "raw":
            redactor = self._redactor
            self._lay_out(key, len(material.content.text), lambda: materials.raw_document(material, redactor))
        else:
            self._show_document(key, material.document, numbered=key != "hex")
        self._empty_stale()
        self.shown.emit()

    def _lay_out(self, key: str, size: int, work: Callable[[], Document]) -> None:
        if size <= QUICK:
            self._show_document(key, work())
            return
        self.show_page(tr("One moment"), "")
        self._laying.start(work, lambda document: self._laid(key, document))

    def _laid(self, key: str, document: Document) -> None:
        self._show_document(key, document)
        self.shown.emit()

    def _show_document(self, key: str, document: Document, *, numbered: bool = True) -> None:
        if key not in self._viewers:
            viewer = TextViewer()
            viewer.setObjectName(f"answerText.{key}")
            viewer.setAccessibleName(tr("Text of the answer"))
            viewer.found.connect(self.found)
            self._viewers[key] = viewer
            self.addWidget(viewer)
        viewer = self._viewers[key]
        self._filled.add(key)
        material = self._material
        markup = material.markup if material is not None and document is material.document else {}
        viewer.show_document(document, markup, numbered=numbered)
        viewer.setAccessibleDescription(f"{self.sentence} {document.text[:300]}")
        self.setCurrentWidget(viewer)

    def wanted_height(self) -> int:
        """Height that shows the whole of it."""
        if self.viewer is not None:
            return self.viewer.folding.rows * ROW + 24
        shown = self.currentWidget()
        return shown.sizeHint().height() if shown is not None else 0

    def copy(self) -> bool:
        """The selection, or all of what is shown, to the clipboard; False where there is nothing to copy."""
        if self.viewer is not None:
            self.viewer.copy()
        elif self.view == "image":
            self.picture.copy()
        elif self.view == "timing" and self._sent is not None:
            lines = [self.timing.waterfall.accessibleDescription(), *facts_of(self._sent.exchange)]
            QGuiApplication.clipboard().setText("\n".join(lines))
        else:
            return False
        return True
