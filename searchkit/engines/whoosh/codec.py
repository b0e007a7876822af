"""The index as stock Whoosh sees it: a schema, a table of contents, and a codec that reads our segments.

`whoosh.index.open_dir("index")` works with searchkit importable: Whoosh unpickles its table of contents, finds segments
of the class below in it, and reads them through this codec with its own parser and searcher. Reading only, and the slow
way round; searchkit itself reads nothing of this and unpickles nothing.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import whoosh
from whoosh import fields
from whoosh.analysis import Analyzer, Token
from whoosh.codec import base
from whoosh.filedb.filestore import RamStorage
from whoosh.index import TOC
from whoosh.matching import ListMatcher
from whoosh.reading import TermInfo, TermNotFound

from searchkit.analysis import fold, tokenize_query
from searchkit.analysis import tokenize as analyse
from searchkit.article import Article
from searchkit.engines.whoosh.lists import entry_positions, entry_postings
from searchkit.engines.whoosh.segment import NO_MOMENT, Entry, Segment
from searchkit.engines.whoosh.snapshot import SegmentInfo, View
from searchkit.fieldtext import WORD_FIELDS

KEY_FIELDS = ("date", "id", "lang")
INDEX_NAME = "MAIN"
_US_PER_DAY = 86_400_000_000
_PARTS = re.compile(r"([*?])")


def whoosh_release() -> str:
    """The release of Whoosh that is installed."""
    return ".".join(map(str, whoosh.__version__))


class ArticleAnalyzer(Analyzer):  # type: ignore[misc]
    """`searchkit.analysis` as Whoosh's own query parser calls it."""

    def __call__(
        self,
        value: str,
        positions: bool = False,
        chars: bool = False,
        mode: str = "",
        start_pos: int = 0,
        tokenize: bool = True,
        **_: Any,
    ) -> Iterator[Token]:
        token = Token(positions, chars, mode=mode)
        if not tokenize:  # patterns, and ends of ranges
            token.original = token.text = "".join(part if part in "*?" else fold(part) for part in _PARTS.split(value))
            yield token
            return
        for word, position, start, end in (tokenize_query if mode == "query" else analyse)(value):
            token.original = token.text = word
            token.pos, token.startchar, token.endchar = start_pos + position, start, end
            yield token


SCHEMA = fields.Schema(
    **{name: fields.TEXT(analyzer=ArticleAnalyzer(), phrase=True, stored=True) for name in WORD_FIELDS},
    id=fields.ID(stored=True),
    lang=fields.ID(stored=True),
    date=fields.DATETIME(stored=True),
    source=fields.STORED(),
    url=fields.STORED(),
)


def table_of_contents(generation: int, segments: Sequence[SegmentInfo]) -> tuple[str, bytes]:
    """The name and content of Whoosh's table of contents for a generation."""
    storage = RamStorage()
    TOC(SCHEMA, [SearchkitSegment(info) for info in segments], generation).write(storage, INDEX_NAME)
    (name,) = storage.list()
    return name, bytes(storage.files[name])


class SearchkitSegment(base.Segment):  # type: ignore[misc]
    """A segment as Whoosh's table of contents names it."""

    def __init__(self, info: SegmentInfo) -> None:
        self.indexname = INDEX_NAME
        self.segid = info.name
        self.compound = False
        self.info = json.dumps(info.to_json())

    def codec(self) -> SearchkitCodec:
        return SearchkitCodec()

    def doc_count_all(self) -> int:
        return int(json.loads(self.info)["count"])

    def deleted_count(self) -> int:
        info = json.loads(self.info)
        return int(info["count"] - info["live"])

    def view(self, folder: str) -> View:
        """The segment opened in the index's directory."""
        return View(Path(folder), SegmentInfo.from_json(json.loads(self.info)))


class SearchkitCodec(base.Codec):  # type: ignore[misc]
    """Reads segments; writing is searchkit's own business."""

    def terms_reader(self, storage: Any, segment: SearchkitSegment) -> TermsReader:
        return TermsReader(segment.view(storage.folder))

    def per_document_reader(self, storage: Any, segment: SearchkitSegment) -> DocumentReader:
        return DocumentReader(segment.view(storage.folder))


