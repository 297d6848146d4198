"""Every way a call can fail on the network, said for a person: what happened, why, what to do next."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from komet_console.errors import UserError
from komet_console.exchange.model import Connection, Failure, FailureKind, Phase
from komet_console.exchange.redaction import Redactor
from komet_console.texts import said, sentences

Trouble = Literal["timeout", "proxy", "protocol", "network", "compression", "cancelled", "redirect"]
"""What the HTTP library says went wrong, in our own words."""

_SENT: frozenset[Phase] = frozenset({"sending", "waiting", "download"})
_PHASES: dict[Phase, str] = {
    "preparing": "while preparing the call",
    "name": "while looking up the name",
    "connect": "while connecting",
    "tls": "while agreeing on encryption",
    "sending": "while sending the request",
    "waiting": "while waiting for the answer",
    "download": "in the middle of the answer",
    "total": "before the call was complete",
}
_UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.EADDRNOTAVAIL}


@dataclass(frozen=True, slots=True)
class Context:
    """Where a call stood when it failed. `sent` is True as soon as a byte of the request may have left."""

    url: str
    phase: Phase
    connection: Connection
    sent: bool
    received: int = 0
    total_elapsed: bool = False
    secrets: tuple[str, ...] = ()
    certificate: str = ""
    """What the server's certificate says, where it could be read."""


def chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, outermost first."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def describe(trouble: Trouble, error: BaseException, context: Context) -> Failure:
    """The failure for a person. Never raises; the details are redacted."""
    kind, message, cause, hint = _words(trouble, error, context)
    redactor = Redactor(context.secrets)
    details = "\n".join(dict.fromkeys(f"{type(one).__name__}: {one}".rstrip(": ") for one in chain(error)))
    if context.certificate:
        details += f"\n{context.certificate}"
    return Failure(
        kind=kind,
        message=redactor.text(message),
        cause=redactor.text(cause),
        hint=hint,
        phase="total" if context.total_elapsed else context.phase,
        details=redactor.text(details),
        maybe_carried_out=context.sent,
    )


Words = tuple[FailureKind, str, str, str]


def _words(trouble: Trouble, error: BaseException, context: Context) -> Words:
    parts = urlsplit(context.url)
    host = parts.hostname or ""
    place = parts.netloc.rpartition("@")[2]
    errors = list(chain(error))
    if trouble == "cancelled":
        return (
            "cancelled",
            said("The call was cancelled {when}.", when=said(_PHASES[context.phase])),
            "You cancelled it."
            if not context.received
            else said("{received:,} bytes had arrived and are kept.", received=context.received),
            "A read can be sent again at once. Look first whether anything else was carried out."
            if context.sent
            else "Send it again when you are ready.",
        )
    if trouble == "redirect":
        message = error.message if isinstance(error, UserError) else str(error)
        return ("redirect", message, "The server sends callers from one address to the next.", "Check the base URL.")
    if trouble == "compression":
        return (
            "compression",
            "The answer is not compressed as it says.",
            said("It cannot be decompressed: {error}.", error=error),
            "What arrived is shown as it is; send again, and tell the server's operator if it stays so.",
        )
    if trouble == "timeout":
        return _timeout(context, place)
    through_proxy = bool(context.connection.proxy) and context.phase in ("preparing", "name", "connect")
    if trouble == "proxy" or (through_proxy and trouble == "network"):
        return _proxy(error, errors, context)
    if any(isinstance(one, socket.gaierror) for one in errors):
        return (
            "name-not-found",
            said("The name {host} was not found.", host=host),
            "It is misspelled, or this computer has no working name service or network.",
            "Check the environment's address, then the network connection.",
        )
    certificate = next((one for one in errors if isinstance(one, ssl.SSLCertVerificationError)), None)
    if certificate is not None:
        return _certificate(certificate, context, place)
    if context.phase == "tls" or any(isinstance(one, ssl.SSLError) for one in errors):
        return _tls(errors, place)
    return _broken(errors, trouble, context, place)


def _timeout(context: Context, place: str) -> Words:
    connection = context.connection
    if context.total_elapsed:
        limit, name = connection.total_timeout, "total"
    elif context.phase in ("sending", "waiting", "download"):
        limit, name = connection.read_timeout, "read"
    else:
        limit, name = connection.connect_timeout, "connect"
    cause = {
        "preparing": "All connections are in use.",
        "name": "The name service did not answer.",
        "connect": "Nothing answers there: a wrong port, a firewall, or a server that is down.",
        "tls": "The server accepted the connection and then said nothing; the port may not speak HTTPS.",
        "sending": "The server takes no more data.",
        "waiting": "The server is still working on it, or it is overloaded.",
        "download": "The server stopped sending in the middle of the answer, or the network is slow.",
        "total": "The whole call took too long.",
    }[context.phase]
    time = said("{seconds:g} s", seconds=limit) if limit is not None else said("the time allowed")
    hints = {
        "total": "Ask for less at a time, or raise the total timeout.",
        "read": "Ask for less at a time, or raise the read timeout.",
        "connect": "Ask for less at a time, or raise the connect timeout.",
    }
    return (
        "timeout",
        said("No success within {time} {when} ({place}).", time=time, when=said(_PHASES[context.phase]), place=place),
        cause,
        hints[name],
    )


