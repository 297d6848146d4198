"""The control for a file field: chosen or dropped, written into the JSON as signed bytes or as base64."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from komet_console.catalogue import Field
from komet_console.gui import theme
from komet_console.gui.form.editors import Editor
from komet_console.gui.form.values import Value
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.buttons import IconButton
from komet_console.gui.widgets.elided import ElidedLabel
from komet_console.gui.widgets.files_over import carries_files
from komet_console.gui.widgets.segmented import SegmentedControl

__all__ = ["MOST_BYTES", "FileEditor", "encoded"]

_BYTES = re.compile(r"[\d,\s-]*")
_FIRST_BYTES = re.compile(r"\s*-?\d{1,3}(\s*,\s*-?\d{1,3})*(\s*,\s*-?)?\s*")
"""The beginning of such a list, wherever it is cut."""
MOST_BYTES = 4 * 1024 * 1024
"""Larger files make JSON that no editor shows well; the command line sends them."""


def encoded(content: bytes, encoding: str) -> str:
    """JSON text of a file: signed bytes (-128 to 127) separated by commas, as the documented sample has them, or base64."""
    if encoding == "base64":
        return json.dumps(base64.b64encode(content).decode())
    return json.dumps(", ".join(str(byte - 256 if byte > 127 else byte) for byte in content))


def _is_byte_list(text: str) -> bool:
    """Whether a text is a list of signed bytes, as far as its beginning and its characters tell."""
    return bool(text) and _FIRST_BYTES.fullmatch(text, 0, 60) is not None and _BYTES.fullmatch(text) is not None


class FileEditor(Editor):
    """A file, chosen or dropped.

    Signals:
        choose_asked(): The user wants to choose a file; whoever listens answers with `take`.
        written(str): The file's content as JSON text.
        refused(str): Why a file was not taken.
    """

    choose_asked = Signal()
    written = Signal(str)
    refused = Signal(str)

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.setAcceptDrops(True)
        self._content: bytes | None = None
        self._shown: Value | None = None
        self._name = ""
        self.button = QPushButton(tr("Choose a file…"), self)
        self.button.setObjectName("chooseFile")
        self.button.setToolTip(tr("Or drop a file here"))
        self.button.clicked.connect(self.choose_asked)
        self.encoding = SegmentedControl([("bytes", tr("byte list")), ("base64", "base64")], self)
        self.encoding.setObjectName("fileEncoding")
        self.encoding.setAccessibleName(tr("How the file is written"))
        self.encoding.set_tip(
            "bytes",
            tr(
                "Signed bytes separated by commas. The encoding is not documented; this is what Komet itself answers with."
            ),
        )
        self.encoding.set_tip("base64", tr("Base64 text. The encoding is not documented."))
        self.encoding.chosen.connect(self._write)
        self.label = ElidedLabel("", self)
        theme.set_role(self.label, "meta")
        self.clear = IconButton("close", tr("Do not send the file"), "clearFile", self)
        self.clear.clicked.connect(self.cleared)
        # On two lines: beside the JSON, a form has no room for all of it on one.
        file, how = QHBoxLayout(), QHBoxLayout()
        for line, parts in ((file, (self.button, self.label, self.clear)), (how, (self.encoding,))):
            line.setSpacing(6)
            for part in parts:
                line.addWidget(part)
            line.addStretch()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(6)
        lines.addLayout(file)
        lines.addLayout(how)

    @property
    def control(self) -> QWidget:
        return self.button

    def stops(self) -> list[QWidget]:
        return [self.button, self.encoding, self.clear]

    def take(self, path: Path) -> None:
        """Use a file's content."""
        try:
            size = path.stat().st_size
            content = path.read_bytes() if size <= MOST_BYTES else b""
        except OSError as error:
            self.refused.emit(tr("{name} cannot be read: {reason}.", name=path.name, reason=error.strerror or error))
            return
        if size > MOST_BYTES:
            limit = MOST_BYTES // (1024 * 1024)
            self.refused.emit(
                tr("{name} is larger than {limit} MB; send it with komet-console call.", name=path.name, limit=limit)
            )
            return
        self._content, self._name = content, path.name
        self._write()
        self._say(size)  # the same content under another name changes nothing else

    def _write(self) -> None:
        if self._content is not None:
            self.written.emit(encoded(self._content, self.encoding.current))

    def show_value(self, value: Value | None) -> None:
        self.clear.setVisible(value is not None)
        if value is None:
            self._content = self._shown = None
            self.label.setText(tr("encoding not documented"))
            return
        if value == self._shown:
            return  # it may have megabytes, and is shown again at every letter that is typed beside it
        self._shown = value
        if value.kind == "array" or _is_byte_list(value.text):
            size = value.text.count(",") + 1 if value.text.strip("[] \n") else 0
            self.encoding.current = "bytes"
        else:
            size = len(value.text) * 3 // 4
            self.encoding.current = "base64"
        self._say(size)

    def _say(self, size: int) -> None:
        words = (
            tr("{name}, {size} bytes", name=self._name, size=f"{size:,}")
            if self._name
            else tr("{size} bytes", size=f"{size:,}")
        )
        self.label.setText(words)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if carries_files(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self.take(Path(url.toLocalFile()))
                event.acceptProposedAction()
                return
