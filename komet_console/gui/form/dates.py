"""Dates as fields show them: what a text means beside it, and the documented format. No Qt."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from komet_console.gui.i18n import tr

__all__ = ["hint_of", "parse_day", "parse_moment", "written"]

_MOMENTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d'T'%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M")
_DAYS = ("%Y-%m-%d", "%m/%d/%Y")


def parse_day(text: str) -> date | None:
    """The day that a text names; None where it names none."""
    for form in _DAYS:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    return None


def parse_moment(text: str) -> datetime | None:
    """The moment that a text names, in UTC (assumed: the API's documentation says so); None where it names none."""
    for form in _MOMENTS:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def written(day: date, form: str, before: str = "") -> str:
    """A day in the documented format; the time of day is taken from what was there before, else midnight."""
    if "h" not in form.lower().replace("yyyy", ""):
        return day.isoformat()
    moment = parse_moment(before)
    time = moment.strftime("%H:%M:%S") if moment else "00:00:00"
    return f"{day.isoformat()}{'T' if 'T' in form else ' '}{time}"


def _weekday(day: date) -> str:
    return (tr("Monday"), tr("Tuesday"), tr("Wednesday"), tr("Thursday"), tr("Friday"), tr("Saturday"), tr("Sunday"))[
        day.weekday()
    ]


def _distance(days: int) -> str:
    if days == 0:
        return tr("today")
    if days in (-1, 1):
        return tr("tomorrow") if days == 1 else tr("yesterday")
    if abs(days) < 60:
        return tr("in {days} days", days=days) if days > 0 else tr("{days} days ago", days=-days)
    return ""


def hint_of(text: str, today: date, *, with_time: bool = False) -> str:
    """What a date means: weekday and distance from today, and for a moment the local time; empty where it is none."""
    if with_time and (moment := parse_moment(text)) is not None:
        local = moment.astimezone()
        offset = local.utcoffset() or timedelta()
        if not offset:
            return tr("{weekday}, UTC", weekday=_weekday(moment.date()))
        return tr("{weekday}, UTC · {time} here", weekday=_weekday(moment.date()), time=local.strftime("%H:%M"))
    day = parse_day(text)
    if day is None:
        return ""
    distance = _distance((day - today).days)
    if not distance:
        return _weekday(day)
    return tr("{weekday}, {distance}", weekday=_weekday(day), distance=distance)
