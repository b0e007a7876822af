"""The one document that tells what an index in a cluster is: who has committed, who is writing, what a reader sees.

Values only: each change of state is a function to a new one, and `statestore` makes it true in the cluster.

Writers have numbers, never used twice. A document belongs to the view of a reader if the writer that it was `born` by
has committed, and none that it `dies` by. What writers left that were given up is never seen, as their numbers stay
listed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from searchkit.analysis import ANALYSIS_VERSION
from searchkit.sharding import Shard

FORMAT_VERSION = 1

LEASE_S = 60.0
"""How long a writer that tells nothing of itself is waited for."""

KEPT_S = 3600.0
"""How long what a commit replaced stays, for readers who opened the index before."""


@dataclass(frozen=True, slots=True)
class View:
    """What a reader of one commit sees: the build, and the writers that have committed: all up to `floor` and those
    `committed` beyond it, never those `aborted`."""

    build: int
    floor: int = 0
    committed: tuple[int, ...] = ()
    aborted: tuple[int, ...] = ()

    def sees(self, number: int) -> bool:
        """Whether that writer has committed."""
        return (number <= self.floor or number in self.committed) and number not in self.aborted

    def living(self) -> dict[str, Any]:
        """The filter that documents of the view pass: born, and not dead."""
        return {"bool": {"filter": [self.born()], "must_not": [self._seen("dies")]}}

    def born(self) -> dict[str, Any]:
        """The filter of what was written by writers that have committed."""
        return self._seen("born")

    def dead(self) -> dict[str, Any]:
        """The filter of documents that neither this view nor a later one sees."""
        return self._seen("dies")

    def _seen(self, name: str) -> dict[str, Any]:
        up_to: dict[str, Any] = {"range": {name: {"lte": self.floor}}}
        if self.committed:
            up_to = {"bool": {"should": [up_to, {"terms": {name: list(self.committed)}}]}}
        if not self.aborted:
            return up_to
        return {"bool": {"filter": [up_to], "must_not": [{"terms": {name: list(self.aborted)}}]}}


@dataclass(frozen=True, slots=True)
class Holder:
    """A writer at work: who it is, since when (seconds since 1970), and until when nobody takes its place.

    `build` is where it writes; `shard` the part of the archive that it writes, "" for the whole.
    """

    owner: str
    since: float
    expires: float
    build: int
    shard: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """The view of an earlier commit, and when (seconds since 1970) it was followed by the next one."""

    until: float
    view: View


@dataclass(frozen=True, slots=True)
class State:
    """An index in a cluster. `generation` counts commits, `next_number` is the next writer's, `languages` are those whose
    stems are in the dictionary."""

    view: View
    generation: int = 0
    next_number: int = 1
    languages: tuple[str, ...] = ()
    writers: dict[int, Holder] = field(default_factory=dict)
    past: tuple[Past, ...] = ()
    format: int = FORMAT_VERSION
    analysis: int = ANALYSIS_VERSION

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "writers": {str(number): asdict(holder) for number, holder in self.writers.items()}}


class HeldError(Exception):
    """Another writer is at work."""

    def __init__(self, holder: Holder) -> None:
        self.holder = holder
        super().__init__(holder.owner)


class LostError(Exception):
    """A writer's place was taken after its lease had ended."""


def state_of(plain: dict[str, Any]) -> State:
    """The way back from JSON."""
    return State(
        **{
            **plain,
            "view": _view_of(plain["view"]),
            "languages": tuple(plain["languages"]),
            "writers": {int(number): Holder(**holder) for number, holder in plain["writers"].items()},
            "past": tuple(Past(past["until"], _view_of(past["view"])) for past in plain["past"]),
        }
    )


