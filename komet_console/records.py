"""Immutable classes with slots, as `dataclasses` makes them, at a tenth of the time.

`dataclasses` imports `inspect` with all that it needs, and writes six functions a class: together more than half of what it
took to load the catalogue in a fresh interpreter, and a tenth of starting the window. `record` writes the constructor
alone; the rest is shared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable

_Class = TypeVar("_Class", bound=type)
_MISSING: Any = object()


class _Field:
    __slots__ = ("default", "default_factory", "repr")

    def __init__(self, default: Any, default_factory: Any, repr: bool) -> None:  # noqa: A002 - as `dataclasses` calls it
        self.default, self.default_factory, self.repr = default, default_factory, repr


def field(*, default: Any = _MISSING, default_factory: Callable[[], Any] = _MISSING, repr: bool = True) -> Any:  # noqa: A002
    """What is to be said of a field besides its type, as with `dataclasses.field`: secrets have `repr=False`."""
    return _Field(default, default_factory, repr)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: _Class) -> _Class:
    """Class decorator: annotated names become slots and arguments of the constructor, in order; no mutable defaults.

    Records of one class with equal fields are equal; they are hashable when their fields are, and can be copied and
    pickled. Setting or deleting an attribute raises AttributeError. A `__repr__` of the class's own is kept.
    """
    names = tuple(cls.__annotations__)
    defaults = {name: cls.__dict__[name] for name in names if name in cls.__dict__}
    dropped = {*names, "__dict__", "__weakref__"}
    namespace: dict[str, Any] = {"__repr__": _repr}
    namespace |= {name: value for name, value in cls.__dict__.items() if name not in dropped}
    namespace |= {
        "__slots__": names,
        "__match_args__": names,
        "__eq__": _eq,
        "__hash__": _hash,
        "__reduce__": _reduce,
        "__setattr__": _set,
        "__delattr__": _delete,
        "__dataclass_fields__": _Fields(names, defaults),
        "__hidden__": frozenset(name for name, one in defaults.items() if isinstance(one, _Field) and not one.repr),
    }
    made: Any = type(cls)(cls.__name__, cls.__bases__, namespace)
    made.__init__ = _constructor(made, names, defaults)
    return made  # type: ignore[no-any-return]


def _default(defaults: dict[str, Any], name: str) -> tuple[Any, Any]:
    """A field's default and what makes one; `_MISSING` where there is none."""
    default = defaults.get(name, _MISSING)
    return (default.default, default.default_factory) if isinstance(default, _Field) else (default, _MISSING)


def _constructor(cls: type, names: tuple[str, ...], defaults: dict[str, Any]) -> Callable[..., None]:
    """`__init__` that fills the slots directly, past `__setattr__`."""
    known: dict[str, Any] = {f"set_{name}": cls.__dict__[name].__set__ for name in names}
    arguments, body = [], []
    for name in names:
        default, factory = _default(defaults, name)
        if factory is not _MISSING:
            known |= {f"_{name}": _MISSING, f"make_{name}": factory}
            body.append(f"\n    set_{name}(self, make_{name}() if {name} is _{name} else {name})")
        else:
            body.append(f"\n    set_{name}(self, {name})")
            if default is not _MISSING:
                known[f"_{name}"] = default
        arguments.append(f"{name}=_{name}" if f"_{name}" in known else name)
    exec(f"def __init__(self, {', '.join(arguments)}):{''.join(body)}", known)
    made: Callable[..., None] = known["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


class _Fields:
    """`__dataclass_fields__`, made when somebody asks: `dataclasses.replace` and its like work on records, too."""

    def __init__(self, names: tuple[str, ...], defaults: dict[str, Any]) -> None:
        self._names, self._defaults = names, defaults
        self._made: dict[str, Any] | None = None

    def __get__(self, _instance: object, _owner: type) -> dict[str, Any]:
        if self._made is None:
            import dataclasses

            def as_there(name: str) -> Any:
                default, factory = _default(self._defaults, name)
                if factory is not _MISSING:
                    return dataclasses.field(default_factory=factory)
                return dataclasses.field() if default is _MISSING else dataclasses.field(default=default)

            fields = [(name, Any, as_there(name)) for name in self._names]
            twin: Any = dataclasses.make_dataclass("Twin", fields)
            self._made = dict(twin.__dataclass_fields__)
        return self._made


def _values(self: Any) -> tuple[Any, ...]:
    return tuple([getattr(self, name) for name in self.__slots__])


def _eq(self: Any, other: object) -> bool:
    return _values(self) == _values(other) if type(self) is type(other) else NotImplemented


def _hash(self: Any) -> int:
    return hash(_values(self))


def _repr(self: Any) -> str:
    fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__ if name not in self.__hidden__)
    return f"{type(self).__qualname__}({fields})"


def _reduce(self: Any) -> tuple[Any, ...]:
    return type(self), _values(self)


def _set(self: object, name: str, _value: object) -> None:
    raise AttributeError(f"a {type(self).__name__} cannot be changed: {name}")


def _delete(self: object, name: str) -> None:
    raise AttributeError(f"a {type(self).__name__} cannot be changed: {name}")
