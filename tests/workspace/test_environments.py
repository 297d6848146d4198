"""Environments: two that stay, others of the user's own, nothing that would travel or lie in clear."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from komet_console.exchange import Connection, InsecureAddressError
from komet_console.workspace.database import Database
from komet_console.workspace.environments import Environments, UnusableEnvironmentError, Variable
from komet_console.workspace.memory import MemoryDatabase


@pytest.fixture
def environments() -> Environments:
    return Environments(MemoryDatabase())


def test_two_are_built_in(environments: Environments) -> None:
    assert [(one.id, one.name, one.level) for one in environments.all()] == [
        ("sandbox", "Sandbox", "free"),
        ("production", "Production", "careful"),
    ]
    assert environments.get("PRODUCTION").base_url == "https://api.kometsales.com/api"
    with pytest.raises(UnusableEnvironmentError) as error:
        environments.get("staging")
    assert error.value.hint == "There are: Sandbox, Production."


def test_built_in_ones_can_be_set_but_not_renamed_moved_or_removed(environments: Environments) -> None:
    production = environments.get("production")
    kept = environments.save(
        replace(production, colour="#c02020", level="read-only", account="1204", paid_users=3, zone="America/Bogota")
    )
    assert environments.get("production") == kept
    for changed in (replace(production, name="Live"), replace(production, base_url="https://evil.example/api")):
        with pytest.raises(UnusableEnvironmentError):
            environments.save(changed)
    with pytest.raises(UnusableEnvironmentError):
        environments.remove("production")
    assert len(environments.all()) == 2


def test_one_of_the_users_own_survives_a_restart_whole(tmp_path: Path) -> None:
    database = Database(tmp_path / "w.db")
    made = Environments(database).add(
        " Miami   test ",
        "https://miami.example/api/",
        account=" 7 ",
        multi_location="yes",
        connection=Connection(connect_timeout=None, ca_file="/etc/ca.pem", proxy="http://user:{{proxyPassword}}@p:1"),
        variables=(
            Variable("customer", "7349"),
            Variable("key", "ref1", secret=True),
            Variable("off", "1", enabled=False),
        ),
        reserve=50,
    )
    assert (made.name, made.base_url, made.account, made.host) == (
        "Miami test",
        "https://miami.example/api",
        "7",
        "miami.example",
    )
    later = Environments(database)
    assert later.all()[2:] == (made,)
    assert later.get("miami TEST") == made
    assert made.values() == {"customer": "7349"}
    assert made.values({"ref1": "s"}) == {"customer": "7349", "key": "s"}
    assert made.secret_names == {"key"}
    later.remove(made.id)
    assert Environments(database).find("Miami test") is None
    database.close()


@pytest.mark.parametrize(
    "address",
    [
        "http://miami.example/api",
        "ftp://miami.example",
        "miami.example/api",
        "https://u:p@miami.example/api",
        "https://x/api?a=1",
    ],
)
def test_addresses_that_cannot_be_used(environments: Environments, address: str) -> None:
    with pytest.raises(Exception) as error:  # noqa: PT011 - several kinds, all for the user
        environments.add("Miami", address)
    assert hasattr(error.value, "hint")
    assert len(environments.all()) == 2


def test_plain_http_is_for_this_machine_only(environments: Environments) -> None:
    assert environments.add("Here", "http://127.0.0.1:8080/api").host == "127.0.0.1:8080"
    with pytest.raises(InsecureAddressError):
        environments.add("There", "http://192.0.2.1/api")


@pytest.mark.parametrize(
    "values",
    [
        {"level": "wild"},
        {"paid_users": 0},
        {"colour": "red"},
        {"zone": "Nowhere/Atlantis"},
        {"connection": Connection(proxy="http://user:in-clear@proxy:8080")},
        {"variables": (Variable("a"), Variable("a"))},
        {"variables": (Variable(""),)},
    ],
)
def test_values_that_cannot_be_kept(environments: Environments, values: dict[str, object]) -> None:
    with pytest.raises(UnusableEnvironmentError) as error:
        environments.add("Miami", "https://miami.example/api", **values)
    assert "in-clear" not in error.value.message + error.value.hint


def test_a_name_belongs_to_one(environments: Environments) -> None:
    environments.add("Miami", "https://miami.example/api")
    for name in ("MIAMI", "sandbox", " "):
        with pytest.raises(UnusableEnvironmentError):
            environments.add(name, "https://other.example/api")


def test_what_a_later_version_kept_is_read_as_far_as_it_is_known() -> None:
    records = MemoryDatabase()
    with records.write() as connection:
        rows = [
            ("a", 1, '{"name": "A", "base_url": "https://a.example/api", "novelty": 1, "connection": {"warp": 9}}'),
            ("b", 2, "no JSON"),
            ("production", 3, '{"name": "Production", "base_url": "https://api.kometsales.com/api", "account": "5"}'),
        ]
        connection.executemany("INSERT INTO environments VALUES (?, ?, ?)", rows)
    found = Environments(records).all()
    assert [(one.id, one.account) for one in found] == [("sandbox", ""), ("production", "5"), ("a", "")]
