"""Who is to blame.

KometError
 |-- UserError             the surroundings or the input are wrong; the user can do something about it
 |    `-- InstallationError   a part of the program itself is missing or damaged
 `-- Cancelled             the user changed their mind; nothing is shown

Every other exception is a bug in the program and is left to reach the top as it is.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = ["Cancelled", "InstallationError", "KometError", "UserError"]


class KometError(Exception):
    """Root of the program's own exceptions."""


class UserError(KometError):
    """Something the user should read and can act on.

    Args:
        message: What happened and why, one sentence, without a final line break.
        hint: What to do next; empty where there is nothing to advise.
        details: Technical text for those who want it (may have several lines).
    """

    exit_status: ClassVar[int] = 2
    """Exit status of the command line when this error ends a command (see `komet_console.cli.status`)."""

    def __init__(self, message: str, hint: str = "", details: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details

    def __reduce__(self) -> tuple[type[UserError], tuple[str, str, str]]:
        # Exceptions travel between processes; the default keeps the message only.
        return type(self), (self.message, self.hint, self.details)

    def lines(self) -> list[str]:
        """The non-empty parts in reading order: message, hint, details."""
        return [part for part in (self.message, self.hint, self.details) if part]


class InstallationError(UserError):
    """A file that belongs to the program is missing or unreadable."""


class Cancelled(KometError):  # noqa: N818 - an outcome, not a failure
    """Unwinds the stack after the user cancelled; front ends swallow it silently."""
