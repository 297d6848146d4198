"""A freshly seeded world for every test that asks for one; seeded once, copied often."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, make_url

from komet_console.sandbox.store.engine import open_engine

# Tests are imported by file (importlib mode), so a helper beside them is loaded the same way, once.
_NAME = "komet_tests_inprocess"
if _NAME not in sys.modules:
    _spec = importlib.util.spec_from_file_location(_NAME, Path(__file__).with_name("inprocess.py"))
    assert _spec is not None
    assert _spec.loader is not None
    _module = importlib.util.module_from_spec(_spec)
    sys.modules[_NAME] = _module
    _spec.loader.exec_module(_module)
inprocess = sys.modules[_NAME]


POSTGRES = os.environ.get("KOMET_TEST_POSTGRES")
"""URL of a PostgreSQL server whose user may create databases; with it, every test of the sandbox runs on both."""


@pytest.fixture(scope="session", params=["sqlite", "postgresql"] if POSTGRES else ["sqlite"])
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a seeded database; never written to."""
    url = inprocess.make_template(tmp_path_factory.mktemp("world"), POSTGRES if request.param == "postgresql" else None)
    yield url
    inprocess.drop_database(url)


@pytest.fixture
def sandbox(template: str, tmp_path: Path) -> Iterator[Any]:
    """A sandbox of the test's own on a fresh world (`inprocess.Sandbox`)."""
    made = inprocess.Sandbox(template, tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="session")
def shared_sandbox(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A sandbox shared by tests that only read."""
    made = inprocess.Sandbox(template, tmp_path_factory.mktemp("shared"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def strict_problems() -> Any:
    """`strict_problems(method, answer)`: where an answer is not as documented; empty is good."""
    return inprocess.strict_problems


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of the sandbox, on each kind of server."""
    if request.param == "sqlite":
        opened = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
        yield opened
        opened.dispose()
        return
    if not POSTGRES:
        pytest.skip("KOMET_TEST_POSTGRES is not set: nothing of the sandbox is tested on PostgreSQL")
    url = inprocess.create_database(make_url(POSTGRES))
    opened = open_engine(url)
    yield opened
    opened.dispose()
    inprocess.drop_database(url)
