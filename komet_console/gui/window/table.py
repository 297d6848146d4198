"""The rows of the window's actions: what can be done, in which words, with which keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from komet_console.gui.i18n import tr
from komet_console.gui.window import panes
from komet_console.gui.window.actions import Action
from komet_console.gui.window.saved_part import COLLECTIONS_ROOM, HISTORY_ROOM
from komet_console.gui.window.token_part import TOKENS_ROOM

if TYPE_CHECKING:
    from komet_console.gui.window.main import MainWindow


__all__ = ["keys_of_parts", "table_of"]


def keys_of_parts() -> list[tuple[str, str, str]]:
    """Section, text and keys of what single parts of the window understand while they have the focus."""
    text, answer, methods = tr("In the body's text"), tr("In the answer"), tr("In the tree of methods")
    return [
        (text, tr("Suggestions from the schema"), "Ctrl+Space"),
        (text, tr("Find and replace"), "Ctrl+H"),
        (text, tr("The next occurrence, the one before"), "F3  Shift+F3"),
        (text, tr("Fold, unfold what the cursor stands in"), "Ctrl+Shift+[  Ctrl+Shift+]"),
        (text, tr("Leave the text"), tr("Esc, then Tab")),
        (answer, tr("The next occurrence of what was found, the one before"), "F3  Shift+F3"),
        (answer, tr("Cancel the running call"), "Esc"),
        (methods, tr("Look at a method, open it in a tab of its own"), tr("Space  Enter")),
    ]


def table_of(window: MainWindow) -> list[Action]:
    """All actions of a window, in the order of the list of shortcuts."""
    return [
        *_calls(window),
        *_views(window),
        *_tabs(window),
        *_finding(window),
        *_saved(window),
        *_tokens(window),
        *_program(window),
    ]


def _calls(window: MainWindow) -> list[Action]:
    section = tr("Request")

    def has_request() -> bool:
        return window.desk.request is not None

    def is_sending() -> bool:
        request = window.desk.request
        return request is not None and request.model.sending

    def row(key: str, text: str, name: str, *keys: str) -> Action:
        def run() -> None:
            request = window.desk.request
            assert request is not None
            getattr(request, name)()

        return Action(key, section, text, run, keys, has_request)

    def cancel() -> None:
        request = window.desk.request
        assert request is not None
        request.presenter.cancel()

    return [
        row("send", tr("Send the request"), "send", "Ctrl+Return", "Ctrl+Enter"),
        Action("cancel", section, tr("Cancel the running call (Esc)"), cancel, (), is_sending),
        row("beautify", tr("Beautify the JSON"), "beautify", "Ctrl+B", "Ctrl+Shift+F"),
        row("compact", tr("Write the JSON on one line"), "compact"),
        row("sample", tr("Fill in the documented sample"), "fill_sample", "Ctrl+Shift+M"),
        Action("save", section, tr("Save the request"), window.saved_part.save, ("Ctrl+S",), has_request),
        Action(
            "save.as", section, tr("Save the request as…"), window.saved_part.save_as, ("Ctrl+Shift+S",), has_request
        ),
        Action(
            "example",
            section,
            tr("Keep the answer as an example of the saved request"),
            window.saved_part.keep_example,
            (),
            lambda: bool(
                window.desk.request
                and window.desk.request.model.sent
                and window.desk.current
                and window.desk.current.saved_as
            ),
        ),
        row("filled", tr("Show only the fields that are sent, or all"), "toggle_only_filled"),
        row("clear", tr("Clear everything in the request"), "clear"),
        row("address", tr("Edit the address"), "edit_address", "Ctrl+L"),
        row("finding", tr("Go to the next finding"), "next_finding", "F8"),
    ]


def _views(window: MainWindow) -> list[Action]:
    section = tr("Views")
    names = {
        "form": tr("Show the form"),
        "json": tr("Show the body as text"),
        "params": tr("Show the parameters"),
        "headers": tr("Show the headers"),
        "checks": tr("Show checks and captures"),
        "docs": tr("Show the documentation"),
        "code": tr("Show the request as code"),
    }

    def row(number: int, view: str, text: str) -> Action:
        def run() -> None:
            request = window.desk.request
            assert request is not None
            request.show_view(view)

        def offered() -> bool:
            request = window.desk.request
            return request is not None and request.offers(view)

        return Action(f"view.{view}", section, text, run, (f"Alt+{number}",), offered)

    return [
        *(row(number, view, text) for number, (view, text) in enumerate(names.items(), 1)),
        Action(
            "answer.place",
            section,
            tr("Answer below or beside the request"),
            window.requests.toggle_answer_place,
            ("Ctrl+Shift+L",),
        ),
        Action("answer.find", section, tr("Find in what has the focus"), lambda: panes.find_here(window), ("Ctrl+F",)),
        Action("pane", section, tr("Go to the next part of the window"), lambda: panes.step(window, 1), ("F6",)),
        Action("pane.back", section, tr("Go to the part before"), lambda: panes.step(window, -1), ("Shift+F6",)),
    ]


def _tabs(window: MainWindow) -> list[Action]:
    section = tr("Tabs")
    desk = window.desk

    def is_open() -> bool:
        return desk.current is not None

    def keep() -> None:
        if desk.current is not None:
            desk.keep(desk.current)

    def duplicate() -> None:
        if desk.request is not None:
            window.open_draft(desk.request.model.draft)

    def beside(step: int) -> None:
        if desk.tabs:
            desk.strip.setCurrentIndex((desk.strip.currentIndex() + step) % len(desk.tabs))

    def reopen() -> None:
        desk.reopen()

    return [
        Action("new", section, tr("Open a method in a new tab"), window.open_palette, ("Ctrl+T", "Ctrl+N")),
        Action("close", section, tr("Close the tab"), window.close_current, ("Ctrl+W",), is_open),
        Action(
            "reopen", section, tr("Reopen the last closed tab"), reopen, ("Ctrl+Shift+T",), lambda: bool(desk.closed)
        ),
        Action("recent", section, tr("The tab used before"), lambda: desk.step_recent(1), ("Ctrl+Tab",), is_open),
        Action(
            "recent.back",
            section,
            tr("Back through the tabs used before"),
            lambda: desk.step_recent(-1),
            ("Ctrl+Shift+Tab",),
            is_open,
        ),
        Action("right", section, tr("The tab at the right"), lambda: beside(1), ("Ctrl+PgDown",), is_open),
        Action("left", section, tr("The tab at the left"), lambda: beside(-1), ("Ctrl+PgUp",), is_open),
        Action("keep", section, tr("Keep the preview open"), keep, (), is_open),
        Action("duplicate", section, tr("Duplicate the request"), duplicate, ("Ctrl+D",), is_open),
    ]


def _finding(window: MainWindow) -> list[Action]:
    section = tr("Find")
    return [
        Action(
            "palette",
            section,
            tr("Search methods, requests and actions"),
            window.open_palette,
            ("Ctrl+K",),
            in_palette=False,
        ),
        Action("filter", section, tr("Filter the methods"), window.focus_filter, ("Ctrl+Shift+E",)),
        Action(
            "favourite",
            section,
            tr("Make the method a favourite, or no longer one"),
            window.toggle_current_favourite,
            (),
            lambda: window.desk.request is not None,
        ),
        Action("methods", section, tr("Show or hide the methods"), lambda: window.rooms.press("methods"), ("Ctrl+1",)),
        Action(
            "collections",
            section,
            tr("Show or hide collections"),
            lambda: window.rooms.press(COLLECTIONS_ROOM),
            ("Ctrl+2",),
        ),
        Action(
            "history", section, tr("Show or hide the history"), lambda: window.rooms.press(HISTORY_ROOM), ("Ctrl+3",)
        ),
    ]


def _saved(window: MainWindow) -> list[Action]:
    section = tr("Saved work")
    part = window.saved_part

    def is_saved() -> bool:
        return window.desk.current is not None and bool(window.desk.current.saved_as)

    return [
        Action("import", section, tr("Import files of other tools…"), part.import_ask),
        Action("export", section, tr("Export the collection of the request…"), part.export_collection, (), is_saved),
        Action("backup", section, tr("Make a backup: all your work in one file…"), part.back_up),
        Action("restore", section, tr("Restore a backup…"), part.restore),
    ]


def _tokens(window: MainWindow) -> list[Action]:
    section = tr("Tokens")
    part = window.token_part
    return [
        Action("tokens", section, tr("Show the tokens"), lambda: window.rooms.press(TOKENS_ROOM), ("Ctrl+4",)),
        Action("tokens.check", section, tr("Check a token…"), part.check_token),
        Action("tokens.add", section, tr("Add a token…"), part.add_token),
        Action("tokens.login", section, tr("Log in for a user's token…"), part.log_in),
        Action("environments", section, tr("Manage environments…"), part.manage_environments),
    ]


def _program(window: MainWindow) -> list[Action]:
    section = tr("Program")
    sandbox = window.sandbox

    def runs() -> bool:
        return window.console.phase == "running"

    return [
        Action(
            "environment",
            section,
            tr("Choose the environment: where calls go"),
            window.top.environment.showMenu,
            ("Ctrl+E",),
        ),
        Action("token", section, tr("Choose the token"), window.top.token.showMenu, ("Ctrl+Shift+K",)),
        Action(
            "side",
            section,
            tr("Show or hide the panel at the left"),
            lambda: window.rooms.hide_side(not window.rooms.side_hidden),
            ("Ctrl+\\",),
        ),
        Action("scheme", section, tr("Light or dark theme"), window.toggle_scheme),
        Action(
            "scheme.system", section, tr("Theme as the system says: light or dark"), lambda: window.set_scheme("system")
        ),
        Action("sandbox.reset", section, tr("Reset the sandbox"), sandbox.reset, (), runs),
        Action(
            "sandbox.undo",
            section,
            tr("Undo the last reset of the sandbox"),
            sandbox.undo,
            (),
            lambda: runs() and sandbox.can_undo,
        ),
        Action("settings", section, tr("Settings"), window.show_settings, ("Ctrl+,",)),
        Action("shortcuts", section, tr("Keyboard shortcuts"), window.show_shortcuts, ("F1", "Ctrl+/")),
        Action("quit", section, tr("Close the window"), window.ask_to_close, ("Ctrl+Q",)),
    ]
