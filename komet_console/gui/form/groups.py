"""Lists of fields, and arrays of objects as cards that open, collapse, double, move and go."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QSpacerItem, QVBoxLayout, QWidget

from komet_console.catalogue import Field
from komet_console.exchange.jsonedit import escape
from komet_console.gui import theme
from komet_console.gui.form.card_column import CardColumn
from komet_console.gui.form.describing import meta_of, tooltip_of
from komet_console.gui.form.rows import GAP, HEIGHT, Columns, FieldRow, FormContext, name_label
from komet_console.gui.form.unseen import A_TURN, ALL, needed
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.buttons import IconButton
from komet_console.gui.widgets.elided import ElidedLabel

__all__ = ["Card", "FieldList", "GroupRow", "Row"]

_INDENT = 13
"""Pixels that a card takes on its left: its edge and its margin."""
_OPEN_AT_FIRST = 1


class GroupRow(QWidget):
    """An array of objects: how many there are, one more, and a card for each."""

    def __init__(self, field: Field, pointer: str, context: FormContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.field = field
        self.pointer = pointer
        self._context = context
        self._columns = Columns(150, 300, narrow=False)
        self._filter = ("", False)
        self.opened: list[bool] = []
        """Of each element, whether its fields are shown."""
        self._cards: dict[int, Card] = {}
        """Those of the elements that are seen, are open, or are where the keyboard goes next."""
        self._label = name_label(field, self)
        self._label.setToolTip("")
        self._count = QLabel(self)
        theme.set_role(self._count, "strong")
        self.add = QPushButton(tr("Add"), self)
        self.add.setObjectName(f"{pointer}/add")
        self.add.setAccessibleName(tr("Add to {name}", name=field.name))
        theme.set_role(self.add, "small")
        self.add.clicked.connect(self._add)
        self._meta = ElidedLabel(meta_of(field), self)
        theme.set_role(self._meta, "meta")
        self._message = QLabel(self)
        self._message.setWordWrap(True)
        self._message.hide()
        line = QHBoxLayout()
        line.setSpacing(GAP)
        for widget in (self._label, self._count, self.add):
            line.addWidget(widget)
        line.addWidget(self._meta)
        line.addStretch(1)
        self.add.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addLayout(line)
        self._below = QHBoxLayout()
        self._below.addWidget(self._message)
        self._column.addLayout(self._below)
        self._list = CardColumn(self._column.spacing())
        self._column.addLayout(self._list)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._look)
        context.scrolled.connect(self._look)
        self.setToolTip(tooltip_of(field))

    @property
    def control(self) -> QWidget:
        """What gets the keyboard."""
        return self.add

    def refresh(self) -> None:
        """Show as many cards as there are elements."""
        values = self._context.values
        count = values.count(self.pointer)
        value = values.get(self.pointer)
        if value is not None and count is None:
            self._count.setText(tr("no list"))
        else:
            self._count.setText(tr("1 item") if count == 1 else tr("{count} items", count=count or 0))
        self._set_count(count or 0)
        for card in self._cards.values():
            card.refresh(len(self.opened))
        findings = self._context.model.findings_at(self.pointer)
        told = tr(findings[0].message) if findings else ""
        theme.set_role(self._message, "error" if findings and findings[0].severity == "error" else "warning")
        self._message.setText(told)
        self._message.setVisible(bool(told))

    # --- the cards

    @property
    def cards(self) -> list[Card]:
        """The cards that there are, from top to bottom; of a short list, all."""
        return [self._cards[index] for index in sorted(self._cards)]

    def card(self, index: int) -> Card:
        """The card of an element; made when it is first asked for."""
        if index not in self._cards:
            self._make(index)
            self._place()
        return self._cards[index]

    def _set_count(self, count: int) -> None:
        if count < len(self.opened):
            del self.opened[count:]
            for index in [one for one in self._cards if one >= count]:
                self._drop(self._cards.pop(index))
        self.opened += [index < _OPEN_AT_FIRST for index in range(len(self.opened), count)]
        self._look()

    def _look(self) -> None:
        """Make the cards that are seen, some at a time, and give up those that are not seen any more."""
        count = len(self.opened)
        opened = (index for index, on in enumerate(self.opened) if on)
        seen = self._list.seen(*self._context.seen_of(self), self._step())
        focus = self.window().focusWidget()
        focused = next((index for index, card in self._cards.items() if card.isAncestorOf(focus)), None)
        wanted = needed(count, opened, seen, focused)
        missing = [one for one in wanted if one not in self._cards]
        if not missing and count == self._list.length:
            return
        spare = [self._cards.pop(one) for one in self._cards.keys() - set(wanted)]
        at_once = count if count <= ALL else A_TURN
        for index in missing:
            used = next((card for card in spare if card.is_light), None)
            if used is not None:
                spare.remove(used)
                used.stand_for(index, count)
                self._cards[index] = used
            elif at_once:
                at_once -= 1
                self._make(index)
            else:
                self._later.start(0)
                break
        for card in spare:
            self._drop(card)
        self._place()

    def _make(self, index: int) -> None:
        card = Card(self, index, self._context)
        self._cards[index] = card
        card.arrange(self._columns)
        card.set_open(self.opened[index])
        card.refresh(len(self.opened))

    def _drop(self, card: Card) -> None:
        card.hide()
        card.deleteLater()

    def _place(self) -> None:
        """Stand all cards where they belong; room is left for those that are not there."""
        count = len(self.opened)
        if self._list.place(self._cards, count, self._step()):
            self._context.opened.emit()
            if len(self._cards) < count:
                self._later.start(0)  # as soon as everything has its place

    def _step(self) -> int:
        """Pixels from one collapsed card to the next."""
        closed = next((card for card in self._cards.values() if not card.is_open), None)
        height = closed.sizeHint().height() if closed is not None else HEIGHT
        return height + self._list.spacing()

    # --- changing the list

    def _add(self) -> None:
        if self._context.values.get(self.pointer) is None or self._context.values.count(self.pointer) is not None:
            self._context.write(self._context.values.add_element(self.pointer))
            card = self.card(len(self.opened) - 1)
            card.set_open(True)
            card.focus()

    def duplicate(self, index: int) -> None:
        """The element once more, behind itself."""
        opened = self.opened.copy()
        self._context.write(self._context.values.duplicate_element(self.pointer, index))
        self._open([*opened[: index + 1], True, *opened[index + 1 :]])
        self.card(index + 1).focus()

    def move_element(self, index: int, by: int) -> None:
        """The element one place up (-1) or down (1); the keyboard goes along."""
        to = index + by
        if not 0 <= to < len(self.opened):
            return
        opened = self.opened.copy()
        opened.insert(to, opened.pop(index))
        self._context.write(self._context.values.move_element(self.pointer, index, to))
        self._open(opened)
        card = self.card(to)
        button = card.up if by < 0 else card.down
        (button if button.isEnabled() else card.toggle).setFocus()

    def remove(self, index: int) -> None:
        """The list without the element; the list goes where its last element went."""
        opened = self.opened.copy()
        values = self._context.values
        last = len(opened) == 1
        self._context.write(values.clear(self.pointer) if last else values.remove_element(self.pointer, index))
        self._open(opened[:index] + opened[index + 1 :])
        left = len(self.opened)
        (self.card(min(index, left - 1)).toggle if left else self.add).setFocus()

    def _open(self, states: Sequence[bool]) -> None:
        for index, state in enumerate(states[: len(self.opened)]):
            self.opened[index] = state
            if index in self._cards:
                self._cards[index].set_open(state)
        self._look()

    # --- layout, filter, keyboard

    def arrange(self, columns: Columns) -> None:
        """Take on the widths of the form."""
        self._columns = columns
        self._label.setFixedWidth(columns.label)
        self._meta.setVisible(not columns.narrow)
        self._below.setContentsMargins(columns.label + GAP, 0, 0, 0)
        for card in self._cards.values():
            card.arrange(columns)

    def choose(self, text: str, *, only_filled: bool) -> bool:
        """Be shown only where a name in here holds the text (and something is sent); returns whether it is."""
        own = text in self.field.name.casefold()
        shown = own or any(text in below.name.casefold() for _, below in self.field.walk())
        if only_filled:
            shown = shown and self._context.values.get(self.pointer) is not None
        self.setVisible(shown)
        self._filter = ("" if own else text, only_filled)
        for card in self._cards.values():
            card.choose()
        return shown

    @property
    def filter(self) -> tuple[str, bool]:
        """What the fields of the cards are filtered by."""
        return self._filter

    @property
    def columns(self) -> Columns:
        """The widths of the form around."""
        return self._columns

    def stops(self) -> list[QWidget]:
        """What Tab visits, in order."""
        return [self.add, *(stop for card in self.cards for stop in card.stops())]

    def reveal(self, parts: Sequence[str]) -> QWidget | None:
        """Open what hides the place below (`["0", "price"]`); returns what gets the keyboard there."""
        if not parts or not parts[0].isdecimal() or int(parts[0]) >= len(self.opened):
            return self.add
        card = self.card(int(parts[0]))
        card.set_open(True)
        return card.body.reveal(parts[1:]) or card.toggle


class Card(QFrame):
    """One element of an array. Its fields are made when it is opened."""

    def __init__(self, group: GroupRow, index: int, context: FormContext) -> None:
        super().__init__(group)
        self._group = group
        self._index = index
        self._context = context
        self._body: FieldList | None = None
        self._shown = False
        theme.set_role(self, "card")
        self.toggle = IconButton("chevron-right", "", "", self)
        self.toggle.clicked.connect(lambda: self.set_open(not self._shown))
        self._title = QLabel(self)
        theme.set_role(self._title, "strong")
        self._summary = ElidedLabel("", self)
        theme.set_role(self._summary, "meta")
        self.up = IconButton("up", "", "", self)
        self.down = IconButton("down", "", "", self)
        self.duplicate = IconButton("duplicate", "", "", self)
        self.remove = IconButton("trash", "", "", self)
        self.up.clicked.connect(lambda: group.move_element(self._index, -1))
        self.down.clicked.connect(lambda: group.move_element(self._index, 1))
        self.duplicate.clicked.connect(lambda: group.duplicate(self._index))
        self.remove.clicked.connect(lambda: group.remove(self._index))
        self._name()
        line = QHBoxLayout()
        line.setSpacing(2)
        line.addWidget(self.toggle)
        line.addWidget(self._title)
        line.addSpacing(10)
        line.addWidget(self._summary, 1)
        for button in (self.up, self.down, self.duplicate, self.remove):
            line.addWidget(button)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(_INDENT - 1, 4, _INDENT - 1, 4)
        self._column.setSpacing(6)
        self._column.addLayout(line)

    def _name(self) -> None:
        """Say which element this is, to those who look and to those who listen."""
        self.pointer = f"{self._group.pointer}/{self._index}"
        number = str(self._index + 1)
        self._title.setText(number)
        for button, name, tip in (
            (self.toggle, "cardToggle", tr("Open or collapse item {number}", number=number)),
            (self.up, "cardUp", tr("Move item {number} up", number=number)),
            (self.down, "cardDown", tr("Move item {number} down", number=number)),
            (self.duplicate, "cardDuplicate", tr("Duplicate item {number}", number=number)),
            (self.remove, "cardRemove", tr("Remove item {number}", number=number)),
        ):
            button.setObjectName(f"{self.pointer}/{name}")
            button.setToolTip(tip)
            button.setAccessibleName(tip)

    @property
    def is_light(self) -> bool:
        """Whether the card has no fields, and can stand for another element."""
        return self._body is None

    def stand_for(self, index: int, count: int) -> None:
        """Be the card of another element from now on."""
        self._index = index
        self._name()
        self.refresh(count)

    @property
    def is_open(self) -> bool:
        """Whether the fields are shown."""
        return self._shown

    @property
    def body(self) -> FieldList:
        """The fields; made when they are first asked for."""
        if self._body is None:
            self._body = FieldList(self._group.field.children, self.pointer, self._context, self)
            self._column.addWidget(self._body)
            self.arrange(self._group.columns)
            self._body.refresh()
            self.choose()
        return self._body

    def set_open(self, on: bool) -> None:
        """Show the fields, or one line instead."""
        if on == self._shown:
            return
        self._shown = on
        self._group.opened[self._index] = on
        theme.icons.set_icon(self.toggle, "chevron-down" if on else "chevron-right")
        if on:
            self.body.refresh()
        self.body.setVisible(on)
        self._summarise()
        self._column.setContentsMargins(_INDENT - 1, 4, _INDENT - 1, 10 if on else 4)
        self._context.opened.emit()

    def refresh(self, count: int) -> None:
        """Show the draft's values; `count` is how many cards there are."""
        self.up.setEnabled(self._index > 0)
        self.down.setEnabled(self._index < count - 1)
        if self._shown:
            self.body.refresh()
        self._summarise()

    def _summarise(self) -> None:
        """The first few values in one line, while the fields are not shown."""
        words = []
        if not self._shown:
            for field in self._group.field.children:
                value = self._context.values.get(f"{self.pointer}/{escape(field.name)}")
                if value is not None and value.kind not in ("array", "object"):
                    words.append(f"{field.name} {value.text}")
                if len(words) == 4:
                    break
            if not words:
                words.append(tr("empty"))
        self._summary.setText(" · ".join(words))

    def arrange(self, columns: Columns) -> None:
        """Take on the widths of the form, less what the card takes."""
        if self._body is not None:
            editor = columns.editor - _INDENT if columns.narrow else columns.editor
            self._body.arrange(Columns(max(columns.label - _INDENT, 60), editor, columns.narrow, columns.brief))

    def choose(self) -> None:
        """Show the fields that the form's filter lets through."""
        if self._body is not None:
            text, only_filled = self._group.filter
            self._body.choose(text, only_filled=only_filled)

    def focus(self) -> None:
        """Put the keyboard into the first field."""
        first = next(iter(self.body.rows), None)
        (first.control if first is not None else self.toggle).setFocus(Qt.FocusReason.OtherFocusReason)

    def stops(self) -> list[QWidget]:
        """What Tab visits, in order."""
        own: list[QWidget] = [self.toggle, self.up, self.down, self.duplicate, self.remove]
        return own + (self.body.stops() if self._shown else [])


