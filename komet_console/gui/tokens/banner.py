"""The quiet line above a request: its token cannot call the method, and the one that can is a click away."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QWidget

from komet_console.catalogue import Method
from komet_console.gui import theme
from komet_console.gui.i18n import tr
from komet_console.gui.tokens.picking import choice_name, token_actions
from komet_console.session.choosing import TokenTrouble
from komet_console.session.console import Console, TokenChoice
from komet_console.workspace.environments import StoredEnvironment

__all__ = ["TokenBanner", "TokenPicker"]


class TokenBanner(QFrame):
    """Hidden while there is nothing to say.

    Signals:
        use_token(object): The user takes the token that is offered; a `TokenChoice`.
        open_tokens(): No token is offered; the user wants to add one or log in.
    """

    use_token = Signal(object)
    open_tokens = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tokenBanner")
        theme.set_role(self, "note-amber")
        self._trouble: TokenTrouble | None = None
        self._built = False
        self.hide()

    def show_trouble(self, trouble: TokenTrouble | None) -> None:
        """What `Console.token_trouble` says; None hides the line."""
        self._trouble = trouble
        self.setVisible(trouble is not None)
        if trouble is None:
            return
        if not self._built:
            self._build()
        self.text.setText(tr(trouble.sentence))
        self.setAccessibleName(tr(trouble.sentence))
        if trouble.offer is not None:
            self.button.setText(tr("Use {token}", token=trouble.offer.name))
        else:
            self.button.setText(tr("Tokens…"))
        self.button.setAccessibleName(self.button.text())
        self._fit()

    def _build(self) -> None:
        """With the first trouble: most requests have none."""
        self._built = True
        self.text = QLabel(self)
        self.text.setObjectName("tokenBannerText")
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setWordWrap(True)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button = QPushButton(self)
        self.button.setObjectName("tokenBannerButton")
        theme.set_role(self.button, "small")
        self.button.clicked.connect(self._press)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 6, 6, 6)
        line.setSpacing(12)
        line.addWidget(self.text, 1)
        line.addWidget(self.button)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._built:
            self._fit()

    def _fit(self) -> None:
        """A wrapped label in a line of a layout does not get the height it needs by itself."""
        width = self.width() - 12 - 6 - 12 - self.button.sizeHint().width()
        self.setFixedHeight(max(self.text.heightForWidth(max(80, width)), self.button.sizeHint().height()) + 12)

    def _press(self) -> None:
        if self._trouble is not None and self._trouble.offer is not None:
            self.use_token.emit(self._trouble.offer.choice)
        else:
            self.open_tokens.emit()


class TokenPicker(QPushButton):
    """Says with which token one tab calls, and lets the user pick one for this tab only.

    Signals:
        picked(object): A `TokenChoice` for this tab; None: the environment's own choice again.
    """

    picked = Signal(object)

    def __init__(self, console: Console, method: Method, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tabToken")
        theme.set_role(self, "small")
        theme.icons.set_icon(self, "key", "muted")
        self._console = console
        self.method = method
        """Whose kinds of token are offered."""
        self._stored: StoredEnvironment | None = None
        self._common = TokenChoice()
        self._own: TokenChoice | None = None
        self._menu = QMenu(self)
        self._menu.setObjectName("tabTokenMenu")
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)

    def show_choice(self, stored: StoredEnvironment, common: TokenChoice, own: TokenChoice | None) -> None:
        """Show what the tab uses.

        Args:
            common: the environment's choice.
            own: the tab's own, where it has one.
        """
        self._stored, self._common, self._own = stored, common, own
        name = choice_name(own or common, self._console.tokens)
        self.setText(name)
        self.setAccessibleName(tr("Token of this tab: {name}", name=name))
        self.setToolTip(
            tr("Picked for this tab")
            if own is not None
            else tr("The environment's choice; press to pick another one here")
        )

    def _fill(self) -> None:
        self._menu.clear()
        if self._stored is None:
            return
        common = self._menu.addAction(
            tr("As chosen above: {name}", name=choice_name(self._common, self._console.tokens)),
        )
        common.setObjectName("token.common")
        common.setCheckable(True)
        common.setChecked(self._own is None)
        common.triggered.connect(self._take_common)
        self._menu.addSeparator()
        current = self._own if self._own is not None else TokenChoice("kind", "")
        token_actions(self._menu, self._console, self._stored, current, self.picked.emit, self.method)

    def _take_common(self) -> None:
        self.picked.emit(None)
