"""The console's own sandbox: one process per data folder, shared by every window and `call`, alive while one needs it.

The sandbox is started by command and never imported. What its users agree on lies in one folder, `sandbox-process`:

    start.lock        held while somebody looks, starts or ends the sandbox
    running.lock      held by the sandbox as long as it lives
    state.json        where it serves, its test tokens and control key, its program version (mode 600)
    <instance>/*.hold one file for each user of that sandbox process, locked as long as the user lives
    sandbox.log       what the last one wrote to standard error

Locks go with their process, so that neither side can leave a trace that looks alive.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import komet_console
from komet_console import paths
from komet_console.errors import UserError
from komet_console.records import field, record
from komet_console.session.locking import FileLock
from komet_console.texts import said

__all__ = ["LINGER_SECONDS", "LocalSandbox", "RunningSandbox", "SandboxError", "alive_while_held"]

LINGER_SECONDS = 2.0
"""How long the sandbox outlives its last user."""
_FOLDER = "sandbox-process"
_POLL_SECONDS = 0.2
_START_SECONDS = 60.0
_HANDOVER_SECONDS = 20.0
_OTHER_VERSION_SECONDS = LINGER_SECONDS + 4


class SandboxError(UserError):
    """The console's sandbox cannot be had."""


@record
class RunningSandbox:
    """A sandbox that accepts connections. All of it is test data, but the control key rules over that data."""

    url: str
    """Base address of the API, with a slash at the end."""
    control: str
    control_key: str = field(repr=False)
    port: int
    pid: int
    tokens: Mapping[str, str] = field(repr=False)
    """Kind (company, customer, vendor, user) to token."""
    login: Mapping[str, str] = field(repr=False)
    account: str
    """Value for the header X-ACCOUNT."""
    version: str
    """Program version it was started under."""
    instance: str
    """Name of this very process; another one after a restart."""


