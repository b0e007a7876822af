"""A page -> its article: the one way in which pages are extracted, whichever format they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchkit.analysis import words
from searchkit.format import BadRecord, Page, ReadingOptions, Record, Remark
from searchkit.formats._bytes import NotTextError
from searchkit.formats._page.charset import decode_page
from searchkit.formats._page.links import take_links
from searchkit.formats._page.metadata import Metadata, read_metadata
from searchkit.formats._page.people import page_authors
from searchkit.formats._page.published import shown_date, surer_date, text_date
from searchkit.formats._page.text import article_paragraphs
from searchkit.formats._page.tree import PageError, parse_page
from searchkit.value import replace

if TYPE_CHECKING:
    from searchkit.article import Article, Link


def extract(page: Page, options: ReadingOptions = ReadingOptions()) -> list[Record]:
    """The article of a page, behind remarks on how it was read; or one BadRecord that says why there is none.

    What `page.known` holds stands, the page fills what it leaves empty. Nothing is fetched, and the same page gives the
    same article.
    """
    source = page.known.source
    try:
        text, remark = decode_page(page.html, page.charset)
        if not text.strip():
            raise PageError("empty")
        tree = parse_page(text, options.limits.html_depth)
        metadata = read_metadata(tree, page.known.url)
        links = take_links(tree, metadata.url)
        published = metadata.published or surer_date(
            shown_date(tree, metadata.title, metadata.language), metadata.dated
        )
        paragraphs = _without_title(article_paragraphs(tree), metadata.title)
        authors = page_authors(tree, metadata.title, paragraphs, metadata.authors, metadata.site)
    except (NotTextError, PageError) as error:
        return [BadRecord(source, str(error))]
    article = _filled(
        page.known,
        replace(metadata, authors=authors, published=published or text_date(paragraphs, metadata.language)),
        "\n\n".join(paragraphs),
        tuple(links),
    )
    if not (article.title or article.body or article.links):
        return [BadRecord(source, "holds no title, no text and no links")]
    remarks = [Remark(source, remark)] if remark else []
    if not article.body:
        remarks.append(Remark(source, "no text of an article was found on this page"))
    return [*remarks, article]


def _without_title(paragraphs: list[str], title: str) -> list[str]:
    """The paragraphs without the first one where that only repeats the title."""
    repeated = paragraphs and title and words(paragraphs[0]) == words(title)
    return paragraphs[1:] if repeated else paragraphs


def _filled(known: Article, metadata: Metadata, body: str, links: tuple[Link, ...]) -> Article:
    """What is known of an article, and of the page's metadata what is not."""
    when, source = known.published, known.date_source
    if when is None and metadata.published is not None:
        when, source = metadata.published
    return replace(
        known,
        title=known.title or metadata.title,
        body=known.body or body,
        dek=known.dek or metadata.dek,
        authors=known.authors or metadata.authors,
        publisher=known.publisher or metadata.publisher,
        published=when,
        date_source=source,
        language=known.language or metadata.language,
        url=metadata.url or known.url,
        links=known.links or links,
    )
