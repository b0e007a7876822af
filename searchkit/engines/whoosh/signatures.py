"""Which words of a dictionary may be a few edits away from another, told without comparing them letter by letter."""

from __future__ import annotations

from bisect import bisect_left
from itertools import pairwise

import numpy as np

# So many words at a time: what one step needs takes a few megabytes.
_STEP = 65_536
_BITS = np.uint64(1) << (np.arange(256, dtype=np.uint64) & np.uint64(63))


class Signatures:
    """The words of a dictionary, each with its length in characters and a set of 64 bits: one for each character, chosen by
    the last byte of that in UTF-8.

    An edit (a character inserted, left out, replaced, or two neighbours swapped) adds at most one bit and takes away at
    most one.
    """

    def __init__(self, words: memoryview, lengths: memoryview) -> None:
        """Of words in UTF-8, one behind another, that take so many bytes each."""
        self._words = words
        self._ends = np.cumsum(lengths, dtype=np.int64)
        self._starts = self._ends - np.asarray(lengths)
        bits, sizes = np.empty(len(lengths), np.uint64), np.empty(len(lengths), np.uint16)
        steps = [*range(0, len(lengths), _STEP), len(lengths)]
        for first, last in pairwise(steps):
            start = int(self._starts[first])
            data = np.frombuffer(words[start : int(self._ends[last - 1])], np.uint8)
            is_last = np.ones(len(data), bool)  # of its character: no continuation byte follows
            is_last[:-1] = data[1:] & 0xC0 != 0x80
            begins = self._starts[first:last] - start
            np.bitwise_or.reduceat(_BITS[data] * is_last, begins, out=bits[first:last])
            np.add.reduceat(is_last, begins, dtype=np.uint16, out=sizes[first:last])
        self._numbers = np.argsort(sizes, kind="stable")  # the words by their length, as the next two have them
        self._sizes, self._bits = sizes[self._numbers], bits[self._numbers]

    def candidates(self, word: str, edits: int) -> tuple[list[int], list[str]]:
        """The numbers of all words that may be so many edits away from a word, and these words."""
        first, last = len(word) - edits, len(word) + edits
        some = slice(bisect_left(self._sizes, first), bisect_left(self._sizes, last + 1))
        bits = np.uint64(0)
        for character in word:
            bits |= _BITS[character.encode("utf-8", "surrogatepass")[-1]]
        added, missing = self._bits[some] & ~bits, bits & ~self._bits[some]
        for _ in range(edits):  # take the lowest bit away
            added &= added - np.uint64(1)
            missing &= missing - np.uint64(1)
        found = self._numbers[some][(added | missing) == 0]
        places = zip(self._starts[found].tolist(), self._ends[found].tolist(), strict=True)
        return found.tolist(), [str(self._words[start:end], "utf-8") for start, end in places]
