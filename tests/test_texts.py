from __future__ import annotations

import copy
import json
import pickle
import sqlite3
from datetime import date

import pytest

from komet_console.errors import UserError
from komet_console.exchange import Redactor
from komet_console.texts import Text, said, sentences

SPANISH = {
    "{host} refused the connection.": "{host} rechazó la conexión.",
    "Check the port.": "Revise el puerto.",
    "No success within {seconds:g} s {phase} ({place}).": "Sin éxito {phase} en {seconds:g} s ({place}).",
    "while connecting": "al conectar",
}


def spanish(text: str) -> str:
    return SPANISH.get(text, text)


def test_a_text_is_its_english_and_knows_its_template() -> None:
    text = said("{host} refused the connection.", host="komet.example")
    assert text == "komet.example refused the connection."
    assert isinstance(text, str)
    assert text.worded(spanish) == "komet.example rechazó la conexión."


def test_places_are_formatted_in_every_language_and_texts_within_texts_are_translated() -> None:
    text = said(
        "No success within {seconds:g} s {phase} ({place}).", seconds=0.3, phase=said("while connecting"), place="x:1"
    )
    assert text == "No success within 0.3 s while connecting (x:1)."
    assert text.worded(spanish) == "Sin éxito al conectar en 0.3 s (x:1)."
    assert said("{at:%H:%M}, {count:,}", at=date(2026, 3, 2), count=1234) == "00:00, 1,234"


def test_sentences_are_put_together_and_stay_apart() -> None:
    both = sentences(said("{host} refused the connection.", host="a"), "", "Check the port.")
    assert both == "a refused the connection. Check the port."
    assert isinstance(both, Text)
    assert both.worded(spanish) == "a rechazó la conexión. Check the port."
    assert sentences("", "Check the port.") == "Check the port."
    assert sentences() == ""


def test_braces_in_values_are_no_places() -> None:
    text = said("The {what} was replaced.", what="{{token}}")
    assert text == "The {{token}} was replaced."
    assert text.worded(str) == text


def test_it_keeps_no_exception_alive() -> None:
    assert said("It failed: {error}.", error=ValueError("why")).values == {"error": "why"}


def test_it_travels_like_any_string() -> None:
    text = said("{count} of {all} boxes", count=3, all=5)
    error = pickle.loads(pickle.dumps(UserError(text, "Look.")))
    for other in (error.message, copy.deepcopy(text), pickle.loads(pickle.dumps(text))):
        assert other == text
        assert other.worded(lambda one: one.replace("of", "de")) == "3 de 5 boxes"
    assert json.loads(json.dumps({"text": text})) == {"text": "3 of 5 boxes"}
    assert sqlite3.connect(":memory:").execute("SELECT ?", (text,)).fetchone() == ("3 of 5 boxes",)
    assert type(str(text)) is str


@pytest.mark.parametrize(
    ("text", "masked", "translatable"),
    [
        (
            said("{place} did not answer.", place="http://x/?token=hidden-1"),
            "http://x/?token=••• did not answer.",
            True,
        ),
        (said("It said {words}.", words="hidden-1 again"), "It said ••• again.", True),
        (said("It said {words}.", words="nothing"), "It said nothing.", True),
        (said("token={value} is wrong.", value="hidden-2"), "token=••• is wrong.", False),
    ],
)
def test_secrets_are_masked_in_the_values(text: Text, masked: str, translatable: bool) -> None:
    redacted = Redactor(["hidden-1"]).text(text)
    assert redacted == masked
    assert isinstance(redacted, Text) is translatable
    if isinstance(redacted, Text):
        assert "hidden" not in repr(redacted.values)
