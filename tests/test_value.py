"""`searchkit.value`: what a subclass of Value can do is what the same frozen dataclass can."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from searchkit.format import ReadingOptions
from searchkit.value import Value, replace


class Place(Value):
    """A value with and without defaults."""

    name: str
    year: int = 2017
    tags: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.name} {self.year}"


class Town(Place):
    """A value of more fields than another."""

    people: int = 0


class Anywhere(Value):
    """A value without fields."""


@dataclasses.dataclass(frozen=True, slots=True)
class Twin:
    """The dataclass that `Place` would be."""

    name: str
    year: int = 2017
    tags: tuple[str, ...] = ()


MOSUL = Place("Mosul", 2016, ("war",))


@pytest.mark.parametrize(
    ("values", "named"),
    [
        (("Mosul",), {}),
        (("Mosul", 2016), {}),
        (("Mosul", 2016, ("war",)), {}),
        (("Mosul",), {"tags": ("war",)}),
        ((), {"tags": ("war",), "year": 2016, "name": "Mosul"}),
    ],
)
def test_fields_are_filled_as_those_of_a_dataclass(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    """In order, by name, from the defaults."""
    made = Place(*values, **named)
    assert (made.name, made.year, made.tags) == dataclasses.astuple(Twin(*values, **named))


@pytest.mark.parametrize(
    "given", [("Mosul",), ("Mosul", 2016), ("Mosul", 2016, ("war",)), ("Mosul", 2016, ("war",), 9)]
)
def test_defaults_of_the_class_above_are_filled_in_too(given: tuple[Any, ...]) -> None:
    """In order, whoever stated them."""
    town = Town(*given)
    assert (town.name, town.year, town.tags, town.people) == (*given, *("Mosul", 2017, (), 0)[len(given) :])


def test_a_default_before_a_field_without_one_is_refused() -> None:
    """As a dataclass refuses it: values in order could not tell which is meant."""
    with pytest.raises(TypeError, match="a, b"):

        class Odd(Value):
            a: int = 1
            b: int


def test_fixed_mappings_are_copied_and_pickled() -> None:
    """A value whose default is a mapping that cannot change goes through pickle and deepcopy."""

    class Settings(Value):
        flags: Mapping[str, int] = MappingProxyType({})

    assert copy.deepcopy(Settings()) == Settings()
    assert pickle.loads(pickle.dumps(ReadingOptions())) == ReadingOptions()


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ((), {}),
        ((), {"year": 2016}),
        (("Mosul", 2016, (), "more"), {}),
        (("Mosul",), {"name": "Mosul"}),
        (("Mosul",), {"river": "Tigris"}),
        (("Mosul", 2016, ()), {"river": "Tigris"}),
    ],
)
def test_what_a_dataclass_refuses_is_refused(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    """A field without value, a value without field, two values for one field."""
    with pytest.raises(TypeError, match="Twin"):
        Twin(*values, **named)
    with pytest.raises(TypeError, match="Place"):
        Place(*values, **named)


def test_equal_values_are_one_key() -> None:
    """Values of a class are equal when all their fields are, and then have one hash."""
    assert Place("Mosul", 2016, ("war",)) == MOSUL
    assert {MOSUL: 1}[Place("Mosul", 2016, ("war",))] == 1
    assert Place("Mosul", 2016) != MOSUL
    assert Anywhere() == Anywhere()
    assert len({Anywhere(), Anywhere()}) == 1


def test_values_of_different_classes_differ() -> None:
    """Equal fields do not make them equal, nor does one class that comes of the other."""
    assert Twin("Mosul", 2016, ("war",)) != MOSUL
    assert Town("Mosul", 2016, ("war",)) != MOSUL


def test_a_value_is_shown_as_it_is_made() -> None:
    """As a dataclass is."""
    assert repr(MOSUL) == repr(Twin("Mosul", 2016, ("war",))).replace("Twin", "Place")
    assert repr(Anywhere()) == "Anywhere()"


def test_nothing_of_a_value_can_be_changed() -> None:
    """Neither its fields nor by new ones; it has no dictionary."""
    with pytest.raises(dataclasses.FrozenInstanceError, match="name"):
        MOSUL.name = "Raqqa"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError, match="river"):
        MOSUL.river = "Tigris"  # type: ignore[attr-defined]
    with pytest.raises(dataclasses.FrozenInstanceError, match="name"):
        del MOSUL.name
    assert not hasattr(MOSUL, "__dict__")
    assert MOSUL.name == "Mosul"


def test_a_subclass_adds_its_fields() -> None:
    """Those of the class above come first, with their defaults and properties."""
    town = Town("Mosul", people=664_221)
    assert repr(town) == "Town(name='Mosul', year=2017, tags=(), people=664221)"
    assert town.label == "Mosul 2017"
    assert town == Town("Mosul", 2017, (), 664_221)
    assert not hasattr(town, "__dict__")


def test_patterns_take_values_apart() -> None:
    """By the order of the fields and by their names."""
    match MOSUL:
        case Place(name, 2016, tags=tags):
            assert (name, tags) == ("Mosul", ("war",))
        case _:
            pytest.fail("no match")


def test_copies_are_equal() -> None:
    """Frozen slots need a way of their own."""
    assert copy.copy(MOSUL) == MOSUL
    assert copy.deepcopy(MOSUL) == MOSUL


@pytest.mark.parametrize("function", [replace, dataclasses.replace])
def test_replacing_leaves_the_rest(function: Any) -> None:
    """Ours and that of dataclasses give the same."""
    assert function(MOSUL, year=2017) == Place("Mosul", 2017, ("war",))
    with pytest.raises(TypeError):
        function(MOSUL, river="Tigris")


def test_dataclasses_knows_the_fields() -> None:
    """Its functions take values as they take dataclasses."""
    assert dataclasses.is_dataclass(Place)
    assert dataclasses.is_dataclass(MOSUL)
    assert dataclasses.asdict(MOSUL) == {"name": "Mosul", "year": 2016, "tags": ("war",)}
    assert [(each.name, each.type) for each in dataclasses.fields(Town)] == [
        ("name", "str"),
        ("year", "int"),
        ("tags", "tuple[str, ...]"),
        ("people", "int"),
    ]
