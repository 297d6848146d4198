"""Every method of the catalogue has a behaviour test that sees its effect through another method."""

from __future__ import annotations

import ast
import importlib.util
from functools import cache
from pathlib import Path

import pytest

from komet_console.catalogue import load

_HERE = Path(__file__).parent
MODULES = sorted(path.stem for path in (_HERE / "behaviours").glob("*.py"))


@cache
def rows(module: str) -> dict[str, str]:
    """Method -> name of its test, as a family's table has them."""
    spec = importlib.util.spec_from_file_location(f"komet_behaviours_{module}", _HERE / "behaviours" / f"{module}.py")
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    found: dict[str, str] = loaded.BEHAVIOURS
    return found


def test_every_method_has_a_row() -> None:
    known = set(load().summaries)
    assert len(known) == 132
    covered = {method for module in MODULES for method in rows(module)}
    assert sorted(known - covered) == []
    assert sorted(covered - known) == []


def test_no_method_has_two_rows() -> None:
    listed = [method for module in MODULES for method in rows(module)]
    assert sorted({method for method in listed if listed.count(method) > 1}) == []


@pytest.mark.parametrize("module", MODULES)
def test_every_row_names_a_test_of_its_file(module: str) -> None:
    tree = ast.parse((_HERE / "methods" / f"test_{module}.py").read_text(encoding="utf-8"))
    tests = {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert [name for name in rows(module).values() if name not in tests] == []
    assert [method for method in rows(module) if method not in texts] == [], "the file never calls them"
