"""One field as a row of a form: name, control, what is to be known about it, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from komet_console.catalogue import Field, Finding, Severity
from komet_console.exchange import Draft
from komet_console.gui import theme
from komet_console.gui.form.describing import is_flag, meta_of, tooltip_of, type_of
from komet_console.gui.form.editors import ChoiceEditor, DateEditor, Editor, FlagEditor, ListEditor, TextEditor
from komet_console.gui.form.files import FileEditor
from komet_console.gui.form.values import FormValues
from komet_console.gui.i18n import tr
from komet_console.gui.request.model import RequestModel
from komet_console.gui.widgets.buttons import IconButton
from komet_console.gui.widgets.elided import ElidedLabel

__all__ = ["Columns", "FieldRow", "FormContext", "editor_for", "name_label", "named"]

HEIGHT = 29
_ROOM = 700
"""Pixels that are seen of a form that stands nowhere."""
_VARIABLE = re.compile(r"\s*\{\{\s*([^{}|]+?)\s*(?:\|[^{}]*)?\}\}\s*")
GAP = 12
_LOOKUP_GAP = 6
_MISSING = ("missing-required", "missing-one-of")
"""Findings that say nothing against what was typed: an empty form is no wrong one."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths in pixels of names and controls; narrow: what is to be known moves into the tooltip."""

    label: int
    editor: int
    narrow: bool
    brief: bool = False
    """There is room for a field's type beside it, not for what it means."""


