"""A list of short values as chips in one field: a separator or Enter ends a value, Backspace takes the last one back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QCompleter, QLabel, QLineEdit, QSizePolicy, QWidget

from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.flow import FlowLayout
from komet_console.gui.widgets.roomy import make_roomy

__all__ = ["ChipsEdit"]


_MOST_SHOWN = 60
"""Each value that is shown is a button; a long list that is pasted would stop the window for minutes."""


class _Chip(QAbstractButton):
    """One value; a click takes it out."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setObjectName("chip")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("Remove {value}", value=text))
        self.setToolTip(tr("Click to remove it"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(round(QFontMetricsF(theme.fonts.ui(12)).horizontalAdvance(self.text())) + 30, 21)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("sel"))
        painter.drawRoundedRect(QRectF(self.rect()), 5, 5)
        painter.setPen(theme.color("seltext"))
        painter.setFont(theme.fonts.ui(12))
        painter.drawText(self.rect().adjusted(8, 0, -20, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
        cross = theme.icons.pixmap("close", "seltext", 10, self.devicePixelRatio())
        painter.drawPixmap(self.width() - 16, 6, cross)


class ChipsEdit(QWidget):
    """Args:
        separators: Characters that end a value while typing, and that pasted text is split at.

    Signals:
        edited(list): The user changed the values; carries them all, what is being typed included.
    """

    edited = Signal(list)

    def __init__(self, separators: str = ",", known: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._separators = separators
        self._values: list[str] = []
        self._chips: list[_Chip] = []
        self._more: QLabel | None = None
        """Says how many values are not shown; None where all are."""
        self.line = QLineEdit(self)
        make_roomy(self.line)
        theme.set_role(self.line, "chips")
        self.line.setMinimumWidth(70)
        self.line.textEdited.connect(self._typed)
        self.line.editingFinished.connect(self._finish)
        self.line.installEventFilter(self)
        if known:
            completer = QCompleter(list(known), self)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            self.line.setCompleter(completer)
        self._flow = FlowLayout(self, margin=4)
        self._flow.addWidget(self.line)
        self.setFocusProxy(self.line)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def values(self) -> list[str]:
        """All values, what is being typed included."""
        typed = self.line.text().strip()
        return [*self._values, *([typed] if typed else [])]

    def show_values(self, values: Sequence[str]) -> None:
        """Show other values, without `edited`."""
        if list(values) != self.values():
            self.line.clear()
            self._set(list(values))

    def _set(self, values: list[str]) -> None:
        self._values = values
        shown = values[:_MOST_SHOWN]
        same = sum(1 for _ in takewhile(lambda pair: pair[0].text() == pair[1], zip(self._chips, shown, strict=False)))
        for chip in self._chips[same:]:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        del self._chips[same:]
        for number, value in enumerate(shown[same:], start=same):
            chip = _Chip(value, self)
            chip.clicked.connect(lambda _=False, number=number: self._remove(number))
            self._chips.append(chip)
            self._flow.insert(number, chip)
            chip.show()
        self._say_more(len(values) - len(shown))
        self.updateGeometry()

    def _say_more(self, count: int) -> None:
        if count and self._more is None:
            self._more = QLabel(self)
            self._more.setObjectName("moreValues")
            theme.set_role(self._more, "meta")
            self._flow.insert(len(self._chips), self._more)
            self._more.show()
        elif not count and self._more is not None:
            self._flow.removeWidget(self._more)
            self._more.deleteLater()
            self._more = None
        if self._more is not None:
            self._more.setText(tr("and {count} more", count=f"{count:,}"))

    def _remove(self, number: int) -> None:
        self._set([*self._values[:number], *self._values[number + 1 :]])
        self.edited.emit(self.values())

    def _typed(self, text: str) -> None:
        for separator in (*self._separators, "\n"):
            text = text.replace(separator, "\0")
        *done, rest = text.split("\0")
        if done:
            self.line.setText(rest)
            self._set([*self._values, *(value.strip() for value in done if value.strip())])
        self.edited.emit(self.values())

    def _finish(self) -> None:
        if self.line.text().strip():
            values = self.values()
            self.line.clear()
            self._set(values)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        if not (watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress):
            return False
        if event.key() == Qt.Key.Key_Backspace and not self.line.text() and self._values:
            self._remove(len(self._values) - 1)
            return True
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.line.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.line.hasFocus()
        inset = 1.0 if focused else 0.5
        painter.setPen(QPen(theme.color("focus" if focused else "line2"), 2 if focused else 1))
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 6, 6)
