"""One segment of what several builders collected, each in a process of its own.

Each hands over the sorted runs of its articles: a share (`write_share`). The words are parted into as many ranges
(`shares.ranges`), and each process merges the postings of one range from the runs of all: a part. So together they do about
the work of writing a segment each. The process of the first range then puts the other parts behind its own (`Part.join`).

A share is in files beside the segment: NAME.runs, and those that its runs were spilled to. A part is in files named like
those of a segment's postings, and NAME.entries. `feeding` removes them all in the end.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from searchkit.engines.whoosh.columns import cut
from searchkit.engines.whoosh.container import Container, ContainerWriter, FileSum
from searchkit.engines.whoosh.ordered import Ints
from searchkit.engines.whoosh.runs import FIELD_BITS, Merge, Run, Spilled, entry_keys
from searchkit.engines.whoosh.shares import Range, Share
from searchkit.engines.whoosh.wordswriter import (
    STREAMS,
    Entries,
    PostingsWriter,
    add_words,
    stems_of,
    write_dictionary,
    write_stem_order,
)

_PIECES = 64
# An entry of a run takes about as long to merge as so many positions.
_ENTRY_WORK = 16


def write_share(folder: Path, name: str, articles: int, runs: Sequence[Run]) -> Share:
    """Hand over the spilled runs of so many articles."""
    words, keys = entry_keys(runs)
    work = np.zeros(len(words), np.int64)
    writer = ContainerWriter(folder / f"{name}.runs")
    add_words(writer, words)
    for number, (run, own) in enumerate(zip(runs, keys, strict=True)):
        writer.add(f"keys-{number}", own.astype(np.uint32))
        writer.add(f"df-{number}", run.df.astype(np.uint32))
        writer.add(f"counts-{number}", run.counts.astype(np.uint32))
        work += np.bincount(own >> FIELD_BITS, run.counts + _ENTRY_WORK, len(words)).astype(np.int64)
    writer.finish()
    reached = work.cumsum()
    wanted = np.arange(1, _PIECES) * (reached[-1] / _PIECES) if words else ()
    cuts = [words[number] for number in reached.searchsorted(wanted).tolist()]
    files = [[(file.path.name, file.dtype.str) for file in run.files] for run in runs]
    return Share(name, articles, cuts, files)


def _read_share(folder: Path, share: Share, wanted: Range, first_article: int) -> list[Run]:
    """The runs of a share, of a range of words only; the share's first article has this number."""
    runs = []
    with Container(folder / f"{share.name}.runs") as container:
        words = _words(container)
        first, last = (len(words) if bound is None else bisect_left(words, bound) for bound in wanted)
        words = words[first:last]
        for number, files in enumerate(share.runs):
            keys, df, counts = (
                np.asarray(container.numbers(f"{column}-{number}", "I")) for column in ("keys", "df", "counts")
            )
            begin, end = keys.searchsorted((first << FIELD_BITS, last << FIELD_BITS)).tolist()
            own = keys[begin:end].astype(np.int64)
            before = int(df[:begin].sum(dtype=np.int64)), int(counts[:begin].sum(dtype=np.int64))
            runs.append(
                Run(
                    words,
                    (own >> FIELD_BITS) - first,
                    own & (1 << FIELD_BITS) - 1,
                    df[begin:end],
                    counts[begin:end],
                    [Spilled(folder / file, np.dtype(dtype)) for file, dtype in files],
                    before,
                    first_article,
                )
            )
    return runs


class Part:
    """The words of a range from all shares: their postings, written under a name."""

    def __init__(
        self, folder: Path, name: str, shares: Sequence[Share], wanted: Range, languages: Sequence[str]
    ) -> None:
        runs: list[Run] = []
        first_article = 0
        for share in shares:
            runs += _read_share(folder, share, wanted, first_article)
            first_article += share.articles
        self._folder, self._name = folder, name
        self._postings = PostingsWriter(folder, name)
        self._entries = self._postings.write(Merge(runs))
        self._stems = {language: stems_of(self._entries.words, language) for language in languages}

    def save(self) -> None:
        """Leave it to another process, which joins it."""
        self._postings.finish()
        entries = self._entries
        writer = ContainerWriter(self._folder / f"{self._name}.entries")
        add_words(writer, entries.words)
        for column, values in zip(_COLUMNS, _columns(entries), strict=True):
            writer.add(column, values)
        for language, stems in self._stems.items():
            writer.add(f"stems-{language}", "\n".join(stems).encode())
        writer.finish()

    def join(self, parts: Sequence[str]) -> list[FileSum]:
        """Write the words of a segment: this part, and behind it saved ones, in the order of their ranges."""
        words, columns = self._entries.words, [[column] for column in _columns(self._entries)]
        for part in parts:
            self._postings.append(self._folder, part)
            with Container(self._folder / f"{part}.entries") as container:
                for values, column in zip(columns, _COLUMNS, strict=True):
                    values.append(np.array(container.numbers(column, "q")))
                columns[0][-1] += len(words)
                own = _words(container)
                words += own
                for language, stems in self._stems.items():
                    text = bytes(container.section(f"stems-{language}")).decode()
                    stems += text.split("\n") if own else []
        entry_words, fields, df, *sizes = map(np.concatenate, columns)
        return [
            *self._postings.finish(),
            write_dictionary(self._folder, self._name, Entries(words, entry_words, fields, df, sizes)),
            *(write_stem_order(self._folder, self._name, *stems) for stems in self._stems.items()),
        ]


_COLUMNS = ("entry_words", "fields", "df", *STREAMS)


def _columns(entries: Entries) -> list[Ints]:
    """In the order of `_COLUMNS`."""
    return [entries.entry_words, entries.fields, entries.df, *entries.sizes]


def _words(container: Container) -> list[bytes]:
    """What `add_words` wrote."""
    return cut(bytes(container.section("words")), container.numbers("word_lengths", "H").tolist())
