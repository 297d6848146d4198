"""Exit statuses of every command; the README lists the same."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["ExitStatus"]


class ExitStatus(IntEnum):
    """What a script can conclude from how a command ended."""

    SUCCESS = 0
    """Everything asked for was done."""
    REFUSED = 1
    """The API answered and refused: status 0 with a message."""
    USAGE = 2
    """The command was not understood or cannot be carried out as given."""
    PARTIAL = 3
    """The API accepted a part and refused the rest."""
    HTTP_FAILURE = 4
    """The server answered with an HTTP error status, or with something unintelligible."""
    NETWORK_FAILURE = 5
    """No answer: no connection, name not found, TLS refused, timeout."""
    INTERNAL_ERROR = 70
    """A bug in Komet Console (`EX_SOFTWARE` of sysexits), so that it never looks like a refusal."""
    INTERRUPTED = 130
    """Stopped with Ctrl+C."""
