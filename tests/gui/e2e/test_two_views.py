"""Form and JSON are two views of one value: whatever is written in one comes through the other as it was written.

Texts are made at random (unknown keys, spellings of numbers, comments, nesting, order) and pasted into the editor of a real
window; then fields are changed with the keyboard in the form. The editor has to show the same text with nothing but those
values exchanged, and a server gets the same without its comments.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import pytest
from conftest import LONG
from exchange_servers import Server, answering, ok
from helpers.windows import OpenWindow
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from komet_console.gui.request.view import RequestView
from komet_console.gui.text.replacing import text_of
from komet_console.gui.window.main import MainWindow
from komet_console.workspace.environments import Variable

Until = Callable[[Callable[[], object]], Awaitable[None]]
TOKEN = "planted-e2e-token-89"
FINE = ok(b'{"status":1,"message":"OK"}', "Content-Type: application/json")
CONTROL = Qt.KeyboardModifier.ControlModifier
NUMBERS = ["0", "-0", "7", "1.50", "-2.00", "1e3", "1E+05", "6.02e-23", "12345678901234567890123", "0.1000"]
WORDS = ["", "flor", "Ñandú 🌷", 'a \\"quoted\\" word', "line\\nbreak", "\\u00e9", "// no comment", "{{lot}}", "true"]
NAMES = ["x-note", "Unknown", "ünï", "a/b", "a~b", "with space", "0", "price", "prebookItems2", "{}", "//"]
#         where, what is typed, how it is then written
EDITS = [
    ("/body/comments", "Handle with care", '"Handle with care"'),
    ("/body/customerId", "7350", "7350"),
    ("/body/shipViaId", "9", "9"),
    ("/body/prebookItems/0/price", "11.60", "11.60"),
    ("/body/prebookItems/1/boxes", "3", "3"),
    ("/body/prebookItems/1/breakdowns/0/bunches", "012", '"012"'),
    ("/body/prebookItems/1/breakdowns/0/price", "{{lot}}", "{{lot}}"),
]


class Draw:
    """A random JSON text, once with comments and once without, and where the fields of the form stand in both."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.comments = 0
        self.text = self.plain = ""
        self.values: dict[str, tuple[str, str]] = {}
        """By pointer: a mark that stands for the value in both texts, and the value as it is written at first."""
        self._gap()
        self._object(self._whole(), "/body")
        self._gap()

    def _put(self, piece: str) -> None:
        self.text += piece
        self.plain += piece

    def _gap(self) -> None:
        kind = self.random.randrange(8)
        if kind < 2:
            self.comments += 1
            words = self.random.choice(["why", '"a": 1,', "}{][", "* //", "ñ 🌷"])
            self.text += f" /* {self.comments} {words} */" if kind else f" // {self.comments} {words}\n  "
        elif kind < 6:
            self._put(["", " ", "\n    ", "\n\t"][kind - 2])

    def _object(self, members: list[tuple[str, Any]], pointer: str) -> None:
        self._rows("{", "}", [(name, value, f"{pointer}/{name}") for name, value in members])

    def _rows(self, opening: str, closing: str, rows: list[tuple[str | None, Any, str]]) -> None:
        self._put(opening)
        for number, (name, value, pointer) in enumerate(rows):
            self._put("," if number else "")
            self._gap()
            if name is not None:
                self._put(f'"{name}"')
                self._gap()
                self._put(":")
                self._gap()
            self._value(value, pointer)
            self._gap()
        self._put(closing)

    def _value(self, value: Any, pointer: str) -> None:
        if isinstance(value, dict):
            self._object(list(value.items()), pointer)
        elif isinstance(value, list):
            self._rows("[", "]", [(None, one, f"{pointer}/{number}") for number, one in enumerate(value)])
        elif any(pointer == where for where, _, _ in EDITS):
            mark = f"<<{len(self.values)}>>"
            self.values[pointer] = (mark, value)
            self._put(mark)
        else:
            self._put(value)

    def _known(self, members: dict[str, Any]) -> dict[str, Any]:
        """In any order, with unknown ones between."""
        every = list(members.items())
        every += [(name, self._anything(2)) for name in self.random.sample(NAMES, 2) if name not in members]
        self.random.shuffle(every)
        return dict(every)

    def _anything(self, depth: int) -> Any:
        kind = self.random.randrange(5 if depth else 3)
        if kind == 3:
            return {name: self._anything(depth - 1) for name in self.random.sample(NAMES, 2)}
        if kind == 4:
            return [self._anything(depth - 1) for _ in range(self.random.randrange(3))]
        return self.random.choice(
            (NUMBERS, [f'"{word}"' for word in WORDS], ["true", "false", "null", "{{lot}}"])[kind]
        )

    def _number(self) -> str:
        return self.random.choice(NUMBERS)

    def _whole(self) -> list[tuple[str, Any]]:
        breakdown = self._known({"productId": self._number(), "bunches": self._number(), "price": self._number()})
        first = self._known({"productId": self._number(), "price": self._number(), "boxes": self._number()})
        second = self._known({"boxes": self._number(), "breakdowns": [breakdown]})
        known = {
            "authenticationToken": '"{{token}}"',
            "customerId": self._number(),
            "comments": f'"{self.random.choice(WORDS)}"',
            "shipViaId": self._number(),
            "prebookItems": [first, second],
        }
        return list(self._known(known).items())

    def filled(self, text: str, changed: dict[str, str]) -> str:
        """One of the texts with its values, those in `changed` instead of the first ones."""
        for pointer, (mark, value) in self.values.items():
            text = text.replace(mark, changed.get(pointer, value))
        return text


