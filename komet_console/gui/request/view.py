"""One request tab: head, views of the request, answer below or beside."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.gui import aio, theme
from komet_console.gui.answer.view import AnswerView
from komet_console.gui.checks.model import ChecksState
from komet_console.gui.form.view import FormView
from komet_console.gui.i18n import tr
from komet_console.gui.request.addressing import with_address
from komet_console.gui.request.body import BodyPane
from komet_console.gui.request.drafting import empty_draft, merged, over
from komet_console.gui.request.head import RequestHead
from komet_console.gui.request.headers import HeadersPane
from komet_console.gui.request.pairs import PairsTable
from komet_console.gui.request.presenter import RequestPresenter
from komet_console.gui.widgets.part_place import PartPlace
from komet_console.gui.widgets.underline_tabs import UnderlineTabs
from komet_console.session.sending import Sent

__all__ = ["AnswerPlace", "RequestView"]

AnswerPlace = Literal["below", "beside"]
_SHARES = (54, 46)
"""Of request and answer, until the user chooses others."""
_AFTER_FORM = 15
"""Milliseconds after which the form has been painted, and the text beside it is made."""
_WIDE = 900
"""From this width on, form and JSON stand side by side."""


class RequestView(QWidget):
    """Views are made when they are first shown.

    Signals:
        open_method(str, bool): Another method is wanted; True: in a preview tab.
        pasted(str): Text that may be a whole request was pasted into the address line.
        address_edited(str): The user has entered another address.
        view_changed(str): Another view of the request is shown.
        secret_taken(str, str): A secret was taken out of what was pasted: name of its reference, value.
    """

    open_method = Signal(str, bool)
    pasted = Signal(str)
    address_edited = Signal(str)
    view_changed = Signal(str)
    secret_taken = Signal(str, str)

    def __init__(self, presenter: RequestPresenter, catalogue: Catalogue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.presenter = presenter
        self.model = presenter.model
        self._catalogue = catalogue
        self.checks = ChecksState(parent=self)
        """What is checked in every answer, and what is captured from it."""
        self._form: FormView | None = None
        self._body: BodyPane | None = None
        self._pages: dict[str, QWidget] = {}
        self._wanted = "form"
        self._shown = False
        self._offered_together = False
        self._offered: set[QPushButton] = set()
        """Buttons of the bar that fit the view that is shown."""
        self._shares: tuple[int, ...] = _SHARES
        self._places: dict[str, Any] = {}
        self._finding = ""
        """The pointer that `next_finding` went to last."""
        # Every widget is born where it stays: moving a part with all that is in it from one parent to another takes Qt as
        # long as making it.
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)
        self.splitter.setObjectName("answerSplitter")
        self.splitter.setChildrenCollapsible(False)
        self._upper = upper = QWidget(self.splitter)
        # While the part above is empty: a splitter lays everything out for each part that it gets.
        self.answer = AnswerView(self.model, self.splitter, tasks=presenter.tasks, catalogue=catalogue)
        self.answer.cancel_requested.connect(presenter.cancel)
        self.answer.jump_requested.connect(self.jump)
        self.answer.open_method.connect(lambda name: self.open_method.emit(name, False))
        # Without stretch factors: with them, a window that grows gives everything to the answer.
        self.splitter.addWidget(upper)
        self.splitter.addWidget(self.answer)
        self.head = RequestHead(presenter, upper)
        self.head.pasted.connect(self.pasted)
        self.head.address_edited.connect(self.address_edited)
        bar = self._bar(upper)
        self._stack = QStackedWidget(upper)
        self._pair = QSplitter(Qt.Orientation.Horizontal, self._stack)
        """Form and JSON, side by side where there is room."""
        self._pair.setObjectName("formSplitter")
        self._pair.setChildrenCollapsible(False)
        self._form_place, self._body_place = PartPlace(self._pair), PartPlace(self._pair)
        self._pair.setStretchFactor(0, 11)
        self._pair.setStretchFactor(1, 9)
        self._pair.setSizes([550, 450])
        self._stack.addWidget(self._pair)
        column = QVBoxLayout(upper)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(bar)
        column.addWidget(self._stack, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.splitter)
        upper.installEventFilter(self)
        self.model.draft_changed.connect(self._draft_changed)
        self.model.sending_changed.connect(self._show_answer)
        self.model.answered.connect(self._show_answer)
        self.model.answered.connect(self._run_checks)
        self.checks.results_changed.connect(self._show_verdict)

    # --- parts

    def _bar(self, parent: QWidget) -> QFrame:
        bar = QFrame(parent)
        theme.set_role(bar, "bar")
        # What it holds gives way: it must not keep the user from making the request narrow.
        bar.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        line = QHBoxLayout(bar)
        line.setContentsMargins(16 - UnderlineTabs.ROOM, 0, 16, 0)
        line.setSpacing(8)
        self.tabs = UnderlineTabs([("form", tr("Form"))], bar)
        self.tabs.setObjectName("requestViews")
        self.tabs.setAccessibleName(tr("Views of the request"))
        self.tabs.chosen.connect(self.show_view)
        line.addWidget(self.tabs)
        line.addStretch()
        self.only_filled = self._button(bar, tr("Only filled"), "onlyFilled", tr("Show only the fields that are sent"))
        self.only_filled.setCheckable(True)
        self.only_filled.toggled.connect(self._set_only_filled)
        self.sample_button = self._button(bar, tr("Sample"), "sampleButton", tr("Fill in the documented sample"))
        menu = QMenu(self.sample_button)
        menu.addAction(tr("All fields"), self.fill_sample)
        menu.addAction(tr("Required fields only"), lambda: self.fill_sample(required_only=True))
        menu.addSeparator()
        menu.addAction(tr("Add what is missing"), lambda: self.fill_sample(into=True))
        menu.addSeparator()
        menu.addAction(tr("Clear everything"), self.clear)
        self.sample_button.setMenu(menu)
        self.sample_button.setText(tr("Sample") + " ▾")
        self.compact_button = self._button(bar, tr("Compact"), "compactButton", tr("Write the JSON on one line"))
        self.compact_button.clicked.connect(self.compact)
        self.beautify_button = self._button(bar, tr("Beautify"), "beautifyButton", tr("Indent the JSON (Ctrl+B)"))
        self.beautify_button.clicked.connect(self.beautify)
        for button in (self.only_filled, self.sample_button, self.compact_button, self.beautify_button):
            line.addWidget(button)
        return bar

    @staticmethod
    def _button(bar: QFrame, text: str, name: str, tip: str) -> QPushButton:
        button = QPushButton(text, bar)
        button.setObjectName(name)
        button.setToolTip(tip)
        theme.set_role(button, "small")
        return button

    def toggle_only_filled(self) -> None:
        """Show only the fields that are sent, or all."""
        self.only_filled.toggle()

    def _set_only_filled(self, on: bool) -> None:
        self.form.set_only_filled(on)

    @property
    def form(self) -> FormView:
        """The form; made when it is first asked for."""
        return self._form or self._make_form()

    def _make_form(self) -> FormView:
        layout = self._upper.layout()
        assert layout is not None
        layout.activate()  # what is seen of the form has a height from now on
        form = FormView(self.model, self._form_place, tell=self.presenter.tell_variable, room=self._stack.height())
        self._form = form
        form.counts_changed.connect(self._show_counts)
        self._show_counts(*form.counts())
        form.line_requested.connect(self._go_to_line)
        form.lookup_requested.connect(lambda method, _pointer: self.open_method.emit(method, False))
        form.set_only_filled(self.only_filled.isChecked())
        self._form_place.take(form)
        form.restore_scroll(self._places.get("form"))
        return form

    @property
    def body(self) -> BodyPane:
        """The body as text or rows; made when it is first asked for."""
        return self._body or self._make_body()

    def _make_body(self) -> BodyPane:
        body = BodyPane(self.model, self._body_place)
        self._body = body
        body.editor.tell = self.presenter.tell_variable
        body.secret_taken.connect(self.secret_taken)
        body.file_asked.connect(self._choose_file)
        self._body_place.take(body)
        body.restore_place(self._places.get("body"))
        return body

    def _choose_file(self, take: Callable[[Path], None]) -> None:
        self.presenter.tasks.start(self._take_file(take), name="choose a file for the body")

    async def _take_file(self, take: Callable[[Path], None]) -> None:
        for path in await aio.ask_open_files(self, tr("Choose a file")):
            take(path)

    def _page(self, key: str) -> QWidget:
        """A view that fills the whole place, made when it is first shown."""
        if key not in self._pages:
            page = self._make(key)
            self._pages[key] = page
            self._stack.addWidget(page)
        return self._pages[key]

    def _make(self, key: str) -> QWidget:
        method = self.model.method
        if key == "params":
            known = {field.name: field.description for field in method.parameters}
            table = PairsTable(
                "paramsTable", lambda name: known.get(name, ""), tr("What follows the ? in the address.")
            )
            table.show_pairs(self.model.draft.query)
            table.edited.connect(lambda pairs: self.model.set_query(pairs, table))
            self.model.draft_changed.connect(
                lambda source: None if source is table else table.show_pairs(self.model.draft.query)
            )
            return table
        if key == "headers":
            return HeadersPane(self.presenter)
        if key == "checks":
            from komet_console.gui.checks.pane import ChecksPane  # only when somebody looks

            return ChecksPane(self.checks)
        if key == "docs":
            from komet_console.gui.docs.page import MethodDocs  # only when somebody reads

            docs = MethodDocs(self._catalogue)
            docs.open_method.connect(lambda name: self.open_method.emit(name, True))
            docs.jump_requested.connect(self.jump)
            docs.show_method(method)
            return docs
        from komet_console.gui.code.view import CodeView  # only when somebody looks

        code = CodeView(self.model, self.presenter.prepare)
        self.presenter.place_changed.connect(code.follow)
        return code

    # --- which view is shown

    @property
    def view(self) -> str:
        """The view that the user chose: form, json, params, headers, docs or code."""
        return self._wanted

    @property
    def _has_body(self) -> bool:
        return self.model.draft.body.kind != "none" or bool(self.model.method.body)

    @property
    def _together(self) -> bool:
        return self._has_body and self._upper.width() >= _WIDE

    def _offer(self) -> None:
        """Offer the views that fit the request and the room there is, and show the one that is wanted."""
        if not self._shown:
            return
        together, has_body = self._together, self._has_body
        self._offered_together = together
        has_params = bool(self.model.draft.query or self.model.method.parameters) or not has_body
        kind = self.model.draft.body.kind
        body_name = "JSON" if kind in ("json", "none") else tr("Body")
        views = [("form", tr("Form and JSON") if together and kind in ("json", "none") else tr("Form"))]
        views += [("json", body_name)] if has_body and not together else []
        views += [("params", tr("Params"))] if has_params else []
        views += [("headers", tr("Headers")), ("checks", tr("Checks")), ("docs", tr("Docs")), ("code", tr("Code"))]
        self.tabs.set_choices(views)
        self._show()

    def show_view(self, key: str) -> None:
        """Show a view and remember it as the wanted one."""
        self._wanted = key
        if self._shown:
            self._show()
        self.view_changed.emit(key)

    def _show(self) -> None:
        key = self._wanted if self._wanted in self.tabs.keys() else "form"  # noqa: SIM118 - no dict
        self.tabs.current = key
        paired = key in ("form", "json")
        if paired:
            form_shown = key == "form"
            body_shown = self._has_body and (key == "json" or self._together)
            if form_shown and self._form is None:
                self._make_form()
            if body_shown and self._body is None:
                if form_shown:
                    QTimer.singleShot(_AFTER_FORM, self, lambda: self.body)
                else:
                    self._make_body()
            self._form_place.setVisible(form_shown)
            self._body_place.setVisible(body_shown)
            self._stack.setCurrentWidget(self._pair)
        else:
            self._stack.setCurrentWidget(self._page(key))
        self._show_answer()
        json_kind = self.model.draft.body.kind == "json"
        text = paired and self._has_body and json_kind
        wanted = {
            self.only_filled: key == "form",
            self.sample_button: paired or key == "params",
            self.beautify_button: text,
            self.compact_button: text,
        }
        self._offered = {button for button, is_wanted in wanted.items() if is_wanted}
        self._fit_buttons()

    def _show_answer(self) -> None:
        """Texts to read get the whole place until there is an answer."""
        reading = self._wanted in ("docs", "code")
        there = self.model.sending or self.model.sent is not None or self.model.trouble is not None
        self.answer.setVisible(there or not reading)

    def _run_checks(self) -> None:
        sent = self.model.sent
        if sent is not None and (self.checks.checks or self.checks.captures):
            self.presenter.tasks.start(self._check(sent), name="run the checks")

    async def _check(self, sent: Sent) -> None:
        """On another thread: an answer may be large."""
        from komet_console.gui.checks.model import run_on

        checks, captures = self.checks.checks, self.checks.captures
        found = await asyncio.to_thread(run_on, sent, checks, captures, self._catalogue)
        if sent is self.model.sent:
            self.checks.take(*found)

    def _show_verdict(self) -> None:
        ran = [one for one in self.checks.results if one.passed is not None]
        passed = sum(bool(one.passed) for one in ran)
        text = tr("{passed} of {total}", passed=passed, total=len(ran)) if ran else ""
        self.tabs.set_count("checks", text)
        self._fit_buttons()

    def _show_counts(self, filled: int, total: int) -> None:
        self.tabs.set_count("form", tr("{filled} of {total}", filled=filled, total=total))
        self._fit_buttons()

    def _draft_changed(self) -> None:
        self._offer()

    def showEvent(self, event: QShowEvent) -> None:
        """Tabs that are brought back are filled when somebody looks at them."""
        super().showEvent(event)
        if not self._shown:
            self._shown = True
            self._share()
            self._offer()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._upper and isinstance(event, QResizeEvent) and self._shown:
            # The old size of a widget that was hidden is unknown: what counts is what is offered now.
            if self._together != self._offered_together:
                self._offer()
            else:
                self._fit_buttons()
        return False

    def _fit_buttons(self) -> None:
        """Where there is little room for the bar, what the palette has too gives way to the views."""
        room = self._upper.width() - 32 + UnderlineTabs.ROOM - self.tabs.sizeHint().width()
        for button in (self.sample_button, self.beautify_button, self.only_filled, self.compact_button):
            if button not in self._offered:
                button.hide()
                continue
            room -= button.sizeHint().width() + 8
            button.setVisible(room >= 0)

    # --- what can be done

    def jump(self, pointer: str) -> None:
        """Show the place of the request that a pointer names, or the nearest that is there."""
        if pointer.startswith("/headers") and not self.form.has_pointer(pointer):
            self.show_view("headers")
            return
        place = pointer
        while place.count("/") > 1 and not self.form.has_pointer(place):
            place = place.rpartition("/")[0]
        if self.form.has_pointer(place):
            if self._wanted != "form":
                self.show_view("form")
            self.form.focus_pointer(place)
        elif pointer.startswith("/body") and self._has_body:
            self.show_view("form" if self._together else "json")
            self.body.go_to(pointer)

    def _go_to_line(self, line: int, column: int) -> None:
        self.show_view("form" if self._together else "json")
        self.body.go_to_line(line, column)

    def send(self) -> None:
        """Send the request; while a call runs, nothing."""
        self.presenter.send()

    def offers(self, key: str) -> bool:
        """Whether a view is offered now."""
        return key in self.tabs.keys()  # noqa: SIM118 - no dict

    def edit_address(self) -> None:
        """Begin to edit the address."""
        self.head.url.edit()

    def take_address(self, text: str) -> UserError | None:
        """Take on an address that the user has entered; why not, where that cannot be."""
        base = self.presenter.place().environment.base_url
        try:
            draft = with_address(self.model.draft, self.model.method, text, base)
        except UserError as error:
            return error
        self.model.set_draft(draft, self)
        return None

    def next_finding(self) -> None:
        """Go to the place of the next finding that has one; after the last comes the first."""
        places = list(dict.fromkeys(one.pointer for one in self.model.findings if one.pointer))
        if places:
            later = places.index(self._finding) + 1 if self._finding in places else 0
            self._finding = places[later % len(places)]
            self.jump(self._finding)

    def beautify(self) -> None:
        """Indent the JSON."""
        if self._has_body:
            self.body.beautify()

    def compact(self) -> None:
        """Write the JSON on one line."""
        if self._has_body:
            self.body.compact()

    def fill_sample(self, *, required_only: bool = False, into: bool = False) -> None:
        """The documented sample over what is there; `into` keeps what is there and adds what is missing."""
        sample = self.presenter.sample(required_only=required_only)
        self.model.set_draft(merged(self.model.draft, sample) if into else over(self.model.draft, sample), self)

    def clear(self) -> None:
        """An empty request of the method."""
        self.model.set_draft(empty_draft(self.model.method), self)

    def places(self) -> dict[str, Any]:
        """Where the cursor and the scroll bars stand; JSON."""
        found = dict(self._places)
        if self._form is not None:
            found["form"] = self._form.scroll_position()
        if self._body is not None:
            found["body"] = self._body.place()
        return found

    def restore_places(self, places: Mapping[str, Any]) -> None:
        """Put cursor and scroll bars where an earlier `places()` had them, when the view is shown."""
        self._places = dict(places)

    def place_answer(self, place: AnswerPlace, sizes: list[int] | None = None) -> None:
        """Show the answer below the request or beside it; `sizes`: shares of request and answer."""
        sideways = place == "beside"
        self.splitter.setOrientation(Qt.Orientation.Horizontal if sideways else Qt.Orientation.Vertical)
        self.answer.set_place(place)
        self._shares = tuple(sizes or _SHARES)
        if self._shown:
            self._share()

    def _share(self) -> None:
        """Divide the room there is: a splitter that is given other sums takes it all from its last part."""
        sideways = self.splitter.orientation() == Qt.Orientation.Horizontal
        whole = self.splitter.width() if sideways else self.splitter.height()
        self.splitter.setSizes([round(whole * share / max(1, sum(self._shares))) for share in self._shares])
