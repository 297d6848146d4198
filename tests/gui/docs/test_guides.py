"""The pages of general knowledge: complete, and every method in them opens."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from PySide6.QtCore import QUrl
from pytestqt.qtbot import QtBot

from komet_console.catalogue import Catalogue
from komet_console.gui.docs.guides import GuidePage
from komet_console.gui.sidebar.contents import guide_rows


@pytest.fixture
def page(qtbot: QtBot, catalogue: Catalogue) -> GuidePage:
    page = GuidePage(catalogue)
    qtbot.addWidget(page)
    page.resize(1000, 700)
    page.show()
    return page


def test_every_guide_shows_all_its_blocks(page: GuidePage, catalogue: Catalogue) -> None:
    pages = {one["key"]: one for one in catalogue.knowledge["pages"]["pages"]}
    assert [row.key for row in guide_rows(catalogue)] == list(pages)
    for key, known in pages.items():
        page.show_guide(key)
        text = page.browser.toPlainText().replace("\xa0", " ")
        for section in known["sections"]:
            assert section["title"] in text
            for block in section["blocks"]:
                assert page._block(block), (key, block["key"])
                if "paragraph" in block or "note" in block:
                    assert block.get("paragraph", block.get("note")) in text, (key, block["key"])
                if "steps" in block:
                    assert all(step["text"] in text for step in block["steps"])
                if "table" in block:
                    cells = [cell for row in block["table"]["rows"] for cell in row["cells"].values()]
                    assert all(str(cell) in text for cell in cells), (key, block["key"])


def test_needs_lead_to_methods_that_exist(qtbot: QtBot, page: GuidePage, catalogue: Catalogue) -> None:
    page.show_guide("integrating")
    links = re.findall(r'href="method:([^"]+)"', page._html())
    assert len(links) > 100
    assert {unquote(link) for link in links} <= set(catalogue.summaries)
    needs = [row["need"] for group in catalogue.knowledge["guides"]["groups"] for row in group["rows"]]
    text = page.browser.toPlainText()
    assert [need for need in needs if need not in text] == []
    with qtbot.waitSignal(page.open_method) as asked:
        page.browser.anchorClicked.emit(QUrl(f"method:{links[0]}"))
    assert asked.args == [unquote(links[0])]


def test_what_is_inferred_says_so(page: GuidePage) -> None:
    page.show_guide("tokens")
    text = page.browser.toPlainText().replace("\xa0", " ")
    assert re.search(r"After a refresh the old token no longer works\.\s+inferred", text)


def test_statuses_tell_causes_and_steps(page: GuidePage, catalogue: Catalogue) -> None:
    page.show_guide("answers")
    text = page.browser.toPlainText()
    for code in ("200", "401", "429", "500"):
        status = catalogue.knowledge["statuses"]["statuses"][code]
        assert f"{code} {status['name']}" in text
        assert status["meaning"] in text
    assert "Likely causes" in text
    assert "What to do next" in text


def test_a_guide_that_is_not_known_says_so(page: GuidePage) -> None:
    page.show_guide("no-such-guide")
    assert page.browser.toPlainText() == "There is no such guide."
    assert page.contents.count() == 0


def test_contents_lead_to_sections(page: GuidePage) -> None:
    page.show_guide("integrating")
    last = page.contents.item(page.contents.count() - 1)
    page.contents.itemActivated.emit(last)
    assert page.browser.verticalScrollBar().value() > 1000
