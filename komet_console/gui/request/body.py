"""The body of a request as text or rows. What is typed is what is sent; nothing is repaired on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from komet_console.catalogue import Severity
from komet_console.exchange import Body, InvalidJsonError, Pair, beautify, compact, find_error
from komet_console.exchange.jsonedit import Node, find, parse
from komet_console.exchange.jsontext import JsonError
from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.request.model import RequestModel
from komet_console.gui.request.pairs import PairsTable
from komet_console.gui.text.code_edit import CodeEdit, Mark
from komet_console.gui.text.completion import Completion
from komet_console.gui.text.find_bar import FindBar
from komet_console.gui.text.offsets import Offsets, from_qt, to_qt
from komet_console.gui.text.replacing import as_shown, replace_text, text_of
from komet_console.gui.text.suggesting import Suggestions, suggest
from komet_console.gui.widgets.empty import EmptyState
from komet_console.texts import sentences
from komet_console.workspace.collections.references import take_out

__all__ = ["BodyPane"]

_QUIET = 200
_QUIET_LARGE = 900
"""Milliseconds of quiet before texts of `_LARGE` characters and more are checked: that takes a while."""
_LARGE = 300_000
_MOST = 5_000_000
"""Characters that the editor lays out without a long pause; longer texts are shown when the user insists."""
_LONGEST_LINE = 200_000


class BodyEditor(CodeEdit):
    """The editor of a body: secrets do not land in it when they are pasted.

    Signals:
        secret_taken(str, str): Name of the reference that stands in the text now, and the value.
    """

    secret_taken = Signal(str, str)

    def __init__(self, model: RequestModel, parent: QWidget) -> None:
        super().__init__("json", parent=parent)
        self._model = model

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste; a token or a password is replaced by a reference first."""
        if not source.hasText():
            return
        before = text_of(self)
        cursor = self.textCursor()
        start, end = (from_qt(before, place) for place in (cursor.selectionStart(), cursor.selectionEnd()))
        pasted = as_shown(source.text())
        after = before[:start] + pasted + before[end:]
        draft = replace(self._model.draft, query=(), headers=(), body=Body("json", after))
        taken = take_out(draft)
        if not taken.secrets:
            cursor.insertText(pasted)
            self.ensureCursorVisible()
            return
        replace_text(self, taken.draft.body.text)
        for secret in taken.secrets:
            self.secret_taken.emit(secret.name, secret.value)


