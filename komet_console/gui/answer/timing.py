"""Where a call's time went, as a small waterfall with its numbers, and the way it took."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from komet_console.exchange import Exchange, Hop
from komet_console.gui import theme
from komet_console.gui.answer.verdict import said_size, said_time
from komet_console.gui.i18n import tr

__all__ = ["Bar", "TimingView", "Waterfall", "bars_of", "facts_of"]

_ROW = 26
_LABEL = 148
_NUMBER = 72


@dataclass(frozen=True, slots=True)
class Bar:
    """One phase: when it began and how long it took, milliseconds. No number: it did not happen."""

    key: str
    label: str
    begin: float
    length: float | None


def bars_of(exchange: Exchange) -> list[Bar]:
    """The phases in their order; their sum is the total.

    What no phase accounts for (the draft made ready, the request sent, redirects on the way) is said as one bar.
    """
    timing = exchange.timing
    known = sum(
        part or 0.0 for part in (timing.name, timing.connect, timing.tls, timing.waiting, timing.download)
    )  # fmt: skip
    rest = max(0.0, timing.total - known)
    other = tr("Redirects and sending") if exchange.hops else tr("Preparing and sending")
    rows: list[tuple[str, str, float | None]] = [
        ("name", tr("Name lookup"), timing.name),
        ("connect", tr("Connecting"), timing.connect),
        ("tls", tr("Encryption (TLS)"), timing.tls),
        ("other", other, rest),
        ("waiting", tr("Waiting for the answer"), timing.waiting),
        ("download", tr("Receiving the answer"), timing.download),
    ]
    bars, at = [], 0.0
    for key, label, length in rows:
        bars.append(Bar(key, label, at, length))
        at += length or 0.0
    return [*bars, Bar("total", tr("Total"), 0.0, timing.total)]


def facts_of(exchange: Exchange) -> list[str]:
    """What is to be said besides the numbers, a sentence each."""
    timing, response = exchange.timing, exchange.response
    facts = []
    if timing.waiting is not None and timing.connect is None:
        facts.append(tr("The connection of an earlier call was used again: no name lookup, no connecting."))
    elif timing.waiting is not None and timing.tls is None:
        facts.append(tr("The connection is not encrypted: it stays on this machine."))
    if response is not None:
        if response.size != response.wire_size:
            facts.append(
                tr(
                    "{wire} travelled, {size} after decompressing ({encoding}), {version}.",
                    wire=said_size(response.wire_size),
                    size=said_size(response.size),
                    encoding=response.header("content-encoding") or "",
                    version=response.http_version,
                )
            )
        else:
            facts.append(
                tr(
                    "{size} travelled, not compressed, {version}.",
                    size=said_size(response.size),
                    version=response.http_version,
                )
            )
    return [*facts, *(_said(hop) for hop in exchange.hops)]


def _said(hop: Hop) -> str:
    places = {"status": hop.status, "url": hop.url, "location": hop.location}
    if not hop.followed:
        return tr("Redirect {status} from {url} to {location} was not followed: {reason}", reason=hop.reason, **places)
    if hop.with_token:
        return tr("Redirect {status} from {url} to {location} was followed, with the token.", **places)
    return tr("Redirect {status} from {url} to {location} was followed, without the token.", **places)


class Waterfall(QWidget):
    """The phases, painted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars: list[Bar] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setObjectName("waterfall")
        theme.manager().changed.connect(self.update)

    def show_bars(self, bars: list[Bar]) -> None:
        """Show other phases."""
        self.bars = bars
        said = (tr("{phase}: {time}", phase=bar.label, time=_number(bar)) for bar in bars)
        self.setAccessibleName(tr("Timing"))
        self.setAccessibleDescription("; ".join(said))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, _ROW * len(self.bars) + 9)

    def minimumSizeHint(self) -> QSize:
        return QSize(_LABEL + _NUMBER + 60, _ROW * len(self.bars) + 9)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        total = max((bar.begin + (bar.length or 0.0) for bar in self.bars), default=0.0) or 1.0
        left, width = _LABEL + 12.0, max(40.0, self.width() - _LABEL - _NUMBER - 24.0)
        tones = {"name": "violet", "connect": "blue", "tls": "blue", "waiting": "amber", "download": "green"}
        top = 0
        for bar in self.bars:
            if bar.key == "total":
                painter.fillRect(QRectF(0, top + 4, self.width(), 1), theme.color("line"))
                top += 9
            happened = bar.length is not None
            strong = bar.key == "total"
            painter.setFont(theme.fonts.ui(13, 600 if strong else 400))
            painter.setPen(theme.color("text" if strong else ("muted" if happened else "faint")))
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, top, _LABEL, _ROW), middle | Qt.AlignmentFlag.AlignRight, bar.label)
            painter.setPen(theme.color("text" if happened else "faint"))
            number = QRectF(self.width() - _NUMBER, top, _NUMBER, _ROW)
            painter.drawText(number, middle | Qt.AlignmentFlag.AlignRight, _number(bar))
            if not strong and happened:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("slatebg"))
                painter.drawRoundedRect(QRectF(left, top + 9, width, _ROW - 18), 4, 4)
            if bar.length and not strong:
                painter.setBrush(theme.color(tones.get(bar.key, "faint")))
                place = QRectF(
                    left + width * bar.begin / total, top + 9, max(3.0, width * bar.length / total), _ROW - 18
                )
                painter.drawRoundedRect(place, 3, 3)
            top += _ROW


def _number(bar: Bar) -> str:
    return tr("none") if bar.length is None else said_time(bar.length)


class TimingView(QScrollArea):
    """The waterfall and the facts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("timingView")
        self.setAccessibleName(tr("Timing"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        content = QWidget(self.viewport())
        theme.set_role(content, "content")
        self.waterfall = Waterfall(content)
        self.waterfall.setMaximumWidth(760)
        self._facts = QVBoxLayout()
        self._facts.setSpacing(4)
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 8, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.waterfall)
        column.addLayout(self._facts)
        column.addStretch()
        self.setWidget(content)

    def show_exchange(self, exchange: Exchange) -> None:
        """Show another call's times."""
        self.waterfall.show_bars(bars_of(exchange))
        while (item := self._facts.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for number, fact in enumerate(facts_of(exchange)):
            label = QLabel(fact)
            label.setObjectName(f"timingFact.{number}")
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setMaximumWidth(760)
            theme.set_role(label, "small")
            self._facts.addWidget(label)
