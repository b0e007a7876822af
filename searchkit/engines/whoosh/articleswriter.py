"""Writing the articles of a segment: stored records, columns; see FORMAT in `segment.py`."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from searchkit.article import Article
from searchkit.engines.whoosh.columns import StringColumn, TableColumn
from searchkit.engines.whoosh.container import Container, ContainerWriter, FileSum, as_named
from searchkit.engines.whoosh.deflate import compress, decompress
from searchkit.engines.whoosh.segment import STORED_BLOCK_BYTES
from searchkit.engines.whoosh.snapshot import FieldTotals, SegmentInfo, View
from searchkit.fieldtext import WORD_FIELDS


class StoreWriter:
    """Stored articles, compressed in blocks of some articles each."""

    def __init__(self, folder: Path, name: str) -> None:
        self._writer = ContainerWriter(folder / f"{name}.stored")
        self._writer.begin("data")
        self._block: list[bytes] = []
        self._block_size = 0
        self._lengths = array("I")
        self._first_articles = array("I")
        self._offsets = array("Q", [0])

    def add(self, record: bytes) -> None:
        """The next article, as its stored record."""
        self._block.append(record)
        self._block_size += len(record)
        self._lengths.append(len(record))
        if self._block_size >= STORED_BLOCK_BYTES:
            self._flush()

    def add_block(self, data: memoryview, lengths: Sequence[int]) -> None:
        """The next articles, as a block that is compressed already."""
        self._flush()
        self._first_articles.append(len(self._lengths))
        self._lengths.extend(lengths)
        self._writer.append(data)
        self._offsets.append(self._offsets[-1] + len(data))

    def add_store(self, stored: Container) -> None:
        """The next articles: all of another file, its blocks as they are."""
        self._flush()
        articles, blocks = len(self._lengths), self._offsets[-1]
        self._lengths.extend(stored.numbers("lengths", "I"))
        self._first_articles.extend(articles + first for first in stored.numbers("block_articles", "I")[:-1])
        self._offsets.extend(blocks + offset for offset in stored.numbers("block_offsets", "Q")[1:])
        for piece in stored.pieces("data"):
            self._writer.append(piece)

    def finish(self) -> FileSum:
        """Write the rest and the places of the blocks."""
        self._flush()
        self._first_articles.append(len(self._lengths))
        self._writer.add("lengths", self._lengths)
        self._writer.add("block_articles", self._first_articles)
        self._writer.add("block_offsets", self._offsets)
        return self._writer.finish()

    def _flush(self) -> None:
        if not self._block:
            return
        data = compress(b"".join(self._block))
        self._writer.append(data)
        self._first_articles.append(len(self._lengths) - len(self._block))
        self._offsets.append(self._offsets[-1] + len(data))
        self._block, self._block_size = [], 0


class ArticlesWriter:
    """Collects what a segment keeps of its articles beside their words, and writes it."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._store = StoreWriter(folder, name)
        self._lengths: list[NDArray[np.int32]] = []
        self._ids, self._sha256, self._titles = StringColumn(), StringColumn(), StringColumn()
        self._tables = {name: TableColumn() for name in ("file", "language", "publisher")}
        self._moments, self._links = array("q"), array("I")

    def add(self, article: Article, record: bytes, moment: int) -> None:
        """The next article, with its stored record and its moment as the column holds it."""
        self._store.add(record)
        self._ids.append(_encoded(article.id))
        self._sha256.append(_encoded(article.sha256))
        tables = self._tables
        tables["file"].append(article.file)
        tables["language"].append((article.language or "").lower())
        tables["publisher"].append(article.publisher or "")
        self._moments.append(moment)
        self._links.append(len(article.links))

    def add_fields(self, titles: Sequence[bytes], lengths: NDArray[np.int32]) -> None:
        """For articles that were added, in their order: titles as sorting compares them, and the words of each field
        (`WORD_FIELDS`), a row each."""
        self._titles.extend(titles)
        self._lengths.append(lengths)

    def copy(self, view: View) -> None:
        """The next articles: those of a segment that are not deleted."""
        segment = view.segment
        living = range(view.count) if view.live_mask is None else np.flatnonzero(view.live_mask).tolist()
        ids, sha256, titles = segment.ids, segment.sha256, segment.titles
        self._ids.extend(ids[n] for n in living)
        self._sha256.extend(sha256[n] for n in living)
        for name, column in self._tables.items():
            table, numbers = segment.table(name), segment.numbers(name, "I")
            for n in living:
                column.append(table[numbers[n]])
        moments, links = segment.numbers("moment", "q"), segment.numbers("links", "I")
        self._moments.extend(moments[n] for n in living)
        self._links.extend(links[n] for n in living)
        lengths = np.stack([np.asarray(segment.lengths(field)).astype(np.int32) for field in WORD_FIELDS], axis=1)
        self.add_fields([titles[n] for n in living], lengths if view.live_mask is None else lengths[view.live_mask])
        self._copy_stored(view)

    def _copy_stored(self, view: View) -> None:
        """Blocks of which no article is deleted are copied as they are, the others made anew."""
        stored = view.segment.container("stored")
        if view.live_mask is None:
            self._store.add_store(stored)
            return
        data = stored.unchecked("data")
        lengths = stored.numbers("lengths", "I")
        articles = stored.numbers("block_articles", "I")
        offsets = stored.numbers("block_offsets", "Q")
        for block in range(len(offsets) - 1):
            first, last = articles[block], articles[block + 1]
            compressed = data[offsets[block] : offsets[block + 1]]
            if all(view.is_live(n) for n in range(first, last)):
                self._store.add_block(compressed, lengths[first:last].tolist())
                continue
            whole = decompress(compressed, sum(lengths[first:last]))
            at = 0
            for n in range(first, last):
                if view.is_live(n):
                    self._store.add(whole[at : at + lengths[n]])
                at += lengths[n]

    def finish(self, words: Sequence[FileSum]) -> SegmentInfo:
        """Write the rest; what the manifest says of a segment that has these articles, and its words in other files."""
        lengths = np.concatenate(self._lengths)
        files = [*words, self._store.finish(), self._write_columns(lengths)]
        sums, holders = lengths.sum(axis=0, dtype=np.int64), (lengths > 0).sum(axis=0)
        totals = {field: FieldTotals(int(sums[n]), int(holders[n])) for n, field in enumerate(WORD_FIELDS)}
        count = len(self._ids)
        return SegmentInfo(self._name, count, count, totals, sum(self._links), as_named(files))

    def _write_columns(self, lengths: NDArray[np.int32]) -> FileSum:
        writer = ContainerWriter(self._folder / f"{self._name}.columns")
        ids = self._ids.values()
        self._ids.write(writer, "id")
        writer.add("id_order", np.array(sorted(range(len(ids)), key=ids.__getitem__), np.uint32))
        self._sha256.write(writer, "sha256")
        self._titles.write(writer, "title")
        for name, table in self._tables.items():
            table.write(writer, name)
        writer.add("moment", self._moments)
        writer.add("links", self._links)
        for number, field in enumerate(WORD_FIELDS):
            of_field = lengths[:, number]
            narrow = np.uint16 if not len(of_field) or of_field.max() < 1 << 16 else np.uint32
            writer.add(f"length_{field}", np.ascontiguousarray(of_field.astype(narrow)))
        return writer.finish()


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
