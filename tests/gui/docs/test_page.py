"""The documentation of a method: everything known of it is on the page, escaped, and its links lead where they say."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from urllib.parse import unquote

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from komet_console.catalogue import Catalogue, Method
from komet_console.gui import theme
from komet_console.gui.docs.fields import answer_rows, matching, request_rows
from komet_console.gui.docs.page import MethodDocs
from komet_console.gui.form.view import FormView
from komet_console.gui.request.drafting import empty_draft
from komet_console.gui.request.model import RequestModel

Shown = Callable[[Method], MethodDocs]
DAY = date(2026, 3, 9)


@pytest.fixture
def shown(qtbot: QtBot, catalogue: Catalogue) -> Shown:
    def show(method: Method, width: int = 1000) -> MethodDocs:
        docs = MethodDocs(catalogue, today=DAY)
        qtbot.addWidget(docs)
        docs.resize(width, 700)
        docs.show_method(method)
        docs.show()
        return docs

    return show


def text_of(docs: MethodDocs) -> str:
    return docs.browser.toPlainText()


def links_of(docs: MethodDocs) -> list[str]:
    return re.findall(r'href="([^"]+)"', docs._html())


def test_every_method_shows_all_that_is_known_of_it(qtbot: QtBot, catalogue: Catalogue) -> None:
    docs = MethodDocs(catalogue, today=DAY)
    qtbot.addWidget(docs)
    for name in catalogue.summaries:
        method = catalogue.method(name)
        docs.show_method(method)
        page = re.sub(r"<[^>]+>", " ", docs._html())
        for row in (*request_rows(method), *answer_rows(method)):
            assert row.field.name in page, (name, row.path)
        if method.coverage.input != "full" or method.coverage.output != "full":
            assert re.search(r"inferred|only a part was seen|Only a part", page), name
        assert page.count("{") == page.count("}"), name


def test_a_long_page_holds_each_part(shown: Shown, catalogue: Catalogue) -> None:
    docs = shown(catalogue.method("prebook.create"))
    text = text_of(docs)
    for part in (
        "Enters a pre-order of a customer",
        "Only a part of what can be sent was seen in the documentation, and nothing of the answer.",
        "/api/prebook.create",
        "company, vendor",
        "the JSON body, as authenticationToken",
        "A transaction fee is documented for it.",
        "64 kB for a whole request.",
        "status is 1. The text is in message.",
        "Three shapes of request are allowed",
        "required when customerCode is not sent",
        "Valid values: customer.list",
        "inferred: not seen in the documentation",
        "integer · 20",
        "Sample answer",
        "https://kometsales.atlassian.net/wiki/spaces/APIDocs/pages/11176882/Create+a+Prebook",
    ):
        assert part in text, part
    assert docs.count.text() == "44 fields"


def test_nested_fields_are_moved_in_and_required_ones_are_bold(shown: Shown, catalogue: Catalogue) -> None:
    docs = shown(catalogue.method("prebook.create"))
    depths = {row.path: row.depth for row in docs._input}
    assert depths["prebookItems"] == 0
    assert depths["prebookItems.breakdowns.price"] == 2
    found = docs.browser.document().find("shipDate")
    assert found.charFormat().fontWeight() == 600
    assert docs.browser.document().find("createdBy").charFormat().fontWeight() < 600
    outer = docs.browser.cursorRect(docs.browser.document().find("prebookItems")).left()
    assert docs.browser.cursorRect(docs.browser.document().find("boxTypeCode")).left() > outer


@pytest.mark.parametrize(
    ("tokens", "said"),
    [
        (None, "The documentation does not say which kinds of token may call it."),
        ((), "None: it is called without a token."),
        (("company", "user"), "company, user"),
    ],
)
def test_not_stated_and_no_token_are_told_apart(
    shown: Shown, catalogue: Catalogue, tokens: tuple[str, ...] | None, said: str
) -> None:
    method = replace(catalogue.method("customer.list"), tokens=tokens)
    assert said in text_of(shown(method))


def test_a_fully_documented_method_has_no_banner(shown: Shown, catalogue: Catalogue) -> None:
    full = next(
        method
        for method in map(catalogue.method, catalogue.summaries)
        if (method.coverage.input, method.coverage.output) == ("full", "full")
    )
    assert "seen" not in text_of(shown(full)).replace("not seen in the documentation", "")


def test_markup_in_a_text_is_shown_and_not_obeyed(shown: Shown, catalogue: Catalogue) -> None:
    evil = '<img src="file:///etc/passwd"><a href="method:login">x</a> & {name}'
    method = catalogue.method("customer.list")
    field = replace(method.parameters[1], description=evil, name="a<b>c", required_when=evil)
    method = replace(
        method,
        description=evil,
        rules=(evil,),
        parameters=(field,),
        sources=("javascript:alert(1)", 'https://example.com/"><b>'),
    )
    docs = shown(method)
    text = text_of(docs)
    assert text.count(evil) == 4
    assert "a<b>c" in text
    assert "javascript:alert(1)" in text
    assert not [link for link in links_of(docs) if link.startswith(("javascript", "method:login"))]


def test_every_top_level_name_leads_to_a_field_of_the_form(qtbot: QtBot, shown: Shown, catalogue: Catalogue) -> None:
    for name in ("customer.list", "prebook.create", "ecommerce/inventory.list", "login"):
        method = catalogue.method(name)
        form = FormView(RequestModel(method, empty_draft(method)))
        qtbot.addWidget(form)
        docs = shown(method)
        pointers = [unquote(link.removeprefix("jump:")) for link in links_of(docs) if link.startswith("jump:")]
        assert len(pointers) == len(docs._input)
        for row in docs._input:
            assert row.pointer in pointers
            if row.depth == 0:
                assert form.has_pointer(row.pointer), row.pointer


def test_a_click_on_a_name_asks_for_the_field(qtbot: QtBot, shown: Shown, catalogue: Catalogue) -> None:
    docs = shown(catalogue.method("customer.list"))
    docs.filter.setText("salesPersonId")
    where = docs.browser.cursorRect(docs.browser.document().find("salesPersonId")).center() - QPoint(20, 0)
    with qtbot.waitSignal(docs.jump_requested) as asked:
        qtbot.mouseClick(docs.browser.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert asked.args == ["/query/salesPersonId"]


def test_links_of_methods_keep_slashes_and_verbs(qtbot: QtBot, shown: Shown, catalogue: Catalogue) -> None:
    docs = shown(catalogue.method("customer.list"))
    with qtbot.waitSignal(docs.open_method) as asked:
        docs.browser.anchorClicked.emit(QUrl("method:v2%2Fstanding-order%3Apost"))
    assert asked.args == ["v2/standing-order:post"]


def test_only_addresses_of_the_web_leave_the_program(
    shown: Shown, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    docs = shown(catalogue.method("customer.list"))
    assert opened == []
    for link in ("file:///etc/passwd", "javascript:alert(1)", "http://example.com", "https://example.com/a"):
        docs.browser.anchorClicked.emit(QUrl(link))
    assert opened == ["https://example.com/a"]


def test_the_filter_keeps_what_a_field_stands_in(shown: Shown, catalogue: Catalogue) -> None:
    docs = shown(catalogue.method("prebook.create"))
    docs.filter.setText("mixed box")
    text = text_of(docs)
    assert "prebookItems" in text
    assert "breakdowns" in text
    assert "customerCode" not in text
    assert docs.count.text() == "2 of 44 fields"
    docs.filter.setText("no such thing")
    assert "No field fits “no such thing”." in text_of(docs)
    docs.filter.clear()
    assert "Sample answer" in text_of(docs)
    assert docs.count.text() == "44 fields"


def test_the_filter_finds_by_value_and_type(catalogue: Catalogue) -> None:
    rows = request_rows(catalogue.method("prebook.create"))
    assert [row.field.name for row in matching(rows, "bunch stem unit")] == ["prebookItems", "unitType"]
    assert next(row.field.name for row in matching(rows, "date")) == "shipDate"


def test_another_method_starts_without_the_filter(shown: Shown, catalogue: Catalogue) -> None:
    docs = shown(catalogue.method("prebook.create"))
    docs.filter.setText("price")
    docs.show_method(catalogue.method("customer.list"))
    assert docs.filter.text() == ""
    assert "List customers" in text_of(docs)


def test_sample_dates_lie_around_the_given_day(shown: Shown, catalogue: Catalogue) -> None:
    method = catalogue.method("prebook.create")
    body = catalogue.sample(method, DAY).body
    assert body is not None
    assert f'"shipDate": "{body["shipDate"]}"' in text_of(shown(method))


def test_the_page_follows_the_theme_and_stays_where_it_was(shown: Shown, catalogue: Catalogue) -> None:
    docs = shown(catalogue.method("prebook.create"))
    docs.browser.verticalScrollBar().setValue(500)
    light = docs.browser.document().find("transaction fee is documented").charFormat().foreground().color()
    theme.manager().set_mode("dark")
    dark = docs.browser.document().find("transaction fee is documented").charFormat().foreground().color()
    assert light != dark
    assert dark == theme.color("amber")
    assert docs.browser.verticalScrollBar().value() == 500


def test_contents_lead_to_sections_and_leave_narrow_pages(shown: Shown, catalogue: Catalogue) -> None:
    docs = shown(catalogue.method("prebook.create"))
    titles = [docs.contents.item(row).text() for row in range(docs.contents.count())]
    assert titles == ["About", "Rules", "Request", "Answer", "Sample request", "Sample answer", "Sources"]
    assert docs.contents.isVisible()
    docs.contents.itemClicked.emit(docs.contents.item(4))
    assert docs.browser.verticalScrollBar().value() > 600
    docs.resize(640, 700)
    assert not docs.contents.isVisible()
