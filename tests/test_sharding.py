"""Shards: each name belongs to one, the same on every machine."""

from __future__ import annotations

import pytest

from searchkit.errors import InputError
from searchkit.sharding import Shard, parse_shard


def test_each_name_has_one_owner() -> None:
    """Every name, also one that is no UTF-8, belongs to exactly one of the shards, and each shard has its share."""
    shards = [Shard(number, 5) for number in range(1, 6)]
    names = [f"news/{n}.txt" for n in range(1000)] + ["caf\udce9.txt", ""]
    owners = [[shard for shard in shards if shard.owns(name)] for name in names]
    assert all(len(each) == 1 for each in owners)
    assert all(150 < sum(each == [shard] for each in owners) < 250 for shard in shards)


def test_owners_never_change() -> None:
    """Who owns a name is the same in every process and release, as shards are made at different times and places."""
    names = ("a.txt", "b.txt", "mosul/2017.txt", "ünï.txt", "-")
    assert [next(n for n in range(1, 17) if Shard(n, 16).owns(name)) for name in names] == OWNERS


OWNERS = [11, 11, 2, 5, 9]


@pytest.mark.parametrize("text", ["", "3", "0/4", "5/4", "1/0", "-1/4", "1/4/2", "a/b", "1 /4", "1/9999999"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    """The error shows what was written and how it is written."""
    with pytest.raises(InputError, match="--shard 3/16"):
        parse_shard(text)


def test_a_shard_is_read_and_shown() -> None:
    """`3/16` is the third of sixteen."""
    assert parse_shard("3/16") == Shard(3, 16)
    assert str(Shard(3, 16)) == "3/16"
