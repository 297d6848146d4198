"""What a method is, in a few labelled lines: effect, tokens, places, fee, limits, how success shows. Markup."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from komet_console.catalogue import Method
from komet_console.gui.docs.markup import strong
from komet_console.gui.i18n import tr
from komet_console.gui.request.effects import effect_name

__all__ = ["coverage_text", "method_facts"]


def _code(text: str) -> str:
    return f'<span class="code">{escape(text)}</span>'


def _tokens(method: Method) -> str:
    if method.tokens is None:
        return escape(tr("The documentation does not say which kinds of token may call it."))
    if not method.tokens:
        return escape(tr("None: it is called without a token."))
    return escape(", ".join(method.tokens))


def _effect(method: Method) -> str:
    said = {
        "read": tr("It only reads."),
        "create": tr("It creates something new."),
        "update": tr("It changes what is there."),
        "delete": tr("It deletes or cancels."),
        "action": tr("It does something that cannot be taken back by another call."),
    }[method.effect]
    return f"{strong(effect_name(method.effect))}&nbsp; {escape(said)}"


def _place(location: str) -> str:
    return {"query": tr("the address"), "body": tr("the JSON body"), "header": tr("a header")}[location]


def _limits(method: Method) -> Iterator[str]:
    limits = method.limits
    for span in limits.date_ranges:
        if span.end and span.months:
            text = tr("From {start} to {end}: {count} months at most.")
        elif span.end:
            text = tr("From {start} to {end}: {count} days at most.")
        elif span.months:
            text = tr("{start}: {count} months back at most.")
        else:
            text = tr("{start}: {count} days back at most.")
        yield escape(text.format(start=span.start, end=span.end, count=span.months or span.days))
    for one in limits.items:
        yield escape(tr("{field}: {most} elements in a call at most.", field=one.field, most=one.most))
    if limits.rows is not None:
        yield escape(tr("{count} rows in an answer at most.", count=f"{limits.rows:,}"))
    if limits.request_bytes is not None:
        yield escape(tr("{size} kB for a whole request.", size=limits.request_bytes // 1024))
    if limits.file_bytes is not None:
        yield escape(tr("{size} MB for a file.", size=limits.file_bytes // 1024**2))


def _outcome(method: Method) -> Iterator[tuple[str, str]]:
    outcome = method.outcome
    if outcome.field:
        values = ", ".join(_code(str(value)) for value in outcome.success)
        told = tr("{field} is {values}.") if len(outcome.success) == 1 else tr("{field} is one of {values}.")
        said = [escape(told).format(field=_code(outcome.field), values=values)]
        if outcome.message:
            said.append(escape(tr("The text is in {message}.")).format(message=_code(outcome.message)))
        yield tr("Success"), " ".join(said)
    elif outcome.list:
        yield tr("Success"), escape(tr("There is no status; the list itself is the answer."))
    if outcome.nothing_found:
        yield tr("Nothing found"), "<br>".join(escape(message) for message in outcome.nothing_found)
    if outcome.elements:
        sentences = escape(tr("Each element of {list} tells its own success."))
        yield tr("One by one"), sentences.format(list=_code(outcome.elements.list))
    if outcome.failed:
        yield tr("Failed ones"), escape(tr("{list} holds them.")).format(list=_code(outcome.failed))


def method_facts(method: Method) -> Iterator[tuple[str, str]]:
    """Label (plain) and content (markup)."""
    yield (
        tr("Address"),
        f'<span class="{escape(method.verb)}">{escape(method.verb)}</span>&nbsp; {_code(f"/api{method.path}")}',
    )
    yield tr("Effect"), _effect(method)
    yield tr("Tokens"), _tokens(method)
    if method.places.token:
        places = [
            escape(tr("{place}, as {name}")).format(place=escape(_place(place.location)), name=_code(place.name))
            for place in method.places.token
        ]
        yield tr("Token travels in"), "<br>".join(places)
    if method.input:
        yield tr("Input travels in"), "<br>".join(escape(_place(place)) for place in method.places.input)
    if method.fee == "documented":
        yield tr("Fee"), f'<span class="amber">{escape(tr("A transaction fee is documented for it."))}</span>'
    elif method.fee == "possible":
        yield tr("Fee"), f'<span class="amber">{escape(tr("It may carry a transaction fee; no page says so."))}</span>'
    if limits := list(_limits(method)):
        yield tr("Limits"), "<br>".join(limits)
    yield from _outcome(method)
    if method.summary.aliases:
        yield tr("Also written"), ", ".join(_code(alias) for alias in method.summary.aliases)


def coverage_text(method: Method) -> str:
    """What of the documentation has not been seen, in a sentence or two; empty where all was."""
    seen_input, seen_output = method.coverage.input, method.coverage.output
    both = {
        ("none", "none"): tr("No page of this method could be read. All of it is inferred, and marked so."),
        ("partial", "none"): tr(
            "Only a part of what can be sent was seen in the documentation, and nothing of the answer. "
            "What is inferred is marked."
        ),
        ("partial", "partial"): tr(
            "Only a part of this method's documentation was seen, of the request as well as of the answer. "
            "What is inferred is marked."
        ),
        ("full", "none"): tr("The request is documented; nothing of the answer was seen, so its fields are inferred."),
        ("full", "partial"): tr("The request is documented; of the answer only a part was seen. The rest is inferred."),
        ("partial", "full"): tr("The answer is documented; of what can be sent only a part was seen."),
        ("none", "full"): tr("The answer is documented; what can be sent was not seen and is inferred."),
        ("none", "partial"): tr("What can be sent was not seen; of the answer only a part. The rest is inferred."),
    }
    return both.get((seen_input, seen_output), "")
