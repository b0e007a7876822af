"""Writing a segment: postings and dictionary, stored articles, columns; see FORMAT in `segment.py`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from searchkit.engines.whoosh import varints
from searchkit.engines.whoosh.container import ContainerWriter
from searchkit.engines.whoosh.deflate import compress
from searchkit.engines.whoosh.ordered import Ints, is_new
from searchkit.engines.whoosh.runs import Merge, Postings
from searchkit.engines.whoosh.segment import (
    BLOCK_WORDS,
    STORED_BLOCK_BYTES,
)
from searchkit.value import Value

STREAMS = ("docs", "freqs", "positions")


class FileSum(Value):
    """A finished file: its size and CRC-32."""

    name: str
    size: int
    crc32: int


def write_postings(folder: Path, name: str, merge: Merge) -> tuple[list[bytes], list[FileSum]]:
    """Write the postings of a merge and the dictionary of the words that have any; these words."""
    temporary = [ContainerWriter(folder / f"{name}.{stream}") for stream in STREAMS]
    for writer in temporary:
        writer.begin("data")
    sizes: list[list[Ints]] = [[] for _ in STREAMS]
    df: list[Ints] = [_EMPTY]
    for part in merge.slices():
        df.append(part.df)
        for number, (data, sizes_of_entries) in enumerate(_encoded(part)):
            temporary[number].append(data)
            sizes[number].append(sizes_of_entries)
    sums = []
    for stream, writer in zip(STREAMS, temporary, strict=True):
        sums.append(FileSum(f"{name}.{stream}", *writer.finish()))
    lengths = [np.concatenate(part or [_EMPTY]) for part in sizes]
    words, dictionary = _write_dictionary(folder, name, merge, np.concatenate(df), lengths)
    return words, [*sums, dictionary]


_EMPTY = np.empty(0, np.int64)


def _encoded(postings: Postings) -> Iterable[tuple[NDArray[np.uint8], Ints]]:
    """The three streams of a slice: bytes, and of each entry how many of them are its own."""
    df = postings.df
    posting_ends = np.cumsum(df)
    gaps = np.diff(postings.articles, prepend=0)
    firsts = (posting_ends - df)[df > 0]
    gaps[firsts] = postings.articles[firsts]
    codes = gaps << 2 | np.minimum(postings.frequencies - 1, 3)
    code_sizes = varints.lengths(codes)
    yield varints.encode(codes, code_sizes), _grouped(code_sizes, posting_ends)

    many = np.flatnonzero(postings.frequencies > 3)
    extra = postings.frequencies[many] - 4
    extra_sizes = varints.lengths(extra)
    yield varints.encode(extra, extra_sizes), _grouped(extra_sizes, np.searchsorted(many, posting_ends))

    yield _positions(postings)


def _positions(postings: Postings) -> tuple[NDArray[np.uint8], Ints]:
    """Two bytes for each position, four in entries where any needs them."""
    positions, counts = postings.positions, postings.counts
    if not len(positions) or positions.max() < 1 << 16:
        return positions.astype("<u2").view(np.uint8), counts * 2
    alive = np.flatnonzero(counts)
    units = np.ones(len(counts), np.int64)
    units[alive] += np.maximum.reduceat(positions, (np.cumsum(counts) - counts)[alive]) >= 1 << 16
    own = np.repeat(units, counts)
    ends = np.cumsum(own)
    data = np.empty(ends[-1], "<u2")
    data[ends - own] = positions & 0xFFFF
    wide = own == 2
    data[ends[wide] - 1] = positions[wide] >> 16
    return data.view(np.uint8), counts * units * 2


def _grouped(sizes: Ints, ends: Ints) -> Ints:
    """The sums of consecutive groups that end where `ends` says."""
    reached = np.concatenate(([0], np.cumsum(sizes)))
    return np.diff(reached[ends], prepend=0)


def _write_dictionary(
    folder: Path, name: str, merge: Merge, df: Ints, sizes: Sequence[Ints]
) -> tuple[list[bytes], FileSum]:
    """The words, and for each of them its entries, those without postings left out."""
    alive = df > 0
    entry_words, fields, df = merge.entry_words[alive], merge.entry_fields[alive], df[alive]
    lengths = [stream[alive] for stream in sizes]
    is_first = is_new(entry_words)  # of its word: entries are sorted
    word_of_entry = np.cumsum(is_first) - 1
    entries_per_word = np.bincount(word_of_entry)
    words = [merge.words[number] for number in entry_words[is_first].tolist()]
    word_lengths = np.fromiter(map(len, words), np.uint16, len(words))
    numbers = _interleaved(entries_per_word, word_of_entry, [fields, df, *lengths])
    number_sizes = varints.lengths(numbers)
    per_word = entries_per_word * (2 + len(STREAMS)) + 1
    entry_bytes = _grouped(number_sizes, np.cumsum(per_word))
    starts = slice(None, None, BLOCK_WORDS)
    first_entries = (np.cumsum(entries_per_word) - entries_per_word)[starts]
    before = [np.concatenate(([0], np.cumsum(stream)))[first_entries] for stream in lengths]
    blocks = np.stack(
        [
            (np.cumsum(word_lengths, dtype=np.int64) - word_lengths)[starts],
            (np.cumsum(entry_bytes) - entry_bytes)[starts],
            *before,
        ],
        axis=1,
    )
    writer = ContainerWriter(folder / f"{name}.terms")
    writer.add("words", b"".join(words))
    writer.add("word_lengths", word_lengths)
    writer.add("blocks", np.ascontiguousarray(blocks.astype(np.uint64)))
    writer.add("entries", varints.encode(numbers, number_sizes))
    return words, FileSum(writer.path.name, *writer.finish())


def _interleaved(entries_per_word: Ints, word_of_entry: Ints, columns: Sequence[Ints]) -> Ints:
    """For each word the number of its entries, then each entry's columns."""
    width = len(columns)
    numbers = np.empty(len(entries_per_word) + len(word_of_entry) * width, np.int64)
    before = np.cumsum(entries_per_word) - entries_per_word
    heads = np.arange(len(entries_per_word)) + before * width
    numbers[heads] = entries_per_word
    within = np.arange(len(word_of_entry)) - before[word_of_entry]
    at = heads[word_of_entry] + 1 + within * width
    for place, column in enumerate(columns):
        numbers[at + place] = column
    return numbers


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

    def finish(self) -> FileSum:
        """Write the rest and the places of the blocks."""
        self._flush()
        self._writer.add("lengths", np.array(self._lengths, np.uint32))
        self._writer.add("block_articles", np.array([*self._first_articles, len(self._lengths)], np.uint32))
        self._writer.add("block_offsets", np.array(self._offsets, np.uint64))
        return FileSum(self._writer.path.name, *self._writer.finish())

    def _flush(self) -> None:
        if not self._block:
            return
        data = compress(b"".join(self._block))
        self._writer.append(data)
        self._first_articles.append(len(self._lengths) - len(self._block))
        self._offsets.append(self._offsets[-1] + len(data))
        self._block, self._block_size = [], 0


