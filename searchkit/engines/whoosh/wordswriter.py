"""Writing the words of a segment: postings, dictionary, order by stems; see FORMAT in `segment.py`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from searchkit.analysis import stemmer
from searchkit.engines.whoosh import varints
from searchkit.engines.whoosh.container import Container, ContainerWriter, FileSum
from searchkit.engines.whoosh.ordered import Ints, is_new
from searchkit.engines.whoosh.runs import Merge, Postings, Source
from searchkit.engines.whoosh.segment import BLOCK_WORDS
from searchkit.value import Value

STREAMS = ("docs", "freqs", "positions")


class Entries(Value):
    """The entries of some words, by word and by field: each has the index of its word in `words` (ascending), its field,
    its number of postings, and how many bytes it takes in each of the `STREAMS`."""

    words: list[bytes]
    entry_words: Ints
    fields: Ints
    df: Ints
    sizes: Sequence[Ints]


class PostingsWriter:
    """Writes the postings of a segment, or of some of its words."""

    def __init__(self, folder: Path, name: str) -> None:
        self._writers = [ContainerWriter(folder / f"{name}.{stream}") for stream in STREAMS]
        for writer in self._writers:
            writer.begin("data")

    def write(self, merge: Merge) -> Entries:
        """The postings of a merge; its entries that have any."""
        dfs: list[Ints] = [_EMPTY]
        sizes: list[list[Ints]] = [[_EMPTY] for _ in STREAMS]
        for part in merge.slices():
            dfs.append(part.df)
            for writer, of_stream, (data, sizes_of_entries) in zip(self._writers, sizes, _encoded(part), strict=True):
                writer.append(data)
                of_stream.append(sizes_of_entries)
        df = np.concatenate(dfs)
        alive = df > 0
        entry_words = merge.entry_words[alive]
        is_first = is_new(entry_words)  # of its word: entries are sorted
        words = [merge.words[number] for number in entry_words[is_first].tolist()]
        lengths = [np.concatenate(of_stream)[alive] for of_stream in sizes]
        return Entries(words, is_first.cumsum() - 1, merge.entry_fields[alive], df[alive], lengths)

    def append(self, folder: Path, name: str) -> None:
        """The postings of words behind those so far, as they were written under another name."""
        for stream, writer in zip(STREAMS, self._writers, strict=True):
            with Container(folder / f"{name}.{stream}") as container:
                for piece in container.pieces("data"):
                    writer.append(piece)

    def finish(self) -> list[FileSum]:
        """Complete the files."""
        return [writer.finish() for writer in self._writers]


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


def write_dictionary(folder: Path, name: str, entries: Entries) -> FileSum:
    """The words, and for each of them its entries."""
    words, lengths, word_of_entry = entries.words, entries.sizes, entries.entry_words
    entries_per_word = np.bincount(word_of_entry)
    numbers = _interleaved(entries_per_word, word_of_entry, [entries.fields, entries.df, *lengths])
    number_sizes = varints.lengths(numbers)
    per_word = entries_per_word * (2 + len(STREAMS)) + 1
    entry_bytes = _grouped(number_sizes, np.cumsum(per_word))
    starts = slice(None, None, BLOCK_WORDS)
    first_entries = (np.cumsum(entries_per_word) - entries_per_word)[starts]
    before = [np.concatenate(([0], np.cumsum(stream)))[first_entries] for stream in lengths]
    writer = ContainerWriter(folder / f"{name}.terms")
    word_lengths = add_words(writer, words)
    blocks = np.stack(
        [
            (np.cumsum(word_lengths, dtype=np.int64) - word_lengths)[starts],
            (np.cumsum(entry_bytes) - entry_bytes)[starts],
            *before,
        ],
        axis=1,
    )
    writer.add("blocks", np.ascontiguousarray(blocks.astype(np.uint64)))
    writer.add("entries", varints.encode(numbers, number_sizes))
    return writer.finish()


def add_words(writer: ContainerWriter, words: Sequence[bytes]) -> NDArray[np.uint16]:
    """Write words behind one another, and their lengths; these."""
    lengths = np.fromiter(map(len, words), np.uint16, len(words))
    writer.add("words", b"".join(words))
    writer.add("word_lengths", lengths)
    return lengths


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


def write_words(folder: Path, name: str, sources: Sequence[Source], languages: Sequence[str]) -> list[FileSum]:
    """Write the merged postings of some sources, the dictionary, and its order by the stems of each language."""
    writer = PostingsWriter(folder, name)
    entries = writer.write(Merge(sources))
    return [
        *writer.finish(),
        write_dictionary(folder, name, entries),
        *(write_stem_order(folder, name, language, stems_of(entries.words, language)) for language in languages),
    ]


def stems_of(words: Sequence[bytes], language: str) -> list[str]:
    """The stem of each word."""
    stem = stemmer(language)
    return [stem(word.decode()) for word in words]


def write_stem_order(folder: Path, name: str, language: str, stems: Sequence[str]) -> FileSum:
    """The order of all words by their stems."""
    order = sorted(range(len(stems)), key=stems.__getitem__)
    writer = ContainerWriter(folder / f"{name}.stems-{language}")
    writer.add("order", np.array(order, np.uint32))
    writer.add("next", _rings(np.array(order, np.int64), [stems[number] for number in order]))
    return writer.finish()


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
