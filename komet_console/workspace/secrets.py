"""Secrets by reference: in the system's keyring, or in memory only where there is none. Files never hold one.

A keyring may be missing, locked, or wait for a person who is not there. It is therefore only asked on other threads and
within a time limit; what went wrong is kept in words (`explanation`), and from then on secrets live in memory until the
program ends. Whoever loses the keyring loses no names: those stand in the database.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from secrets import token_hex
from typing import Any, Protocol

from komet_console.errors import UserError
from komet_console.texts import said, sentences

__all__ = ["SERVICE", "KeyringBackend", "SecretLostError", "Secrets", "new_reference"]

SERVICE = "komet-console"
TIME_LIMIT = 20.0
"""Seconds a keyring may take: long enough for a person to type the password of a locked one."""


class KeyringBackend(Protocol):
    """What is used of `keyring.backend.KeyringBackend`."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


class SecretLostError(UserError):
    """A reference leads nowhere: the keyring was emptied, or the program ended while secrets were in memory only."""


class _NoKeyringError(Exception):
    """The keyring cannot be used; the text says why, as a whole sentence."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def new_reference() -> str:
    """A name for a secret; tells nothing about it."""
    return token_hex(16)


class Secrets:
    """The secrets of one workspace, by reference id. Coroutines never block; `cached` and the rest answer at once.

    Args:
        find: gives the keyring; None: the system's. Called on another thread, once.
        time_limit: seconds for one question to the keyring.
        tell: hears every secret as it becomes known, so that nothing ever writes it in clear.
    """

    def __init__(
        self,
        find: Callable[[], Any] | None = None,
        *,
        time_limit: float = TIME_LIMIT,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self._find = find or _system_keyring
        self._time_limit = time_limit
        self._tell = tell
        self._keyring: KeyringBackend | None = None
        self._looked = False
        self._held: dict[str, str] = {}
        self._memory_only: set[str] = set()
        self._opening: asyncio.Lock | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.persistent = False
        """Whether secrets outlive the program; False until the keyring was looked for."""
        self.explanation = "Secrets are kept in memory until the system's keyring was looked for."
        """One sentence about where secrets are kept now, for the window."""

    def __repr__(self) -> str:
        return f"Secrets(persistent={self.persistent}, held={len(self._held)})"

    @property
    def held(self) -> Mapping[str, str]:
        """The secrets at hand, by reference."""
        return dict(self._held)

    def cached(self, reference: str) -> str | None:
        """The secret, if it is at hand already."""
        return self._held.get(reference)

    async def open(self) -> bool:
        """Look for the keyring, once; returns `persistent`."""
        loop = asyncio.get_running_loop()
        if self._opening is None or self._loop is not loop:
            self._opening, self._loop = asyncio.Lock(), loop
        async with self._opening:
            if not self._looked:
                try:
                    self._keyring = await self._ask(self._find)
                except _NoKeyringError as error:
                    self._give_up(error.why)
                else:
                    self.persistent = self._keyring is not None
                    self.explanation = "Secrets are kept in the system's keyring."
                    if self._keyring is None:
                        self._give_up("This system has no keyring.")
                self._looked = True
        return self.persistent

    async def put(self, reference: str, secret: str) -> bool:
        """Keep a secret. True: it outlives the program; False: it is in memory only (see `explanation`)."""
        self._hold(reference, secret)
        self._memory_only.add(reference)
        await self.open()
        keyring = self._keyring
        if keyring is not None:
            try:
                await self._ask(lambda: keyring.set_password(SERVICE, reference, secret))
            except _NoKeyringError as error:
                self._give_up(error.why)
            else:
                self._memory_only.discard(reference)
        return reference not in self._memory_only

    async def get(self, reference: str) -> str:
        """The secret.

        Raises:
            SecretLostError: there is none, or the keyring does not give it out.
        """
        if reference in self._held:
            return self._held[reference]
        await self.open()
        keyring = self._keyring
        found: str | None = None
        if keyring is not None:
            try:
                found = await self._ask(lambda: keyring.get_password(SERVICE, reference))
            except _NoKeyringError as error:
                self._give_up(error.why)
        if found is None:
            why = self.explanation if not self.persistent else "The system's keyring does not have it (any more)."
            raise SecretLostError("The value of this secret is not here.", sentences(why, "Enter it again."))
        self._hold(reference, found)
        return found

    async def remove(self, reference: str) -> None:
        """Forget a secret, here and in the keyring; one that is not there is no error."""
        self._held.pop(reference, None)
        kept = reference not in self._memory_only
        self._memory_only.discard(reference)
        await self.open()
        keyring = self._keyring
        if keyring is not None and kept:
            try:
                await self._ask(lambda: _delete(keyring, reference))
            except _NoKeyringError as error:
                self._give_up(error.why)

    async def look_again(self) -> bool:
        """Look for the keyring anew, after it was unlocked, and move there what is in memory only."""
        self._looked = False
        self._keyring = None
        if await self.open():
            for reference in list(self._memory_only):
                await self.put(reference, self._held[reference])
        return self.persistent

    def _hold(self, reference: str, secret: str) -> None:
        self._held[reference] = secret
        if self._tell is not None:
            self._tell(secret)

    def _give_up(self, why: str) -> None:
        self._keyring = None
        self.persistent = False
        self.explanation = sentences(why, "Secrets are kept in memory only and are gone when the program ends.")

    async def _ask(self, question: Callable[[], Any]) -> Any:
        """The keyring's answer; raises `_NoKeyringError`."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()

        def settle(result: Any, error: BaseException | None) -> None:
            if answer.done():
                return
            if error is None:
                answer.set_result(result)
            else:
                answer.set_exception(error)

        def run() -> None:
            result: Any = None
            failed: BaseException | None = None
            try:
                result = question()
            except Exception as error:  # noqa: BLE001 - backends raise whatever their system raises
                failed = _NoKeyringError(_in_words(error))
            try:
                loop.call_soon_threadsafe(settle, result, failed)
            except RuntimeError:
                return  # nobody waits any more: the loop has ended

        # A daemon of its own, not `to_thread`: a keyring that hangs must neither hold up the program's end nor use up the
        # threads that everything else shares.
        threading.Thread(target=run, name="keyring", daemon=True).start()
        try:
            return await asyncio.wait_for(answer, self._time_limit)
        except TimeoutError:
            raise _NoKeyringError(
                said(
                    "The system's keyring did not answer within {limit:g} seconds; it may be locked.",
                    limit=self._time_limit,
                )
            ) from None