class _WordField:
    """The words of one field of a segment, sorted: those of the dictionary that have an entry for the field."""

    def __init__(self, view: View, name: str) -> None:
        field = WORD_FIELDS.index(name)
        terms = view.segment.terms
        self.words: list[bytes] = []
        self._entries: list[Entry] = []
        for number in range(terms.count):
            for entry in terms.entries(number):
                if entry.field == field:
                    self.words.append(terms.word(number))
                    self._entries.append(entry)
        self._view = view
        self._lengths = view.segment.lengths(name)

    def postings(self, place: int) -> tuple[list[int], list[float], list[bytes]]:
        """Articles, weights and positions (as the field's format encodes them) of a word."""
        entry = self._entries[place]
        articles, frequencies = entry_postings(self._view.segment, entry)
        everything = entry_positions(self._view.segment, entry, frequencies, range(len(articles)))
        encode = SCHEMA["body"].format.encode
        return articles, [float(f) for f in frequencies], [encode(positions) for _, positions in everything]

    def length(self, article: int) -> int:
        return self._lengths[article]


class _KeyField:
    """The values of id, language or date as words, each held by some articles once."""

    def __init__(self, view: View, name: str) -> None:
        holders: dict[bytes, list[int]] = {}
        for number, word in {"id": _ids, "lang": _languages, "date": _dates}[name](view.segment):
            holders.setdefault(word, []).append(number)
        self.words = sorted(holders)
        self._holders = holders

    def postings(self, place: int) -> tuple[list[int], list[float], list[bytes]]:
        articles = self._holders[self.words[place]]
        return articles, [1.0] * len(articles), [b""] * len(articles)

    def length(self, article: int) -> int:
        return 1


def _ids(segment: Segment) -> Iterable[tuple[int, bytes]]:
    return ((number, segment.ids[number]) for number in range(segment.count))


def _languages(segment: Segment) -> Iterable[tuple[int, bytes]]:
    tags = [tag.encode("utf-8", "surrogatepass") for tag in segment.table("language")]
    return ((number, tags[tag]) for number, tag in enumerate(segment.numbers("language", "I")) if tags[tag])


def _dates(segment: Segment) -> Iterable[tuple[int, bytes]]:
    """The moments in UTC, each as the words of several precisions from which Whoosh puts ranges together."""
    for number, moment in enumerate(segment.numbers("moment", "q")):
        if moment != NO_MOMENT:
            for word, *_ in SCHEMA["date"].index(datetime.min + timedelta(microseconds=moment - _US_PER_DAY)):
                yield number, word


class TermsReader(base.TermsReader):  # type: ignore[misc]
    """Words and their postings, for Whoosh."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._fields: dict[str, _WordField | _KeyField] = {}

    def _field(self, name: str) -> _WordField | _KeyField:
        if name not in self._fields:
            kind = _WordField if name in WORD_FIELDS else _KeyField
            self._fields[name] = kind(self._view, name)
        return self._fields[name]

    def _place(self, name: str, text: bytes) -> int | None:
        words = self._field(name).words
        place = bisect_left(words, text)
        return place if place < len(words) and words[place] == text else None

    def _found(self, name: str, text: bytes) -> int:
        place = self._place(name, text)
        if place is None:
            raise TermNotFound(f"{name}:{text!r}")
        return place

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        name, text = term
        return name in self.indexed_field_names() and self._place(name, text) is not None

    def indexed_field_names(self) -> Sequence[str]:
        return sorted((*WORD_FIELDS, *KEY_FIELDS))

    def cursor(self, fieldname: str, fieldobj: Any) -> Cursor:
        return Cursor(self._field(fieldname).words, fieldobj)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        for name in self.indexed_field_names():
            yield from ((name, word) for word in self._field(name).words)

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        words = self._field(fieldname).words
        yield from ((fieldname, word) for word in words[bisect_left(words, prefix) :])
        for name in self.indexed_field_names():
            if name > fieldname:
                yield from ((name, word) for word in self._field(name).words)

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        return ((term, self.term_info(*term)) for term in self.terms_from(fieldname, prefix))

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        field = self._field(fieldname)
        articles, weights, _ = field.postings(self._found(fieldname, text))
        lengths = [field.length(article) for article in articles]
        first, last = articles[0], articles[-1]
        return TermInfo(sum(weights), len(articles), min(lengths), max(lengths), max(weights), first, last)

    def frequency(self, fieldname: str, text: bytes) -> float:
        return float(self.term_info(fieldname, text).weight()) if (fieldname, text) in self else 0.0

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        return int(self.term_info(fieldname, text).doc_frequency()) if (fieldname, text) in self else 0

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> ArticleMatcher:
        articles, weights, values = self._field(fieldname).postings(self._found(fieldname, text))
        info = self.term_info(fieldname, text)
        term = (fieldname, text)
        return ArticleMatcher(articles, weights, values, format_, scorer=scorer, term=term, terminfo=info)


class ArticleMatcher(ListMatcher):  # type: ignore[misc]
    """Postings as lists, never skipped by quality: Whoosh's pruning by quality loses hits."""

    def supports_block_quality(self) -> bool:
        return False

    _i: int

    def skip_to(self, id: int) -> None:
        self._i = bisect_left(self._ids, id, self._i)

    def copy(self) -> ArticleMatcher:
        return self.__class__(
            self._ids,
            self._weights,
            self._values,
            self._format,
            self._scorer,
            self._i,
            self._all_weights,
            self._term,
            self._terminfo,
        )


