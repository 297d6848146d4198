from __future__ import annotations

import pickle

from komet_console.cli.status import ExitStatus
from komet_console.errors import InstallationError, UserError


def test_lines_leave_out_what_is_empty() -> None:
    assert UserError("It broke.").lines() == ["It broke."]
    assert UserError("It broke.", details="line 3").lines() == ["It broke.", "line 3"]


def test_text_of_the_exception_is_the_message() -> None:
    assert str(UserError("It broke.", hint="Mend it.")) == "It broke."


def test_errors_survive_the_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(InstallationError("Gone.", "Install again.", "a, b")))
    assert type(error) is InstallationError
    assert (error.message, error.hint, error.details) == ("Gone.", "Install again.", "a, b")


def test_default_exit_status_is_usage() -> None:
    assert UserError("It broke.").exit_status == ExitStatus.USAGE
