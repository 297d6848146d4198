"""One editor a setting, made from what the setting says about itself; each writes through as soon as its value suits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from komet_console.gui import theme
from komet_console.gui.i18n import told, tr
from komet_console.workspace.settings import Setting, SettingError, Settings

__all__ = ["SettingRow"]


class SettingRow(QWidget):
    """Signals:
    file_asked(object): The user wants to choose a file for this row; answer with `take_file`.
    """

    file_asked = Signal(object)

    def __init__(self, setting: Setting, settings: Settings, label: str, choices: dict[str, str]) -> None:
        super().__init__()
        self.setting = setting
        self._settings = settings
        self.message = QLabel()
        self.message.setObjectName(f"{setting.name}.message")
        self.message.setWordWrap(True)
        theme.set_role(self.message, "error")
        self.message.hide()
        line = QHBoxLayout()
        line.setSpacing(8)
        self.control: QCheckBox | QComboBox | QLineEdit
        match setting.kind:
            case "flag":
                self.control = self._flag(label)
            case "choice":
                self.control = self._choice(choices)
            case _:
                self.control = self._line()
        self.control.setObjectName(f"setting.{setting.name}")
        self.control.setAccessibleName(label)
        self.control.setToolTip(tr(setting.description))
        short = setting.kind in ("flag", "choice", "number", "seconds")
        line.addWidget(self.control, 0 if short else 1)
        if setting.kind == "seconds":
            line.addWidget(QLabel(tr("seconds")))
        if setting.kind == "file":
            choose = QPushButton(tr("Choose…"))
            choose.setObjectName(f"choose.{setting.name}")
            choose.setAccessibleName(tr("Choose a file: {name}", name=label))
            choose.clicked.connect(lambda: self.file_asked.emit(self))
            line.addWidget(choose)
        if short:
            line.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(line)
        column.addWidget(self.message)

    def _flag(self, label: str) -> QCheckBox:
        box = QCheckBox(label)
        box.setChecked(bool(self._settings[self.setting.name]))
        box.toggled.connect(self._write)
        return box

    def _choice(self, choices: dict[str, str]) -> QComboBox:
        combo = QComboBox()
        combo.setMinimumWidth(190)
        for key in self.setting.choices:
            combo.addItem(choices.get(key, key), key)
        combo.setCurrentIndex(combo.findData(self._settings[self.setting.name]))
        combo.currentIndexChanged.connect(lambda: self._write(combo.currentData()))
        return combo

    def _line(self) -> QLineEdit:
        line = QLineEdit(self._text())
        if self.setting.kind in ("number", "seconds"):
            line.setFixedWidth(140)
            line.setPlaceholderText(tr("without limit"))
        line.editingFinished.connect(lambda: self._write(self._value(line.text())))
        return line

    def _text(self) -> str:
        value = self._settings[self.setting.name]
        if value is None:
            return ""
        if self.setting.name.endswith(".bytes"):
            return f"{value // 1024**2}"
        return f"{value:g}" if isinstance(value, float) else str(value)

    def _value(self, text: str) -> Any:
        """What the text means; text that means nothing is left for the setting to refuse."""
        text = text.strip()
        if self.setting.kind not in ("number", "seconds"):
            return text
        if not text:
            return None
        number: Callable[[str], float | int] = float if self.setting.kind == "seconds" else int
        try:
            value = number(text.replace(",", "."))
        except ValueError:
            return text
        return value * 1024**2 if self.setting.name.endswith(".bytes") else value

    def take_file(self, path: Path) -> None:
        """A file was chosen."""
        assert isinstance(self.control, QLineEdit)
        self.control.setText(str(path))
        self._write(str(path))

    def _write(self, value: Any) -> None:
        trouble = ""
        if self.setting.kind == "file" and value and not Path(value).expanduser().is_file():
            trouble = tr("There is no such file: {path}", path=value)
        else:
            try:
                self._settings.set(self.setting.name, value)
            except SettingError as error:
                trouble = told(error)
        self.message.setText(trouble)
        self.message.setVisible(bool(trouble))
        if isinstance(self.control, QLineEdit):
            theme.set_role(self.control, "bad" if trouble else "")
            if not trouble:
                with QSignalBlocker(self.control):
                    self.control.setText(self._text() if self.setting.kind != "proxy" else self.control.text())
