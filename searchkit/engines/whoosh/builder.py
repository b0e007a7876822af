"""Articles -> one new segment: bulk analysis, inversion in bounded memory, stored records and columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from searchkit.analysis import stemmer
from searchkit.article import Article
from searchkit.engines.whoosh.chunks import Batch, Tokens, Words, join_texts
from searchkit.engines.whoosh.container import ContainerWriter
from searchkit.engines.whoosh.inversion import invert
from searchkit.engines.whoosh.ordered import Ints, Order
from searchkit.engines.whoosh.runs import Merge, Run, Source
from searchkit.engines.whoosh.segment import NO_MOMENT, encode_article
from searchkit.engines.whoosh.segmentwriter import Columns, FileSum, StoreWriter, write_columns, write_postings
from searchkit.engines.whoosh.snapshot import FieldTotals, SegmentInfo
from searchkit.fieldtext import PART_GAP, WORD_FIELDS, field_parts, moment_us

# What one word of a batch takes at the height of its inversion, in bytes.
_BYTES_PER_TOKEN = 48
TITLE = WORD_FIELDS.index("title")
assert TITLE == 0  # `_titles` counts on it

_MOST_RUNS = 16
_MOST_CHUNKS = 1_000_000
_MOST_WORDS = 1_000_000


class SegmentBuilder:
    """Collects articles; `finish` writes the segment. Uses about `memory_mb` at most, and files beside the segment."""

    def __init__(self, folder: Path, name: str, languages: Sequence[str], memory_mb: int) -> None:
        self.name = name
        self._folder = folder
        self._languages = languages
        self._batch_tokens = max(memory_mb * 1_000_000 // 2 // _BYTES_PER_TOKEN, 100_000)
        self._words = Words()
        self._order = Order(self._words.texts)
        self._batch = Batch(self._words, len(WORD_FIELDS), PART_GAP)
        # The first `_merged` runs are merged ones.
        self._runs: list[Run] = []
        self._merged = 0
        self._spilled = 0
        self._lengths: list[NDArray[np.int32]] = []
        self._store = StoreWriter(folder, name)
        self._columns = Columns.empty()
        self._inverted = 0
        self.count = 0

    def add(self, article: Article) -> None:
        """The next article. Whatever an unusable one makes raise, it raises before anything of it is taken."""
        moment = moment_us(article.published)
        record = encode_article(article)
        self._batch.add(join_texts([field_parts(article, field) for field in WORD_FIELDS]))
        self._store.add(record)
        columns = self._columns
        columns.ids.append(article.id)
        columns.sha256.append(article.sha256)
        columns.files.append(article.file)
        columns.languages.append((article.language or "").lower())
        columns.publishers.append(article.publisher or "")
        columns.moments.append(NO_MOMENT if moment is None else moment)
        columns.links.append(len(article.links))
        self.count += 1
        if self._batch.size >= self._batch_tokens:
            self._invert()

    def finish(self) -> SegmentInfo:
        """Write the rest; what the manifest says of the segment."""
        self._invert(last=True)
        self._forget_words()  # the merge needs room, and they are not needed any more
        lengths = np.concatenate(self._lengths)
        sums = [*write_words(self._folder, self.name, self._runs, self._languages), self._store.finish()]
        sums.append(write_columns(self._folder, self.name, self._columns, lengths, WORD_FIELDS))
        for run in self._runs:
            run.remove()
        totals = field_totals(lengths)
        files = {file.name: (file.size, file.crc32) for file in sums}
        return SegmentInfo(self.name, self.count, self.count, totals, sum(self._columns.links), files)

    def _invert(self, last: bool = False) -> None:
        articles = self._batch.articles
        tokens = self._batch.tokens()
        if articles == 0:
            return
        self._lengths.append(tokens.lengths)
        self._columns.titles += _titles(tokens, self._words.texts)
        run = invert(tokens, self._order, self._inverted)
        del tokens
        self._inverted += articles
        if not (last and not self._runs):
            run.spill(self._next_path())
        self._runs.append(run)
        if len(self._runs) - self._merged >= _MOST_RUNS:
            self._merge_runs()
        if len(self._words.texts) > _MOST_WORDS:
            self._forget_words()
        elif self._words.chunks > _MOST_CHUNKS:
            self._words.forget_chunks()

    def _forget_words(self) -> None:
        self._words = Words()
        self._order = Order(self._words.texts)
        self._batch = Batch(self._words, len(WORD_FIELDS), PART_GAP)

    def _merge_runs(self) -> None:
        """Make one run of those that no merge has made: the words of each take memory until the end."""
        young = self._runs[self._merged :]
        self._runs[self._merged :] = [Run.merged(young, self._next_path())]
        self._merged += 1
        for run in young:
            run.remove()

    def _next_path(self) -> Path:
        self._spilled += 1
        return self._folder / f"{self.name}.run{self._spilled}-"


def _titles(tokens: Tokens, texts: Sequence[bytes]) -> list[bytes]:
    """What sorting by title compares (`fieldtext.title_key`), from the words of the titles, the first field of each."""
    lengths = tokens.lengths.sum(axis=1, dtype=np.int64)
    starts = (np.cumsum(lengths) - lengths).tolist()
    words = zip(starts, tokens.lengths[:, TITLE].tolist(), strict=True)
    return [b" ".join([texts[n] for n in tokens.numbers[start : start + length].tolist()]) for start, length in words]


def field_totals(lengths: NDArray[Any]) -> dict[str, FieldTotals]:
    """The totals of articles by the lengths of their fields, an article a row."""
    words, holders = lengths.sum(axis=0, dtype=np.int64), (lengths > 0).sum(axis=0)
    return {field: FieldTotals(int(words[number]), int(holders[number])) for number, field in enumerate(WORD_FIELDS)}


def write_words(folder: Path, name: str, sources: Sequence[Source], languages: Sequence[str]) -> list[FileSum]:
    """Write the merged postings of some sources, the dictionary, and its order by the stems of each language."""
    words, sums = write_postings(folder, name, Merge(sources))
    return sums + [_write_stem_order(folder, name, words, language) for language in languages]


def _write_stem_order(folder: Path, name: str, words: Sequence[bytes], language: str) -> FileSum:
    stem = stemmer(language)
    stems = [stem(word.decode()) for word in words]
    order = sorted(range(len(words)), key=stems.__getitem__)
    writer = ContainerWriter(folder / f"{name}.stems-{language}")
    writer.add("order", np.array(order, np.uint32))
    writer.add("next", _rings(np.array(order, np.int64), [stems[number] for number in order]))
    return FileSum(writer.path.name, *writer.finish())


def _rings(order: Ints, stems: Sequence[str]) -> NDArray[np.uint32]:
    """For each word the next of its stem, for the last one the first; `order` are the words sorted by their `stems`."""
    if not len(order):
        return np.empty(0, np.uint32)
    starts = np.array([True, *(one != other for one, other in pairwise(stems))])
    firsts = order[np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))]
    following = np.where(np.append(starts[1:], True), firsts, np.append(order[1:], 0))
    rings = np.empty(len(order), np.uint32)
    rings[order] = following
    return rings
