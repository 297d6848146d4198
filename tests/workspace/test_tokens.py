"""Tokens: repaired as pasted, kept by reference, found again; losing the keyring loses no names."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from helpers.keyrings import MemoryKeyring
from hypothesis import given
from hypothesis import strategies as st

from komet_console.catalogue import Catalogue
from komet_console.workspace.database import Database
from komet_console.workspace.memory import MemoryDatabase
from komet_console.workspace.secrets import SecretLostError, Secrets
from komet_console.workspace.tokens import TokenError, Tokens, clean_pasted, ends, shape_trouble, shown

VALUE = "planted0token1value2345"


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        (VALUE, None),
        (f"  {VALUE}\n", "Blanks around"),
        (f'"{VALUE}"', "Quotes"),
        (f"“{VALUE}”", "Quotes"),
        (f"Bearer {VALUE}", "“Bearer”"),
        (f'"bearer {VALUE}"', "“Bearer”"),
        (f"Authorization: Bearer {VALUE}", "“Bearer”"),
        (f"{VALUE[:9]}\r\n{VALUE[9:]}", "Line breaks within"),
        (f"{VALUE[:9]} {VALUE[9:]}", "Blanks within"),
        (f"\ufeff{VALUE[:5]}\u200b{VALUE[5:]}", "Invisible"),
        (f"authenticationToken={VALUE}", "authenticationToken"),
        (f"&authenticationToken={VALUE}&id=7", "authenticationToken"),
        (f'"authenticationToken": "{VALUE}"', "authenticationToken"),
        (f"https://api.kometsales.com/api/customer.list?id=7&authenticationToken={VALUE}", "address"),
        (f"curl 'https://api.kometsales.com/api/customer.list?authenticationToken={VALUE}&id=1'", "curl"),
        (f'curl -X POST https://x/api/customer.add -d \'{{"authenticationToken": "{VALUE}", "name": "x"}}\'', "curl"),
        (f"curl https://x/api/y -H 'Authorization: Bearer {VALUE}' -H 'Accept: */*'", "curl"),
        (f"curl https://x/api/y \\\n  -H 'authenticationToken: {VALUE}'", "curl"),
        (f'{{"request": {{"authenticationToken": "{VALUE}"}}}}', "JSON"),
        (f'{{"status": 1, "apiKey": "{VALUE}"', "JSON"),
    ],
)
def test_what_is_pasted_is_repaired_and_it_says_so(pasted: str, said: str | None) -> None:
    cleaned = clean_pasted(pasted)
    assert cleaned.value == VALUE
    assert (said is None) == (cleaned.repairs == ())
    assert said is None or any(said in repair for repair in cleaned.repairs), cleaned.repairs
    assert VALUE not in repr(cleaned)


@pytest.mark.parametrize("pasted", ["", "   ", "curl https://x/api/customer.list", "https://x/api/y?id=1", '{"a": 1}'])
def test_where_there_is_no_token_none_is_made_up(pasted: str) -> None:
    assert clean_pasted(pasted).value == ""


@given(st.text(max_size=80))
def test_no_paste_breaks_it(text: str) -> None:
    cleaned = clean_pasted(text)
    assert not any(character.isspace() for character in cleaned.value) or "%" in text
    again = clean_pasted(cleaned.value)
    assert len(again.value) <= len(cleaned.value)


def test_of_a_value_only_the_ends_are_kept_and_of_a_short_one_not_even_those() -> None:
    assert shown(*ends(VALUE)) == "plan…2345"
    assert shown(*ends("short-one")) == "•••"
    assert shape_trouble(VALUE) == ()
    assert any("blanks" in one for one in shape_trouble("two words of a token"))
    assert any("é" in one for one in shape_trouble("héllo-héllo-héllo-héllo"))
    assert any("9 characters only" in one for one in shape_trouble("short-one"))


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(MemoryDatabase(), Secrets(MemoryKeyring))


def add(tokens: Tokens, name: str, **values: Any) -> Any:
    given = {"environment": "production", "hosts": ("api.kometsales.com",), **values}
    return asyncio.run(tokens.add(name, given.pop("value", VALUE), **given))


def test_added_found_changed_removed(tokens: Tokens) -> None:
    made = add(tokens, "  Miami   company ", kind="company", whose="Petal & Stem", note="for tests")
    assert (made.name, made.shown, made.used, made.checked) == ("Miami company", "plan…2345", None, None)
    assert VALUE not in repr(made)
    assert tokens.get("miami COMPANY") == tokens.get(made.id) == made
    assert asyncio.run(tokens.value(made.id)) == VALUE
    assert tokens.search("petal company") == [made]
    assert tokens.search("2345 nothing") == []
    changed = tokens.change(replace(made, name="Miami", methods=("customer.list",)))
    assert tokens.get("Miami") == changed
    tokens.touch(made.id, 5)
    tokens.set_checked(made.id, "valid", 6)
    assert (tokens.get("Miami").used, tokens.get("Miami").checked, tokens.get("Miami").result) == (5, 6, "valid")
    tokens.prove(made.id, "customer.list", "refused", 1)
    tokens.prove(made.id, "customer.list", "accepted", 2)
    assert tokens.proofs(made.id)["customer.list"].outcome == "accepted"
    asyncio.run(tokens.remove("Miami"))
    assert tokens.all() == ()
    assert tokens.proofs(made.id) == {}
    with pytest.raises(TokenError, match="no token"):
        tokens.get("Miami")


def test_what_cannot_be_kept_is_refused(tokens: Tokens) -> None:
    add(tokens, "Main")
    for name, value in (("main", VALUE), ("", VALUE), ("Other", ""), ("Other", "two words")):
        with pytest.raises(TokenError):
            add(tokens, name, value=value)
    assert [one.name for one in tokens.all()] == ["Main"]
    assert tokens.free_name("Main") == "Main 2"


def test_the_fitting_ones_come_with_the_last_used_first(tokens: Tokens, catalogue: Catalogue) -> None:
    old = add(tokens, "old", kind="company")
    new = add(tokens, "new", kind="company")
    add(tokens, "limited", kind="company", methods=("vendor.list",))
    add(tokens, "customer", kind="customer")
    anything = add(tokens, "anything")
    add(tokens, "elsewhere", kind="company", environment="other")
    tokens.touch(old.id, 20)
    tokens.touch(new.id, 10)
    tokens.touch(anything.id, 30)
    method = catalogue.method("customer.list")
    assert [one.name for one in tokens.fitting("production", method)] == ["old", "new", "anything"]
    assert tokens.fitting("production", catalogue.method("login")) == []


def test_losing_the_keyring_loses_no_names(tmp_path: Path) -> None:
    database = Database(tmp_path / "w.db")
    made = add(Tokens(database, Secrets(MemoryKeyring)), "Main", kind="company")
    # Another computer, or an emptied keyring.
    later = Tokens(database, Secrets(MemoryKeyring))
    assert [(one.name, one.kind, one.shown) for one in later.all()] == [("Main", "company", "plan…2345")]

    async def main() -> None:
        with pytest.raises(SecretLostError):
            await later.value(made.id)
        await later.replace_value(made.id, "another0token1value6789")
        assert await later.value(made.id) == "another0token1value6789"

    asyncio.run(main())
    assert later.get("Main").shown == "anot…6789"
    database.close()
    assert all(VALUE.encode() not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