Row = FieldRow | GroupRow


class FieldList(QWidget):
    """The rows of some fields, one below the other.

    Args:
        at_once: So many rows are made now, and the others by `make_more` or when they are asked for; None: all.
    """

    def __init__(
        self,
        fields: Sequence[Field],
        base: str,
        context: FormContext,
        parent: QWidget,
        at_once: int | None = None,
    ) -> None:
        super().__init__(parent)
        self._base = base
        self._context = context
        self._made: list[Row] = []
        self._left = list(fields)
        self._columns: Columns | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._column = column
        self._room = QSpacerItem(0, 0)
        """What the rows that are still to be made will take: the scroll bar is right from the beginning."""
        column.addSpacerItem(self._room)
        self._make(len(self._left) if at_once is None else at_once)

    def _make(self, count: int) -> list[Row]:
        now, self._left = self._left[:count], self._left[count:]
        made: list[Row] = []
        for field in now:
            pointer = f"{self._base}/{escape(field.name)}"
            grouped = field.type == "array" and bool(field.children)
            kind = GroupRow if grouped else FieldRow
            row = kind(field, pointer, self._context, self)
            self._column.insertWidget(self._column.count() - 1, row)
            made.append(row)
        self._made += made
        self._room.changeSize(0, len(self._left) * (HEIGHT + self._column.spacing()))
        return made

    def make_more(self, count: int) -> bool:
        """Make the next rows; returns whether some are left."""
        for row in self._make(count):
            if self._columns is not None:
                row.arrange(self._columns)
            row.refresh()
        self._column.invalidate()
        return bool(self._left)

    @property
    def rows(self) -> list[Row]:
        """All rows."""
        if self._left:
            self.make_more(len(self._left))
        return self._made

    def refresh(self) -> None:
        """Show the draft's values."""
        for row in self._made:
            row.refresh()

    def arrange(self, columns: Columns) -> None:
        """Take on the widths of the form."""
        self._columns = columns
        for row in self._made:
            row.arrange(columns)

    def choose(self, text: str, *, only_filled: bool) -> bool:
        """Show the rows whose names hold the text (and that are sent); returns whether there is one."""
        shown = [row.choose(text, only_filled=only_filled) for row in self.rows]
        return any(shown)

    def stops(self) -> list[QWidget]:
        """What Tab visits, in order."""
        return [stop for row in self._made for stop in row.stops()]

    def reveal(self, parts: Sequence[str]) -> QWidget | None:
        """Open what hides the place (`["items", "0", "price"]`); returns what gets the keyboard there."""
        row = next((row for row in self.rows if parts and row.field.name == parts[0]), None)
        if row is None:
            return None
        row.setVisible(True)
        return row.reveal(parts[1:]) if isinstance(row, GroupRow) else row.control