def _delete(keyring: KeyringBackend, reference: str) -> None:
    if keyring.get_password(SERVICE, reference) is not None:
        keyring.delete_password(SERVICE, reference)


def _system_keyring() -> Any:
    """The system's keyring; raises `_NoKeyringError` where there is none worth its name."""
    import keyring  # imported late: a tenth of a second
    from keyring.backends import chainer, fail, null

    found = keyring.get_keyring()
    real = list(found.backends) if isinstance(found, chainer.ChainerBackend) else [found]
    if not [one for one in real if not isinstance(one, (fail.Keyring, null.Keyring))]:
        raise _NoKeyringError("This system has no keyring.")
    return found


def _in_words(error: Exception) -> str:
    """Why the keyring did not do what it was asked for. The error's own text is left out: it may quote the secret."""
    if isinstance(error, _NoKeyringError):
        return error.why
    if isinstance(error, ImportError):
        return "The program's part for the system's keyring is not installed."
    names = {one.__name__ for one in type(error).__mro__}
    if "NoKeyringError" in names:
        return "This system has no keyring."
    if "KeyringLocked" in names:
        return "The system's keyring is locked."
    if "PasswordSetError" in names:
        return "The system's keyring did not take the secret."
    return said("The system's keyring failed ({name}).", name=type(error).__name__)
