"""What `show` writes for people: everything that `show --json` knows, in lines that fit a terminal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from komet_console.catalogue import Catalogue, Field, load
from komet_console.cli.app import cli

NAMES = list(load().summaries)


def shown(name: str) -> str:
    result = CliRunner().invoke(cli, ["show", name])
    assert result.exit_code == 0
    return result.stdout.split("\nSample (works")[0]


def below(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield field
        yield from below(field.children)
        yield from below(tuple(one for one in (field.element, field.entries) if one))


@pytest.mark.parametrize("name", NAMES)
def test_every_field_is_there_and_no_line_too_long(catalogue: Catalogue, name: str) -> None:
    method = catalogue.method(name)
    text = shown(name)
    words = " ".join(text.split())
    for field in below((*method.input, *method.answer)):
        assert field.name in text
        assert " ".join(field.description.split()) in words
        assert field.type_label in text
    assert words.count("inferred: not seen in the documentation") == sum(
        field.inferred for field in below((*method.input, *method.answer)) if field.name
    )
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("web-order.create", "X-ACCOUNT integer:20; in a header"),
        ("customer.add", "creditHold boolean:1; 1/0"),
        ("company.list", "customerId integer:10; may be null"),
        ("ecommerce/inventory.list", "boolean; true/false; only with Transactional API Access"),
        ("customer.day.service.update", "array of integer:20"),
        ("carriers.by.customer.ship.date.list", "object; keys MM/DD/YYYY"),
        ("vendor.list", "Success: status is 1; the text is in message"),
        ("box.move.awb", "Failed ones: failedBoxes"),
    ],
)
def test_what_only_some_methods_have(name: str, words: str) -> None:
    assert words in " ".join(shown(name).split())
