"""The pages of general knowledge: which method for which need, tokens, testing, statuses, limits, webhooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from komet_console.catalogue import Catalogue
from komet_console.gui import theme
from komet_console.gui.docs import markup
from komet_console.gui.docs.browser import Browser
from komet_console.gui.i18n import tr

__all__ = ["GuidePage"]


class GuidePage(QWidget):
    """One page; names of methods in it open them.

    Signals:
        open_method(str): A method's name was followed.
    """

    open_method = Signal(str)

    def __init__(self, catalogue: Catalogue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guidePage")
        self._catalogue = catalogue
        self._page: Mapping[str, Any] = {}
        self.browser = Browser()
        self.browser.setObjectName("guideText")
        self.browser.open_method.connect(self.open_method)
        self.contents = QListWidget()
        self.contents.setObjectName("guideContents")
        self.contents.setAccessibleName(tr("Contents"))
        self.contents.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        theme.set_role(self.contents, "contents")
        self.contents.itemClicked.connect(self._go_to)
        self.contents.itemActivated.connect(self._go_to)
        self.browser.set_beside(self.contents)
        self.setFocusProxy(self.browser)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self.browser)

    def show_guide(self, key: str) -> None:
        """Show a page of `guide_rows`; one that is not known says so."""
        pages = self._catalogue.knowledge.get("pages", {}).get("pages", [])
        self._page = next((page for page in pages if page["key"] == key), {})
        self.browser.setAccessibleName(self._page.get("title", tr("Guide")))
        self.contents.clear()
        for section in self._page.get("sections", ()):
            item = QListWidgetItem(section["title"])
            item.setData(Qt.ItemDataRole.UserRole, section["key"])
            item.setToolTip(section["title"])
            self.contents.addItem(item)
        self.browser.set_source(self._html)

    def _go_to(self, item: QListWidgetItem) -> None:
        self.browser.scrollToAnchor(item.data(Qt.ItemDataRole.UserRole))

    def _html(self) -> str:
        if not self._page:
            return markup.paragraph(tr("There is no such guide."), "muted")
        parts = [f'<p class="page-title">{escape(self._page["title"])}</p>']
        for section in self._page["sections"]:
            parts.append(markup.heading(section["title"], section["key"]))
            parts += [self._block(block) for block in section["blocks"]]
        return "".join(parts)

    # --- blocks

    def _block(self, block: Mapping[str, Any]) -> str:
        """One block; each has exactly one of the keys below (resources/knowledge/README.md)."""
        writers: dict[str, Callable[[Any], str]] = {
            "paragraph": markup.paragraph,
            "steps": _steps,
            "table": _table,
            "methods": self._methods,
            "guide": self._guide,
            "trap": self._trap,
            "convention": self._convention,
            "statuses": self._statuses,
            "outcomes": self._outcomes,
        }
        if "note" in block:
            return markup.note(escape(block["note"]) + _basis(block))
        if "code" in block:
            return markup.code_block(block["language"], block["code"])
        return next((write(block[key]) for key, write in writers.items() if key in block), "")

    def _knowledge(self, file: str, kind: str) -> Any:
        return self._catalogue.knowledge.get(file, {}).get(kind, [])

    def _links(self, names: Sequence[str]) -> str:
        return "<br>".join(self._link(name) for name in names)

    def _link(self, name: str) -> str:
        """Verb and name of a method; the verb tells two at one address apart."""
        summary = self._catalogue.summaries.get(name)
        if summary is None:
            return escape(name)
        verb = escape(summary.verb)
        padded = verb + "&nbsp;" * (4 - len(verb))
        return f'<span class="{verb}">{padded}</span>&nbsp; {markup.method_link(name, name.split(":")[0])}'

    def _methods(self, names: Sequence[str]) -> str:
        rows = [
            (self._link(name), escape(self._catalogue.summaries[name].title))
            for name in names
            if name in self._catalogue.summaries
        ]
        return markup.table(("", ""), rows, ("42%", "58%"))

    def _guide(self, key: str) -> str:
        group = next((one for one in self._knowledge("guides", "groups") if one["key"] == key), None)
        if group is None:
            return ""
        rows = []
        for row in group["rows"]:
            note = f'<br><span class="faint">{escape(row["note"])}</span>' if row.get("note") else ""
            rows.append((escape(row["need"]) + note + _basis(row), self._links(row["methods"])))
        systems = ""
        if group.get("connected_systems"):
            names = ", ".join(group["connected_systems"])
            systems = markup.paragraph(tr("Connected directly: {systems}.", systems=names), "faint")
        return (
            markup.paragraph(group["intro"])
            + systems
            + markup.table((tr("What you need"), tr("Method")), rows, ("56%", "44%"))
        )

    def _trap(self, key: str) -> str:
        trap = next((one for one in self._knowledge("guides", "traps") if one["key"] == key), None)
        if trap is None:
            return ""
        named = f"<br>{self._links(trap['methods'])}" if trap["methods"] else ""
        return markup.banner(escape(trap["text"]) + _basis(trap) + named, "amber")

    def _convention(self, key: str) -> str:
        found = next((one for one in self._knowledge("conventions", "conventions") if one["key"] == key), None)
        if found is None:
            return ""
        applies = found["applies"]
        named = ""
        if applies["scope"] == "methods":
            named = "<br>" + ", ".join(markup.method_link(name, name.split(":")[0]) for name in applies["methods"])
        return f"<p>{markup.strong(found['title'])}<br>{escape(found['text'])}{_basis(found)}{named}</p>"

    def _statuses(self, codes: Sequence[str]) -> str:
        return "".join(
            self._explained(f"{code} {status['name']}", status)
            for code in codes
            if (status := _at(self._knowledge("statuses", "statuses"), code))
        )

    def _outcomes(self, keys: Sequence[str]) -> str:
        return "".join(
            self._explained(outcome["name"], outcome)
            for key in keys
            if (outcome := _at(self._knowledge("outcomes", "outcomes"), key))
        )

    def _explained(self, title: str, one: Mapping[str, Any]) -> str:
        """A status or an outcome: what it means, what may be behind it, what to do next."""
        parts = [f'<p class="sub">{escape(title)}</p>', f"<p>{escape(one['meaning'])}</p>"]
        if one.get("note"):
            parts.append(markup.paragraph(one["note"], "faint"))
        if causes := one.get("likely_causes"):
            parts.append(markup.paragraph(tr("Likely causes"), "head"))
            parts.append(markup.bullets(escape(cause["text"]) + _basis(cause) for cause in causes))
        if steps := one.get("next_steps"):
            parts.append(markup.paragraph(tr("What to do next"), "head"))
            parts.append(markup.bullets(escape(step["text"]) for step in steps))
        return "".join(parts)


def _at(known: Any, key: str) -> Mapping[str, Any] | None:
    found = known.get(key) if isinstance(known, dict) else None
    return found if isinstance(found, dict) else None


def _basis(one: Mapping[str, Any]) -> str:
    """The mark of what the vendor's pages do not say."""
    return f"&nbsp; {markup.mark(tr('inferred'))}" if one.get("basis") == "inferred" else ""


def _steps(steps: Sequence[Mapping[str, str]]) -> str:
    return markup.numbered(escape(step["text"]) for step in steps)


def _table(content: Mapping[str, Any]) -> str:
    keys = [column["key"] for column in content["columns"]]
    rows = [[escape(row["cells"].get(key, "")) for key in keys] for row in content["rows"]]
    return markup.table([column["title"] for column in content["columns"]], rows)
