"""The controls of a form, one for each kind of field. Each shows a value and says when the user changes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QDate, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFont, QKeyEvent, QTextCharFormat, QWheelEvent
from PySide6.QtWidgets import QCalendarWidget, QComboBox, QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from komet_console.catalogue import Field
from komet_console.exchange import TOKEN_REFERENCE
from komet_console.gui import theme
from komet_console.gui.form.dates import hint_of, parse_day, parse_moment, written
from komet_console.gui.form.values import Value, spelled_flag
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.buttons import IconButton
from komet_console.gui.widgets.chips import ChipsEdit
from komet_console.gui.widgets.hint_edit import HintEdit
from komet_console.gui.widgets.segmented import SegmentedControl

__all__ = ["ChoiceEditor", "DateEditor", "Editor", "FlagEditor", "ListEditor", "TextEditor"]

NOT_SENT, YES, NO, OTHER = "", "yes", "no", "other"
_MOST_IN_A_LINE = 200_000
_SEEN_OF_LONG = 10


class Editor(QWidget):
    """A control for one field.

    Signals:
        typed(str): The user typed a text; empty: the field is not sent any more.
        emptied(): The user wants an empty text to be sent.
        cleared(): The user wants the field not to be sent.
    """

    typed = Signal(str)
    emptied = Signal()
    cleared = Signal()

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field

    def show_value(self, value: Value | None) -> None:
        """Show what the draft holds; None: not sent."""
        raise AssertionError("each control shows values in its own way")

    def mark(self, role: str) -> None:
        """Show that something is wrong: `bad`, `warn`, or empty."""

    @property
    def control(self) -> QWidget:
        """What gets the keyboard. It is nobody's focus proxy: Tab visits a widget with a proxy where that widget was born,
        which need not be where the control stands now."""
        raise AssertionError("each control is in a place of its own")

    def stops(self) -> list[QWidget]:
        """What Tab visits, in order."""
        return [self.control]


class _Line(HintEdit):
    """A line whose menu also says whether the field is sent."""

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent or editor)
        self._editor = editor

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addSeparator()
        menu.addAction(tr("Do not send"), self._editor.cleared.emit)
        menu.addAction(tr("Send an empty text"), self._editor.emptied.emit)
        menu.popup(event.globalPos())


def _row(editor: QWidget) -> QHBoxLayout:
    line = QHBoxLayout(editor)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(6)
    return line


class TextEditor(Editor):
    """Text, and numbers as text: what is typed is what is sent."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.line = _Line(self)
        if field.example is not None and not isinstance(field.example, (dict, list)):
            self.line.setPlaceholderText(tr("e.g. {example}", example=field.example))
        self.line.textEdited.connect(self.typed)
        _row(self).addWidget(self.line)

    @property
    def control(self) -> QWidget:
        return self.line

    def show_value(self, value: Value | None) -> None:
        text = value.text if value else ""
        # A line can show a list or an object, but what is typed over it would be a text.
        nested = value is not None and value.kind in ("array", "object")
        if nested:
            text = " ".join(text.split())
        # And a line of a megabyte takes a second for each letter.
        length = len(text)
        long = length > _MOST_IN_A_LINE
        if long:
            text = text[:_SEEN_OF_LONG] + "…"
        if (nested or long) != self.line.isReadOnly():
            self.line.setReadOnly(nested or long)
        if self.line.text() != text:
            self.line.setText(text)
        if long:
            self.line.set_hint(tr("{count:,} characters; change it as text", count=length))
        elif nested:
            self.line.set_hint(tr("change it in the JSON"))
        elif self.field.type == "token":
            self.line.set_hint(tr("the token chosen above") if text == TOKEN_REFERENCE else "")
        elif value is not None and not text:
            self.line.set_hint(tr("sent empty"))
        else:
            self.line.set_hint("")

    def mark(self, role: str) -> None:
        theme.set_role(self.line, role)


