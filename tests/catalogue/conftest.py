"""The catalogue as the program loads it."""

from __future__ import annotations

import pytest

from komet_console.catalogue import Catalogue, load


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """Shared by all tests; it is immutable to its users."""
    return load()
