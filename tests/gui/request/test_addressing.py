from __future__ import annotations

import pytest

from komet_console.catalogue import Catalogue
from komet_console.errors import UserError
from komet_console.exchange import Draft, Pair
from komet_console.gui.request.addressing import with_address

BASE = "http://127.0.0.1:8080/api"


def test_rows_take_on_new_values_and_keep_what_belongs_to_them(catalogue: Catalogue) -> None:
    draft = Draft(
        "customer.list",
        (
            Pair("authenticationToken", "{{token}}"),
            Pair("id", "1", enabled=False),
            Pair("name", "a", description="mine"),
        ),
    )
    method = catalogue.method("customer.list")
    made = with_address(draft, method, f"{BASE}/customer.list?authenticationToken={{{{token}}}}&name=b%20c&x=1", BASE)
    assert made.path is None
    assert made.query == (
        Pair("authenticationToken", "{{token}}"),
        Pair("id", "1", enabled=False),
        Pair("name", "b c", description="mine"),
        Pair("x", "1"),
    )


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (f"{BASE}/customer.lists", "/customer.lists"),
        ("https://api.kometsales.com/api/customer.list", None),
        ("/api/other", "/other"),
        ("customer.list/", None),
        ("?name=a", None),
    ],
)
def test_what_is_not_the_documented_path_is_an_override(catalogue: Catalogue, text: str, path: str | None) -> None:
    assert with_address(Draft("customer.list"), catalogue.method("customer.list"), text, BASE).path == path


def test_another_machine_is_another_environment(catalogue: Catalogue) -> None:
    with pytest.raises(UserError, match=r"example\.com"):
        with_address(Draft("customer.list"), catalogue.method("customer.list"), "https://example.com/api/x", BASE)
