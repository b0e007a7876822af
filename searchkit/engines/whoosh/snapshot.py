"""One generation of an index as readers see it: its segments, what is deleted in them, and sums over all articles."""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, total_ordering
from heapq import merge
from operator import itemgetter
from pathlib import Path
from sys import getsizeof
from typing import TYPE_CHECKING, Any, NamedTuple

from searchkit.article import Article
from searchkit.engines.whoosh.cache import Cache
from searchkit.engines.whoosh.container import Container, Damaged, open_file
from searchkit.engines.whoosh.segment import Entry, Segment
from searchkit.fieldtext import WORD_FIELDS
from searchkit.ranking import FACTOR_UNITS
from searchkit.value import Value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAF_BYTES = 64 * 2**20
"""What all leaves kept of recent queries take together, at most."""

ARTICLE_BYTES = 32 * 2**20
"""What all articles kept of recent hits take together, at most."""

# For so many sets of fields and weights.
_FACTORS_KEPT = 16


class FieldTotals(Value):
    """Of one field over the articles of a segment that are not deleted: its words, and how many articles have any."""

    words: int = 0
    holders: int = 0


class SegmentInfo(Value):
    """What a manifest says of a segment: how many articles it holds and how many of them are not deleted (`live`),
    sums over these, its files with size and CRC-32, and the file that says which are deleted ("": none)."""

    name: str
    count: int
    live: int
    totals: Mapping[str, FieldTotals]
    links: int
    files: Mapping[str, tuple[int, int]]
    deleted: str = ""

    def to_json(self) -> dict[str, Any]:
        """As the manifest holds it."""
        totals = {field: [total.words, total.holders] for field, total in self.totals.items()}
        plain = {name: getattr(self, name) for name in ("name", "count", "live", "links", "files", "deleted")}
        return {**plain, "totals": totals}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SegmentInfo:
        """The inverse of `to_json`."""
        totals = {field: FieldTotals(*numbers) for field, numbers in data["totals"].items()}
        files = {name: (size, crc) for name, (size, crc) in data["files"].items()}
        return cls(data["name"], data["count"], data["live"], totals, data["links"], files, data["deleted"])


