"""The height of a dialog whose sentences wrap: Qt does not ask for it by itself."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog

__all__ = ["fit_height"]


def fit_height(dialog: QDialog) -> None:
    """Make a dialog of fixed width exactly as high as its content is at that width."""
    layout = dialog.layout()
    if layout is not None:
        layout.activate()
        wraps = layout.hasHeightForWidth()
        dialog.setFixedHeight(layout.totalHeightForWidth(dialog.width()) if wraps else layout.totalSizeHint().height())