def begun(
    state: State, owner: str, now: float, *, rebuild: bool, shard: Shard | None, languages: tuple[str, ...]
) -> tuple[State, int]:
    """The state with one more writer, and its number. Raises `HeldError`.

    Writers whose lease has ended are given up first. Writers of different shards of one division work side by side;
    any other one works alone. The first of all begins the first build.
    """
    state = _without_expired(state, now)
    for holder in state.writers.values():
        if shard is None or not _are_neighbours(str(shard), holder.shard):
            raise HeldError(holder)
    number = state.next_number
    if state.generation == 0 and not state.writers:
        # Nothing to keep: what an earlier first writer had begun is left behind with its settings and languages.
        state = replace(state, view=replace(state.view, build=number), languages=languages, analysis=ANALYSIS_VERSION)
    holder = Holder(owner, now, now + LEASE_S, number if rebuild else state.view.build, str(shard or ""))
    return replace(state, next_number=number + 1, writers={**state.writers, number: holder}), number


def renewed(state: State, number: int, now: float) -> State:
    """The state with a longer lease for a writer. Raises `LostError`."""
    holder = _writer_in(state, number)
    return replace(state, writers={**state.writers, number: replace(holder, expires=now + LEASE_S)})


def committed(state: State, number: int, now: float, *, languages: tuple[str, ...] | None = None) -> State:
    """The state after a writer's commit. Raises `LostError`. `languages` are those of a dictionary made anew."""
    holder = _writer_in(state, number)
    base = state.view
    if holder.build != base.build:
        base = replace(base, build=holder.build, aborted=())  # what was given up before is not in the new build
    view = _settled(base, number, "committed", _others(state, number))
    analysis = state.analysis if holder.build == state.view.build else ANALYSIS_VERSION
    past = (*(each for each in state.past if now - each.until < KEPT_S), Past(now, state.view))
    return replace(
        state,
        view=view,
        generation=state.generation + 1,
        languages=state.languages if languages is None else languages,
        writers=_others(state, number),
        past=past if state.generation else (),
        analysis=analysis,
    )


def given_up(state: State, number: int) -> State:
    """The state without a writer, whose documents nobody will see."""
    if number not in state.writers:
        return state
    others = _others(state, number)
    return replace(state, view=_settled(state.view, number, "aborted", others), writers=others)


def oldest_kept(state: State, now: float) -> View:
    """The oldest view whose readers are still to find all of it."""
    kept = [past.view for past in state.past if now - past.until < KEPT_S]
    return kept[0] if kept else state.view


def builds_in_use(state: State, now: float) -> set[int]:
    """The builds that readers or writers may look at."""
    views = [state.view, *(past.view for past in state.past if now - past.until < KEPT_S)]
    return {view.build for view in views} | {holder.build for holder in state.writers.values()}


def _settled(view: View, number: int, how: str, open_writers: Iterable[int]) -> View:
    """The view with a writer that has committed or was aborted, and the floor as high as it may be."""
    done = {"committed": set(view.committed), "aborted": set(view.aborted)}
    done[how].add(number)
    settled = done["committed"] | done["aborted"]
    floor = min([max([view.floor, *settled]), *(each - 1 for each in open_writers)])
    beyond = tuple(sorted(each for each in done["committed"] if each > floor))
    return replace(view, floor=floor, committed=beyond, aborted=tuple(sorted(done["aborted"])))


def _without_expired(state: State, now: float) -> State:
    for number, holder in list(state.writers.items()):
        if holder.expires <= now:
            state = given_up(state, number)
    return state


def _are_neighbours(one: str, other: str) -> bool:
    return bool(other) and one != other and one.partition("/")[2] == other.partition("/")[2]


def _writer_in(state: State, number: int) -> Holder:
    if number not in state.writers:
        raise LostError
    return state.writers[number]


def _others(state: State, number: int) -> dict[int, Holder]:
    return {each: holder for each, holder in state.writers.items() if each != number}


def _view_of(plain: dict[str, Any]) -> View:
    return View(plain["build"], plain["floor"], tuple(plain["committed"]), tuple(plain["aborted"]))
