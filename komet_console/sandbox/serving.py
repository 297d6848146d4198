"""One process that answers calls: the application on a listening socket until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from komet_console.catalogue import load
from komet_console.sandbox.app import build_app
from komet_console.sandbox.control import Desk, control_routes
from komet_console.sandbox.gate.gate import Gate
from komet_console.sandbox.methods import load_in_turns
from komet_console.sandbox.state import State
from komet_console.sandbox.webhooks import Webhooks

if TYPE_CHECKING:
    import uvicorn


@dataclass(frozen=True, slots=True)
class Serving:
    """What all processes of a sandbox have in common: database, control key, files of the certificate."""

    url: str
    control_key: str
    certificate: str | None = None
    certificate_key: str | None = None


class _Server:
    """uvicorn, told when it accepts connections; `stop` may be called from any thread."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        import uvicorn

        stop = self.stop

        class Announcing(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                if self.started:
                    ready()
                    self._loading = asyncio.get_running_loop().create_task(load_in_turns())

            @contextlib.contextmanager
            def capture_signals(self) -> Iterator[None]:
                # uvicorn raises the signals again after it has stopped, which would end the process with a failure;
                # and at a second Ctrl+C it tears its own tasks apart instead of waiting two seconds at most.
                with on_signals(lambda *_: stop()):
                    yield

        self._server = Announcing(config)
        self.run = self._server.run

    def stop(self) -> None:
        self._server.should_exit = True


@contextlib.contextmanager
def on_signals(handler: Callable[..., None]) -> Iterator[None]:
    """Call `handler` (signal number, frame) for SIGINT and SIGTERM meanwhile."""
    before = {one: signal.signal(one, handler) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handled in before.items():
            signal.signal(one, handled)


def run_one(
    engine: Engine,
    serving: Serving,
    listener: socket.socket,
    ready: Callable[[], None],
    *,
    sends_webhooks: bool = True,
    started: Callable[[Callable[[], None]], None] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT. `started` is handed a function that stops the serving from another thread.

    Of several processes on one database exactly one sends webhooks, so that none is sent twice.
    """
    import uvicorn

    state = State(engine)
    webhooks = Webhooks(engine, state)
    gate = Gate(engine, load(), state, webhooks.announce)
    desk = Desk(engine, state, webhooks.announce)

    def background() -> None:
        if sends_webhooks:
            webhooks.send_due()
        state.flush()

    config = uvicorn.Config(
        build_app(gate, control_routes(desk, serving.control_key), background),
        http="httptools",
        lifespan="on",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ssl_certfile=serving.certificate,
        ssl_keyfile=serving.certificate_key,
        timeout_graceful_shutdown=2,
    )
    server = _Server(config, ready)
    if started:
        started(server.stop)
    server.run([listener])
    gate.close()
    state.close()
