"""What can be said about a collection, folder or request besides the calls themselves."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QStackedWidget, QVBoxLayout, QWidget

from komet_console.exchange import Pair
from komet_console.gui import theme
from komet_console.gui.collections.cabinet import Properties
from komet_console.gui.collections.shelf import Shelf
from komet_console.gui.i18n import tr
from komet_console.gui.request.pairs import PairsTable
from komet_console.gui.widgets.chips import ChipsEdit
from komet_console.gui.widgets.segmented import SegmentedControl
from komet_console.gui.widgets.sheet import Sheet

__all__ = ["PropertiesDialog"]


class PropertiesDialog(Sheet):
    """Name, description, tags; of folders and collections also what everything in them inherits.

    `address` is where the item is after `accepted`: a new name may move its file.
    """

    def __init__(self, shelf: Shelf, found: Properties, parent: QWidget | None, *, page: str = "general") -> None:
        super().__init__("propertiesDialog", tr("Properties"), "", tr("Save"), shelf.tasks, parent)
        self._shelf = shelf
        self._found = found
        self.address = found.address
        self.line = QLineEdit(found.name)
        self.tags = ChipsEdit()
        self.tags.show_values(found.tags)
        self.tags.line.setObjectName("propertiesDialog.tags.line")
        self.tags.line.setAccessibleName(tr("Tags"))
        self.tags.line.setPlaceholderText(tr("separated by commas"))
        self.description = QPlainTextEdit(found.description)
        self.description.setTabChangesFocus(True)
        self.description.setMinimumHeight(150)
        general = QWidget()
        general.setLayout(self.grid)
        self.grid.setContentsMargins(0, 4, 0, 0)
        self.add_row(tr("Name"), self.line, "name")
        if found.taggable:
            self.add_row(tr("Tags"), self.tags, "tags")
        self.add_row(tr("Description"), self.description, "description")
        self.pages = QStackedWidget()
        self.pages.addWidget(general)
        self._keys = ["general"]
        choices = [("general", tr("General"))]
        self.headers = PairsTable(
            "propertiesHeaders", hint=tr("Sent with every request below that has no header of that name.")
        )
        self.variables = PairsTable(
            "propertiesVariables", hint=tr("Filled in for {name} in every request below.", name="{{name}}")
        )
        self.token = QLineEdit()
        self._headers: tuple[Pair, ...] = ()
        self._variables: tuple[Pair, ...] = ()
        if found.defaults is not None:
            defaults = found.defaults
            self._headers, self._variables = defaults.headers, defaults.variables
            self.headers.edited.connect(self._headers_edited)
            self.variables.edited.connect(self._variables_edited)
            self.headers.show_pairs(defaults.headers)
            self.variables.show_pairs(defaults.variables)
            self.token.setText(defaults.token)
            choices += [("headers", tr("Headers")), ("variables", tr("Variables")), ("token", tr("Token"))]
            self._keys += ["headers", "variables", "token"]
            for table in (self.headers, self.variables):
                table.table.horizontalHeader().resizeSection(0, 170)
                table.table.horizontalHeader().resizeSection(1, 200)
                self.pages.addWidget(table)
            self.pages.addWidget(self._token_page())
        self.switch = SegmentedControl(choices)
        self.switch.setObjectName("propertiesDialog.pages")
        self.switch.setAccessibleName(tr("Parts of the properties"))
        self.switch.setVisible(len(choices) > 1)
        self.switch.chosen.connect(self.show_page)
        self.body.addWidget(self.switch)
        self.body.addWidget(self.pages, 1)
        self.resize(620, 440)
        self.show_page(page)
        self.line.setFocus()

    def _token_page(self) -> QWidget:
        page = QWidget()
        self.token.setObjectName("propertiesDialog.token")
        self.token.setAccessibleName(tr("Token"))
        self.token.setPlaceholderText(tr("company, vendor, user, or the name of a stored token"))
        said = QLabel(tr("Requests below are called with this token where neither they nor the window say otherwise."))
        said.setWordWrap(True)
        theme.set_role(said, "small")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addWidget(said)
        column.addWidget(self.token)
        column.addStretch()
        return page

    def _headers_edited(self, pairs: tuple[Pair, ...]) -> None:
        self._headers = pairs

    def _variables_edited(self, pairs: tuple[Pair, ...]) -> None:
        self._variables = pairs

    def show_page(self, key: str) -> None:
        """Show one part: general, headers, variables, token."""
        if key in self._keys:
            self.switch.current = key
            self.pages.setCurrentIndex(self._keys.index(key))

    def wanted(self) -> Properties:
        """What the fields say."""
        found = self._found
        defaults = found.defaults
        if defaults is not None:
            defaults = replace(
                defaults,
                headers=tuple(row for row in self._headers if row.name),
                variables=tuple(row for row in self._variables if row.name),
                token=self.token.text().strip(),
            )
        return replace(
            found,
            name=self.line.text().strip(),
            description=self.description.toPlainText().strip(),
            tags=tuple(dict.fromkeys(self.tags.values())),
            defaults=defaults,
        )

    async def work(self) -> bool:
        """Store them."""
        wanted = self.wanted()
        if wanted != self._found:
            self.address = await self._shelf.set_properties(wanted)
        return True
