"""Copying a token: it leaves the clipboard again after a minute, if it is still there."""

from __future__ import annotations

import hashlib

from PySide6.QtCore import QMimeData, QObject, QTimer
from PySide6.QtGui import QGuiApplication

__all__ = ["SECONDS", "SecretClipboard"]

SECONDS = 60


class SecretClipboard(QObject):
    """Remembers a fingerprint of what it copied, never the secret."""

    def __init__(self, parent: QObject | None = None, *, seconds: float = SECONDS) -> None:
        super().__init__(parent)
        self._fingerprint = b""
        self._over = QTimer(self)
        self._over.setSingleShot(True)
        self._over.setInterval(round(seconds * 1000))
        self._over.timeout.connect(self.clear)

    def copy(self, secret: str) -> None:
        """Put a secret on the clipboard; tools that keep a history of it are asked not to keep this."""
        data = QMimeData()
        data.setText(secret)
        data.setData("x-kde-passwordManagerHint", b"secret")
        data.setData('application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"', b"1")
        data.setData("application/x-nspasteboard-concealed-type", b"1")
        QGuiApplication.clipboard().setMimeData(data)
        self._fingerprint = _fingerprint(secret)
        self._over.start()

    def clear(self) -> None:
        """Take it back now, if it is still there."""
        self._over.stop()
        clipboard = QGuiApplication.clipboard()
        if self._fingerprint and _fingerprint(clipboard.text()) == self._fingerprint:
            clipboard.clear()
        self._fingerprint = b""


def _fingerprint(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
