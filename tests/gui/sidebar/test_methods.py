"""The tree of methods: complete, quick to filter, and usable by keyboard and mouse alike."""

from __future__ import annotations

import json
from collections.abc import Iterator
from statistics import median
from time import perf_counter

import pytest
from PySide6.QtCore import QModelIndex, QPoint, QRegularExpression, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from PySide6.QtWidgets import QMenu, QPushButton
from pytestqt.qtbot import QtBot

from komet_console.catalogue import Catalogue
from komet_console.gui.sidebar.contents import guide_rows
from komet_console.gui.sidebar.methods import MethodsPanel

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton


@pytest.fixture
def panel(qtbot: QtBot, catalogue: Catalogue) -> MethodsPanel:
    panel = MethodsPanel(catalogue, ["customer.list", "no.such.method"], ["prebook.create", "login"])
    qtbot.addWidget(panel)
    panel.resize(280, 700)
    with qtbot.waitActive(panel):
        panel.show()
    return panel


def sections(panel: MethodsPanel) -> dict[str, list[str]]:
    return {section.title: [row.key for row in section.rows] for section in panel.model.sections}


def opened(panel: MethodsPanel) -> list[str]:
    return [
        section.title
        for number, section in enumerate(panel.model.sections)
        if panel.tree.isExpanded(panel.model.section_index(number))
    ]


def heading(panel: MethodsPanel, title: str) -> QModelIndex:
    return panel.model.section_index(list(sections(panel)).index(title))


def centre(panel: MethodsPanel, index: QModelIndex) -> QPoint:
    panel.tree.scrollTo(index)
    return panel.tree.visualRect(index).center()


def calls(spy: QSignalSpy) -> Iterator[list[object]]:
    return (spy.at(number) for number in range(spy.count()))


def test_every_method_stands_once_in_its_group_and_the_guides_below(panel: MethodsPanel, catalogue: Catalogue) -> None:
    shown = sections(panel)
    assert list(shown)[:2] == ["Favourites", "Recent"]
    assert list(shown)[2:-1] == list(catalogue.groups)
    assert list(shown)[-1] == "Guides"
    grouped = [name for title, names in shown.items() if title in catalogue.groups for name in names]
    assert sorted(grouped) == sorted(catalogue.summaries)
    assert shown["Favourites"] == ["customer.list"]
    assert shown["Recent"] == ["prebook.create", "login"]
    assert shown["Guides"] == [row.key for row in guide_rows(catalogue)]


