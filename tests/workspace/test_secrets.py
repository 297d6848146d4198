"""Secrets: kept in a keyring that works, explained where it does not, never in a repr or a message."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import keyring
import pytest
from helpers.keyrings import HangingKeyring, LockedKeyring, MemoryKeyring
from keyring.backends import fail, null

from komet_console.workspace.secrets import SERVICE, SecretLostError, Secrets

SECRET = "planted-secret-0123456789"


def run(coroutine: Any) -> Any:
    return asyncio.run(coroutine)


def test_a_keyring_that_works_keeps_them_over_a_restart() -> None:
    backend = MemoryKeyring()

    async def first() -> None:
        secrets = Secrets(lambda: backend)
        assert not secrets.persistent
        assert await secrets.put("ref", SECRET)
        assert secrets.persistent
        assert secrets.explanation == "Secrets are kept in the system's keyring."
        assert SECRET not in repr(secrets)

    async def second() -> None:
        secrets = Secrets(lambda: backend)
        assert secrets.cached("ref") is None
        assert await secrets.get("ref") == SECRET
        assert secrets.cached("ref") == SECRET
        await secrets.remove("ref")
        await secrets.remove("ref")
        with pytest.raises(SecretLostError) as lost:
            await secrets.get("ref")
        assert "Enter it again" in lost.value.hint

    run(first())
    assert backend.kept == {(SERVICE, "ref"): SECRET}
    run(second())
    assert backend.kept == {}
    assert threading.get_ident() not in backend.threads, "the keyring was asked on the thread of the event loop"


@pytest.mark.parametrize(
    ("find", "said"),
    [
        (LockedKeyring, "locked"),
        (lambda: None, "no keyring"),
        (lambda: (_ for _ in ()).throw(ImportError("no module")), "not installed"),
        (lambda: (_ for _ in ()).throw(RuntimeError(SECRET)), "RuntimeError"),
    ],
)
def test_a_keyring_that_does_not_leaves_memory_and_says_so(find: Any, said: str) -> None:
    async def main() -> None:
        secrets = Secrets(find)
        assert not await secrets.put("ref", SECRET)
        assert not secrets.persistent
        assert said in secrets.explanation
        assert "in memory only" in secrets.explanation
        assert SECRET not in secrets.explanation
        assert await secrets.get("ref") == SECRET
        with pytest.raises(SecretLostError) as lost:
            await secrets.get("another")
        assert said in lost.value.hint

    run(main())


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring])
def test_backends_that_keep_nothing_count_as_missing(backend: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_keyring", backend)

    async def main() -> None:
        secrets = Secrets()
        assert not await secrets.open()
        assert "This system has no keyring" in secrets.explanation

    run(main())


def test_a_keyring_that_hangs_is_given_up_and_holds_nobody_up() -> None:
    backend = HangingKeyring()

    async def main() -> float:
        secrets = Secrets(lambda: backend, time_limit=0.1)
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.01)

        ticking = asyncio.get_running_loop().create_task(tick())
        started = time.monotonic()
        assert not await secrets.put("ref", SECRET)
        ticking.cancel()
        assert ticks >= 4, "the event loop stood still"
        assert "did not answer within 0.1 seconds" in secrets.explanation
        assert await secrets.get("ref") == SECRET
        return time.monotonic() - started

    assert run(main()) < 5
    backend.release.set()


def test_what_was_in_memory_moves_once_the_keyring_is_there() -> None:
    backend = MemoryKeyring()
    found: list[Any] = [LockedKeyring(), backend]

    async def main() -> None:
        secrets = Secrets(lambda: found.pop(0))
        assert not await secrets.put("ref", SECRET)
        assert await secrets.look_again()
        assert secrets.persistent
        assert backend.kept == {(SERVICE, "ref"): SECRET}

    run(main())


def test_every_secret_is_told_to_whoever_must_not_write_it() -> None:
    backend = MemoryKeyring()
    backend.kept[SERVICE, "old"] = SECRET
    told: list[str] = []

    async def main() -> None:
        secrets = Secrets(lambda: backend, tell=told.append)
        await secrets.get("old")
        await secrets.put("new", "another-secret")

    run(main())
    assert told == [SECRET, "another-secret"]
