"""Several processes that serve one world on one socket; they agree through the database.

Each worker has a pipe to the parent: it says once that it accepts connections, and when the parent's end is closed, for
whatever reason, the worker stops. No worker outlives its parent.
"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait

from komet_console.errors import UserError
from komet_console.sandbox.serving import Serving, on_signals, run_one
from komet_console.sandbox.store.engine import open_engine

STOP_SECONDS = 10


def _work(serving: Serving, listener: socket.socket, parent: Pipe, first: bool) -> None:
    """The whole life of a worker."""
    # Ctrl+C reaches every process of the terminal; the parent alone decides. Until the server handles signals,
    # ending on SIGTERM at once is right.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def stop_with_parent(stop: Callable[[], None]) -> None:
        def watch() -> None:
            try:
                parent.recv()
            except (EOFError, OSError):
                stop()

        threading.Thread(target=watch, daemon=True).start()

    engine = open_engine(serving.url)
    try:
        run_one(
            engine,
            serving,
            listener,
            lambda: parent.send(True),
            sends_webhooks=first,
            started=stop_with_parent,
        )
    finally:
        engine.dispose()


def run_many(serving: Serving, listener: socket.socket, count: int, ready: Callable[[], None]) -> None:
    """Serve with `count` processes until SIGTERM or SIGINT; `ready` is called when all accept connections.

    Raises `UserError` when a worker ends without being told to; the others are stopped, none is started again.
    """
    # a forked process would share connections to the database and the state of imported libraries
    context = get_context("spawn")
    woken, wake = context.Pipe(duplex=False)
    workers = []
    pipes: list[Pipe] = []
    with on_signals(lambda *_: wake.send(True)):
        try:
            for number in range(count):
                ours, theirs = context.Pipe()
                worker = context.Process(target=_work, args=(serving, listener, theirs, number == 0))
                worker.start()
                theirs.close()
                workers.append(worker)
                pipes.append(ours)
            if _all_accept(woken, pipes):
                ready()
                wait([woken, *(worker.sentinel for worker in workers)])
            told = woken.poll()
        finally:
            for pipe in pipes:
                pipe.close()
            for worker in workers:
                worker.join(STOP_SECONDS)
                if worker.is_alive():
                    worker.kill()
                    worker.join()
    failed = [worker.exitcode for worker in workers if worker.exitcode]
    if failed or not told:
        raise UserError(
            f"A worker of the sandbox ended by itself{f' with status {failed[0]}' if failed else ''}.",
            "Check that the database server runs, then start the sandbox again; the world is kept.",
        )


def _all_accept(woken: Pipe, pipes: list[Pipe]) -> bool:
    """Wait until every worker has said that it accepts connections; False when told to stop or a worker ended."""
    silent = list(pipes)
    while silent:
        spoken = wait([woken, *silent])
        if woken in spoken:
            return False
        try:
            for pipe in [one for one in silent if one in spoken]:
                pipe.recv()
                silent.remove(pipe)
        except EOFError:
            return False
    return True
