"""When a page's article was published: by its metadata, its address, its marked elements, the lines under its title.

What states it most surely is asked first. Dates of changes are no dates of publication; a date that cannot be told from
another one on the page is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from searchkit.dates import dated_by, parse_article_date
from searchkit.formats._bylines import dateline
from searchkit.formats._page.metas import Metas
from searchkit.formats._page.shown import around, is_own, lines_at, named_elements, title_heading
from searchkit.formats._page.tree import text_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement


class Published(NamedTuple):
    """A date and what stated it, as `Article.date_source` names it."""

    when: date | datetime
    source: str


_METAS = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "article.published",
    "parsely-pub-date", "sailthru.date", "published-date", "publish-date", "publish_date", "publishdate", "pubdate",
    "publication_date", "publication-date", "date.issued", "dc.date.issued", "dcterms.issued", "dcterms.available",
    "dcterms.created", "dc.date.created", "dc.created", "cxenseparse:recs:publishtime", "cxenseparse:publishtime",
    "article_date_original", "citation_publication_date", "citation_online_date", "bt:pubdate", "rnews:datepublished",
    "iso-8601-publish-date", "date_published", "published", "published_at", "created", "originalpublicationdate",
)  # fmt: skip
_VAGUE_METAS = ("dc.date", "dcterms.date", "dc:date", "date")
"""They do not say what was done then: the record made, the text changed, the page printed."""
_URL = re.compile(r"/(\d{4})([/-])(\d{1,2})\2(\d{1,2})(?=[/_-]|$)|[/-]((?:19|20)\d\d)(\d\d)(\d\d)(?=[/_-]|$)")
_URL_MONTH_NAME = re.compile(r"/((?:19|20)\d\d)/([a-z]{3,9})/(\d{1,2})(?=/|$)", re.IGNORECASE)
_URL_DAY_FIRST = re.compile(r"(?:^|[/_-])(\d\d)-(\d\d)-(20\d\d)(?=[/._-]|$)")
_MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?(?![\d:])")

_MARKED = re.compile(r"date|datum|fecha|publi[sc]|posted|submitted|created|author|byline|meta|time|info", re.IGNORECASE)
_CHANGED = re.compile(
    r"updated|modified|(?<![a-z])mod[_-]?date|changed|edited|aktualisiert|ge[aä]ndert|bearbeitet|letzte|zuletzt|actualizad|modifi[eé]"
    r"|mis [aà] jour|atualizad|aggiornat|bijgewerkt|zaktualizowan|stand:|обновл",
    re.IGNORECASE,
)
_PICTURE = re.compile(r"\b(?:fotos?|photos?|bild|image|credit)\s*:|©", re.IGNORECASE)
_DATES = re.compile(
    r"\d{4}([-/.])\d{1,2}\1\d{1,2}(?!\d)|(?<!\d)\d{1,2}\.\s?\d{1,2}\.\s?\d{4}(?!\d|:\d)|(?<!\d)\d{1,2}([/-])\d{1,2}\2\d{4}"
    r"|(?<!\d)\d{1,2}(?:st|nd|rd|th|er|[.ºª])?\s+(?:de\s+|of\s+)?[^\W\d_]{3,12}\.?,?\s+(?:de\s+|del\s+)?\d{4}"
    r"|[^\W\d_]{3,12}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}|\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]"
)
_LABEL = re.compile(
    r"\b(?:veröffentlicht|erschienen|publiziert|published|posted|publiée?|mise? en ligne|publicado|pubblicato|opublikowano)"
    r"\s*(?:am|on|le|el|il|em)?\s*:?(?:\s+|$)|\bpresse(?:mitteilung|meldung) vom\s+",
    re.IGNORECASE,
)
_NEXT_LINES = 4
"""Lines at the title of which one that is a date, and no more, is the article's."""
_NEAR = 40
"""Elements before the title among which the article's date may stand; earlier ones name the day of the visit."""
_MOST_WORDS = 12
"""Words of a line at the title that says when, by whom, where; a longer one is a sentence, of any day."""
_LONGEST_DATELINE = 120
_MOST_OPENINGS = 3
"""Paragraphs that may open the text: a dek or a caption may stand before the one with the dateline."""
_SHORT_YEAR = re.compile(r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d\d)(?![\d.])")

_OPENING = re.compile(
    r"\(?(?:[^\W\d_][\w. /-]{1,30},?\s+)?(?:\(\w{2,8}\),?\s+)?\d.{4,24}?\d{4}\)?\s*(?:[-–—|:„“\"]|\)\s)"
)


def stated_date(metas: Metas, described: str, url: str | None) -> Published | None:
    """The date by what is not shown: JSON-LD (`described`), meta elements, the address."""
    if stated := read_date(described):
        return Published(stated, "jsonld")
    if in_metas := _in_metas(metas, _METAS):
        return in_metas
    stated = next((stated for text in _in_url(url or "") if (stated := read_date(text))), None)
    return Published(stated, "url") if stated else None


def _in_url(url: str) -> Iterator[str]:
    """What may be a date in an address."""
    if match := _URL.search(url):
        year, month, day = (match[1], match[3], match[4]) if match[1] else (match[5], match[6], match[7])
        yield f"{year}-{int(month):02}-{int(day):02}"
    if match := _URL_MONTH_NAME.search(url):
        yield f"{match[3]} {match[2]} {match[1]}"
    if match := _URL_DAY_FIRST.search(url):
        yield f"{match[3]}-{match[2]}-{match[1]}"


