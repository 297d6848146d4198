"""Files that are dropped on a part that takes text belong to the window: their paths are not written into the text."""

from __future__ import annotations

import pytest
from helpers.drags import dropped, entering
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from komet_console.gui.text.code_edit import CodeEdit
from komet_console.gui.widgets.hint_edit import HintEdit


class Host(QWidget):
    """Takes files, as the window does."""

    def __init__(self, part: QWidget) -> None:
        super().__init__()
        self.taken = 0
        self.setAcceptDrops(True)
        QVBoxLayout(self).addWidget(part)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.taken += 1
        event.acceptProposedAction()


@pytest.mark.parametrize("kind", [CodeEdit, HintEdit])
@pytest.mark.parametrize("files", [True, False], ids=["files", "text"])
def test_files_go_to_the_window_and_text_stays(qtbot: QtBot, kind: type[QWidget], files: bool) -> None:
    part = kind()
    host = Host(part)
    qtbot.addWidget(host)
    host.resize(300, 200)
    host.show()
    carried = QMimeData()
    carried.setText("rose")
    if files:
        carried.setUrls([QUrl.fromLocalFile("/tmp/shop.har")])
    target = part.viewport() if isinstance(part, QPlainTextEdit) else part
    QApplication.sendEvent(target, entering(carried))
    QApplication.sendEvent(target, dropped(carried))
    assert host.taken == int(files)
    assert isinstance(part, QPlainTextEdit | QLineEdit)
    text = part.toPlainText() if isinstance(part, QPlainTextEdit) else part.text()
    assert text == ("" if files else "rose")
