"""`tests/opensearch/cluster run --heap 1g python -m tests.bench.bulk ARTICLES.jsonl QUERIES.jsonl`: a run, its report."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench import machine
from tests.bench.bulk import answering, filling
from tests.bench.bulk.place import Place, urls_of_environment
from tests.bench.corpus import Corpus
from tests.bench.questions import questions

_MB = 1e6


def main() -> int:
    """Measure, print a report, and write the figures where `--out` says."""
    arguments = _arguments()
    with TemporaryDirectory() as scratch:
        place = Place(urls_of_environment(), Path(scratch), arguments.shards, arguments.replicas)
        corpus = Corpus(arguments.articles_file, place.scratch)
        count = arguments.articles or corpus.articles
        version = place.call("GET", "/")["version"]["number"]
        filled = filling.measure(place, corpus.slice(count), count, arguments.repeats)
        asked = questions(arguments.logs, corpus.years(count), 50, arguments.questions)
        answered = answering.measure(place, asked)
        place.remove(filling.FILLED)
    told = {
        "machine": machine.describe(),
        "opensearch": version,
        "nodes": len(place.urls),
        "shards": place.shards,
        "replicas": place.replicas,
        "filling": {**asdict(filled), "share": filled.share, "cpu_share": filled.cpu_share},
        "answering": asdict(answered),
    }
    if arguments.out:
        arguments.out.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    sys.stdout.write(_report(place, version, filled, answered))
    return 0


def _report(place: Place, version: str, filled: filling.Filling, answered: answering.Answering) -> str:
    ours, official = (median(each.seconds) for each in (filled.searchkit, filled.official))
    cpu = (filled.searchkit.cpu_seconds, filled.official.cpu_seconds)
    per_article = (filled.articles_bytes / filled.articles, filled.words_bytes / filled.articles)
    above, total, most = answered.above_ms, answered.total_ms, answered.most_above_ms
    lines = (
        f"OpenSearch {version}, {len(place.urls)} nodes, {place.shards} shards, {place.replicas} replicas",
        f"searchkit index, from the file: {filled.articles / ours:,.0f} articles/s ({ours:.1f} s)",
        f"official client, from prepared documents: {filled.articles / official:,.0f} articles/s ({official:.1f} s)",
        f"searchkit reaches {filled.share:.0%} of it",
        f"processor seconds of client and nodes: {cpu[0]:.0f} and {cpu[1]:.0f}; {filled.cpu_share:.0%} by these",
        f"memory of searchkit: {filled.peak_bytes / _MB:.0f} MB",
        f"bytes for an article: {per_article[0]:,.0f}, and {per_article[1]:,.0f} of the dictionary",
        f"queries: {total.count}, p50 {total.p50:.1f} ms, p95 {total.p95:.1f} ms; refused {answered.refused}",
        f"above took: p50 {above.p50:.1f} ms, p95 {above.p95:.1f} ms, p99 {above.p99:.1f} ms, at most {most:.1f} ms",
        f"at most 15 ms above took: {answered.within_15_ms:.1%} of queries",
        f"processor time of this process: p50 {answered.cpu_ms.p50:.1f} ms, p95 {answered.cpu_ms.p95:.1f} ms",
        f"requests for a query: p50 {answered.requests.p50:.0f}, p95 {answered.requests.p95:.0f}",
    )
    return "".join(f"{line}\n" for line in lines)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bulk", description="searchkit on a cluster.")
    parser.add_argument("articles_file", metavar="ARTICLES.jsonl", type=Path)
    parser.add_argument("logs", metavar="QUERIES.jsonl", type=Path, nargs="+")
    parser.add_argument("--articles", type=int, metavar="N", help="the first N articles only")
    parser.add_argument("--questions", type=int, metavar="N", default=100, help="of each kind in each log (100)")
    parser.add_argument("--repeats", type=int, metavar="N", default=2, help="runs of which the median is taken (2)")
    parser.add_argument("--shards", type=int, default=1)
    parser.add_argument("--replicas", type=int, default=1)
    parser.add_argument("--out", type=Path, metavar="FILE", help="write all figures here, as JSON")
    arguments = parser.parse_args()
    if not urls_of_environment():
        parser.error("start it with: tests/opensearch/cluster run --heap 1g python -m tests.bench.bulk ...")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