class LocalSandbox:
    """One user's hold on the sandbox of a data folder. Calls block (a first start takes about a second); thread-safe.

    Args:
        home: the data folder; None: the user's.
    """

    def __init__(self, home: Path | None = None) -> None:
        self._home = home or paths.user_folder()
        self._folder = self._home / _FOLDER
        self._mutex = threading.Lock()
        self._hold: FileLock | None = None
        self._held_instance = ""
        self._written: tuple[int, int, int] | None = None
        """What told the state file apart when it was last read or written."""

    def ensure(self) -> RunningSandbox:
        """The running sandbox; started where none runs, started again where it died, and kept alive from now on.

        Raises:
            SandboxError: it does not start, or one of another program version is in use.
        """
        try:
            return self._ensure()
        except OSError as error:
            raise SandboxError(
                said(
                    "The sandbox cannot keep its files in {folder}: {reason}.",
                    folder=self._folder,
                    reason=error.strerror or error,
                ),
                said("Make the folder writable, or set {variable} to another one.", variable=paths.HOME_VARIABLE),
            ) from error

    def still_runs(self, running: RunningSandbox) -> bool:
        """Whether that very sandbox still runs and is held here. Takes microseconds and waits for nobody; False: `ensure`."""
        if not self._mutex.acquire(blocking=False):
            return False
        try:
            held = self._hold is not None and self._held_instance == running.instance
            return held and self._mark() == self._written and FileLock(self._folder / "running.lock").is_held()
        finally:
            self._mutex.release()

    def running(self) -> RunningSandbox | None:
        """The sandbox if one of this version runs now; starts nothing and holds nothing."""
        if not self._folder.is_dir():
            return None
        with FileLock(self._folder / "start.lock"):
            state = self._running()
        return state if isinstance(state, RunningSandbox) else None

    def release(self) -> None:
        """Let go: two seconds after its last user did, the sandbox ends. `ensure` may be called again."""
        with self._mutex:
            self._let_go()

    def __enter__(self) -> LocalSandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def _ensure(self) -> RunningSandbox:
        with self._mutex:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            deadline = time.monotonic() + _OTHER_VERSION_SECONDS
            while True:
                with FileLock(self._folder / "start.lock"):
                    state = self._running()
                    if not isinstance(state, str):
                        if state is None:
                            state = self._start()
                        else:
                            self._take_hold(state.instance)
                        self._written = self._mark()
                        return state
                if time.monotonic() > deadline:
                    raise SandboxError(
                        said(
                            "The sandbox is in use by Komet Console {version}; this is {own}.",
                            version=state,
                            own=komet_console.__version__,
                        ),
                        said(
                            "Close the windows of the other version, or set {variable} to another folder for this one.",
                            variable=paths.HOME_VARIABLE,
                        ),
                    )
                time.sleep(_POLL_SECONDS)

    def _running(self) -> RunningSandbox | str | None:
        """What the state file says, if its process lives: the sandbox, or the other program version it belongs to.

        To be called under the start lock.
        """
        if not FileLock(self._folder / "running.lock").is_held():
            return None
        try:
            state = json.loads((self._folder / "state.json").read_text(encoding="utf-8"))
            if state["version"] != komet_console.__version__:
                return str(state["version"])
            return RunningSandbox(**state)
        except (OSError, ValueError, TypeError, KeyError):
            # It is ending, or whoever started it was killed before the file was written. Either way it ends by itself.
            return None

    def _mark(self) -> tuple[int, int, int] | None:
        """What tells the state file apart from one that another sandbox writes; None where there is none."""
        try:
            found = (self._folder / "state.json").stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _take_hold(self, instance: str) -> None:
        if self._held_instance == instance:
            return
        self._let_go()
        folder = self._folder / instance
        folder.mkdir(mode=0o700, exist_ok=True)
        hold = FileLock(folder / f"{os.getpid()}-{secrets.token_hex(4)}.hold")
        hold.acquire()
        self._hold, self._held_instance = hold, instance

    def _let_go(self) -> None:
        if self._hold is not None:
            self._hold.release()
            with contextlib.suppress(OSError):
                self._hold.path.unlink()
        self._hold, self._held_instance = None, ""

    def _start(self) -> RunningSandbox:
        self._let_go()
        for left in self._folder.iterdir():
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
        instance = secrets.token_hex(8)
        self._take_hold(instance)
        try:
            facts = self._launch(self._folder / instance)
            state = RunningSandbox(
                **{key: facts[key] for key in ("url", "control", "control_key", "port", "pid", "tokens", "login")},
                account=str(facts["account"]),
                version=komet_console.__version__,
                instance=instance,
            )
            self._write_state(state)
        except BaseException:
            self._let_go()
            raise
        return state

    def _launch(self, hold: Path) -> dict[str, Any]:
        """Start the process and wait for the line that says where it serves."""
        log = self._folder / "sandbox.log"
        log.unlink(missing_ok=True)
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as errors:
            process = subprocess.Popen(
                [*_program(), "sandbox", "--json", "--while-held", str(hold)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=_environment(self._home),
                cwd=self._folder,
                # Ctrl+C at one user's terminal must not end what others use.
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        assert process.stdout is not None
        impatience = threading.Timer(_START_SECONDS, process.kill)
        impatience.daemon = True
        impatience.start()
        try:
            line = process.stdout.readline()
        except BaseException:
            process.kill()
            raise
        finally:
            impatience.cancel()
            process.stdout.close()
            # Somebody has to ask for its exit status, or a dead sandbox stays in the process table.
            threading.Thread(target=process.wait, name="sandbox-exit", daemon=True).start()
        try:
            facts: dict[str, Any] = json.loads(line)
        except ValueError:
            process.kill()
            told = log.read_text(encoding="utf-8", errors="replace").strip()
            raise SandboxError(
                "The sandbox did not start.",
                said("Run `komet-console sandbox` to see why; its messages are in {log}.", log=log),
                "\n".join(told.splitlines()[-10:]),
            ) from None
        return facts

    def _write_state(self, state: RunningSandbox) -> None:
        unfinished = self._folder / "state.json.part"
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(state), file, indent=1)
        unfinished.replace(self._folder / "state.json")


def _program() -> list[str]:
    """How to run this very program again."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    # -P: nothing that lies in the working folder may be taken for one of our modules.
    return [sys.executable, "-P", "-m", "komet_console"]


def _environment(home: Path) -> dict[str, str]:
    environment = {**os.environ, paths.HOME_VARIABLE: str(home)}
    root = str(Path(komet_console.__file__).resolve().parent.parent)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), root]))
    # A token that was meant for a call is none of the sandbox's business.
    environment.pop("KOMET_TOKEN", None)
    return environment


@contextlib.contextmanager
def alive_while_held(folder: Path) -> Iterator[None]:
    """The sandbox's side: run the block as the one sandbox of its data folder, and end with the last user.

    `folder` is `<data folder>/sandbox-process/<instance>`. Two seconds after the last file in it is no longer locked the
    process gets SIGTERM.

    Raises:
        SandboxError: the sandbox before this one does not end.
    """
    running = FileLock(folder.parent / "running.lock")
    if not running.acquire(_HANDOVER_SECONDS):
        raise SandboxError("Another sandbox of this data folder is still running.", "End it, then try again.")
    over = threading.Event()
    watch = threading.Thread(target=_watch, args=(folder, over, _end_this_process), name="holders", daemon=True)
    watch.start()
    try:
        yield
    finally:
        over.set()
        watch.join()
        _forget(folder)
        running.release()


def _end_this_process() -> None:
    if sys.platform == "win32":
        signal.raise_signal(signal.SIGTERM)
    else:
        # To the process, so that the main thread wakes up; raise_signal would reach this thread only.
        os.kill(os.getpid(), signal.SIGTERM)


def _watch(folder: Path, over: threading.Event, end: Callable[[], None]) -> None:
    last_used = time.monotonic()
    while not over.wait(_POLL_SECONDS):
        if _in_use(folder):
            last_used = time.monotonic()
        elif time.monotonic() - last_used >= LINGER_SECONDS and _retire(folder):
            end()
            return


def _in_use(folder: Path) -> bool:
    return any(FileLock(path).is_held() for path in folder.glob("*.hold"))


def _retire(folder: Path) -> bool:
    """Withdraw the state file, unless somebody is looking at it or has come back."""
    if not folder.is_dir():
        # Somebody starts another one instead, and keeps the start lock until this one is gone.
        return True
    lock = FileLock(folder.parent / "start.lock")
    try:
        if not lock.acquire(0):
            return False
    except OSError:
        return True  # the data folder was removed
    try:
        if _in_use(folder):
            return False
        _withdraw(folder)
        return True
    finally:
        lock.release()


def _withdraw(folder: Path) -> None:
    state = folder.parent / "state.json"
    with contextlib.suppress(OSError, ValueError, AttributeError):
        if json.loads(state.read_text(encoding="utf-8")).get("instance") == folder.name:
            state.unlink()


def _forget(folder: Path) -> None:
    if not _in_use(folder):
        shutil.rmtree(folder, ignore_errors=True)
