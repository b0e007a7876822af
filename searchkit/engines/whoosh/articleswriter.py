"""Writing the articles of a segment: stored records, columns; see FORMAT in `segment.py`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from searchkit.article import Article
from searchkit.engines.whoosh.container import Container, ContainerWriter, FileSum
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
        self._lengths: list[int] = []
        self._first_articles: list[int] = []
        self._offsets = [0]

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
        self._writer.add("lengths", np.array(self._lengths, np.uint32))
        self._writer.add("block_articles", np.array([*self._first_articles, len(self._lengths)], np.uint32))
        self._writer.add("block_offsets", np.array(self._offsets, np.uint64))
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
        # Of each article, in lists that run in step.
        self._ids: list[bytes] = []
        self._sha256: list[bytes] = []
        self._titles: list[bytes] = []
        self._tables: dict[str, list[str]] = {"file": [], "language": [], "publisher": []}
        self._moments: list[int] = []
        self._links: list[int] = []

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
        self._titles += titles
        self._lengths.append(lengths)

    def copy(self, view: View) -> None:
        """The next articles: those of a segment that are not deleted."""
        segment = view.segment
        living = range(view.count) if view.live_mask is None else np.flatnonzero(view.live_mask).tolist()
        ids, sha256, titles = segment.ids, segment.sha256, segment.titles
        self._ids += [ids[n] for n in living]
        self._sha256 += [sha256[n] for n in living]
        for name, values in self._tables.items():
            table, numbers = segment.table(name), segment.numbers(name, "I")
            values += [table[numbers[n]] for n in living]
        moments, links = segment.numbers("moment", "q"), segment.numbers("links", "I")
        self._moments += [moments[n] for n in living]
        self._links += [links[n] for n in living]
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
        _add_strings(writer, "id", self._ids)
        order = sorted(range(len(self._ids)), key=self._ids.__getitem__)
        writer.add("id_order", np.array(order, np.uint32))
        _add_strings(writer, "sha256", self._sha256)
        _add_strings(writer, "title", self._titles)
        for name, values in self._tables.items():
            _add_table(writer, name, values)
        writer.add("moment", np.array(self._moments, np.int64))
        writer.add("links", np.array(self._links, np.uint32))
        for number, field in enumerate(WORD_FIELDS):
            column = lengths[:, number]
            narrow = np.uint16 if not len(column) or column.max() < 1 << 16 else np.uint32
            writer.add(f"length_{field}", np.ascontiguousarray(column.astype(narrow)))
        return writer.finish()


def as_named(files: Sequence[FileSum]) -> dict[str, tuple[int, int]]:
    """Files by name, as the manifest holds them: size and CRC-32."""
    return {file.name: (file.size, file.crc32) for file in files}


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _add_table(writer: ContainerWriter, name: str, values: Sequence[str]) -> None:
    """Values as numbers in a table of the distinct ones."""
    numbers: dict[str, int] = {}
    column = [numbers.setdefault(value, len(numbers)) for value in values]
    writer.add(name, np.array(column, np.uint32))
    _add_plain_strings(writer, f"{name}_table", [_encoded(value) for value in numbers])


def _add_strings(writer: ContainerWriter, name: str, values: Sequence[bytes]) -> None:
    """Strings behind one another, with where each ends; hexadecimal ones of one length as half as many bytes."""
    packed = _packed_hex(values)
    if packed is None:
        _add_plain_strings(writer, name, values)
    else:
        writer.add(f"{name}_hex", packed)


def _add_plain_strings(writer: ContainerWriter, name: str, values: Sequence[bytes]) -> None:
    writer.add(name, b"".join(values))
    writer.add(f"{name}_ends", np.fromiter(accumulate(map(len, values)), np.uint64, len(values)))


def _packed_hex(values: Sequence[bytes]) -> bytes | None:
    if not values or not values[0] or len({len(value) for value in values}) != 1:
        return None
    joined = b"".join(values)
    if joined.translate(None, b"0123456789abcdef") or len(values[0]) % 2:
        return None
    return bytes.fromhex(joined.decode())
