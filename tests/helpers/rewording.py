"""A proxy in front of an API that puts its refusals into other words: who judges by wording is found out."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType


class Rewording:
    """Forwards every call to `port` of this machine; `change` gets status and body of each answer."""

    def __init__(self, port: int, change: Callable[[int, bytes], tuple[int, bytes]] | None = None) -> None:
        rewrite = change or reword
        self.requests: list[str] = []
        seen = self.requests

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _forward(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                seen.append(self.path)
                upstream = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
                headers = {name: value for name, value in self.headers.items() if name.casefold() != "host"}
                upstream.request(self.command, self.path, body, {**headers, "Accept-Encoding": "identity"})
                answer = upstream.getresponse()
                status, data = rewrite(answer.status, answer.read())
                self.send_response(status)
                for name, value in answer.getheaders():
                    if name.casefold() in ("content-type", "retry-after"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
                upstream.close()

            do_GET = do_POST = _forward  # noqa: N815 - names of http.server

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def __enter__(self) -> Rewording:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


def reword(status: int, body: bytes) -> tuple[int, bytes]:
    """Every refusal says the same, in words that no program can know."""
    try:
        answer = json.loads(body)
    except ValueError:
        return status, body
    if isinstance(answer, dict) and "message" in answer and str(answer.get("status")) != "1":
        answer["message"] = "Nuestra casa no sirve esto."
    return status, json.dumps(answer).encode()
