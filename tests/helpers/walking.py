"""Walks over windows: what takes the focus, what it is called, what of its text is cut off."""

from __future__ import annotations

import asyncio
from collections import Counter

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QWidget,
)

__all__ = ["clipped", "described", "is_ours", "reachable", "settle", "trouble", "twins", "unnamed"]


def is_ours(widget: QWidget) -> bool:
    """Not one of the parts that Qt makes inside its own widgets."""
    if widget.objectName().startswith("qt_"):
        return False
    parent = widget.parentWidget()
    if isinstance(widget, QLineEdit) and isinstance(parent, QComboBox):
        return False
    return not (isinstance(parent, QAbstractScrollArea) and not isinstance(widget, QWidget | QAbstractScrollArea))


def reachable(top: QWidget) -> list[QWidget]:
    """Everything in a window that takes the focus now."""
    return [
        widget
        for widget in top.findChildren(QWidget)
        if widget.isVisibleTo(top)
        and widget.isEnabled()
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and widget.window() is top
        and is_ours(widget)
    ]


def called(widget: QWidget) -> str:
    """What a screen reader says."""
    words = widget.accessibleName()
    if not words and isinstance(widget, QAbstractButton | QLabel):
        words = widget.text()
    if not words and isinstance(widget, QMenu):
        words = widget.title()
    return words.strip()


def described(widget: QWidget) -> str:
    chain = []
    part: QWidget | None = widget
    while part is not None and len(chain) < 5:
        chain.append(f"{type(part).__name__}#{part.objectName()}")
        part = part.parentWidget()
    return " < ".join(chain)


def unnamed(top: QWidget) -> list[str]:
    return [described(one) for one in reachable(top) if not one.objectName() or not called(one)]


def twins(top: QWidget) -> list[str]:
    names = Counter(one.objectName() for one in reachable(top))
    return [name for name, count in names.items() if count > 1]


def clipped(top: QWidget) -> list[str]:
    """Texts that need more room than their widget has."""
    found = []
    for widget in top.findChildren(QWidget):
        if not widget.isVisibleTo(top) or widget.window() is not top or not is_ours(widget):
            continue
        if isinstance(widget, QLabel):
            needed = label_needs(widget)
        elif isinstance(widget, QPushButton) and widget.text() and type(widget).paintEvent is QPushButton.paintEvent:
            needed = widget.fontMetrics().horizontalAdvance(widget.text().replace("&", ""))
        else:
            continue
        room = widget.contentsRect().width()
        if needed > room + 1:
            found.append(f"{described(widget)}: {widget.text()!r} needs {needed}, has {room}")
        elif isinstance(widget, QLabel) and widget.text() and not scrolls(widget):
            high = widget.heightForWidth(widget.width()) if widget.wordWrap() else widget.fontMetrics().height()
            if high > widget.height() + 2:
                found.append(f"{described(widget)}: {widget.text()[:60]!r} needs {high} high, has {widget.height()}")
    return found


def label_needs(label: QLabel) -> int:
    """The width below which letters are lost; labels that elide or wrap lose none."""
    if (
        not label.text()
        or type(label).paintEvent is not QLabel.paintEvent
        or label.textFormat() == Qt.TextFormat.RichText
    ):
        return 0
    words = label.text().split() if label.wordWrap() else label.text().split("\n")
    return max((label.fontMetrics().horizontalAdvance(word) for word in words), default=0)


def scrolls(widget: QWidget) -> bool:
    """Whether what does not fit can be scrolled to."""
    part = widget.parentWidget()
    while part is not None:
        if isinstance(part, QScrollArea | QAbstractItemView):
            return True
        part = part.parentWidget()
    return False


def trouble(top: QWidget) -> dict[str, list[str]]:
    found = {"unnamed": unnamed(top), "twins": twins(top), "clipped": clipped(top)}
    return {kind: rows for kind, rows in found.items() if rows}


async def settle() -> None:
    await asyncio.sleep(0.06)
    QApplication.sendPostedEvents()
