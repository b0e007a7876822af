"""Bulk analysis: the words of many texts at once, as arrays, exactly as `analysis.tokenize` gives them.

Texts are cut into chunks at white space and at the ASCII punctuation that parts words whatever stands around it. What
a chunk means depends on nothing outside of it, so `analysis.tokenize` is asked once for each distinct chunk, and a
dictionary answers from then on. Apostrophes and full stops stay inside chunks: what they mean depends on their
neighbours; at the end of a chunk they mean nothing.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from searchkit.analysis import MAX_WORD_LENGTH, tokenize
from searchkit.engines.whoosh.chunktable import ChunkTable
from searchkit.value import Value

# Marks between texts, as chunks of their own: bytes that UTF-8 has no use for.
FIELD_END = b"\xff"
PART_END = b"\xfe"

_KEPT = frozenset(b"'.") | frozenset(range(0x80, 0x100))
_TABLE = bytes(
    byte + 32 if 65 <= byte <= 90 else byte if (chr(byte).isalnum() and byte < 0x80) or byte in _KEPT else 32
    for byte in range(256)
)
# A byte that stands for nothing: longer characters become a space or an apostrophe and some of these.
_NOTHING = b"\xfd"
_SPACE, _APOSTROPHE = 32, 39

# Articles are turned into words in groups that are small enough to stay in the processor's cache.
_GROUP_BYTES = 300_000


class Words:
    """The words that were met, and what chunks mean: a code of 0 or more is the number of a chunk's one word, one below
    0 stands for anything else (a special).

    `texts` lists the words by their numbers, as UTF-8. Numbers are given as words are met, those of plain chunks first.
    """

    def __init__(self) -> None:
        self.texts: list[bytes] = []
        self.numbers: dict[bytes, int] = {}
        self._table = ChunkTable(self._new_codes)
        self._begin()

    def _begin(self) -> None:
        # Code -1 - s is special s: some words. How many (`counts`), and behind those of the specials before it their
        # numbers and the steps of position to each of them.
        self.counts = array("i")
        self.special_numbers = array("i")
        self.special_steps = array("i")
        self._by_words: dict[tuple[tuple[int, ...], tuple[int, ...]], int] = {}
        self.field_end = self._new_special([], [])
        self.part_end = self._new_special([], [])

    @property
    def chunks(self) -> int:
        """How many chunks are known, and words of specials: text without spaces is a chunk each sentence."""
        return len(self._table) + len(self.special_numbers)

    def codes(self, data: bytes) -> NDArray[np.int32]:
        """The codes of chunks that spaces part."""
        return self._table.codes(data)

    def forget_chunks(self) -> None:
        """Drop what has been learnt of chunks, to bound memory; words keep their numbers, codes are void."""
        self._table.clear()
        self._begin()

    def _new_codes(self, chunks: Sequence[bytes]) -> list[int]:
        """The codes of distinct chunks. Most of them are words as they stand, which are numbered all at once."""
        numbers = self.numbers
        words = [chunk for chunk in chunks if _is_word(chunk) and chunk not in numbers]
        numbers.update(zip(words, range(len(numbers), len(numbers) + len(words)), strict=True))
        self.texts += words
        return [numbers[chunk] if _is_word(chunk) else self._code(chunk) for chunk in chunks]

    def _code(self, chunk: bytes) -> int:
        if chunk.endswith(b"'s") and chunk[:-2].isalnum() and len(chunk) <= MAX_WORD_LENGTH and chunk.isascii():
            return self._number(chunk[:-2])  # as `tokenize` would say: possessives are most of what is left
        if chunk == FIELD_END:
            return self.field_end
        if chunk == PART_END:
            return self.part_end
        return self._plain_code(chunk) if chunk.isascii() else self._analyse(chunk)

    def _plain_code(self, chunk: bytes) -> int:
        """The code of a chunk with full stops or apostrophes in it, which rarely mean anything."""
        if b"." not in chunk:
            bare = chunk.strip(b"'")
            return self._number(bare) if _is_word(bare) else self._analyse(chunk)
        parts = [part for part in chunk.split(b".") if part]
        may_be_acronym = sum(len(part) == 1 for part in parts) > 1
        if may_be_acronym or not all(map(_is_word, parts)):
            return self._analyse(chunk)
        numbers = list(map(self._number, parts))
        return numbers[0] if len(numbers) == 1 else self._special(numbers, [1] * len(numbers))

    def _number(self, word: bytes) -> int:
        number = self.numbers.get(word)
        if number is None:
            number = self.numbers[word] = len(self.texts)
            self.texts.append(word)
        return number

    def _analyse(self, chunk: bytes) -> int:
        numbers, steps, before = [], [], -1
        for token in tokenize(chunk.decode()):
            numbers.append(self._number(token.word.encode()))
            steps.append(token.position - before)
            before = token.position
        if len(numbers) == 1:
            return numbers[0]
        return self._special(numbers, steps)

    def _special(self, numbers: list[int], steps: list[int]) -> int:
        key = (tuple(numbers), tuple(steps))
        code = self._by_words.get(key)
        if code is None:
            code = self._by_words[key] = self._new_special(numbers, steps)
        return code

    def _new_special(self, numbers: list[int], steps: list[int]) -> int:
        self.counts.append(len(numbers))
        self.special_numbers.extend(numbers)
        self.special_steps.extend(steps)
        return -len(self.counts)


def _is_word(chunk: bytes) -> bool:
    """Whether a chunk is a word as it stands: ASCII letters and digits, which are in lower case already."""
    return chunk.isalnum() and len(chunk) <= MAX_WORD_LENGTH


class Tokens(Value):
    """Words of a batch of articles, by article, field and position: their `numbers` in `Words`, their `positions`, and
    for each article (row) and field (column) in `lengths` how many of them it has."""

    numbers: NDArray[np.int32]
    positions: NDArray[np.int32]
    lengths: NDArray[np.int32]


class Batch:
    """Articles on their way to `Tokens`. `part_gap` positions are left free between the parts of a field."""

    def __init__(self, words: Words, fields: int, part_gap: int) -> None:
        self._words = words
        self._fields = fields
        self._part_gap = part_gap
        self._data: list[bytes] = []
        self._pending_bytes = 0
        self._groups: list[Tokens] = []
        self.articles = 0
        self.size = 0

    def add(self, text: bytes) -> None:
        """One article, as `join_texts` gives it."""
        self._data.append(text)
        self._pending_bytes += len(text)
        self.articles += 1
        if self._pending_bytes >= _GROUP_BYTES:
            self._settle()

    def tokens(self) -> Tokens:
        """All words of the batch, which is empty afterwards."""
        self._settle()
        groups, self._groups = self._groups, []
        self.articles = self.size = 0
        if not groups:
            return Tokens(np.empty(0, np.int32), np.empty(0, np.int32), np.empty((0, self._fields), np.int32))
        return Tokens(
            np.concatenate([group.numbers for group in groups]),
            np.concatenate([group.positions for group in groups]),
            np.concatenate([group.lengths for group in groups]),
        )

    def _settle(self) -> None:
        """Turn the texts that have come together into words."""
        if self._data:
            codes = self._words.codes(_chunked(b"".join(self._data)))
            group = _words_of(codes, self._words, self._fields, self._part_gap)
            self._groups.append(group)
            self.size += len(group.numbers)
            self._data, self._pending_bytes = [], 0


def _words_of(codes: NDArray[np.int32], words: Words, fields: int, part_gap: int) -> Tokens:
    """The words that codes stand for. Nearly all codes stand for one word, at the next position; the rest is mended."""
    odd = np.flatnonzero(codes < 0)
    which = -1 - codes[odd]
    counts = np.array(words.counts, np.int32)
    repeats = np.ones(len(codes), np.int32)
    repeats[odd] = counts[which]
    origin = np.repeat(np.arange(len(codes), dtype=np.int32), repeats)
    numbers = codes[origin]
    ends = np.cumsum(repeats, dtype=np.int32)
    slot_ends = ends[odd[codes[odd] == words.field_end]]
    lengths = np.diff(slot_ends, prepend=np.int32(0))
    starts = slot_ends - lengths
    positions = np.arange(len(numbers), dtype=np.int32) - np.repeat(starts, lengths)
    shifts = np.zeros(len(numbers), np.int32)
    odd_words = np.flatnonzero(numbers < 0)
    if len(odd_words):
        special = -1 - numbers[odd_words]
        firsts = np.cumsum(counts) - counts
        within = odd_words - (ends - repeats)[origin[odd_words]]
        at = firsts[special] + within
        numbers[odd_words] = np.array(words.special_numbers, np.int32)[at]
        shifts[odd_words] = np.array(words.special_steps, np.int32)[at] - 1
    part_ends = ends[odd[codes[odd] == words.part_end]]
    # A part that is empty moves nothing, so parts that end at the same word count once; one before the first word of
    # a field is no part to keep a distance from.
    is_inside = np.zeros(len(numbers) + 1, bool)
    is_inside[part_ends] = True
    is_inside[starts] = False
    shifts[is_inside[:-1]] += part_gap
    if shifts.any():
        moved = np.cumsum(shifts, dtype=np.int32)
        filled = lengths > 0
        before = moved[starts[filled]] - shifts[starts[filled]]
        positions += moved - np.repeat(before, lengths[filled])
    return Tokens(numbers, positions, lengths.reshape(-1, fields))


def join_texts(parts: Sequence[tuple[str, ...]]) -> bytes:
    """The texts of an article behind one another as UTF-8, marks between them: for each field its parts, which phrases do
    not cross."""
    fields = [(b" %b " % PART_END).join([part.encode("utf-8", "replace") for part in field]) for field in parts]
    return (b" %b " % FIELD_END).join([*fields, b""])


def _chunked(data: bytes) -> bytes:
    """Texts as chunks parted by white space."""
    if b"\xe2\x80" in data or b"\xc2\xa0" in data:
        data = _with_plain_punctuation(data)
    return data.translate(_TABLE, _NOTHING)


def _with_plain_punctuation(data: bytes) -> bytes:
    """Texts in which a space stands for each no-break space and for the dashes, quotation marks and the like from U+2010 to
    U+203E, which part words just as it does, and an apostrophe for the two slanted ones among them: so chunks are fewer."""
    text = np.frombuffer(bytearray(data), np.uint8)
    at = np.flatnonzero(text[:-2] == 0xE2)
    at = at[text[at + 1] == 0x80]
    last = text[at + 2]
    at, last = at[(last >= 0x90) & (last <= 0xBE)], last[(last >= 0x90) & (last <= 0xBE)]
    text[at] = np.where((last == 0x98) | (last == 0x99), _APOSTROPHE, _SPACE)
    text[at + 1] = text[at + 2] = _NOTHING[0]
    at = np.flatnonzero(text[:-1] == 0xC2)
    at = at[text[at + 1] == 0xA0]
    text[at] = _SPACE
    text[at + 1] = _NOTHING[0]
    return text.tobytes()
