"""A doctor's report in words: a sentence for the screen, a paragraph for a ticket, a page, JSON. None of it holds a secret."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import UTC
from typing import TYPE_CHECKING, Any

from komet_console.texts import said, sentences

if TYPE_CHECKING:
    from komet_console.catalogue import TokenKind
    from komet_console.session.doctor import Report, Step, Verdict
    from komet_console.workspace.quota import QuotaState

__all__ = ["as_dict", "page", "paragraph", "words_of"]


def words_of(
    verdict: Verdict,
    steps: Sequence[Step],
    *,
    stated: TokenKind | None,
    kind: TokenKind | None,
    quota: QuotaState,
    host: str,
) -> tuple[str, str]:
    """One sentence that says what is, and what to do now."""
    from komet_console.session.doctor import Verdict

    last = steps[-1] if steps else None
    first = steps[0].method if steps else ""
    quoted = said("The API says: “{words}”", words=last.words) if last is not None and last.words else ""
    accepted = next((step.method for step in steps if step.outcome == "accepted"), "")
    match verdict:
        case Verdict.VALID:
            template = (
                "The token works: {host} accepted it for {method}, and it is a {kind} token."
                if kind
                else "The token works: {host} accepted it for {method}."
            )
            return said(template, host=host, method=accepted, kind=kind), "Nothing needs doing."
        case Verdict.NOT_FOR_METHOD:
            return (
                said("The token works, but not for {method}: {other} accepted it.", method=first, other=accepted),
                "It is limited to some methods, or of another kind. Whoever made it can add methods in Komet.",
            )
        case Verdict.OTHER_KIND:
            template = (
                "The token works, but it is no {stated} token: it is a {kind} token."
                if kind
                else "The token works, but it is no {stated} token: {method} accepted it."
            )
            return said(template, stated=stated, kind=kind, method=accepted), "Use a token of the right kind."
        case Verdict.UNKNOWN:
            if last is None:
                return "This is no token: it is empty or holds blanks.", "Copy it again, from first to last character."
            mild = (
                "This API answers refusals with HTTP 200, so that a refused address looks the same."
                if last.status == 200
                else ""
            )
            refused = said(
                "{host} does not take this token: it is unknown, mistyped or revoked, "
                "or may call none of what was tried.",
                host=host,
            )
            return (
                sentences(refused, mild),
                "Copy it again as a whole, check that it was made for this system, or try it in another environment.",
            )
        case Verdict.QUOTA:
            when = quota.again or quota.reset
            template = (
                "Try again at {utc:%H:%M} UTC ({here:%H:%M} here), as the API says."
                if quota.told
                else "Try again at {utc:%H:%M} UTC ({here:%H:%M} here), when the day ends in UTC, which is assumed."
            )
            return (
                "The daily quota is used up, so the API checks nothing now.",
                said(template, utc=when.astimezone(UTC), here=when.astimezone()),
            )
        case Verdict.ADDRESS:
            return (
                sentences(
                    said("{host} refuses calls from this address (HTTP 403), whatever the token.", host=host), quoted
                ),
                "Ask whoever administers Komet to allow the public address of this network.",
            )
        case Verdict.NETWORK:
            return (
                said("The token could not be checked: {reason}", reason=last.words if last else said("nothing came")),
                "Mend the connection, then check again. The token may be fine.",
            )
        case Verdict.API_TROUBLE:
            status = last.status if last else 0
            return (
                sentences(
                    said("The API is in trouble (HTTP {status}), so the token could not be checked.", status=status),
                    quoted,
                ),
                "Try again in a few minutes.",
            )
        case Verdict.STOPPED:
            return "The check was stopped before it was settled.", "Check again."
        case _:
            unclear = (
                said("It is unclear whether the token works: HTTP {status}.", status=last.status)
                if last is not None
                else "It is unclear whether the token works: no answer."
            )
            return (
                sentences(unclear, quoted),
                "Check that the address of the environment is right, and read the API's own words.",
            )


def _evidence(step: Step) -> str:
    status = "no answer" if step.status is None else f"HTTP {step.status}"
    words = f" “{step.words}”" if step.words else ""
    return f"{step.method}: {step.outcome} ({status}, {step.milliseconds:,.0f} ms){words}"


def paragraph(report: Report) -> str:
    """The report as one paragraph for a ticket."""
    name = f" “{report.name}”" if report.name else ""
    found = "; ".join(f"{one.name.lower()}: {one.value}" for one in report.found)
    evidence = "; ".join(_evidence(step) for step in report.steps) or "no call was made"
    shape = f" Shape: {' '.join(report.shape)}" if report.shape else ""
    return (
        f"Token {report.token}{name} on {report.environment} ({report.host}), "
        f"checked {report.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC: {report.sentence} {report.advice} "
        f"Evidence: {evidence}. {found[:1].upper()}{found[1:]}.{shape}"
    )


def as_dict(report: Report) -> dict[str, Any]:
    """The report as JSON takes it."""
    return {
        "verdict": report.verdict.value,
        "works": report.works,
        "sentence": report.sentence,
        "advice": report.advice,
        "token": report.token,
        "name": report.name,
        "environment": report.environment,
        "host": report.host,
        "statedKind": report.stated,
        "kind": report.kind,
        "checkedAt": f"{report.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "calls": [
            {
                "method": step.method,
                "outcome": step.outcome,
                "status": step.status,
                "words": step.words,
                "milliseconds": round(step.milliseconds, 1),
            }
            for step in report.steps
        ],
        "found": [
            {"name": one.name, "value": one.value, "proven": bool(one.evidence), "evidence": one.evidence}
            for one in report.found
        ],
        "shape": list(report.shape),
        "callsToday": report.quota.calls,
    }


_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:46rem;margin:3rem auto;padding:0 1rem;color:#1b2430}"
    "h1{font-size:1.4rem}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;border-bottom:1px solid #dde3ea}"
    "code{font-family:ui-monospace,monospace}.quiet{color:#5a6675}"
)


def page(report: Report) -> str:
    """The report as a page of its own, for a ticket; loads nothing."""

    def cell(text: object) -> str:
        return html.escape(str(text))

    def table(head: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> str:
        top = "".join(f"<th>{cell(one)}</th>" for one in head)
        body = "".join("<tr>" + "".join(f"<td>{cell(one)}</td>" for one in row) + "</tr>" for row in rows)
        return f"<table><tr>{top}</tr>{body}</table>"

    found = [(one.name, one.value, one.evidence or "not proven") for one in report.found]
    calls = [
        (
            step.method,
            step.outcome,
            "none" if step.status is None else step.status,
            f"{step.milliseconds:,.0f} ms",
            step.words,
        )
        for step in report.steps
    ]
    shape = "".join(f"<li>{cell(one)}</li>" for one in report.shape)
    name = f" “{cell(report.name)}”" if report.name else ""
    return (
        "<!doctype html>\n"
        f'<html lang="en"><head><meta charset="utf-8"><title>Token {cell(report.token)}</title><style>{_STYLE}</style></head>'
        f"<body><h1>{cell(report.sentence)}</h1><p>{cell(report.advice)}</p>"
        f'<p class="quiet">Token <code>{cell(report.token)}</code>{name} on {cell(report.environment)} '
        f"({cell(report.host)}), checked {report.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC</p>"
        f"<h2>What is known</h2>{table(('', 'Finding', 'Evidence'), found)}"
        f"<h2>Calls that were made</h2>{table(('Method', 'Result', 'HTTP', 'Time', 'The API’s words'), calls)}"
        f"{'<h2>Shape of the token</h2><ul>' + shape + '</ul>' if shape else ''}"
        "</body></html>\n"
    )
