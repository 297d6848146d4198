"""How the history is said: days, times, outcomes, states. Needs no widget."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from komet_console.gui.i18n import tr
from komet_console.gui.widgets.pill import Tone
from komet_console.workspace.history import Entry

__all__ = ["OUTCOMES", "clock", "day_title", "outcome_name", "sentence_of", "short_sentence_of", "spoken", "state_of"]

OUTCOMES = ("success", "partial", "nothing-found", "refused", "http-failure", "not-explained", "failed")


def outcome_name(outcome: str) -> str:
    """An outcome for people."""
    return {
        "success": tr("success"),
        "partial": tr("partial success"),
        "nothing-found": tr("nothing found"),
        "refused": tr("refused by the API"),
        "http-failure": tr("HTTP failure"),
        "not-explained": tr("unclear"),
        "failed": tr("no whole answer"),
    }.get(outcome, outcome)


def day_title(day: str, today: date) -> str:
    """Today, yesterday, or weekday and date."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return day
    if found == today:
        return tr("Today")
    if found == today - timedelta(days=1):
        return tr("Yesterday")
    weekdays = (
        tr("Monday"), tr("Tuesday"), tr("Wednesday"), tr("Thursday"), tr("Friday"), tr("Saturday"), tr("Sunday"),
    )  # fmt: skip
    return tr("{weekday}, {day}", weekday=weekdays[found.weekday()], day=day)


def clock(at: datetime, *, seconds: bool = False) -> str:
    """The user's time of day."""
    return at.astimezone().strftime("%H:%M:%S" if seconds else "%H:%M")


def state_of(entry: Entry) -> tuple[str, Tone]:
    """What the pill says, and its colour: what the call meant counts more than its HTTP status."""
    if entry.status is None:
        return tr("none"), "red"
    tones: dict[str, Tone] = {
        "success": "green",
        "partial": "amber",
        "nothing-found": "blue",
        "refused": "red",
        "http-failure": "red",
        "not-explained": "amber",
    }
    by_status: dict[int, Tone] = {2: "green", 3: "blue", 4: "amber", 5: "red"}
    tone = "red" if entry.failure else tones.get(entry.outcome) or by_status.get(entry.status // 100, "slate")
    return str(entry.status), tone


def sentence_of(entry: Entry) -> str:
    """What came of a call, in a sentence."""
    if entry.sentence:
        return entry.sentence
    if entry.failure:
        return tr("No whole answer came: {kind}.", kind=entry.failure)
    return outcome_name(entry.outcome).capitalize() if entry.outcome else ""


def short_sentence_of(entry: Entry) -> str:
    """The same for a row that names the method already."""
    sentence, named = sentence_of(entry), f"{entry.method} succeeded."
    return sentence.removeprefix(named).strip() or tr("Succeeded.")


def spoken(entry: Entry) -> str:
    """A line for those who listen."""
    return tr(
        "{method}, {status}, {sentence} {time}, {environment}",
        method=entry.method or entry.url,
        status=state_of(entry)[0],
        sentence=sentence_of(entry),
        time=clock(entry.at),
        environment=entry.environment,
    )
