"""The form of a request: every documented field with a control, two-way with the draft."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from komet_console.catalogue import Field
from komet_console.exchange.jsonedit import unescape
from komet_console.gui import theme
from komet_console.gui.form.groups import FieldList
from komet_console.gui.form.rows import GAP, HEIGHT, Columns, FormContext, named
from komet_console.gui.i18n import tr
from komet_console.gui.request.model import RequestModel
from komet_console.session.aside import LARGE

__all__ = ["FormView"]

_MEANING = 260
"""Pixels beside a control from which on there is room for a field's meaning."""
_NARROW = 560
_MARGIN = 16
_AFTER_PAINTING = 20
"""Milliseconds after which what is seen has been painted."""
_ROWS_A_TURN = 3
_PAUSE = 300
"""Milliseconds without a letter after which a large text that is written elsewhere is shown."""
_WITH_FILTER = 14
"""From so many fields on, nested ones included, there is a line to find one by its name."""


class FormView(QWidget):
    """The fields of `model.method` in documented order: URL parameters, body, headers.

    Args:
        tell: Says what a variable is worth.
        room: Pixels of height that are seen at first. The rows below are made in the turns of the event loop after the
            first painting, or as soon as somebody needs them; None: all rows are made now.

    Signals:
        counts_changed(int, int): How many of the outermost fields are sent, and how many there are.
        lookup_requested(str, str): Valid values are wanted: the method that answers them, the field's pointer.
        line_requested(int, int): The user wants to see the place (line, column, from 1) that makes the form wait.
    """

    counts_changed = Signal(int, int)
    lookup_requested = Signal(str, str)
    line_requested = Signal(int, int)

    def __init__(
        self,
        model: RequestModel,
        parent: QWidget | None = None,
        *,
        today: Callable[[], date] = date.today,
        tell: Callable[[str], str] | None = None,
        room: int | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("formView")
        self.model = model
        self._context = FormContext(model, today, tell, self)
        self._context.written.connect(self._refresh)
        self._context.opened.connect(self._order)
        self._context.lookup_requested.connect(self.lookup_requested)
        self._only_filled = False
        self._counts: tuple[int, int] | None = None
        self._columns: Columns | None = None
        method = model.method
        sections = [
            ("query", tr("URL parameters"), method.parameters),
            ("body", tr("Body"), method.body),
            ("headers", tr("Headers"), method.headers),
        ]
        self._fields = method.input
        self._lists: dict[str, FieldList] = {}
        self._headings: dict[str, QLabel] = {}
        self._scroll = QScrollArea(self)
        self._scroll.setObjectName("formScroll")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._context.viewport = self._scroll.viewport()
        bar = self._scroll.verticalScrollBar()
        bar.valueChanged.connect(self._context.scrolled)
        bar.rangeChanged.connect(self._context.scrolled)
        content = QWidget(self._scroll.viewport())
        self._scroll.setWidget(content)
        theme.set_role(content, "content")
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(_MARGIN, 10, _MARGIN, 16)
        self._column.setSpacing(8)
        self._column.addWidget(self._waiting_bar(content))
        self.filter = self._filter_line(content)
        named = [(key, title, fields) for key, title, fields in sections if fields]
        seen = None if room is None else room // (HEIGHT + 8) + 1
        for key, title, fields in named:
            if len(named) > 1:
                self._headings[key] = QLabel(title, content)
                theme.set_role(self._headings[key], "small")
                self._column.addWidget(self._headings[key])
            self._lists[key] = FieldList(fields, f"/{key}", self._context, content, seen)
            self._column.addWidget(self._lists[key])
            seen = None if seen is None else max(0, seen - len(fields))
        self._nothing = QLabel(content)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)
        theme.set_role(self._nothing, "muted")
        self._nothing.hide()
        self._column.addWidget(self._nothing)
        self._column.addStretch()
        self._label_width = self._widest_name()
        self._refresh()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._scroll)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._refresh)
        model.draft_changed.connect(self._draft_changed)
        model.findings_changed.connect(self._show_values)
        if room is not None:
            QTimer.singleShot(_AFTER_PAINTING, self, self._grow)

    def _grow(self) -> None:
        """Make some of the rows below what is seen, until there are all."""
        for part in self._lists.values():
            if part.make_more(_ROWS_A_TURN):
                QTimer.singleShot(0, self, self._grow)
                return
        self._order()

    # --- parts

    def _waiting_bar(self, parent: QWidget) -> QFrame:
        self._bar = QFrame(parent)
        self._bar.setObjectName("formWaits")
        theme.set_role(self._bar, "explain-amber")
        self._reason = QLabel()
        self._reason.setWordWrap(True)
        self._go = QPushButton()
        self._go.setObjectName("goToLine")
        theme.set_role(self._go, "link")
        self._go.clicked.connect(self._go_to_line)
        line = QHBoxLayout(self._bar)
        line.setContentsMargins(12, 8, 12, 8)
        line.addWidget(self._reason, 1)
        line.addWidget(self._go)
        self._bar.hide()
        return self._bar

    def _filter_line(self, parent: QWidget) -> QLineEdit:
        line = QLineEdit(parent)
        line.setObjectName("fieldFilter")
        line.setAccessibleName(tr("Find a field"))
        line.setPlaceholderText(tr("Find a field"))
        line.setClearButtonEnabled(True)
        line.textChanged.connect(self._choose)
        count = sum(1 for field in self._fields for _ in field.walk())
        self._filter_row = QHBoxLayout()
        self._filter_row.addWidget(line)
        self._filter_row.addStretch()
        self._column.addLayout(self._filter_row)
        line.setVisible(count >= _WITH_FILTER)
        return line

    def _widest_name(self) -> int:
        strong = QFontMetrics(theme.fonts.ui(13, 600))

        def width(fields: Sequence[Field], indent: int) -> int:
            return max(
                (
                    max(
                        strong.horizontalAdvance(named(field)) + indent,
                        width(field.children, indent + GAP + 1),
                    )
                    for field in fields
                ),
                default=0,
            )

        return width(self._fields, 0) + 2

    # --- the public face

    def set_only_filled(self, on: bool) -> None:
        """Show only the fields that are sent."""
        if on != self._only_filled:
            self._only_filled = on
            self._choose()

    def set_filter(self, text: str) -> None:
        """Show only fields whose names hold the text, whatever its case."""
        self.filter.setText(text)

    def has_pointer(self, pointer: str) -> bool:
        """Whether the form has a field at a pointer (`/body/items/0/price`)."""
        _, place, *parts = [*pointer.split("/"), ""]
        fields = {"query": self.model.method.parameters, "body": self.model.method.body}.get(
            place, self.model.method.headers if place == "headers" else ()
        )
        found = False
        for part in (unescape(part) for part in parts[:-1] if not part.isdecimal()):
            field = next((field for field in fields if _same(field.name, part, place)), None)
            if field is None:
                return False
            found, fields = True, field.children
        return found

    def focus_pointer(self, pointer: str) -> bool:
        """Open what hides a field, scroll to it and put the keyboard there; False where the form has no such field."""
        if not self.has_pointer(pointer):
            return False
        _, place, *parts = pointer.split("/")
        names = [unescape(part) for part in parts]
        if place == "headers":
            names = [next(f.name for f in self.model.method.headers if _same(f.name, names[0], place))]
        widget = self._lists[place].reveal(names)
        if widget is None:
            return False
        widget.setFocus(Qt.FocusReason.OtherFocusReason)
        # What was just opened has its place only after the layout's turn.
        QTimer.singleShot(0, widget, lambda: self._scroll.ensureWidgetVisible(widget, 0, 40))
        return True

    def counts(self) -> tuple[int, int]:
        """How many of the outermost fields are sent, and how many there are."""
        return self._context.values.filled(self._fields), len(self._fields)

    # --- following the draft

    def _draft_changed(self, source: object) -> None:
        if source is not self._context:
            self._context.read()
            if len(self.model.draft.body.text) <= LARGE:
                self._pause.stop()
                self._refresh()
            else:  # one that is put in as a whole: as soon as others have shown it
                self._pause.start(0 if source is None else _PAUSE)

    def _refresh(self) -> None:
        before = self._structure()
        self._show_values()
        self._show_waiting()
        if self._only_filled:
            self._choose()
        if self._structure() != before or self._counts is None:
            self._order()
        counts = self.counts()
        if counts != self._counts:
            self._counts = counts
            self.counts_changed.emit(*counts)

    def _show_values(self) -> None:
        for part in self._lists.values():
            part.refresh()

    def _structure(self) -> int:
        return sum(len(part.stops()) for part in self._lists.values()) if self._counts is not None else 0

    def _show_waiting(self) -> None:
        values, body = self._context.values, self._lists.get("body")
        if body is None:
            return
        waits = not values.body_can_be_written
        if waits and values.error is not None:
            self._reason.setText(
                tr("The body is not valid JSON, so the form waits. {reason}", reason=tr(values.error.message))
            )
            self._go.setText(tr("Go to line {line}", line=values.error.line))
        elif waits and self.model.draft.body.kind == "json":
            self._reason.setText(tr("The body is JSON, but not an object, so the form waits."))
        elif waits:
            self._reason.setText(tr("The body is not sent as JSON, so the form waits."))
        self._go.setVisible(values.error is not None)
        self._bar.setVisible(waits)
        body.setEnabled(not waits)

    def _go_to_line(self) -> None:
        error = self._context.values.error
        if error is not None:
            self.line_requested.emit(error.line, error.column)

    def _choose(self) -> None:
        text = self.filter.text().strip().casefold()
        shown = {key: part.choose(text, only_filled=self._only_filled) for key, part in self._lists.items()}
        for key, heading in self._headings.items():
            heading.setVisible(shown[key])
        if not self._fields:
            self._nothing.setText(tr("This method takes no input."))
        elif text:
            self._nothing.setText(tr("No field has “{text}” in its name.", text=self.filter.text().strip()))
        else:
            self._nothing.setText(tr("No field is filled."))
        self._nothing.setVisible(not any(shown.values()))

    def scroll_position(self) -> int:
        """Pixels above what is shown."""
        return self._scroll.verticalScrollBar().value()

    def restore_scroll(self, pixels: Any) -> None:
        """Scroll to an earlier `scroll_position()`, once the rows have their heights."""
        if isinstance(pixels, int) and pixels > 0:
            QTimer.singleShot(0, self, lambda: self._scroll.verticalScrollBar().setValue(pixels))

    # --- layout

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._fields:
            self._choose()

    def _arrange(self) -> None:
        room = self.width() - 2 * _MARGIN - 11  # the scroll bar
        narrow = self.width() < _NARROW
        label = max(90, min(self._label_width, 220, round(room * 0.4)))
        editor = room - label - GAP if narrow else max(250, min(380, round(room * 0.4)))
        self._filter_row.setContentsMargins(label + GAP, 0, 0, 0)
        self.filter.setFixedWidth(max(editor, 120))
        brief = room - label - editor - 2 * GAP < _MEANING
        columns = Columns(label, max(editor, 120), narrow, brief)
        if columns != self._columns:
            self._columns = columns
            for part in self._lists.values():
                part.arrange(columns)

    def _order(self) -> None:
        """Tab goes from top to bottom, whenever a row was made."""
        stops = [stop for part in self._lists.values() for stop in part.stops()]
        before: QWidget = self.filter
        for stop in stops:
            QWidget.setTabOrder(before, stop)
            before = stop


def _same(one: str, other: str, place: str) -> bool:
    return one.casefold() == other.casefold() if place == "headers" else one == other
