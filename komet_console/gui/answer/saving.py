"""An answer written to a file that the user chooses."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from komet_console.exchange import Redactor, Response
from komet_console.gui import aio
from komet_console.gui.answer.material import Material, raw_document
from komet_console.gui.i18n import tr
from komet_console.session.sending import Sent

__all__ = ["file_name", "save_answer", "write_answer"]


def file_name(sent: Sent, material: Material | None) -> str:
    """A name for the file: `customer.list.json`."""
    suffix = material.content.suffix if material is not None else "bin"
    return f"{re.sub(r'[^A-Za-z0-9.-]+', '-', sent.method.name)}.{suffix}"


def write_answer(path: Path, response: Response, material: Material | None, redactor: Redactor | None) -> None:
    """Write the body to a file: the bytes as they were received, or masked text where secrets are hidden.

    Raises:
        OSError: the file cannot be written, or the answer's temporary file is gone.
    """
    if redactor is not None and material is not None and material.content.text:
        document = raw_document(material, redactor)
        if document.masked:
            path.write_text(document.text, encoding="utf-8", newline="")
            return
    if response.file is not None:
        shutil.copyfile(response.file, path)
    else:
        path.write_bytes(response.body)


async def save_answer(
    parent: QWidget,
    sent: Sent,
    material: Material | None,
    redactor: Redactor | None,
    tell: Callable[[str], None],
) -> None:
    """Ask where, write there, and say how it went."""
    response = sent.exchange.response
    assert response is not None
    path = await aio.ask_save_file(parent, tr("Save the answer"), name=file_name(sent, material))
    if path is None:
        return
    try:
        await asyncio.to_thread(write_answer, path, response, material, redactor)
    except OSError as error:
        tell(tr("It could not be saved as {path}: {why}.", path=path, why=error.strerror or str(error)))
    else:
        tell(tr("Saved as {path}.", path=path))
