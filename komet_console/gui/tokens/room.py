"""The tokens' room: a page to check one, one for several, the stored ones, and making new ones. Pages are made when shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from komet_console.gui import aio, theme
from komet_console.gui.aio import Tasks
from komet_console.gui.i18n import tr
from komet_console.gui.tokens.check_page import CheckPage
from komet_console.gui.tokens.dialogs import TokenDialog
from komet_console.gui.tokens.sandbox_page import SandboxPage
from komet_console.gui.tokens.several_page import SeveralPage
from komet_console.gui.tokens.stored_page import StoredPage
from komet_console.gui.widgets.underline_tabs import UnderlineTabs
from komet_console.session.console import Console
from komet_console.workspace.environments import SANDBOX
from komet_console.workspace.tokens import StoredToken, kind_of
from komet_console.workspace.workspace import Workspace

__all__ = ["TokensRoom"]

_SHOWN = "tokens.page"


class TokensRoom(QFrame):
    """A page of the rail, as wide as the window.

    Signals:
        open_method(str): A method is to be opened.
        open_guide(str): A guide is to be opened; its key.
        tokens_changed(): A token was added, changed, removed, or checked.
        use_token(str): Calls are to be made with this stored token; its name.
        said(str): Something to say in passing.
    """

    open_method = Signal(str)
    open_guide = Signal(str)
    tokens_changed = Signal()
    use_token = Signal(str)
    said = Signal(str)

    def __init__(self, console: Console, workspace: Workspace, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tokensRoom")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        theme.set_role(self, "page")
        self._console = console
        self._workspace = workspace
        self._tasks = tasks
        self._environment = SANDBOX
        self._pages: dict[str, QWidget] = {}
        self.tabs = UnderlineTabs(
            [
                ("check", tr("Check a token")),
                ("several", tr("Several at once")),
                ("stored", tr("Stored tokens")),
                ("make", tr("Make a token")),
            ]
        )
        self.tabs.setObjectName("tokensTabs")
        self.tabs.setAccessibleName(tr("Pages about tokens"))
        bar = QFrame()
        theme.set_role(bar, "bar")
        line = QHBoxLayout(bar)
        line.setContentsMargins(40 - UnderlineTabs.ROOM, 2, 32, 0)
        line.addWidget(self.tabs)
        line.addStretch()
        self._stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self._stack, 1)
        self.tabs.chosen.connect(self.show_page)
        kept = workspace.state.get(_SHOWN, "check")
        self.show_page(kept if kept in self.tabs.keys() else "check")  # noqa: SIM118 - a method of the widget
        self._count()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self.focusWidget() is None and self.tabs.current == "check":
            self.check.token.setFocus()

    # --- pages

    @property
    def check(self) -> CheckPage:
        """The page that checks a token."""
        page = self._page("check")
        assert isinstance(page, CheckPage)
        return page

    @property
    def several(self) -> SeveralPage:
        """The page that checks several."""
        page = self._page("several")
        assert isinstance(page, SeveralPage)
        return page

    @property
    def stored(self) -> StoredPage:
        """The page of stored tokens."""
        page = self._page("stored")
        assert isinstance(page, StoredPage)
        return page

    @property
    def make(self) -> SandboxPage:
        """The page that makes tokens."""
        page = self._page("make")
        assert isinstance(page, SandboxPage)
        return page

    def _page(self, key: str) -> QWidget:
        if key not in self._pages:
            makers: dict[str, Callable[[], QWidget]] = {
                "check": self._make_check,
                "several": self._make_several,
                "stored": self._make_stored,
                "make": self._make_make,
            }
            page = self._pages[key] = makers[key]()
            self._stack.addWidget(page)
        return self._pages[key]

    def show_page(self, key: str) -> None:
        """Show `check`, `several`, `stored` or `make`."""
        page = self._page(key)
        self.tabs.current = key
        self._stack.setCurrentWidget(page)
        self._workspace.state.put(_SHOWN, key)
        if isinstance(page, StoredPage):
            page.reload()
            page.start()
        elif isinstance(page, SandboxPage):
            page.reload()

    def _make_check(self) -> QWidget:
        page = CheckPage(self._console, self._tasks)
        page.set_environment(self._environment)
        page.open_method.connect(self.open_method)
        page.said.connect(self.said)
        page.save_asked.connect(self._save_checked)
        page.checking.ended.connect(self._checked)
        page.checking.probing_ended.connect(self._checked)
        return page

    def _make_several(self) -> QWidget:
        page = SeveralPage(self._console, self._tasks)
        page.set_environment(self._environment)
        page.said.connect(self.said)
        return page

    def _make_stored(self) -> QWidget:
        page = StoredPage(self._console, self._tasks)
        page.set_environment(self._environment)
        page.changed.connect(self._tokens_changed)
        page.use_token.connect(self.use_token)
        page.check_token.connect(self.check_stored)
        page.said.connect(self.said)
        return page

    def _make_make(self) -> QWidget:
        page = SandboxPage(self._console, self._tasks)
        page.keep_asked.connect(self._keep_sandbox_token)
        page.check_asked.connect(self._check_sandbox_token)
        page.open_guide.connect(self.open_guide)
        page.said.connect(self.said)
        return page

    # --- what others ask for

    def set_environment(self, environment: str) -> None:
        """Calls of the window go there now: propose the same here."""
        self._environment = environment
        for page in self._pages.values():
            if isinstance(page, CheckPage | SeveralPage | StoredPage):
                page.set_environment(environment)

    def check_token(self) -> None:
        """Show the page that checks a token, ready to paste."""
        self.show_page("check")
        self.check.token.setFocus()

    def check_stored(self, stored: StoredToken) -> None:
        """Show a stored token on the page that checks one; it is checked when the user says so."""
        self.show_page("check")
        self.check.show_stored(stored)
        self.check.go.setFocus()

    def add_token(self, value: str = "", environment: str = "") -> None:
        """Open the dialog that keeps a pasted token."""
        self.show_page("stored")
        self.stored.add_token(value, environment=environment)

    def log_in(self) -> None:
        """Open the dialog that gets a user's token."""
        self.show_page("stored")
        self.stored.open_login()

    def reload(self) -> None:
        """Environments or tokens were changed elsewhere."""
        for page in self._pages.values():
            if isinstance(page, CheckPage | SeveralPage | StoredPage):
                page.reload()
        self._count()

    def forget_clipboard(self) -> None:
        """Take a copied token back from the clipboard now: the program ends."""
        for page in self._pages.values():
            if isinstance(page, StoredPage | SandboxPage):
                page.forget_clipboard()

    # --- between the pages

    def _save_checked(self) -> None:
        checking = self.check.checking
        report = checking.report
        kind = (report.kind if report is not None else None) or checking.kind or "unknown"
        self._tasks.start(self._save(checking.value, kind, checking.environment), name="save a token")

    async def _save(self, value: str, kind: str, environment: str) -> None:
        dialog = TokenDialog(
            self._console,
            self._tasks,
            self.window(),
            environment=environment,
            value=value,
            kind=kind_of(kind) or "unknown",
        )
        done = await aio.show(dialog)
        if done == QDialog.DialogCode.Accepted and dialog.kept is not None:
            if self.check.checking.value == value:
                self.check.saved(dialog.kept)
            self.reload()
            self._tokens_changed()
            self.said.emit(tr("{name} is kept.", name=dialog.kept.name))

    def _keep_sandbox_token(self, value: str, kind: str) -> None:
        self._tasks.start(self._save(value, kind, SANDBOX), name="save a token")

    def _check_sandbox_token(self, value: str) -> None:
        self.show_page("check")
        self.check.show_value(value, SANDBOX)

    def _checked(self) -> None:
        self._tokens_changed()

    def _tokens_changed(self) -> None:
        self._count()
        self.tokens_changed.emit()

    def _count(self) -> None:
        count = len(self._console.tokens.all())
        self.tabs.set_count("stored", str(count) if count else "")
