"""Log in with user name and password: used once, kept nowhere, masked everywhere, although the API wants them in the URL."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from komet_console.catalogue.calls import read_json
from komet_console.catalogue.explaining import OutcomeKind
from komet_console.errors import UserError
from komet_console.exchange import Draft, Pair, Redactor, is_secret_name
from komet_console.texts import said, sentences

if TYPE_CHECKING:
    from komet_console.session.console import Console
    from komet_console.session.sending import Sent

__all__ = ["LoggedIn", "LoginRefusedError", "log_in"]

METHOD = "login"


class LoginRefusedError(UserError):
    """No token came of it. The exit status is that of a refusal."""

    exit_status = 1


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """The user's token. It stays valid for later calls."""

    token: str = field(repr=False)
    user: str
    environment: str
    """Its id."""


async def log_in(console: Console, environment: str, user: str, password: str) -> LoggedIn:
    """A token for the user.

    Raises:
        LoginRefusedError: the API refused, or answered without a token.
        UserError: nothing was sent, or nothing came back.
    """
    stored = console.environments.get(environment)
    user = user.strip()
    if not user or not password:
        raise UserError(
            "User name and password are needed to log in.", "They are those of the real Komet Sales window."
        )
    if console.workspace is not None:
        console.workspace.secrets.add(password, "password")
    draft = Draft(METHOD, (Pair("username", user), Pair("password", "{{password}}")))
    sent = await console.log_in_with(draft, stored.id, {"password": password})
    redactor = Redactor((password,))
    failure = sent.exchange.failure
    if failure is not None:
        raise UserError(redactor.text(failure.message), sentences(redactor.text(failure.cause), failure.hint))
    token = _token(sent)
    if token is None:
        explanation = sent.explanation
        words = explanation.message if explanation is not None else ""
        response = sent.exchange.response
        refused = (
            said("{name} did not log {user} in (HTTP {status}).", name=stored.name, user=user, status=response.status)
            if response is not None and response.status != 200
            else said("{name} did not log {user} in.", name=stored.name, user=user)
        )
        raise LoginRefusedError(
            sentences(refused, said("It says: {words}", words=redactor.text(words)) if words else ""),
            "Check user name and password in the Komet Sales window itself. The password was not kept.",
        )
    if console.workspace is not None:
        console.workspace.secrets.add(token)
    return LoggedIn(token, user.strip(), stored.id)


def _token(sent: Sent) -> str | None:
    """The token of a successful answer: the first text behind a secret's name."""
    response = sent.exchange.response
    if response is None or sent.explanation is None or sent.explanation.outcome is not OutcomeKind.SUCCESS:
        return None
    value: Any = read_json(response.read()).value
    if not isinstance(value, dict):
        return None
    return next(
        (str(found).strip() for name, found in value.items() if is_secret_name(name) and str(found or "").strip()), None
    )