def spelled(text: str) -> Any:
    """The value with every number as it is spelled and every object as its members in order."""
    return json.loads(text, parse_int="int {}".format, parse_float="float {}".format, object_pairs_hook=tuple)


def press(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)


def squeezed(text: str) -> str:
    """Without what stands between the words."""
    return re.sub(r"[\s,]", "", text)


async def towards(window: MainWindow, server: Server) -> RequestView:
    """A request to a server of the test's own."""
    variables = (Variable("lot", "4711"),)
    place = window.console.environments.add("Elsewhere", server.url, level="free", variables=variables)
    await window.console.tokens.add("Elsewhere", TOKEN, environment=place.id, hosts=(place.host,))
    window.places.set_environment(place.id)
    request = window.open_method("prebook.create").request
    assert request is not None
    return request


def write_json(window: MainWindow, request: RequestView, text: str) -> None:
    """Paste it over what is there."""
    request.show_view("json")
    request.body.editor.setFocus()
    QApplication.clipboard().setText(text)
    press(window, Qt.Key.Key_A, CONTROL)
    press(window, Qt.Key.Key_V, CONTROL)


def fill_field(window: MainWindow, request: RequestView, pointer: str, typed: str) -> None:
    """Go to the form's field and type."""
    request.show_view("form")
    assert request.form.focus_pointer(pointer), pointer
    press(window, Qt.Key.Key_A, CONTROL)
    QTest.keyClicks(QApplication.focusWidget(), typed)


@pytest.fixture
def sent_by(until: Until) -> Callable[[RequestView, Server], Awaitable[bytes]]:
    async def send(request: RequestView, server: Server) -> bytes:
        model, before = request.model, len(server.requests)
        model.sent = model.trouble = None
        request.send()
        await until(lambda: (model.sent or model.trouble) and not model.sending)
        assert model.trouble is None
        assert len(server.requests) == before + 1
        return server.requests[-1].partition(b"\r\n\r\n")[2]

    return send


@pytest.mark.parametrize("part", range(20 if LONG else 3))
async def test_what_one_view_writes_comes_through_the_other_as_it_was_written(
    gui_loop: asyncio.AbstractEventLoop,
    open_window: OpenWindow,
    sent_by: Callable[[RequestView, Server], Awaitable[bytes]],
    part: int,
) -> None:
    async with open_window() as window:
        with Server(answering(FINE)) as server:
            request = await towards(window, server)
            for seed in range(3 * part, 3 * part + 3):
                random = Random(seed)
                drawn = Draw(random)
                text = drawn.filled(drawn.text, {})
                write_json(window, request, text)
                assert text_of(request.body.editor) == text
                changed: dict[str, str] = {}
                for pointer, typed, written in random.sample(EDITS, random.randrange(1, 4)):
                    fill_field(window, request, pointer, typed)
                    changed[pointer] = written
                    request.show_view("json")
                    assert text_of(request.body.editor) == drawn.filled(drawn.text, changed)
                assert request.model.draft.body.text == drawn.filled(drawn.text, changed)
                plain = drawn.filled(drawn.plain, changed).replace("{{token}}", TOKEN).replace("{{lot}}", "4711")
                assert spelled((await sent_by(request, server)).decode()) == spelled(plain)


async def test_a_field_that_was_not_sent_comes_in_and_leaves_all_else_as_it_was(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow
) -> None:
    async with open_window() as window:
        request = window.open_method("prebook.create").request
        assert request is not None
        for seed in range(4):
            drawn = Draw(Random(seed))
            text = drawn.filled(drawn.text, {})
            write_json(window, request, text)
            fill_field(window, request, "/body/customerPO", "PO 17")
            request.show_view("json")
            after = text_of(request.body.editor)
            assert squeezed(after.replace('"customerPO": "PO 17"', "")) == squeezed(text)
            fill_field(window, request, "/body/customerPO", " ")
            press(window, Qt.Key.Key_A, CONTROL)
            press(window, Qt.Key.Key_Delete)
            request.show_view("json")
            assert "customerPO" not in text_of(request.body.editor)


async def test_text_that_is_no_json_stays_goes_out_as_typed_and_the_form_waits(
    gui_loop: asyncio.AbstractEventLoop,
    open_window: OpenWindow,
    sent_by: Callable[[RequestView, Server], Awaitable[bytes]],
) -> None:
    broken = '{"comments": "a",\n  "customerId": 7,,\n "x": 0077}'
    async with open_window() as window:
        with Server(answering(FINE)) as server:
            request = await towards(window, server)
            write_json(window, request, broken)
            request.show_view("form")
            await asyncio.sleep(0.3)
            waits = request.form.findChild(QWidget, "formWaits")
            assert waits.isVisible()
            request.form.focus_pointer("/body/comments")
            focus = QApplication.focusWidget()
            assert focus is None or not request.form.isAncestorOf(focus)
            request.show_view("json")
            assert text_of(request.body.editor) == broken
            assert (await sent_by(request, server)).decode() == broken
