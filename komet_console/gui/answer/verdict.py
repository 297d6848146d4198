"""What the head of an answer says: status, outcome and one sentence. Needs no widget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from komet_console.catalogue.explaining import Explanation, OutcomeKind
from komet_console.errors import UserError
from komet_console.exchange import Failure, Redactor
from komet_console.gui.i18n import tr
from komet_console.gui.widgets.pill import Tone
from komet_console.session.sending import Sent

__all__ = ["Verdict", "of_sent", "of_trouble", "said_size", "said_time"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The head of an answer."""

    status: str
    status_tone: Tone
    outcome: str
    outcome_tone: Tone
    sentence: str
    """What happened, in plain words."""
    words: str
    """The API's own words, or what else belongs to it; may be empty."""
    accent: Literal["red", "green", "amber", "blue"]
    """Colour of the explanation's edge."""
    opens: bool
    """The explanation opens by itself."""


def of_trouble(trouble: UserError) -> Verdict:
    """A call that was not made at all."""
    return Verdict(tr("Not sent"), "slate", tr("failure"), "red", tr(trouble.message), "", "red", opens=True)


def of_sent(sent: Sent) -> Verdict:
    """A call that was made, whatever came of it."""
    response, failure = sent.exchange.response, sent.exchange.failure
    tone: Tone = "slate"
    if response is None:
        status = tr("No answer")
    else:
        named = sent.explanation.status_name if sent.explanation else ""
        status, tone = f"{response.status} {response.reason or named}".strip(), _tone(response.status)
    if failure is not None:
        return _of_failure(failure, status, tone)
    assert sent.explanation is not None
    return _of_explanation(sent.explanation, status, tone, Redactor(sent.exchange.request.secrets))


def _tone(status: int) -> Tone:
    tones: dict[int, Tone] = {2: "green", 3: "blue", 4: "amber", 5: "red"}
    return tones.get(status // 100, "slate")


def _of_failure(failure: Failure, status: str, tone: Tone) -> Verdict:
    kinds = {
        "name-not-found": tr("name not found"),
        "refused": tr("connection refused"),
        "unreachable": tr("unreachable"),
        "tls": tr("no encryption"),
        "proxy": tr("proxy"),
        "timeout": tr("timeout"),
        "reset": tr("cut off"),
        "cut-off": tr("cut off"),
        "compression": tr("damaged"),
        "protocol": tr("not HTTP"),
        "redirect": tr("redirects"),
        "cancelled": tr("cancelled"),
    }
    quiet = failure.kind == "cancelled" and not failure.maybe_carried_out
    return Verdict(
        status,
        tone,
        kinds[failure.kind],
        "slate" if failure.kind == "cancelled" else "red",
        tr(failure.message),
        "",
        "blue" if quiet else ("amber" if failure.kind == "cancelled" else "red"),
        opens=True,
    )


def _of_explanation(explanation: Explanation, status: str, tone: Tone, redactor: Redactor) -> Verdict:
    outcomes: dict[OutcomeKind, tuple[str, Tone, Literal["red", "green", "amber", "blue"]]] = {
        OutcomeKind.SUCCESS: (tr("success"), "green", "green"),
        OutcomeKind.PARTIAL: (tr("partial"), "amber", "amber"),
        OutcomeKind.NOTHING_FOUND: (tr("nothing found"), "blue", "blue"),
        OutcomeKind.REFUSED: (tr("failure"), "red", "red"),
        OutcomeKind.HTTP_FAILURE: (tr("failure"), "red", "red"),
        OutcomeKind.NOT_EXPLAINED: (tr("unclear"), "amber", "amber"),
    }
    outcome, outcome_tone, accent = outcomes[explanation.outcome]
    message = redactor.text(explanation.message)
    words = tr("The API said “{message}”", message=message) if message else ""
    return Verdict(
        status,
        tone,
        outcome,
        outcome_tone,
        _without(redactor.text(explanation.sentence), message),
        words,
        accent,
        opens=explanation.outcome is not OutcomeKind.SUCCESS,
    )


def _without(sentence: str, message: str) -> str:
    """The sentence without the API's own words, which stand beside it: "It was refused. It says: {message}"."""
    if not message or message not in sentence:
        return sentence
    before = sentence.partition(message)[0]
    end = before.rfind(". ")
    return before[: end + 1] if end > 0 else sentence


def said_time(milliseconds: float) -> str:
    """A duration for a person: 84 ms, 1.24 s, 2 min 5 s."""
    if milliseconds < 999.5:
        return tr("{count} ms", count=f"{milliseconds:.1f}" if milliseconds < 9.95 else f"{milliseconds:.0f}")
    seconds = milliseconds / 1000
    if seconds < 99.5:
        return tr("{count} s", count=f"{seconds:.2f}" if seconds < 9.995 else f"{seconds:.1f}")
    return tr("{minutes} min {seconds} s", minutes=int(seconds) // 60, seconds=int(seconds) % 60)


def said_size(count: int) -> str:
    """A number of bytes for a person: 64 B, 6.1 kB, 20.0 MB."""
    for limit, unit in ((1_000, "B"), (1_000_000, "kB"), (1_000_000_000, "MB")):
        if count < limit * 0.99995:
            return f"{count} {unit}" if unit == "B" else f"{count / (limit / 1000):.1f} {unit}"
    return f"{count / 1_000_000_000:.1f} GB"
