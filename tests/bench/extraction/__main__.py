"""The command line: read all pages, with searchkit and with bare trafilatura, and print one table."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from searchkit.article import Article
from searchkit.format import Page, ReadingOptions
from searchkit.formats._page import extract
from searchkit.formats.text import TextFormat
from tests.bench.extraction.figures import Figures, flat, judge
from tests.bench.extraction.flattened import flattened, read_text
from tests.bench.extraction.headlines import related
from tests.bench.extraction.truth import Truth, sets

FLATTENED = 200
"""Pages that are read as plain text as well."""

_NOTHING = Article("", "", "", "", "")
_TITLE = ("title right", "title wrong", "title missing")
_AUTHORS = ("authors right", "authors wrong", "authors missing")
_DATE = ("date right", "date right by its own time zone", "date wrong", "date missing")
_HEADLINES = ("headline in links", "headline in neither", "headline in the body")


@dataclass(frozen=True)
class Reading:
    """What each reader makes of one page, the seconds of processor time that took, and the headlines to look for."""

    ours: Article
    bare: Article
    comments: str
    seconds: float
    bare_seconds: float
    headlines: tuple[str, ...]


def read_page(truth: Truth) -> Reading:
    """Read one page with both."""
    raw = truth.file.read_bytes()
    known = Article("", truth.file.name, "", "", "")
    started = time.process_time()
    records = extract(Page(raw, known), ReadingOptions())
    between = time.process_time()
    bare, comments = _read_bare(raw)
    ended = time.process_time()
    text = f"{flat(bare.body)} {flat(comments)}"
    let_through = [snippet for snippet in truth.unwanted if flat(snippet) in text]
    ours = next((record for record in records if isinstance(record, Article)), _NOTHING)
    return Reading(ours, bare, comments, between - started, ended - between, tuple(related(raw, let_through)))


def _read_bare(raw: bytes) -> tuple[Article, str]:
    """What trafilatura gives with its defaults and its metadata, and the comments that its text output adds."""
    import trafilatura

    found = trafilatura.bare_extraction(raw, with_metadata=True)
    if found is None or isinstance(found, dict):
        return _NOTHING, ""
    authors = tuple(found.author.split("; ")) if found.author else ()
    published = date.fromisoformat(found.date) if found.date else None
    return Article(
        "", "", found.title or "", found.text or "", "", authors=authors, published=published
    ), found.comments or ""


def columns(figures: Figures) -> list[str]:
    """The cells of one row."""
    headlines = [figures.counts[name] for name in _HEADLINES]
    return [
        _share(figures, "wanted found", "unwanted found"),
        _share(figures, "wanted found", "wanted missed"),
        _share(figures, "body words shared", "body words added"),
        _share(figures, "body words shared", "body words missed"),
        " / ".join(map(str, headlines)) if sum(headlines) else "",
        _share(figures, *_TITLE),
        _outcome(figures, _AUTHORS, 1),
        _outcome(figures, _DATE, 2),
    ]


def _share(figures: Figures, *names: str) -> str:
    share = figures.share(*names)
    return "" if share is None else f"{share:.1%}"


def _outcome(figures: Figures, names: Sequence[str], right: int) -> str:
    """Right / wrong / missing, in percent; the first `right` names are right."""
    total = sum(figures.counts[name] for name in names)
    if not total:
        return ""
    counts = [sum(figures.counts[name] for name in names[:right]), *(figures.counts[name] for name in names[right:])]
    return " / ".join(f"{count / total:.1%}" for count in counts)


HEADINGS = (
    "reader", "precision", "recall", "body words: precision", "recall", "headlines in links / neither / body", "title",
    "authors right / wrong / missing", "date right / wrong / missing",
)  # fmt: skip


def measure(name: str, pages: Sequence[Truth], readings: Sequence[Reading]) -> tuple[list[list[str]], Figures]:
    """The rows of one set, and our own figures for who wants to see the failures."""
    readers: dict[str, Callable[[Reading], Article]] = {
        "searchkit": lambda reading: reading.ours,
        "trafilatura": lambda reading: reading.bare,
        "trafilatura, comments too": lambda reading: replace(
            reading.bare, body=f"{reading.bare.body}\n{reading.comments}"
        ),
    }
    rows, all_figures = [], []
    for reader, article in readers.items():
        figures = Figures()
        for truth, reading in zip(pages, readings, strict=True):
            judge(figures, truth, article(reading), reading.headlines)
        rows.append([f"{name}: {reader}", *columns(figures)])
        all_figures.append(figures)
    return rows, all_figures[0]


def measure_text(pages: Sequence[Truth]) -> tuple[list[str], Figures]:
    """The row of the plain-text reader on pages flattened to text, and its figures."""
    figures = Figures()
    for truth in pages:
        text = flattened(truth.file.read_bytes(), truth.title)
        article = read_text(text) or _NOTHING
        present = [snippet for snippet in truth.wanted if flat(snippet) in flat(text)]
        headlines = related(
            truth.file.read_bytes(), [snippet for snippet in truth.unwanted if flat(snippet) in flat(text)]
        )
        judge(figures, replace(truth, wanted=tuple(present), date="", body=""), article, headlines)
    return [f"{len(pages)} pages as text: {TextFormat.name} reader", *columns(figures)], figures


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.extraction", description=__doc__)
    parser.add_argument("folder", metavar="DIR", type=Path, help="the folder of the sets of pages")
    parser.add_argument("--jobs", type=int, default=1, help="processes (default: 1)")
    parser.add_argument("--failures", type=Path, metavar="FILE", help="write to FILE what searchkit has wrong")
    arguments = parser.parse_args()
    found = sets(arguments.folder)
    if not found:
        parser.error(f"{arguments.folder} holds no folder with a truth.jsonl")
    sys.stdout.write("| " + " | ".join(HEADINGS) + " |\n|" + " --- |" * len(HEADINGS) + "\n")
    failures: list[str] = []
    wrong: list[str] = []
    seconds = bare_seconds = 0.0
    with ProcessPoolExecutor(arguments.jobs) as pool:
        for name, pages in found.items():
            readings = list(pool.map(read_page, pages, chunksize=10))
            rows, figures = measure(name, pages, readings)
            with_snippets = [truth for truth in pages if truth.unwanted]
            if with_snippets:
                step = max(1, len(with_snippets) // FLATTENED)
                row, of_text = measure_text(with_snippets[::step][:FLATTENED])
                rows.append(row)
                failures += _told(f"{name} as text", of_text)
            failures += _told(name, figures)
            sys.stdout.writelines("| " + " | ".join(row) + " |\n" for row in rows)
            wrong += figures.failures.get("date wrong", [])
            seconds += sum(reading.seconds for reading in readings)
            bare_seconds += sum(reading.bare_seconds for reading in readings)
    count = sum(map(len, found.values()))
    sys.stdout.write(f"\n{count} pages; pages per second and process: searchkit {count / seconds:.0f}, ")
    sys.stdout.write(f"trafilatura with its metadata {count / bare_seconds:.0f}\n")
    stated = sum("(jsonld" in page or "(meta" in page for page in wrong)
    sys.stdout.write(f"of {len(wrong)} dates that differ from the truth, {stated} are what the page's metadata state\n")
    if arguments.failures:
        arguments.failures.write_text("\n".join(failures) + "\n", encoding="utf-8")


def _told(name: str, figures: Figures) -> list[str]:
    return [f"{name}\t{what}\t{page}" for what, pages in sorted(figures.failures.items()) for page in pages]


if __name__ == "__main__":
    main()
