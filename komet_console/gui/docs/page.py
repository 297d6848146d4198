"""The documentation of one method: everything that is known of it, in reading order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from komet_console.catalogue import Catalogue, Method
from komet_console.gui import theme
from komet_console.gui.docs import markup
from komet_console.gui.docs.browser import Browser
from komet_console.gui.docs.facts import coverage_text, method_facts
from komet_console.gui.docs.fields import FieldRow, answer_rows, field_table, matching, request_rows
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.search_edit import SearchEdit

__all__ = ["MethodDocs"]


class MethodDocs(QWidget):
    """Above it a filter over the fields; beside it, where there is room, the contents.

    Args:
        today: The day around which the sample's dates lie; None: the user's.

    Signals:
        open_method(str): Another method's name was followed.
        jump_requested(str): A field's name was followed; its pointer as findings spell them (`/body/name`).
    """

    open_method = Signal(str)
    jump_requested = Signal(str)

    def __init__(self, catalogue: Catalogue, parent: QWidget | None = None, *, today: date | None = None) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._today = today
        self._method: Method | None = None
        self._input: list[FieldRow] = []
        self._output: list[FieldRow] = []
        self.setObjectName("methodDocs")
        spoken = tr("Find a field of the request or the answer")
        self.filter = SearchEdit("docsFilter", tr("Find a field"), spoken)
        self.filter.setMaximumWidth(280)
        self.filter.textChanged.connect(self._filter)
        self.count = QLabel()
        self.count.setObjectName("docsFieldCount")
        theme.set_role(self.count, "meta")
        self.browser = Browser()
        self.browser.setObjectName("docsPage")
        self.browser.setAccessibleName(tr("Documentation"))
        self.browser.open_method.connect(self.open_method)
        self.browser.jump_requested.connect(self.jump_requested)
        self.contents = QListWidget()
        self.contents.setObjectName("docsContents")
        self.contents.setAccessibleName(tr("Contents"))
        self.contents.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        theme.set_role(self.contents, "contents")
        self.contents.itemClicked.connect(self._go_to)
        self.contents.itemActivated.connect(self._go_to)
        self.browser.set_beside(self.contents)
        self._lay_out()

    def _lay_out(self) -> None:
        bar = QFrame()
        theme.set_role(bar, "bar")
        line = QHBoxLayout(bar)
        line.setContentsMargins(16, 6, 16, 6)
        line.setSpacing(10)
        line.addWidget(self.filter, 1)
        line.addWidget(self.count)
        line.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.browser, 1)

    def show_method(self, method: Method) -> None:
        """Show another method, from its beginning and with all fields."""
        self._method = method
        self._input, self._output = request_rows(method), answer_rows(method)
        self.filter.blockSignals(True)
        self.filter.clear()
        self.filter.blockSignals(False)
        self._show_count(len(self._input) + len(self._output))
        self.browser.set_source(self._html)
        self._fill_contents()

    # --- finding

    def open_find(self) -> None:
        """Put the cursor into the filter."""
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def _filter(self, text: str) -> None:
        self.browser.set_source(self._found if text.strip() else self._html)
        if not text.strip():
            self._show_count(len(self._input) + len(self._output))
        self.contents.setEnabled(not text.strip())

    def _show_count(self, shown: int) -> None:
        total = len(self._input) + len(self._output)
        if shown == total:
            self.count.setText(tr("{count} fields", count=total))
        else:
            self.count.setText(tr("{shown} of {total} fields", shown=shown, total=total))

    def _found(self) -> str:
        """Only the fields that fit the filter."""
        query = self.filter.text()
        sent, answered = matching(self._input, query), matching(self._output, query)
        self._show_count(len(sent) + len(answered))
        parts = []
        if sent:
            parts += [markup.heading(tr("Request"), "request"), field_table(sent, linked=True)]
        if answered:
            parts += [markup.heading(tr("Answer"), "answer"), field_table(answered, linked=False)]
        return "".join(parts) or markup.paragraph(tr("No field fits “{query}”.", query=query.strip()), "muted")

    # --- contents

    def _sections(self) -> list[tuple[str, str]]:
        """Anchor and title of what the page has."""
        method = self._method
        assert method is not None
        there = [
            ("about", tr("About"), True),
            ("rules", tr("Rules"), bool(method.rules)),
            ("request", tr("Request"), bool(self._input)),
            ("answer", tr("Answer"), bool(self._output)),
            ("sample", tr("Sample request"), True),
            ("sample-answer", tr("Sample answer"), True),
            ("errors", tr("Known messages"), bool(method.errors)),
            ("sources", tr("Sources"), bool(method.sources)),
        ]
        return [(anchor, title) for anchor, title, has in there if has]

    def _fill_contents(self) -> None:
        self.contents.clear()
        for anchor, title in self._sections():
            item = QListWidgetItem(title)
            item.setData(Qt.ItemDataRole.UserRole, anchor)
            self.contents.addItem(item)

    def _go_to(self, item: QListWidgetItem) -> None:
        self.browser.scrollToAnchor(item.data(Qt.ItemDataRole.UserRole))

    # --- the page

    def _html(self) -> str:
        method = self._method
        if method is None:
            return ""
        parts = [f'<a name="about"></a><p>{markup.strong(method.summary.title)}</p>']
        parts.append(markup.paragraph(method.description))
        if method.summary.deprecated:
            parts.append(markup.banner(escape(tr("Deprecated: use another method where you can.")), "red"))
        if told := coverage_text(method):
            parts.append(markup.banner(escape(told), "violet"))
        parts.append(markup.facts(method_facts(method)))
        if method.rules:
            parts += [markup.heading(tr("Rules"), "rules"), markup.bullets(escape(rule) for rule in method.rules)]
        if self._input:
            hint = tr("Required names are bold. A click on a name leads to the field in the form.")
            parts += [markup.heading(tr("Request"), "request"), markup.paragraph(hint, "faint")]
            parts.append(field_table(self._input, linked=True))
        if self._output:
            parts += [markup.heading(tr("Answer"), "answer"), field_table(self._output, linked=False)]
        parts += self._samples(method)
        if method.errors:
            parts.append(markup.heading(tr("Known messages"), "errors"))
            rows = [
                ("" if one.code is None else str(one.code), escape(one.message), escape(one.where))
                for one in method.errors
            ]
            parts.append(markup.table((tr("Status"), tr("Message"), tr("Where")), rows, ("12%", "60%", "28%")))
        if method.sources:
            parts.append(markup.heading(tr("Sources"), "sources"))
            parts.append(markup.bullets(markup.web_link(source) for source in method.sources))
        return "".join(parts)

    def _samples(self, method: Method) -> list[str]:
        today = self._today or date.today()  # noqa: DTZ011 - the user's day
        sample = self._catalogue.sample(method, today)
        hint = tr("It works on a fresh sandbox. Its dates lie around today.")
        parts = [markup.heading(tr("Sample request"), "sample"), markup.paragraph(hint, "faint")]
        if sample.query:
            parts.append(_pairs(tr("URL parameter"), sample.query))
        if sample.headers:
            parts.append(_pairs(tr("Header"), sample.headers))
        if sample.body is not None:
            parts.append(_json(sample.body))
        if not sample.query and not sample.headers and sample.body is None:
            parts.append(markup.paragraph(tr("Nothing but the token is sent."), "muted"))
        parts.append(markup.heading(tr("Sample answer"), "sample-answer"))
        parts.append(_json(sample.response))
        return parts


def _json(value: Any) -> str:
    return markup.code_block("json", json.dumps(value, ensure_ascii=False, indent=2))


def _pairs(title: str, values: Mapping[str, Any]) -> str:
    rows = [(escape(name), f'<span class="code">{escape(_written(value))}</span>') for name, value in values.items()]
    return markup.table((title, tr("Value")), rows, ("30%", "70%"))


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
