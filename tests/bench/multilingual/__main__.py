"""The command line: read the documents, take each measure, print one table."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from searchkit.engines import open_engine
from searchkit.languages import detect
from tests.bench.multilingual import measures
from tests.bench.multilingual.documents import Document, read_documents
from tests.bench.multilingual.encodings import restored
from tests.bench.multilingual.measures import Counts

_MEMORY_STEP = 40
"""The memory engine evaluates by brute force: it gets each fortieth article only."""


def searched(engine: str, documents: list[Document]) -> Counts:
    """What words of the middle find in an index of the documents."""
    with (
        TemporaryDirectory() as folder,
        open_engine(engine, None if engine == "memory" else Path(folder) / "index", create=True) as opened,
    ):
        with opened.writer() as writer:
            for document in documents:
                writer.add(document.article)
        return measures.searches(documents, opened)


def markdown(documents: list[Document]) -> str:
    """One row for each language, and one for all."""
    detect("Text, damit das Modell geladen ist, bevor gemessen wird, wie lange ein Artikel von zwei Seiten braucht.")
    told, dated = measures.languages(documents), measures.dates(documents)
    whoosh, memory = searched("whoosh", documents), searched("memory", documents[::_MEMORY_STEP])
    lines = [
        "| language | over 200 | told right | empty | wrong | us each | word found | in memory | without marks | dates |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    names = list(dict.fromkeys(document.language for document in documents))
    everything = [
        sum((Counter(counts.get(n, Counter())) for n in names), Counter()) for counts in (told, whoosh, memory, dated)
    ]
    rows = [(n, *(counts.get(n, Counter()) for counts in (told, whoosh, memory, dated))) for n in names]
    for name, of, w, m, d in [*rows, ("all", *everything)]:
        articles = of["articles"] or 1
        wrong = ", ".join(f"{key} {of[key]}" for key in sorted(of) if key.startswith("as "))
        cells = (
            name, of["articles"], f"{of['right'] / articles:.1%}", of["empty"],
            f"{of['wrong']}{f' ({wrong})' if wrong and name != 'all' else ''}", f"{of['us'] / articles:.0f}",
            f"{w['found']} of {w['asked']}", f"{m['found']} of {m['asked']}",
            f"{w['plain found']} of {w['plain asked']}", f"{d['read']} of {d['stated']}" if d["stated"] else "",
        )  # fmt: skip
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines) + "\n"


def encodings(documents: list[Document]) -> str:
    """One row for each encoding."""
    lines = ["| encoding | texts | restored | others |", "| --- | --- | --- | --- |"]
    for encoding, of in restored(documents).items():
        others = ", ".join(f"{key} {count}" for key, count in of.most_common() if key not in ("texts", "restored"))
        lines.append(f"| {encoding} | {of['texts']} | {of['restored'] / (of['texts'] or 1):.1%} | {others} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.multilingual", description=__doc__)
    parser.add_argument(
        "file", metavar="DOCS.jsonl", type=Path, help="articles with title, body, lang and perhaps date"
    )
    arguments = parser.parse_args()
    documents = list(read_documents(arguments.file))
    sys.stdout.write(f"{markdown(documents)}\n{encodings(documents)}")


if __name__ == "__main__":
    main()
