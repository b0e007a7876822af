"""Who wrote a page's article, when, under which title, for whom: by JSON-LD, meta elements and marked elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchkit.formats._page.jsonld import Described, described_articles
from searchkit.formats._page.metas import Metas, canonical_url
from searchkit.formats._page.people import stated_authors
from searchkit.formats._page.published import Published, stated_date, vague_date
from searchkit.formats._page.titles import choose_title, site_names
from searchkit.languagetags import language_tag
from searchkit.value import Value

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_AUTHORS = (
    "author", "article:author", "article:author_name", "dc.creator", "dcterms.creator", "parsely-author", "byl",
    "sailthru.author", "citation_author", "cxenseparse:author", "og:article:author", "shareaholic:article_author_name",
)  # fmt: skip
_CARD_LABELS = frozenset(
    ["written by", "verfasst von", "geschrieben von", "écrit par", "escrito por", "scritto da", "geschreven door",
     "author", "autor", "von", "by", "napisane przez"]
)  # fmt: skip
_DEKS = ("og:description", "description", "twitter:description", "dc.description", "dcterms.description")


class Metadata(Value):
    """What a page states about its article; None or empty where it does not."""

    title: str = ""
    dek: str | None = None
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    published: Published | None = None
    dated: Published | None = None
    """A date of which the page does not state that it is the publication's."""
    language: str | None = None
    url: str | None = None
    site: frozenset[str] = frozenset()
    """What the site is called, as words run together."""


def read_metadata(tree: HtmlElement, address: str | None) -> Metadata:
    """What the tree of a page states. `address` is where the page was found, if that is known."""
    metas, described = Metas(tree), described_articles(tree)
    url = canonical_url(tree, metas, [d.url for d in described])
    about = _the_described(described, tree, metas, url or address)
    site = about.publisher or metas.first("og:site_name", "application-name", "dc.publisher", "publisher")
    names = site_names(site, url or address, metas)
    title, behind = choose_title(tree, metas, about.headline, names)
    published = stated_date(metas, about.published, url or address)
    return Metadata(
        title=title,
        dek=_dek(about, metas, title),
        authors=stated_authors((about.authors, *(metas.all(name) for name in _AUTHORS), _card_author(metas)), names),
        site=names,
        publisher=_publisher(about, metas, behind),
        published=published,
        dated=vague_date(metas),
        language=_language(tree, metas, about),
        url=url or address,
    )


def _card_author(metas: Metas) -> list[str]:
    """The author that a page names for cards: `twitter:label1` is "Written by", `twitter:data1` who."""
    is_labelled = metas.first("twitter:label1").lower() in _CARD_LABELS
    return metas.all("twitter:data1")[:1] if is_labelled else []


def _the_described(described: list[Described], tree: HtmlElement, metas: Metas, url: str | None) -> Described:
    """Of several descriptions the one of this page: by its address, else by its headline, else the first."""
    if not described:
        return Described()
    plain = (url or "").rstrip("/").partition("?")[0]
    by_url = [d for d in described if plain and d.url.rstrip("/").partition("?")[0] == plain]
    shown = metas.first("og:title").lower()
    by_title = [d for d in by_url or described if d.headline and shown.startswith(d.headline.lower()[:60])]
    return max(by_title or by_url or described[:1], key=lambda d: bool(d.published) + bool(d.authors))


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
