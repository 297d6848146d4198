"""What a call has come to: kept up to date while it runs, so that what arrived is there when it breaks off."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from komet_console.errors import UserError
from komet_console.exchange.decoding import Decoder
from komet_console.exchange.failures import Context, Trouble, certificate_facts, chain, describe
from komet_console.exchange.model import (
    Connection,
    Exchange,
    Failure,
    Hop,
    Phase,
    PreparedRequest,
    Progress,
    Response,
    Timing,
)
from komet_console.exchange.redirects import following


class StorageError(UserError):
    """An answer that cannot be kept."""


@dataclass(frozen=True, slots=True)
class Head:
    """Status line and headers of an answer, as they came."""

    status: int
    reason: str
    version: str
    headers: tuple[tuple[bytes, bytes], ...]

    def header(self, name: str) -> str:
        """All values of a header, separated by commas; empty when it is not there."""
        wanted = name.casefold().encode()
        return ", ".join(value.decode("latin-1") for key, value in self.headers if key.lower() == wanted)


def _header_text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


class Call:
    """State of one call, changed as it goes, so that what arrived is there when it breaks off."""

    def __init__(
        self,
        request: PreparedRequest,
        connection: Connection,
        new_file: Callable[[], Path],
        memory_cap: int,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self.first = request
        self.request = request
        self.connection = connection
        self.hops: list[Hop] = []
        self.failure: Failure | None = None
        self.total_elapsed = False
        self._new_file = new_file
        self._cap = memory_cap
        self._progress = progress
        self._started = time.perf_counter()
        self._certificate = ""
        self._ever_sent = False
        self.begin()

    def begin(self) -> None:
        """Forget the last hop's answer."""
        self.phase: Phase = "preparing"
        self.complete = False
        self._marks: dict[str, float] = {}
        self._spans: dict[str, float] = {}
        self._head: Head | None = None
        self._decoder = Decoder("")
        self._parts: list[bytes] = []
        self._raw: list[bytes] = []
        self._sink: IO[bytes] | None = None
        self._path: Path | None = None
        self._size = self._wire_size = 0

    def elapsed(self) -> float:
        return (time.perf_counter() - self._started) * 1000

    def _enter(self, phase: Phase) -> None:
        self.phase = phase
        self._report()

    def _report(self) -> None:
        if self._progress is not None:
            self._progress(Progress(self.phase, self._size, self.elapsed()))

    async def trace(self, event: str, _info: object) -> None:
        """Events of the HTTP library: `connection.connect_tcp.started`, `http11.send_request_headers.complete`, ..."""
        name, _, moment = event.rpartition(".")
        step = name.rpartition(".")[2]
        now = time.perf_counter()
        tunnel = bool(self.connection.proxy) and self.request.url.startswith("https:")
        if (
            tunnel
            and "connect_tcp" in self._marks
            and "start_tls" not in self._spans
            and step.startswith(("send_", "rec"))
        ):
            # The first request on a tunnel asks the proxy for the tunnel; ours follows after the handshake.
            return
        if moment == "started":
            self._marks[step] = now
            phases: dict[str, Phase] = {
                "connect_tcp": "name",
                "start_tls": "tls",
                "send_request_headers": "sending",
                "receive_response_headers": "waiting",
            }
            if step == "send_request_headers":
                self._ever_sent = True
            if step in phases:
                self._enter(phases[step])
        elif moment == "complete" and step in self._marks:
            self._spans[step] = (now - self._marks[step]) * 1000

    def resolved(self, milliseconds: float) -> None:
        """The name was found; connecting begins."""
        self._spans["name"] = milliseconds
        self._enter("connect")

    def head(self, head: Head) -> None:
        """Status and headers have arrived."""
        self._head = head
        self._decoder = Decoder(head.header("content-encoding"))
        self._marks["download"] = time.perf_counter()
        self._enter("download")

    def piece(self, raw: bytes) -> None:
        self._wire_size += len(raw)
        if self._size == 0 and self._decoder.encoding:
            self._raw.append(raw)
        self._keep(self._decoder.feed(raw))
        self._report()

    def _keep(self, data: bytes) -> None:
        if not data:
            return
        self._size += len(data)
        self._raw.clear()
        try:
            if self._sink is None and self._size > self._cap:
                self._path = self._new_file()
                self._sink = self._path.open("wb")
                self._sink.writelines(self._parts)
                self._parts.clear()
            if self._sink is not None:
                self._sink.write(data)
            else:
                self._parts.append(data)
        except OSError as error:
            raise StorageError(
                "The answer is too big for memory and cannot be written to a temporary file.",
                "Make room in the folder for temporary files, or ask for less at a time.",
                str(error),
            ) from None

    def end(self) -> None:
        self._decoder.finish()
        self.complete = True

    def fail(self, trouble: Trouble, error: BaseException) -> None:
        if trouble == "compression" and not self._size:
            self._keep(b"".join(self._raw))
        self.failure = describe(
            trouble,
            error,
            Context(
                url=self.request.url,
                phase=self.phase,
                connection=self.connection,
                sent=self._ever_sent,
                received=self._size,
                total_elapsed=self.total_elapsed,
                secrets=self.first.secrets,
                certificate=self._certificate,
            ),
        )

    async def look_at_certificate(self, error: BaseException) -> None:
        """Fetch the certificate that was refused, to say which one it is; a handshake only, nothing is sent."""
        if self.connection.proxy or not any(isinstance(one, ssl.SSLCertVerificationError) for one in chain(error)):
            return
        parts = urlsplit(self.request.url)
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(self.connection.connect_timeout or 10):
                _reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 443, ssl=context)
                der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
                self._certificate = certificate_facts(der) if der else ""

    def follow(self) -> bool:
        """Whether the answer is a redirect that is followed; the hop is recorded either way."""
        head = self._head
        if head is None:
            return False
        hop, after = following(self.request, head.status, head.header("location"), self.connection, len(self.hops))
        if hop is not None:
            self.hops.append(hop)
        if after is None:
            return False
        self.discard()
        self.request = after
        return True

    def discard(self) -> None:
        """Remove what was received."""
        self._close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._sink is not None:
            self._sink.close()
            self._sink = None

    def timing(self) -> Timing:
        spans = self._spans
        connect = spans.get("connect_tcp")
        name = spans.get("name")
        if connect is not None and name is not None:
            connect = max(0.0, connect - name)
        began = self._marks.get("download")
        return Timing(
            name=name,
            connect=connect,
            tls=spans.get("start_tls"),
            waiting=spans.get("receive_response_headers"),
            download=(time.perf_counter() - began) * 1000 if began else None,
            total=self.elapsed(),
        )

    def exchange(self) -> Exchange:
        self._close()
        timing = self.timing()
        head = self._head
        response = None
        if head is not None:
            response = Response(
                status=head.status,
                reason=head.reason,
                headers=tuple((name.decode("latin-1"), _header_text(value)) for name, value in head.headers),
                body=b"".join(self._parts) if self._path is None else b"",
                file=self._path,
                size=self._size,
                wire_size=self._wire_size,
                http_version=head.version,
                timing=timing,
                truncated=not self.complete,
            )
        return Exchange(self.first, response, self.failure, tuple(self.hops), timing)
