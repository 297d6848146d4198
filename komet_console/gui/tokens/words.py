"""Words about tokens: verdicts with their colour, moments, the looks of what is known about a method."""

from __future__ import annotations

from datetime import UTC, datetime

from komet_console.gui.i18n import tr
from komet_console.gui.tokens.picking import kind_name
from komet_console.gui.widgets.pill import Tone
from komet_console.session.doctor import Report, StepOutcome, Verdict
from komet_console.session.permissions import State

__all__ = [
    "STATES",
    "headline",
    "kind_choices",
    "moment",
    "state_count",
    "state_name",
    "state_sentence",
    "step_name",
    "verdict_name",
    "verdict_tone",
]

STATES: tuple[State, ...] = ("proven", "documented", "refused", "other-kind", "unknown")
_MINUTE, _HOUR = 60, 3600


def verdict_name(verdict: str) -> str:
    """A verdict in a word or two; of an unknown one what was given."""
    return {
        Verdict.VALID.value: tr("Works"),
        Verdict.UNKNOWN.value: tr("Does not work"),
        Verdict.NOT_FOR_METHOD.value: tr("Works in part"),
        Verdict.OTHER_KIND.value: tr("Other kind"),
        Verdict.QUOTA.value: tr("Quota used up"),
        Verdict.ADDRESS.value: tr("Address refused"),
        Verdict.NETWORK.value: tr("No connection"),
        Verdict.API_TROUBLE.value: tr("API in trouble"),
        Verdict.UNCLEAR.value: tr("Unclear"),
        Verdict.STOPPED.value: tr("Stopped"),
    }.get(verdict, verdict)


def verdict_tone(verdict: str) -> Tone:
    """The colour of a verdict: green works, red does not, amber could not be told or only in part."""
    if verdict == Verdict.VALID.value:
        return "green"
    if verdict == Verdict.UNKNOWN.value:
        return "red"
    return "slate" if verdict == Verdict.STOPPED.value else "amber"


def headline(report: Report) -> str:
    """The shortest answer to "does this token work?"; the report's own sentence follows it."""
    match report.verdict:
        case Verdict.VALID if report.kind is not None:
            return tr("This token works. It is a {kind} token.", kind=kind_name(report.kind))
        case Verdict.VALID:
            return tr("This token works.")
        case Verdict.NOT_FOR_METHOD:
            return tr("This token works, but not for everything.")
        case Verdict.OTHER_KIND:
            return tr("This token works, but it is of another kind.")
        case Verdict.UNKNOWN:
            return tr("This token does not work here.")
        case Verdict.STOPPED:
            return tr("The check was stopped.")
        case _:
            return tr("It could not be told whether this token works.")


def step_name(outcome: StepOutcome) -> str:
    """What became of one read, in a word."""
    return {
        "accepted": tr("accepted"),
        "refused": tr("refused"),
        "forbidden": tr("forbidden"),
        "limited": tr("quota used up"),
        "network": tr("no answer"),
        "trouble": tr("API in trouble"),
        "unclear": tr("unclear"),
    }[outcome]


def state_name(state: State) -> str:
    """What is known about a method and a token, in a word."""
    return {
        "proven": tr("proven"),
        "documented": tr("documented"),
        "refused": tr("refused"),
        "other-kind": tr("other kind"),
        "unknown": tr("unknown"),
    }[state]


def state_count(state: State, count: int) -> str:
    """How many methods are in a state, as a legend says it."""
    return {
        "proven": tr("{count} proven", count=count),
        "documented": tr("{count} documented", count=count),
        "refused": tr("{count} refused", count=count),
        "other-kind": tr("{count} other kind", count=count),
        "unknown": tr("{count} unknown", count=count),
    }[state]


def state_sentence(state: State) -> str:
    """The same as a sentence."""
    return {
        "proven": tr("The API accepted this token for it."),
        "documented": tr("As documented, a token of this kind may call it; it was not tried."),
        "refused": tr("The API refused this token for it, or it is not among the token's methods."),
        "other-kind": tr("The documentation gives it to other kinds of tokens."),
        "unknown": tr("Nothing is known either way."),
    }[state]


def kind_choices() -> list[tuple[str, str]]:
    """Kinds to choose from, as key and label; the empty key is for who does not know."""
    return [
        ("", tr("Kind: not known")),
        ("company", tr("Company")),
        ("customer", tr("Customer")),
        ("vendor", tr("Vendor")),
        ("user", tr("User")),
    ]


def moment(milliseconds: int | None, now: datetime | None = None) -> str:
    """A moment for a person: just now, 5 min ago, today 14:05, yesterday 14:05, 3 Nov 2026; empty for never."""
    if not milliseconds:
        return ""
    there = datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone()
    here = (now or datetime.now(UTC)).astimezone()
    seconds = (here - there).total_seconds()
    if seconds < _MINUTE:
        return tr("just now")
    if seconds < _HOUR:
        return tr("{count} min ago", count=int(seconds // _MINUTE))
    days = (here.date() - there.date()).days
    clock = f"{there:%H:%M}"
    if days == 0:
        return tr("today {time}", time=clock)
    if days == 1:
        return tr("yesterday {time}", time=clock)
    return f"{there.day} {there:%b %Y}"
