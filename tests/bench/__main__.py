"""The command line: what to measure, the measures one after another, the report."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from tests.bench import machine
from tests.bench.corpus import Corpus
from tests.bench.measures import adding, cold, growth, indexing, warm
from tests.bench.peers import NAMES, load
from tests.bench.peers.peer import Peer
from tests.bench.plan import Plan, Setting
from tests.bench.report import markdown

_MEASURES = {
    "indexing": indexing.measure,
    "warm": warm.measure,
    "cold": cold.measure,
    "adding": adding.measure,
    "growth": growth.measure,
}
_RUNS = Path(__file__).parent / "runs"


def arguments_of(argv: Sequence[str] | None) -> argparse.Namespace:
    """The arguments, checked."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="searchkit beside other engines.")
    parser.add_argument("articles_file", metavar="ARTICLES.jsonl", type=Path)
    parser.add_argument("logs", metavar="QUERIES.jsonl", type=Path, nargs="+")
    parser.add_argument("--articles", type=int, metavar="N", help="the first N articles only")
    parser.add_argument("--quick", action="store_true", help="little of everything, to see that it works")
    parser.add_argument("--only", default=",".join(NAMES), metavar="ENGINE,...", help=f"of {', '.join(NAMES)}")
    parser.add_argument(
        "--measures", default=",".join(_MEASURES), metavar="NAME,...", help=f"of {', '.join(_MEASURES)}"
    )
    parser.add_argument("--repeats", type=int, metavar="N", help="runs of which the median is taken")
    parser.add_argument("--growth", metavar="N,...", help="the sizes of the series")
    parser.add_argument("--scratch", type=Path, metavar="DIR", help="where indexes are made (several GB)")
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="default: a folder in runs/ named by date and processor"
    )
    arguments = parser.parse_args(argv)
    for name in arguments.only.split(","):
        if name not in NAMES:
            parser.error(f"no engine {name!r}; there are {', '.join(NAMES)}")
    for name in arguments.measures.split(","):
        if name not in _MEASURES:
            parser.error(f"no measure {name!r}; there are {', '.join(_MEASURES)}")
    if "indexing" not in arguments.measures.split(",") and set(arguments.measures.split(",")) != {"growth"}:
        parser.error("warm, cold and adding need the indexes that indexing makes")
    return arguments


def installed(names: Sequence[str]) -> tuple[dict[str, Peer], list[str]]:
    """The engines that can take part, and a note on each that cannot."""
    peers, notes = {}, []
    for name in names:
        try:
            peers[name] = load(name)
        except ImportError as missing:
            notes.append(f"{name} is left out: it is not installed ({missing}).")
    return peers, notes


def measure(setting: Setting, measures: Sequence[str], notes: Sequence[str], file: Path) -> dict[str, Any]:
    """All results, ready for JSON."""
    plan, corpus = setting.plan, setting.corpus
    results: dict[str, Any] = {
        "machine": machine.describe(),
        "plan": asdict(plan),
        "corpus": {
            "articles": plan.articles,
            "distinct": corpus.articles,
            "bytes_per_article": file.stat().st_size / max(corpus.articles, 1),
        },
        "engines": {
            name: {"name": peer.name, "version": peer.version, "setup": peer.setup}
            for name, peer in setting.peers.items()
        },
        "notes": list(notes),
    }
    for name in measures:
        start = perf_counter()
        results[name] = _MEASURES[name](setting)
        sys.stderr.write(f"{name}: {perf_counter() - start:.0f} s\n")
    return results


def main(argv: Sequence[str] | None = None) -> None:
    """Run it."""
    arguments = arguments_of(argv)
    peers, notes = installed(arguments.only.split(","))
    for note in notes:
        sys.stderr.write(f"{note}\n")
    with TemporaryDirectory(dir=arguments.scratch) as scratch:
        corpus = Corpus(arguments.articles_file, Path(scratch))
        count = min(arguments.articles or corpus.articles, corpus.articles)
        plan = Plan.quick(count) if arguments.quick else Plan(count)
        if arguments.repeats:
            plan = replace(plan, repeats=arguments.repeats)
        if arguments.growth:
            plan = replace(plan, growth=tuple(map(int, arguments.growth.split(","))))
        setting = Setting(plan, peers, corpus, tuple(arguments.logs), Path(scratch))
        results = measure(setting, arguments.measures.split(","), notes, arguments.articles_file)
    text = markdown(results)
    folder = arguments.out or _RUNS / machine.folder_name(results["machine"])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "table.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
