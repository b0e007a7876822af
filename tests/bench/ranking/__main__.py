"""The command line: index each collection with each engine, ask its queries, print one table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.peers import NAMES, load
from tests.bench.peers.peer import Peer
from tests.bench.processes import run
from tests.bench.questions import Question
from tests.bench.ranking.collections import Collection, collections
from tests.bench.ranking.figures import Figures, figures

_DEPTH = 1000

Table = Mapping[str, Mapping[str, Figures]]
"""Engine -> collection -> figures."""


def measure(peer: Peer, collection: Collection) -> Figures:
    """The figures of one engine on one collection."""
    with TemporaryDirectory() as scratch:
        articles, index = Path(scratch) / "articles.jsonl", Path(scratch) / "index"
        collection.write_articles(articles)
        run(peer.index_command(articles, index))
        with peer.open(index) as session:
            return figures(
                [(session.search(Question("or", query.words), _DEPTH), query.grades) for query in collection.queries()]
            )


def markdown(table: Table, names: Sequence[str]) -> str:
    """One row for each engine, and for searchkit whether its nDCG@10 reaches the best and the mean of the others."""
    lines = ["MAP / nDCG@10 / MRR", "", f"| | {' | '.join(names)} |", "| --- |" + " --- |" * len(names)]
    for engine, by_collection in table.items():
        cells = [_cell(by_collection[name]) for name in names]
        lines.append(f"| {engine} | {' | '.join(cells)} |")
    others = [by_collection for engine, by_collection in table.items() if engine != "searchkit"]
    if "searchkit" in table and others:
        ours = table["searchkit"]
        cells = [_against(ours[name].ndcg10, [each[name].ndcg10 for each in others]) for name in names]
        lines.append(f"| searchkit's nDCG@10 against best, mean | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cell(found: Figures) -> str:
    return f"{found.map:.3f} / {found.ndcg10:.3f} / {found.mrr:.3f}".replace("0.", ".")


def _against(ours: float, others: Sequence[float]) -> str:
    return f"{ours - max(others):+.3f}, {ours - sum(others) / len(others):+.3f}"


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.ranking", description=__doc__)
    parser.add_argument("folder", metavar="DIR", type=Path, help="the folder of the collections")
    parser.add_argument("--only", default=",".join(NAMES), help="engines, parted by commas")
    arguments = parser.parse_args()
    found = collections(arguments.folder)
    if not found:
        parser.error(f"{arguments.folder} holds no folder with docs.jsonl, queries.jsonl and qrels.tsv")
    table: dict[str, dict[str, Figures]] = {}
    for name in arguments.only.split(","):
        try:
            peer = load(name)
        except ImportError as missing:
            sys.stderr.write(f"{name} is left out: {missing}\n")
            continue
        table[peer.name] = {}
        for collection in found:
            sys.stderr.write(f"{peer.name}: {collection.name}\n")
            table[peer.name][collection.name] = measure(peer, collection)
    sys.stdout.write(markdown(table, [collection.name for collection in found]))


if __name__ == "__main__":
    main()