class View:
    """A segment without its deleted articles. Bitmaps have article 0 in the lowest bit of the first byte.

    `base` is how many articles stand before it in its snapshot, `number` how many views.
    """

    def __init__(self, folder: Path, info: SegmentInfo, base: int = 0, number: int = 0) -> None:
        self.info = info
        self.base = base
        self.number = number
        self.segment = Segment(folder, info.name, info.count)
        self._folder = folder

    @property
    def count(self) -> int:
        """Articles in the segment, deleted ones included."""
        return self.info.count

    @cached_property
    def docs(self) -> memoryview:
        """The data of its docs."""
        return self.segment.stream("docs")

    @cached_property
    def freqs(self) -> memoryview:
        """The data of its freqs."""
        return self.segment.stream("freqs")

    @cached_property
    def deleted(self) -> bytes:
        """Which articles are deleted: a bitmap; empty where none is."""
        if not self.info.deleted:
            return b""
        path = self._folder / self.info.deleted
        with open_file(path) as file:
            if zlib.crc32(file.read()) != self.info.files[self.info.deleted][1]:
                raise Damaged(f"{self.info.deleted}: its checksum differs")
        with Container(path) as container:
            bits = bytes(container.section("bits"))
        if len(bits) != -(-self.count // 8):
            raise Damaged(f"{self.info.deleted} is not as long as its segment")
        return bits

    def is_live(self, number: int) -> bool:
        """Whether an article is not deleted."""
        return not self.deleted or not self.deleted[number >> 3] >> (number & 7) & 1

    @cached_property
    def live_mask(self) -> NDArray[np.bool_] | None:
        """For each article whether it is not deleted; None where none is."""
        import numpy as np

        if not self.deleted:
            return None
        bits = np.unpackbits(np.frombuffer(self.deleted, np.uint8), bitorder="little", count=self.count)
        live: NDArray[np.bool_] = bits == 0
        return live


Occurrences = Sequence[tuple[int, int, View, Entry]]
"""The entries of a word, or of words that stand for one another: each with its layer and the place of its field among those
asked for, by which they ascend, and its view, ascending within these. Entries of the same place and view are of different
layers, from 0."""


class Leaf(NamedTuple):
    """A leaf of a query over a snapshot: how many articles match, which, and the word whose places a pair may ask for (None
    where there is none). Both are of the kernel that made them."""

    df: int
    matches: Any
    word: Any


def _size_bytes(article: Article) -> int:
    """What an article takes in memory, roughly."""
    texts = (article.title, article.body, article.dek, article.note, *article.authors)
    of_links = sum(400 + len(link.headline) * 2 for link in article.links)
    return 1_200 + sum(map(getsizeof, texts)) + of_links


class Snapshot:
    """All views of a generation; number 0 is the empty one before the first.

    A query sees the articles of all segments as one row: the number of an article is that in its segment plus the
    `base` of the segment's view.
    """

    def __init__(self, folder: Path, generation: int, segments: Sequence[SegmentInfo]) -> None:
        self.generation = generation
        self.views: list[View] = []
        self.count = 0
        """Articles, deleted ones included."""
        for number, info in enumerate(segments):
            self.views.append(View(folder, info, self.count, number))
            self.count += info.count
        self._bases = [view.base for view in self.views]
        self._factors: dict[tuple[object, ...], NDArray[np.float64]] = {}
        self.leaves: Cache[Leaf] = Cache(LEAF_BYTES)
        self._articles: Cache[Article] = Cache(ARTICLE_BYTES)
        self.read_plainly = 0
        """About how many postings queries have read without numpy."""

    def close(self) -> None:
        """Let go of all files."""
        for view in self.views:
            view.segment.close()

    @cached_property
    def articles(self) -> int:
        """How many articles are not deleted."""
        return sum(view.info.live for view in self.views)

    def place(self, number: int) -> tuple[View, int]:
        """The view of an article, and its number there."""
        view = self.views[bisect_right(self._bases, number) - 1]
        return view, number - view.base

    def is_live(self, number: int) -> bool:
        """Whether an article is not deleted."""
        view, own = self.place(number)
        return view.is_live(own)

    def id(self, number: int) -> bytes:
        """The id of an article."""
        view, own = self.place(number)
        return view.segment.ids[own]

    def article(self, number: int) -> Article:
        """A stored article."""
        article = self._articles.get(number)
        if article is None:
            view, own = self.place(number)
            article = view.segment.article(own)
            self._articles.keep(number, article, _size_bytes(article))
        return article

    @cached_property
    def live_mask(self) -> NDArray[np.bool_] | None:
        """For each article whether it is not deleted; None where none is."""
        import numpy as np

        if self.articles == self.count:
            return None
        masks = [np.ones(view.count, bool) if view.live_mask is None else view.live_mask for view in self.views]
        return np.concatenate(masks)

    @cached_property
    def moments(self) -> NDArray[np.int64]:
        """For each article when it was published, as in its segment."""
        import numpy as np

        columns = [np.asarray(view.segment.numbers("moment", "q")) for view in self.views]
        return np.concatenate([np.empty(0, np.int64), *columns])

    def factors(self, fields: Sequence[tuple[int, float, float]], b: float) -> NDArray[np.float64]:
        """For each of some fields (number, weight, mean length), and in it for each article, what an occurrence of a word
        counts there (`ranking.field_factor`)."""
        import numpy as np

        key = (b, *fields)
        factors = self._factors.get(key)
        if factors is None:
            if len(self._factors) >= _FACTORS_KEPT:
                self._factors.clear()
            factors = self._factors[key] = np.empty((len(fields), self.count))
            for place, (field, weight, mean) in enumerate(fields):
                lengths = np.concatenate([np.asarray(view.segment.lengths(WORD_FIELDS[field])) for view in self.views])
                # Articles without a word in the field have no occurrences there; 1 keeps clear of zero.
                norms = 1.0 - b + b * np.maximum(lengths, 1) / (mean or 1.0)
                factors[place] = np.rint(weight / norms * FACTOR_UNITS) / FACTOR_UNITS
        return factors

    @cached_property
    def mean_lengths(self) -> list[float]:
        """Words of each field on average, over the articles that have any there; 0 where none has."""
        means = []
        for field in WORD_FIELDS:
            totals = [view.info.totals[field] for view in self.views]
            holders = sum(total.holders for total in totals)
            means.append(sum(total.words for total in totals) / holders if holders else 0.0)
        return means

    def find(self, article_id: bytes) -> tuple[View, int] | None:
        """Where the article of an id is."""
        for view in self.views:
            for number in view.segment.find_id(article_id):
                if view.is_live(number):
                    return view, number
        return None

    def ids_starting_with(self, prefix: str, limit: int) -> list[str]:
        """Ids that begin so, ascending, at most `limit`."""
        found: list[bytes] = []
        start = prefix.encode("utf-8", "surrogatepass")
        for view in self.views:
            segment = view.segment
            order = segment.numbers("id_order", "I")
            some = 0
            for place in range(segment.id_place(start), view.count):
                id_ = segment.ids[order[place]]
                if some >= limit or not id_.startswith(start):
                    break
                if view.is_live(order[place]):
                    found.append(id_)
                    some += 1
        return [id_.decode("utf-8", "surrogatepass") for id_ in sorted(found)[:limit]]

    def fingerprints(self, file: str) -> dict[str, str]:
        """Of each article of a file its id and sha256."""
        found = {}
        for view in self.views:
            segment = view.segment
            try:
                wanted = segment.table("file").index(file)
            except ValueError:
                continue
            for number, of_file in enumerate(segment.numbers("file", "I")):
                if of_file == wanted and view.is_live(number):
                    found[segment.ids.text(number)] = segment.sha256.text(number)
        return found

    def by_id(self) -> Iterator[tuple[View, int]]:
        """All articles that are not deleted, by id ascending."""

        def of(view: View) -> Iterator[tuple[bytes, View, int]]:
            ids = view.segment.ids
            for number in view.segment.numbers("id_order", "I"):
                if view.is_live(number):
                    yield ids[number], view, number

        for _, view, number in merge(*map(of, self.views), key=itemgetter(0)):
            yield view, number


Row = tuple[Any, bytes, int, float]
"""A match on its way to its place: sort key, id, article, score; rows ascend in the order asked for."""


@total_ordering
class Descending(Value):
    """A key that sorts the other way round."""

    value: bytes

    def __lt__(self, other: Descending) -> bool:
        return self.value > other.value
