"""What `call` writes: the answer on standard output, what it means on standard error."""

from __future__ import annotations

import os
import re
import sys

import click

from komet_console.catalogue import Severity
from komet_console.catalogue.explaining import OutcomeKind
from komet_console.exchange import InvalidJsonError, Redactor, Response, beautify
from komet_console.session.sending import Sent

_MOST_COLOURED = 1_000_000
"""Longer answers are written without colours: colouring takes seconds for each further megabyte."""
_MARKS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
# An answer must not be able to drive the terminal.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def show(sent: Sent, output: str) -> None:
    """Write a call's outcome as `pretty`, `raw` or `headers`."""
    response = sent.exchange.response
    fine = sent.explanation is not None and sent.explanation.outcome is OutcomeKind.SUCCESS
    redactor = Redactor(sent.exchange.request.secrets)
    if output == "pretty" or not fine:
        for line in _summary(sent):
            click.echo(_CONTROL.sub("�", redactor.text(line)), err=True)
    if response is None:
        return
    if output == "raw":
        sys.stdout.flush()
        sys.stdout.buffer.write(response.read())
        sys.stdout.buffer.flush()
    elif output == "headers":
        click.echo(f"{response.http_version} {response.status} {response.reason}".rstrip())
        for name, value in redactor.headers(response.headers):
            click.echo(_CONTROL.sub("�", f"{name}: {value}"))
    else:
        _pretty(response, redactor)


def _summary(sent: Sent) -> list[str]:
    """What happened, in a few lines; details only where something needs doing."""
    lines = []
    response, failure, explanation = sent.exchange.response, sent.exchange.failure, sent.explanation
    if response is not None:
        outcome = f"  {explanation.outcome.value}" if explanation else ""
        total = sent.exchange.timing.total
        name = (explanation.status_name if explanation else "") or response.reason
        lines.append(f"{response.status} {name}{outcome} · {total:,.0f} ms · {response.size:,} bytes")
    if explanation is not None:
        lines.append(explanation.sentence)
        lines += [f"  {one.id}: {one.message or 'failed'}" for one in explanation.elements if not one.succeeded]
    if failure is not None:
        lines += [part for part in (failure.message, failure.cause, failure.hint) if part]
        if failure.maybe_carried_out and sent.method.effect != "read":
            lines.append("It may have been carried out: look before you send it again.")
    lines += [
        f"{_MARKS[one.severity]} ({one.pointer or 'call'}) {one.message} {one.hint}".rstrip() for one in sent.findings
    ]
    if explanation is not None and explanation.outcome is not OutcomeKind.SUCCESS:
        certain = [cause for cause in explanation.causes if cause.certain]
        lines += [
            f"- ({cause.pointer}) {cause.text}" if cause.pointer else f"- {cause.text}"
            for cause in certain or explanation.causes
        ]
        lines += [f"> {step}" for step in explanation.next_steps]
    return lines


def _pretty(response: Response, redactor: Redactor) -> None:
    data = response.read()
    if not data:
        return
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        click.echo(f"{len(data):,} bytes that are no text; --output raw writes them.", err=True)
        return
    try:
        text = redactor.json(beautify(text))
        is_json = True
    except InvalidJsonError:
        text = redactor.text(text)
        is_json = False
    text = _CONTROL.sub("�", text.replace("\r\n", "\n"))
    if is_json and len(text) <= _MOST_COLOURED and sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        from pygments import highlight
        from pygments.formatters import TerminalFormatter
        from pygments.lexers import JsonLexer

        text = highlight(text, JsonLexer(), TerminalFormatter())
    click.echo(text.rstrip("\n"))
