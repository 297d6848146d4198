"""A picture that a call answered, as big as there is room for and never bigger than it is."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from komet_console.exchange import Response
from komet_console.gui import theme
from komet_console.gui.background import Latest
from komet_console.gui.i18n import tr

__all__ = ["PictureView"]

_MARGIN = 16
_CAPTION = 22


class PictureView(QWidget):
    """The picture is decoded on another thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("answerPicture")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.image = QImage()
        self._caption = ""
        self._decoding = Latest(self)

    def show_response(self, response: Response, name: str) -> None:
        """Show the picture in an answer's body; `name` is what kind it is."""
        self.image, self._caption = QImage(), ""
        self._decoding.start(lambda: QImage.fromData(response.read()), lambda image: self._show(image, name))

    def _show(self, image: QImage, name: str) -> None:
        self.image = image
        if image.isNull():
            self._caption = tr("This {name} picture cannot be read.", name=name)
        else:
            self._caption = tr(
                "{name}, {width} by {height} pixels", name=name, width=image.width(), height=image.height()
            )
        self.setAccessibleName(self._caption)
        self.update()

    def copy(self) -> None:
        """The picture to the clipboard."""
        QGuiApplication.clipboard().setImage(self.image)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        room = self.rect().adjusted(_MARGIN, 0, -_MARGIN, -_CAPTION - 8)
        if not self.image.isNull():
            size = self.image.size()
            if size.width() > room.width() or size.height() > room.height():
                size = size.scaled(QSize(room.size()), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(room.topLeft(), size)
            painter.drawImage(place, self.image)
            painter.setPen(theme.color("line"))
            painter.drawRect(place.adjusted(0, 0, -1, -1))
            room.setBottom(place.bottom())
        painter.setPen(theme.color("muted"))
        painter.setFont(theme.fonts.ui(12))
        top = room.bottom() + 4 if not self.image.isNull() else room.top()
        painter.drawText(QRect(room.left(), top, room.width(), _CAPTION), Qt.AlignmentFlag.AlignVCenter, self._caption)
