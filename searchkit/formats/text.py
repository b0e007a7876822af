"""Plain-text scrapes: one article per file, as web pages come out of a scraper, with everything around the text.

A file is read in this order; whatever is not recognised stays in the body, so nothing is lost:

1. the title: the first line, without its publisher (`_titles.read_title`)
2. related links at the end, block by block (`_linklines.find_block`); crumbs and the repeated title go
3. the head: a dek, bylines and date lines directly under the title, as long as each line is one of these; a byline also
   a few lines below
4. the foot: author lines, contributors and biographies, the last lines of the text
5. the body: what is left, in paragraphs; its dateline may hold the date
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import BinaryIO

from searchkit.article import Article, Link, article_id
from searchkit.dates import dated_by
from searchkit.format import BadRecord, ReadingOptions, Record, Remark
from searchkit.formats._bylines import (
    Byline,
    dateline,
    is_biography,
    is_update_line,
    parse_byline,
    parse_contribution,
    parse_date_line,
)
from searchkit.formats._bytes import NotTextError, decode, looks_like_text
from searchkit.formats._linkheadings import is_heading
from searchkit.formats._linklines import MOST_LINES_UNBULLETED, find_block, is_bulleted, may_be_link
from searchkit.formats._outlets import is_outlet
from searchkit.formats._paragraphs import ends_sentence, join_paragraphs
from searchkit.formats._people import is_name, split_names
from searchkit.formats._titles import LONGEST_TITLE, Title, read_title

LONGEST_DEK = 160
_HEAD_LINES = 12
"""How many of the first lines may stand between the title and the text, and crumbs above the title."""

_MOST_BLOCKS = 4
"""Blocks of related links that may stand under one another."""

_FOOT_LINES = 8
"""How many of the last lines may hold an author's line; further up "By ..." begins a paragraph or a quotation."""

_OTHER_FORMATS = re.compile(r"\s*(?:<[a-zA-Z!?/]|\{|\[\s*[\[{\"\d\]])")
_CRUMBS = frozenset([
    "advertisement", "advertisement - scroll to continue", "article continues below", "continue reading", "email",
    "facebook", "print", "print this article", "read full article", "read more", "read the full story", "see also",
    "share", "share on facebook", "share on twitter", "share this", "share this article", "share this story",
    "skip to content", "skip to main content", "tweet", "view original", "view original post", "view post",
    "view this post", "whatsapp",
])  # fmt: skip
# What scrapers leave between a title and its text that is no line of the article: credits, captions, notes.
_NO_DEK = re.compile(
    r"\(|editor['’]s note|enlarge this image|media playback|image caption|story highlights|this (?:article|story) "
    r"|.*\b(?:getty images|photos?)\b",
    re.IGNORECASE,
)
_SENTENCE_INSIDE = re.compile(r"[^\W\d_]{3}[.!?]\s+[^\W\d_]|[。！？].")
_READING_TIME = re.compile(r"\d+\s*-?\s*min(?:ute)?s?\b.{0,12}", re.IGNORECASE)