class FormContext(QObject):
    """What all rows of one form share: the values, and the way back into the request.

    Signals:
        written(): A row has changed the draft.
        lookup_requested(str, str): Valid values are wanted: the method that answers them, the field's pointer.
        opened(): A card was opened, collapsed or made.
        scrolled(): Something else is seen.
    """

    written = Signal()
    lookup_requested = Signal(str, str)
    opened = Signal()
    scrolled = Signal()

    def __init__(
        self,
        model: RequestModel,
        today: Callable[[], date],
        tell: Callable[[str], str] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.model = model
        self.today = today
        self._values: FormValues | None = None
        self.tell = tell
        """Says what a variable is worth."""
        self.viewport: QWidget | None = None
        """What the form is seen through."""

    def seen_of(self, widget: QWidget) -> tuple[int, int]:
        """The highest and the lowest pixel of a part that are seen, or would be if it were as high as it likes."""
        if self.viewport is None:
            return 0, _ROOM
        top = -widget.mapTo(self.viewport, QPoint(0, 0)).y()
        return top, top + self.viewport.height()

    @property
    def values(self) -> FormValues:
        """What the draft holds now."""
        if self._values is None:
            self._values = FormValues(self.model.method, self.model.draft)
        return self._values

    def read(self) -> None:
        """The draft has changed: it is read again as soon as somebody asks."""
        self._values = None

    def write(self, draft: Draft) -> None:
        """Make a changed draft the request's."""
        if draft != self.model.draft:
            self.model.set_draft(draft, self)
            self.read()
            self.written.emit()


def named(field: Field) -> str:
    """A field's name, marked when it is inferred."""
    return f"≈ {field.name}" if field.inferred else field.name


def name_label(field: Field, parent: QWidget) -> ElidedLabel:
    """The name in front of a control: bold when required, marked when inferred."""
    label = ElidedLabel(named(field), parent)
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    label.setFixedHeight(HEIGHT)
    theme.set_role(label, "strong" if field.required else "muted")
    return label


def editor_for(field: Field, context: FormContext, parent: QWidget) -> Editor:
    """The control that fits a field."""
    if field.type == "file":
        return FileEditor(field, parent)
    if field.separator or field.type == "array":
        return ListEditor(field, parent)
    if field.type in ("date", "datetime"):
        return DateEditor(field, context.today, parent)
    if is_flag(field):
        return FlagEditor(field, parent)
    return ChoiceEditor(field, parent) if field.values else TextEditor(field, parent)


def _paint(painter: QPainter, text: str, font: QFont, token: str, place: QRect, alignment: Qt.AlignmentFlag) -> None:
    painter.setFont(font)
    painter.setPen(theme.color(token))
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    painter.drawText(place, alignment | Qt.AlignmentFlag.AlignVCenter, shown)


class FieldRow(QWidget):
    """A field that is no group."""

    def __init__(self, field: Field, pointer: str, context: FormContext, parent: QWidget) -> None:
        # Every widget is born where it stays: Qt looks up all styles again for one that moves.
        super().__init__(parent)
        self.field = field
        self.pointer = pointer
        self._context = context
        self._message: QLabel | None = None
        self._begun: FormValues | None = None
        """What there was before the user began to type here."""
        self._own: Draft | None = None
        """What this row wrote last."""
        self._name = named(field)
        self._about = ""
        self._columns: Columns | None = None
        self.editor = editor_for(field, context, self)
        self._line = QHBoxLayout()
        self._line.setSpacing(_LOOKUP_GAP)
        self._line.addWidget(self.editor)
        self.lookup: IconButton | None = None
        if field.lookup:
            self.lookup = IconButton(
                "search", tr("Valid values: {method}", method=field.lookup), f"{pointer}/lookupButton", self
            )
            self.lookup.clicked.connect(lambda: context.lookup_requested.emit(field.lookup, self.pointer))
            self._line.addWidget(self.lookup, 0, Qt.AlignmentFlag.AlignTop)
        self._line.addStretch(1)
        self._below = QHBoxLayout()
        """Where a message goes; part of the row when there is one."""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addLayout(self._line)
        self.setToolTip(tooltip_of(field))
        control = self.control
        control.setObjectName(pointer)
        for part in self.editor.stops():
            if part is not control:
                part.setObjectName(f"{pointer}/{part.objectName()}")
        control.setAccessibleName(tr("{name}, required", name=field.name) if field.required else field.name)
        control.setAccessibleDescription(meta_of(field))
        self._listen()

    @property
    def control(self) -> QWidget:
        """What gets the keyboard."""
        return self.editor.control

    def _listen(self) -> None:
        editor = self.editor
        editor.typed.connect(self._typed)
        editor.emptied.connect(lambda: self._write(self._context.values.put(self.pointer, self.field, "")))
        editor.cleared.connect(lambda: self._write(self._context.values.clear(self.pointer)))
        if isinstance(editor, FlagEditor):
            editor.chosen.connect(lambda on: self._write(self._context.values.put_flag(self.pointer, self.field, on)))
        elif isinstance(editor, ListEditor):
            editor.listed.connect(self._listed)
        elif isinstance(editor, FileEditor):
            editor.choose_asked.connect(self._choose_file)
            editor.written.connect(lambda raw: self._write(self._context.values.put_raw(self.pointer, raw)))
            editor.refused.connect(lambda reason: self._say(reason, "error"))

    def _write(self, draft: Draft) -> None:
        self._context.write(draft)

    def _typed(self, text: str) -> None:
        if self.pointer.startswith("/body") and not self._context.values.body_can_be_written:
            return  # the text has become no JSON a moment ago, and the form is about to say so
        # Every letter starts again from what there was: while a variable, a number or nothing is typed in between, neither
        # the kind of the value nor the remark behind it is forgotten.
        if self._begun is None or self._context.values.draft is not self._own:
            self._begun = self._context.values
        begun = self._begun
        self._own = begun.put(self.pointer, self.field, text) if text else begun.clear(self.pointer)
        self._write(self._own)

    def _listed(self, texts: list[str]) -> None:
        values = self._context.values
        current = values.get(self.pointer)
        if not texts:
            self._write(values.clear(self.pointer))
        elif self.field.type == "array" and (current is None or current.kind == "array"):
            self._write(values.put_elements(self.pointer, self.field, texts))
        else:
            joined = (self.field.separator or ",").join(texts)
            self._write(values.put(self.pointer, self.field, joined))

    def _choose_file(self) -> None:
        editor = self.editor
        assert isinstance(editor, FileEditor)
        dialog = QFileDialog(self.window(), tr("Choose a file for {name}", name=self.field.name))
        dialog.setObjectName("fileDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: editor.take(Path(path)))
        dialog.open()

    # --- what is shown

    def refresh(self) -> None:
        """Show the draft's value and what is wrong with it."""
        values = self._context.values
        value = values.get(self.pointer)
        if isinstance(self.editor, ListEditor) and value is not None and value.kind == "array":
            self.editor.show_values([one.text for one in values.elements(self.pointer)])
        else:
            self.editor.show_value(value)
        if value is not None:
            self._tell_variable(value.text)
        self.show_findings(self._context.model.findings_at(self.pointer), sent=value is not None)

    def _tell_variable(self, text: str) -> None:
        """Say beside a value that is a variable what it is worth."""
        found = _VARIABLE.fullmatch(text) if self._context.tell is not None else None
        if found is None or found[1] == "token" or not isinstance(self.editor, (TextEditor, ChoiceEditor)):
            return
        assert self._context.tell is not None
        self.editor.line.set_hint(f"= {self._context.tell(found[1])}", "violet")

    def show_findings(self, findings: tuple[Finding, ...], *, sent: bool) -> None:
        """Outline the control and say the first thing that is wrong; what is only missing is said quietly."""
        told = [one for one in findings if sent or one.code not in _MISSING]
        worst = min((one.severity for one in told), key=list(Severity).index, default=None)
        self.editor.mark({Severity.ERROR: "bad", Severity.WARNING: "warn"}.get(worst, "") if worst else "")
        if len(told) < len(findings) and isinstance(self.editor, (TextEditor, ChoiceEditor)):
            alone = any(one.code == "missing-required" for one in findings)
            self.editor.line.set_hint(tr("required") if alone else tr("this or another"), "amber")
        choice = next((one for one in findings if one.code == "missing-one-of" and not sent), None)
        first = next((one for one in told if one.severity == worst), choice)
        role = {Severity.ERROR: "error", Severity.WARNING: "warning"}.get(worst, "meta") if worst else "meta"
        self._say(tr(first.message) if first else "", role, tr(first.hint) if first else "")

    def _say(self, text: str, role: str, tip: str = "") -> None:
        if self._message is None:
            if not text:
                return
            self._message = QLabel(self)
            self._message.setObjectName("fieldMessage")
            self._message.setWordWrap(True)
            self._message.setTextFormat(Qt.TextFormat.PlainText)
            self._below.addWidget(self._message)
            self._column.addLayout(self._below)
        theme.set_role(self._message, role)
        self._message.setText(text)
        self._message.setToolTip(tip)
        self._message.setVisible(bool(text))
        self._make_room_below()

    def _make_room_below(self) -> None:
        """A message keeps its distance from the next row; without one there is none to be seen."""
        left = self._columns.label + GAP if self._columns is not None else 0
        self._below.setContentsMargins(left, 0, 0, 4 if self.message() else 0)

    def message(self) -> str:
        """What is said below the control."""
        return self._message.text() if self._message is not None and not self._message.isHidden() else ""

    def arrange(self, columns: Columns) -> None:
        """Take on the widths of the form."""
        self._columns = columns
        self._about = "" if columns.narrow else type_of(self.field) if columns.brief else meta_of(self.field)
        beside = IconButton.SIDE + _LOOKUP_GAP if self.lookup is not None else 0
        self.editor.setFixedWidth(columns.editor - beside)
        self._line.setContentsMargins(columns.label + GAP, 0, 0, 0)
        self._make_room_below()
        self.update()

    @property
    def about(self) -> str:
        """What stands beside the control; empty where there is no room for it."""
        return self._about

    def paintEvent(self, event: QPaintEvent) -> None:
        # Name and meaning are painted: as labels they would be half of the widgets of a form, and half of its time.
        if self._columns is None:
            return
        painter = QPainter(self)
        token = "faint" if not self.isEnabled() else "text" if self.field.required else "muted"
        font = theme.fonts.ui(13, 600 if self.field.required else 400)
        width = self._columns.label
        _paint(painter, self._name, font, token, QRect(0, 0, width, HEIGHT), Qt.AlignmentFlag.AlignRight)
        left = width + GAP + self._columns.editor + GAP
        if self._about and left < self.width():
            place = QRect(left, 0, self.width() - left, HEIGHT)
            _paint(painter, self._about, theme.fonts.ui(12), "faint", place, Qt.AlignmentFlag.AlignLeft)

    def choose(self, text: str, *, only_filled: bool) -> bool:
        """Be shown only where the name holds the text (and something is sent); returns whether it is."""
        shown = text in self.field.name.casefold()
        if only_filled:
            shown = shown and self._context.values.get(self.pointer) is not None
        self.setVisible(shown)
        return shown

    def stops(self) -> list[QWidget]:
        """What Tab visits, in order."""
        return [*self.editor.stops(), *([self.lookup] if self.lookup is not None else [])]
