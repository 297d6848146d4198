"""Compressed answers, decompressed piece by piece, so that what arrived before a fault is kept."""

from __future__ import annotations

import zlib


class CompressionError(ValueError):
    """The bytes are not compressed as the answer says."""


class Decoder:
    """Decodes one `Content-Encoding`: gzip and deflate; anything else passes as it is.

    Servers send deflate with and without the zlib header (RFC 9110 section 8.4.1.2 asks for it); both are read.
    """

    def __init__(self, encoding: str) -> None:
        names = [
            name.strip().casefold() for name in encoding.split(",") if name.strip().casefold() not in ("", "identity")
        ]
        self.encoding = names[0] if len(names) == 1 and names[0] in ("gzip", "x-gzip", "deflate") else ""
        self.unknown = ", ".join(names) if names and not self.encoding else ""
        """Encodings that are left as they are."""
        self._inner = zlib.decompressobj(zlib.MAX_WBITS | 32)
        self._fed = False

    def feed(self, data: bytes) -> bytes:
        """The decoded bytes of one more piece; raises `CompressionError`."""
        if not self.encoding or not data:
            return data
        out = b""
        try:
            if not self._fed and self.encoding == "deflate" and data[0] & 0x0F != 8:
                self._inner = zlib.decompressobj(-zlib.MAX_WBITS)
            self._fed = True
            while data:
                if self._inner.eof:
                    # A gzip stream may have several members.
                    self._inner = zlib.decompressobj(zlib.MAX_WBITS | 32)
                out += self._inner.decompress(data)
                data = self._inner.unused_data
        except zlib.error as error:
            raise CompressionError(str(error)) from None
        return out

    def finish(self) -> None:
        """Raise `CompressionError` when the compressed stream ended too early."""
        if self.encoding and self._fed and not self._inner.eof:
            raise CompressionError("the compressed stream is not complete")
