"""Every documented sample, alone on a fresh world, ends in success with every documented field."""

from __future__ import annotations

from typing import Any

import pytest

from komet_console.catalogue import load
from komet_console.sandbox.context import HANDLERS
from komet_console.sandbox.methods import load_all

load_all()
CATALOGUE = load()


@pytest.mark.parametrize("name", sorted(HANDLERS))
def test_sample_succeeds_with_every_documented_field(sandbox: Any, strict_problems: Any, name: str) -> None:
    answer = sandbox.sample(name)
    assert answer.status == 200, answer.text
    method = CATALOGUE.method(name)
    assert strict_problems(name, answer.json) == []
    explained = CATALOGUE.explain(method, None, answer.status, answer.headers, answer.text.encode())
    assert explained.outcome == "success", (explained.sentence, answer.text[:500])


def test_handlers_are_methods_of_the_catalogue() -> None:
    assert set(HANDLERS) <= set(CATALOGUE.summaries)
