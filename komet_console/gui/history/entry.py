"""One past call, to be read: what came of it, the answer in its views, the request; and two of them side by side."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from komet_console.catalogue import Catalogue
from komet_console.gui import theme
from komet_console.gui.aio import Tasks
from komet_console.gui.answer import material as materials
from komet_console.gui.answer.body import AnswerBody, views_of
from komet_console.gui.answer.layout import plain_document
from komet_console.gui.answer.material import Material
from komet_console.gui.answer.sentence import Sentence
from komet_console.gui.answer.verdict import said_size, said_time
from komet_console.gui.answer.viewer import TextViewer
from komet_console.gui.background import Latest
from komet_console.gui.history.difference import Difference, SideBySide, difference, summary
from komet_console.gui.history.words import outcome_name, sentence_of, state_of
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.elided import ElidedLabel
from komet_console.gui.widgets.pill import Pill
from komet_console.gui.widgets.segmented import SegmentedControl
from komet_console.gui.widgets.sheet import Sheet, push_button
from komet_console.session.sending import Sent
from komet_console.workspace.history import Kept, text_of

__all__ = ["CompareDialog", "EntryDialog", "EntryView"]


class EntryView(QWidget):
    """Read-only; secrets are masked already, there is nothing to uncover."""

    def __init__(self, catalogue: Catalogue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("historyEntry")
        self._catalogue = catalogue
        self.kept: Kept | None = None
        self.status = Pill("", strong=True)
        self.outcome = Pill("", strong=True)
        self.sentence = Sentence()
        self.sentence.set_lines(2)
        self.address = ElidedLabel(mode=Qt.TextElideMode.ElideMiddle)
        self.address.setObjectName("historyEntry.address")
        self.address.setFont(theme.fonts.code(12))
        self.address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.meta = QLabel()
        self.meta.setObjectName("historyEntry.meta")
        self.meta.setWordWrap(True)
        self.meta.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.meta, "small")
        self.views = SegmentedControl([])
        self.views.setObjectName("historyEntry.views")
        self.views.setAccessibleName(tr("Views of the call"))
        self.body = AnswerBody()
        self.plain = TextViewer()
        self.plain.setObjectName("historyEntry.text")
        self.plain.setAccessibleName(tr("Request and answer"))
        self.plain.hide()
        self._preparing = Latest(self)
        self._lay_out()
        self.views.chosen.connect(self.show_view)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.status, alignment=Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.outcome, alignment=Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.sentence, 1)
        frame = QFrame()
        theme.set_role(frame, "sheet")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(1, 4, 1, 4)
        inside.addWidget(self.body)
        inside.addWidget(self.plain)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.address)
        column.addLayout(top)
        column.addWidget(self.meta)
        column.addWidget(self.views, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addWidget(frame, 1)

    def show_kept(self, kept: Kept) -> None:
        """Show an entry."""
        self.kept = kept
        entry, response = kept.entry, kept.exchange.response
        text, tone = state_of(entry)
        self.status.say(f"{text} {response.reason}".strip() if response is not None else text, tone)
        self.outcome.say(outcome_name(entry.outcome or "failed"), tone)
        failure = kept.exchange.failure
        self.sentence.say(
            sentence_of(entry) if failure is None else tr(failure.message), tr(failure.cause) if failure else ""
        )
        self.address.setText(f"{entry.verb}  {entry.url}")
        self.address.setAccessibleName(f"{entry.verb} {entry.url}")
        self.meta.setText(_facts(kept))
        if entry.method not in self._catalogue.summaries:
            self._show_plain(kept)
            return
        self.plain.hide()
        self.body.show()
        method = self._catalogue.method(entry.method)
        sent = Sent(kept.draft, method, kept.exchange.request, (), kept.exchange, None)
        self.body.show_sent(sent, None, None)
        if response is None:
            self._offer([("request", tr("Request")), ("timing", tr("Timing"))])
            return
        self._preparing.start(lambda: materials.prepare(response, None), lambda found: self._prepared(sent, found))

    def _prepared(self, sent: Sent, material: Material) -> None:
        self.body.show_sent(sent, material, None)
        views = [(key, tr("Request and headers") if key == "headers" else label) for key, label in views_of(material)]
        self._offer(views)

    def _show_plain(self, kept: Kept) -> None:
        """A method that this version does not know: its text is there all the same."""
        self.body.hide()
        self.views.hide()
        self.plain.show_document(plain_document(text_of(kept), "http"))
        self.plain.show()

    def _offer(self, views: list[tuple[str, str]]) -> None:
        self.views.set_choices(views)
        self.views.show()
        self.show_view(views[0][0])

    def show_view(self, key: str) -> None:
        """Show one of the views that are offered."""
        self.views.current = key
        self.body.show_view(key)


def _facts(kept: Kept) -> str:
    entry = kept.entry
    facts = [
        entry.at.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
        entry.environment,
        tr("token {name}", name=entry.token) if entry.token else "",
        said_time(entry.milliseconds),
        said_size(entry.size) if kept.exchange.response is not None else "",
    ]
    if entry.findings:
        facts.append(tr("1 finding") if entry.findings == 1 else tr("{count} findings", count=entry.findings))
    said = " · ".join(fact for fact in facts if fact)
    remarks = []
    if entry.dropped:
        remarks.append(tr("{size} of it were not kept.", size=said_size(entry.dropped)))
    if not entry.indexed_whole:
        remarks.append(tr("Searching finds only the first 64 kB of it."))
    return "\n".join([said, " ".join(remarks)]).strip()


class EntryDialog(Sheet):
    """Signals:
    open_asked(object), save_asked(object), curl_asked(object): Something is to be done with the entry (`Kept`).
    """

    open_asked = Signal(object)
    save_asked = Signal(object)
    curl_asked = Signal(object)

    def __init__(self, kept: Kept, catalogue: Catalogue, tasks: Tasks, parent: QWidget | None) -> None:
        title = kept.entry.method or kept.entry.url
        super().__init__("historyEntryDialog", title, "", tr("Open as a new request"), tasks, parent)
        self.kept = kept
        self.view = EntryView(catalogue)
        self.body.addWidget(self.view, 1)
        self.view.show_kept(kept)
        self.cancel.setText(tr("Close"))
        self.cancel.setAccessibleName(tr("Close"))
        self.save = push_button("historyEntryDialog.save", tr("Save to a collection…"))
        self.curl = push_button("historyEntryDialog.curl", tr("Copy as curl"))
        self.left.addWidget(self.save)
        self.left.addWidget(self.curl)
        self.save.clicked.connect(self._save)
        self.curl.clicked.connect(lambda: self.curl_asked.emit(self.kept))
        self.resize(860, 620)

    def press(self) -> None:
        """Open it."""
        self.accept()
        self.open_asked.emit(self.kept)

    def _save(self) -> None:
        self.accept()
        self.save_asked.emit(self.kept)


class CompareDialog(Sheet):
    """Two past calls side by side: requests and answers as text, JSON laid out, times left out."""

    def __init__(self, older: Kept, newer: Kept, tasks: Tasks, parent: QWidget | None) -> None:
        super().__init__("compareDialog", tr("Compare two calls"), "", "", tasks, parent)
        self.sides = SideBySide("compareDialog", _named(older), _named(newer))
        self.summary = QLabel(tr("They are being compared…"))
        self.summary.setObjectName("compareDialog.summary")
        theme.set_role(self.summary, "muted")
        self.before = push_button("compareDialog.before", tr("Difference before"), "small")
        self.next = push_button("compareDialog.next", tr("Next difference"), "small")
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.summary, 1)
        line.addWidget(self.before)
        line.addWidget(self.next)
        self.body.addLayout(line)
        self.body.addWidget(self.sides, 1)
        self.before.clicked.connect(lambda: self.sides.step(-1))
        self.next.clicked.connect(lambda: self.sides.step(1))
        self.sides.moved.connect(self._moved)
        self.before.hide()
        self.next.hide()
        self.resize(1080, 640)
        self._working = Latest(self)
        self._working.start(lambda: difference(text_of(older), text_of(newer)), self._found)

    def _found(self, found: Difference) -> None:
        self.before.setVisible(found.count > 1)
        self.next.setVisible(found.count > 1)
        self._said = summary(found)
        self.summary.setText(self._said)
        self.sides.show_difference(found)

    def _moved(self, place: int) -> None:
        count = self.sides.difference.count
        if place and count > 1:
            self.summary.setText(tr("{said} This is number {place}.", said=self._said, place=place))


def _named(kept: Kept) -> str:
    when = kept.entry.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return tr("{method}, {when}", method=kept.entry.method or kept.entry.verb, when=when)
