from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from komet_console.exchange import strip_comments
from komet_console.exchange.jsonedit import (
    duplicate_element,
    escape,
    find,
    insert_element,
    move_element,
    parse,
    remove,
    set_value,
)

TEXT = """{
  // who is asking
  "authenticationToken": "{{token}}", /* a reference */
  "customerId": 0007349e0, // odd, but his
  "items": [
    {"productId": 1, "price": 11.50}, // first
    {"productId": {{product}}}
  ],
  "note": "a"
}
""".replace("0007349e0", "7349.00")


def value(text: str) -> Any:
    return json.loads(strip_comments(text.replace("{{product}}", '"{{product}}"')))


def test_a_value_is_replaced_where_it_stands() -> None:
    changed = set_value(TEXT, "/items/0/price", "11.60")
    assert changed == TEXT.replace("11.50", "11.60")


def test_a_new_member_stands_where_the_order_wants_it_in_the_style_around() -> None:
    order = ("authenticationToken", "customerId", "shipDate", "items", "note", "last")
    assert '// odd, but his\n  "shipDate": "2026-02-02",\n  "items"' in set_value(
        TEXT, "/shipDate", '"2026-02-02"', order
    )
    assert set_value(TEXT, "/last", "1", order).endswith('"note": "a",\n  "last": 1\n}\n')
    assert '{"productId": 1, "price": 11.50, "boxes": 2}, // first' in set_value(TEXT, "/items/0/boxes", "2")


def test_missing_parents_are_made() -> None:
    assert value(set_value("", "/a/0/b", "1")) == {"a": [{"b": 1}]}
    assert set_value("{}", "/a", "1") == '{\n  "a": 1\n}'
    assert value(set_value(TEXT, "/items/2/price", "3"))["items"][2] == {"price": 3}


def test_a_remark_stays_with_what_it_is_about() -> None:
    changed = remove(TEXT, "/customerId")
    assert "odd, but his" not in changed
    assert "a reference" in changed
    assert value(changed).keys() == {"authenticationToken", "items", "note"}
    assert "// first" in remove(TEXT, "/note")
    assert "who is asking" in remove(TEXT, "/authenticationToken")


def test_the_last_one_leaves_an_empty_object() -> None:
    assert remove('{\n  "a": 1\n}', "/a") == "{}"
    assert remove('{"a": 1, "a": 2}', "/a") == "{}"


def test_elements_move_and_double() -> None:
    assert [row["productId"] for row in value(move_element(TEXT, "/items", 0, 1))["items"]] == ["{{product}}", 1]
    assert len(value(duplicate_element(TEXT, "/items", 1))["items"]) == 3
    assert value(insert_element(TEXT, "/items", 0, "{}"))["items"][0] == {}
    with pytest.raises(ValueError, match="no array"):
        insert_element(TEXT, "/note", 0, "1")


def test_what_is_no_json_has_no_tree() -> None:
    assert parse('{"a": }') is None
    with pytest.raises(ValueError, match="no JSON"):
        set_value('{"a": }', "/a", "1")


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
DOCUMENTS = st.dictionaries(
    st.text(max_size=4),
    st.recursive(
        LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    min_size=1,
    max_size=4,
)


def pointers(document: Any, above: str = "") -> list[str]:
    parts = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    found = []
    for name, inner in parts:
        own = f"{above}/{escape(str(name))}"
        found += [own, *pointers(inner, own)]
    return found


def get(document: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document


@given(DOCUMENTS, st.data(), st.sampled_from([None, 2, 4]))
def test_any_place_can_be_found_set_and_removed(document: Any, data: st.DataObject, indent: int | None) -> None:
    text = json.dumps(document, indent=indent, ensure_ascii=False)
    pointer = data.draw(st.sampled_from(pointers(document)))
    node = find(parse(text), pointer)
    assert node is not None
    assert json.loads(node.raw(text)) == get(document, pointer)

    assert get(json.loads(set_value(text, pointer, '"new"')), pointer) == "new"
    assert set_value(text, pointer, node.raw(text)) == text or "\n" in node.raw(text)

    above, _, name = pointer.rpartition("/")
    holder = get(document, above)
    if isinstance(holder, list):
        del holder[int(name)]
    else:
        del holder[name.replace("~1", "/").replace("~0", "~")]
    assert json.loads(remove(text, pointer)) == document
