"""What an answer means: a card with meaning, likely causes with the way to their fields, next steps, single results."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from html import escape

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from komet_console.catalogue.explaining import Cause, ElementResult, Explanation
from komet_console.errors import UserError
from komet_console.exchange import Exchange, Failure, Redactor
from komet_console.gui import theme
from komet_console.gui.answer.sending import phase_words
from komet_console.gui.answer.verdict import said_size
from komet_console.gui.i18n import tr

__all__ = ["ExplanationPanel", "place_words"]

_NARROW = 560
_CAUSES = 4
_ELEMENTS = 50
_LABEL = 106
_FRAME = 4
"""What the frame takes of width and height."""
_MARK = '<span style="font-weight:600">'


def place_words(pointer: str) -> str:
    """A pointer into the request for a person: `/body/items/0/price` is `items › 1 › price`."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    shown = [str(int(part) + 1) if part.isdecimal() else part for part in parts[1:]]
    return " › ".join(shown)


class ExplanationPanel(QFrame):
    """Rows of a name and what there is to say; one column where there is little room.

    Signals:
        jump_requested(str): The field at that pointer is wanted.
        open_method(str): That method is wanted.
        resized(): It wants another height.
    """

    jump_requested = Signal(str)
    open_method = Signal(str)
    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("explanation")
        self.setAccessibleName(tr("What does this mean?"))
        self._rows: list[tuple[QLabel, QWidget]] = []
        self._narrow = False
        self._redactor = Redactor()
        self._area = QScrollArea(self)
        self._content = QWidget(self._area.viewport())
        theme.set_role(self._content, "content")
        self._grid = QGridLayout(self._content)
        self._grid.setContentsMargins(12, 8, 12, 10)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(6)
        self._area.setObjectName("explanationArea")
        self._area.setAccessibleName(tr("What does this mean?"))
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.viewport().setAutoFillBackground(False)
        self._area.setWidget(self._content)
        self._content.setAutoFillBackground(False)
        self._content.installEventFilter(self)
        theme.manager().changed.connect(self._recolour)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area)
        theme.set_role(self, "explain-blue")

    # --- what it says

    def show_trouble(self, trouble: UserError) -> None:
        """Why a call was not made."""
        self._begin("red", Redactor())
        self._say(tr("What it means"), [tr("Nothing was sent.")])
        if trouble.hint:
            self._say(tr("What to do next"), [tr(trouble.hint)])
        self._details(trouble.details)
        self._arrange()

    def show_failure(self, exchange: Exchange, accent: str, *, writes: bool, read: str | None) -> None:
        """Why there is no answer, or not all of it; `read` names the method that shows what was carried out."""
        failure = exchange.failure
        assert failure is not None
        self._begin(accent, Redactor(exchange.request.secrets))
        if writes and failure.maybe_carried_out:
            self._carried_out(read)
        self._say(tr("Cause"), [tr(failure.cause)])
        self._say(tr("What to do next"), [tr(failure.hint)])
        self._say(tr("Where it stopped"), [phase_words(failure.phase)])
        self._say(tr("What arrived"), [_arrived(exchange, failure)])
        self._details(failure.details)
        self._arrange()

    def show_explanation(self, explanation: Explanation, accent: str, redactor: Redactor) -> None:
        """What a whole answer means."""
        self._begin(accent, redactor)
        self._say(tr("What it means"), [explanation.meaning])
        failed = [one for one in explanation.elements if not one.succeeded]
        if failed:
            self._elements(failed)
        if explanation.causes:
            # What this request shows first, then what can be looked at, then what is merely possible.
            causes = sorted(explanation.causes, key=lambda one: (not one.certain, not one.pointer))
            certain = sum(one.certain for one in causes)
            self._causes(tr("Likely causes"), causes, max(_CAUSES, certain))
        if explanation.next_steps:
            self._say(tr("What to do next"), explanation.next_steps)
        if explanation.note:
            self._say(tr("Note"), [explanation.note], role="small")
        self._arrange()

    # --- rows

    def _begin(self, accent: str, redactor: Redactor) -> None:
        theme.set_role(self, f"explain-{accent}")
        self._redactor = redactor
        for name, content in self._rows:
            for widget in (name, content):
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self._rows = []
        self._area.verticalScrollBar().setValue(0)

    def _row(self, name: str, content: QWidget) -> None:
        label = QLabel(name)
        theme.set_role(label, "muted")
        label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._rows.append((label, content))

    def _say(self, name: str, lines: Iterable[str], *, role: str = "") -> None:
        said = [line for line in lines if line]
        if said:
            self._row(name, _stacked(_label(self._redactor.text(line), role) for line in said))

    def _causes(self, name: str, causes: list[Cause], shown: int) -> None:
        place = QWidget()
        column = QVBoxLayout(place)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        for number, cause in enumerate(causes[:shown]):
            column.addWidget(self._cause(cause, number))
        rest = causes[shown:]
        if rest:
            more = _link(tr("Show {count} more", count=len(rest)), "moreCauses")

            def show_rest() -> None:
                more.hide()
                for number, cause in enumerate(rest, shown):
                    column.addWidget(self._cause(cause, number))
                self._name_texts()
                more.deleteLater()
                self.resized.emit()

            more.clicked.connect(show_rest)
            column.addWidget(more, alignment=Qt.AlignmentFlag.AlignLeft)
        self._row(name, place)

    def _cause(self, cause: Cause, number: int) -> QWidget:
        """One cause; what this very request shows stands out."""
        words = escape(self._redactor.text(cause.text))
        place = place_words(cause.pointer) if cause.pointer else ""
        if place and place not in cause.text:
            words = tr("{place}: {words}", place=_strong(place), words=words)
        elif cause.certain:
            words = f"{_MARK}{words}</span>"
        if place:
            words = tr("{words} {link}", words=words, link=f'<a href="field">{tr("Go to the field")}</a>')
        label = _label(words, "", rich=True)
        if cause.basis == "inferred":
            label.setToolTip(tr("Inferred: the documentation does not say it."))
        if cause.pointer:
            label.setObjectName(f"goToField.{number}.{cause.pointer}")
            label.setAccessibleName(tr("Go to the field {place}", place=place))
            label.setTextInteractionFlags(
                label.textInteractionFlags()
                | Qt.TextInteractionFlag.LinksAccessibleByMouse
                | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
            )
            label.setProperty("pointer", cause.pointer)
            label.linkActivated.connect(self._jump)
        return label

    def _recolour(self) -> None:
        """A label keeps the colour that links had when it got its text."""
        for label in self._content.findChildren(QLabel):
            if label.textFormat() == Qt.TextFormat.RichText:
                text = label.text()
                label.clear()
                label.setText(text)

    def _jump(self) -> None:
        label = self.sender()
        if label is not None:
            self.jump_requested.emit(label.property("pointer"))

    def _elements(self, failed: list[ElementResult]) -> None:
        lines = []
        for one in failed[:_ELEMENTS]:
            name, message = _strong(self._redactor.text(one.id)), escape(self._redactor.text(one.message))
            said = tr("{name}: {message}", name=name, message=message) if message else name
            lines.append(_label(said, "", rich=True))
        if len(failed) > _ELEMENTS:
            lines.append(_label(tr("and {count} more, in the answer", count=len(failed) - _ELEMENTS), "small"))
        self._row(tr("Not done"), _stacked(lines))

    def _carried_out(self, read: str | None) -> None:
        place = QWidget()
        column = QVBoxLayout(place)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        words = tr("The request had left: it may have been carried out. Look before you send it again.")
        column.addWidget(_label(words, "warning"))
        if read is not None:
            button = QPushButton(tr("Open {method}", method=read))
            button.setObjectName("openRead")
            button.setToolTip(tr("Shows whether it was carried out"))
            theme.set_role(button, "small")
            button.clicked.connect(partial(self.open_method.emit, read))
            column.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeft)
        self._row(tr("Careful"), place)

    def _details(self, details: str) -> None:
        if not details:
            return
        place = QWidget()
        column = QVBoxLayout(place)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        button = _link(tr("Show the details"), "showDetails")
        button.setCheckable(True)
        label = _label(self._redactor.text(details), "")
        label.setFont(theme.fonts.code(12))
        label.hide()

        def toggle(on: bool) -> None:
            label.setVisible(on)
            button.setText(tr("Hide the details") if on else tr("Show the details"))
            self.resized.emit()

        button.toggled.connect(toggle)
        column.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeft)
        column.addWidget(label)
        self._row(tr("For experts"), place)

    # --- arranging

    def _arrange(self) -> None:
        for name, content in self._rows:
            self._grid.removeWidget(name)
            self._grid.removeWidget(content)
        self._grid.setColumnMinimumWidth(0, 0 if self._narrow else _LABEL)
        self._grid.setColumnStretch(0, 1 if self._narrow else 0)
        self._grid.setColumnStretch(1, 0 if self._narrow else 1)
        self._grid.setVerticalSpacing(2 if self._narrow else 6)
        for number in range(self._grid.rowCount()):
            self._grid.setRowStretch(number, 0)
        self._grid.setRowStretch(2 * len(self._rows), 1)
        self._name_texts()
        for number, (name, content) in enumerate(self._rows):
            if self._narrow:
                name.setContentsMargins(0, 6 if number else 0, 0, 0)
                self._grid.addWidget(name, 2 * number, 0)
                self._grid.addWidget(content, 2 * number + 1, 0)
            else:
                name.setContentsMargins(0, 0, 0, 0)
                self._grid.addWidget(name, number, 0, Qt.AlignmentFlag.AlignTop)
                self._grid.addWidget(content, number, 1)
            name.show()
            content.show()
        self.resized.emit()

    def _name_texts(self) -> None:
        for row, (_, content) in enumerate(self._rows):
            labels = [content] if isinstance(content, QLabel) else content.findChildren(QLabel)
            for number, label in enumerate(labels):
                if not label.objectName():
                    label.setObjectName(f"explanation.{row}.{number}")

    def wanted_height(self, width: int) -> int:
        """Height that shows all of it at a width."""
        self._grid.activate()
        return self._grid.totalHeightForWidth(width - _FRAME) + _FRAME

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # What is new in it gets its look, and with it its size, when it is shown.
        if watched is self._content and event.type() == QEvent.Type.LayoutRequest:
            self.resized.emit()
        return False

    def fit(self, width: int) -> None:
        """Choose one column or two for a width."""
        narrow = width < _NARROW
        if narrow != self._narrow:
            self._narrow = narrow
            self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit(self.width())


def _arrived(exchange: Exchange, failure: Failure) -> str:
    response = exchange.response
    if response is None:
        return tr("Nothing.") if failure.maybe_carried_out else tr("Nothing was sent, and nothing arrived.")
    if not response.size:
        return tr("Status and headers, nothing of the body.")
    return tr("{size} of the answer; they are shown below.", size=said_size(response.size))


def _strong(text: str) -> str:
    return f"{_MARK}{escape(text)}</span>"


def _label(text: str, role: str, *, rich: bool = False) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.RichText if rich else Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setMinimumWidth(40)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        theme.set_role(label, role)
    return label


def _link(text: str, name: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    theme.set_role(button, "inline")
    return button


def _stacked(widgets: Iterable[QWidget]) -> QWidget:
    place = QWidget()
    column = QVBoxLayout(place)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(3)
    for widget in widgets:
        column.addWidget(widget)
    return place
