"""The form of one environment: every field with its label, and the place for what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QComboBox,
    QCompleter,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from komet_console.exchange import Connection
from komet_console.gui import theme
from komet_console.gui.environments.looks import colour_key, level_sentence
from komet_console.gui.environments.swatches import Swatch, presets
from komet_console.gui.environments.variables import VariablesTable
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.segmented import SegmentedControl
from komet_console.workspace.environments import PRODUCTION, SANDBOX, Level, MultiLocation, StoredEnvironment

__all__ = ["EnvironmentForm", "FieldError"]


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field of the form."""

    field: str
    text: str


class EnvironmentForm(QWidget):
    """Shows one environment and gives it back as it is in the form.

    Signals:
        edited(): Something was changed by the user.
        file_asked(str): A file is to be chosen for a field (`ca_file`, ...); answer with `take_file`.
    """

    edited = Signal()
    file_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "content")
        self._stored = StoredEnvironment("", "", "")
        self._colour = ""
        self._messages: dict[str, QLabel] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(24, 20, 24, 16)
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnMinimumWidth(0, 132)
        self._grid.setColumnStretch(1, 1)
        self.explanation = QLabel()
        self.explanation.setObjectName("environment.explanation")
        self.explanation.setWordWrap(True)
        theme.set_role(self.explanation, "note-blue")
        self._grid.addWidget(self.explanation, 0, 0, 1, 2)
        self.name = self._line(tr("Name"), "name", tr("for instance: Acme test company"))
        self.base_url = self._line(tr("Base URL"), "base_url", "https://api.kometsales.com/api")
        self._colours = self._swatches()
        self._row(tr("Colour"), self._colours, "colour")
        self.level = SegmentedControl(
            [("free", tr("Free")), ("careful", tr("Careful")), ("read-only", tr("Read-only"))]
        )
        self._row(tr("Level"), self.level, "level")
        self.level_said = self._remark()
        self.account = self._line(tr("Account"), "account", tr("number for X-ACCOUNT, where it is needed"))
        self.multi = SegmentedControl([("unknown", tr("Not known")), ("yes", tr("Yes")), ("no", tr("No"))])
        self._row(tr("Several locations"), self.multi, "multi_location")
        self.paid_users = self._line(tr("Paid users"), "paid_users", tr("not known"))
        self.paid_users.setMaximumWidth(140)
        self.limit_said = self._remark()
        self.reserve = self._line(tr("Reserve"), "reserve", "0")
        self.reserve.setMaximumWidth(140)
        self._remark(tr("Calls of each day that are kept back from actions of several calls."))
        self.zone = self._zone()
        self._heading(tr("Connection"), tr("Empty fields take what the settings say."))
        self.proxy = self._line(tr("Proxy"), "proxy", "http://user:{{proxyPassword}}@host:port")
        self.files = {
            name: self._file(label, name)
            for name, label in (
                ("ca_file", tr("Own authorities")),
                ("client_certificate", tr("Client certificate")),
                ("client_key", tr("Its key, if apart")),
            )
        }
        self._heading(
            tr("Variables"), tr("Write {{name}} in any field, header or body. Secret values lie in the keyring.")
        )
        self.variables = VariablesTable()
        self._grid.addWidget(self.variables, self._grid.rowCount(), 0, 1, 2)
        self._grid.addWidget(self._message("variables"), self._grid.rowCount(), 0, 1, 2)
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        self.level.chosen.connect(self._level_chosen)
        self.multi.chosen.connect(self.edited)
        self.paid_users.textEdited.connect(self._show_limit)
        self.variables.edited.connect(self.edited)
        self.setTabOrder(self.name, self.base_url)

    # --- parts

    def _label(self, text: str, field: QWidget, row: int) -> None:
        beside = QLabel(text)
        beside.setBuddy(field)
        beside.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        beside.setContentsMargins(0, 6, 0, 0)
        self._grid.addWidget(beside, row, 0)

    def _message(self, name: str) -> QLabel:
        message = QLabel()
        message.setObjectName(f"environment.{name}.message")
        message.setWordWrap(True)
        message.setTextFormat(Qt.TextFormat.PlainText)
        theme.set_role(message, "error")
        message.hide()
        self._messages[name] = message
        return message

    def _row(self, label: str, field: QWidget, name: str) -> None:
        row = self._grid.rowCount()
        field.setObjectName(f"environment.{name}")
        field.setAccessibleName(label)
        self._label(label, field, row)
        self._grid.addWidget(field, row, 1)
        self._grid.addWidget(self._message(name), row + 1, 1)

    def _line(self, label: str, name: str, placeholder: str) -> QLineEdit:
        line = QLineEdit()
        line.setPlaceholderText(placeholder)
        line.textEdited.connect(self.edited)
        self._row(label, line, name)
        return line

    def _remark(self, text: str = "") -> QLabel:
        remark = QLabel(text)
        remark.setWordWrap(True)
        theme.set_role(remark, "small")
        self._grid.addWidget(remark, self._grid.rowCount(), 1)
        return remark

    def _heading(self, text: str, remark: str) -> None:
        row = self._grid.rowCount()
        self._grid.setRowMinimumHeight(row, 8)
        heading = QLabel(text)
        theme.set_role(heading, "strong")
        said = QLabel(remark)
        said.setWordWrap(True)
        theme.set_role(said, "small")
        self._grid.addWidget(heading, row + 1, 0, 1, 2)
        self._grid.addWidget(said, row + 2, 0, 1, 2)

    def _swatches(self) -> QWidget:
        part = QWidget()
        line = QHBoxLayout(part)
        line.setContentsMargins(0, 2, 0, 2)
        line.setSpacing(6)
        self._group = QButtonGroup(part)
        self._group.setExclusive(True)
        for key, name in presets():
            swatch = Swatch(key, name)
            self._group.addButton(swatch)
            line.addWidget(swatch)
        self.own_colour = QLineEdit()
        self.own_colour.setObjectName("environment.own_colour")
        self.own_colour.setAccessibleName(tr("Colour of your own"))
        self.own_colour.setPlaceholderText("#rrggbb")
        self.own_colour.setMaximumWidth(104)
        self.own_colour.setFont(theme.fonts.code(12))
        self.own_colour.textEdited.connect(self._own_colour)
        line.addSpacing(4)
        line.addWidget(self.own_colour)
        line.addStretch()
        self._group.buttonClicked.connect(self._swatch_chosen)
        return part

    def _zone(self) -> QComboBox:
        combo = QComboBox()
        combo.setEditable(True)
        combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._row(tr("Time zone"), combo, "zone")
        edit = combo.lineEdit()
        assert edit is not None
        edit.setPlaceholderText(tr("UTC"))
        edit.setObjectName("environment.zone.line")
        edit.setAccessibleName(tr("Time zone"))
        combo.editTextChanged.connect(self.edited)
        return combo

    def _fill_zones(self) -> None:
        """Once, when an environment is first shown: the list is read from disk."""
        from zoneinfo import available_timezones

        if self.zone.count():
            return
        names = ["", *sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))]
        with QSignalBlocker(self.zone):
            self.zone.addItems(names)
            completer = QCompleter(names, self.zone)
            completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            self.zone.setCompleter(completer)

    def _file(self, label: str, name: str) -> QLineEdit:
        part = QWidget()
        line = QHBoxLayout(part)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        edit = QLineEdit()
        edit.setObjectName(f"environment.{name}.path")
        edit.setAccessibleName(label)
        edit.setPlaceholderText(tr("PEM file"))
        edit.textEdited.connect(self.edited)
        choose = QPushButton(tr("Choose…"))
        choose.setObjectName(f"environment.{name}.choose")
        choose.setAccessibleName(tr("Choose a file: {name}", name=label))
        choose.setAutoDefault(False)
        choose.clicked.connect(lambda: self.file_asked.emit(name))
        line.addWidget(edit, 1)
        line.addWidget(choose)
        self._row(label, part, name)
        return edit

    # --- showing and giving back

    def show_environment(self, stored: StoredEnvironment, secrets: dict[str, str]) -> None:
        """Show one; `secrets` are the secret values at hand, by reference."""
        self._fill_zones()
        self._stored = stored
        self._colour = stored.colour
        self.name.setText(stored.name)
        self.base_url.setText(stored.base_url)
        self.name.setReadOnly(stored.built_in)
        self.base_url.setReadOnly(stored.built_in)
        self.base_url.setPlaceholderText(
            tr("known when it runs") if stored.id == SANDBOX else "https://api.kometsales.com/api"
        )
        self.explanation.setVisible(stored.built_in)
        self.explanation.setText(_explained(stored.id))
        self.level.current = stored.level
        self.account.setText(stored.account)
        self.multi.current = stored.multi_location
        self.paid_users.setText("" if stored.paid_users is None else str(stored.paid_users))
        self.reserve.setText(str(stored.reserve) if stored.reserve else "")
        with QSignalBlocker(self.zone):
            self.zone.setCurrentText(stored.zone)
        connection = stored.connection
        self.proxy.setText(connection.proxy)
        for name, edit in self.files.items():
            edit.setText(getattr(connection, name))
        self.variables.show_variables(stored.variables, secrets)
        self._show_colour()
        self._show_level()
        self._show_limit()
        self.show_errors([])

    def made(self) -> StoredEnvironment:
        """The environment as it is in the form; numbers that are none are left as they were, see `errors`."""
        multi: MultiLocation = next(one for one in ("yes", "no", "unknown") if one == self.multi.current)
        connection: Connection = replace(
            self._stored.connection,
            proxy=self.proxy.text().strip(),
            ca_file=self.files["ca_file"].text().strip(),
            client_certificate=self.files["client_certificate"].text().strip(),
            client_key=self.files["client_key"].text().strip(),
        )
        return replace(
            self._stored,
            name=self.name.text(),
            base_url=self.base_url.text().strip(),
            colour=self._colour,
            level=self._level(),
            account=self.account.text().strip(),
            multi_location=multi,
            paid_users=_number(self.paid_users.text(), self._stored.paid_users),
            zone=self.zone.currentText().strip(),
            connection=connection,
            variables=self.variables.variables(),
            reserve=_number(self.reserve.text(), self._stored.reserve) or 0,
        )

    def errors(self) -> list[FieldError]:
        """What the form itself knows to be wrong."""
        found = []
        for name, line in (("paid_users", self.paid_users), ("reserve", self.reserve)):
            text = line.text().strip()
            if text and not text.isdecimal():
                found.append(FieldError(name, tr("Write a whole number, or leave it empty.")))
        if self._colour and not QColor(self._colour).isValid():
            found.append(FieldError("colour", tr("Write # and six hexadecimal digits.")))
        for name, edit in self.files.items():
            path = edit.text().strip()
            if path and not Path(path).expanduser().is_file():
                found.append(FieldError(name, tr("There is no such file: {path}", path=path)))
        return found

    def show_errors(self, errors: list[FieldError]) -> None:
        """Say what is wrong beside the fields; an empty list says that all is well."""
        told = {error.field: error.text for error in errors}
        for name, message in self._messages.items():
            message.setText(told.get(name, ""))
            message.setVisible(name in told)
        fields: dict[str, QLineEdit] = {
            "name": self.name,
            "base_url": self.base_url,
            "paid_users": self.paid_users,
            "reserve": self.reserve,
            "proxy": self.proxy,
            **self.files,
        }
        for name, field in fields.items():
            theme.set_role(field, "bad" if name in told else "")
        if errors and (first := fields.get(errors[0].field)) is not None:
            first.setFocus()

    def take_file(self, name: str, path: Path) -> None:
        """A file was chosen for a field."""
        self.files[name].setText(str(path))
        self.edited.emit()

    # --- following

    def _level(self) -> Level:
        return next(one for one in ("free", "careful", "read-only") if one == self.level.current)

    def _level_chosen(self) -> None:
        self._show_level()
        self._show_colour()
        self.edited.emit()

    def _show_level(self) -> None:
        self.level_said.setText(level_sentence(self.level.current))

    def _show_limit(self) -> None:
        users = _number(self.paid_users.text(), None)
        if self._stored.id == SANDBOX:
            self.limit_said.setText(tr("The sandbox has a quota of its own."))
        elif users:
            self.limit_said.setText(tr("1,000 calls a day for each: {count}.", count=f"{1000 * users:,}"))
        else:
            self.limit_said.setText(tr("The daily limit is 1,000 calls for each paid user."))

    def _own_colour(self, text: str) -> None:
        self._colour = text.strip()
        self._show_swatch()
        self.edited.emit()

    def _swatch_chosen(self, button: QAbstractButton) -> None:
        assert isinstance(button, Swatch)
        self._colour = button.colour
        self._show_colour()
        self.edited.emit()

    def _show_colour(self) -> None:
        self.own_colour.setText(self._colour)
        self._show_swatch()

    def _show_swatch(self) -> None:
        usual = colour_key(replace(self._stored, colour="", level=self._level()))
        for button in self._group.buttons():
            if isinstance(button, Swatch):
                if not button.colour:
                    button.show_usual(usual)
                button.setChecked(button.colour.casefold() == self._colour.casefold())


def _number(text: str, otherwise: int | None) -> int | None:
    text = text.strip()
    if not text:
        return None
    return int(text) if text.isdecimal() and len(text) <= 9 else otherwise


def _explained(environment: str) -> str:
    if environment == SANDBOX:
        return tr(
            "The sandbox is a local Komet on this computer. Its name and address are its own; calls cost no real quota."
        )
    if environment == PRODUCTION:
        return tr(
            "This is the real Komet. Its name and address stay as they are; add an environment for another address or company."
        )
    return ""
