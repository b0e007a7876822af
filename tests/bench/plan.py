"""How much is measured: everything that a run of the benchmark may do more or less of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.bench.corpus import Corpus
from tests.bench.peers.peer import Peer


@dataclass(frozen=True, slots=True)
class Plan:
    """`articles` are indexed by each engine, as far as its bound allows where its speed is measured. Times are medians of
    `repeats` runs (`cold_repeats` for whole queries). `growth` are the sizes of the series, in articles."""

    articles: int
    repeats: int = 3
    cold_repeats: int = 11
    added: int = 100
    per_kind: int = 100
    most_per_log: int | None = None
    growth: tuple[int, ...] = (5_000, 20_000, 40_000, 80_000, 160_000)
    sample_s: float = 0.05

    @classmethod
    def quick(cls, articles: int) -> Plan:
        """To see the shape of the results within minutes; the figures mean little."""
        growth = tuple(sorted({max(articles // 4, 1), articles, articles * 2}))
        return cls(articles, 1, 3, min(100, articles), 15, 30, growth)


@dataclass(frozen=True, slots=True)
class Setting:
    """What measures are handed: the plan, the engines by name, the articles, query logs, and a folder for indexes."""

    plan: Plan
    peers: dict[str, Peer]
    corpus: Corpus
    logs: tuple[Path, ...]
    scratch: Path

    def index(self, name: str) -> Path:
        """Where the index of an engine over all `plan.articles` lies, once `measures.indexing` has made it."""
        return self.scratch / f"index-{name}"


def size_bytes(folder: Path) -> int:
    """What the files in a folder take."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
