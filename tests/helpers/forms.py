"""What tests of forms share: rows by pointer, and typing into one."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from komet_console.exchange import strip_comments
from komet_console.gui.form.groups import FieldList, GroupRow, Row
from komet_console.gui.form.rows import FieldRow
from komet_console.gui.form.view import FormView

TODAY = date(2026, 3, 2)
Open = Callable[..., FormView]


def rows(view: FormView) -> list[Row]:
    return [row for part in view.findChildren(FieldList) for row in part.rows]


def row(view: FormView, pointer: str) -> FieldRow:
    found = next(row for row in rows(view) if row.pointer == pointer)
    assert isinstance(found, FieldRow)
    return found


def group(view: FormView, pointer: str) -> GroupRow:
    found = next(row for row in rows(view) if row.pointer == pointer)
    assert isinstance(found, GroupRow)
    return found


def body(view: FormView) -> Any:
    return json.loads(strip_comments(view.model.draft.body.text))


def query(view: FormView) -> dict[str, str]:
    return {pair.name: pair.value for pair in view.model.draft.query}


def type_into(qtbot: QtBot, view: FormView, pointer: str, text: str) -> QLineEdit:
    line = row(view, pointer).editor.line  # type: ignore[attr-defined]
    assert isinstance(line, QLineEdit)
    line.selectAll()
    qtbot.keyClick(line, Qt.Key.Key_Backspace)
    qtbot.keyClicks(line, text)
    return line
