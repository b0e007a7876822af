"""The state of an index: who may write, what a commit changes, what a reader sees."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchkit.engines.opensearch.state import (
    KEPT_S,
    LEASE_S,
    HeldError,
    LostError,
    State,
    View,
    begun,
    builds_in_use,
    committed,
    given_up,
    oldest_kept,
    renewed,
    state_of,
)
from searchkit.sharding import Shard

EMPTY = State(View(0))


def begin(state: State, now: float = 0.0, *, rebuild: bool = False, shard: str = "") -> tuple[State, int]:
    part = Shard(*map(int, shard.split("/"))) if shard else None
    return begun(state, f"writer at {now}", now, rebuild=rebuild, shard=part, languages=("en",))


def written(state: State, now: float = 0.0, **options: Any) -> State:
    """The state after one more commit."""
    state, number = begin(state, now, **options)
    return committed(state, number, now)


def test_the_first_commit_makes_the_index() -> None:
    """The first writer begins the first build, with its languages; its commit is generation 1."""
    state, number = begin(EMPTY)
    assert (number, state.view.build, state.languages, state.generation) == (1, 1, ("en",), 0)
    state = committed(state, number, 5.0)
    assert (state.generation, state.view.sees(1), state.view.sees(2), state.writers) == (1, True, False, {})


def test_one_writer_at_a_time() -> None:
    """A second writer is told the first; after a commit, or when it was given up, the place is free."""
    state, number = begin(EMPTY)
    with pytest.raises(HeldError) as held:
        begin(state)
    assert held.value.holder.owner == "writer at 0.0"
    assert begin(committed(state, number, 1.0))[1] == 2
    assert begin(given_up(state, number))[1] == 2


def test_shards_of_one_division_write_side_by_side() -> None:
    """Each shard has one writer; another division, or a writer of the whole, has to wait, and they for it."""
    state, _ = begin(EMPTY, shard="1/3")
    state, _ = begin(state, shard="2/3")
    for refused in ("1/3", "3/4", ""):
        with pytest.raises(HeldError):
            begin(state, shard=refused)
    whole, _ = begin(EMPTY)
    with pytest.raises(HeldError):
        begin(whole, shard="1/3")


def test_a_commit_shows_its_writer_only() -> None:
    """Of writers side by side each becomes visible when it commits, in whatever order, and none by another's commit."""
    state, first = begin(EMPTY, shard="1/3")
    state, second = begin(state, shard="2/3")
    state, third = begin(state, shard="3/3")
    state = committed(state, second, 1.0)
    assert [state.view.sees(number) for number in (first, second, third)] == [False, True, False]
    state = given_up(state, first)
    assert [state.view.sees(number) for number in (first, second, third)] == [False, True, False]
    state = committed(state, third, 2.0)
    assert [state.view.sees(number) for number in (first, second, third)] == [False, True, True]
    assert (state.view.floor, state.view.committed, state.view.aborted) == (3, (), (1,))


def test_a_silent_writer_is_given_up_after_its_lease() -> None:
    """Its place is taken once the lease has ended, not before; it then finds so, and can no more commit."""
    state, slow = begin(EMPTY, 0.0)
    with pytest.raises(HeldError):
        begin(state, LEASE_S - 1)
    state = renewed(state, slow, LEASE_S - 1)
    with pytest.raises(HeldError):
        begin(state, LEASE_S + 1)
    state, quick = begin(state, 2 * LEASE_S)
    for late in (lambda: renewed(state, slow, 0.0), lambda: committed(state, slow, 0.0)):
        with pytest.raises(LostError):
            late()
    state = committed(state, quick, 2 * LEASE_S)
    assert (state.view.sees(slow), state.view.sees(quick)) == (False, True)


def test_a_rebuild_is_a_build_of_its_own() -> None:
    """It shows nothing until its commit, which replaces the build and forgets what was given up in the old one."""
    state = written(EMPTY)
    state, lost = begin(state)
    state = given_up(state, lost)
    state, number = begin(state, rebuild=True)
    assert (state.view.build, state.writers[number].build) == (1, number)
    state = committed(state, number, 1.0)
    assert (state.view.build, state.view.aborted, state.generation) == (number, (), 2)
    assert builds_in_use(state, 1.0) == {1, number}
    assert builds_in_use(state, 1.0 + KEPT_S) == {number}


def test_a_view_is_kept_for_readers_who_came_before() -> None:
    """What a commit followed is kept from then on for the time that is promised."""
    first = written(EMPTY, 0.0)
    second = written(first, 100_000.0)
    third = written(second, 100_001.0)
    assert oldest_kept(third, 100_002.0) == first.view
    assert oldest_kept(third, 100_000.5 + KEPT_S) == second.view
    assert oldest_kept(third, 100_001.0 + KEPT_S) == third.view


def test_the_state_survives_json() -> None:
    """What is written to the cluster is read as it was."""
    state, _ = begin(written(EMPTY), shard="2/5")
    assert state_of(json.loads(json.dumps(state.plain()))) == state


@given(st.lists(st.tuples(st.sampled_from(("begin", "commit", "abort")), st.integers(0, 7)), max_size=40))
def test_views_see_exactly_what_was_committed(steps: list[tuple[str, int]]) -> None:
    """After any course of writers of shards, a view sees those that have committed, and its filter says the same."""
    state, done = EMPTY, set()
    for step, which in steps:
        if step == "begin" and len(state.writers) < 8:
            free = next(n for n in range(1, 9) if f"{n}/8" not in {h.shard for h in state.writers.values()})
            state, _ = begin(state, shard=f"{free}/8")
        elif step != "begin" and state.writers:
            number = sorted(state.writers)[which % len(state.writers)]
            if step == "commit":
                state = committed(state, number, 0.0)
                done.add(number)
            else:
                state = given_up(state, number)
    numbers = range(1, state.next_number + 2)
    assert {number for number in numbers if state.view.sees(number)} == done
    assert {number for number in numbers if passes(state.view.born(), {"born": number})} == done
    for born in numbers:
        for dies in (None, *numbers):
            document = {"born": born, "dies": dies}
            assert passes(state.view.living(), document) == (born in done and dies not in done)


def passes(query: dict[str, Any], document: dict[str, int | None]) -> bool:
    """What the cluster makes of the few kinds of queries that views are made of."""
    ((kind, body),) = query.items()
    if kind == "range":
        ((name, bounds),) = body.items()
        value = document[name]
        return value is not None and value <= bounds["lte"]
    if kind == "terms":
        ((name, values),) = body.items()
        return document[name] in values
    assert kind == "bool"
    return (
        all(passes(each, document) for each in body.get("filter", ()))
        and not any(passes(each, document) for each in body.get("must_not", ()))
        and ("should" not in body or any(passes(each, document) for each in body["should"]))
    )
