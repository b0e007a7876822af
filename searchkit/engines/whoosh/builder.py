"""Articles -> one new segment: bulk analysis, inversion in bounded memory, stored records and columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from searchkit.article import Article
from searchkit.engines.whoosh.articleswriter import ArticlesWriter
from searchkit.engines.whoosh.chunks import Batch, Tokens, Words, join_texts
from searchkit.engines.whoosh.inversion import invert
from searchkit.engines.whoosh.joining import write_share
from searchkit.engines.whoosh.ordered import Order
from searchkit.engines.whoosh.runs import Run
from searchkit.engines.whoosh.segment import NO_MOMENT, encode_article
from searchkit.engines.whoosh.shares import Share
from searchkit.engines.whoosh.snapshot import SegmentInfo, View
from searchkit.engines.whoosh.wordswriter import write_words
from searchkit.fieldtext import PART_GAP, WORD_FIELDS, field_parts, moment_us

# What one word of a batch takes at the height of its inversion, in bytes.
_BYTES_PER_TOKEN = 48
TITLE = WORD_FIELDS.index("title")
assert TITLE == 0  # `_titles` counts on it

_MOST_RUNS = 16
_MOST_CHUNKS = 1_000_000
_MOST_WORDS = 1_000_000


class SegmentBuilder:
    """Collects articles; `finish` writes the segment, or, where others have more of its articles, `hand_over` leaves the
    words to `joining` and `finish_articles` writes the rest. Uses about `memory_mb` at most, and files beside the segment.
    """

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
        self._articles = ArticlesWriter(folder, name)
        self._inverted = 0
        self.count = 0

    def add(self, article: Article) -> None:
        """The next article. Whatever an unusable one makes raise, it raises before anything of it is taken."""
        moment = moment_us(article.published)
        record = encode_article(article)
        self._batch.add(join_texts([field_parts(article, field) for field in WORD_FIELDS]))
        self._articles.add(article, record, NO_MOMENT if moment is None else moment)
        self.count += 1
        if self._batch.size >= self._batch_tokens:
            self._invert()

    def finish(self) -> SegmentInfo:
        """Write the rest; what the manifest says of the segment."""
        self._end_runs()
        words = write_words(self._folder, self.name, self._runs, self._languages)
        for run in self._runs:
            run.remove()
        return self._articles.finish(words)

    def hand_over(self) -> Share:
        """End the runs, and leave them to whoever joins them with those of others."""
        self._end_runs()
        for run in self._runs:
            if not run.files:
                run.spill(self._next_path())
        runs, self._runs = self._runs, []
        return write_share(self._folder, self.name, self.count, runs)

    def finish_articles(self, others: Sequence[SegmentInfo] = ()) -> SegmentInfo:
        """What is kept of the articles beside their words, and behind them those of others."""
        for other in others:
            view = View(self._folder, other)
            self._articles.copy(view)
            view.segment.close()
        return self._articles.finish(())

    def _end_runs(self) -> None:
        self._invert(last=True)
        self._forget_words()  # the merge needs room, and they are not needed any more

    def _invert(self, last: bool = False) -> None:
        articles = self._batch.articles
        tokens = self._batch.tokens()
        if articles == 0:
            return
        self._articles.add_fields(_titles(tokens, self._words.texts), tokens.lengths)
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
