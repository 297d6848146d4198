"""What the viewer shows is what was received: laid out, masked, folded, found; nothing lost and nothing shown too much."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from komet_console.catalogue import Catalogue
from komet_console.exchange import MASK, Redactor, beautify
from komet_console.gui.answer import words
from komet_console.gui.answer.cells import cells_of, printable
from komet_console.gui.answer.colouring import json_spans
from komet_console.gui.answer.finding import occurrences
from komet_console.gui.answer.folding import Folding
from komet_console.gui.answer.layout import Document, Fold, json_document, plain_document

JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=8),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=6), inner, max_size=4),
    max_leaves=24,
)


def test_the_sample_answers_of_all_methods_are_laid_out_as_beautify_does(catalogue: Catalogue) -> None:
    for name in catalogue.summaries:
        sample = catalogue.sample(catalogue.method(name), date(2026, 3, 2)).response
        text = json.dumps(sample, ensure_ascii=False, separators=(",", ":"))
        assert json_document(text).text == beautify(text), name


@given(JSON, some.sampled_from([None, 0, 3]))
def test_any_json_is_laid_out_as_beautify_does(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    document = json_document(text)
    assert document.text == beautify(text)
    assert "\n".join(document.line(number) for number in range(document.lines)) == document.text


@pytest.mark.parametrize(
    "text",
    [
        '{"big": 123456789012345678901234567890, "small": 1.50, "e": 1E+5, "z": -0}',
        '{"a": 1, "a": 2, "": {}, "x": [], "y": [[], {}]}',
        '\ufeff {"quote": "a \\" b, {c: [d", "slash": "\\\\", "u": "\\u00e9"} \n',
        "[]",
        '"only a text"',
        "17",
    ],
)
def test_spelling_order_and_duplicates_stay(text: str) -> None:
    assert json_document(text).text == beautify(text.strip("\ufeff \n"))


def test_nesting_of_any_depth_is_laid_out() -> None:
    assert json_document("[" * 5_000 + "]" * 5_000).lines == 9_999


def test_folds_know_their_end_and_how_much_they_hold() -> None:
    document = json_document('{"a": [1, 2, 3], "b": {}, "c": {"d": [ ]}, "e": 5}')
    assert document.folds == {0: Fold(document.lines - 1, 4), 1: Fold(5, 3), 7: Fold(9, 1)}
    assert [number for number, flag in enumerate(document.foldable) if flag] == [0, 1, 7]


def test_secrets_are_masked_by_name_and_by_value() -> None:
    text = json.dumps(
        {
            "token": "abcdef-0001",
            "apiKey": 12345678,
            "nested": {"password": ["abcdef-0003", {"hint": "abcdef-0004"}], "name": "Ann"},
            "url": "https://x.example/api?authenticationToken=abcdef-0005&id=7",
            "echo": "it was known-secret-77 all along",
            "refresh_token": None,
            "secret": "",
        }
    )
    shown = json_document(text, Redactor(["known-secret-77"]))
    assert shown.masked
    assert "abcdef" not in shown.text
    assert "12345678" not in shown.text
    assert "known-secret-77" not in shown.text
    assert '"refresh_token": null' in shown.text
    assert '"secret": ""' in shown.text
    assert '"name": "Ann"' in shown.text
    assert "id=7" in shown.text
    assert json.loads(shown.text)["token"] == MASK
    assert not json_document(text).masked
    assert json.loads(json_document(text).text) == json.loads(text)


def test_an_escaped_name_hides_no_secret() -> None:
    assert "abcdef" not in json_document('{"to\\u006ben": "abcdef-0006"}', Redactor()).text


def test_long_texts_are_masked_as_short_ones_are() -> None:
    """They are searched piece by piece; no secret slips through between two pieces."""
    rows = [{"id": number, "note": "x" * (number % 97), "password": f"pw-{number}-abcdef"} for number in range(3_000)]
    text = json.dumps({"rows": rows}, separators=(",", ":"))
    assert len(text) > 200_000
    for document in (plain_document(text, "text", Redactor()), json_document(text, Redactor())):
        assert "abcdef" not in document.text
        assert document.text.count(MASK) == 3_000
    plain = "\n".join(f"token={number}-abcdef and more" for number in range(9_000))
    assert "abcdef" not in plain_document(plain, "text", Redactor()).text


def test_lines_of_any_text() -> None:
    document = plain_document("one\n\nthree\r\nfour\n")
    assert [document.line(number) for number in range(document.lines)] == ["one", "", "three\r", "four", ""]
    assert [document.line_at(offset) for offset in (0, 3, 4, 5, 17)] == [0, 0, 1, 2, 4]
    assert plain_document("").lines == 1


# --- folding


def _naive(document: Document, folded: set[int]) -> list[int]:
    shown, line = [], 0
    while line < document.lines:
        shown.append(line)
        line = document.folds[line].last + 1 if line in folded else line + 1
    return shown


@given(JSON, some.data())
def test_rows_and_lines_agree_whatever_is_folded(value: Any, data: some.DataObject) -> None:
    document = json_document(json.dumps(value))
    folding = Folding(document)
    folded = (
        set(data.draw(some.lists(some.sampled_from(sorted(document.folds)), unique=True))) if document.folds else set()
    )
    for line in folded:
        folding.toggle(line)
    shown = _naive(document, folded)
    assert folding.rows == len(shown)
    assert [folding.line(row) for row in range(folding.rows)] == shown
    assert [folding.row(line) for line in shown] == list(range(len(shown)))
    for line in range(document.lines):
        holder = max(one for one in shown if one <= line)
        assert folding.row(line) == shown.index(holder)


def test_fold_all_leaves_the_outermost_open_and_reveal_opens_what_hides() -> None:
    document = json_document('{"a": {"b": {"c": 1}}, "d": [1, 2]}')
    folding = Folding(document)
    folding.fold_all()
    assert [document.line(folding.line(row)) for row in range(folding.rows)] == ["{", '  "a": {', '  "d": [', "}"]
    line = next(number for number in range(document.lines) if '"c"' in document.line(number))
    assert folding.reveal(line)
    assert folding.line(folding.row(line)) == line
    assert not folding.reveal(line)
    folding.unfold_all()
    assert folding.rows == document.lines


# --- finding, words, cells, colours


@given(some.text("aAbB\n", max_size=60), some.text("aAbB", min_size=1, max_size=3), some.booleans())
def test_occurrences_are_those_that_do_not_overlap(text: str, wanted: str, match_case: bool) -> None:
    hay, needle = (text, wanted) if match_case else (text.lower(), wanted.lower())
    expected, at = [], hay.find(needle)
    while at >= 0:
        expected.append(at)
        at = hay.find(needle, at + len(needle))
    assert list(occurrences(text, wanted, match_case=match_case)) == expected


def test_occurrences_over_the_edge_of_two_pieces_are_found_once() -> None:
    text = "x" * (512 * 1024 - 2) + "needle" + "x" * 1000 + "needle"
    assert len(occurrences(text, "needle", match_case=True)) == 2
    assert len(occurrences("a" * 300_000, "a", match_case=True)) == 100_000


def test_words() -> None:
    text = 'the "customerId": 73'
    assert words.around(text, 7) == (5, 15)
    assert words.around(text, 3) == (3, 4)
    assert words.after(text, 0) == 4
    assert words.before(text, 15) == 5
    assert words.around("", 0) == (0, 0)


@given(some.text(max_size=30))
def test_cells_grow_with_columns_and_lead_back(line: str) -> None:
    line = line.replace("\n", "")
    cells = cells_of(line)
    begins = [cells.of(column) for column in range(len(line) + 1)]
    assert begins == sorted(begins)
    assert begins[-1] == cells.total
    for column, cell in enumerate(begins):
        assert begins[cells.column(cell)] == begins[column]


def test_wide_characters_take_two_cells_and_tabs_up_to_four() -> None:
    assert cells_of("日本 ok").total == 7
    assert cells_of("a\tb").total == 5
    assert cells_of("e\u0301x").total == 2


def test_control_characters_steer_nothing() -> None:
    assert printable("a\x1b[31mb\x00\u202e") == "a␛[31mb␀\ufffd"


def test_json_lines_are_coloured_whole_and_in_part() -> None:
    assert json_spans('  "id": 12.50,') == [
        (2, 6, "json_key"),
        (6, 8, "json_punct"),
        (8, 13, "json_number"),
        (13, 14, "json_punct"),
    ]
    assert json_spans('    "a, b",') == [(4, 10, "json_string"), (10, 11, "json_punct")]
    assert json_spans("  true")[-1] == (2, 6, "violet")
    assert json_spans("]") == [(0, 1, "json_punct")]
    assert json_spans("") == [(0, 0, "json_number")]