class TextFormat:
    """Reads a plain-text scrape as one article."""

    name = "text"
    about = "a web page as a scraper leaves it as text"
    suffixes: tuple[str, ...] = (".txt", ".text")

    def accepts(self, head: bytes) -> bool:
        """Whether `head` is text and does not look like markup or JSON."""
        if not looks_like_text(head):
            return False
        return _OTHER_FORMATS.match(head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")) is None

    def read(self, stream: BinaryIO, source: str, options: ReadingOptions = ReadingOptions()) -> Iterator[Record]:
        """Yield the article, or why there is none; before it a remark where its encoding was guessed."""
        most = options.limits.file_mb * 2**20
        raw = stream.read(most + 1)
        if len(raw) > most:
            yield BadRecord(source, options.limits.over("file_mb", "larger than one article may be"))
            return
        try:
            text, remark = decode(raw)
        except NotTextError as error:
            yield BadRecord(source, str(error))
            return
        lines = _split_lines(text)
        if not any(lines):
            yield BadRecord(source, "empty")
            return
        if remark:
            yield Remark(source, remark)
        yield _Scrape(lines).article(source, hashlib.sha256(raw).hexdigest())


@dataclass
class _Scrape:
    """The lines of one file while they are told apart: a line that is taken becomes empty in `lines`."""

    lines: list[str]
    title: Title = field(default_factory=Title)
    dek: str | None = None
    links: tuple[Link, ...] = ()
    authors: list[str] = field(default_factory=list)
    notes: list[tuple[int, str]] = field(default_factory=list)
    published: date | datetime | None = None
    date_source: str | None = None

    def article(self, source: str, sha256: str) -> Article:
        """Tell the lines apart and make the article of them."""
        self._take_title()
        self._take_links()
        self._take_head()
        self._take_foot()
        body = join_paragraphs(self.lines)
        if self.published is None and body:
            self._date(dateline(body[0]), "dateline", body[0][:120])
        return Article(
            id=article_id(source),
            source=source,
            title=self.title.headline,
            body="\n\n".join(body),
            sha256=sha256,
            dek=self.dek,
            authors=tuple(dict.fromkeys(self.authors)),
            publisher=self.title.publisher,
            published=self.published,
            date_source=self.date_source,
            links=self.links,
            note="\n\n".join(text for _, text in sorted(self.notes)) or None,
        )

    def _take_title(self) -> None:
        """The first line that is no crumb or date, unless it is a link of its own or too long for a title."""
        first = self._first_line()
        line = self.lines[first]
        if len(line) > LONGEST_TITLE:
            return
        if may_be_link(line) and (block := find_block(self.lines)) and block.start <= first:
            return
        self.title = read_title(line, self.lines[first + 1 :])
        self._clear([first])

    def _first_line(self) -> int:
        """Where the title stands. A date above it is taken, unless a sentence follows: then the date is the title."""
        filled = [i for i, line in enumerate(self.lines[:_HEAD_LINES]) if line and not _is_crumb(line)]
        if not filled:
            return next(i for i, line in enumerate(self.lines) if line)
        dated = parse_date_line(self.lines[filled[0]])
        if dated is None or dated.rest:
            return filled[0]
        self._date(dated.published, "dateline", self.lines[filled[0]])
        if len(filled) < 2 or ends_sentence(self.lines[filled[1]]) or len(self.lines[filled[1]]) > LONGEST_TITLE:
            return filled[0]
        self._clear([filled[0]])
        return filled[1]

    def _take_links(self) -> None:
        """The block of links, and with it the crumbs and repeated titles of the whole file."""
        repeats = {line for line in set(self.lines) if self.title.is_repeated_by(line)}
        self._clear(i for i, line in enumerate(self.lines) if _is_crumb(line) and not is_heading(line))
        noise = {i for i, line in enumerate(self.lines) if line and (line in repeats or _is_crumb(line))}
        text = next((i for i, line in enumerate(self.lines) if line and i not in noise), len(self.lines))
        announced = frozenset(i for i in noise if i > text)
        for _ in range(_MOST_BLOCKS):
            block = find_block(self.lines, announced)
            if block is None:
                break
            self.links = (*block.links, *self.links)
            self._clear(range(block.start if block.heading is None else block.heading, block.end))
            if not any(map(is_heading, filter(None, self.lines[-MOST_LINES_UNBULLETED:]))):
                break  # Above a block another one needs a heading.
        self._clear(noise)

    def _take_head(self) -> None:
        """The dek, bylines and date lines between the title and the text, in any order."""
        for index in self._filled()[:_HEAD_LINES]:
            line = self.lines[index]
            if not line:
                continue
            byline = parse_byline(line) or parse_date_line(line) or self._name_under_by(index)
            if byline:
                self._take(index, byline)
            elif is_update_line(line):
                continue
            elif self.dek is None and not self.authors and self._is_dek(index):
                self.dek = line
                self.lines[index] = ""
            else:
                break
        self._take_byline_below()

    def _take_byline_below(self) -> None:
        """The byline that says no more, though a caption or the like stands between it and the title."""
        for index in [] if self.authors else self._filled()[:_HEAD_LINES]:
            byline = parse_byline(self.lines[index]) if len(self.lines[index]) <= LONGEST_DEK else None
            if byline and byline.authors and byline.rest is None and " " in byline.authors[0]:
                self._take(index, byline)
                return

    def _take_foot(self) -> None:
        """Author lines, contributors and biographies: the last lines of the text."""
        foot = self._filled()[-_FOOT_LINES:]
        for index in foot:
            byline = (
                parse_contribution(self.lines[index]) or parse_byline(self.lines[index]) or self._name_under_by(index)
            )
            if byline:
                self._take(index, byline)
        for index in reversed(foot):
            if self.lines[index]:
                if not is_biography(self.lines[index], self.authors):
                    break
                self.notes.append((index, self.lines[index]))
                self.lines[index] = ""

    def _name_under_by(self, index: int) -> Byline | None:
        """The author whose name stands alone on the line behind "By" or "Author:", which is taken too."""
        if self.lines[index].lower().rstrip(" :") not in ("by", "author", "authors", "written by"):
            return None
        below = next((i for i in range(index + 1, min(index + 3, len(self.lines))) if self.lines[i]), None)
        byline = parse_byline(f"By {self.lines[below]}") if below is not None else None
        if below is None or byline is None or byline.rest is not None:
            return None
        self.lines[below] = ""
        return byline

    def _take(self, index: int, byline: Byline) -> None:
        self.authors.extend(byline.authors)
        self._date(byline.published, "byline" if byline.authors else "dateline", self.lines[index])
        if byline.rest:
            self.notes.append((index, byline.rest))
        self.lines[index] = ""

    def _date(self, stated: date | datetime | None, evidence: str, line: str) -> None:
        if stated is not None and self.published is None:
            self.published, self.date_source = stated, dated_by(evidence, line, stated)

    def _is_dek(self, index: int) -> bool:
        """Whether a line under the title is a short one that no sentence end closes, apart from the text below it."""
        line = self.lines[index]
        if not self.title.headline or not _may_be_dek(line):
            return False
        below = next((i for i in range(index + 1, len(self.lines)) if self.lines[i]), None)
        return below is not None and (below > index + 1 or parse_byline(self.lines[below]) is not None)

    def _filled(self) -> list[int]:
        return [index for index, line in enumerate(self.lines) if line]

    def _clear(self, indexes: Iterable[int]) -> None:
        for index in indexes:
            self.lines[index] = ""


def _is_crumb(line: str) -> bool:
    """Whether a line is one of the short list that scrapers pick up around articles: "View post:", "Share this"."""
    return len(line) <= 40 and line.lower().rstrip(" :.»>…") in _CRUMBS


def _split_lines(text: str) -> list[str]:
    """The lines of a text, parted at line ends of all systems only, stripped; of blank lines in a row one is kept."""
    lines: list[str] = []
    for line in map(str.strip, text.replace("\r\n", "\n").replace("\r", "\n").split("\n")):
        if line or (lines and lines[-1]):
            lines.append(line)
    return lines


def _may_be_dek(line: str) -> bool:
    has_case = line.lower() != line.upper()
    if not 6 <= len(line) <= LONGEST_DEK or (has_case and len(line.split()) < 3) or line[0].islower():
        return False
    if ends_sentence(line) or line.endswith((":", "：", ",")) or is_bulleted(line) or is_heading(line):
        return False
    if _READING_TIME.fullmatch(line) or _NO_DEK.match(line) or _SENTENCE_INSIDE.search(line):
        return False
    return not _may_be_names(line)


def _may_be_names(line: str) -> bool:
    """Whether a line may be a byline without "By": "Jane Doe, CNN"."""
    return all((is_name(part) and len(part.split()) <= 4) or is_outlet(part) for part in split_names(line))
