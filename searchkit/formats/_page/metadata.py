"""Who wrote a page's article, when, under which title, for whom: by JSON-LD, meta elements and marked elements."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from searchkit.dates import dated_by, parse_article_date
from searchkit.formats._page.jsonld import Described, described_articles
from searchkit.formats._page.metas import Metas, canonical_url
from searchkit.formats._page.people import marked_authors, written_names
from searchkit.formats._page.titles import choose_title
from searchkit.formats._page.tree import text_of
from searchkit.languagetags import language_tag

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_DATES = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "parsely-pub-date",
    "sailthru.date", "article.published", "published-date", "publish-date", "publish_date", "publishdate", "pubdate",
    "publication_date", "date.issued", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created",
    "dc.date", "dcterms.date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "article_date_original",
    "date", "last-modified-original", "citation_publication_date", "bt:pubdate", "rnews:datepublished",
)  # fmt: skip
_DEKS = ("og:description", "description", "twitter:description", "dc.description", "dcterms.description")
_URL_DATE = re.compile(r"/(\d{4})([/-])(\d{1,2})\2(\d{1,2})(?:[/-]|$)|[/-](20\d\d)(\d\d)(\d\d)[/-]")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page states about its article; None or empty where it does not."""

    title: str = ""
    dek: str | None = None
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    published: date | datetime | None = None
    date_source: str | None = None
    language: str | None = None
    url: str | None = None
    article_body: str = ""


def read_metadata(tree: HtmlElement, address: str | None) -> Metadata:
    """What the tree of a page states. `address` is where the page was found, if that is known."""
    metas, described = Metas(tree), described_articles(tree)
    url = canonical_url(tree, metas, [d.url for d in described])
    about = _the_described(described, tree, metas, url or address)
    site = about.publisher or metas.first("og:site_name", "application-name", "dc.publisher", "publisher")
    title, behind = choose_title(tree, metas, about.headline, site, url or address)
    published, date_source = _published(tree, metas, about, url or address)
    return Metadata(
        title=title,
        dek=_dek(about, metas, title),
        authors=_authors(tree, metas, about),
        publisher=_publisher(about, metas, behind),
        published=published,
        date_source=date_source,
        language=_language(tree, metas, about),
        url=url or address,
        article_body=about.body,
    )


def _the_described(described: list[Described], tree: HtmlElement, metas: Metas, url: str | None) -> Described:
    """Of several descriptions the one of this page: by its address, else by its headline, else the first."""
    if not described:
        return Described()
    plain = (url or "").rstrip("/").partition("?")[0]
    by_url = [d for d in described if plain and d.url.rstrip("/").partition("?")[0] == plain]
    shown = metas.first("og:title").lower()
    by_title = [d for d in by_url or described if d.headline and shown.startswith(d.headline.lower()[:60])]
    return max(by_title or by_url or described[:1], key=lambda d: bool(d.published) + bool(d.authors))


def _published(
    tree: HtmlElement, metas: Metas, about: Described, url: str | None
) -> tuple[date | datetime | None, str | None]:
    for value in (about.published,):
        if stated := _date(value):
            return stated, "jsonld"
    for name in _DATES:
        for value in metas.all(name):
            if stated := _date(value):
                return stated, dated_by("meta", value, stated)
    if stated := _time_element(tree):
        return stated, "time"
    match = _URL_DATE.search(url or "")
    if match:
        year, month, day = (match[1], match[3], match[4]) if match[1] else (match[5], match[6], match[7])
        if stated := _date(f"{year}-{int(month):02}-{int(day):02}"):
            return stated, "url"
    return None, None


def _date(value: str) -> date | datetime | None:
    """The date that a value states; midnight in whatever zone is how a mere day is written."""
    stated = parse_article_date(value)
    if isinstance(stated, datetime) and re.search(r"[T ]00:00(?::00(?:\.0+)?)?(?!\d|:)", value):
        return parse_article_date(value.strip()[:10]) or stated
    return stated


def _time_element(tree: HtmlElement) -> date | datetime | None:
    """The date of the `<time>` that is marked as the publication's, else of the first one in the article or its head."""
    times = list(tree.iter("time"))
    marked = [t for t in times if t.get("pubdate") is not None or "datepublished" in (t.get("itemprop") or "").lower()]
    for element in [*marked, *times[:3]]:
        if "modif" in (element.get("itemprop") or "").lower():
            continue
        if stated := _date(element.get("datetime") or "") or _date(text_of(element)):
            return stated
    for element in tree.xpath("//*[contains(@itemprop, 'datePublished')]"):
        if stated := _date(element.get("content") or "") or _date(text_of(element)):
            return stated
    return None


def _authors(tree: HtmlElement, metas: Metas, about: Described) -> tuple[str, ...]:
    for names in (
        about.authors,
        metas.all(
            "author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "byl", "sailthru.author"
        ),
    ):
        if cleaned := written_names(names):
            return cleaned
    return marked_authors(tree)


def _publisher(about: Described, metas: Metas, behind: str | None) -> str | None:
    return (
        about.publisher
        or metas.first("og:site_name", "dc.publisher", "dcterms.publisher", "application-name")
        or behind
        or None
    )


def _dek(about: Described, metas: Metas, title: str) -> str | None:
    dek = metas.first(*_DEKS) or about.description
    return dek if dek and dek != title else None


def _language(tree: HtmlElement, metas: Metas, about: Described) -> str | None:
    stated = (
        tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or tree.get("xml:lang"),
        metas.first("content-language", "dc.language", "dcterms.language", "language"),
        about.language,
        metas.first("og:locale"),
    )
    return next((tag for text in stated if text and (tag := _tag(text))), None)


def _tag(text: str) -> str | None:
    try:
        return language_tag(text)
    except ValueError:
        return None
