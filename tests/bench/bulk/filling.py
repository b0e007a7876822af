"""Articles per second into the cluster: `searchkit index` from the file, the official client from prepared documents."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from searchkit.article import Article
from searchkit.engines.opensearch.connection import encoded
from searchkit.engines.opensearch.documents import to_document
from searchkit.engines.opensearch.layout import articles_body
from searchkit.formats.jsonl import JsonLinesFormat
from tests.bench.bulk.place import Place
from tests.bench.peers.peer import python
from tests.bench.processes import run
from tests.bench.timing import turns

_MAIN = "from searchkit.__main__ import main; main()"
FILLED = "bench-searchkit"
_OFFICIAL = "bench-official"


@dataclass(frozen=True, slots=True)
class Filling:
    """`seconds` of each run; of searchkit those of the whole process, and the most memory it had."""

    articles: int
    searchkit_seconds: tuple[float, ...]
    official_seconds: tuple[float, ...]
    searchkit_cpu_seconds: tuple[float, ...]
    peak_bytes: int
    articles_bytes: int
    words_bytes: int

    @property
    def share(self) -> float:
        """What searchkit reaches of the official client's rate."""
        return median(self.official_seconds) / median(self.searchkit_seconds)


def measure(place: Place, articles: Path, count: int, repeats: int) -> Filling:
    """Fill an index with each, in turns; the last one of searchkit stays, under the name `FILLED`."""
    documents = _prepare(articles, place.scratch / "documents.jsonl")
    seconds: dict[str, list[float]] = {"searchkit": [], "official": []}
    cpu_seconds, peak = [], 0
    for name in turns(["official", "searchkit"], repeats):
        if name == "official":
            seconds[name].append(_official(place, documents))
            continue
        place.remove(FILLED)
        command = ["index", str(articles), "--config", str(place.settings(FILLED))]
        took = run(python("-c", _MAIN, *command), sample_s=0.2)
        seconds[name].append(took.seconds)
        cpu_seconds.append(took.cpu_seconds)
        peak = max(peak, took.peak_bytes)
    sizes = place.size(FILLED)
    parts = [sum(size for name, size in sizes.items() if name.endswith(end)) for end in ("-articles", "-words")]
    times = (tuple(seconds["searchkit"]), tuple(seconds["official"]), tuple(cpu_seconds))
    return Filling(count, *times, peak, *parts)


def _official(place: Place, documents: Path) -> float:
    """Seconds of one run of it, into an index like that of searchkit."""
    place.remove(_OFFICIAL)
    place.call("PUT", f"/{_OFFICIAL}", articles_body(place.cluster(_OFFICIAL)))
    arguments = [str(documents), ",".join(place.urls), _OFFICIAL]
    seconds: float = json.loads(run(python("-m", "tests.bench.bulk.official", *arguments)).output)
    place.remove(_OFFICIAL)
    return seconds


def _prepare(articles: Path, documents: Path) -> Path:
    """A file of the documents that searchkit makes of a file of articles."""
    with articles.open("rb") as stream, documents.open("wb") as output:
        for record in JsonLinesFormat().read(stream, articles.name):
            if isinstance(record, Article):
                output.write(encoded(to_document(record, born=1)[0]) + b"\n")
    return documents