@dataclass(slots=True)
class Columns:
    """What is kept of each article beside its words and its stored record, in lists that run in step."""

    ids: list[str]
    sha256: list[str]
    files: list[str]
    languages: list[str]
    publishers: list[str]
    titles: list[bytes]
    moments: list[int]
    links: list[int]

    @classmethod
    def empty(cls) -> Columns:
        return cls([], [], [], [], [], [], [], [])


def write_columns(
    folder: Path, name: str, columns: Columns, lengths: NDArray[Any], field_names: Sequence[str]
) -> FileSum:
    """Write the columns; `lengths` has a row for each article and a column for each of `field_names`."""
    writer = ContainerWriter(folder / f"{name}.columns")
    ids = [id_.encode("utf-8", "surrogatepass") for id_ in columns.ids]
    _add_strings(writer, "id", ids)
    order = sorted(range(len(ids)), key=ids.__getitem__)
    writer.add("id_order", np.array(order, np.uint32))
    _add_strings(writer, "sha256", [value.encode("utf-8", "surrogatepass") for value in columns.sha256])
    _add_strings(writer, "title", columns.titles)
    for label, values in (("file", columns.files), ("language", columns.languages), ("publisher", columns.publishers)):
        _add_table(writer, label, values)
    writer.add("moment", np.array(columns.moments, np.int64))
    writer.add("links", np.array(columns.links, np.uint32))
    for number, field in enumerate(field_names):
        column = lengths[:, number]
        narrow = np.uint16 if not len(column) or column.max() < 1 << 16 else np.uint32
        writer.add(f"length_{field}", np.ascontiguousarray(column.astype(narrow)))
    return FileSum(writer.path.name, *writer.finish())


def _add_table(writer: ContainerWriter, name: str, values: Sequence[str]) -> None:
    """Values as numbers in a table of the distinct ones."""
    numbers: dict[str, int] = {}
    column = [numbers.setdefault(value, len(numbers)) for value in values]
    writer.add(name, np.array(column, np.uint32))
    _add_plain_strings(writer, f"{name}_table", [value.encode("utf-8", "surrogatepass") for value in numbers])


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
