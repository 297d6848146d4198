"""The palette: finds, chooses with the keyboard alone, keeps its keys, and never sends what is pasted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from komet_console.catalogue import Catalogue
from komet_console.gui.palette.contents import found, offered
from komet_console.gui.palette.view import Entry, Palette
from komet_console.gui.window.actions import Action, Actions

TABS = (Entry("tab", "t1", "prebook.create", "unsaved", "POST"), Entry("tab", "t2", "invoice.list", "", "GET"))
ACTIONS = (
    Entry("action", "send", "Send the request", "Request", "Ctrl+Return"),
    Entry("action", "beautify", "Beautify the JSON", "Request", "Ctrl+B"),
    Entry("action", "reset", "Reset the sandbox", "Sandbox"),
)
CURL = "curl 'https://api.kometsales.com/api/customer.list?authenticationToken=abcdSECRETefgh&name=flor'"
Keys = Callable[..., None]


class Window(QWidget):
    """A window with a field to come from, and an action whose keys the palette must keep to itself."""

    def __init__(self) -> None:
        super().__init__()
        self.resize(1100, 760)
        self.field = QLineEdit(self)
        QVBoxLayout(self).addWidget(self.field)
        self.sent = 0
        self.actions_table = Actions(self, [Action("send", "Request", "Send", self._send, ("Ctrl+Return",))])

    def _send(self) -> None:
        self.sent += 1


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    window = Window()
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
    window.field.setFocus()
    return window


@pytest.fixture
def palette(window: Window, catalogue: Catalogue) -> Palette:
    palette = Palette(catalogue, window)
    palette.open(TABS, ACTIONS, ["customer.list", "no.such.method"])
    return palette


@pytest.fixture
def press(qtbot: QtBot, palette: Palette) -> Keys:
    def keys(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        qtbot.keyClick(palette.line, key, modifiers)

    return keys


def titles(palette: Palette) -> list[str]:
    return [str(palette.model.index(row, 0).data()) for row in range(palette.model.rowCount())]


def test_before_anything_is_typed_it_offers_what_is_near(palette: Palette) -> None:
    assert titles(palette) == [
        "Recent",
        "customer.list",
        "Open requests",
        "prebook.create",
        "invoice.list",
        "Actions",
        "Send the request",
        "Beautify the JSON",
        "Reset the sandbox",
    ]
    assert palette.current is not None
    assert palette.current.key == "customer.list"
    assert palette.line.hasFocus()


def test_the_model_keeps_qts_rules(palette: Palette) -> None:
    tester = QAbstractItemModelTester(palette.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for text in ("customer", "zzzz", "", "{", "token"):
        palette.line.setText(text)
    assert tester.model() is palette.model


def test_it_finds_methods_requests_actions_and_guides(catalogue: Catalogue) -> None:
    assert found(catalogue, "customer list", TABS, ACTIONS)[0].entries[0].key == "customer.list"
    assert found(catalogue, "prebook", TABS, ACTIONS)[0].entries[0] == TABS[0]
    assert found(catalogue, "beaut", TABS, ACTIONS)[0].entries == (ACTIONS[1],)
    first = found(catalogue, "webhooks", TABS, ACTIONS)[0].entries[0]
    assert (first.kind, first.key) == ("guide", "webhooks")
    assert found(catalogue, "zzzzqq", TABS, ACTIONS) == ()
    assert offered(catalogue, (), (), ()) == ()


def test_methods_carry_verb_and_title(catalogue: Catalogue) -> None:
    entries = found(catalogue, "standing order update", (), ())[0].entries
    entry = next(one for one in entries if one.key == "v2/standing-order:put")
    assert (entry.title, entry.keys) == ("v2/standing-order", "PUT")
    assert entry.detail == catalogue.summaries[entry.key].title


def test_arrows_pass_headings_and_go_round(palette: Palette, press: Keys) -> None:
    def current() -> str:
        assert palette.current is not None
        return palette.current.key

    press(Qt.Key.Key_Down)
    assert current() == "t1"
    press(Qt.Key.Key_Up)
    press(Qt.Key.Key_Up)
    assert current() == "reset"
    press(Qt.Key.Key_Down)
    assert current() == "customer.list"
    press(Qt.Key.Key_PageDown)
    assert current() == "reset"
    press(Qt.Key.Key_PageUp)
    assert current() == "customer.list"


def test_enter_opens_and_ctrl_enter_opens_in_a_new_tab_without_sending(
    qtbot: QtBot, window: Window, palette: Palette, press: Keys
) -> None:
    palette.line.setText("customer.list")
    with qtbot.waitSignal(palette.method_chosen) as chosen:
        press(Qt.Key.Key_Return)
    assert chosen.args == ["customer.list", False]
    assert not palette.isVisible()
    palette.open(TABS, ACTIONS, [], "invoice.list")
    press(Qt.Key.Key_Down)
    with qtbot.waitSignal(palette.method_chosen) as chosen:
        press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert chosen.args == ["invoice.list", True]
    assert window.sent == 0
    qtbot.keyClick(window.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert window.sent == 1


def test_other_shortcuts_of_the_window_wait_too(qtbot: QtBot, window: Window, palette: Palette, press: Keys) -> None:
    fired: list[bool] = []
    QShortcut(QKeySequence("Ctrl+W"), window, lambda: fired.append(True))
    press(Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert fired == []
    press(Qt.Key.Key_Escape)
    qtbot.keyClick(window.field, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert fired == [True]


@pytest.mark.parametrize(
    ("text", "signal", "args"),
    [
        ("invoice.l", "tab_chosen", ["t2"]),
        ("reset", "action_chosen", ["reset"]),
        ("webho", "guide_chosen", ["webhooks"]),
    ],
)
def test_each_kind_has_its_signal(
    qtbot: QtBot, palette: Palette, press: Keys, text: str, signal: str, args: list[str]
) -> None:
    palette.line.setText(text)
    with qtbot.waitSignal(getattr(palette, signal)) as chosen:
        press(Qt.Key.Key_Return)
    assert chosen.args == args


def test_a_click_chooses_and_one_beside_closes(qtbot: QtBot, palette: Palette) -> None:
    row = titles(palette).index("Beautify the JSON")
    where = palette.list.visualRect(palette.model.index(row, 0)).center()
    with qtbot.waitSignal(palette.action_chosen) as chosen:
        qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert chosen.args == ["beautify"]
    palette.open(TABS, ACTIONS, [])
    qtbot.mouseClick(palette, Qt.MouseButton.LeftButton, pos=QPoint(4, 700))
    assert not palette.isVisible()


def test_escape_gives_the_focus_back(window: Window, palette: Palette, press: Keys) -> None:
    press(Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert window.field.hasFocus()


def test_it_closes_when_the_focus_goes_elsewhere(window: Window, palette: Palette) -> None:
    window.field.setFocus()
    assert not palette.isVisible()
    assert window.field.hasFocus()


def test_nothing_found_says_what_to_try(palette: Palette, press: Keys) -> None:
    palette.line.setText("zzzzqq")
    assert titles(palette) == []
    assert "Nothing fits" in palette.hint.text()
    press(Qt.Key.Key_Return)
    assert palette.isVisible()


def test_a_typed_address_offers_only_to_open_it(qtbot: QtBot, palette: Palette, press: Keys) -> None:
    palette.line.setText("https://api.kometsales.com/api/customer.list?name=flor")
    assert titles(palette) == ["Open the pasted request"]
    with qtbot.waitSignal(palette.pasted) as pasted:
        press(Qt.Key.Key_Return)
    assert pasted.args == ["https://api.kometsales.com/api/customer.list?name=flor"]


def test_a_pasted_request_is_kept_whole_masked_and_unsent(
    qtbot: QtBot, window: Window, palette: Palette, press: Keys
) -> None:
    body = "{\n" + ",\n".join(f'  "key{number}": "{"x" * 90}"' for number in range(600)) + "\n}"
    whole = f"{CURL} \\\n  --data-raw '{body}'"
    QGuiApplication.clipboard().setText(whole)
    press(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert titles(palette) == ["Open the pasted request"]
    assert "SECRET" not in palette.line.text()
    assert palette.current is not None
    assert "SECRET" not in palette.current.detail
    assert "not sent" in palette.hint.text()
    with qtbot.waitSignal(palette.pasted) as pasted:
        press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert pasted.args == [whole]
    assert window.sent == 0


def test_an_edit_takes_what_was_pasted_back(palette: Palette, press: Keys) -> None:
    palette.open(TABS, ACTIONS, [], CURL)
    assert titles(palette) == ["Open the pasted request"]
    press(Qt.Key.Key_Backspace)
    assert palette.line.text() == ""
    assert "Open requests" in titles(palette)


def test_a_few_pasted_words_are_searched(palette: Palette, press: Keys) -> None:
    QGuiApplication.clipboard().setText("customer.list")
    press(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert palette.current is not None
    assert palette.current.key == "customer.list"


def test_it_stays_inside_its_window(window: Window, palette: Palette, qtbot: QtBot) -> None:
    for width, height in ((1100, 760), (520, 420), (1600, 900)):
        window.resize(width, height)
        qtbot.waitUntil(lambda: palette.size() == window.size())
        assert window.rect().contains(palette.popup.geometry()), (width, height)
        assert palette.popup.geometry().top() < height / 3


def test_a_screen_reader_hears_the_current_entry(palette: Palette, press: Keys) -> None:
    assert palette.line.accessibleDescription() == "customer.list, method, List customers"
    press(Qt.Key.Key_Down)
    assert palette.line.accessibleDescription() == "prebook.create, open request"
