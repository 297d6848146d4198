"""The sandbox as a process of its own, driven over a real socket."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Process:
    """A running `komet-console sandbox --json`."""

    def __init__(self, *options: str, home: Path) -> None:
        environment = {**os.environ, "KOMET_CONSOLE_HOME": str(home)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "komet_console", "sandbox", "--json", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(self.process.communicate()[1])
        self.facts: dict[str, Any] = json.loads(line)
        context = ssl.create_default_context(cafile=self.facts["ca"]) if self.facts["ca"] else None
        self.opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))

    def get(self, path: str, headers: dict[str, str] | None = None, **query: str) -> tuple[int, dict[str, str], bytes]:
        query = {"authenticationToken": self.facts["tokens"]["company"], **query}
        address = f"{self.facts['url']}{path}?{urllib.parse.urlencode(query)}"
        return self._open(urllib.request.Request(address, headers=headers or {}))

    def control(
        self, verb: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], Any]:
        request = urllib.request.Request(
            self.facts["control"] + path,
            method=verb,
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-Sandbox-Key": self.facts["control_key"], **(headers or {})},
        )
        status, sent, data = self._open(request)
        return status, sent, json.loads(data)

    def _open(self, request: urllib.request.Request) -> tuple[int, dict[str, str], bytes]:
        try:
            with self.opener.open(request, timeout=20) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, dict(error.headers), error.read()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.communicate(timeout=20)
        return self.process.returncode


@contextlib.contextmanager
def running(*options: str, home: Path) -> Iterator[Process]:
    process = Process(*options, home=home)
    try:
        yield process
    finally:
        process.stop()
