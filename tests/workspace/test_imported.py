from __future__ import annotations

from komet_console.exchange import Pair
from komet_console.workspace.collections.model import EnvironmentValues
from komet_console.workspace.collections.references import FoundSecret
from komet_console.workspace.environments import Environments, Variable
from komet_console.workspace.imported import adopt_environments
from komet_console.workspace.memory import MemoryDatabase


def test_an_environment_with_an_address_becomes_one_and_the_rest_is_said() -> None:
    environments = Environments(MemoryDatabase())
    made, notes = adopt_environments(
        environments,
        [
            EnvironmentValues(
                "Sandbox", (Pair("baseUrl", "api.kometsales.com/"), Pair("customer", "7349")), secrets=("token",)
            ),
            EnvironmentValues("Only values", (Pair("customer", "1"),)),
            EnvironmentValues("Own name", (Pair("base_url", "https://shop.example/v1"),)),
            EnvironmentValues("Plain", (Pair("url", "http://example.com/api"),)),
        ],
    )
    assert [(one.environment.name, one.environment.base_url) for one in made] == [
        ("Sandbox 2", "https://api.kometsales.com/api"),
        ("Own name", "https://shop.example/v1"),
    ]
    # Requests may refer to the address by the name that it had.
    assert made[1].environment.variables == (Variable("base_url", "https://shop.example/v1"),)
    assert made[0].environment.variables == (Variable("customer", "7349"),)
    assert environments.find("Sandbox 2") == made[0].environment
    assert len(notes) == 3
    assert "token" in notes[0]
    assert "Only values names no address" in notes[1]
    assert "Plain was not added" in notes[2]


def test_a_secret_that_is_at_hand_is_not_asked_for() -> None:
    found = EnvironmentValues("Here", (Pair("baseUrl", "https://here.example"),), secrets=("token", "password"))
    secrets = [
        FoundSecret("token", "test-token", environment="Here"),
        FoundSecret("password", "x", environment="There"),
    ]
    (made,), (note,) = adopt_environments(Environments(MemoryDatabase()), [found], secrets)
    assert "password" in note
    assert "token" not in note
    assert made.environment.base_url == "https://here.example"
    assert made.secrets == (secrets[0],)
