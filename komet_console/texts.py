"""What is said to people by rooms that know no language: English that remembers the sentence and the values it was made of.

A sentence without places is its own key: write it as a plain string. One with places is written with `said`, never with an
f-string, for only then can a front end look the sentence up in another language. To everything else a `Text` is a string.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

__all__ = ["Text", "either", "said", "sentences"]


class Text(str):
    """An English sentence, filled in.

    Attributes:
        template: The sentence with its named places, as `str.format` takes it.
        values: What stands in the places; a value may be a `Text` itself.
    """

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, values: Mapping[str, object]) -> Text:
        kept = {name: _kept(value) for name, value in values.items()}
        made = super().__new__(cls, template.format(**kept) if kept else template)
        made.template, made.values = template, kept
        return made

    def __reduce__(self) -> tuple[type[Text], tuple[str, Mapping[str, object]]]:
        return type(self), (self.template, self.values)

    def worded(self, translate: Callable[[str], str]) -> str:
        """The sentence in other words: `translate` gets the template and those of texts that stand in it."""
        values = {
            name: value.worded(translate) if isinstance(value, Text) else value for name, value in self.values.items()
        }
        wanted = translate(self.template)
        return wanted.format(**values) if values else wanted

    def changed(self, change: Callable[[str], str]) -> str:
        """The text after a change of its values (a mask over secrets); a plain string where that changes other words, too."""
        wanted = change(str(self))
        if wanted == self:
            return self
        values = {
            name: value.changed(change)
            if isinstance(value, Text)
            else change(value)
            if isinstance(value, str)
            else value
            for name, value in self.values.items()
        }
        made = Text(self.template, values)
        return made if made == wanted else wanted


def _kept(value: object) -> object:
    """Numbers and moments format themselves in every language; of all else the words: no text keeps an exception alive."""
    # Moments are known by what they can: the catalogue loads too fast to import their module.
    return value if isinstance(value, str | int | float) or hasattr(value, "isoformat") else str(value)


def said(template: str, /, **values: object) -> Text:
    """A sentence with its places filled: `said("{host} refused the connection.", host=host)`."""
    return Text(template, values)


def either(parts: Iterable[str]) -> str:
    """Alternatives in their order: "a text or a number"; empty for none."""
    found = ""
    for part in parts:
        found = said("{some} or {other}", some=found, other=said(part)) if found else said(part)
    return found


def sentences(*parts: str) -> str:
    """One text of several whole sentences; empty ones are left out."""
    left = [part for part in parts if part]
    if len(left) < 2:
        return left[0] if left else ""
    return Text(
        " ".join(f"{{part{number}}}" for number in range(len(left))), {f"part{n}": one for n, one in enumerate(left)}
    )
