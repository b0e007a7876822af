"""Reading a segment: some articles and everything found out about them, in files that never change.

FORMAT (version 2; the frame of each file is `container.py`'s). A segment NAME consists of:

NAME.terms      words           all distinct words as UTF-8, sorted bytewise, without separators
                word_lengths    u16 for each word: its bytes
                blocks          for every 16th word 5 u64: where in `words` it begins, in `entries`, and in the data
                                of docs, freqs and positions
                entries         varints: for each word how many fields have it, then for each of them ascending: field
                                number (`WORD_FIELDS`), df, and the bytes it takes in docs, freqs, positions
NAME.docs       data            for each entry its postings as varints: gap * 4 + min(frequency - 1, 3); the gap is the
                                article's number less that of the posting before (the first: less 0)
NAME.freqs      data            for each posting whose frequency is 4 or more: frequency - 4, as varint
NAME.positions  data            for each posting its positions, ascending: u16, or u32 in all of an entry that has any
                                beyond 65,535; which of them, the bytes of the entry and its frequencies tell
NAME.stored     data            records of some articles each, compressed (raw deflate); a record is JSON, a line feed,
                                and the body
                lengths         u32 for each article: bytes of its record, uncompressed
                block_articles  u32 for each block its first article, and the number of all articles
                block_offsets   u64 for each block where it begins in data, and the end of data
NAME.columns    see `Columns` below; strings are a section of bytes and NAME_ends (u64 for each), or NAME_hex
                (all of one length, two hexadecimal digits a byte); tables are u32 numbers and NAME_table strings
                id, sha256, title (folded, as sorting compares), file, language, publisher (tables),
                id_order        u32: articles by id ascending
                moment          i64: when published, microseconds UTC since day 0 of the calendar; least value: undated
                links           u32: how many related links
                length_FIELD    u16 (u32 where one is longer) for each of `WORD_FIELDS`: its words
NAME.stems-LL   order           u32: word numbers, ascending by their stems in language LL, then by number
                next            u32: for each word the next of its stem, for the last of them the first

Varints are `varints.py`'s. Articles are numbered from 0. Which of them are deleted stands with the generation.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import cached_property
from itertools import accumulate, chain, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from searchkit.article import Article, Link
from searchkit.engines.whoosh.container import Container, Damaged
from searchkit.engines.whoosh.deflate import BadDeflateError, decompress
from searchkit.engines.whoosh.varints import decode_plain

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from searchkit.engines.whoosh.signatures import Signatures

BLOCK_WORDS = 16
STORED_BLOCK_BYTES = 2_048
NO_MOMENT = -(1 << 63)
_BLOCK_NUMBERS = 5
_ENTRY_NUMBERS = 5
_NUMBERS_KEPT = 8_192
_BLOCKS_KEPT = 8_192
_ENTRIES_KEPT = 8_192
_FIRST_WORDS_KEPT = 65_536
_STEMS_KEPT = 65_536


class Entry(NamedTuple):
    """A word in a field: `df` articles hold it; where its bytes lie in the three streams (offset, length)."""

    field: int
    df: int
    docs: tuple[int, int]
    freqs: tuple[int, int]
    positions: tuple[int, int]


class Terms:
    """The dictionary of a segment."""

    def __init__(self, container: Container) -> None:
        self._words = container.section("words")
        self._lengths = container.numbers("word_lengths", "H")
        self._blocks = container.numbers("blocks", "Q")
        self._entries = container.section("entries")
        self.count = len(self._lengths)
        self._block_count = len(self._blocks) // _BLOCK_NUMBERS
        if self._block_count != -(-self.count // BLOCK_WORDS):
            raise Damaged("its blocks and words do not agree")
        self._first_words = _FirstWords(self._words, self._lengths, self._blocks)
        self._known_numbers: dict[bytes, int | None] = {}
        self._known_blocks: dict[int, tuple[bytes, ...]] = {}
        self._known_rows: dict[int, tuple[int, ...]] = {}

    @cached_property
    def signatures(self) -> Signatures:
        """What tells which words may be near another."""
        from searchkit.engines.whoosh.signatures import Signatures

        return Signatures(self._words, self._lengths)

    def find(self, word: bytes) -> int:
        """The number of a word, or where it would stand."""
        if not self.count:
            return 0
        block = max(bisect_right(range(self._block_count), word, key=self._first_words.__getitem__) - 1, 0)
        return block * BLOCK_WORDS + bisect_left(self._block(block), word)

    def number(self, word: bytes) -> int | None:
        """The number of a word, None where there is no such."""
        known = self._known_numbers
        try:
            return known[word]
        except KeyError:
            found = self.find(word)
            number = found if found < self.count and self.word(found) == word else None
        if len(known) >= _NUMBERS_KEPT:
            known.clear()
        known[word] = number
        return number

    def word(self, number: int) -> bytes:
        """The word of a number."""
        block, place = divmod(number, BLOCK_WORDS)
        return self._block(block)[place]

    def _block(self, block: int) -> tuple[bytes, ...]:
        """The words of a block."""
        words = self._known_blocks.get(block)
        if words is None:
            if len(self._known_blocks) >= _BLOCKS_KEPT:
                self._known_blocks.clear()
            words = self._known_blocks[block] = self._read_block(block)
        return words

    def _read_block(self, block: int) -> tuple[bytes, ...]:
        lengths = self._lengths[block * BLOCK_WORDS : (block + 1) * BLOCK_WORDS].tolist()
        ends = list(accumulate(lengths))
        start = self._blocks[block * _BLOCK_NUMBERS]
        words = bytes(self._words[start : start + ends[-1]])
        return tuple([words[end - length : end] for length, end in zip(lengths, ends, strict=True)])

    @property
    def entry_bytes(self) -> memoryview:
        """The section `entries`."""
        return self._entries

    def words(self, first: int = 0, last: int | None = None) -> Iterator[bytes]:
        """The words from number `first` to before `last`, in order."""
        end = self.count if last is None else min(last, self.count)
        for block in range(first // BLOCK_WORDS, -(-end // BLOCK_WORDS)):
            start = block * BLOCK_WORDS
            yield from self._block(block)[max(first - start, 0) : end - start]

    def entries(self, number: int) -> list[Entry]:
        """The entries of a word, by field."""
        return self.entries_of((number,))

    def entries_of(self, numbers: Sequence[int]) -> list[Entry]:
        """The entries of some words, whose numbers ascend: of one word behind another, and in each by field."""
        known = self._known_rows
        missing = [number for number in numbers if number not in known]
        if missing:
            if len(known) + len(missing) > _ENTRIES_KEPT:
                known.clear()
                missing = [*numbers]
            for block, group in groupby(missing, lambda number: number // BLOCK_WORDS):
                self._read_rows(block, list(group))
        rows = chain.from_iterable(map(known.__getitem__, numbers))
        return [
            Entry(field, df, (docs_at, docs), (freqs_at, freqs), (positions_at, positions))
            for field, df, docs_at, docs, freqs_at, freqs, positions_at, positions in zip(*[rows] * 8, strict=True)
        ]

    def _read_rows(self, block: int, wanted: Sequence[int]) -> None:
        """Get to know the entries of some words of a block, whose numbers ascend."""
        start = block * _BLOCK_NUMBERS
        _, begin, docs_at, freqs_at, positions_at = self._blocks[start : start + _BLOCK_NUMBERS]
        following = start + _BLOCK_NUMBERS + 1
        end = self._blocks[following] if block + 1 < self._block_count else len(self._entries)
        numbers = decode_plain(bytes(self._entries[begin:end]))
        # The counts are taken out on the way, so that all that has been passed is rows of equal width; `at` is where those
        # of the word `reached` begin.
        at, reached = 0, block * BLOCK_WORDS
        for number in wanted:
            passed = at
            while reached < number:
                at += numbers.pop(at) * _ENTRY_NUMBERS
                reached += 1
            docs_at += sum(numbers[passed + 2 : at : _ENTRY_NUMBERS])
            freqs_at += sum(numbers[passed + 3 : at : _ENTRY_NUMBERS])
            positions_at += sum(numbers[passed + 4 : at : _ENTRY_NUMBERS])
            passed, at, reached = at, at + numbers.pop(at) * _ENTRY_NUMBERS, reached + 1
            rows: list[int] = []
            for row in range(passed, at, _ENTRY_NUMBERS):
                field, df, docs, freqs, positions = numbers[row : row + _ENTRY_NUMBERS]
                rows += (field, df, docs_at, docs, freqs_at, freqs, positions_at, positions)
                docs_at += docs
                freqs_at += freqs
                positions_at += positions
            # One tuple of numbers for each word: garbage is looked for in all that is kept as objects.
            self._known_rows[number] = tuple(rows)


class _FirstWords(dict[int, bytes]):
    """The first word of each block, read when first asked for: all searches begin with the same few."""

    def __init__(self, words: memoryview, lengths: memoryview, blocks: memoryview) -> None:
        self._words, self._lengths, self._blocks = words, lengths, blocks

    def __missing__(self, block: int) -> bytes:
        if len(self) >= _FIRST_WORDS_KEPT:
            self.clear()
        at = self._blocks[block * _BLOCK_NUMBERS]
        word = self[block] = bytes(self._words[at : at + self._lengths[block * BLOCK_WORDS]])
        return word


class Strings:
    """A column of strings."""

    def __init__(self, container: Container, name: str, count: int | None = None) -> None:
        self.is_hex = container.has(f"{name}_hex")
        if self.is_hex:
            assert count
            self._data = container.section(f"{name}_hex")
            self._width = len(self._data) // count
            self.count = count
        else:
            self._data = container.section(name)
            self._ends = container.numbers(f"{name}_ends", "Q")
            self.count = len(self._ends)

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, number: int) -> bytes:
        if self.is_hex:
            return self._data[number * self._width : (number + 1) * self._width].hex().encode()
        start = self._ends[number - 1] if number else 0
        return bytes(self._data[start : self._ends[number]])

    def text(self, number: int) -> str:
        """A string, decoded."""
        if self.is_hex:
            return self._data[number * self._width : (number + 1) * self._width].hex()
        return self[number].decode("utf-8", "surrogatepass")


# Made once: json.dumps and json.loads do more for each article.
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
_decode = json.JSONDecoder().raw_decode


def encode_article(article: Article) -> bytes:
    """An article as its stored record, in UTF-8 that lets lone surrogates pass: one line of JSON with all that is neither a
    column nor the body, and behind it the body as it is (escaping it would take longer than everything else here)."""
    record: dict[str, Any] = {"source": article.source, "title": article.title}
    optional = ("record", "dek", "publisher", "date_source", "language", "url", "note")
    record |= {name: value for name in optional if (value := getattr(article, name)) is not None}
    if article.authors:
        record["authors"] = article.authors
    if article.published is not None:
        record["published"] = article.published.isoformat()
    if article.links:
        record["links"] = [_link_record(link) for link in article.links]
    return f"{_encode(record)}\n{article.body}".encode("utf-8", "surrogatepass")


def decode_article(data: bytes, article_id: str, sha256: str) -> Article:
    """The article of a stored record."""
    text = data.decode("utf-8", "surrogatepass")
    record, end = _decode(text)
    if text[end : end + 1] != "\n":
        raise Damaged("a stored article has no body")
    stated = record.get
    published = stated("published")
    # In the order of the fields: naming them would take as long as all the rest here.
    return Article(
        article_id,
        record["source"],
        record["title"],
        text[end + 1 :],
        sha256,
        stated("record"),
        stated("dek"),
        tuple(stated("authors", ())),
        stated("publisher"),
        parsed_date(published) if published else None,
        stated("date_source"),
        stated("language"),
        stated("url"),
        tuple([_decoded_link(link) for link in stated("links", ())]),
        stated("note"),
    )


def _link_record(link: Link) -> list[str | None]:
    values = [link.headline, link.publisher, link.published.isoformat() if link.published else None, link.url]
    while values[-1] is None:
        values.pop()
    return values


def _decoded_link(values: Sequence[str | None]) -> Link:
    headline, publisher, published, url = (*values, None, None, None)[:4]
    return Link(headline or "", publisher, parsed_date(published) if published else None, url)


def parsed_date(text: str) -> date | datetime:
    """The day or moment that `isoformat` wrote."""
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


class Segment:
    """The files of a segment, opened when first needed. Raises `Damaged` for what cannot be right."""

    def __init__(self, folder: Path, name: str, count: int) -> None:
        self.name = name
        self.count = count
        self._folder = folder
        self._containers: dict[str, Container] = {}
        self._streams: dict[str, memoryview] = {}
        self._tables: dict[str, list[str]] = {}
        self._stems: dict[str, dict[int, str]] = {}
        self._has_stems: dict[str, bool] = {}
        self._next_of_stem: dict[str, memoryview] = {}
        self.stem_groups: dict[str, dict[str, list[int]]] = {}
        """Words by stem, for languages in which the segment does not keep them sorted; filled by `expansion`."""

    def container(self, kind: str) -> Container:
        """One of its files, by ending."""
        container = self._containers.get(kind)
        if container is None:
            container = self._containers[kind] = Container(self._folder / f"{self.name}.{kind}")
        return container

    def close(self) -> None:
        """Let go of all files."""
        for container in self._containers.values():
            container.close()
        self._containers.clear()
        self._streams.clear()
        self._next_of_stem.clear()

    @cached_property
    def terms(self) -> Terms:
        return Terms(self.container("terms"))

    @cached_property
    def vocabulary(self) -> list[str]:
        """All words, by number."""
        return [word.decode() for word in self.terms.words()]

    @cached_property
    def numbers_by_length(self) -> dict[int, list[int]]:
        """The numbers of the words of each length in characters."""
        numbers: dict[int, list[int]] = {}
        for number, word in enumerate(self.vocabulary):
            numbers.setdefault(len(word), []).append(number)
        return numbers

    def stream(self, kind: str) -> memoryview:
        """The data of docs, freqs, positions or stored."""
        data = self._streams.get(kind)
        if data is None:
            data = self._streams[kind] = self.container(kind).unchecked("data")
        return data

    @cached_property
    def positions(self) -> NDArray[np.uint16]:
        """The data of positions, in units of two bytes."""
        import numpy as np

        return np.frombuffer(self.stream("positions"), "<u2")

    def has_stems(self, language: str) -> bool:
        """Whether the words are sorted by their stems in a language."""
        known = self._has_stems.get(language)
        if known is None:
            path = self._folder / f"{self.name}.stems-{language}"
            known = self._has_stems[language] = path.exists()
        return known

    def stem_order(self, language: str) -> memoryview:
        """Word numbers, ascending by stem."""
        return self.container(f"stems-{language}").numbers("order", "I")

    def same_stem(self, number: int, language: str) -> list[int]:
        """The numbers of the words of the same stem as a word, itself among them, ascending."""
        following = self._next_of_stem.get(language)
        if following is None:
            following = self.container(f"stems-{language}").numbers("next", "I")
            self._next_of_stem[language] = following
        group = [number]
        while (number := following[number]) != group[0]:
            group.append(number)
        return sorted(group)

    @cached_property
    def ids(self) -> Strings:
        return Strings(self.container("columns"), "id", self.count)

    @cached_property
    def sha256(self) -> Strings:
        return Strings(self.container("columns"), "sha256", self.count)

    @cached_property
    def titles(self) -> Strings:
        return Strings(self.container("columns"), "title", self.count)

    def numbers(self, column: str, code: Literal["I", "q"]) -> memoryview:
        """A column of numbers."""
        return self.container("columns").numbers(column, code)

    def table(self, column: str) -> list[str]:
        """The distinct values of a table."""
        values = self._tables.get(column)
        if values is None:
            strings = Strings(self.container("columns"), f"{column}_table", None)
            values = [strings[number].decode("utf-8", "surrogatepass") for number in range(len(strings))]
            self._tables[column] = values
        return values

    def lengths(self, field: str) -> memoryview:
        """The words each article has in a field."""
        section = self.container("columns").section(f"length_{field}")
        return section.cast("H" if len(section) == 2 * self.count else "I")

    def find_id(self, article_id: bytes) -> Iterator[int]:
        """The articles of an id: at most one that is not deleted, and earlier ones that it replaced."""
        order = self.numbers("id_order", "I")
        for place in range(self.id_place(article_id), self.count):
            if self.ids[order[place]] != article_id:
                return
            yield order[place]

    def id_place(self, article_id: bytes) -> int:
        """Where among the ids, ascending, an id stands or would stand."""
        order, ids = self.numbers("id_order", "I"), self.ids
        return bisect_left(range(self.count), article_id, key=lambda place: ids[order[place]])

    def articles_of_id_prefix(self, prefix: str) -> Iterator[int]:
        """The articles whose id, in lower case, begins so; by id ascending."""
        order, ids = self.numbers("id_order", "I"), self.ids
        first = self.id_place(prefix.encode("utf-8", "surrogatepass")) if ids.is_hex else 0
        for place in range(first, self.count):
            if ids[order[place]].decode("utf-8", "surrogatepass").lower().startswith(prefix):
                yield order[place]
            elif ids.is_hex:
                return

    @cached_property
    def _stored(self) -> tuple[memoryview, memoryview, memoryview, memoryview]:
        stored = self.container("stored")
        block_articles, lengths = stored.numbers("block_articles", "I"), stored.numbers("lengths", "I")
        return block_articles, stored.numbers("block_offsets", "Q"), lengths, stored.unchecked("data")

    def record(self, number: int) -> bytes:
        """The stored record of an article."""
        block_articles, offsets, lengths, data = self._stored
        block = bisect_right(block_articles, number) - 1
        start = sum(lengths[block_articles[block] : number])
        end = start + lengths[number]
        data = data[offsets[block] : offsets[block + 1]]
        try:
            # What stands behind the record in its block need not be decompressed.
            whole = decompress(data, end)
        except BadDeflateError as exc:
            raise Damaged(f"a block of stored articles does not decompress: {exc}") from exc
        if len(whole) < end:
            raise Damaged("a block of stored articles is shorter than it should be")
        return whole[start:end]

    def article(self, number: int) -> Article:
        """A stored article."""
        return decode_article(self.record(number), self.ids.text(number), self.sha256.text(number))

    def stem_group(self, stem: str, language: str, stemmer: Callable[[str], str]) -> list[int]:
        """The numbers of the words of a stem, ascending."""
        order = self.stem_order(language)
        # The first steps of every search ask for the same places.
        known = self._stems.setdefault(language, {})

        def stem_at(place: int) -> str:
            found = known.get(place)
            if found is None:
                if len(known) >= _STEMS_KEPT:
                    known.clear()
                found = known[place] = stemmer(self.terms.word(order[place]).decode())
            return found

        first = bisect_left(range(len(order)), stem, key=stem_at)
        group = []
        for place in range(first, len(order)):
            if stem_at(place) != stem:
                break
            group.append(order[place])
        return sorted(group)
