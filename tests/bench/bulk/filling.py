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
from searchkit.engines.opensearch.senttext import SentTexts
from searchkit.formats.jsonl import JsonLinesFormat
from tests.bench.bulk.place import Place
from tests.bench.peers.peer import python
from tests.bench.processes import run
from tests.bench.timing import turns

_MAIN = "from searchkit.__main__ import main; main()"
FILLED = "bench-searchkit"
_OFFICIAL = "bench-official"


@dataclass(frozen=True, slots=True)
class Costs:
    """Of each run: seconds on the clock, processor seconds of the client (all of its processes) and of the nodes."""

    seconds: tuple[float, ...]
    client_cpu_seconds: tuple[float, ...]
    nodes_cpu_seconds: tuple[float, ...]

    @property
    def cpu_seconds(self) -> float:
        """Processor seconds of a run, client and nodes."""
        return median(map(sum, zip(self.client_cpu_seconds, self.nodes_cpu_seconds, strict=True)))


@dataclass(frozen=True, slots=True)
class Filling:
    """What filling costs each, the most memory that searchkit had, and the bytes of its index.

    The seconds of searchkit are those of the whole process, those of the official client begin with the first document.
    """

    articles: int
    searchkit: Costs
    official: Costs
    peak_bytes: int
    articles_bytes: int
    words_bytes: int

    @property
    def share(self) -> float:
        """What searchkit reaches of the official client's rate."""
        return median(self.official.seconds) / median(self.searchkit.seconds)

    @property
    def cpu_share(self) -> float:
        """The same by processor time, which other work on the machine does not change much."""
        return self.official.cpu_seconds / self.searchkit.cpu_seconds


def measure(place: Place, articles: Path, count: int, repeats: int) -> Filling:
    """Fill an index with each, in turns; the last one of searchkit stays, under the name `FILLED`."""
    documents = _prepare(articles, place.scratch / "documents.jsonl")
    costs: dict[str, list[tuple[float, float, float]]] = {"official": [], "searchkit": []}
    peak = 0
    for name in turns(list(costs), repeats):
        place.remove(_OFFICIAL if name == "official" else FILLED)
        before = place.cpu_seconds()
        if name == "official":
            seconds, cpu_seconds = _official(place, documents)
        else:
            command = ["index", str(articles), "--config", str(place.settings(FILLED))]
            took = run(python("-c", _MAIN, *command), sample_s=0.2)
            seconds, cpu_seconds, peak = took.seconds, took.cpu_seconds, max(peak, took.peak_bytes)
        costs[name].append((seconds, cpu_seconds, place.cpu_seconds() - before))
        place.remove(_OFFICIAL)
    sizes = place.size(FILLED)
    parts = [sum(size for name, size in sizes.items() if name.endswith(end)) for end in ("-articles", "-words")]
    by_name = {name: Costs(*zip(*each, strict=True)) for name, each in costs.items()}
    return Filling(count, by_name["searchkit"], by_name["official"], peak, *parts)


def _official(place: Place, documents: Path) -> tuple[float, float]:
    """Seconds of one run of it, into an index like that of searchkit."""
    place.call("PUT", f"/{_OFFICIAL}", articles_body(place.cluster(_OFFICIAL)))
    arguments = [str(documents), ",".join(place.urls), _OFFICIAL]
    seconds, cpu_seconds = json.loads(run(python("-m", "tests.bench.bulk.official", *arguments)).output)
    return seconds, cpu_seconds


def _prepare(articles: Path, documents: Path) -> Path:
    """A file of the documents that searchkit makes of a file of articles."""
    texts = SentTexts()
    with articles.open("rb") as stream, documents.open("wb") as output:
        for record in JsonLinesFormat().read(stream, articles.name):
            if isinstance(record, Article):
                output.write(encoded(to_document(record, texts, born=1)) + b"\n")
    return documents
