"""Words of articles -> their postings by word: the run of a batch."""

from __future__ import annotations

import numpy as np

from searchkit.engines.whoosh.chunks import Tokens
from searchkit.engines.whoosh.ordered import Ints, Order, is_new
from searchkit.engines.whoosh.runs import FIELD_BITS, Run

_KEY_BITS = 63


def invert(tokens: Tokens, words: Order, first_article: int) -> Run:
    """The run of a batch; `words` has the words that the numbers in `tokens` stand for, `first_article` is the number of
    the batch's first article in the segment."""
    order = words.sorted(np.flatnonzero(np.bincount(tokens.numbers, minlength=1)))
    rank = np.zeros(len(words.texts), np.int64)
    rank[order] = np.arange(len(order))
    keys, articles, positions, starts = _sorted(tokens, rank, len(order))
    new_entry = is_new(keys)
    entries = np.flatnonzero(new_entry)
    frequencies = np.diff(starts, append=len(positions))
    df = np.diff(entries, append=len(starts))
    counts = np.diff(starts[entries], append=len(positions))
    entry_keys = keys[entries]
    streams = (articles + first_article, frequencies, positions)
    return Run(
        words.texts,
        order[entry_keys >> FIELD_BITS],
        entry_keys & (1 << FIELD_BITS) - 1,
        df,
        counts,
        [stream.astype(np.uint16 if stream.max(initial=0) < 1 << 16 else np.uint32) for stream in streams],
    )


def _sorted(tokens: Tokens, rank: Ints, words: int) -> tuple[Ints, Ints, Ints, Ints]:
    """The postings of a batch by word, field and article: of each the key of its entry and its article; of all of them the
    positions; of each posting where its first position is. `rank` gives each of the `words` its place in order."""
    rows, fields = tokens.lengths.shape
    article_bits = rows.bit_length()
    position_bits = int(tokens.positions.max(initial=0)).bit_length()
    shift = FIELD_BITS + article_bits
    row_keys = (np.arange(rows)[:, np.newaxis] | np.arange(fields) << article_bits).ravel()
    keys = (rank << shift)[tokens.numbers]
    keys += np.repeat(row_keys, tokens.lengths.ravel())
    if words.bit_length() + shift + position_bits <= _KEY_BITS:
        # Word, field, article and position all in one number: to sort these takes least, and no other array need follow.
        keys <<= position_bits
        keys |= tokens.positions
        keys.sort()
        positions = keys & (1 << position_bits) - 1
        keys >>= position_bits
    else:
        order = np.lexsort((tokens.positions, keys))
        keys, positions = keys[order], tokens.positions[order].astype(np.int64)
    starts = np.flatnonzero(is_new(keys))
    keys = keys[starts]
    return keys >> article_bits, keys & (1 << article_bits) - 1, positions, starts