class DateEditor(TextEditor):
    """A date as text in the documented format, with a calendar; weekday and distance stand beside."""

    def __init__(self, field: Field, today: Callable[[], date], parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self._today = today
        self.line.setPlaceholderText(field.format or "YYYY-MM-DD")
        self.button = IconButton("calendar", tr("Choose a day"), "calendarButton", self)
        self.button.clicked.connect(self._open)
        self.layout().addWidget(self.button)  # type: ignore[union-attr]  # made by the text editor

    def stops(self) -> list[QWidget]:
        return [self.control, self.button]

    def show_value(self, value: Value | None) -> None:
        super().show_value(value)
        if value is not None and value.text:
            self.line.set_hint(hint_of(value.text, self._today(), with_time=self.field.type == "datetime"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() == Qt.Key.Key_Down:
            self._open()
        elif (step := steps.get(Qt.Key(event.key()))) and (day := self._day()):
            self._choose(date.fromordinal(day.toordinal() + step))
        else:
            super().keyPressEvent(event)

    def _day(self) -> date | None:
        text = self.line.text()
        moment = parse_moment(text)
        return moment.date() if moment else parse_day(text)

    def _choose(self, day: date) -> None:
        text = written(day, self.field.format, self.line.text())
        self.line.setText(text)
        self.typed.emit(text)

    def _open(self) -> None:
        popup = QFrame(self, Qt.WindowType.Popup)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        theme.set_role(popup, "popup")
        calendar = QCalendarWidget()
        calendar.setObjectName("calendar")
        calendar.setAccessibleName(tr("Calendar"))
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        day = self._day() or self._today()
        calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        column = QVBoxLayout(popup)
        column.addWidget(calendar)
        _dress(calendar)

        def take(chosen: QDate) -> None:
            self._choose(date(chosen.year(), chosen.month(), chosen.day()))
            popup.close()

        calendar.clicked.connect(take)
        calendar.activated.connect(take)
        popup.move(self.mapToGlobal(QPoint(0, self.height() + 2)))
        popup.show()
        calendar.setFocus()


def _dress(calendar: QCalendarWidget) -> None:
    """In the theme's colours, which Qt's own reds, blacks and highlights do not know."""
    calendar.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.ShortDayNames)
    plain, strong = QTextCharFormat(), QTextCharFormat()
    plain.setForeground(theme.color("text"))
    strong.setFontWeight(QFont.Weight.DemiBold)
    calendar.setHeaderTextFormat(strong)
    for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
        calendar.setWeekdayTextFormat(day, plain)
    for name, icon in (("qt_calendar_prevmonth", "chevron-left"), ("qt_calendar_nextmonth", "chevron-right")):
        if (button := calendar.findChild(QToolButton, name)) is not None:
            theme.icons.set_icon(button, icon, "muted")


class _Combo(QComboBox):
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class ChoiceEditor(Editor):
    """A closed set with meanings; anything else can be typed."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.combo = _Combo(self)
        self.combo.setObjectName("choice")
        self.combo.setEditable(True)
        self.combo.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.line = _Line(self, self.combo)
        self.combo.setLineEdit(self.line)
        self.combo.setCompleter(None)  # type: ignore[arg-type]  # it would complete to "1   active"
        self.line.setFrame(False)
        self._meanings = {value.value: value.meaning for value in field.values}
        for value in field.values:
            meaning = value.meaning if value.meaning and value.meaning != value.value else ""
            self.combo.addItem(f"{value.value}   {meaning}" if meaning else value.value, value.value)
        if not field.required:
            self.combo.addItem(tr("not sent"), "")
        self.combo.setCurrentIndex(-1)
        self.line.setPlaceholderText(tr("not sent"))
        self.line.textEdited.connect(self.typed)
        self.combo.activated.connect(self._chosen)
        _row(self).addWidget(self.combo)

    @property
    def control(self) -> QWidget:
        return self.combo

    def _chosen(self, number: int) -> None:
        value = self.combo.itemData(number)
        self.line.setText(value)
        if value:
            self.typed.emit(value)
        else:
            self.cleared.emit()

    def show_value(self, value: Value | None) -> None:
        text = value.text if value else ""
        if self.line.text() != text:
            self.line.setText(text)
        meaning = self._meanings.get(text, "")
        self.line.set_hint(meaning if meaning != text else "")

    def mark(self, role: str) -> None:
        theme.set_role(self.combo, role)


class FlagEditor(Editor):
    """Not sent, yes, no; what is sent is said."""

    chosen = Signal(object)
    """True, False, or None for not sent."""

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self._offer = [(NOT_SENT, tr("not sent")), (YES, tr("yes")), (NO, tr("no"))]
        self.switch = SegmentedControl(self._offer, self)
        self.switch.setObjectName("flag")
        for key, on in ((YES, True), (NO, False)):
            word = spelled_flag(field, on)
            meaning = next((value.meaning for value in field.values if value.value == word), "")
            tip = (
                tr("Sends {value}: {meaning}", value=word, meaning=meaning)
                if meaning
                else tr("Sends {value}", value=word)
            )
            self.switch.set_tip(key, tip)
        self.switch.chosen.connect(lambda key: self.chosen.emit({YES: True, NO: False}.get(key)))
        line = _row(self)
        line.setContentsMargins(0, 1, 0, 2)  # as high as the rows around it
        line.addWidget(self.switch)
        line.addStretch()

    @property
    def control(self) -> QWidget:
        return self.switch

    def show_value(self, value: Value | None) -> None:
        key, other = NOT_SENT, []
        if value is not None:
            key = {"1": YES, "true": YES, "0": NO, "false": NO}.get(value.text.casefold(), OTHER)
            other = [(OTHER, value.text or tr("empty"))] if key == OTHER else []
        self.switch.set_choices([*self._offer, *other])
        self.switch.current = key


class ListEditor(Editor):
    """Several short values in one field.

    Signals:
        listed(list): All values, after a change.
    """

    listed = Signal(list)

    def __init__(self, field: Field, parent: QWidget | None = None) -> None:
        super().__init__(field, parent)
        self.separator = field.separator or ","
        known = [value.value for value in (field.values or (field.element.values if field.element else ()))]
        self.chips = ChipsEdit(self.separator, known, self)
        self.chips.setFocusProxy(None)  # type: ignore[arg-type]  # see `control`
        self.line = self.chips.line
        self.line.setPlaceholderText(
            tr("add a value") if not known else tr("e.g. {examples}", examples=", ".join(known[:3]))
        )
        self.chips.edited.connect(self.listed)
        _row(self).addWidget(self.chips)

    @property
    def control(self) -> QWidget:
        return self.line

    def show_value(self, value: Value | None) -> None:
        if value is None:
            self.chips.show_values([])
        elif value.kind != "array":
            parts = [part.strip() for part in value.text.split(self.separator)]
            self.chips.show_values([part for part in parts if part])

    def show_values(self, values: list[str]) -> None:
        """Show the elements of an array."""
        self.chips.show_values(values)
