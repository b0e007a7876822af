"""Which indexed words share a stem: `stems.sqlite` in the index directory, so that no query stems a whole vocabulary.

Per language the table holds at least the words of all commits up to its `generation`; words beyond those are harmless,
for what is not indexed matches nothing. A language that does not reach the commit being read is not trusted but
completed at its first use. The file can be rebuilt from the index at any time, so damage to it is met by deleting it.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from zlib import crc32

from searchkit.analysis import ANALYSIS_VERSION, STEMMERS, stemmer

_BUSY_S = 5.0

_TABLES = (
    "CREATE TABLE IF NOT EXISTS languages(language TEXT PRIMARY KEY, generation INTEGER NOT NULL, version TEXT NOT NULL)",
    """CREATE TABLE IF NOT EXISTS stems(
        language TEXT NOT NULL, stem TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (language, stem, word)
    ) WITHOUT ROWID""",
)


class StemStore:
    """The words of each stem, per language (a BCP 47 tag, of which the stemmer counts)."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "stems.sqlite"
        self._in_memory: dict[tuple[str, int], dict[str, list[str]]] = {}

    def words(self, language: str, stem: str, generation: int, vocabulary: Callable[[], Iterable[str]]) -> list[str]:
        """The words with that stem among those of a commit, and perhaps some others.

        `vocabulary` gives the commit's words; it is called when the language is not covered yet. Where the directory
        cannot be written, what it gives is kept in memory.
        """
        name = _algorithm(language)
        found = self._look_up(name, stem, generation)
        if found is None and (name, generation) not in self._in_memory:
            words = set(vocabulary())
            if self._cover(language, words, generation):
                found = self._look_up(name, stem, generation)
            if found is None:
                self._in_memory = {key: table for key, table in self._in_memory.items() if key[1] == generation}
                self._in_memory[name, generation] = _by_stem(language, words)
        return found if found is not None else self._in_memory[name, generation].get(stem, [])

    def extend(
        self,
        languages: Sequence[str],
        words: Iterable[str],
        base_generation: int,
        generation: int,
        base_vocabulary: Callable[[], Iterable[str]],
    ) -> None:
        """Add the words of a commit which is about to replace `base_generation`: to the languages asked for and to
        those which cover the base."""
        try:
            self._extend(languages, set(words), base_generation, generation, base_vocabulary)
        except sqlite3.OperationalError:
            pass  # kept busy by a reader, or no room: the languages no longer reach the commit, which readers see
        except sqlite3.DatabaseError:
            self._path.unlink(missing_ok=True)

    def _extend(
        self,
        languages: Sequence[str],
        words: set[str],
        base_generation: int,
        generation: int,
        base_vocabulary: Callable[[], Iterable[str]],
    ) -> None:
        with self._changing() as db:
            covered = {
                name
                for name, reached, version in db.execute("SELECT language, generation, version FROM languages")
                if name in _TAGS and reached >= base_generation and version == _version(name)
            }
            for language in dict.fromkeys((*map(_algorithm, languages), *sorted(covered))):
                more = words if language in covered or not base_generation else words | set(base_vocabulary())
                _insert(db, language, more, generation)

    def _cover(self, language: str, words: set[str], generation: int) -> bool:
        """Whether the words of a commit could be stored; a database that cannot be read is given a second chance."""
        for _ in range(2):
            try:
                with self._changing() as db:
                    _insert(db, _algorithm(language), words, generation)
                return True
            except sqlite3.OperationalError:  # locked, or in a directory that may not be written
                return False
            except sqlite3.DatabaseError:
                with suppress(OSError):
                    self._path.unlink(missing_ok=True)
        return False

    def _look_up(self, name: str, stem: str, generation: int) -> list[str] | None:
        """None when the language does not cover the commit, as far as can be read."""
        if not self._path.exists():
            return None
        try:
            with closing(sqlite3.connect(f"{self._path.resolve().as_uri()}?mode=ro", _BUSY_S, uri=True)) as db:
                query = "SELECT generation, version FROM languages WHERE language = ?"
                reached, version = db.execute(query, (name,)).fetchone() or (-1, "")
                if reached < generation or version != _version(name):
                    return None
                rows = db.execute("SELECT word FROM stems WHERE language = ? AND stem = ?", (name, stem))
                return [word for (word,) in rows]
        except sqlite3.Error:
            return None

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, committed when the block ends well."""
        with closing(sqlite3.connect(self._path, _BUSY_S)) as db, db:
            db.execute("BEGIN IMMEDIATE")
            for table in _TABLES:
                db.execute(table)
            yield db


def _insert(db: sqlite3.Connection, name: str, words: set[str], generation: int) -> None:
    """Add words to a language; those of another release of the stemmer are dropped first."""
    version = _version(name)
    row = db.execute("SELECT version FROM languages WHERE language = ?", (name,)).fetchone()
    if row and row[0] != version:
        db.execute("DELETE FROM stems WHERE language = ?", (name,))
    known = {word for (word,) in db.execute("SELECT word FROM stems WHERE language = ?", (name,))}
    stem = stemmer(_TAGS[name])
    new = [(name, stem(word), word) for word in sorted(words - known)]
    db.executemany("INSERT OR IGNORE INTO stems VALUES (?, ?, ?)", new)
    db.execute("INSERT OR REPLACE INTO languages VALUES (?, ?, ?)", (name, generation, version))


_TAGS = {algorithm: tag for tag, algorithm in STEMMERS.items()}


def _algorithm(language: str) -> str:
    """Languages that share a stemmer share its table."""
    stemmer(language)  # raises for an unknown language
    return STEMMERS[language.lower().partition("-")[0]]


def _by_stem(language: str, words: Iterable[str]) -> dict[str, list[str]]:
    table: dict[str, list[str]] = {}
    stem = stemmer(language)
    for word in words:
        table.setdefault(stem(word), []).append(word)
    return table


@cache
def _version(name: str) -> str:
    """Changes when the same word may get another stem: told by the stemmer's own code, as asking for the release of a
    package takes longer than most queries."""
    stem = stemmer(_TAGS[name])
    function = getattr(stem, "__wrapped__", stem)
    owner = getattr(function, "__self__", None)  # stemmers of Snowball are methods, English is a function
    source = sys.modules[function.__module__ if owner is None else type(owner).__module__].__file__
    return f"{ANALYSIS_VERSION}-{crc32(Path(source).read_bytes()) if source else 0:08x}"
