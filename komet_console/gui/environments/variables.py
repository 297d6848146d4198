"""The variables of an environment: name, value, whether it is secret. Secret values are dots, and lie in the keyring."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.buttons import IconButton
from komet_console.gui.widgets.roomy import make_roomy
from komet_console.workspace.collections.references import is_secret_variable
from komet_console.workspace.environments import Variable
from komet_console.workspace.secrets import new_reference

__all__ = ["VariablesTable"]


class _Row(QWidget):
    """One variable. The reference of a secret one is kept; its value is only here while the user types it."""

    edited = Signal()
    removed = Signal(object)

    def __init__(self, number: int, variable: Variable, held: str | None) -> None:
        super().__init__()
        self._reference = variable.value if variable.secret else ""
        self._typed: str | None = None
        """A new secret value; None: it stays as it is."""
        self.on = QCheckBox()
        self.on.setChecked(variable.enabled)
        self.name = QLineEdit(variable.name)
        self.name.setFont(theme.fonts.code(12))
        self.name.setPlaceholderText(tr("name"))
        self.value = QLineEdit()
        make_roomy(self.value)
        self.value.setText("" if variable.secret else variable.value)
        self.secret = QCheckBox(tr("secret"))
        self.secret.setChecked(variable.secret)
        self.remove = IconButton("close", tr("Remove this variable"), "")
        self._known = held is not None
        self._decided = bool(variable.name)
        """Whether it is settled what is secret: a new variable is as its name says, until the user says otherwise."""
        for field, name, spoken in (
            (self.on, "on", tr("Variable {number} is used", number=number)),
            (self.name, "name", tr("Name of variable {number}", number=number)),
            (self.value, "value", tr("Value of variable {number}", number=number)),
            (self.secret, "secret", tr("Variable {number} is secret", number=number)),
            (self.remove, "remove", tr("Remove variable {number}", number=number)),
        ):
            field.setObjectName(f"variable.{number}.{name}")
            field.setAccessibleName(spoken)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.on)
        line.addWidget(self.name, 2)
        line.addWidget(self.value, 3)
        line.addWidget(self.secret)
        line.addWidget(self.remove)
        self.on.toggled.connect(self.edited)
        self.name.textEdited.connect(self.edited)
        self.name.editingFinished.connect(self._name_typed)
        self.value.textEdited.connect(self._value_edited)
        self.secret.toggled.connect(self._secret_toggled)
        self.secret.clicked.connect(self._decide)
        self.remove.clicked.connect(self._remove)
        self._show_secret()

    def _remove(self) -> None:
        self.removed.emit(self)

    def _decide(self) -> None:
        self._decided = True

    def _name_typed(self) -> None:
        if not self._decided and is_secret_variable(self.name.text()):
            self._decided = True
            self.secret.setChecked(True)

    def _value_edited(self, text: str) -> None:
        if self.secret.isChecked():
            self._typed = text
        self.edited.emit()

    def _secret_toggled(self, secret: bool) -> None:
        if secret:
            self._typed = self.value.text()
        else:
            self._typed = None  # a secret never becomes readable by a click
            self.value.clear()
        self._show_secret()
        self.edited.emit()

    def _show_secret(self) -> None:
        secret = self.secret.isChecked()
        self.value.setEchoMode(QLineEdit.EchoMode.Password if secret else QLineEdit.EchoMode.Normal)
        if not secret:
            self.value.setPlaceholderText(tr("value"))
        elif self._reference and self._known:
            self.value.setPlaceholderText(tr("in the keyring; type to replace it"))
        elif self._reference:
            self.value.setPlaceholderText(tr("kept; type to replace it"))
        else:
            self.value.setPlaceholderText(tr("secret value"))

    def variable(self) -> Variable:
        """As it is kept: a reference where it is secret."""
        if not self.secret.isChecked():
            return Variable(self.name.text().strip(), self.value.text(), False, self.on.isChecked())
        if not self._reference:
            self._reference = new_reference()
        return Variable(self.name.text().strip(), self._reference, True, self.on.isChecked())

    def new_secret(self) -> tuple[str, str] | None:
        """Reference and value of a secret that was typed; None where there is nothing new."""
        if self.secret.isChecked() and self._typed:
            return self.variable().value, self._typed
        return None


class VariablesTable(QWidget):
    """Signals:
    edited(): The user changed something.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("variables")
        self._rows: list[_Row] = []
        self._made = 0
        self._place = QVBoxLayout()
        self._place.setSpacing(6)
        self.none = QLabel(tr("There are none."))
        self.none.setObjectName("variables.none")
        theme.set_role(self.none, "faint")
        self.add = QPushButton(tr("Add a variable"))
        self.add.setObjectName("variables.add")
        self.add.setAccessibleName(tr("Add a variable"))
        self.add.setAutoDefault(False)
        theme.set_role(self.add, "small")
        self.add.clicked.connect(self._add)
        column = QGridLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setVerticalSpacing(8)
        column.addWidget(self.none, 0, 0)
        column.addLayout(self._place, 1, 0)
        line = QHBoxLayout()
        line.addWidget(self.add)
        line.addStretch()
        column.addLayout(line, 2, 0)

    def show_variables(self, variables: tuple[Variable, ...], secrets: Mapping[str, str]) -> None:
        """Show others."""
        for row in list(self._rows):
            self._drop(row)
        for variable in variables:
            self._append(variable, secrets.get(variable.value) if variable.secret else None)
        self._count()

    def variables(self) -> tuple[Variable, ...]:
        """As they are to be kept; rows without name and value are left out."""
        made = (row.variable() for row in self._rows)
        return tuple(one for one in made if one.name or (one.value and not one.secret))

    def new_secrets(self) -> list[tuple[str, str]]:
        """References and values of secrets that were typed."""
        return [found for row in self._rows if (found := row.new_secret()) is not None]

    def _append(self, variable: Variable, held: str | None) -> _Row:
        self._made += 1
        row = _Row(self._made, variable, held)
        row.edited.connect(self.edited)
        row.removed.connect(self._removed)
        self._rows.append(row)
        self._place.addWidget(row)
        return row

    def _add(self) -> None:
        row = self._append(Variable(""), None)
        self._count()
        row.name.setFocus()
        self.edited.emit()

    def _removed(self, row: _Row) -> None:
        self._drop(row)
        self._count()
        self.add.setFocus()
        self.edited.emit()

    def _drop(self, row: _Row) -> None:
        self._rows.remove(row)
        self._place.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _count(self) -> None:
        self.none.setVisible(not self._rows)