def _proxy(error: BaseException, errors: list[BaseException], context: Context) -> Words:
    place = urlsplit(context.connection.proxy).netloc.rpartition("@")[2] or context.connection.proxy
    text = str(error)
    if "407" in text:
        return (
            "proxy",
            said("The proxy {place} wants a user name and a password.", place=place),
            "The proxy answered 407 (proxy authentication required).",
            "Write them into the proxy's address: http://user:password@host:port.",
        )
    if any(isinstance(one, socket.gaierror) for one in errors):
        cause = "The proxy's name was not found."
    elif any(isinstance(one, ConnectionRefusedError) for one in errors):
        cause = "Nothing listens at the proxy's address."
    elif text:
        cause = said("The proxy answered: {text}.", text=text)
    else:
        cause = "The proxy does not answer."
    return (
        "proxy",
        said("The proxy {place} did not let the call through.", place=place),
        cause,
        "Check the proxy, or call without it.",
    )


def _certificate(error: ssl.SSLCertVerificationError, context: Context, place: str) -> Words:
    why = (error.verify_message or str(error)).rstrip(".")
    hints = {
        10: "The server's operator must renew it; check this computer's date as well.",
        9: "Check this computer's date and time.",
        18: "If this server is yours, name its certificate as CA file in the environment.",
        19: "If this network has an authority of its own, name its file as CA file in the environment.",
        20: "If this network has an authority of its own, name its file as CA file in the environment.",
        62: "Call the server by a name that its certificate holds.",
        64: "Call the server by a name that its certificate holds.",
    }
    hint = hints.get(error.verify_code, "Ask the server's operator about the certificate.")
    which = context.certificate or "The certificate itself could not be read."
    return (
        "tls",
        said("The certificate of {place} is not accepted: {why}.", place=place, why=why),
        which,
        sentences(hint, "Nothing was sent."),
    )


def _tls(errors: list[BaseException], place: str) -> Words:
    reason = next((one.reason for one in errors if isinstance(one, ssl.SSLError) and one.reason), "") or ""
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
        cause, hint = "The server does not speak HTTPS on this port.", "Check the port, or use http:// on this machine."
    elif "CERTIFICATE_REQUIRED" in reason or "HANDSHAKE_FAILURE" in reason:
        cause = said("The server refused the handshake ({reason}).", reason=reason.lower().replace("_", " "))
        hint = "It may want a client certificate: name one in the environment."
    elif reason:
        cause, hint = (
            said("The handshake failed: {reason}.", reason=reason.lower().replace("_", " ")),
            "Ask the server's operator.",
        )
    else:
        cause = "The connection ended during the handshake."
        hint = "Check that the port speaks HTTPS; a firewall can also cut encrypted connections."
    return ("tls", said("No encrypted connection to {place}.", place=place), cause, hint)


def _broken(errors: list[BaseException], trouble: Trouble, context: Context, place: str) -> Words:
    if any(isinstance(one, ConnectionRefusedError) for one in errors):
        return (
            "refused",
            said("{place} refused the connection.", place=place),
            "Nothing listens at this address and port.",
            "Check the port; if it is the sandbox, start it.",
        )
    numbers = {one.errno for one in errors if isinstance(one, OSError)}
    if numbers & _UNREACHABLE or (context.phase in ("name", "connect") and trouble == "network"):
        return (
            "unreachable",
            said("{place} cannot be reached.", place=place),
            "There is no way through the network to this address.",
            "Check the network connection and VPN.",
        )
    text = str(errors[0])
    reset = any(isinstance(one, (ConnectionResetError, BrokenPipeError)) for one in errors)
    if context.phase == "download" and (
        reset or trouble == "network" or "without sending complete" in text or "incomplete" in text
    ):
        return (
            "cut-off",
            "The answer broke off before its end.",
            said(
                "The connection to {place} was lost after {received:,} bytes of the answer.",
                place=place,
                received=context.received,
            ),
            "What arrived is shown; send again if nothing can be done twice by it.",
        )
    if reset or trouble == "network" or "without sending a response" in text:
        # From TLS 1.3 on a server looks at the client's certificate after the client has begun to send.
        bare = context.url.startswith("https:") and not context.connection.client_certificate
        wants = "One that wants a client certificate does this, too." if bare else ""
        return (
            "reset",
            said("{place} closed the connection without an answer.", place=place),
            sentences("The server, or a device on the way, cut the connection.", wants),
            "Look whether the call was carried out before you send it again.",
        )
    return (
        "protocol",
        said("{place} did not answer in HTTP.", place=place),
        said("The answer cannot be read: {text}.", text=text),
        "Check that address and port belong to the API.",
    )


def certificate_facts(der: bytes) -> str:
    """What a certificate says of itself, one sentence; empty when it cannot be read."""
    from cryptography import x509
    from cryptography.x509.oid import ExtensionOID

    try:
        found = x509.load_der_x509_certificate(der)
        names: list[str] = []
        try:
            extension = found.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
            if isinstance(extension, x509.SubjectAlternativeName):
                names = [str(one.value) for one in extension]
        except x509.ExtensionNotFound:
            names = []
        subject = found.subject.rfc4514_string() or (names[0] if names else said("nobody"))
        issuer = found.issuer.rfc4514_string() or said("nobody")
        also = f" ({', '.join(names)})" if names else ""
        return said(
            "The certificate is for {subject}{also}, issued by {issuer}, valid from "
            "{not_valid_before_utc:%Y-%m-%d} to {not_valid_after_utc:%Y-%m-%d}.",
            subject=subject,
            also=also,
            issuer=issuer,
            not_valid_before_utc=found.not_valid_before_utc,
            not_valid_after_utc=found.not_valid_after_utc,
        )
    except ValueError:
        return ""
