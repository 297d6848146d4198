"""The headers of a request: the user's own rows, and quietly below them what is sent besides."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from komet_console.errors import UserError
from komet_console.exchange import Redactor
from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.request.pairs import PairsTable
from komet_console.gui.request.presenter import RequestPresenter

__all__ = ["HeadersPane"]


class _Lines(QScrollArea):
    """Never higher than what is in it."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        inside = self.widget()
        if inside is not None and watched is inside and event.type() == QEvent.Type.LayoutRequest:
            self.setMaximumHeight(inside.sizeHint().height())
        return super().eventFilter(watched, event)


class HeadersPane(QWidget):
    """Own rows can be edited; generated ones are shown as they will be sent, secrets masked."""

    def __init__(self, presenter: RequestPresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("headersPane")
        self._presenter = presenter
        self._model = presenter.model
        known = {field.name.casefold(): field.description for field in self._model.method.headers}
        self.own = PairsTable(
            "headersTable",
            lambda name: known.get(name.casefold(), ""),
            tr("Your own headers. A header of the same name replaces a generated one."),
        )
        self.own.show_pairs(self._model.draft.headers)
        self.own.edited.connect(lambda pairs: self._model.set_headers(pairs, self.own))
        self.generated = QLabel()
        self.generated.setObjectName("generatedHeaders")
        self.generated.setAccessibleName(tr("Generated headers"))
        self.generated.setTextFormat(Qt.TextFormat.PlainText)
        self.generated.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.generated.setFont(theme.fonts.code(12))
        self.generated.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        theme.set_role(self.generated, "faint")
        title = QLabel(tr("Also sent, generated or inherited"))
        theme.set_role(title, "small")
        below = QWidget()
        theme.set_role(below, "content")
        grid = QGridLayout(below)
        grid.setContentsMargins(16, 8, 16, 12)
        grid.addWidget(title, 0, 0)
        grid.addWidget(self.generated, 1, 0)
        grid.setRowStretch(2, 1)
        scroll = _Lines()
        scroll.setWidgetResizable(True)
        scroll.setWidget(below)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # The lines go before an empty table, but leave it some rows where there is little room.
        self.own.setMinimumHeight(132)
        self.own.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.own)
        column.addWidget(scroll, 1)
        self._model.draft_changed.connect(self._changed)
        presenter.place_changed.connect(self._show_generated)
        self._show_generated()

    def _changed(self, source: object) -> None:
        if source is not self.own:
            self.own.show_pairs(self._model.draft.headers)
        self._show_generated()

    def _show_generated(self) -> None:
        prepared = self._presenter.prepare()
        if isinstance(prepared, UserError):
            self.generated.setText(tr(prepared.message))
            return
        redactor = Redactor(prepared.secrets)
        own = {pair.name.casefold() for pair in self._model.draft.headers if pair.enabled}
        lines = [
            f"{name}: {redactor.header(name, value)}"
            for name, value in prepared.headers
            if name.casefold() in prepared.generated or name.casefold() not in own
        ]
        self.generated.setText("\n".join(lines))
