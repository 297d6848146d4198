"""Python counts characters, Qt counts UTF-16 units: a flower emoji is one and two. No Qt needed."""

from __future__ import annotations

__all__ = ["from_qt", "is_simple", "to_qt"]


def is_simple(text: str) -> bool:
    """Whether both count the text alike."""
    return text.isascii() or not text or max(text) <= "\uffff"


def to_qt(text: str, place: int) -> int:
    """A place in the text as Qt counts it."""
    return place if is_simple(text) else len(text[:place].encode("utf-16-le", "surrogatepass")) // 2


def from_qt(text: str, place: int) -> int:
    """A place that Qt has counted, in the text as Python has it."""
    if is_simple(text):
        return place
    return len(text.encode("utf-16-le", "surrogatepass")[: place * 2].decode("utf-16-le", "replace"))
