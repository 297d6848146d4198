from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from komet_console.catalogue import Catalogue
from komet_console.gui.text.suggesting import suggest

TODAY = date(2026, 3, 2)


def labels(catalogue: Catalogue, marked: str, method: str = "prebook.create") -> list[str]:
    found = suggest(catalogue.method(method), marked.replace("|", ""), marked.index("|"), TODAY)
    return [item.label for item in found.items] if found else []


def applied(catalogue: Catalogue, marked: str, label: str, method: str = "prebook.create") -> str:
    """The text after a suggestion was taken, the cursor as |."""
    text, place = marked.replace("|", ""), marked.index("|")
    found = suggest(catalogue.method(method), text, place, TODAY)
    assert found is not None
    item = next(one for one in found.items if one.label == label)
    made = text[: found.start] + item.insert
    at = len(made) - item.back
    made += text[found.end :]
    return made[:at] + "|" + made[at:]


def test_names_that_are_not_there_yet_required_ones_first(catalogue: Catalogue) -> None:
    found = labels(catalogue, '{"customerId": 1, |\n"shipDate": "x"}')
    assert "customerId" not in found
    assert "shipDate" not in found
    assert "carrierId" in found
    required = [one.name for one in catalogue.method("prebook.create").body if one.required]
    assert found[0] in required


def test_names_of_nested_objects(catalogue: Catalogue) -> None:
    found = labels(catalogue, '{"prebookItems": [{"productCode": "A", |}]}')
    assert "boxTypeCode" in found
    assert "customerId" not in found


def test_what_is_typed_narrows_and_is_replaced(catalogue: Catalogue) -> None:
    assert labels(catalogue, '{"carrierC|"}') == ["carrierCode"]
    assert applied(catalogue, '{"carrierC|"}', "carrierCode") == '{"carrierCode": "|"}'
    assert applied(catalogue, '{"customerI|', "customerId") == '{"customerId": |'
    assert applied(catalogue, '{"prebookIt|"}', "prebookItems") == '{"prebookItems": [|]}'
    assert applied(catalogue, '{"carrierC|": "x"}', "carrierCode") == '{"carrierCode"|: "x"}'


def test_values_of_closed_sets_flags_dates_and_tokens(catalogue: Catalogue) -> None:
    assert labels(catalogue, '{"authenticationToken": |}') == ["{{token}}"]
    assert set(labels(catalogue, '{"useExisting": |}')) == {"0", "1"}
    assert "2026-03-02" in labels(catalogue, '{"shipDate": |}')
    assert applied(catalogue, '{"shipDate": "20|"}', "2026-03-02") == '{"shipDate": "2026-03-02"|}'


@pytest.mark.parametrize("text", ["|", "[|", '{"nothing": {|}}', '"|"', '{"prebookItems": [[|]]}'])
def test_where_nothing_is_documented_nothing_is_suggested(catalogue: Catalogue, text: str) -> None:
    assert labels(catalogue, text) == []


@given(st.text(alphabet='{}[]":, aprebookItems0/\\\n💐', max_size=40), st.integers(0, 40))
def test_any_text_at_any_place(catalogue: Catalogue, text: str, place: int) -> None:
    place = min(place, len(text))
    found = suggest(catalogue.method("prebook.create"), text, place, TODAY)
    assert found is None or 0 <= found.start <= place <= found.end <= len(text)
