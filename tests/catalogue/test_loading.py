"""Damage costs what is damaged and nothing else; starting is light."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from komet_console.catalogue import load
from komet_console.catalogue.compiling import KNOWLEDGE, compile_catalogue
from komet_console.errors import UserError
from komet_console.resources import resource_path


def damaged_index(tmp_path: Path, line: int, content: str) -> Path:
    lines = resource_path("catalogue", "index.jsonl").read_text(encoding="utf-8").splitlines()
    lines[line - 1] = content
    path = tmp_path / "index.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_damaged_line_is_named_and_the_rest_loads(tmp_path: Path) -> None:
    catalogue = load(damaged_index(tmp_path, 10, '{"name": "cut off'))
    names = list(catalogue.summaries)
    with pytest.raises(UserError) as caught:
        catalogue.method(names[6])
    assert "index.jsonl:10" in caught.value.details
    assert catalogue.method(names[7]).name == names[7]
    assert catalogue.method(names[5]).name == names[5]
    assert [problem.line for problem in catalogue.problems] == [10]


def test_a_damaged_head_is_named(tmp_path: Path) -> None:
    catalogue = load(damaged_index(tmp_path, 1, "no json"))
    assert catalogue.summaries == {}
    assert catalogue.problems[0].line == 1


@pytest.mark.parametrize("line", [1, 3, 10])
@pytest.mark.parametrize("content", ["7", "{}", '"text"'])
def test_readable_json_of_another_shape_is_damage_too(tmp_path: Path, line: int, content: str) -> None:
    catalogue = load(damaged_index(tmp_path, line, content))
    if catalogue.summaries:
        catalogue.search("customer")
        with contextlib.suppress(UserError):
            catalogue.method(list(catalogue.summaries)[6])
    assert [problem.line for problem in catalogue.problems] == [line]


def test_the_document_holds_all_methods_that_can_be_read(tmp_path: Path) -> None:
    catalogue = load(damaged_index(tmp_path, 10, "{"))
    damaged = list(catalogue.summaries.values())[6]
    paths = catalogue.openapi()["paths"]
    assert damaged.path not in paths
    assert len(paths) >= len(catalogue.summaries) - 2


def test_a_missing_index_is_a_user_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        load(tmp_path / "nothing.jsonl")


FEW = ("openapi", "components", "carriers", "payments", "vendors")
METHODS = 4 + 4 + 8
"""How many methods those files hold; reading all of YAML takes seconds."""


def copied_sources(tmp_path: Path) -> Path:
    """Some of the sources, to be damaged."""
    (tmp_path / "openapi").mkdir()
    for name in FEW:
        shutil.copy(resource_path("openapi", f"{name}.yaml"), tmp_path / "openapi")
    return tmp_path / "openapi"


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """General knowledge of nothing."""
    folder = tmp_path_factory.mktemp("knowledge")
    for name in KNOWLEDGE:
        (folder / f"{name}.yaml").write_text("{}", encoding="utf-8")
    return folder


def test_undamaged_sources_compile_without_a_problem(tmp_path: Path, knowledge: Path) -> None:
    text, problems = compile_catalogue(copied_sources(tmp_path), knowledge)
    assert problems == []
    assert text.count("\n") == 3 + METHODS


def test_damaged_yaml_is_named_with_its_line_and_the_rest_compiles(tmp_path: Path, knowledge: Path) -> None:
    openapi = copied_sources(tmp_path)
    vendors = openapi / "vendors.yaml"
    lines = vendors.read_text(encoding="utf-8").splitlines()
    lines[30] = "   \t: [broken"
    vendors.write_text("\n".join(lines), encoding="utf-8")
    index = tmp_path / "index.jsonl"
    text, problems = compile_catalogue(openapi, knowledge)
    index.write_text(text, encoding="utf-8")
    assert [problem.file for problem in problems] == ["vendors.yaml"]
    assert 28 <= problems[0].line <= 33
    assert "vendors.yaml:" in str(problems[0])
    assert len(load(index).summaries) == METHODS - 8


def test_a_damaged_operation_costs_one_method(tmp_path: Path, knowledge: Path) -> None:
    openapi = copied_sources(tmp_path)
    carriers = openapi / "carriers.yaml"
    text = carriers.read_text(encoding="utf-8")
    carriers.write_text(text.replace("      operationId: carrier.add\n", "", 1), encoding="utf-8")
    text, problems = compile_catalogue(openapi, knowledge)
    assert len(problems) == 1
    assert "operationId" in problems[0].message
    assert carriers.read_text(encoding="utf-8").splitlines()[problems[0].line - 1].strip() == "/carrier.add:"
    assert text.count("\n") == 3 + METHODS - 1


@pytest.mark.parametrize("content", ["", "paths: 3", "- a\n- b", "\x00"])
def test_any_damaged_file_leaves_the_rest(tmp_path: Path, knowledge: Path, content: str) -> None:
    openapi = copied_sources(tmp_path)
    (openapi / "payments.yaml").write_text(content, encoding="utf-8")
    text, problems = compile_catalogue(openapi, knowledge)
    assert {problem.file for problem in problems} == {"payments.yaml"}
    assert text.count("\n") == 3 + METHODS - 4


@pytest.mark.parametrize(
    "command",
    [["--version"], ["methods"], ["methods", "custmer"], ["show", "prebook.create"], ["methods", "--json"]],
)
def test_light_commands_import_neither_qt_nor_httpx(command: list[str]) -> None:
    program = (
        "import sys; from komet_console.cli.app import main; status = main(sys.argv[1:]);"
        "heavy = sorted({name.split('.')[0] for name in sys.modules}"
        " & {'PySide6', 'shiboken6', 'qasync', 'httpx', 'sqlalchemy', 'starlette', 'ruamel', 'jsonschema_rs'});"
        "print(heavy, file=sys.stderr); sys.exit(status)"
    )
    done = subprocess.run([sys.executable, "-c", program, *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == "[]"
    assert done.stdout


def test_loading_a_method_imports_little() -> None:
    """Each of these takes a twentieth and more of the 60 ms that loading may take."""
    program = (
        "import sys; from komet_console.catalogue import load; load().method('prebook.create');"
        "print(sorted(sys.modules.keys() & {'dataclasses', 'inspect', 'decimal', 'datetime', 'importlib.resources'}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