def vague_date(metas: Metas) -> Published | None:
    """The date by meta elements that call it nothing but a date: worth less than one that the page shows."""
    return _in_metas(metas, _VAGUE_METAS)


def surer_date(shown: Published | None, vague: Published | None) -> Published | None:
    """The one that is shown, or the vague one that tells the time of the same day."""
    if shown and vague and not isinstance(shown.when, datetime) and isinstance(vague.when, datetime):
        return vague if vague.when.date() == shown.when else shown
    return shown or vague


def _in_metas(metas: Metas, names: Iterable[str]) -> Published | None:
    stated = ((stated, value) for name in names for value in metas.all(name) if (stated := read_date(value)))
    return next((_published(when, "meta", value) for when, value in stated), None)


def shown_date(tree: HtmlElement, title: str, language: str | None) -> Published | None:
    """The date by what is shown, in a tree without its related links: `<time>`, elements named so, lines at the title."""
    heading = title_heading(tree, title)
    article = around(heading)
    for element in tree.xpath("//*[contains(@itemprop, 'datePublished') or @pubdate or self::abbr or self::time]"):
        values = [element.get(name) for name in ("datetime", "content", "title")]
        if _is_publication(element, article):
            stated = next((stated for value in values if value and (stated := read_date(value))), None)
            if stated := stated or find_date(text_of(element), language, short_year=True):
                return Published(stated, "time")
    for line in islice(lines_at(heading, article), _NEXT_LINES):
        whole = _DATES.fullmatch(line)
        if whole and (stated := find_date(line, language)):
            return _published(stated, "byline", line)
    far = frozenset(heading.xpath(f"preceding::*[position() > {_NEAR}]")) if heading is not None else frozenset()
    marked = named_elements(tree, _MARKED, article)
    for line in _without_changes(text for element, text in marked if element not in far and not _is_of_change(element)):
        if stated := find_date(line, language, short_year=True):
            return _published(stated, "byline", line)
    for line in _without_changes(lines_at(heading, article)):
        is_short = len(line.split()) <= _MOST_WORDS or _DATES.match(line)
        if is_short and (stated := find_date(line, language)):
            return _published(stated, "byline", line)
    return _labelled_date(tree, article, language)


def _labelled_date(tree: HtmlElement, article: frozenset[HtmlElement], language: str | None) -> Published | None:
    """The date of which the page says in words, anywhere in the article, that it was published then."""
    texts = tree.xpath("//body//text()[normalize-space()]")
    for n, text in enumerate(texts):
        label = _LABEL.search(text.rstrip())
        if label is None:
            continue
        behind = text[label.end() :] if text[label.end() :].strip() else "".join(texts[n + 1 : n + 2])
        said = " ".join(behind[:_LONGEST_DATELINE].split())
        found = _DATES.match(said)
        element = text.getparent()
        if found and is_own(element, article) and (stated := find_date(found[0], language)):
            return _published(stated, "byline", found[0])
    return None


def _without_changes(lines: Iterable[str]) -> Iterator[str]:
    """The lines, each up to where it tells of a change or of a picture; the pieces of what it tells are left out."""
    changes: list[str] = []
    for line in lines:
        before, change = line, _CHANGED.search(line) or _PICTURE.search(line)
        if change:
            before = line[: change.start()]
            changes.append(line[change.start() :])
        elif any(line in told for told in changes):
            continue
        yield before


def text_date(paragraphs: list[str], language: str | None) -> Published | None:
    """The date in the dateline that opens one of the first paragraphs: `MOSUL, March 17, 2017 - ...`."""
    for paragraph in paragraphs[:_MOST_OPENINGS]:
        opening = _OPENING.match(paragraph)
        if stated := dateline(paragraph) or (find_date(opening[0], language) if opening else None):
            return _published(stated, "dateline", paragraph[:_LONGEST_DATELINE])
    return None


def _published(stated: date | datetime, evidence: str, text: str) -> Published:
    return Published(stated, dated_by(evidence, text, stated) or evidence)


def read_date(value: str) -> date | datetime | None:
    """The date that a value states; midnight in whatever zone is how a mere day is written."""
    value = value.strip()
    stated = parse_article_date(value)
    if isinstance(stated, datetime) and _MIDNIGHT.search(value):
        return parse_article_date(value[:10]) or stated
    return stated or (parse_article_date(value[:10]) if re.match(r"\d{4}-\d\d-\d\dT", value) else None)


def find_date(text: str, language: str | None, short_year: bool = False) -> date | datetime | None:
    """The first date inside a short text. Where day and month may be either, the language tells their order."""
    for match in _DATES.finditer(text):
        if stated := parse_article_date(match[0], language):
            return stated
    short = _SHORT_YEAR.search(text) if short_year else None
    return parse_article_date(f"{short[1]}.{short[2]}.20{short[3]}") if short else None


def _is_publication(element: HtmlElement, article: frozenset[HtmlElement]) -> bool:
    """Whether a date element is the article's own and no date of a change."""
    parent = element.getparent()
    is_wrapped = parent is not None and text_of(parent) == text_of(element)
    return not (_is_of_change(element) or (is_wrapped and _is_of_change(parent))) and is_own(element, article)


def _is_of_change(element: HtmlElement) -> bool:
    """Whether an element is named after changes; programs name the date of publication after both."""
    names = f"{element.get('class') or ''} {element.get('itemprop') or ''}"
    return _CHANGED.search(names) is not None and "published" not in names
