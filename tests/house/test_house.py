"""The house's rules that no tool knows: what may stand in which file."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONG_FILES: dict[str, str] = {}
"""Python files that may have more than 500 lines, with the reason."""
LOCKS = {"uv.lock", "poetry.lock", "package-lock.json", "Pipfile.lock", "yarn.lock", "pnpm-lock.yaml"}
NO_LANGUAGE = (
    "komet_console/sandbox/",
    "komet_console/cli/",
    "komet_console/session/reporting.py",
)
"""Rooms whose sentences nobody translates: the API speaks English, and so do terminals and tickets."""
SENTENCE = re.compile(r"[A-Z\0][^<>]*(?:[a-z]{2,} [^<>]*){2,}[.?]", re.DOTALL)
"""A whole sentence; a value's place is a NUL."""
SQL = re.compile(r"SELECT|UPDATE|INSERT|DELETE|PRAGMA")
UNFINISHED = re.compile(r"NotImplementedError|\bTODO\b|\bFIXME\b|\bXXX\b|coming soon|not implemented", re.IGNORECASE)
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|farm|root|home/[a-z]+)/")
NESTED_LOOPS = {"exec", "exec_", "processEvents"}
HTTPX_ROOM = "komet_console/exchange/"
TEXT = {".py", ".md", ".yaml", ".yml", ".toml", ".txt", ".json", ".jsonl", ".cfg", ".sh", ""}


def tracked(pattern: str = "*") -> list[Path]:
    """Files git tracks that exist; in an unpacked archive all files."""
    listed = subprocess.run(["git", "ls-files", "-z", pattern], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        return [path for path in ROOT.rglob(pattern) if path.is_file() and ".venv" not in path.parts]
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def package_files() -> list[Path]:
    return sorted((ROOT / "komet_console").rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_no_machine_paths_in_tracked_files() -> None:
    found = [
        f"{name_of(path)}:{number}"
        for path in tracked()
        if path.suffix in TEXT and path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        if MACHINE_PATHS.search(line)
    ]
    assert found == []


def test_no_lock_files_that_record_addresses() -> None:
    assert [name_of(path) for path in tracked() if path.name in LOCKS] == []


def test_constraints_hold_names_and_versions_only() -> None:
    allowed = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+(?: ; .+)?")
    lines = (ROOT / "packaging" / "constraints.txt").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#") and not allowed.fullmatch(line)] == []


def test_nothing_reads_like_something_unfinished() -> None:
    found = [
        f"{name_of(path)}:{number}: {line.strip()}"
        for path in package_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if UNFINISHED.search(line)
    ]
    assert found == []


def test_files_stay_small() -> None:
    sizes = {name_of(path): len(path.read_text().splitlines()) for path in [*package_files(), *tracked("tests/*.py")]}
    assert {name: size for name, size in sizes.items() if size > 500 and name not in LONG_FILES} == {}


def test_no_nested_event_loops() -> None:
    """`exec()` and `processEvents()` inside a coroutine lose other tasks' wake-ups for ever."""
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in package_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in NESTED_LOOPS
    ]
    assert found == []


def sentences_in(tree: ast.Module) -> list[tuple[int, str]]:
    """Line and words of each f-string that is a sentence."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            words = "".join(str(one.value) if isinstance(one, ast.Constant) else "\0" for one in node.values)
            if SENTENCE.fullmatch(words.strip()) and not SQL.match(words):
                found.append((node.lineno, words))
    return found


def test_no_sentence_for_people_is_an_f_string() -> None:
    """Once it is filled in, nobody can say it in another language: `tr` and `texts.said` fill it in."""
    found = [
        f"{name_of(path)}:{line}: {words}"
        for path in package_files()
        if not name_of(path).startswith(NO_LANGUAGE)
        for line, words in sentences_in(ast.parse(path.read_text()))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "is_sentence"),
    [
        ('f"The file {path} cannot be read."', True),
        ('f"{host} refused the connection."', True),
        ('f"Did you mean {name} after all?"', True),
        ('f"UPDATE tokens SET {change} WHERE id = ?"', False),
        ('f"{name}.path"', False),
        ('f"<p>{text} is here now.</p>"', False),
        ('"The file cannot be read."', False),
    ],
)
def test_sentences_are_told_from_other_f_strings(source: str, is_sentence: bool) -> None:
    assert bool(sentences_in(ast.parse(source))) is is_sentence


def test_httpx_is_imported_in_one_room_only() -> None:
    found = []
    for path in package_files():
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] == "httpx" for name in names) and not name_of(path).startswith(HTTPX_ROOM):
                found.append(f"{name_of(path)}:{node.lineno}")
    assert found == []


@pytest.mark.parametrize("path", package_files(), ids=name_of)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), "a module starts with a docstring"


def test_readme_and_exit_statuses_agree() -> None:
    from komet_console.cli.status import ExitStatus

    listed = re.findall(r"^\| (\d+) \| ([A-Z_]+) \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert {(int(number), name) for number, name in listed} == {(status.value, status.name) for status in ExitStatus}


def test_every_command_is_documented() -> None:
    from komet_console.cli.app import COMMANDS

    text = (ROOT / "docs" / "command-line.md").read_text()
    assert [name for name in COMMANDS if f"## `komet-console {name}" not in text] == []


def test_readme_names_the_two_commands_first() -> None:
    readme = (ROOT / "README.md").read_text()
    assert 0 < readme.index("make run") < readme.index("make test") < readme.index("pip install")
