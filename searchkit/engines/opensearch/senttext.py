"""The words of texts as they are sent: with spaces between them, those of one position joined.

The same stretches between spaces occur over and over, so each is analysed once and remembered; and only a stretch that
is not remembered can hold words that have not been met before.
"""

from __future__ import annotations

from itertools import groupby

from searchkit.analysis import MAX_WORD_LENGTH, tokenize
from searchkit.engines.opensearch.layout import JOINT

_REMEMBERED = 100_000
"""Stretches that are remembered at least, and at most twice as many; some 30 MB."""

_AROUND_WORDS = '.,;:!?"()'


class _Stretches(dict[str, str]):
    """Stretch of text without spaces -> its words as they are sent; those of stretches not remembered are noted as met.

    Once there are too many, those used since the time before stay.
    """

    def __init__(self) -> None:
        self.met: set[str] = set()
        self._older: dict[str, str] = {}

    def __missing__(self, stretch: str) -> str:
        if len(self) >= _REMEMBERED:
            self._older = self.copy()
            self.clear()
        sent = self._older.get(stretch)
        if sent is None:
            sent = self._analysed(stretch)
        self[stretch] = sent
        return sent

    def _analysed(self, stretch: str) -> str:
        bare = stretch.strip(_AROUND_WORDS)
        if bare.isascii() and bare.isalpha() and len(bare) <= MAX_WORD_LENGTH:
            # More than half of all; taking them apart as `tokenize` does, to the same end, takes ten times as long.
            word = bare.lower()
            self.met.add(word)
            return word
        positions = [[token.word for token in same] for _, same in groupby(tokenize(stretch), lambda t: t.position)]
        for words in positions:
            self.met.update(words)
        return " ".join(map(JOINT.join, positions))


class SentTexts:
    """Texts on their way to the cluster."""

    def __init__(self) -> None:
        self._stretches = _Stretches()

    def sent(self, text: str) -> str:
        """The words of a text, as the analyzer of the cluster takes them apart again, position for position."""
        return " ".join(filter(None, map(self._stretches.__getitem__, text.split())))

    def take_words(self) -> set[str]:
        """The words met since this was asked last, but for those that were told before and are remembered."""
        met, self._stretches.met = self._stretches.met, set()
        return met


def count_words(sent: str) -> int:
    """How many words a text holds as it is sent."""
    return sent.count(" ") + sent.count(JOINT) + 1 if sent else 0
