"""Small real servers that do to a client what real networks do."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from types import TracebackType


class Server:
    """Listens on a free port of this machine; `serve` gets every accepted connection, in a thread of its own."""

    def __init__(self, serve: Callable[[socket.socket, Server], None], context: ssl.SSLContext | None = None) -> None:
        self._serve = serve
        self._context = context
        self.requests: list[bytes] = []
        self.released = threading.Event()
        self.seen = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{'https' if self._context else 'http'}://{self.host}/api"

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.released.set()
        # Closing alone does not wake a thread that waits in accept.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        try:
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            self._serve(connection, self)
        except OSError:
            pass
        finally:
            connection.close()

    def read_request(self, connection: socket.socket) -> bytes:
        """One whole request; empty when the client closed."""
        data = b""
        while b"\r\n\r\n" not in data:
            part = connection.recv(65536)
            if not part:
                return b""
            data += part
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(
            (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        while len(body) < length:
            body += connection.recv(65536)
        self.requests.append(head + b"\r\n\r\n" + body)
        self.seen.set()
        return self.requests[-1]


def answering(*answers: bytes) -> Callable[[socket.socket, Server], None]:
    """Answers requests on a connection in turn, the last answer again and again."""

    def serve(connection: socket.socket, server: Server) -> None:
        number = 0
        while server.read_request(connection):
            connection.sendall(answers[min(number, len(answers) - 1)])
            number += 1

    return serve


def then_closing(answer: bytes) -> Callable[[socket.socket, Server], None]:
    """Sends so much of an answer and closes."""

    def serve(connection: socket.socket, server: Server) -> None:
        server.read_request(connection)
        connection.sendall(answer)

    return serve


def resetting(connection: socket.socket, server: Server) -> None:
    """Reads the request and cuts the connection with a TCP reset."""
    server.read_request(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def sending_and_waiting(answer: bytes) -> Callable[[socket.socket, Server], None]:
    """Sends so much of an answer, then nothing until the test is over."""

    def serve(connection: socket.socket, server: Server) -> None:
        server.read_request(connection)
        connection.sendall(answer)
        server.released.wait(20)

    return serve


def speaking_first(words: bytes) -> Callable[[socket.socket, Server], None]:
    """Answers whatever comes first, understood or not."""

    def serve(connection: socket.socket, server: Server) -> None:
        connection.recv(65536)
        connection.sendall(words)

    return serve


def silent(connection: socket.socket, server: Server) -> None:
    """Accepts and never says a word."""
    server.released.wait(20)


def ok(body: bytes, *headers: str) -> bytes:
    """A complete answer."""
    lines = "".join(f"{line}\r\n" for line in headers)
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n{lines}\r\n".encode() + body
