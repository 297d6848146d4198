"""Every dialog there is, found by looking for them: names, keys, visible focus, Escape, and no text that is cut off."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from helpers.dialogs import MAKERS, dialogs_of_the_program
from helpers.walking import described, reachable, settle, trouble
from helpers.windows import OpenWindow
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QWidget

from komet_console.gui.window.main import MainWindow

Until = Callable[[Callable[[], object]], Awaitable[None]]


def test_no_dialog_is_forgotten() -> None:
    assert {one.__name__ for one in dialogs_of_the_program()} == {one.__name__ for one in MAKERS}


# --- walking each of them


def stops_of(dialog: QDialog) -> list[QWidget]:
    """What Tab has to reach."""
    return [one for one in reachable(dialog) if one.focusPolicy() & Qt.FocusPolicy.TabFocus]


def looks(widget: QWidget) -> QImage:
    """The pixels of a widget and a little around it, where a frame is drawn."""
    top = widget.window()
    place = widget.rect().translated(widget.mapTo(top, widget.rect().topLeft())).adjusted(-4, -4, 4, 4)
    return top.grab(place).toImage()


def reaches(stop: QWidget, widget: QWidget) -> bool:
    """Whether who stands at a stop has that widget: it is the stop, or arrows lead to it within a group of choices."""
    if stop is widget or stop is widget.focusProxy() or stop.isAncestorOf(widget):
        return True
    both = isinstance(stop, QAbstractButton) and isinstance(widget, QAbstractButton)
    if not both or stop.parentWidget() is not widget.parentWidget():
        return False
    group = stop.group()
    exclusive = stop.autoExclusive() and widget.autoExclusive()
    return exclusive or (group is not None and group.exclusive() and group is widget.group())


def tabbed(dialog: QDialog) -> dict[str, list[str]]:
    """What the Tab key leaves out, and what does not show that it has the keyboard."""
    wanted, seen, invisible = stops_of(dialog), [], []
    for _ in range(3 * len(wanted) + 3):
        here = dialog.focusWidget()
        if here is None or here in seen:
            break
        seen.append(here)
        with_keyboard = looks(here)
        QTest.keyClick(here, Qt.Key.Key_Tab)
        if dialog.focusWidget() is not here and len(wanted) > 1 and looks(here) == with_keyboard:
            invisible.append(described(here))
    missed = [described(one) for one in wanted if not any(reaches(it, one) for it in seen)]
    return {"missed by Tab": missed, "focus unseen": invisible}


async def walked(window: MainWindow, until: Until, kind: type[QDialog]) -> dict[str, list[str]]:
    """Everything that is wrong with one dialog."""
    dialog = await MAKERS[kind](window, until)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    gone: list[int] = []
    dialog.finished.connect(gone.append)
    dialog.open()
    await until(dialog.isVisible)
    dialog.activateWindow()
    await settle()
    found = trouble(dialog)
    if not dialog.accessibleName() and not dialog.windowTitle():
        found["unnamed"] = [*found.get("unnamed", []), kind.__name__]
    await until(lambda: QApplication.activeWindow() is dialog)
    if dialog.focusWidget() is None:
        found["keyboard"] = ["nothing has it"]
    else:
        found |= tabbed(dialog)
    QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Escape)
    await settle()
    if not gone:
        found["Escape"] = ["does not close it"]
        dialog.reject()
    return {what: rows for what, rows in found.items() if rows}


KINDS = sorted(MAKERS, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("part", range(4))
async def test_a_dialog_can_be_read_and_used_by_keys_alone(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until, part: int
) -> None:
    found = {}
    async with open_window(1024, 700) as window:
        for kind in KINDS[part::4]:
            found[kind.__name__] = await walked(window, until, kind)
    wrong = {name: rows for name, rows in found.items() if rows}
    assert wrong == {}, wrong
