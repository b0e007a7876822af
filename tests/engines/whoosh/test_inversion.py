"""Inversion: runs and merges hold what a dictionary would."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from searchkit.engines.whoosh import inversion
from searchkit.engines.whoosh import runs as runs_module
from searchkit.engines.whoosh.chunks import Tokens
from searchkit.engines.whoosh.inversion import invert
from searchkit.engines.whoosh.ordered import Order
from searchkit.engines.whoosh.runs import Merge, Postings, Run, Source

Article = Sequence[Sequence[tuple[int, int]]]
"""For each field its words (number of the word, position), by position."""

Plain = dict[tuple[bytes, int], list[tuple[int, list[int]]]]

FIELDS = 3
TEXTS = (b"b", b"a", b"\xc3\xa9", b"ab", b"\xf0\x9f\x98\x80", b"A", b"unused")

_field = st.lists(st.tuples(st.integers(0, len(TEXTS) - 2), st.integers(0, 3)), max_size=6)


def _placed(words: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Words with steps as words with positions; a step of 0 puts a word where the one before stands."""
    placed, position = [], 0
    for number, step in words:
        position += step
        if (number, position) in placed:
            position += 1
        placed.append((number, position))
    return placed


batches = st.lists(st.lists(st.tuples(*(_field.map(_placed) for _ in range(FIELDS))), max_size=5), max_size=4)


def tokens_of(articles: Sequence[Article]) -> Tokens:
    words = [word for article in articles for field in article for word in field]
    return Tokens(
        np.array([number for number, _ in words], np.int32),
        np.array([position for _, position in words], np.int32),
        np.array([[len(field) for field in article] for article in articles], np.int32).reshape(-1, FIELDS),
    )


def expected(articles: Sequence[Article], texts: Sequence[bytes] = TEXTS) -> Plain:
    found: Plain = {}
    for number, article in enumerate(articles):
        for field, words in enumerate(article):
            for word, position in words:
                postings = found.setdefault((texts[word], field), [])
                if not postings or postings[-1][0] != number:
                    postings.append((number, []))
                postings[-1][1].append(position)
    return {key: found[key] for key in sorted(found)}


def plain(source: Source, postings: Postings, first: int = 0) -> Plain:
    found: Plain = {}
    articles, frequencies = iter(postings.articles.tolist()), iter(postings.frequencies.tolist())
    positions = iter(postings.positions.tolist())
    assert len(postings.articles) == len(postings.frequencies) == postings.df.sum()
    assert len(postings.positions) == postings.counts.sum() == postings.frequencies.sum()
    for entry, df in enumerate(postings.df.tolist(), first):
        key = source.words[source.entry_words[entry]], int(source.entry_fields[entry])
        assert key not in found
        found[key] = []
        for _ in range(df):
            found[key].append((next(articles), [next(positions) for _ in range(next(frequencies))]))
    assert list(found) == sorted(found)
    return found


def merged(merge: Merge) -> Plain:
    found: Plain = {}
    first = 0
    for part in merge.slices():
        found |= plain(merge, part, first)  # type: ignore[arg-type]
        first += len(part.df)
    assert first == len(merge.entry_words) == len(merge.entry_fields)
    return found


def runs_of(parts: Sequence[Sequence[Article]]) -> list[Run]:
    runs, first = [], 0
    for articles in parts:
        runs.append(invert(tokens_of(articles), Order(TEXTS), first))
        first += len(articles)
    return runs


@given(batches, st.sampled_from((63, 1)))
def test_a_run_holds_what_a_dictionary_would(parts: list[list[Article]], key_bits: int) -> None:
    """The run of a batch has each word in each field, with articles, frequencies and positions; words are sorted, whether
    what they are sorted by fits into one number or not."""
    articles = [article for part in parts for article in part]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inversion, "_KEY_BITS", key_bits)
        run = invert(tokens_of(articles), Order(TEXTS), 0)
    assert plain(run, run.postings(0, len(run.df))) == expected(articles)


@given(batches.filter(lambda parts: len(parts) > 1), st.sampled_from((1, 5, 2_000_000)))
def test_runs_merged_into_a_run_are_as_before(
    tmp_path_factory: pytest.TempPathFactory, parts: list[list[Article]], slice_tokens: int
) -> None:
    """Runs that were merged into one on the way give the same in the end; removing a run removes its files."""
    folder = tmp_path_factory.mktemp("runs")
    first, *others = runs_of(parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs_module, "_SLICE_TOKENS", slice_tokens)
        run = Run.merged([first, *others[:-1]], folder / "merged-")
        assert merged(Merge([run, others[-1]])) == expected([article for part in parts for article in part])
    assert len(list(folder.iterdir())) == 3
    run.remove()
    assert not list(folder.iterdir())


