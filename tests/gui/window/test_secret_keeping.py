from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from helpers.consoles import opened_desk
from helpers.windows import OpenWindow
from PySide6.QtCore import QObject

from komet_console.gui.importing.dialog import ImportDialog
from komet_console.gui.window.main import MainWindow
from komet_console.gui.window.secret_keeping import SecretKeeping
from komet_console.workspace.environments import SANDBOX

Until = Callable[[Callable[[], object]], Awaitable[None]]


async def test_secrets_that_come_together_are_all_kept(
    gui_loop: asyncio.AbstractEventLoop, tmp_path: Path, until: Until
) -> None:
    async with opened_desk(tmp_path / "home", tmp_path / "workspace", sandbox=False) as desk:
        parent = QObject()
        keeping = SecretKeeping(desk.console, desk.tasks, parent)
        heard: list[str] = []
        keeping.said.connect(heard.append)
        names = ("password", "apiKey", "clientSecret")
        for name in names:
            keeping.keep(name, f"test-{name}", SANDBOX)
        for number in (51, 52, 51):
            keeping.keep("token", f"test-token-number-{number}", SANDBOX)
        await until(lambda: len(heard) == len(names) + 3)
        stored = desk.console.environments.get(SANDBOX)
        assert stored.secret_names == set(names)
        assert stored.values(desk.console.secrets.held) == {name: f"test-{name}" for name in names}
        tokens = desk.console.tokens.of(SANDBOX)
        values = {one.name: await desk.console.secrets.get(one.id) for one in tokens}
        assert values == {"Pasted for Sandbox": "test-token-number-51", "Pasted for Sandbox 2": "test-token-number-52"}


FILE = """
type: collection.insomnia.rest/5.0
name: Petals
collection:
  - name: List customers
    url: "{{ _.base_url }}/customer.list"
    method: GET
environments:
  name: Base
  data: {}
  subEnvironments:
    - name: Here
      data:
        base_url: http://127.0.0.1:4010/api
        token: test-token-number-41
        password: test-password-41
    - name: There
      data:
        base_url: https://there.example/api
        token: test-token-number-42
    - name: Nowhere
      data:
        password: test-password-43
"""


async def imported(window: MainWindow, file: Path, until: Until) -> None:
    """Import a file, until all is said that there is to say."""
    window.saved_part.interchange.import_files([file])
    await until(lambda: any(one.found for one in window.findChildren(ImportDialog)))
    window.findChildren(ImportDialog)[0].press()
    await until(lambda: "4 secrets" in window.notices.message.text.text())


async def test_secrets_of_imported_environments_are_kept_where_they_belong(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until, tmp_path: Path
) -> None:
    file = tmp_path / "petals.yaml"
    file.write_text(FILE, encoding="utf-8")
    async with open_window() as window:
        await imported(window, file, until)
        console = window.console
        places = {name: console.environments.get(name) for name in ("Here", "There")}
        tokens = {name: console.tokens.of(place.id) for name, place in places.items()}
        values = {name: [await console.secrets.get(one.id) for one in tokens[name]] for name in tokens}
        assert values == {"Here": ["test-token-number-41"], "There": ["test-token-number-42"]}
        assert [one.hosts for one in tokens["There"]] == [("there.example",)]
        assert places["Here"].values(console.secrets.held)["password"] == "test-password-41"
        # It names no address, so it is no place to call: its secret goes to the one that is called now.
        current = console.environments.get(window.places.environment)
        assert current.values(console.secrets.held)["password"] == "test-password-43"
        assert console.tokens.of(current.id) == []


async def test_one_undo_takes_back_an_import_with_its_environments(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until, tmp_path: Path
) -> None:
    file = tmp_path / "petals.yaml"
    file.write_text(FILE, encoding="utf-8")
    async with open_window() as window:
        console, library = window.console, window.saved_part.shelf.library
        before = [one.id for one in console.environments.all()]
        await imported(window, file, until)
        text = window.notices.message.text.text()
        for part in ("“Petals” was imported.", "The environment Here was added.", "Nowhere names no address"):
            assert part in text, part
        there = console.environments.get("There").id
        window.places.set_environment(there)
        assert (library.names(), window.notices.message.button.text()) == (("Petals",), "Undo")
        window.notices.message.button.click()
        await until(lambda: library.names() == () and [one.id for one in console.environments.all()] == before)
        await until(lambda: not console.tokens.of(there))
        await until(lambda: window.places.environment == SANDBOX)


@pytest.mark.parametrize("secret", [True, False])
async def test_a_value_that_an_import_took_the_place_of_comes_back_with_undo(
    gui_loop: asyncio.AbstractEventLoop, open_window: OpenWindow, until: Until, tmp_path: Path, secret: bool
) -> None:
    file = tmp_path / "petals.yaml"
    file.write_text(FILE, encoding="utf-8")
    async with open_window() as window:
        console, here = window.console, window.places.environment
        await console.keep_variable(here, "password", "test-password-before", secret=secret)

        def value() -> str:
            return console.environments.get(here).values(console.secrets.held)["password"]

        await imported(window, file, until)
        assert value() == "test-password-43"
        assert "the place of what {{password}} was before" in window.notices.message.text.text()
        window.notices.message.button.click()
        await until(lambda: value() == "test-password-before")
        assert ("password" in console.environments.get(here).secret_names) is secret
