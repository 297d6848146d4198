"""What every test shares: a data folder of its own, fixed seeds, the loaded catalogue."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from komet_console.catalogue import Catalogue, load

ROOT = Path(__file__).resolve().parent.parent
LONG = bool(os.environ.get("KOMET_TEST_LONG"))

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")
os.environ.setdefault("PYTEST_QT_API", "pyside6")

settings.register_profile(
    "short", derandomize=True, deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", settings.get_profile("short"), max_examples=10_000)
settings.load_profile("long" if LONG else "short")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `long` run in `make test-long` only."""
    if LONG:
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="only in make test-long"))


@pytest.fixture(scope="session", autouse=True)
def _own_home_for_the_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Servers that are started once for many tests must not find the data of the person who runs them either."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KOMET_CONSOLE_HOME", str(tmp_path_factory.mktemp("session-home")))
        yield


@pytest.fixture(autouse=True)
def komet_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The test's own data folder, not created yet: no test ever sees the data of the person who runs it."""
    home = tmp_path_factory.mktemp("home") / "komet-console"
    monkeypatch.setenv("KOMET_CONSOLE_HOME", str(home))
    return home


@pytest.fixture(scope="session", autouse=True)
def _only_this_machine() -> Iterator[None]:
    """A test that reaches out to another machine fails at once, with the address it wanted."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(str(address[0])):
            raise RuntimeError(f"Tests talk to this machine only, not to {address[0]}.")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


def is_loopback(host: str) -> bool:
    """Whether `host` (a name or an address) is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The catalogue as the program loads it; shared, it is immutable to its users."""
    return load()
