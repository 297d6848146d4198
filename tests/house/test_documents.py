"""The documents name what there is, and no text names what belongs elsewhere."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# The brackets keep the patterns from finding themselves.
REGISTRY = re.compile(r"[p]ythonhosted|[p]ypi\.(?:org|python)|[r]egistry\.npmjs|file://[/]opt", re.IGNORECASE)
SECRET = re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE[ ]KEY|\bgh[p]_\w{20,}|\bAKIA[0-9A-Z]{16}\b")


def texts() -> dict[str, str]:
    """Text files under version control."""
    command = ["git", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    contents = {}
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file() and b"\0" not in (data := (ROOT / name).read_bytes())[:4096]:
            contents[name] = data.decode("utf-8", errors="replace")
    return contents


@pytest.mark.parametrize("pattern", [REGISTRY, SECRET], ids=["registry-address", "secret"])
def test_no_text_names_what_belongs_elsewhere(pattern: re.Pattern[str]) -> None:
    contents = texts()
    assert "README.md" in contents
    assert [(name, match.group()) for name, text in contents.items() for match in pattern.finditer(text)] == []


def test_the_patterns_find_what_they_are_meant_to_find() -> None:
    assert REGISTRY.search("https://" + "py" + "pi.org/simple")
    assert SECRET.search("-----BEGIN RSA PRIVATE" + " KEY-----")


def make_targets() -> list[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE)


def test_make_help_lists_every_target_that_is_explained() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert re.findall(r"^ *make ([a-z-]+) +\S", done.stdout, re.MULTILINE) == make_targets()
    assert {"run", "test", "check", "test-long", "bench", "help"} <= set(make_targets())


def test_each_room_is_in_the_architecture() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = [path.parent.name for path in (ROOT / "komet_console").glob("*/__init__.py")]
    rooms += [path.stem for path in (ROOT / "komet_console").glob("[a-z]*.py")]
    assert [room for room in rooms if f"| `{room}` |" not in text] == []