class Cursor(base.FieldCursor):  # type: ignore[misc]
    """A place among the sorted words of a field."""

    def __init__(self, words: Sequence[bytes], field: Any) -> None:
        self._words, self._field = words, field
        self._place = 0

    def first(self) -> Any:
        self._place = 0
        return self.text()

    def find(self, string: Any) -> Any:
        wanted = string if isinstance(string, bytes) else self._field.to_bytes(string)
        self._place = bisect_left(self._words, wanted)
        return self.text()

    def next(self) -> Any:
        self._place += 1
        return self.text()

    def text(self) -> Any:
        return self._field.from_bytes(self._words[self._place]) if self.is_valid() else None

    def is_valid(self) -> bool:
        return self._place < len(self._words)


class DocumentReader(base.PerDocumentReader):  # type: ignore[misc]
    """Stored articles and lengths of fields, for Whoosh."""

    def __init__(self, view: View) -> None:
        self._view = view

    def doc_count(self) -> int:
        return self._view.info.live

    def doc_count_all(self) -> int:
        return self._view.count

    def has_deletions(self) -> bool:
        return self._view.info.live < self._view.count

    def is_deleted(self, docnum: int) -> bool:
        return not self._view.is_live(docnum)

    def deleted_docs(self) -> Iterator[int]:
        return (number for number in range(self._view.count) if not self._view.is_live(number))

    def doc_field_length(self, docnum: int, fieldname: str, default: int = 0) -> int:
        if fieldname in WORD_FIELDS:
            return self._view.segment.lengths(fieldname)[docnum]
        return default

    def field_length(self, fieldname: str) -> int:
        return sum(self._lengths(fieldname))

    def min_field_length(self, fieldname: str) -> int:
        return min(self._lengths(fieldname), default=0)

    def max_field_length(self, fieldname: str) -> int:
        return max(self._lengths(fieldname), default=0)

    def stored_fields(self, docnum: int) -> dict[str, Any]:
        return _as_fields(self._view.segment.article(docnum))

    def _lengths(self, name: str) -> Sequence[int]:
        return self._view.segment.lengths(name).tolist() if name in WORD_FIELDS else []


def _as_fields(article: Article) -> dict[str, Any]:
    """An article as Whoosh's stored fields; what it lacks is left out."""
    values = {
        "id": article.id,
        "source": article.source,
        "path": article.source,
        "title": article.title,
        "dek": article.dek,
        "body": article.body,
        "links": "\n".join(link.headline for link in article.links),
        "author": ", ".join(article.authors),
        "publisher": article.publisher,
        "lang": article.language,
        "date": article.published,
        "url": article.url,
    }
    return {name: value for name, value in values.items() if value}
