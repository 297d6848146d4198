"""The settings dialog. What is changed holds at once; there is nothing to confirm."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from komet_console.gui import aio, theme
from komet_console.gui.aio import Tasks
from komet_console.gui.i18n import tr
from komet_console.gui.settings.rows import SettingRow
from komet_console.workspace.settings import SETTINGS, Settings

__all__ = ["SettingsDialog"]


def _sections() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Title, remark, rows (setting and label)."""
    return [
        (
            tr("Look"),
            "",
            [("theme", tr("Colours")), ("answer.place", tr("Answers stand"))],
        ),
        (
            tr("Connection"),
            tr("For every environment that does not say otherwise. An empty time waits without limit."),
            [
                ("connection.connect_timeout", tr("Connect within")),
                ("connection.read_timeout", tr("Longest silence of the server")),
                ("connection.total_timeout", tr("Whole call within")),
                ("connection.proxy", tr("Proxy")),
                ("connection.ca_file", tr("Own authorities (PEM)")),
                ("connection.client_certificate", tr("Client certificate (PEM)")),
                ("connection.client_key", tr("Its key, if apart (PEM)")),
                ("connection.follow_redirects", tr("Follow redirects, never with the token to another host")),
            ],
        ),
        (
            tr("History"),
            "",
            [
                ("history.days", tr("Keep for days")),
                ("history.bytes", tr("Large answers on disk, MB")),
            ],
        ),
    ]


def _words() -> dict[str, str]:
    return {
        "system": tr("as the system says"),
        "light": tr("light"),
        "dark": tr("dark"),
        "below": tr("below the request"),
        "beside": tr("beside the request"),
    }


class SettingsDialog(QDialog):
    """Show it with `open()`."""

    def __init__(self, settings: Settings, tasks: Tasks, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("settingsDialog")
        self.setWindowTitle(tr("Settings"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._window = parent
        self._tasks = tasks
        self._settings = settings
        self.rows: dict[str, SettingRow] = {}
        inside = QWidget()
        theme.set_role(inside, "content")
        grid = QGridLayout(inside)
        grid.setContentsMargins(24, 20, 24, 12)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(10)
        grid.setColumnMinimumWidth(0, 190)
        grid.setColumnStretch(1, 1)
        by_name = {setting.name: setting for setting in SETTINGS}
        number = 0
        for title, remark, rows in _sections():
            if number:
                grid.setRowMinimumHeight(number, 10)
                number += 1
            heading = QLabel(title)
            theme.set_role(heading, "heading")
            grid.addWidget(heading, number, 0, 1, 2)
            number += 1
            if remark:
                said = QLabel(remark)
                said.setWordWrap(True)
                theme.set_role(said, "small")
                grid.addWidget(said, number, 0, 1, 2)
                number += 1
            for name, label in rows:
                row = SettingRow(by_name[name], settings, label, _words())
                row.file_asked.connect(self._ask_file)
                self.rows[name] = row
                if by_name[name].kind != "flag":
                    beside = QLabel(label)
                    beside.setBuddy(row.control)
                    beside.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
                    beside.setContentsMargins(0, 6, 0, 0)
                    grid.addWidget(beside, number, 0)
                grid.addWidget(row, number, 1)
                number += 1
        grid.setRowStretch(number, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("closeSettings")
        self.defaults = QPushButton(tr("Back to the defaults"))
        self.defaults.setObjectName("defaultSettings")
        self.defaults.clicked.connect(self._reset)
        buttons.addButton(self.defaults, QDialogButtonBox.ButtonRole.ResetRole)
        below = QVBoxLayout()
        below.setContentsMargins(24, 8, 24, 16)
        below.addWidget(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(scroll, 1)
        column.addLayout(below)
        self.resize(620, 640)

    def _ask_file(self, row: SettingRow) -> None:
        self._tasks.start(self._choose(row), name="choose a file")

    async def _choose(self, row: SettingRow) -> None:
        title = tr("Choose a PEM file")
        filters = (tr("Certificates (*.pem *.crt *.cer *.key)"), tr("All files (*)"))
        if chosen := await aio.ask_open_files(self, title, filters=filters):
            row.take_file(chosen[0])

    def _reset(self) -> None:
        for name in self.rows:
            self._settings.reset(name)
        self.accept()
        SettingsDialog(self._settings, self._tasks, self._window).open()
