"""One call: from a draft to the exact request, over the wire, to an answer or an explained failure.

Public surface. Everything but `transport` is pure; that module is the only one that knows the HTTP library, and
`open_transport` loads it when the first call is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from komet_console.exchange.building import (
    BuildError,
    InsecureAddressError,
    WrongHostError,
    build,
    draft_of_sample,
    settled,
    wants_token,
)
from komet_console.exchange.jsontext import InvalidJsonError, JsonError, beautify, compact, find_error, strip_comments
from komet_console.exchange.model import (
    PRODUCTION_URL,
    TOKEN_REFERENCE,
    Body,
    Connection,
    Draft,
    Environment,
    Exchange,
    Failure,
    Hop,
    Pair,
    PreparedRequest,
    Progress,
    Response,
    Timing,
    Token,
)
from komet_console.exchange.redaction import MASK, RedactingFilter, Redactor, is_secret_name, quiet_http_logs

if TYPE_CHECKING:
    from komet_console.exchange.transport import Transport

__all__ = [
    "MASK",
    "PRODUCTION_URL",
    "TOKEN_REFERENCE",
    "Body",
    "BuildError",
    "Connection",
    "Draft",
    "Environment",
    "Exchange",
    "Failure",
    "Hop",
    "InsecureAddressError",
    "InvalidJsonError",
    "JsonError",
    "Pair",
    "PreparedRequest",
    "Progress",
    "RedactingFilter",
    "Redactor",
    "Response",
    "Timing",
    "Token",
    "WrongHostError",
    "beautify",
    "build",
    "compact",
    "draft_of_sample",
    "find_error",
    "is_secret_name",
    "open_transport",
    "quiet_http_logs",
    "settled",
    "strip_comments",
    "wants_token",
]


def open_transport() -> Transport:
    """A transport that keeps its connections from call to call; close it with `aclose` in the same event loop."""
    import sys

    # The library would load a command line of its own (click, rich, pygments): 140 ms and 6 MB that nothing here needs.
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None stands for "there is no such module"
    from komet_console.exchange.transport import Transport

    return Transport()
