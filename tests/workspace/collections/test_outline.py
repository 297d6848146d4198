"""The quick look at a file's head says what reading the whole file says, however the file is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from komet_console.catalogue import load
from komet_console.exchange import Draft
from komet_console.workspace.collections import outline
from komet_console.workspace.collections.library import Library
from komet_console.workspace.collections.model import Collection, Folder, RequestItem
from komet_console.workspace.collections.opencollection import request_data
from komet_console.workspace.collections.scanning import HeadScanner, Scanner
from komet_console.workspace.collections.yamltext import YamlError, dump, read


def whole(text: str) -> tuple[str, tuple[str, ...], str, str]:
    value = read(text).value
    info, http = value["info"], value["http"]
    return info["name"], tuple(info.get("tags", ())), http["method"], http["url"]


def seen(text: str) -> tuple[str, tuple[str, ...], str, str]:
    head = outline.head_of(text.encode(), "file.yml")
    assert head.kind == "http"
    return head.name, head.tags, head.verb, head.url


HEAD = "info:\n  name: {name}\n  type: http\n  seq: 7\n{tags}\nhttp:\n  method: POST\n  url: {url}\n"


@pytest.mark.parametrize(
    "name",
    [
        "Roses",
        "Roses  ",
        '"Roses: red"',
        '"Roses"  ',
        "'Roses: red'",
        "Roses # red",
        '"a\\tb "',
        "0x1F",
        "nullify",
        '"null"',
    ]
    + ["Roses\x85  red", '"Roses \u2028 red"', "Rosen für Zoë", '"\\u00e9\\"x\\""', "12.50"],
)
@pytest.mark.parametrize("tags", ["", "  tags:\n    - read\n    - a b\n", '  tags:\n    - "#x"\n    - y # z\n'])
@pytest.mark.parametrize("url", ['"{{baseUrl}}/customer.list"', "https://x.test/a?b=c", "https://x.test/a#b", "'x'"])
def test_it_says_what_the_whole_file_says(name: str, tags: str, url: str) -> None:
    text = HEAD.format(name=name, tags=tags, url=url)
    assert seen(text) == whole(text)
    assert seen(text.replace("\n", "\r\n")) == whole(text)


@given(st.text(min_size=1, max_size=40), st.lists(st.text(min_size=1, max_size=12), max_size=3))
def test_whatever_the_program_writes_is_read_the_same(name: str, tags: list[str]) -> None:
    item = RequestItem(name.encode("utf-8", "replace").decode(), Draft("customer.list"), tags=tuple(tags), seq=3)
    text = dump(request_data(item, load())).encode("utf-8", "replace").decode()
    assert seen(text) == whole(text)


def test_the_usual_file_is_looked_at_in_one_step() -> None:
    text = HEAD.format(name="Roses", tags="  tags:\n    - read\n", url='"{{baseUrl}}/customer.list"')
    head = outline._usual(text)
    assert head is not None
    assert (head.name, head.seq, head.tags) == ("Roses", 7.0, ("read",))
    assert outline._usual(text.replace("http\n", "http # note\n", 1)) is None


def test_a_name_that_is_no_text_is_none_here_either() -> None:
    assert outline.head_of(HEAD.format(name="null", tags="", url="x").encode(), "Roses.yml").name == "Roses"


@pytest.mark.parametrize("length", range(4_080, 4_112))
def test_an_address_that_ends_where_looking_ends_is_whole(length: int) -> None:
    text = HEAD.format(name="Roses", tags="  # by hand", url="https://x.test/" + "a" * length)
    assert outline._usual(text) is None
    assert seen(text) == whole(text)


def test_the_tree_reads_what_the_store_reads_and_follows_no_link(tmp_path: Path) -> None:
    catalogue = load()
    written = Library(tmp_path, catalogue).add(Collection("Big", (Folder("Inner", (RequestItem("A", Draft("")),)),)))
    root, outside = written.folder, tmp_path / "outside.yml"
    (root / "long.yml").write_text(HEAD.format(name="Long", tags="", url="x") + "# much\n" * 20_000)
    (root / "broken.yml").write_text("info:\n  name: [\n")
    (root / "latin.yml").write_bytes(HEAD.format(name="Ros", tags="", url="x").encode() + b"docs: \xff\n")
    (root / "empty.yml").write_text("")
    outside.write_text("info:\n  name: Stolen\n  type: folder\n")
    (root / "Inner" / "folder.yml").unlink()
    (root / "Inner" / "folder.yml").symlink_to(outside)
    (root / "link.yml").symlink_to(outside)
    quick, thorough = HeadScanner(root, catalogue), Scanner(root, catalogue)
    rows = quick.outline()
    assert rows == thorough.outline()
    assert quick.problems == thorough.problems
    assert [row.name for row in rows] == ["broken", "empty", "Inner", "latin", "Long"]
    problems = {row.name: row.problem for row in rows if row.problem}
    assert problems["latin"].startswith("latin.yml:9: ")
    assert problems["broken"].startswith("broken.yml:3: ")
    assert {problem.file for problem in quick.problems} >= {"link.yml", "Inner/folder.yml"}


def test_what_the_reader_refuses_is_refused_here_too() -> None:
    text = HEAD.format(name="a\tb", tags="", url="x")
    with pytest.raises(YamlError):
        whole(text)
    with pytest.raises(YamlError):
        seen(text)
