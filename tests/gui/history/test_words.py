"""How an entry is said in a row that names its method already."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from komet_console.gui.history.words import short_sentence_of
from komet_console.workspace.history import Entry


def entry(sentence: str, method: str = "box.code.change") -> Entry:
    at = datetime(2026, 3, 4, tzinfo=UTC)
    return Entry(
        1,
        at,
        "2026-03-04",
        method,
        "POST",
        "https://x/",
        "Sandbox",
        "",
        200,
        "success",
        "",
        sentence,
        0,
        1.0,
        9,
        True,
        0,
    )


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("box.code.change succeeded.", "Succeeded."),
        ("box.code.change succeeded. The API says: 2 boxes updated", "The API says: 2 boxes updated"),
        ("3 of 5 done. Not done: B, D.", "3 of 5 done. Not done: B, D."),
        ("box.code was not found.", "box.code was not found."),
        ("", "Success"),
    ],
)
def test_a_row_does_not_repeat_its_method(sentence: str, shown: str) -> None:
    assert short_sentence_of(entry(sentence)) == shown
