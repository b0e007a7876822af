"""Value: the base of classes whose objects are the values of their fields and never change.

A subclass is what `dataclass(frozen=True, slots=True)` would make of it, and the functions of `dataclasses` take its
objects; but a short run has it for a tenth of the time: dataclasses writes and compiles the source of six methods for
each class, and imports all that reads source. Here the methods are the same for every class.
"""

from __future__ import annotations

from functools import cache, partial
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from dataclasses import Field
    from typing import ClassVar

V = TypeVar("V", bound="Value")


class _ValueType(type):
    """Takes the fields of a class from its annotations; their defaults make room for slots."""

    _annotations: Mapping[str, Any]
    _defaults: Mapping[str, Any]
    _last_values: tuple[Any, ...]
    _setters: tuple[Callable[[Any, Any], None], ...]
    _values: attrgetter[Any] | type[type]
    __match_args__: tuple[str, ...]

    def __new__(cls, name: str, bases: tuple[_ValueType, ...], namespace: dict[str, Any]) -> _ValueType:
        own = namespace.get("__annotations__", {})
        defaults = {each: namespace.pop(each) for each in own if each in namespace}
        annotations = {each: kind for base in bases for each, kind in base._annotations.items()} | own
        names = tuple(annotations)
        made = super().__new__(cls, name, bases, {**namespace, "__slots__": tuple(own), "__match_args__": names})
        made._annotations = annotations
        made._defaults = {each: value for base in bases for each, value in base._defaults.items()} | defaults
        last = [each for each in names if each in made._defaults]
        if last != list(names[len(names) - len(last) :]):
            raise TypeError(f"{name}: fields without a default follow others with one: {', '.join(names)}")
        made._last_values = tuple([made._defaults[each] for each in last])
        made._setters = tuple(getattr(made, each).__set__ for each in names)
        # Without fields all objects of a class are equal.
        made._values = attrgetter(*names) if names else type
        return made


class _AsDataclass:
    """The fields of a class as `dataclasses` knows them, which looks for them by this name."""

    def __get__(self, instance: object, owner: type[Value]) -> dict[str, Field[Any]]:
        return _dataclass_fields(owner)


@dataclass_transform(frozen_default=True)
class Value(metaclass=_ValueType):
    """An object that equals those of its class whose fields are equal, and can be a key where these can.

    Fields are the annotations of a class, in their order; those with a default follow those without. A default is
    shared by all objects: nothing may change it. Their module has `from __future__ import annotations`.
    """

    if TYPE_CHECKING:
        __match_args__: ClassVar[tuple[str, ...]]
        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
        _setters: ClassVar[tuple[Callable[[Any, Any], None], ...]]
        _values: ClassVar[attrgetter[Any] | type[type]]
    else:
        __dataclass_fields__ = _AsDataclass()

    def __init__(self, *values: Any, **named: Any) -> None:
        if named or len(values) != len(self._setters):
            values = _completed(type(self), values, named)
        for set_value, value in zip(self._setters, values):  # noqa: B905 - they are as many, and asking takes long
            set_value(self, value)

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return bool(self._values(self) == self._values(other))

    def __hash__(self) -> int:
        return hash(self._values(self))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__qualname__}({fields})"

    def __reduce__(self) -> tuple[type[Value], tuple[Any, ...]]:
        values = (getattr(self, name) for name in self.__match_args__)
        return type(self), tuple(dict(value) if isinstance(value, MappingProxyType) else value for value in values)

    def __replace__(self: V, **changes: Any) -> V:
        return replace(self, **changes)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        _refuse(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        _refuse(f"cannot delete field {name!r}")


def replace(value: V, **changes: Any) -> V:
    """An object like `value` but for some fields: `dataclasses.replace` where dataclasses is not imported."""
    return type(value)(**{name: getattr(value, name) for name in value.__match_args__} | changes)


def _completed(cls: type[Value], values: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
    """A value for each field of a class: those given in order, those given by name, defaults."""
    names, defaults = cls.__match_args__, cls._defaults
    given = len(values)
    missing = len(names) - given
    if not named and 0 < missing <= len(defaults):
        return values + cls._last_values[-missing:]
    try:
        values += tuple([named.pop(name) if name in named else defaults[name] for name in names[given:]])
    except KeyError as name:
        raise TypeError(f"{cls.__name__} needs a value for {name}") from None
    if named or given > len(names):
        raise TypeError(f"{cls.__name__} has no room for {', '.join(named) or f'more than {len(names)} values'}")
    return values


@cache
def _dataclass_fields(cls: type[Value]) -> dict[str, Field[Any]]:
    from dataclasses import field, fields, make_dataclass

    columns: list[Any] = []
    for name in cls.__match_args__:
        has_default = name in cls._defaults
        what = field(default_factory=partial(cls._defaults.__getitem__, name)) if has_default else field()
        columns.append((name, cls._annotations[name], what))
    return {each.name: each for each in fields(make_dataclass(cls.__name__, columns))}


def _refuse(what: str) -> NoReturn:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(what)