@settings(max_examples=300)
@given(batches.filter(bool), st.sampled_from((1, 2, 5, 2_000_000)), st.booleans())
def test_a_merge_holds_what_a_dictionary_would(
    tmp_path_factory: pytest.TempPathFactory, parts: list[list[Article]], slice_tokens: int, spilled: bool
) -> None:
    """Runs merged, spilled to files or not, in slices of any size, are the run of all their articles."""
    articles = [article for part in parts for article in part]
    runs = runs_of(parts)
    if spilled:
        folder = tmp_path_factory.mktemp("runs")
        for number, run in enumerate(runs):
            run.spill(folder / str(number))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs_module, "_SLICE_TOKENS", slice_tokens)
        merge = Merge(runs)
        assert merged(merge) == expected(articles)
        again = Merge(runs)
        assert [len(part.df) for part in again.slices()] == [len(part.df) for part in merge.slices()]
    assert all(path.stat().st_mode & 0o077 == 0 for path in (folder.iterdir() if spilled else ()))


@given(st.lists(st.binary(max_size=20).map(lambda text: text.replace(b"\0", b"")), unique=True), st.data())
def test_words_are_sorted_by_text(texts: list[bytes], data: st.DataObject) -> None:
    """Words are sorted as Python sorts their bytes, however much their beginnings are alike, while their list grows."""
    texts = [common + text for text in texts for common in (b"", b"\xe4\xbd\xa0" * 5, b"a" * 16)]
    texts = list(dict.fromkeys(texts))
    known: list[bytes] = []
    order = Order(known)
    for text in texts:
        known.append(text)
        if data.draw(st.booleans()):
            chosen = data.draw(st.lists(st.sampled_from(range(len(known))), unique=True))
            assert order.sorted(np.array(chosen, np.int64)).tolist() == sorted(chosen, key=known.__getitem__)


@given(batches.filter(lambda parts: len(parts) > 1))
def test_runs_of_different_lists_of_words_merge(parts: list[list[Article]]) -> None:
    """A run may number the words otherwise than the run before it."""
    backwards = TEXTS[::-1]
    turned = [[[(len(TEXTS) - 1 - word, at) for word, at in field] for field in article] for article in parts[1]]
    runs = [
        invert(tokens_of(parts[0]), Order(TEXTS), 0),
        invert(tokens_of(turned), Order(backwards), len(parts[0])),
    ]
    assert merged(Merge(runs)) == expected([*parts[0], *parts[1]])


def test_slices_are_bounded() -> None:
    """A slice holds at most so many words as it should, but for the entry that goes past."""
    articles = [[[(n % 5, n) for n in range(40)], [], []] for _ in range(10)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs_module, "_SLICE_TOKENS", 100)
        sizes = [int(part.counts.sum()) for part in Merge(runs_of([articles])).slices()]
    assert sum(sizes) == 400
    assert max(sizes) <= 100 + 80


@pytest.mark.parametrize("frequency", [255, 256, 65_535, 65_536, 70_000])
def test_frequencies_have_no_cap(frequency: int) -> None:
    """A word may occur in an article any number of times."""
    article: Article = [[(0, position) for position in range(frequency)], [], []]
    assert merged(Merge(runs_of([[article], [article]]))) == expected([article, article])


def test_positions_have_no_cap() -> None:
    """Positions may lie beyond 65,535 and beyond 2^20."""
    article: Article = [[(0, 65_535), (0, 65_536), (1, 1 << 20), (0, (1 << 20) + 1), (0, 1 << 30)], [], []]
    assert merged(Merge(runs_of([[article]]))) == expected([article])


def test_many_words() -> None:
    """More words than fit in two bytes are sorted and merged as few are."""
    texts = [b"%x" % (n * 7919 % 100_003) for n in range(100_003)]
    articles: list[Article] = [[[(n, n) for n in range(100_003)], [(5, 0)], []]]
    run = invert(tokens_of(articles), Order(texts), 0)
    other = invert(tokens_of(articles), Order(texts), 1)
    found = merged(Merge([run, other]))
    assert found == expected([*articles, *articles], texts)


def test_nothing() -> None:
    """A batch without a word is a run, and merges."""
    empty: Article = [[], [], []]
    assert merged(Merge(runs_of([[empty], [], [empty, empty]]))) == {}
    word: Article = [[(1, 4)], [], []]
    assert merged(Merge(runs_of([[empty], [word]]))) == {(b"a", 0): [(1, [4])]}
