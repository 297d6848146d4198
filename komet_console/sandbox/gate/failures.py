"""The ways a call can fail in the sandbox.

Failure
 |-- Refused     the rule itself says no: HTTP 200, status 0, message
 |-- Invalid     the request is not what the documentation asks for: 400
 `-- (plain)     raised by the gate with the HTTP status of the general table
"""

from __future__ import annotations

from typing import Any


class Failure(Exception):  # noqa: N818 - not an error of the program, an answer
    """A call that ends without success.

    Args:
        status: HTTP status in the mode `--failures codes`.
        message: text of the answer's message.
        documented: whether the documentation names this answer (the rest is assumed from the general table).
        headers: extra response headers.
        code: value of the method's outcome field where it is not simply 0 (statusInventory 2, 3, 4, 11).
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        documented: bool = False,
        headers: dict[str, str] | None = None,
        code: int = 0,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.documented = documented
        self.headers = headers or {}
        self.code = code


class Refused(Failure):
    """A business rule says no. What the handler wrote is rolled back.

    `documented` is true when the documentation states the rule or the message; `extra` are further documented keys of
    the refusing answer.
    """

    def __init__(
        self, message: str, *, documented: bool = False, code: int = 0, extra: dict[str, Any] | None = None
    ) -> None:
        super().__init__(200, message, documented=documented, code=code)
        self.extra = extra or {}


class Invalid(Failure):
    """The request cannot be carried out as it stands, e.g. a field that a rule cannot run without."""

    def __init__(self, message: str) -> None:
        super().__init__(400, message)
