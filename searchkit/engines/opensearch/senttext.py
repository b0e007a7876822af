"""The words of a text as they are sent: with spaces between them, those of one position joined.

The same stretches between spaces occur over and over, so each is analysed once and remembered.
"""

from __future__ import annotations

from itertools import groupby

from searchkit.analysis import tokenize
from searchkit.engines.opensearch.layout import JOINT

_REMEMBERED = 150_000
"""Stretches that are remembered; some 20 MB."""


class _Stretches(dict[str, str]):
    """Stretch of text without spaces -> its words as they are sent."""

    def __missing__(self, stretch: str) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        tokens = groupby(tokenize(stretch), lambda token: token.position)
        sent = self[stretch] = " ".join(JOINT.join(token.word for token in same) for _, same in tokens)
        return sent


_STRETCHES = _Stretches()


def sent_text(text: str) -> str:
    """The words of a text, as the analyzer of the cluster takes them apart again, position for position."""
    return " ".join(filter(None, map(_STRETCHES.__getitem__, text.split())))


def words_in(sent: str) -> list[str]:
    """The words in a text as it is sent, as often as they occur."""
    return (sent.replace(JOINT, " ") if JOINT in sent else sent).split(" ") if sent else []
