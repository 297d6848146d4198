"""Records behave like frozen dataclasses with slots, in everything the program does with them."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from komet_console.records import field, record


@record
class Box:
    """A box."""

    code: str
    position: str = "A1"
    """Where it lies."""
    contents: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.code}@{self.position}"


def test_arguments_by_place_and_name_with_defaults() -> None:
    box = Box("KS1", contents=("roses",))
    assert (box.code, box.position, box.contents, box.label) == ("KS1", "A1", ("roses",), "KS1@A1")
    assert repr(box) == "Box(code='KS1', position='A1', contents=('roses',))"
    assert Box.__doc__ == "A box."


@pytest.mark.parametrize(("given", "named"), [((), {}), (("a", "b", (), "d"), {}), (("a",), {"weight": 1})])
def test_wrong_arguments_are_refused(given: tuple[Any, ...], named: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        Box(*given, **named)


def test_nothing_can_be_changed_added_or_deleted() -> None:
    box: Any = Box("KS1")
    for name in ("code", "weight"):
        with pytest.raises(AttributeError):
            setattr(box, name, "x")
    with pytest.raises(AttributeError):
        del box.code
    assert not hasattr(box, "__dict__")
    assert box.code == "KS1"


def test_equal_fields_of_one_class_are_equal() -> None:
    @record
    class Crate:
        code: str
        position: str = "A1"
        contents: tuple[str, ...] = ()

    assert Box("KS1") == Box("KS1", "A1")
    assert Box("KS1") != Box("KS2")
    crate: Any = Crate("KS1")
    assert Box("KS1") != crate
    assert len({Box("KS1"), Box("KS1"), Box("KS2")}) == 2
    with pytest.raises(TypeError):
        hash(Box("KS1", contents=["roses"]))  # type: ignore[arg-type]


def test_records_can_be_copied_pickled_matched_and_replaced() -> None:
    box = Box("KS1", "B2", ("roses",))
    assert copy.deepcopy(box) == copy.copy(box) == pickle.loads(pickle.dumps(box)) == box
    match box:
        case Box(code, position):
            assert (code, position) == ("KS1", "B2")
    assert dataclasses.replace(box, position="C3") == Box("KS1", "C3", ("roses",))
    assert dataclasses.asdict(box) == {"code": "KS1", "position": "B2", "contents": ("roses",)}


def test_fields_may_be_hidden_and_made_anew() -> None:
    @record
    class Key:
        name: str
        value: str = field(repr=False)
        notes: list[str] = field(default_factory=list)
        old: str = field(default="none", repr=False)

    key = Key("main", "s3cret")
    assert (key.notes, key.old) == ([], "none")
    assert Key("main", "s3cret").notes is not key.notes
    assert repr(key) == "Key(name='main', notes=[])"
    assert dataclasses.replace(key, name="other", notes=["new"]) == Key("other", "s3cret", ["new"])
    assert Key("main", "s3cret", old="x").old == "x"
    anything: Any = Key  # `fields` takes no record for a dataclass, as far as types go
    assert {one.name: one.default for one in dataclasses.fields(anything)} == {
        "name": dataclasses.MISSING,
        "value": dataclasses.MISSING,
        "notes": dataclasses.MISSING,
        "old": "none",
    }
    with pytest.raises(TypeError):
        Key("main")  # type: ignore[call-arg]


def test_a_representation_of_its_own_is_kept() -> None:
    @record
    class Quiet:
        value: str

        def __repr__(self) -> str:
            return "Quiet()"

    assert repr(Quiet("s3cret")) == "Quiet()"