class BodyPane(QWidget):
    """JSON and raw text in an editor, forms as a table.

    Signals:
        secret_taken(str, str): See `BodyEditor.secret_taken`.
        file_asked(object): The user wants to choose a file for a row of a multipart body; carries what is to be called
            with its `Path`.
    """

    secret_taken = Signal(str, str)
    file_asked = Signal(object)

    def __init__(self, model: RequestModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bodyPane")
        self._model = model
        self._insisted = False
        self._writing = False
        self._line_end = "\n"
        """How the text of the draft ends its lines; the editor knows only one way."""
        self._error: JsonError | None = None
        self._notice = ""
        """What the bar says while nothing is wrong."""
        self._stack = QStackedWidget(self)
        page = QWidget(self._stack)
        self.editor = BodyEditor(model, page)
        self.editor.setObjectName("bodyEditor")
        self.editor.setAccessibleName(tr("Body"))
        self.editor.setPlaceholderText(tr("Type JSON, or press Ctrl+Space for suggestions"))
        self.editor.textChanged.connect(self._typed)
        self.editor.secret_taken.connect(self._secret_taken)
        self.editor.find_asked.connect(self._find_asked)
        self.completion = Completion(self.editor, self._suggest)
        self.find_bar: FindBar | None = None
        self.rows: PairsTable | None = None
        self._fill_text_page(page)
        self._stack.addWidget(page)
        self._pages: dict[str, QWidget] = {}
        """What is shown instead of the text, made when it is first needed: rows, none, large."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.timeout.connect(self._check)
        model.draft_changed.connect(self._draft_changed)
        model.findings_changed.connect(self._check)
        self._show()
        self._check()

    # --- pages

    def _fill_text_page(self, page: QWidget) -> None:
        self._bar = QFrame(page)
        theme.set_role(self._bar, "notice")
        self.message = QLabel(self._bar)
        self.message.setObjectName("bodyMessage")
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(self.message, "small")
        self.jump = QPushButton(tr("Go there"), self._bar)
        self.jump.setObjectName("bodyGoThere")
        theme.set_role(self.jump, "small")
        self.jump.clicked.connect(self._go_to_error)
        line = QHBoxLayout(self._bar)
        line.setContentsMargins(12, 5, 8, 5)
        line.setSpacing(8)
        line.addWidget(self.message, 1)
        line.addWidget(self.jump)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.editor, 1)
        column.addWidget(self._bar)
        self._bar.hide()
        self._text = column

    def _show_page(self, key: str) -> None:
        if key not in self._pages:
            made = {"rows": self._page_of_rows, "none": self._page_without, "large": self._page_too_large}[key]()
            self._pages[key] = made
            self._stack.addWidget(made)
        self._stack.setCurrentWidget(self._pages[key])

    @property
    def _shows_text(self) -> bool:
        return self._stack.currentIndex() == 0

    def _page_of_rows(self) -> QWidget:
        page = QWidget()
        self.rows = PairsTable("bodyRows", lambda _name: "", tr("What the form sends."))
        self.rows.edited.connect(self._rows_edited)
        self._file_bar = QFrame()
        theme.set_role(self._file_bar, "foot")
        choose = QPushButton(tr("Choose a file…"))
        choose.setObjectName("bodyFile")
        choose.setToolTip(tr("Send a file in the chosen row, or in a new one"))
        theme.set_role(choose, "small")
        choose.clicked.connect(self._ask_file)
        line = QHBoxLayout(self._file_bar)
        line.setContentsMargins(16, 6, 16, 6)
        line.addWidget(choose)
        line.addStretch()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.rows, 1)
        column.addWidget(self._file_bar)
        return page

    def _page_without(self) -> QWidget:
        page = EmptyState(tr("No body"), tr("This request sends none."))
        add = QPushButton(tr("Add a JSON body"))
        add.setObjectName("addBody")
        add.clicked.connect(self._add_json)
        page.place.addWidget(add, alignment=Qt.AlignmentFlag.AlignHCenter)
        return page

    def _add_json(self) -> None:
        self._model.set_body(Body("json", "{\n  \n}"), None)
        self.editor.go_to(2, 3)

    def _page_too_large(self) -> QWidget:
        size = f"{len(self._model.draft.body.text) / 1e6:.1f}"
        words = tr(
            "{size} MB would make the editor slow. It is sent as it is; the form can still change it.", size=size
        )
        page = EmptyState(tr("A large body"), words)
        show = QPushButton(tr("Show it all the same"))
        show.setObjectName("showLargeBody")
        show.clicked.connect(self._insist)
        page.place.addWidget(show, alignment=Qt.AlignmentFlag.AlignHCenter)
        return page

    def _insist(self) -> None:
        self._insisted = True
        self._show()

    # --- following the draft

    def _draft_changed(self, source: object) -> None:
        if source is not self:
            self._show()
        self._quiet.start(_QUIET_LARGE if len(self._model.draft.body.text) >= _LARGE else _QUIET)

    def _show(self) -> None:
        body = self._model.draft.body
        if body.kind == "none":
            self._show_page("none")
        elif body.kind in ("form", "multipart"):
            self._show_page("rows")
            assert self.rows is not None
            self.rows.show_pairs(body.pairs)
            self._file_bar.setVisible(body.kind == "multipart")
        elif self._is_too_large(body.text):
            self._show_page("large")
        else:
            self._line_end = "\r\n" if "\r\n" in body.text else "\n"
            self._writing = True
            self.editor.set_language("json" if body.kind == "json" else "text")
            replace_text(self.editor, body.text)
            self._writing = False
            self._stack.setCurrentIndex(0)

    def _is_too_large(self, text: str) -> bool:
        if self._insisted or len(text) < _LONGEST_LINE:
            return False
        return len(text) > _MOST or max(map(len, text.split("\n"))) > _LONGEST_LINE

    def _typed(self) -> None:
        if not self._writing:
            text = text_of(self.editor)
            self._model.set_body_text(text if self._line_end == "\n" else text.replace("\n", self._line_end), self)

    def _rows_edited(self, pairs: tuple[Pair, ...]) -> None:
        self._model.set_body(replace(self._model.draft.body, pairs=pairs), self)

    def _ask_file(self) -> None:
        row = self.rows.table.currentIndex().row() if self.rows is not None else -1
        self.file_asked.emit(partial(self._take_file, row))

    def _take_file(self, row: int, path: Path) -> None:
        """Send a file in a row; -1 or the row behind the last: in a new one."""
        pairs = list(self._model.draft.body.pairs)
        if 0 <= row < len(pairs):
            pairs[row] = replace(pairs[row], value="", file=str(path))
        else:
            pairs.append(Pair("file", file=str(path)))
        self._model.set_body(replace(self._model.draft.body, pairs=tuple(pairs)), None)

    def _suggest(self, text: str, place: int) -> Suggestions | None:
        if self._model.draft.body.kind != "json":
            return None
        return suggest(self._model.method, text, place, date.today())  # noqa: DTZ011 - the user's day

    # --- what is wrong

    def _check(self) -> None:
        self._quiet.stop()
        if self._model.draft.body.kind != "json" or not self._shows_text:
            self.editor.set_marks(())
            self._error = None
            self._say(self._notice)
            return
        text = text_of(self.editor)
        self._error = find_error(text) if text.strip() else None
        if self._error is None:
            self.editor.set_marks(self._marks(text))
            self._say(self._notice)
            return
        # The end of a text has no character to underline: the last one is.
        place = to_qt(text, min(self._error.offset, len(text.rstrip()) - 1))
        self.editor.set_marks([Mark(place, place + 1, tr(self._error.message))])
        words = tr(
            "Line {line}, column {column}: {what} It is sent exactly as typed.",
            line=self._error.line,
            column=self._error.column,
            what=tr(self._error.message),
        )
        self._say(words, jump=True)

    def _marks(self, text: str) -> list[Mark]:
        findings = [one for one in self._model.findings if one.pointer.startswith("/body")]
        root = parse(text) if findings else None
        places = Offsets(text)
        marks = []
        for finding in findings:
            node = _nearest(root, finding.pointer.removeprefix("/body"))
            if node is None or (node is root and finding.pointer != "/body"):
                continue
            start, end = node.start, node.end
            if node.children:
                start, end = node.key or (node.start, node.start + 1)
            words = tr(sentences(finding.message, finding.hint))
            token = "red" if finding.severity is Severity.ERROR else "amber"
            marks.append(Mark(places.to_qt(start), places.to_qt(end), words, token))
        return marks

    def _say(self, text: str, *, jump: bool = False) -> None:
        self.message.setText(text)
        self.jump.setVisible(jump)
        self._bar.setVisible(bool(text))

    def _go_to_error(self) -> None:
        self._check()
        if self._error is not None:
            self.editor.go_to(self._error.line, self._error.column)

    def _secret_taken(self, name: str, value: str) -> None:
        reference = "{{" + name + "}}"
        self._notice = tr("A secret was replaced by {reference}; it is not kept in the request.", reference=reference)
        self._say(self._notice)
        self.secret_taken.emit(name, value)

    # --- what can be done

    def beautify(self) -> None:
        """Indent the JSON; one step of undo. Text that is no JSON stays, and the place is shown."""
        self._rewrite(beautify)

    def compact(self) -> None:
        """Write the JSON on one line; one step of undo. Text that is no JSON stays, and the place is shown."""
        self._rewrite(compact)

    def _rewrite(self, how: Callable[[str], str]) -> None:
        body = self._model.draft.body
        if body.kind != "json" or not body.text.strip():
            return
        before = text_of(self.editor) if self._shows_text else as_shown(body.text)
        try:
            made = how(before)
        except InvalidJsonError:
            self._go_to_error()
            return
        cursor = self.editor.textCursor()
        place = _same_place(before, from_qt(before, cursor.position()), made)
        self._model.set_body_text(made, None)
        if self._shows_text:
            cursor.setPosition(to_qt(made, place))
            self.editor.setTextCursor(cursor)

    def focus(self) -> None:
        """Put the focus where the body is written, or on the button that makes it writable."""
        page = self._stack.currentWidget()
        part: QWidget = self.editor
        if page is self._pages.get("rows") and self.rows is not None:
            part = self.rows.table
        elif not self._shows_text and page is not None:
            part = page.findChild(QPushButton) or page
        part.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_to(self, pointer: str) -> None:
        """Select the value that a pointer (`/body/items/0/price`) names, or what is nearest to it."""
        self.focus()
        if self._shows_text:
            text = text_of(self.editor)
            node = _nearest(parse(text), pointer.removeprefix("/body"))
            if node is not None:
                self.editor.select(to_qt(text, node.start), to_qt(text, node.end))

    def go_to_line(self, line: int, column: int) -> None:
        """Put the cursor on a line and column, both from 1."""
        self.editor.go_to(line, column)

    def _find_asked(self, replacing: bool) -> None:
        self.open_find(replacing=replacing)

    def open_find(self, *, replacing: bool = False) -> None:
        """Find in the text."""
        if self._stack.currentIndex() != 0:
            return
        if self.find_bar is None:
            self.find_bar = FindBar(self.editor)
            self._text.insertWidget(0, self.find_bar)
        self.find_bar.open_bar(replace=replacing)

    def open_replace(self) -> None:
        """Find and replace in the text."""
        self.open_find(replacing=True)

    # --- places, for a restart

    def place(self) -> dict[str, int]:
        """Cursor and scroll; JSON."""
        cursor = self.editor.textCursor()
        return {
            "anchor": cursor.anchor(),
            "cursor": cursor.position(),
            "scroll": self.editor.verticalScrollBar().value(),
        }

    def restore_place(self, place: Any) -> None:
        """Put cursor and scroll where an earlier `place()` had them; what does not fit is passed over."""
        if not isinstance(place, dict) or not all(isinstance(one, int) for one in place.values()):
            return
        last = self.editor.document().characterCount() - 1
        cursor = self.editor.textCursor()
        cursor.setPosition(max(0, min(place.get("anchor", 0), last)))
        cursor.setPosition(max(0, min(place.get("cursor", 0), last)), QTextCursor.MoveMode.KeepAnchor)
        self.editor.setTextCursor(cursor)
        QTimer.singleShot(0, self, lambda: self.editor.verticalScrollBar().setValue(place.get("scroll", 0)))


def _nearest(root: Node | None, pointer: str) -> Node | None:
    """The node at a pointer, or the innermost that is there on the way to it."""
    while root is not None:
        node = find(root, pointer)
        if node is not None or not pointer:
            return node
        pointer = pointer.rpartition("/")[0]
    return None


def _same_place(before: str, place: int, after: str) -> int:
    """The place in a text that was laid out anew: behind as many characters that are no white space."""
    count = len("".join(before[:place].split()))
    low, high = 0, len(after)
    while low < high:
        middle = (low + high) // 2
        if len("".join(after[:middle].split())) < count:
            low = middle + 1
        else:
            high = middle
    return low