def test_the_model_keeps_qts_rules_whatever_it_holds(panel: MethodsPanel) -> None:
    tester = QAbstractItemModelTester(panel.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for text in ("customer", "a", "zzzzqq", "", "token"):
        panel.filter.setText(text)
    panel.set_favourites([])
    panel.set_recents(["invoice.list"])
    assert tester.model() is panel.model


def test_without_favourites_the_first_groups_are_open(qtbot: QtBot, catalogue: Catalogue) -> None:
    panel = MethodsPanel(catalogue)
    qtbot.addWidget(panel)
    assert opened(panel) == list(catalogue.groups[:3])


def test_the_filter_shows_best_matches_first_then_groups(panel: MethodsPanel) -> None:
    panel.filter.setText("purchase order")
    shown = sections(panel)
    assert next(iter(shown)) == "Best matches"
    assert len(shown["Best matches"]) == 6
    assert "purchase.order.create" in shown["Purchase orders"]
    assert opened(panel) == list(shown)
    panel.filter.setText("prebok create")
    assert sections(panel)["Best matches"][0] == "prebook.create"


def test_guides_are_found_too(panel: MethodsPanel) -> None:
    panel.filter.setText("webhooks")
    assert sections(panel)["Guides"] == ["webhooks"]


def test_a_filter_keystroke_is_quick(panel: MethodsPanel) -> None:
    """The goal is 16 ms and is measured elsewhere; this only finds a filter that has become another kind of slow."""
    panel.filter.setText("a")
    spent = []
    for text in ("p", "pu", "pur", "purchase", "purchase o", "purchase order cr", "customer li", "invoice as pdf"):
        begin = perf_counter()
        panel.filter.setText(text)
        spent.append(perf_counter() - begin)
    assert median(spent) < 0.1


def test_nothing_found_offers_what_resembles(qtbot: QtBot, panel: MethodsPanel) -> None:
    panel.filter.setText("zzzzqq")
    assert not panel.tree.isVisible()
    offers = panel.findChildren(QPushButton, QRegularExpression(r"suggestion\.\d"))
    assert next(offer.text() for offer in offers) == "create a prebook"
    qtbot.mouseClick(offers[0], LEFT)
    assert panel.tree.isVisible()
    assert "prebook.create" in sections(panel)["Best matches"]


def test_the_tree_comes_back_as_it_was(qtbot: QtBot, panel: MethodsPanel) -> None:
    panel.tree.expand(heading(panel, "Invoices"))
    before = opened(panel)
    panel.filter.setText("customer")
    qtbot.keyClick(panel.filter, Qt.Key.Key_Escape)
    assert panel.filter.text() == ""
    assert opened(panel) == before


def test_open_sections_are_remembered(qtbot: QtBot, panel: MethodsPanel, catalogue: Catalogue) -> None:
    panel.tree.collapse(heading(panel, "Recent"))
    panel.tree.expand(heading(panel, "Guides"))
    state = json.loads(json.dumps(panel.state()))
    other = MethodsPanel(catalogue, ["customer.list"], ["login"])
    qtbot.addWidget(other)
    other.restore(state)
    assert opened(other) == ["Favourites", "Guides"]
    other.restore({"expanded": 7})
    other.restore({})
    assert opened(other) == ["Favourites", "Guides"]


def test_one_click_looks_two_clicks_keep(qtbot: QtBot, panel: MethodsPanel) -> None:
    spy = QSignalSpy(panel.open_method)
    place = centre(panel, panel.model.find("prebook.create")[0])
    viewport = panel.tree.viewport()
    qtbot.mouseClick(viewport, LEFT, pos=place)
    assert list(calls(spy)) == [["prebook.create", True]]
    qtbot.mouseDClick(viewport, LEFT, pos=place)
    qtbot.mouseRelease(viewport, LEFT, pos=place)
    assert list(calls(spy))[-1] == ["prebook.create", False]
    assert spy.count() == 2 or list(calls(spy))[1:-1] == [["prebook.create", True]]
    qtbot.mouseClick(viewport, MIDDLE, pos=place)
    assert list(calls(spy))[-1] == ["prebook.create", False]


def test_a_press_that_is_let_go_elsewhere_opens_nothing(qtbot: QtBot, panel: MethodsPanel) -> None:
    spy = QSignalSpy(panel.open_method)
    qtbot.mousePress(panel.tree.viewport(), LEFT, pos=centre(panel, panel.model.find("prebook.create")[0]))
    qtbot.mouseRelease(panel.tree.viewport(), LEFT, pos=centre(panel, panel.model.find("login")[0]))
    assert spy.count() == 0


def test_a_click_on_a_heading_opens_it(qtbot: QtBot, panel: MethodsPanel) -> None:
    index = heading(panel, "Customers")
    assert not panel.tree.isExpanded(index)
    qtbot.mouseClick(panel.tree.viewport(), LEFT, pos=centre(panel, index))
    assert panel.tree.isExpanded(index)


def test_a_click_on_the_star_makes_a_favourite_and_opens_nothing(qtbot: QtBot, panel: MethodsPanel) -> None:
    spy, opening = QSignalSpy(panel.favourite_toggled), QSignalSpy(panel.open_method)
    index = panel.model.find("prebook.create")[0]
    panel.tree.scrollTo(index)
    place = panel.tree.visualRect(index)
    qtbot.mouseClick(panel.tree.viewport(), LEFT, pos=QPoint(place.right() - 8, place.center().y()))
    assert list(calls(spy)) == [["prebook.create"]]
    assert opening.count() == 0
    panel.set_favourites(["customer.list", "prebook.create"])
    assert sections(panel)["Favourites"] == ["customer.list", "prebook.create"]
    assert panel.tree.stars.favourites == {"customer.list", "prebook.create"}


def test_guides_open_as_guides(qtbot: QtBot, panel: MethodsPanel) -> None:
    panel.tree.expand(heading(panel, "Guides"))
    spy = QSignalSpy(panel.open_method)
    index = panel.model.find("tokens")[0]
    panel.tree.scrollTo(index)
    place = panel.tree.visualRect(index)
    with qtbot.waitSignal(panel.open_guide) as asked:
        qtbot.mouseClick(panel.tree.viewport(), LEFT, pos=QPoint(place.right() - 8, place.center().y()))
    assert asked.args == ["tokens"]
    assert spy.count() == 0


def test_the_keyboard_alone_finds_and_opens(qtbot: QtBot, panel: MethodsPanel) -> None:
    spy = QSignalSpy(panel.open_method)
    panel.focus_filter()
    qtbot.keyClicks(panel.filter, "customer list")
    qtbot.keyClick(panel.filter, Qt.Key.Key_Return)
    assert list(calls(spy)) == [["customer.list", False]]
    qtbot.keyClick(panel.filter, Qt.Key.Key_Down)
    assert panel.tree.hasFocus()
    qtbot.keyClick(panel.tree, Qt.Key.Key_Down)
    second = panel.model.item(panel.tree.currentIndex())
    qtbot.keyClick(panel.tree, Qt.Key.Key_Space)
    assert list(calls(spy))[-1] == [second.key, True]
    qtbot.keyClick(panel.tree, Qt.Key.Key_X)
    assert panel.filter.hasFocus()
    assert panel.filter.text() == "customer listx"


def test_up_from_the_first_line_leads_back_to_the_filter(qtbot: QtBot, panel: MethodsPanel) -> None:
    panel.tree.setFocus()
    panel.tree.setCurrentIndex(panel.model.section_index(0))
    qtbot.keyClick(panel.tree, Qt.Key.Key_Up)
    assert panel.filter.hasFocus()


def test_left_and_right_move_between_rows_and_headings(qtbot: QtBot, panel: MethodsPanel) -> None:
    panel.tree.setFocus()
    panel.tree.setCurrentIndex(panel.model.find("customer.list")[0])
    qtbot.keyClick(panel.tree, Qt.Key.Key_Left)
    assert panel.tree.currentIndex().data() == "Favourites"
    qtbot.keyClick(panel.tree, Qt.Key.Key_Left)
    assert "Favourites" not in opened(panel)
    qtbot.keyClick(panel.tree, Qt.Key.Key_Right)
    assert "Favourites" in opened(panel)


def menu_texts(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def test_the_context_menu_does_what_it_says(panel: MethodsPanel) -> None:
    known = panel.menu_of(panel.model.item(panel.model.find("customer.list")[0]))
    assert menu_texts(known) == [
        "Open",
        "Open in a new tab",
        "Remove from favourites",
        "Copy name",
        "Copy address",
    ]
    spy = QSignalSpy(panel.open_method)
    actions = {action.text(): action for action in known.actions()}
    actions["Open in a new tab"].trigger()
    assert list(calls(spy)) == [["customer.list", False]]
    actions["Copy address"].trigger()
    assert QGuiApplication.clipboard().text() == "https://api.kometsales.com/api/customer.list"
    actions["Copy name"].trigger()
    assert QGuiApplication.clipboard().text() == "customer.list"
    toggled = QSignalSpy(panel.favourite_toggled)
    actions["Remove from favourites"].trigger()
    assert list(calls(toggled)) == [["customer.list"]]
    guide = panel.menu_of(panel.model.item(panel.model.find("tokens")[0]))
    assert menu_texts(guide) == ["Open"]
    other = panel.menu_of(panel.model.item(panel.model.find("login")[0]))
    assert "Add to favourites" in menu_texts(other)
    for menu in (known, guide, other):
        menu.deleteLater()


def test_what_is_open_is_marked_and_opens_no_section(panel: MethodsPanel) -> None:
    panel.set_current("customer.list")
    assert panel.tree.currentIndex().data() == "customer.list"
    assert panel.tree.currentIndex().parent().data() == "Favourites"
    before = opened(panel)
    panel.set_current("vendor.list")
    assert opened(panel) == before
    assert not panel.tree.selectionModel().hasSelection()
    panel.set_current("")
    assert not panel.tree.selectionModel().hasSelection()


def test_rows_are_spoken_with_verb_and_effect(panel: MethodsPanel) -> None:
    def spoken(index: QModelIndex) -> str:
        return str(index.data(Qt.ItemDataRole.AccessibleTextRole))

    assert spoken(panel.model.find("customer.list")[0]) == "customer.list, GET, read"
    assert spoken(panel.model.find("v2/standing-order:put")[0]) == "v2/standing-order:put, PUT, update"
    assert spoken(panel.model.find("tokens")[0]) == "Tokens, guide"
    assert spoken(heading(panel, "Favourites")) == "Favourites, 1 entries"


def test_a_tip_says_why_a_row_was_found(panel: MethodsPanel) -> None:
    panel.filter.setText("useExisting")
    index = panel.model.find("prebook.create")[0]
    assert "Has the field useExisting" in index.data(Qt.ItemDataRole.ToolTipRole)
