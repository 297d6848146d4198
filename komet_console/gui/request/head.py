"""The upper part of a request: what the method is and does, where the call goes, and the button that sends it."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from komet_console.catalogue import Method
from komet_console.errors import UserError
from komet_console.exchange import Redactor
from komet_console.gui import theme
from komet_console.gui.environments.looks import colour_key
from komet_console.gui.i18n import tr
from komet_console.gui.request.effects import EFFECT_TONES, effect_name
from komet_console.gui.request.overrides import OverridesMenu
from komet_console.gui.request.presenter import RequestPresenter
from komet_console.gui.request.url_line import Address, UrlLine
from komet_console.gui.tokens.banner import TokenBanner, TokenPicker
from komet_console.gui.widgets.elided import ElidedLabel
from komet_console.gui.widgets.pill import Pill, Tone
from komet_console.gui.widgets.send_button import SendButton
from komet_console.session.aside import LARGE
from komet_console.session.console import Place
from komet_console.workspace.environments import SANDBOX

__all__ = ["RequestHead"]

_REST = 100
"""Pixels of a title's line for the effect, gaps and the beginning of the summary."""
_QUIET = 250
"""Milliseconds without a change after which the address of a large request is shown anew."""


class RequestHead(QWidget):
    """Title, properties, address, Send.

    Signals:
        pasted(str): See `UrlLine.pasted`.
        address_edited(str): The user has entered another address.
        save_asked(): The request is to be saved.
        open_tokens(): There is no token that fits; the user wants to add one.
    """

    pasted = Signal(str)
    address_edited = Signal(str)
    open_tokens = Signal()
    save_asked = Signal()

    def __init__(self, presenter: RequestPresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self._model = presenter.model
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 0)
        column.setSpacing(10)
        column.addLayout(self._title())
        self.url = UrlLine(self)
        self.send = SendButton(tr("Send"), _keys("Ctrl+Return"), self)
        self.send.setObjectName("sendButton")
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.buttons.addWidget(self.url, 1)
        self.save = QPushButton(tr("Save"), self)
        self.save.setObjectName("saveButton")
        self.save.setToolTip(tr("Save the request in a collection ({keys})", keys=_keys("Ctrl+S")))
        self.save.clicked.connect(self.save_asked)
        self.buttons.addWidget(self.save)
        self.buttons.addWidget(self.send)
        column.addLayout(self.buttons)
        self.banner = TokenBanner(self)
        self.banner.use_token.connect(self._presenter.set_own)
        self.banner.open_tokens.connect(self.open_tokens)
        column.addWidget(self.banner)
        self.url.edited.connect(self.address_edited)
        self.url.pasted.connect(self.pasted)
        self.url.verb_clicked.connect(self._open_overrides)
        self.send.clicked.connect(self._press)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET)
        self._quiet.timeout.connect(lambda: self._show_address(self._presenter.place()))
        self._model.draft_changed.connect(self._draft_changed)
        self._model.sending_changed.connect(self._sending_changed)
        self._model.became.connect(self._show_method)
        presenter.place_changed.connect(self._show_place)
        self._show_method()
        self._show_place()

    def _title(self) -> QHBoxLayout:
        self._title_line = line = QHBoxLayout()
        line.setSpacing(8)
        self.name = ElidedLabel("", self, mode=Qt.TextElideMode.ElideMiddle)
        self.name.setObjectName("methodName")
        self.name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        theme.set_role(self.name, "heading")
        line.addWidget(self.name)
        self._effect = Pill(parent=self)
        line.addWidget(self._effect)
        self._pills: list[Pill] = []
        """Properties, the most important first; where there is little room the last ones go."""
        self._summary = ElidedLabel("", self)
        self._summary.setObjectName("methodSummary")
        theme.set_role(self._summary, "muted")
        line.addSpacing(4)
        line.addWidget(self._summary, 1)
        self.token = TokenPicker(self._presenter.console, self._model.method, self)
        self.token.picked.connect(self._presenter.set_own)
        line.addWidget(self.token)
        return line

    def _show_method(self) -> None:
        method = self._model.method
        self.name.setText(method.name)
        self._effect.say(effect_name(method.effect), EFFECT_TONES[method.effect])
        properties = _properties(method)
        for pill in self._pills[len(properties) :]:
            self._title_line.removeWidget(pill)
            pill.deleteLater()
        del self._pills[len(properties) :]
        while len(self._pills) < len(properties):
            pill = Pill(parent=self)
            self._pills.append(pill)
            self._title_line.insertWidget(1 + len(self._pills), pill)
        for pill, (text, tone, tip) in zip(self._pills, properties, strict=True):
            pill.say(text, tone)
            pill.setToolTip(tip)
        self._summary.setText(method.summary.title)
        self.token.method = method
        self.token.setVisible(method.tokens != ())
        self._fit_pills()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_pills()

    def _fit_pills(self) -> None:
        room = self.width() - 32 - _REST - self.name.sizeHint().width() - self.token.sizeHint().width()
        for pill in self._pills:
            room -= pill.sizeHint().width() + 8
            pill.setVisible(room >= 0)

    def _press(self) -> None:
        if self._model.sending:
            self._presenter.cancel()
        else:
            self._presenter.send()

    def _open_overrides(self) -> None:
        menu = OverridesMenu(self._model, self)
        menu.open_at(self.url.mapToGlobal(self.url.rect().bottomLeft()))

    def _show_place(self) -> None:
        presenter = self._presenter
        place = presenter.place()
        self.send.set_environment(colour_key(place.stored))
        self.token.show_choice(place.stored, presenter.common, presenter.own)
        self.banner.show_trouble(presenter.token_trouble())
        self._show_sending(place)
        self._show_address(place)

    def _draft_changed(self) -> None:
        if len(self._model.draft.body.text) > LARGE:
            self._quiet.start()  # the whole request is made for it: not between two letters
        else:
            self._show_address(self._presenter.place())

    def _sending_changed(self) -> None:
        self._show_sending(self._presenter.place())

    def _show_sending(self, place: Place) -> None:
        if self._model.sending:
            self.send.say(tr("Cancel"), "Esc", quiet=True)
        elif place.stored.id == SANDBOX:
            self.send.say(tr("Send"), _keys("Ctrl+Return"), quiet=False)
        else:
            self.send.say(tr("Send to {environment}", environment=place.stored.name), _keys("Ctrl+Return"), quiet=False)

    def _show_address(self, place: Place) -> None:
        prepared = self._presenter.prepare(place)
        if isinstance(prepared, UserError):
            draft, method = self._model.draft, self._model.method
            base, path = place.environment.base_url + "/", (draft.path or method.path).lstrip("/")
            address = Address(
                draft.verb or method.verb, base, path, tuple((p.name, p.value) for p in draft.query if p.enabled)
            )
        else:
            redactor = Redactor(prepared.secrets)
            parts = urlsplit(redactor.url(prepared.url))
            folder, _, path = f"{parts.scheme}://{parts.netloc}{parts.path}".rpartition("/api/")
            query = tuple(parse_qsl(parts.query, keep_blank_values=True))
            base = f"{folder}/api/" if folder else ""
            address = Address(prepared.verb, base, path, query)
        self.url.show_address(address, self._editable(address))

    def _editable(self, address: Address) -> str:
        """The address with the draft's own rows: what the user may edit, references instead of secrets."""
        rows = "&".join(f"{pair.name}={pair.value}" for pair in self._model.draft.query if pair.enabled)
        return f"{address.base}{address.path}{'?' if rows else ''}{rows}"


def _properties(method: Method) -> list[tuple[str, Tone, str]]:
    found: list[tuple[str, Tone, str]] = []
    if method.tokens is None:
        found.append(
            (
                tr("token kind not stated"),
                "slate",
                tr("The documentation does not say which token may call it."),
            )
        )
    elif method.tokens:
        found.append((", ".join(method.tokens), "slate", tr("Kinds of token that may call it.")))
    else:
        found.append((tr("no token"), "slate", tr("It is called without a token.")))
    if method.fee == "documented":
        found.append((tr("fee applies"), "amber", tr("The documentation says that Komet charges a fee for it.")))
    elif method.fee == "possible":
        found.append((tr("fee possible"), "amber", tr("The documentation hints at a fee for it.")))
    if method.summary.deprecated:
        found.append((tr("deprecated"), "red", tr("The documentation advises against it.")))
    if method.coverage.input != "full":
        tip = tr("Not all of this method's documentation has been seen; what is inferred is marked.")
        found.append((tr("partly inferred"), "violet", tip))
    return found


def _keys(portable: str) -> str:
    return (
        QKeySequence(portable).toString(QKeySequence.SequenceFormat.NativeText).replace("Return", "↵").replace("+", " ")
    )
